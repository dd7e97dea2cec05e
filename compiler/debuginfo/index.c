/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The index of functions, and its file in the cache:
 *
 *     +----------+--------+------------+-------------------+---------------------------+---------+
 *     | "spileX1"| u32 n  | u32 length | u64 size of the   | n entries, as in index.h  | strings |
 *     | 8 bytes  |        | of strings | file with DWARF   |                           |         |
 *     +----------+--------+------------+-------------------+---------------------------+---------+
 *
 * The file's name is the build ID. It is written under another name and renamed, so that a
 * reader never sees half of one; a reader trusts nothing that it says.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/debuginfo/index.h"

static const char magic[8] = "spileX1";

struct header {
	char magic[8];
	uint32_t n, strings;
	uint64_t debug_size;
};

/* Below this much .debug_info the walk takes no time that anybody notices. */
enum { LARGE = 1 << 20 };

/* ---- making ------------------------------------------------------------------------------- */

struct maker {
	struct arena *arena;
	VEC(struct index_entry);
	char *strings;
	size_t used, room;
	uint32_t *slots; /* hash of strings: offset + 1 */
	size_t n_slots, n_strings;
	struct known *known; /* hash by abstract DIE */
	size_t n_known, known_room;
	struct qualified *qualified; /* hash by the two other names */
	size_t n_qualified, qualified_room;
	const char *last_file; /* which was interned as: */
	uint32_t last_file_at;
};

/* The qualified name of those that have these two. */
struct qualified {
	uint32_t name, linkage; /* both of them 0: free */
	uint32_t plain;
};

/* What an abstract function told for the first of its instances. */
struct known {
	const void *origin; /* the DIE's address, or NULL: free */
	struct index_entry entry;
};

static size_t text_hash(const char *text, size_t length)
{
	uint64_t hash = length, word;

	for (; length >= sizeof(word); text += sizeof(word), length -= sizeof(word)) {
		memcpy(&word, text, sizeof(word));
		hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
		hash ^= hash >> 32;
	}
	word = 0;
	memcpy(&word, text, length);
	hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
	return hash ^ hash >> 32;
}

static void grow_slots(struct maker *maker)
{
	size_t old = maker->n_slots;
	uint32_t *slots = maker->slots;

	maker->n_slots = old ? old * 2 : 4096;
	maker->slots = ARENA_ARRAY(maker->arena, uint32_t, maker->n_slots);
	for (size_t i = 0; i < old; i++) {
		const char *text;
		size_t at;

		if (!slots[i])
			continue;
		text = maker->strings + slots[i] - 1;
		at = text_hash(text, strlen(text)) & (maker->n_slots - 1);
		while (maker->slots[at])
			at = (at + 1) & (maker->n_slots - 1);
		maker->slots[at] = slots[i];
	}
}

static uint32_t intern(struct maker *maker, const char *text)
{
	size_t length = strlen(text) + 1, at;

	if (maker->n_strings * 2 >= maker->n_slots)
		grow_slots(maker);
	for (at = text_hash(text, length - 1) & (maker->n_slots - 1); maker->slots[at];
	     at = (at + 1) & (maker->n_slots - 1))
		if (!strcmp(maker->strings + maker->slots[at] - 1, text))
			return maker->slots[at] - 1;
	if (maker->used + length > maker->room) {
		char *grown = arena_alloc(maker->arena, maker->room = (maker->room + length) * 2);

		memcpy(grown, maker->strings ? maker->strings : "", maker->used);
		maker->strings = grown;
	}
	memcpy(maker->strings + maker->used, text, length);
	maker->slots[at] = (uint32_t)maker->used + 1;
	maker->used += length;
	maker->n_strings++;
	return maker->slots[at] - 1;
}

static const char *string_of(Dwarf_Die *die, unsigned attribute)
{
	Dwarf_Attribute attr;
	const char *text = dwarf_formstring(dwarf_attr_integrate(die, attribute, &attr));

	return text ? text : "";
}

static struct known *known_slot(struct maker *maker, const void *origin)
{
	size_t at = ((uintptr_t)origin >> 1) * 0x9e3779b97f4a7c15 >> 20 & (maker->known_room - 1);

	while (maker->known[at].origin && maker->known[at].origin != origin)
		at = (at + 1) & (maker->known_room - 1);
	return &maker->known[at];
}

static void grow_known(struct maker *maker)
{
	struct known *old = maker->known;
	size_t room = maker->known_room;

	maker->known_room = room ? room * 2 : 1024;
	maker->known = ARENA_ARRAY(maker->arena, struct known, maker->known_room);
	for (size_t i = 0; i < room; i++)
		if (old[i].origin)
			*known_slot(maker, old[i].origin) = old[i];
}

static struct qualified *qualified_slot(struct maker *maker, uint32_t name, uint32_t linkage)
{
	size_t at = ((uint64_t)name << 32 | linkage) * 0x9e3779b97f4a7c15 >> 20;
	struct qualified *slot;

	for (;; at++) {
		slot = &maker->qualified[at & (maker->qualified_room - 1)];
		if ((slot->name == name && slot->linkage == linkage) ||
		    (!slot->name && !slot->linkage))
			return slot;
	}
}

static void grow_qualified(struct maker *maker)
{
	struct qualified *old = maker->qualified;
	size_t room = maker->qualified_room;

	maker->qualified_room = room ? room * 2 : 1024;
	maker->qualified = ARENA_ARRAY(maker->arena, struct qualified, maker->qualified_room);
	for (size_t i = 0; i < room; i++)
		if (old[i].name || old[i].linkage)
			*qualified_slot(maker, old[i].name, old[i].linkage) = old[i];
}

/* To demangle a name takes longer than all else, and units repeat what headers bring. */
static uint32_t qualified_name(struct maker *maker, Dwarf_Die *die, uint32_t name, uint32_t linkage)
{
	struct qualified *slot;

	if (!name || !linkage)
		return intern(maker, dwarf_function_name(maker->arena, die));
	if (maker->n_qualified * 2 >= maker->qualified_room)
		grow_qualified(maker);
	slot = qualified_slot(maker, name, linkage);
	if (!slot->name) {
		maker->n_qualified++;
		*slot = (struct qualified){ name, linkage,
					    intern(maker, dwarf_function_name(maker->arena, die)) };
	}
	return slot->plain;
}

static uint32_t intern_file(struct maker *maker, const char *file)
{
	if (!file)
		return intern(maker, "");
	if (file != maker->last_file) {
		maker->last_file = file;
		maker->last_file_at = intern(maker, file);
	}
	return maker->last_file_at;
}

/* Names and where it is declared. */
static void describe(struct maker *maker, Dwarf_Die *die, struct index_entry *entry)
{
	entry->name = intern(maker, string_of(die, DW_AT_name));
	entry->linkage = intern(maker, string_of(die, DW_AT_linkage_name));
	entry->plain = qualified_name(maker, die, entry->name, entry->linkage);
	entry->file = intern_file(maker, dwarf_function_file(die));
	entry->line = (uint32_t)dwarf_function_line(die);
}

/* Most entries are instances of few functions: each of those is looked at once. */
static struct index_entry description_of(struct maker *maker, struct dwarf_function *function)
{
	struct index_entry entry = { .entry = 0 };
	Dwarf_Die *die = &function->die, origin;
	struct known *known;
	Dwarf_Attribute attr;

	if (function->origin && maker->n_known) {
		known = known_slot(maker, function->origin);
		if (known->origin)
			return known->entry;
	}
	if (!dwarf_attr(die, DW_AT_abstract_origin, &attr) || !dwarf_formref_die(&attr, &origin)) {
		describe(maker, die, &entry);
		return entry;
	}
	if (maker->n_known * 2 >= maker->known_room)
		grow_known(maker);
	known = known_slot(maker, origin.addr);
	if (!known->origin) {
		known->origin = origin.addr;
		maker->n_known++;
		describe(maker, die, &known->entry);
	}
	return known->entry;
}

static void add_function(struct maker *maker, struct dwarf_function *function)
{
	struct index_entry entry = description_of(maker, function);

	entry.entry = function->entry;
	entry.die = dwarf_dieoffset(&function->die);
	entry.inlined = function->inlined;
	VEC_PUSH(maker->arena, maker, entry);
}

static int compare_entries(const void *left, const void *right)
{
	const struct index_entry *a = left, *b = right;

	if (a->entry != b->entry)
		return a->entry < b->entry ? -1 : 1;
	if (a->inlined != b->inlined)
		return a->inlined ? 1 : -1;
	return a->die < b->die ? -1 : a->die > b->die;
}

/* What has been read of the units stays read. */
static bool is_wanted(const struct dwarf_file *file)
{
	return __atomic_load_n(&file->dso->debuginfo->hurry, __ATOMIC_RELAXED);
}

static bool make(struct dwarf_file *file, struct maker *maker)
{
	maker->arena = file->dso->debuginfo->arena;
	intern(maker, "");
	for (unsigned u = 0; u < file->units.n; u++) {
		struct dwarf_unit *unit = &file->units.v[u];

		if (unit->die.addr != unit->skeleton.addr || is_wanted(file))
			return false;
		dwarf_read_functions(unit);
		for (unsigned i = 0; i < unit->functions.n; i++)
			add_function(maker, &unit->functions.v[i]);
	}
	if (maker->n)
		qsort(maker->v, maker->n, sizeof(*maker->v), compare_entries);
	return true;
}

/* ---- the cache ---------------------------------------------------------------------------- */

static const char *cache_path(struct dwarf_file *file)
{
	const struct dso *dso = file->dso;
	struct arena *arena = dso->debuginfo->arena;
	const char *path;

	if (!dso->debuginfo->cache_dir || !dso->build_id_size)
		return NULL;
	path = arena_printf(arena, "%s/functions-", dso->debuginfo->cache_dir);
	for (unsigned i = 0; i < dso->build_id_size; i++)
		path = arena_printf(arena, "%s%02x", path, dso->build_id[i]);
	return path;
}

/* The size of .debug_info, without unpacking it. */
static uint64_t debug_size(struct dwarf_file *file)
{
	GElf_Shdr shdr;
	GElf_Chdr chdr;
	Elf_Scn *scn = elf_section_find(file->elf, ".debug_info", &shdr);

	if (!scn)
		return 0;
	return shdr.sh_flags & SHF_COMPRESSED && gelf_getchdr(scn, &chdr) ? chdr.ch_size
									  : shdr.sh_size;
}

static bool is_sound(const struct index_entry *entry, const struct header *header)
{
	return entry->name < header->strings && entry->plain < header->strings &&
	       entry->linkage < header->strings && entry->file < header->strings;
}

static bool take(struct dwarf_index *index, const char *map, size_t size, uint64_t wanted_size)
{
	const struct header *header = (const void *)map;
	const struct index_entry *entries = (const void *)(header + 1);
	size_t needed;

	if (size < sizeof(*header) || memcmp(header->magic, magic, sizeof(magic)) ||
	    header->debug_size != wanted_size || !header->strings)
		return false;
	needed = sizeof(*header) + (size_t)header->n * sizeof(*entries) + header->strings;
	if (needed != size || map[size - 1])
		return false;
	for (uint32_t i = 0; i < header->n; i++)
		if (!is_sound(&entries[i], header))
			return false;
	index->n = header->n;
	index->entries = entries;
	index->strings = (const char *)(entries + header->n);
	return true;
}

static bool load(struct dwarf_file *file, const char *path, struct dwarf_index *index)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *map = MAP_FAILED;

	if (fd < 0)
		return false;
	if (!fstat(fd, &st) && st.st_size > 0)
		map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return false;
	if (!take(index, map, (size_t)st.st_size, debug_size(file))) {
		munmap(map, (size_t)st.st_size);
		return false;
	}
	file->index_map = map;
	file->index_size = (size_t)st.st_size;
	return true;
}

static bool make_directory(const char *path)
{
	char parent[4096];
	const char *slash = strrchr(path, '/');

	if (!mkdir(path, 0700) || !access(path, W_OK))
		return true;
	if (!slash || slash == path || (size_t)(slash - path) >= sizeof(parent))
		return false;
	snprintf(parent, sizeof(parent), "%.*s", (int)(slash - path), path);
	return !mkdir(parent, 0700) && !mkdir(path, 0700);
}

/* Without a cache the next time is as slow as this one: nothing to complain about. */
static void save(struct dwarf_file *file, const char *path, const struct maker *maker)
{
	struct arena *arena = file->dso->debuginfo->arena;
	const char *draft = arena_printf(arena, "%s.%d", path, getpid());
	struct header header = { .n = maker->n, .strings = (uint32_t)maker->used,
				 .debug_size = debug_size(file) };
	FILE *out;
	bool good;

	memcpy(header.magic, magic, sizeof(magic));
	if (!make_directory(file->dso->debuginfo->cache_dir))
		return;
	out = fopen(draft, "we");
	if (!out)
		return;
	good = fwrite(&header, sizeof(header), 1, out) == 1 &&
	       (!maker->n || fwrite(maker->v, sizeof(*maker->v), maker->n, out) == maker->n) &&
	       fwrite(maker->strings, 1, maker->used, out) == maker->used;
	good &= !fclose(out);
	if (!good || rename(draft, path))
		unlink(draft);
}

/* ---- the interface ------------------------------------------------------------------------ */

const struct dwarf_index *index_of(struct dwarf_file *file, bool for_all)
{
	uint64_t size = file->has_dwarf ? debug_size(file) : 0;
	struct maker maker = { .n = 0 };
	struct dwarf_index *index;
	const char *path;

	if (file->index || file->index_tried || !file->has_dwarf)
		return file->index;
	index = ARENA_NEW(file->dso->debuginfo->arena, struct dwarf_index);
	path = size >= LARGE ? cache_path(file) : NULL;
	if (path && load(file, path, index)) {
		file->index = index;
		return index;
	}
	if (!for_all)
		return NULL;
	file->index_tried = true;
	if (!dwarf_file_of(file->dso)->dwarf)
		return NULL;
	dwarf_read_units(file);
	if (!make(file, &maker) || maker.used > UINT32_MAX / 2) {
		file->index_tried = !is_wanted(file);
		return NULL;
	}
	if (path)
		save(file, path, &maker);
	*index = (struct dwarf_index){ maker.n, maker.v, maker.strings };
	file->index = index;
	return index;
}

bool index_is_worth(struct dwarf_file *file, const bool *units)
{
	uint64_t size = debug_size(file), looked_at = 0;

	for (unsigned i = 0; i < file->units.n; i++) {
		uint64_t end = i + 1 < file->units.n ?
				       dwarf_dieoffset(&file->units.v[i + 1].skeleton) : size;

		if (units[i])
			looked_at += end - dwarf_dieoffset(&file->units.v[i].skeleton);
	}
	return size >= LARGE && looked_at > size / 4 && cache_path(file);
}

const struct index_entry *index_at(const struct dwarf_index *index, uint64_t address)
{
	unsigned low = 0, high = index->n;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;

		if (index->entries[middle].entry < address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == index->n || index->entries[low].entry != address || index->entries[low].inlined)
		return NULL;
	return &index->entries[low];
}

bool index_matches(const struct dwarf_index *index, const struct index_entry *entry,
		   const char *pattern)
{
	const char *name = index->strings + entry->name;
	const char *linkage = index->strings + entry->linkage;

	if (*name && name_matches(name, pattern))
		return true;
	if (!*linkage)
		return false;
	return !strcmp(linkage, pattern) ||
	       ((strstr(pattern, "::") || strchr(pattern, '<')) &&
		name_matches(index->strings + entry->plain, pattern));
}
