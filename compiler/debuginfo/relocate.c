/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Relocation of one relocatable file for x86-64, in place, in a copy. Nothing in the file is
 * trusted: what points out of it is left alone.
 */
#include <errno.h>
#include <gelf.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/debuginfo/relocate.h"

enum { FIRST_ADDRESS = 0x10000, MAX_ALIGNMENT = 1 << 21 };

struct image {
	unsigned char *bytes;
	size_t size;
	Elf64_Ehdr *header;
	Elf64_Shdr *sections;
	size_t n;
};

/* ---- the copy ----------------------------------------------------------------------------- */

static bool copy_file(int from, int to)
{
	struct stat st;
	off_t at = 0;

	if (fstat(from, &st))
		return false;
	while (at < st.st_size)
		if (sendfile(to, from, &at, (size_t)(st.st_size - at)) <= 0)
			return false;
	return true;
}

static bool is_compressed(Elf_Scn *scn)
{
	GElf_Shdr shdr;

	return gelf_getshdr(scn, &shdr) && shdr.sh_flags & SHF_COMPRESSED;
}

static bool unpack_sections(int fd)
{
	Elf *elf = elf_begin(fd, ELF_C_RDWR, NULL);
	Elf_Scn *scn = NULL;
	bool any = false, good = elf != NULL;

	while (good && (scn = elf_nextscn(elf, scn))) {
		if (!is_compressed(scn))
			continue;
		any = true;
		good = elf_compress(scn, 0, 0) >= 0;
	}
	if (good && any)
		good = elf_update(elf, ELF_C_WRITE) >= 0;
	elf_end(elf);
	return good;
}

/* ---- the tables ----------------------------------------------------------------------------- */

static bool fits(const struct image *image, uint64_t offset, uint64_t size)
{
	return offset <= image->size && size <= image->size - offset;
}

static bool read_header(struct image *image)
{
	Elf64_Ehdr *header = image->header = (Elf64_Ehdr *)image->bytes;

	if (image->size < sizeof(*header) || memcmp(header->e_ident, ELFMAG, SELFMAG) ||
	    header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
	    header->e_machine != EM_X86_64 || header->e_type != ET_REL ||
	    header->e_shentsize != sizeof(Elf64_Shdr) || header->e_shoff % 8 ||
	    !fits(image, header->e_shoff, sizeof(Elf64_Shdr)))
		return false;
	image->sections = (Elf64_Shdr *)(image->bytes + header->e_shoff);
	image->n = header->e_shnum ? header->e_shnum : image->sections[0].sh_size;
	return image->n <= image->size / sizeof(Elf64_Shdr) &&
	       fits(image, header->e_shoff, image->n * sizeof(Elf64_Shdr));
}

static void give_addresses(struct image *image)
{
	uint64_t at = FIRST_ADDRESS;

	for (size_t i = 1; i < image->n; i++) {
		Elf64_Shdr *section = &image->sections[i];
		uint64_t align = section->sh_addralign;

		if (!(section->sh_flags & SHF_ALLOC))
			continue;
		if (align > 1 && align <= MAX_ALIGNMENT && !(align & (align - 1)))
			at = (at + align - 1) & ~(align - 1);
		section->sh_addr = at;
		at += section->sh_size;
	}
}

/* The content of a section; NULL: there is none. */
static unsigned char *content(const struct image *image, size_t section)
{
	const Elf64_Shdr *shdr;

	if (!section || section >= image->n)
		return NULL;
	shdr = &image->sections[section];
	if (shdr->sh_type == SHT_NOBITS || !fits(image, shdr->sh_offset, shdr->sh_size))
		return NULL;
	return image->bytes + shdr->sh_offset;
}

/* ---- relocations ------------------------------------------------------------------------------ */

/* Where a symbol is; false: not in this file. */
static bool symbol_address(const struct image *image, const Elf64_Sym *symbol, uint64_t *address)
{
	*address = symbol->st_value;
	if (symbol->st_shndx == SHN_ABS)
		return true;
	if (symbol->st_shndx == SHN_UNDEF || symbol->st_shndx >= SHN_LORESERVE ||
	    symbol->st_shndx >= image->n)
		return false;
	*address += image->sections[symbol->st_shndx].sh_addr;
	return true;
}

static void apply(unsigned char *base, const Elf64_Shdr *target, const Elf64_Rela *rela,
		  uint64_t address)
{
	uint64_t value = address + (uint64_t)rela->r_addend;
	size_t size = 0;

	switch (ELF64_R_TYPE(rela->r_info)) {
	case R_X86_64_PC64:
		value -= target->sh_addr + rela->r_offset;
		/* fall through */
	case R_X86_64_64:
		size = 8;
		break;
	case R_X86_64_PC32:
	case R_X86_64_PLT32:
		value -= target->sh_addr + rela->r_offset;
		/* fall through */
	case R_X86_64_32:
	case R_X86_64_32S:
		size = 4;
		break;
	}
	if (rela->r_offset <= target->sh_size && size <= target->sh_size - rela->r_offset)
		memcpy(base + rela->r_offset, &value, size);
}

static void relocate_section(struct image *image, size_t section)
{
	const Elf64_Shdr *shdr = &image->sections[section];
	unsigned char *relocations = content(image, section);
	unsigned char *symbols = content(image, shdr->sh_link);
	unsigned char *base = content(image, shdr->sh_info);
	size_t n_symbols;

	if (!relocations || !symbols || !base)
		return;
	n_symbols = image->sections[shdr->sh_link].sh_size / sizeof(Elf64_Sym);
	for (size_t i = 0; i < shdr->sh_size / sizeof(Elf64_Rela); i++) {
		Elf64_Sym symbol;
		Elf64_Rela rela;
		uint64_t address;

		memcpy(&rela, relocations + i * sizeof(rela), sizeof(rela));
		if (ELF64_R_SYM(rela.r_info) >= n_symbols)
			continue;
		memcpy(&symbol, symbols + ELF64_R_SYM(rela.r_info) * sizeof(symbol), sizeof(symbol));
		if (symbol_address(image, &symbol, &address))
			apply(base, &image->sections[shdr->sh_info], &rela, address);
	}
}

static void move_symbols(struct image *image, size_t section)
{
	unsigned char *symbols = content(image, section);

	for (size_t i = 0; symbols && i < image->sections[section].sh_size / sizeof(Elf64_Sym); i++) {
		Elf64_Sym symbol;

		memcpy(&symbol, symbols + i * sizeof(symbol), sizeof(symbol));
		if (symbol_address(image, &symbol, &symbol.st_value))
			memcpy(symbols + i * sizeof(symbol), &symbol, sizeof(symbol));
	}
}

static void relocate(struct image *image)
{
	give_addresses(image);
	for (size_t i = 1; i < image->n; i++)
		if (image->sections[i].sh_type == SHT_RELA)
			relocate_section(image, i);
	for (size_t i = 1; i < image->n; i++)
		if (image->sections[i].sh_type == SHT_SYMTAB)
			move_symbols(image, i);
}

/* ---- the whole ---------------------------------------------------------------------------------- */

static bool relocate_copy(int fd)
{
	struct image image = { .n = 0 };
	struct stat st;
	bool good;

	if (fstat(fd, &st) || st.st_size <= 0)
		return false;
	image.size = (size_t)st.st_size;
	image.bytes = mmap(NULL, image.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (image.bytes == MAP_FAILED)
		return false;
	good = read_header(&image);
	if (good)
		relocate(&image);
	munmap(image.bytes, image.size);
	return good;
}

int relocate_file(struct arena *arena, int fd, const char **error)
{
	int copy = memfd_create("spile-module", MFD_CLOEXEC);

	if (copy >= 0 && copy_file(fd, copy)) {
		if (unpack_sections(copy) && relocate_copy(copy))
			return copy;
		*error = "not a relocatable ELF file for this machine";
	} else {
		*error = arena_printf(arena, "it can not be copied: %s", strerror(errno));
	}
	if (copy >= 0)
		close(copy);
	return -1;
}
