/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding and opening the debug information of the kernel and its modules.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <elfutils/libdwelf.h>

#include "compiler/debuginfo/dwarf.h"
#include "compiler/debuginfo/kernel_file.h"
#include "compiler/debuginfo/relocate.h"

struct build_id {
	unsigned char bytes[32];
	unsigned size; /* 0: not known */
};

/* A search for one file. */
struct search {
	struct debuginfo *debuginfo;
	struct arena *arena;
	const char *release, *version;
	const char *module; /* NULL: the kernel */
	struct build_id id;
	int fd;             /* of what was found, or -1 */
	const char *path;
	const char *looked;
	const char *other;  /* of another build, or without DWARF: why it is not taken */
};

/* ---- what runs ------------------------------------------------------------------------------ */

static bool read_build_id(const char *path, struct build_id *id)
{
	FILE *file = fopen(path, "re");
	Elf64_Nhdr note;
	char text[4096];

	id->size = 0;
	while (file && !id->size && fread(&note, sizeof(note), 1, file) == 1) {
		size_t name = (note.n_namesz + 3) & ~3U, desc = (note.n_descsz + 3) & ~3U;

		if (name > sizeof(text) || desc > sizeof(text) || fread(text, 1, name, file) != name)
			break;
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && !memcmp(text, "GNU", 4) &&
		    note.n_descsz <= sizeof(id->bytes)) {
			id->size = note.n_descsz;
			memset(id->bytes, 0, sizeof(id->bytes));
			if (fread(id->bytes, 1, id->size, file) != id->size)
				id->size = 0;
			break;
		}
		if (fread(text, 1, desc, file) != desc)
			break;
	}
	if (file)
		fclose(file);
	return id->size > 1;
}

/* The address of a symbol; 0: it is not told. The text is made as it is read: the first are cheap. */
static uint64_t kallsyms_address(const char *name, const char *module)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	uint64_t address, found = 0;
	char line[1024], type, symbol[512], of[128];

	while (file && !found && fgets(line, sizeof(line), file)) {
		int n = sscanf(line, "%lx %c %511s [%127[^]]", &address, &type, symbol, of);

		if (n >= 3 && !strcmp(symbol, name) && (n == 4) == (module != NULL) &&
		    (!module || !strcmp(of, module)))
			found = address;
	}
	if (file)
		fclose(file);
	return found;
}

static bool section_address(struct arena *arena, const char *module, const char *section,
			    uint64_t *address)
{
	FILE *file = fopen(arena_printf(arena, "/sys/module/%s/sections/%s", module, section), "re");
	bool good = file && fscanf(file, "%lx", address) == 1 && *address;

	if (file)
		fclose(file);
	return good;
}

/* ---- candidates ------------------------------------------------------------------------------ */

static bool has_dwarf(Elf *elf)
{
	GElf_Shdr shdr;

	return elf_section_find(elf, ".debug_info", &shdr) != NULL;
}

static const char *unfit(const struct search *search, Elf *elf)
{
	const void *id;
	ssize_t size = elf ? dwelf_elf_gnu_build_id(elf, &id) : -1;

	if (!elf || elf_kind(elf) != ELF_K_ELF)
		return "is no ELF file";
	if (size != (ssize_t)search->id.size || memcmp(id, search->id.bytes, search->id.size))
		return "is of another build";
	return has_dwarf(elf) ? NULL : "has no debug information";
}

static bool try_file(struct search *search, const char *path, bool note)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const char *why = NULL;
	Elf *elf;

	if (note)
		search->looked = search->looked ? arena_printf(search->arena, "%s, %s",
							       search->looked, path) : path;
	if (fd < 0)
		return false;
	elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	why = unfit(search, elf);
	elf_end(elf);
	if (!why) {
		search->fd = fd;
		search->path = arena_strdup(search->arena, path);
		return true;
	}
	search->other = arena_printf(search->arena, "%s %s", path, why);
	close(fd);
	return false;
}

/* Whether a file is that of the module: '-' and '_' are the same in names. */
static bool names_module(const char *file, const char *module)
{
	size_t i;

	for (i = 0; module[i]; i++)
		if ((file[i] == '-' ? '_' : file[i]) != module[i])
			return false;
	return !strcmp(file + i, ".ko") || !strcmp(file + i, ".ko.debug");
}

static bool try_tree(struct search *search, const char *root)
{
	char *roots[] = { arena_strdup(search->arena, root), NULL };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_NOSTAT, NULL);
	bool found = false;
	FTSENT *entry;

	search->looked = search->looked ? arena_printf(search->arena, "%s, %s", search->looked, root) :
					  root;
	while (fts && !found && (entry = fts_read(fts)))
		if (entry->fts_info != FTS_D && entry->fts_info != FTS_DP &&
		    names_module(entry->fts_name, search->module))
			found = try_file(search, entry->fts_path, false);
	if (fts)
		fts_close(fts);
	return found;
}

static bool try_build_id(struct search *search, const char *directory)
{
	char hex[2 * sizeof(search->id.bytes) + 1];

	for (unsigned i = 0; i < search->id.size; i++)
		sprintf(hex + 2 * i, "%02x", search->id.bytes[i]);
	return try_file(search, arena_printf(search->arena, "%s/.build-id/%.2s/%s.debug", directory, hex,
					     hex + 2), true);
}

/* One of the directories that debug information is installed in. */
static bool try_directory(struct search *search, const char *directory)
{
	struct arena *arena = search->arena;

	if (!search->module)
		return try_file(search, arena_printf(arena, "%s/boot/vmlinux-%s", directory,
						     search->release), true) ||
		       try_file(search, arena_printf(arena, "%s/lib/modules/%s/vmlinux", directory,
						     search->release), true) ||
		       try_build_id(search, directory);
	return try_build_id(search, directory) ||
	       try_tree(search, arena_printf(arena, "%s/lib/modules/%s", directory, search->release));
}

static bool try_directories(struct search *search)
{
	const char *list = search->debuginfo->debug_path;

	while (*list) {
		size_t length = strcspn(list, ":");

		if (length && try_directory(search, arena_strndup(search->arena, list, length)))
			return true;
		list += length + (list[length] == ':');
	}
	return false;
}

/* Where kernels and modules are that somebody has built here. */
static bool try_installed(struct search *search)
{
	struct arena *arena = search->arena;
	const char *modules = arena_printf(arena, "/lib/modules/%s", search->release);

	if (search->module)
		return try_tree(search, modules);
	return try_file(search, arena_printf(arena, "%s/vmlinux", modules), true) ||
	       try_file(search, arena_printf(arena, "%s/build/vmlinux", modules), true) ||
	       try_file(search, arena_printf(arena, "/boot/vmlinux-%s", search->release), true);
}

static bool try_debuginfod(struct search *search)
{
	const char *servers, *path;

	path = dwarf_fetch(search->debuginfo, search->module ? search->module : "the kernel",
			   search->id.bytes, search->id.size, &servers);
	if (servers)
		search->looked = arena_printf(search->arena, "%s, %s", search->looked, servers);
	return path && try_file(search, path, false);
}

static bool find_file(struct search *search, const char *path)
{
	if (path && try_file(search, path, true))
		return true;
	return try_directories(search) || try_installed(search) || try_debuginfod(search);
}

/* ---- segments ---------------------------------------------------------------------------------- */

static bool starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

/* Parts that the kernel gives back when it, or the module, has started. */
static bool is_temporary(const struct dso *dso, const char *name)
{
	if (starts_with(name, ".init") || strstr(name, ".init."))
		return true;
	return !dso->module && (starts_with(name, ".exit") || starts_with(name, ".altinstr") ||
				starts_with(name, ".parainstructions"));
}

/* A per-CPU part of a module is where its symbols say: /sys does not list the section. */
static bool per_cpu_base(const struct dso *dso, size_t index, const GElf_Shdr *of, uint64_t *base)
{
	GElf_Shdr shdr;
	Elf_Data *symbols = elf_section_data(dso->elf, ".symtab", &shdr);
	GElf_Sym symbol;

	for (int i = 1; symbols && gelf_getsym(symbols, i, &symbol); i++) {
		const char *name = elf_strptr(dso->elf, shdr.sh_link, symbol.st_name);
		uint64_t address;

		if (symbol.st_shndx != index || GELF_ST_TYPE(symbol.st_info) != STT_OBJECT || !name)
			continue;
		address = kallsyms_address(name, dso->module);
		*base = address - (symbol.st_value - of->sh_addr);
		return address != 0;
	}
	return false;
}

static bool find_loaded(const struct dso *dso, size_t index, const char *name, const GElf_Shdr *shdr,
			uint64_t slide, struct dso_segment *segment)
{
	segment->per_cpu = starts_with(name, ".data..percpu");
	segment->loaded = shdr->sh_addr + (segment->per_cpu ? 0 : slide);
	if (!dso->module)
		return true;
	if (segment->per_cpu)
		return per_cpu_base(dso, index, shdr, &segment->loaded);
	return section_address(dso->debuginfo->arena, dso->module, name, &segment->loaded);
}

/* What a file without the code says about it has no place in the file: beyond any. */
static uint64_t offset_of(const GElf_Shdr *shdr)
{
	return shdr->sh_type == SHT_NOBITS ? (uint64_t)1 << 63 : shdr->sh_offset;
}

static void read_segments(struct dso *dso, uint64_t slide)
{
	Elf_Scn *scn = NULL;
	size_t names;

	if (elf_getshdrstrndx(dso->elf, &names))
		return;
	while ((scn = elf_nextscn(dso->elf, scn))) {
		struct dso_segment segment = { .address = 0 };
		const char *name;
		GElf_Shdr shdr;

		if (!gelf_getshdr(scn, &shdr) || !(shdr.sh_flags & SHF_ALLOC) || !shdr.sh_size ||
		    !(name = elf_strptr(dso->elf, names, shdr.sh_name)) || is_temporary(dso, name) ||
		    !find_loaded(dso, elf_ndxscn(scn), name, &shdr, slide, &segment))
			continue;
		segment.address = shdr.sh_addr;
		segment.offset = offset_of(&shdr);
		segment.file_size = segment.memory_size = shdr.sh_size;
		segment.executable = (shdr.sh_flags & SHF_EXECINSTR) != 0;
		VEC_PUSH(dso->debuginfo->arena, &dso->segments, segment);
	}
}

bool kernel_file_loaded(const struct dso *dso, uint64_t address, uint64_t *loaded, bool *per_cpu)
{
	for (unsigned i = 0; i < dso->segments.n; i++) {
		const struct dso_segment *segment = &dso->segments.v[i];

		if (address - segment->address >= segment->memory_size)
			continue;
		*loaded = address - segment->address + segment->loaded;
		*per_cpu = segment->per_cpu;
		return true;
	}
	return false;
}

bool kernel_file_address(const struct dso *dso, uint64_t loaded, uint64_t *address)
{
	for (unsigned i = 0; i < dso->segments.n; i++) {
		const struct dso_segment *segment = &dso->segments.v[i];

		if (segment->per_cpu || loaded - segment->loaded >= segment->memory_size)
			continue;
		*address = loaded - segment->loaded + segment->address;
		return true;
	}
	return false;
}

/* ---- the whole ---------------------------------------------------------------------------------- */

/*
 * What is cached for a module holds addresses of its layout, which is that of the file: a stripped
 * one may have other sections, and the same build ID.
 */
static void take_identity(struct dso *dso, const struct build_id *id)
{
	uint64_t hash = 0xcbf29ce484222325;

	memcpy(dso->build_id, id->bytes, id->size);
	dso->build_id_size = id->size;
	if (!dso->module)
		return;
	for (unsigned i = 0; i < dso->segments.n; i++)
		hash = (hash ^ (dso->segments.v[i].address + dso->segments.v[i].memory_size)) *
		       0x100000001b3;
	memcpy(dso->build_id + id->size, &hash, sizeof(hash));
	dso->build_id_size += sizeof(hash);
}

static struct dso *make_dso(struct search *search, const char **error)
{
	struct dso *dso = ARENA_NEW(search->arena, struct dso);
	uint64_t slide = 0;
	GElf_Shdr shdr;

	dso->debuginfo = search->debuginfo;
	dso->path = search->path;
	dso->kernel = true;
	dso->module = search->module;
	dso->fd = search->fd;
	if (search->module) {
		dso->fd = relocate_file(search->arena, search->fd, error);
		close(search->fd);
		if (dso->fd < 0)
			return NULL;
	}
	dso->elf = elf_begin(dso->fd, ELF_C_READ_MMAP, NULL);
	if (!search->module) {
		uint64_t text = kallsyms_address("_text", NULL);

		*error = "/proc/kallsyms does not tell addresses";
		if (text && elf_section_find(dso->elf, ".text", &shdr))
			slide = text - shdr.sh_addr;
		else
			goto fail;
	}
	read_segments(dso, slide);
	take_identity(dso, &search->id);
	*error = "/sys/module does not tell where its sections are";
	if (dso->segments.n)
		return dso;
fail:
	elf_end(dso->elf);
	close(dso->fd);
	return NULL;
}

static bool has_code_at(const struct dso *dso, uint64_t loaded)
{
	for (unsigned i = 0; i < dso->segments.n; i++)
		if (dso->segments.v[i].executable && dso->segments.v[i].loaded == loaded)
			return true;
	return false;
}

/* One that is open; a module may have been loaded anew since then. */
static struct dso *find_open(struct search *search)
{
	struct debuginfo *debuginfo = search->debuginfo;

	for (unsigned i = 0; i < debuginfo->files.n; i++) {
		struct dso *dso = debuginfo->files.v[i];
		uint64_t text;

		if (!dso->kernel || !dso->module != !search->module ||
		    memcmp(dso->build_id, search->id.bytes, search->id.size))
			continue;
		if (!dso->module)
			return dso;
		if (!strcmp(dso->module, search->module) &&
		    section_address(search->arena, dso->module, ".text", &text) &&
		    has_code_at(dso, text))
			return dso;
	}
	return NULL;
}

/* Of a distribution's own kernel, which its version tells. */
static const char *package_of(struct arena *arena, const char *release, const char *version)
{
	FILE *file = fopen("/etc/os-release", "re");
	const char *package = NULL;
	char line[256];

	while (file && !package && fgets(line, sizeof(line), file)) {
		if (!starts_with(line, "ID=") && !starts_with(line, "ID_LIKE="))
			continue;
		if (strstr(line, "ubuntu") && strstr(version, "Ubuntu"))
			package = arena_printf(arena, "linux-image-%s-dbgsym", release);
		else if (strstr(line, "debian") && strstr(version, "Debian"))
			package = arena_printf(arena, "linux-image-%s-dbg", release);
		else if (strstr(line, "fedora") || strstr(line, "rhel") || strstr(line, "centos"))
			package = arena_printf(arena, "kernel-debuginfo-%s", release);
	}
	if (file)
		fclose(file);
	return package;
}

static void describe_problem(struct search *search, struct kernel_file_problem *problem)
{
	struct arena *arena = search->arena;
	const char *package = package_of(arena, search->release, search->version);

	problem->what = search->other ? search->other : "it was not found";
	problem->looked = search->looked;
	problem->help = package ? arena_printf(arena, "it is in the package %s, or set DEBUGINFOD_URLS",
					       package) :
				  "install the debug information of the running kernel, or set "
				  "DEBUGINFOD_URLS";
}

const char *kernel_file_module(struct arena *arena, const char *name)
{
	const char *slash = strrchr(name, '/');
	char *module = arena_strdup(arena, slash ? slash + 1 : name), *dot = strstr(module, ".ko");

	if (dot)
		*dot = 0;
	for (char *at = module; *at; at++)
		if (*at == '-')
			*at = '_';
	return module;
}

struct dso *kernel_file_open(struct debuginfo *debuginfo, const char *module,
			     struct kernel_file_problem *problem)
{
	struct arena *arena = debuginfo->arena;
	struct search search = { .debuginfo = debuginfo, .arena = arena, .fd = -1 };
	const char *notes = "/sys/kernel/notes";
	struct utsname name;
	struct dso *dso;

	*problem = (struct kernel_file_problem){ .what = NULL };
	if (debuginfo->wait)
		debuginfo->wait(debuginfo->wait_data);
	uname(&name);
	search.release = arena_strdup(arena, name.release);
	search.version = arena_strdup(arena, name.version);
	if (module) {
		search.module = kernel_file_module(arena, module);
		notes = arena_printf(arena, "/sys/module/%s/notes/.note.gnu.build-id", search.module);
	}
	if (!read_build_id(notes, &search.id)) {
		problem->what = arena_printf(arena, "%s does not tell the build ID of what runs", notes);
		return NULL;
	}
	dso = find_open(&search);
	if (dso)
		return dso;
	if (!find_file(&search, module && strchr(module, '/') ? module : NULL)) {
		describe_problem(&search, problem);
		return NULL;
	}
	dso = make_dso(&search, &problem->what);
	if (dso)
		VEC_PUSH(arena, &debuginfo->files, dso);
	return dso;
}
