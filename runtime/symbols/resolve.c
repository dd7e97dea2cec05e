/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runtime/symbols/resolve.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "runtime/symbols/tables.h"

/* A file that processes have mapped, opened when first asked for. */
struct module {
	struct module *next;
	const char *path; /* as in the mapping */
	uint64_t inode;
	struct dso *dso;  /* NULL: it can't be opened, or is another file by now */
};

/* What a process says of the code that it has made. */
struct perf_map {
	struct perf_map *next;
	int pid;
	off_t size; /* when it was read */
	struct text_table table;
};

struct resolver {
	struct spaces *spaces;
	int target;
	struct arena *arena;
	struct debuginfo *debuginfo;
	struct module *modules;
	struct perf_map *perf_maps;
	bool kernel_read;
	struct text_table kernel;
	bool vmlinux_tried;
	struct dso *vmlinux;
	uint64_t kernel_shift; /* where the kernel runs, from where it was linked */
};

struct resolver *resolver_new(struct spaces *spaces)
{
	struct resolver *resolver = calloc(1, sizeof(*resolver));

	if (!resolver)
		return NULL;
	resolver->spaces = spaces;
	resolver->arena = arena_new();
	resolver->debuginfo = debuginfo_new(resolver->arena);
	return resolver;
}

void resolver_free(struct resolver *resolver)
{
	if (!resolver)
		return;
	for (struct perf_map *it = resolver->perf_maps, *next; it; it = next) {
		next = it->next;
		table_free(&it->table);
		free(it);
	}
	table_free(&resolver->kernel);
	debuginfo_free(resolver->debuginfo);
	arena_free(resolver->arena);
	free(resolver);
}

void resolver_set_target(struct resolver *resolver, int pid)
{
	resolver->target = pid;
}

/* ---- files ------------------------------------------------------------------------------------- */

/* The file, when it still is the one that was mapped. */
static struct dso *open_same(struct resolver *resolver, const char *path, uint64_t inode)
{
	const char *error;
	struct stat st;

	if (stat(path, &st) || !S_ISREG(st.st_mode) || (inode && st.st_ino != inode))
		return NULL;
	return debuginfo_open(resolver->debuginfo, path, &error);
}

/* The path is the process' own: another root may be the one it starts from. */
static struct dso *open_module(struct resolver *resolver, const struct mapping *mapping, int pid)
{
	const char *inside;
	struct dso *dso;

	if (*mapping->path != '/' || !strncmp(mapping->path, "//", 2))
		return NULL;
	dso = open_same(resolver, mapping->path, mapping->inode);
	if (dso || pid <= 0)
		return dso;
	inside = arena_printf(resolver->arena, "/proc/%d/root%s", pid, mapping->path);
	dso = open_same(resolver, inside, mapping->inode);
	if (dso)
		return dso;
	/* Deleted, or replaced by another file: the process still has it. */
	inside = arena_printf(resolver->arena, "/proc/%d/map_files/%" PRIx64 "-%" PRIx64, pid,
			      mapping->start, mapping->end);
	return open_same(resolver, inside, mapping->inode);
}

static struct dso *dso_of(struct resolver *resolver, const struct mapping *mapping, int pid)
{
	struct module *module = resolver->modules;

	while (module && (module->path != mapping->path || module->inode != mapping->inode))
		module = module->next;
	if (module)
		return module->dso;
	module = ARENA_NEW(resolver->arena, struct module);
	module->path = mapping->path;
	module->inode = mapping->inode;
	module->dso = open_module(resolver, mapping, pid);
	module->next = resolver->modules;
	resolver->modules = module;
	return module->dso;
}

static bool address_in_file(const struct dso *dso, uint64_t offset, uint64_t *address)
{
	for (unsigned i = 0; i < dso->segments.n; i++) {
		const struct dso_segment *segment = &dso->segments.v[i];

		if (!segment->executable || offset < segment->offset ||
		    offset - segment->offset >= segment->file_size)
			continue;
		*address = offset - segment->offset + segment->address;
		return true;
	}
	return false;
}

/* ---- code that a process has made ---------------------------------------------------------------- */

static struct perf_map *perf_map_of(struct resolver *resolver, int pid)
{
	struct perf_map *map = resolver->perf_maps;
	const char *path = arena_printf(resolver->arena, "/tmp/perf-%d.map", pid);
	struct stat st;

	while (map && map->pid != pid)
		map = map->next;
	if (stat(path, &st) || (map && map->size == st.st_size))
		return map;
	if (!map) {
		map = calloc(1, sizeof(*map));
		if (!map)
			return NULL;
		map->pid = pid;
		map->next = resolver->perf_maps;
		resolver->perf_maps = map;
	}
	table_free(&map->table);
	table_read_perf_map(&map->table, path);
	map->size = st.st_size;
	return map;
}

static bool find_made(struct resolver *resolver, int pid, uint64_t address,
		      struct resolved *resolved)
{
	struct perf_map *map = pid > 0 ? perf_map_of(resolver, pid) : NULL;
	const struct text_symbol *symbol = map ? table_find(&map->table, address) : NULL;

	if (!symbol)
		return false;
	resolved->name = symbol->name;
	resolved->offset = address - symbol->address;
	resolved->size = symbol->size;
	return true;
}

/* ---- processes --------------------------------------------------------------------------------- */

static const struct mapping *mapping_of(struct resolver *resolver, const struct process *process,
					uint64_t address, int *pid)
{
	const struct mapping *found;

	*pid = process->pid ? process->pid : resolver->target;
	if (process->pid)
		return spaces_find(resolver->spaces, *pid, process->code, address);
	found = *pid ? spaces_find(resolver->spaces, *pid, 0, address) : NULL;
	return found ? found : spaces_find_any(resolver->spaces, address, pid);
}

static void name_from_file(struct resolver *resolver, struct resolved *resolved)
{
	const struct dso_symbol *symbol = dso_symbol_at(resolved->dso, resolved->dso_address);

	if (symbol) {
		resolved->name = symbol_plain(resolved->dso, (struct dso_symbol *)symbol);
		resolved->offset = resolved->dso_address - symbol->address;
		resolved->size = symbol->size;
		return;
	}
	dso_read_plt(resolved->dso);
	for (unsigned i = 0; i < resolved->dso->plt.n; i++) {
		const struct dso_plt *entry = &resolved->dso->plt.v[i];

		if (resolved->dso_address - entry->address >= 16)
			continue;
		resolved->name = arena_printf(resolver->arena, "%s@plt", entry->name);
		resolved->offset = resolved->dso_address - entry->address;
		resolved->size = 16;
		return;
	}
}

static struct resolved find_user(struct resolver *resolver, const struct process *process,
				 uint64_t address)
{
	struct resolved resolved = {0};
	const struct mapping *mapping;
	int pid;

	mapping = mapping_of(resolver, process, address, &pid);
	if (!mapping) {
		find_made(resolver, pid, address, &resolved);
		resolved.nowhere = !resolved.name && spaces_knows(resolver->spaces, pid);
		return resolved;
	}
	resolved.module = *mapping->path && strncmp(mapping->path, "//", 2) ? mapping->path : NULL;
	resolved.module_offset = address - mapping->start + mapping->offset;
	resolved.dso = dso_of(resolver, mapping, pid);
	if (!resolved.dso)
		find_made(resolver, pid, address, &resolved);
	else if (!address_in_file(resolved.dso, resolved.module_offset, &resolved.dso_address))
		resolved.dso = NULL;
	else
		name_from_file(resolver, &resolved);
	return resolved;
}

/* ---- the kernel -------------------------------------------------------------------------------- */

static const struct text_symbol *kernel_symbol(struct resolver *resolver, uint64_t address)
{
	if (!resolver->kernel_read)
		table_read_kernel(&resolver->kernel);
	resolver->kernel_read = true;
	return table_find(&resolver->kernel, address);
}

/* The kernel's debuginfo, where a distribution's package puts it. */
static void open_vmlinux(struct resolver *resolver)
{
	static const char *const places[] = {"/usr/lib/debug/boot/vmlinux-%s",
					     "/usr/lib/debug/lib/modules/%s/vmlinux",
					     "/lib/modules/%s/build/vmlinux"};
	const struct dso_symbol *text;
	struct utsname name;
	const char *error;

	if (resolver->vmlinux_tried)
		return;
	resolver->vmlinux_tried = true;
	uname(&name);
	for (unsigned i = 0; i < 3 && !resolver->vmlinux; i++) {
		char path[512];

		snprintf(path, sizeof(path), places[i], name.release);
		resolver->vmlinux = debuginfo_open(resolver->debuginfo, path, &error);
	}
	text = resolver->vmlinux ? dso_find_symbol(resolver->vmlinux, "_stext") : NULL;
	if (!text || !table_address(&resolver->kernel, "_stext"))
		resolver->vmlinux = NULL;
	else
		resolver->kernel_shift = table_address(&resolver->kernel, "_stext") - text->address;
}

static struct resolved find_kernel(struct resolver *resolver, uint64_t address)
{
	const struct text_symbol *symbol = kernel_symbol(resolver, address);
	struct resolved resolved = {0};

	if (!symbol)
		return resolved;
	resolved.name = symbol->name;
	resolved.offset = address - symbol->address;
	resolved.size = symbol->size;
	resolved.module = symbol->module ? symbol->module : "kernel";
	resolved.dso_address = address;
	return resolved;
}

struct resolved resolver_find(struct resolver *resolver, const struct process *process,
			      uint64_t address, unsigned back)
{
	struct resolved resolved;

	address -= back;
	resolved = (int64_t)address < 0 ? find_kernel(resolver, address)
					: find_user(resolver, process, address);
	resolved.offset += back;
	resolved.module_offset += back;
	return resolved;
}

/* ---- lines ------------------------------------------------------------------------------------- */

static bool line_of(struct dwarf_unit *unit, uint64_t address, struct source_line *line)
{
	Dwarf_Line *row = dwarf_getsrc_die(&unit->skeleton, address);

	if (!row || dwarf_lineno(row, &line->line))
		return false;
	line->file = dwarf_linesrc(row, NULL, NULL);
	return line->file != NULL;
}

/* Where an inlined instance was called. */
static void line_of_call(struct dwarf_unit *unit, Dwarf_Die *instance, struct source_line *line)
{
	Dwarf_Attribute attr;
	Dwarf_Files *files;
	Dwarf_Word number;
	size_t n;

	line->file = NULL;
	line->line = 0;
	if (dwarf_attr(instance, DW_AT_call_line, &attr) && !dwarf_formudata(&attr, &number))
		line->line = (int)number;
	if (dwarf_attr(instance, DW_AT_call_file, &attr) && !dwarf_formudata(&attr, &number) &&
	    !dwarf_getsrcfiles(&unit->skeleton, &files, &n) && number < n)
		line->file = dwarf_filesrc(files, number, NULL, NULL);
}

/* All inlined instances that hold the address, from the innermost. */
static unsigned add_inlined(struct resolver *resolver, struct dwarf_unit *unit, uint64_t address,
			    struct source_line *lines, unsigned most)
{
	Dwarf_Die *scopes;
	int n = dwarf_getscopes(&unit->die, address, &scopes);
	unsigned count = 0;

	for (int i = 0; i < n && count + 1 < most; i++) {
		if (dwarf_tag(&scopes[i]) == DW_TAG_subprogram)
			break;
		if (dwarf_tag(&scopes[i]) != DW_TAG_inlined_subroutine)
			continue;
		lines[count].function = dwarf_function_name(resolver->arena, &scopes[i]);
		count++;
		lines[count].function = NULL;
		line_of_call(unit, &scopes[i], &lines[count]);
	}
	if (n > 0)
		free(scopes);
	return count;
}

unsigned resolver_lines(struct resolver *resolver, const struct resolved *resolved,
			struct source_line *lines, unsigned most)
{
	uint64_t address = resolved->dso_address;
	struct dso *dso = resolved->dso;
	struct dwarf_file *file;
	struct dwarf_unit *unit;

	if (!dso && resolved->module && !strcmp(resolved->module, "kernel")) {
		open_vmlinux(resolver);
		dso = resolver->vmlinux;
		address -= resolver->kernel_shift;
	}
	file = dso ? dwarf_file_of(dso) : NULL;
	unit = file && file->dwarf ? dwarf_unit_at(file, address) : NULL;
	lines[0] = (struct source_line){0};
	if (!unit || !line_of(unit, address, &lines[0]))
		return 0;
	return add_inlined(resolver, unit, address, lines, most) + 1;
}
