/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Units and functions of a file's DWARF: by name, by address.
 */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/debuginfo/dwarf.h"
#include "compiler/debuginfo/scan.h"

enum { MAX_DEPTH = 256 };

/* ---- units -------------------------------------------------------------------------------- */

static int compare_ranges(const void *left, const void *right)
{
	const struct dwarf_range *a = left, *b = right;

	return a->low < b->low ? -1 : a->low > b->low;
}

static void read_ranges(struct dwarf_file *file, unsigned unit)
{
	Dwarf_Addr base, low, high;
	ptrdiff_t offset = 0;
	unsigned n = 0;

	while ((offset = dwarf_ranges(&file->units.v[unit].skeleton, offset, &base, &low, &high)) > 0 &&
	       n++ < 1000000) {
		struct dwarf_range range = { low, high, unit };

		if (low < high && low)
			VEC_PUSH(file->dso->debuginfo->arena, &file->ranges, range);
	}
}

void dwarf_read_units(struct dwarf_file *file)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die die, split;
	uint8_t type;

	if (file->units_read || !file->dwarf)
		return;
	file->units_read = true;
	while (!dwarf_get_units(file->dwarf, cu, &cu, NULL, &type, &die, &split)) {
		struct dwarf_unit unit = { .file = file, .die = die, .skeleton = die };

		if (type == DW_UT_type || type == DW_UT_split_type || !die.addr)
			continue;
		if (type == DW_UT_skeleton && split.addr)
			unit.die = split;
		unit.partial = type == DW_UT_partial;
		VEC_PUSH(file->dso->debuginfo->arena, &file->units, unit);
		read_ranges(file, file->units.n - 1);
	}
	if (file->ranges.n)
		qsort(file->ranges.v, file->ranges.n, sizeof(*file->ranges.v), compare_ranges);
}

struct dwarf_unit *dwarf_unit_at(struct dwarf_file *file, uint64_t address)
{
	unsigned low = 0, high;

	dwarf_read_units(file);
	for (high = file->ranges.n; low < high;) {
		unsigned middle = low + (high - low) / 2;

		if (file->ranges.v[middle].low <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || address >= file->ranges.v[low - 1].high)
		return NULL;
	return &file->units.v[file->ranges.v[low - 1].unit];
}

struct dwarf_unit *dwarf_unit_of(struct dwarf_file *file, uint64_t offset)
{
	unsigned low = 0, high;

	dwarf_read_units(file);
	for (high = file->units.n; low < high;) {
		unsigned middle = low + (high - low) / 2;

		if (dwarf_dieoffset(&file->units.v[middle].skeleton) <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &file->units.v[low - 1] : NULL;
}

/* ---- functions ---------------------------------------------------------------------------- */

bool dwarf_entry(Dwarf_Die *die, uint64_t *entry)
{
	Dwarf_Addr base, low, high;

	if (!dwarf_entrypc(die, entry))
		return *entry != 0;
	if (dwarf_ranges(die, 0, &base, &low, &high) <= 0)
		return false;
	*entry = low;
	return low != 0;
}

static bool has_code(Dwarf_Die *die, uint64_t *entry)
{
	Dwarf_Addr base, low, high;

	return dwarf_entry(die, entry) && dwarf_ranges(die, 0, &base, &low, &high) > 0;
}

static void add_function(struct dwarf_unit *unit, Dwarf_Die *die, bool inlined)
{
	struct dwarf_function function = { .die = *die, .inlined = inlined, .unit = unit };

	if (!has_code(die, &function.entry))
		return;
	VEC_PUSH(unit->file->dso->debuginfo->arena, &unit->functions, function);
}

static void walk(struct dwarf_unit *unit, Dwarf_Die *parent, unsigned depth)
{
	Dwarf_Die die;
	int status = depth < MAX_DEPTH ? dwarf_child(parent, &die) : 1;

	while (!status) {
		switch (dwarf_tag(&die)) {
		case DW_TAG_subprogram:
			add_function(unit, &die, false);
			walk(unit, &die, depth + 1);
			break;
		case DW_TAG_inlined_subroutine:
			add_function(unit, &die, true);
			walk(unit, &die, depth + 1);
			break;
		case DW_TAG_lexical_block:
		case DW_TAG_namespace:
		case DW_TAG_module:
		case DW_TAG_structure_type:
		case DW_TAG_class_type:
		case DW_TAG_union_type:
			walk(unit, &die, depth + 1);
			break;
		}
		status = dwarf_siblingof(&die, &die);
	}
}

/* libdw is asked where an entry is not simply told. */
static bool scan(struct dwarf_unit *unit)
{
	struct dwarf_file *file = unit->file;
	struct arena *arena = file->dso->debuginfo->arena;

	if (!file->scan)
		file->scan = dwarf_scan_new(arena, file);
	if (!dwarf_scan_functions(file->scan, unit))
		return false;
	unit->functions.capacity = file->scan->found.n;
	unit->functions.v = ARENA_ARRAY(arena, struct dwarf_function, unit->functions.capacity);
	for (unsigned i = 0; i < file->scan->found.n; i++) {
		const struct scanned *scanned = &file->scan->found.v[i];
		struct dwarf_function function = {
			.die = { .addr = (void *)scanned->die, .cu = unit->die.cu },
			.entry = scanned->entry, .inlined = scanned->inlined, .unit = unit };

		if (!function.entry && !has_code(&function.die, &function.entry))
			continue;
		function.origin = scanned->origin;
		VEC_PUSH(arena, &unit->functions, function);
	}
	return true;
}

static int compare_entries(const void *left, const void *right, void *data)
{
	const struct dwarf_unit *unit = data;
	uint64_t a = unit->functions.v[*(const unsigned *)left].entry;
	uint64_t b = unit->functions.v[*(const unsigned *)right].entry;

	return a < b ? -1 : a > b;
}

void dwarf_read_functions(struct dwarf_unit *unit)
{
	if (unit->functions_read)
		return;
	unit->functions_read = true;
	if (!scan(unit))
		walk(unit, &unit->die, 0);
	unit->by_entry = ARENA_ARRAY(unit->file->dso->debuginfo->arena, unsigned,
				     unit->functions.n + 1);
	for (unsigned i = 0; i < unit->functions.n; i++)
		if (!unit->functions.v[i].inlined)
			unit->by_entry[unit->n_by_entry++] = i;
	qsort_r(unit->by_entry, unit->n_by_entry, sizeof(unsigned), compare_entries, unit);
}

/* The function that begins nearest below the address, if it holds the address. */
static struct dwarf_function *nearest_function(struct dwarf_unit *unit, uint64_t address)
{
	unsigned low = 0, high = unit->n_by_entry;
	struct dwarf_function *function;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;

		if (unit->functions.v[unit->by_entry[middle]].entry <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return NULL;
	function = &unit->functions.v[unit->by_entry[low - 1]];
	return dwarf_haspc(&function->die, address) == 1 ? function : NULL;
}

struct dwarf_function *dwarf_function_at(struct dwarf_file *file, uint64_t address, bool innermost)
{
	struct dwarf_unit *unit = dwarf_unit_at(file, address);
	struct dwarf_function *found = NULL;

	if (!unit)
		return NULL;
	dwarf_read_functions(unit);
	found = nearest_function(unit, address);
	if (found && !innermost)
		return found;
	for (unsigned i = found ? (unsigned)(found - unit->functions.v) : 0; i < unit->functions.n;
	     i++) {
		struct dwarf_function *function = &unit->functions.v[i];

		if (function->inlined && !(innermost && found))
			continue;
		if (dwarf_haspc(&function->die, address) == 1)
			found = function;
	}
	return found;
}

/* ---- names -------------------------------------------------------------------------------- */

static const char *string_of(Dwarf_Die *die, unsigned attribute)
{
	Dwarf_Attribute attr;

	return dwarf_formstring(dwarf_attr_integrate(die, attribute, &attr));
}

static const char *linkage_name(Dwarf_Die *die)
{
	const char *name = string_of(die, DW_AT_linkage_name);

	return name ? name : string_of(die, DW_AT_MIPS_linkage_name);
}

const char *dwarf_function_name(struct arena *arena, Dwarf_Die *die)
{
	const char *mangled = linkage_name(die), *name;

	if (mangled) {
		name = symbol_demangle(arena, mangled);
		if (name)
			return name;
	}
	name = dwarf_diename(die);
	return name ? name : mangled ? mangled : "?";
}

bool dwarf_function_matches(struct arena *arena, Dwarf_Die *die, const char *pattern)
{
	const char *name = dwarf_diename(die), *mangled;

	if (name && name_matches(name, pattern))
		return true;
	mangled = linkage_name(die);
	if (!mangled)
		return false;
	if (!strcmp(mangled, pattern))
		return true;
	return (strstr(pattern, "::") || strchr(pattern, '<')) &&
	       name_matches(dwarf_function_name(arena, die), pattern);
}

const char *dwarf_function_file(Dwarf_Die *die)
{
	Dwarf_Attribute attr;
	Dwarf_Files *files;
	Dwarf_Word index;
	Dwarf_Half version;
	Dwarf_Die unit;
	size_t n;

	/* dwarf_decl_file() fails an assertion for units that were split off. */
	if (!dwarf_attr_integrate(die, DW_AT_decl_file, &attr) || dwarf_formudata(&attr, &index) ||
	    dwarf_cu_info(attr.cu, &version, NULL, &unit, NULL, NULL, NULL, NULL) ||
	    (!index && version < 5) || dwarf_getsrcfiles(&unit, &files, &n) || index >= n)
		return NULL;
	return dwarf_filesrc(files, index, NULL, NULL);
}

int dwarf_function_line(Dwarf_Die *die)
{
	int line;

	return dwarf_decl_line(die, &line) ? 0 : line;
}

bool dwarf_file_matches(const char *path, const char *pattern)
{
	char wider[4096];

	if (!path)
		return false;
	if (!strcmp(path, pattern) || !fnmatch(pattern, path, 0))
		return true;
	snprintf(wider, sizeof(wider), "*/%s", pattern);
	return !fnmatch(wider, path, 0);
}

bool dwarf_is_by_llvm(Dwarf_Die *die)
{
	Dwarf_Attribute attr;
	Dwarf_Die unit;
	const char *producer = dwarf_diecu(die, &unit, NULL, NULL) ?
		dwarf_formstring(dwarf_attr(&unit, DW_AT_producer, &attr)) : NULL;

	return producer && (strstr(producer, "clang") || strstr(producer, "LLVM"));
}

/* ---- prologues ---------------------------------------------------------------------------- */

/*
 * The compiler marks the end of the prologue in the line table (clang), or begins a new row
 * there (gcc): the second row of the function.
 */
uint64_t dwarf_prologue_end(struct dwarf_function *function)
{
	Dwarf_Lines *lines;
	size_t n;
	uint64_t second = 0;

	if (dwarf_getsrclines(&function->unit->skeleton, &lines, &n))
		return function->entry;
	for (size_t i = 0; i < n; i++) {
		Dwarf_Line *line = dwarf_onesrcline(lines, i);
		bool end = false, marked = false;
		Dwarf_Addr address;

		if (dwarf_lineaddr(line, &address) || address < function->entry ||
		    dwarf_haspc(&function->die, address) != 1)
			continue;
		dwarf_lineendsequence(line, &end);
		dwarf_lineprologueend(line, &marked);
		if (end)
			break;
		if (marked)
			return address;
		if (!second && address > function->entry)
			second = address;
	}
	return second ? second : function->entry;
}

/* ---- which units name something ----------------------------------------------------------- */

struct naming {
	struct dwarf_file *file;
	bool *units;
	const unsigned char *info; /* .debug_info */
	size_t size;
	bool unsure; /* something is not understood: all units */
};

/* Marks the unit of an offset in .debug_info. */
static void mark_offset(struct naming *naming, size_t offset)
{
	const struct dwarf_unit *unit = dwarf_unit_of(naming->file, offset);

	if (!unit)
		return;
	naming->units[unit - naming->file->units.v] = true;
	if (unit->partial)
		naming->unsure = true;
}

static void mark_bytes(struct naming *naming, const void *bytes, size_t length)
{
	const unsigned char *at = naming->info, *end = naming->info + naming->size;

	while ((at = memmem(at, (size_t)(end - at), bytes, length))) {
		mark_offset(naming, (size_t)(at - naming->info));
		at++;
	}
}

/*
 * A place in .debug_str, four bytes: by the one of them that is the largest, since small numbers
 * are what most of .debug_info consists of. memmem() is slow with needles as short as these.
 */
static void mark_word(struct naming *naming, uint32_t word)
{
	const unsigned char *at = naming->info, *end = at + naming->size;
	unsigned char bytes[sizeof(word)];
	size_t which = 0;

	memcpy(bytes, &word, sizeof(word));
	for (size_t i = 1; i < sizeof(word); i++)
		if (bytes[i] > bytes[which])
			which = i;
	if (naming->size < sizeof(word))
		return;
	for (at += which; (at = memchr(at, bytes[which], (size_t)(end - at))); at++)
		if (at - which + sizeof(word) <= end && !memcmp(at - which, bytes, sizeof(word)))
			mark_offset(naming, (size_t)(at - which - naming->info));
}

/* Places in .debug_str that are looked for at once, in ascending order. */
struct places {
	VEC(uint32_t);
	uint64_t low_bits[1024]; /* by their low 16 bits */
};

static bool has_place(const struct places *places, uint32_t wanted)
{
	unsigned low = 0, high = places->n;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;

		if (places->v[middle] == wanted)
			return true;
		if (places->v[middle] < wanted)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static void mark_places(struct naming *naming, const struct places *places)
{
	uint32_t word;

	for (size_t at = 0; at + sizeof(word) <= naming->size; at++) {
		memcpy(&word, naming->info + at, sizeof(word));
		if (places->low_bits[(word & 0xffff) / 64] >> (word & 63) & 1 &&
		    has_place(places, word))
			mark_offset(naming, at);
	}
}

/*
 * Units that refer to a name by its place in .debug_str; "f<int>" is an f, too. The linker lets
 * "main" be the end of "domain", so that a short name may have many places.
 */
static void mark_strings(struct naming *naming, const Elf_Data *strings, const char *name)
{
	const char *at = strings->d_buf, *start = at, *end = at + strings->d_size;
	struct arena *arena = naming->file->dso->debuginfo->arena;
	struct places *places = ARENA_NEW(arena, struct places);
	size_t length = strlen(name);

	while ((at = memmem(at, (size_t)(end - at), name, length))) {
		uint32_t offset = (uint32_t)(at - start);

		if (at + length < end && (!at[length] || at[length] == '<')) {
			VEC_PUSH(arena, places, offset);
			places->low_bits[(offset & 0xffff) / 64] |= 1ULL << (offset & 63);
		}
		at++;
	}
	if (places->n > 3)
		mark_places(naming, places);
	for (unsigned i = 0; places->n <= 3 && i < places->n; i++)
		mark_word(naming, places->v[i]);
}

/* Split units are in other files; with link-time optimisation units refer to each other. */
static bool has_special_units(struct dwarf_file *file)
{
	for (unsigned i = 0; i < file->units.n && !file->special_known; i++) {
		const char *name = dwarf_diename(&file->units.v[i].die);

		if (file->units.v[i].die.addr != file->units.v[i].skeleton.addr ||
		    (name && !strcmp(name, "<artificial>")))
			file->special = true;
	}
	file->special_known = true;
	return file->special;
}

bool *dwarf_units_naming(struct dwarf_file *file, const char *name)
{
	struct arena *arena = file->dso->debuginfo->arena;
	struct naming naming = { .file = file };
	GElf_Shdr shdr;
	Elf_Data *info, *strings;

	dwarf_read_units(file);
	naming.units = ARENA_ARRAY(arena, bool, file->units.n + 1);
	info = elf_section_data(file->elf, ".debug_info", &shdr);
	strings = elf_section_data(file->elf, ".debug_str", &shdr);
	naming.unsure = !info || !info->d_buf || file->alt || has_special_units(file) ||
			!*name || strpbrk(name, "*?[<>()") != NULL ||
			elf_section_data(file->elf, ".debug_str_offsets", &shdr) != NULL;
	if (!naming.unsure) {
		naming.info = info->d_buf;
		naming.size = info->d_size;
		mark_bytes(&naming, name, strlen(name) + 1);
		mark_bytes(&naming, arena_printf(arena, "%s<", name), strlen(name) + 1);
		if (strings && strings->d_buf)
			mark_strings(&naming, strings, name);
	}
	if (naming.unsure)
		memset(naming.units, true, file->units.n);
	return naming.units;
}
