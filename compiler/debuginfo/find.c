/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding the DWARF of a file.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include <elfutils/debuginfod.h>
#include <elfutils/libdwelf.h>

#include "compiler/debuginfo/dwarf.h"

static bool has_section(Elf *elf, const char *name)
{
	GElf_Shdr shdr;

	return elf_section_find(elf, name, &shdr) != NULL;
}

static bool has_dwarf(Elf *elf)
{
	return has_section(elf, ".debug_info") || has_section(elf, ".zdebug_info");
}

static void note_place(struct dwarf_file *file, const char *place)
{
	struct arena *arena = file->dso->debuginfo->arena;

	file->looked = file->looked ? arena_printf(arena, "%s, %s", file->looked, place) : place;
}

static bool same_build_id(const struct dso *dso, Elf *elf)
{
	const void *id;
	ssize_t size = dwelf_elf_gnu_build_id(elf, &id);

	return size > 0 && (unsigned)size == dso->build_id_size &&
	       !memcmp(id, dso->build_id, dso->build_id_size);
}

static bool same_crc(int fd, GElf_Word wanted)
{
	unsigned char block[65536];
	uLong crc = crc32(0, NULL, 0);
	off_t at = 0;
	ssize_t n;

	while ((n = pread(fd, block, sizeof(block), at)) > 0) {
		crc = crc32(crc, block, (uInt)n);
		at += n;
	}
	return crc == wanted;
}

/* Takes the file at `path` when it belongs to the dso. `crc`: of the debuglink, or NULL. */
static bool try_file(struct dwarf_file *file, const char *path, const GElf_Word *crc)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	Elf *elf = fd < 0 ? NULL : elf_begin(fd, ELF_C_READ_MMAP, NULL);
	bool good = elf && elf_kind(elf) == ELF_K_ELF;

	if (good && file->dso->build_id_size)
		good = same_build_id(file->dso, elf);
	else if (good)
		good = crc && same_crc(fd, *crc);
	if (good && (has_dwarf(elf) || has_section(elf, ".symtab"))) {
		file->elf = elf;
		file->fd = fd;
		file->path = arena_strdup(file->dso->debuginfo->arena, path);
		return true;
	}
	elf_end(elf);
	if (fd >= 0)
		close(fd);
	return false;
}

static const char *hex_id(struct arena *arena, const unsigned char *id, unsigned size)
{
	char *text = arena_alloc(arena, size * 2 + 1);

	for (unsigned i = 0; i < size; i++)
		sprintf(text + 2 * i, "%02x", id[i]);
	return text;
}

/* Calls try_file() for prefix + `rest` in each debug directory. */
static bool try_directories(struct dwarf_file *file, const char *rest, const GElf_Word *crc)
{
	struct arena *arena = file->dso->debuginfo->arena;
	const char *list = file->dso->debuginfo->debug_path;

	while (*list) {
		size_t length = strcspn(list, ":");
		const char *path = arena_printf(arena, "%.*s/%s", (int)length, list, rest);

		note_place(file, path);
		if (length && try_file(file, path, crc))
			return true;
		list += length + (list[length] == ':');
	}
	return false;
}

static bool try_build_id(struct dwarf_file *file)
{
	const struct dso *dso = file->dso;
	struct arena *arena = dso->debuginfo->arena;
	const char *id;

	if (dso->build_id_size < 2)
		return false;
	id = hex_id(arena, dso->build_id, dso->build_id_size);
	return try_directories(file, arena_printf(arena, ".build-id/%.2s/%s.debug", id, id + 2),
			       NULL);
}

static bool try_debuglink(struct dwarf_file *file)
{
	const struct dso *dso = file->dso;
	struct arena *arena = dso->debuginfo->arena;
	const char *slash = strrchr(dso->path, '/');
	int directory = slash ? (int)(slash - dso->path) : 0;
	const char *places[2], *name;
	GElf_Word crc;

	name = dwelf_elf_gnu_debuglink(dso->elf, &crc);
	if (!name || !*name || strchr(name, '/'))
		return false;
	places[0] = arena_printf(arena, "%.*s/%s", directory, dso->path, name);
	places[1] = arena_printf(arena, "%.*s/.debug/%s", directory, dso->path, name);
	for (unsigned i = 0; i < 2; i++) {
		note_place(file, places[i]);
		if (try_file(file, places[i], &crc))
			return true;
	}
	return try_directories(file, arena_printf(arena, "%.*s/%s", directory ? directory - 1 : 0,
						  dso->path + 1, name), &crc);
}

/* ---- debuginfod --------------------------------------------------------------------------- */

/*
 * The library is loaded when there is somebody to ask: it brings some thirty others with it,
 * which every start of the program would pay for.
 */
struct debuginfod_calls {
	__typeof__(debuginfod_begin) *begin;
	__typeof__(debuginfod_end) *end;
	__typeof__(debuginfod_set_user_data) *set_user_data;
	__typeof__(debuginfod_get_user_data) *get_user_data;
	__typeof__(debuginfod_set_progressfn) *set_progressfn;
	__typeof__(debuginfod_find_debuginfo) *find_debuginfo;
};

struct debuginfod_query {
	struct debuginfo *debuginfo;
	const char *what;
	struct debuginfod_calls calls;
};

static bool load_debuginfod(struct debuginfod_calls *calls)
{
	void *library = dlopen("libdebuginfod.so.1", RTLD_NOW | RTLD_LOCAL);

	if (!library)
		return false;
#define CALL(name) (calls->name = (__typeof__(calls->name))dlsym(library, "debuginfod_" #name))
	return CALL(begin) && CALL(end) && CALL(set_user_data) && CALL(get_user_data) &&
	       CALL(set_progressfn) && CALL(find_debuginfo);
#undef CALL
}

/* The client's user data is how this finds its query; there is only one call at a time. */
static int show_progress(debuginfod_client *client, long done, long total)
{
	struct debuginfod_calls calls;
	struct debuginfod_query *query;
	struct debuginfo *debuginfo;

	if (!load_debuginfod(&calls))
		return 0;
	query = calls.get_user_data(client);
	debuginfo = query->debuginfo;
	if (debuginfo->progress)
		debuginfo->progress(debuginfo->progress_data, query->what, done, total);
	return 0;
}

const char *dwarf_fetch(struct debuginfo *debuginfo, const char *what, const unsigned char *id,
			unsigned size, const char **servers)
{
	struct debuginfod_query query = {.debuginfo = debuginfo, .what = what};
	struct debuginfod_calls *calls = &query.calls;
	const char *found = NULL;
	debuginfod_client *client;
	char *path = NULL;
	int fd;

	*servers = getenv(DEBUGINFOD_URLS_ENV_VAR);
	client = *servers && **servers && size && load_debuginfod(calls) ? calls->begin() : NULL;
	if (!client) {
		*servers = NULL;
		return NULL;
	}
	calls->set_user_data(client, &query);
	calls->set_progressfn(client, show_progress);
	fd = calls->find_debuginfo(client, id, (int)size, &path);
	if (fd >= 0) {
		close(fd);
		found = arena_strdup(debuginfo->arena, path);
	}
	free(path);
	calls->end(client);
	return found;
}

static bool try_debuginfod(struct dwarf_file *file)
{
	const struct dso *dso = file->dso;
	const char *servers, *path;

	path = dwarf_fetch(dso->debuginfo, dso->path, dso->build_id, dso->build_id_size, &servers);
	if (servers)
		note_place(file, servers);
	return path && try_file(file, path, NULL);
}

/* ---- dwz ---------------------------------------------------------------------------------- */

static bool try_alt(struct dwarf_file *file, const char *path, const void *id, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	Elf *elf = fd < 0 ? NULL : elf_begin(fd, ELF_C_READ_MMAP, NULL);
	const void *found;

	if (elf && dwelf_elf_gnu_build_id(elf, &found) == (ssize_t)size &&
	    !memcmp(found, id, size)) {
		elf_unpack(elf, &file->alt_sections);
		file->alt = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
		if (file->alt) {
			file->alt_elf = elf;
			file->alt_fd = fd;
			dwarf_setalt(file->dwarf, file->alt);
			return true;
		}
	}
	elf_unpack_free(&file->alt_sections);
	elf_end(elf);
	if (fd >= 0)
		close(fd);
	return false;
}

/* libdw looks for it too, but only in the standard directory. */
static void find_alt(struct dwarf_file *file)
{
	struct arena *arena = file->dso->debuginfo->arena;
	const char *list = file->dso->debuginfo->debug_path, *name, *hex;
	const void *id;
	ssize_t size = dwelf_dwarf_gnu_debugaltlink(file->dwarf, &name, &id);

	if (size <= 2 || size > 64)
		return;
	hex = hex_id(arena, id, (unsigned)size);
	if (name[0] != '/' && file->path) {
		const char *slash = strrchr(file->path, '/');

		name = arena_printf(arena, "%.*s/%s", slash ? (int)(slash - file->path) : 0,
				    file->path, name);
	}
	if (try_alt(file, name, id, (size_t)size))
		return;
	while (*list) {
		size_t length = strcspn(list, ":");

		if (try_alt(file, arena_printf(arena, "%.*s/.build-id/%.2s/%s.debug", (int)length,
					       list, hex, hex + 2), id, (size_t)size))
			return;
		list += length + (list[length] == ':');
	}
}

/* ---- the whole ---------------------------------------------------------------------------- */

static void find_elf(struct dwarf_file *file)
{
	struct dso *dso = file->dso;

	file->looked = arena_printf(dso->debuginfo->arena, "the file itself");
	if (has_dwarf(dso->elf)) {
		file->elf = dso->elf;
		file->path = dso->path;
		return;
	}
	if (!try_build_id(file) && !try_debuglink(file))
		try_debuginfod(file);
}

struct dwarf_file *dwarf_file_find(struct dso *dso)
{
	struct dwarf_file *file = dso->dwarf;

	if (file)
		return file;
	file = dso->dwarf = ARENA_NEW(dso->debuginfo->arena, struct dwarf_file);
	file->dso = dso;
	file->fd = file->alt_fd = -1;
	find_elf(file);
	file->has_dwarf = file->elf && has_dwarf(file->elf);
	return file;
}

struct dwarf_file *dwarf_file_of(struct dso *dso)
{
	struct dwarf_file *file = dwarf_file_find(dso);

	if (!file->has_dwarf || file->dwarf_tried)
		return file;
	file->dwarf_tried = true;
	elf_unpack(file->elf, &file->sections);
	file->dwarf = dwarf_begin_elf(file->elf, DWARF_C_READ, NULL);
	if (file->dwarf)
		find_alt(file);
	return file;
}

void dwarf_file_close(struct dwarf_file *file)
{
	if (!file)
		return;
	if (file->index_map)
		munmap(file->index_map, file->index_size);
	if (file->eh_frame)
		dwarf_cfi_end(file->eh_frame);
	dwarf_end(file->dwarf);
	dwarf_end(file->alt);
	elf_end(file->alt_elf);
	if (file->elf != file->dso->elf)
		elf_end(file->elf);
	elf_unpack_free(&file->sections);
	elf_unpack_free(&file->alt_sections);
	if (file->fd >= 0)
		close(file->fd);
	if (file->alt_fd >= 0)
		close(file->alt_fd);
}

Elf *dwarf_file_symbols(struct dso *dso)
{
	if (has_section(dso->elf, ".symtab"))
		return dso->elf;
	return dwarf_file_find(dso)->elf;
}
