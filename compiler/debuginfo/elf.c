/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening ELF files: identity, segments, sections, build ID.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <elfutils/libdwelf.h>

#include "compiler/debuginfo/dwarf.h"
#include "compiler/debuginfo/elf.h"

struct debuginfo *debuginfo_new(struct arena *arena)
{
	struct debuginfo *debuginfo = ARENA_NEW(arena, struct debuginfo);
	const char *path = getenv("SPILE_DEBUGINFO_PATH");
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	elf_version(EV_CURRENT);
	debuginfo->arena = arena;
	debuginfo->debug_path = path ? path : "/usr/lib/debug";
	if (cache && *cache)
		debuginfo->cache_dir = arena_printf(arena, "%s/spile", cache);
	else if (home && *home)
		debuginfo->cache_dir = arena_printf(arena, "%s/.cache/spile", home);
	return debuginfo;
}

void debuginfo_free(struct debuginfo *debuginfo)
{
	if (!debuginfo)
		return;
	for (unsigned i = 0; i < debuginfo->files.n; i++)
		dso_close(debuginfo->files.v[i]);
	debuginfo->files.n = 0;
}

void dso_close(struct dso *dso)
{
	dwarf_file_close(dso->dwarf);
	dso->dwarf = NULL;
	elf_end(dso->mini);
	elf_end(dso->elf);
	dso->mini = NULL;
	if (dso->fd >= 0)
		close(dso->fd);
	dso->elf = NULL;
	dso->fd = -1;
}

static void read_segments(struct dso *dso)
{
	size_t n = 0;

	if (elf_getphdrnum(dso->elf, &n))
		return;
	for (size_t i = 0; i < n && i < 1024; i++) {
		GElf_Phdr phdr;
		struct dso_segment segment;

		if (!gelf_getphdr(dso->elf, (int)i, &phdr))
			continue;
		if (phdr.p_type == PT_INTERP)
			dso->is_library = false;
		if (phdr.p_type != PT_LOAD || phdr.p_filesz > phdr.p_memsz)
			continue;
		segment = (struct dso_segment){ .address = phdr.p_vaddr, .offset = phdr.p_offset,
						.file_size = phdr.p_filesz,
						.memory_size = phdr.p_memsz,
						.executable = (phdr.p_flags & PF_X) != 0 };
		VEC_PUSH(dso->debuginfo->arena, &dso->segments, segment);
	}
}

/* libc is a library although it has an interpreter: programs have no name to be found by. */
static void find_name(struct dso *dso)
{
	GElf_Shdr shdr;
	Elf_Data *data = elf_section_data(dso->elf, ".dynamic", &shdr);
	GElf_Dyn dyn;

	for (int i = 0; data && i < 1024 && gelf_getdyn(data, i, &dyn); i++)
		if (dyn.d_tag == DT_SONAME)
			dso->is_library = dso->relocatable;
}

static void read_build_id(struct dso *dso)
{
	const void *id;
	ssize_t size = dwelf_elf_gnu_build_id(dso->elf, &id);

	if (size <= 0 || (size_t)size > sizeof(dso->build_id))
		return;
	memcpy(dso->build_id, id, (size_t)size);
	dso->build_id_size = (unsigned)size;
}

static const char *check_header(struct arena *arena, Elf *elf, GElf_Ehdr *ehdr)
{
	if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, ehdr))
		return "not an ELF file";
	if (ehdr->e_ident[EI_DATA] != ELFDATA2LSB || ehdr->e_ident[EI_CLASS] != ELFCLASS64 ||
	    ehdr->e_machine != EM_X86_64)
		return arena_printf(arena, "an ELF file for another machine (%u, %u bits)",
				    ehdr->e_machine,
				    ehdr->e_ident[EI_CLASS] == ELFCLASS64 ? 64U : 32U);
	if (ehdr->e_type != ET_EXEC && ehdr->e_type != ET_DYN)
		return "an ELF file, but not a program or shared library";
	return NULL;
}

static struct dso *find_open(struct debuginfo *debuginfo, const struct stat *st)
{
	for (unsigned i = 0; i < debuginfo->files.n; i++) {
		struct dso *dso = debuginfo->files.v[i];

		if (dso->device == st->st_dev && dso->inode == st->st_ino)
			return dso;
	}
	return NULL;
}

static const char *open_file(const char *path, int *fd, struct stat *st)
{
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (*fd < 0 || fstat(*fd, st))
		return strerror(errno);
	if (S_ISDIR(st->st_mode))
		return "is a directory";
	if (!S_ISREG(st->st_mode))
		return "not a regular file";
	return NULL;
}

struct dso *debuginfo_open(struct debuginfo *debuginfo, const char *path, const char **error)
{
	struct arena *arena = debuginfo->arena;
	struct dso *dso;
	struct stat st;
	GElf_Ehdr ehdr;
	Elf *elf = NULL;
	int fd = -1;

	if (debuginfo->wait)
		debuginfo->wait(debuginfo->wait_data);
	*error = open_file(path, &fd, &st);
	if (*error)
		goto fail;
	dso = find_open(debuginfo, &st);
	if (dso) {
		close(fd);
		return dso;
	}
	elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	*error = check_header(arena, elf, &ehdr);
	if (*error)
		goto fail;
	dso = ARENA_NEW(arena, struct dso);
	dso->debuginfo = debuginfo;
	dso->path = arena_strdup(arena, path);
	dso->fd = fd;
	dso->elf = elf;
	dso->device = st.st_dev;
	dso->inode = st.st_ino;
	dso->relocatable = ehdr.e_type == ET_DYN;
	dso->is_library = dso->relocatable;
	read_segments(dso);
	find_name(dso);
	read_build_id(dso);
	VEC_PUSH(arena, &debuginfo->files, dso);
	return dso;
fail:
	elf_end(elf);
	if (fd >= 0)
		close(fd);
	return NULL;
}

static bool find_offset(const struct dso *dso, uint64_t address, bool code, uint64_t *offset)
{
	for (unsigned i = 0; i < dso->segments.n; i++) {
		const struct dso_segment *segment = &dso->segments.v[i];

		if (address - segment->address >= segment->file_size || (code && !segment->executable))
			continue;
		*offset = address - segment->address + segment->offset;
		return true;
	}
	return false;
}

bool dso_code_offset(const struct dso *dso, uint64_t address, uint64_t *offset)
{
	return find_offset(dso, address, true, offset);
}

bool dso_data_offset(const struct dso *dso, uint64_t address, uint64_t *offset)
{
	return find_offset(dso, address, false, offset);
}

size_t dso_read(const struct dso *dso, uint64_t address, void *to, size_t size)
{
	uint64_t offset;
	ssize_t got;

	if (!find_offset(dso, address, false, &offset) || offset > INT64_MAX)
		return 0;
	got = pread(dso->fd, to, size, (off_t)offset);
	return got < 0 ? 0 : (size_t)got;
}

/* ---- what a loaded file is known by --------------------------------------------------------- */

static bool address_of_offset(const struct dso *dso, uint64_t offset, uint64_t *address)
{
	for (unsigned i = 0; i < dso->segments.n; i++) {
		const struct dso_segment *segment = &dso->segments.v[i];

		if (offset - segment->offset >= segment->file_size)
			continue;
		*address = offset - segment->offset + segment->address;
		return true;
	}
	return false;
}

/* The place of the build ID in a note segment. */
static bool find_build_id(const struct dso *dso, const GElf_Phdr *phdr, uint64_t *offset)
{
	Elf_Data *data = elf_getdata_rawchunk(dso->elf, (int64_t)phdr->p_offset, phdr->p_filesz,
					      phdr->p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
	size_t next, name, desc;
	GElf_Nhdr note;

	for (size_t at = 0; data && (next = gelf_getnote(data, at, &note, &name, &desc)); at = next) {
		if (note.n_type != NT_GNU_BUILD_ID || note.n_descsz != dso->build_id_size ||
		    memcmp((const char *)data->d_buf + desc, dso->build_id, note.n_descsz))
			continue;
		*offset = phdr->p_offset + desc;
		return true;
	}
	return false;
}

static bool build_id_offset(const struct dso *dso, uint64_t *offset)
{
	GElf_Phdr phdr;
	size_t n = 0;

	if (dso->build_id_size < 16 || elf_getphdrnum(dso->elf, &n))
		return false;
	for (size_t i = 0; i < n && i < 1024; i++)
		if (gelf_getphdr(dso->elf, (int)i, &phdr) && phdr.p_type == PT_NOTE &&
		    find_build_id(dso, &phdr, offset))
			return true;
	return false;
}

bool dso_identify(const struct dso *dso, struct dso_identity *identity)
{
	/* Where the tables of the file are, which every change of its size moves. */
	uint64_t offset = offsetof(Elf64_Ehdr, e_phoff), words[2];
	GElf_Ehdr ehdr;

	*identity = (struct dso_identity){ .address = 0 };
	build_id_offset(dso, &offset);
	if (!address_of_offset(dso, offset, &identity->address) ||
	    dso_read(dso, identity->address, words, sizeof(words)) != sizeof(words) ||
	    !gelf_getehdr(dso->elf, &ehdr))
		return false;
	identity->first = words[0];
	identity->second = words[1];
	address_of_offset(dso, ehdr.e_phoff, &identity->headers);
	return true;
}

/* ---- sections ----------------------------------------------------------------------------- */

Elf_Scn *elf_section_find(Elf *elf, const char *name, GElf_Shdr *shdr)
{
	Elf_Scn *scn = NULL;
	size_t names;

	if (elf_getshdrstrndx(elf, &names))
		return NULL;
	while ((scn = elf_nextscn(elf, scn))) {
		const char *text;

		if (!gelf_getshdr(scn, shdr))
			continue;
		text = elf_strptr(elf, names, shdr->sh_name);
		if (text && !strcmp(text, name))
			return shdr->sh_type == SHT_NOBITS ? NULL : scn;
	}
	return NULL;
}

Elf_Data *elf_section_data(Elf *elf, const char *name, GElf_Shdr *shdr)
{
	Elf_Scn *scn = elf_section_find(elf, name, shdr);

	if (!scn)
		return NULL;
	if (shdr->sh_flags & SHF_COMPRESSED)
		elf_compress(scn, 0, 0);
	return elf_getdata(scn, NULL);
}
