/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Links one host ELF relocatable into this process.
 *
 * One mapping holds it all, so that everything is within 32-bit reach of everything:
 *
 *   | code: .text*, stubs (RX) | read-only data, addresses of externals (R) | data, bss (RW) |
 */
#include "runtime/load/host_object.h"

#include <elf.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum segment { SEGMENT_CODE, SEGMENT_CONST, SEGMENT_DATA, SEGMENTS };
enum { STUB_SIZE = 8, SLOT_SIZE = 8 };

struct host_object {
	char *base;
	size_t size;
	size_t start[SEGMENTS + 1]; /* page-aligned offsets from base */
	/* While linking, and for symbol look-up: */
	char *elf; /* a copy: symbols and names stay readable */
	size_t elf_size;
	const Elf64_Shdr *sections;
	unsigned n_sections;
	size_t *section_offset; /* from base; SIZE_MAX: not loaded */
	const Elf64_Sym *symbols;
	unsigned n_symbols;
	const char *names;
	size_t names_size;
	/* Externals: symbol i has stub i and slot i. */
	size_t stubs, slots;
	host_resolve *resolve;
	void *resolve_data;
	char *error;
	size_t error_size;
};

static bool __attribute__((format(printf, 2, 3)))
fail(struct host_object *object, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(object->error, object->error_size, format, args);
	va_end(args);
	return false;
}

static bool inside(const struct host_object *object, uint64_t offset, uint64_t size)
{
	return offset <= object->elf_size && size <= object->elf_size - offset;
}

static bool check_header(struct host_object *object)
{
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)object->elf;

	if (object->elf_size < sizeof(*header) || memcmp(header->e_ident, ELFMAG, SELFMAG) ||
	    header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_type != ET_REL ||
	    header->e_machine != EM_X86_64 || header->e_shentsize != sizeof(Elf64_Shdr))
		return fail(object, "not an x86-64 relocatable object");
	if (!inside(object, header->e_shoff, (uint64_t)header->e_shnum * sizeof(Elf64_Shdr)))
		return fail(object, "section table out of bounds");
	object->sections = (const Elf64_Shdr *)(object->elf + header->e_shoff);
	object->n_sections = header->e_shnum;
	return true;
}

static bool find_symbols(struct host_object *object)
{
	for (unsigned i = 0; i < object->n_sections; i++) {
		const Elf64_Shdr *section = &object->sections[i], *names;

		if (section->sh_type != SHT_NOBITS &&
		    !inside(object, section->sh_offset, section->sh_size))
			return fail(object, "section %u out of bounds", i);
		if (section->sh_type != SHT_SYMTAB || section->sh_link >= object->n_sections)
			continue;
		names = &object->sections[section->sh_link];
		object->symbols = (const Elf64_Sym *)(object->elf + section->sh_offset);
		object->n_symbols = (unsigned)(section->sh_size / sizeof(Elf64_Sym));
		object->names = object->elf + names->sh_offset;
		object->names_size = names->sh_size;
		if (!names->sh_size || object->names[names->sh_size - 1])
			return fail(object, "symbol names have no end");
	}
	return object->symbols ? true : fail(object, "no symbol table");
}

static const char *symbol_name(const struct host_object *object, const Elf64_Sym *symbol)
{
	return symbol->st_name < object->names_size ? object->names + symbol->st_name : "";
}

static enum segment segment_of(const Elf64_Shdr *section)
{
	if (section->sh_flags & SHF_EXECINSTR)
		return SEGMENT_CODE;
	return section->sh_flags & SHF_WRITE ? SEGMENT_DATA : SEGMENT_CONST;
}

static size_t align_up(size_t at, size_t to)
{
	return to > 1 ? (at + to - 1) / to * to : at;
}

/* Unwind tables are no use here: nothing throws through handlers. */
static bool is_loaded(const Elf64_Shdr *section)
{
	return section->sh_flags & SHF_ALLOC && section->sh_type != SHT_X86_64_UNWIND &&
	       section->sh_size;
}

static void lay_out(struct host_object *object)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), at = 0;

	for (int segment = 0; segment < SEGMENTS; segment++) {
		object->start[segment] = at;
		for (unsigned i = 0; i < object->n_sections; i++) {
			const Elf64_Shdr *section = &object->sections[i];

			if (!is_loaded(section) || segment_of(section) != (enum segment)segment)
				continue;
			at = align_up(at, section->sh_addralign);
			object->section_offset[i] = at;
			at += section->sh_size;
		}
		at = align_up(at, 16);
		if (segment == SEGMENT_CODE) {
			object->stubs = at;
			at += (size_t)object->n_symbols * STUB_SIZE;
		} else if (segment == SEGMENT_CONST) {
			object->slots = at;
			at += (size_t)object->n_symbols * SLOT_SIZE;
		}
		at = align_up(at, page);
	}
	object->start[SEGMENTS] = at;
	object->size = at;
}

static bool map_sections(struct host_object *object)
{
	void *base = mmap(NULL, object->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);

	if (base == MAP_FAILED)
		return fail(object, "no memory for %zu bytes of code", object->size);
	object->base = base;
	for (unsigned i = 0; i < object->n_sections; i++) {
		const Elf64_Shdr *section = &object->sections[i];

		if (object->section_offset[i] != SIZE_MAX && section->sh_type != SHT_NOBITS)
			memcpy(object->base + object->section_offset[i],
			       object->elf + section->sh_offset, section->sh_size);
	}
	return true;
}

/* Fills the external's slot with its address and its stub with `jmp *slot(%rip)`. */
static void make_stub(struct host_object *object, unsigned index, uint64_t address)
{
	unsigned char *stub = (unsigned char *)object->base + object->stubs + index * STUB_SIZE;
	char *slot = object->base + object->slots + index * SLOT_SIZE;
	int32_t distance = (int32_t)((char *)slot - ((char *)stub + 6));

	memcpy(slot, &address, sizeof(address));
	stub[0] = 0xff;
	stub[1] = 0x25;
	memcpy(stub + 2, &distance, sizeof(distance));
}

/* The run-time address of a symbol. */
static bool symbol_address(struct host_object *object, unsigned index, uint64_t *address)
{
	const Elf64_Sym *symbol = &object->symbols[index];
	const char *name = symbol_name(object, symbol);

	*address = 0;
	if (ELF64_ST_TYPE(symbol->st_info) == STT_TLS)
		return fail(object, "thread-local symbol '%s'", name);
	if (symbol->st_shndx == SHN_ABS) {
		*address = symbol->st_value;
		return true;
	}
	if (symbol->st_shndx == SHN_UNDEF) {
		*address = (uint64_t)object->resolve(object->resolve_data, name);
		if (!*address && ELF64_ST_BIND(symbol->st_info) != STB_WEAK)
			return fail(object, "undefined symbol '%s'", name);
		return true;
	}
	if (symbol->st_shndx >= object->n_sections ||
	    object->section_offset[symbol->st_shndx] == SIZE_MAX)
		return fail(object, "symbol '%s' is in no loaded section", name);
	*address = (uint64_t)(object->base + object->section_offset[symbol->st_shndx]) +
		   symbol->st_value;
	return true;
}

static bool put32(struct host_object *object, char *place, uint64_t value, bool is_signed,
		  const char *name)
{
	uint32_t low = (uint32_t)value;

	if (is_signed ? (int64_t)value != (int32_t)value : value != low)
		return fail(object, "'%s' is out of reach", name);
	memcpy(place, &low, sizeof(low));
	return true;
}

static bool relocate(struct host_object *object, char *place, const Elf64_Rela *rela)
{
	unsigned index = (unsigned)ELF64_R_SYM(rela->r_info), type = ELF64_R_TYPE(rela->r_info);
	uint64_t here = (uint64_t)place, value, slot;
	const Elf64_Sym *symbol;
	const char *name;

	if (index >= object->n_symbols)
		return fail(object, "relocation of symbol %u of %u", index, object->n_symbols);
	symbol = &object->symbols[index];
	name = symbol_name(object, symbol);
	if (!symbol_address(object, index, &value))
		return false;
	make_stub(object, index, value);
	slot = (uint64_t)object->base + object->slots + index * SLOT_SIZE;

	switch (type) {
	case R_X86_64_NONE:
		return true;
	case R_X86_64_64:
		value += (uint64_t)rela->r_addend;
		memcpy(place, &value, sizeof(value));
		return true;
	case R_X86_64_PC64:
		value += (uint64_t)rela->r_addend - here;
		memcpy(place, &value, sizeof(value));
		return true;
	case R_X86_64_PC32:
	case R_X86_64_PLT32:
		if (symbol->st_shndx == SHN_UNDEF && type == R_X86_64_PLT32)
			value = (uint64_t)object->base + object->stubs + index * STUB_SIZE;
		return put32(object, place, value + (uint64_t)rela->r_addend - here, true, name);
	case R_X86_64_GOTPCREL:
	case R_X86_64_GOTPCRELX:
	case R_X86_64_REX_GOTPCRELX:
		return put32(object, place, slot + (uint64_t)rela->r_addend - here, true, name);
	case R_X86_64_32:
		return put32(object, place, value + (uint64_t)rela->r_addend, false, name);
	case R_X86_64_32S:
		return put32(object, place, value + (uint64_t)rela->r_addend, true, name);
	default:
		return fail(object, "relocation type %u of '%s' is not supported", type, name);
	}
}

static bool relocate_section(struct host_object *object, const Elf64_Shdr *section)
{
	const Elf64_Rela *rela = (const Elf64_Rela *)(object->elf + section->sh_offset);
	size_t n = section->sh_size / sizeof(*rela), target, size;

	if (section->sh_info >= object->n_sections)
		return fail(object, "relocations of section %u", section->sh_info);
	target = object->section_offset[section->sh_info];
	size = object->sections[section->sh_info].sh_size;
	for (size_t i = 0; target != SIZE_MAX && i < n; i++) {
		unsigned type = ELF64_R_TYPE(rela[i].r_info);
		size_t width = type == R_X86_64_64 || type == R_X86_64_PC64 ? 8 : 4;

		if (rela[i].r_offset > size || size - rela[i].r_offset < width)
			return fail(object, "relocation out of bounds");
		if (!relocate(object, object->base + target + rela[i].r_offset, &rela[i]))
			return false;
	}
	return true;
}

static bool relocate_all(struct host_object *object)
{
	for (unsigned i = 0; i < object->n_sections; i++)
		if (object->sections[i].sh_type == SHT_RELA &&
		    !relocate_section(object, &object->sections[i]))
			return false;
	return true;
}

static bool protect(struct host_object *object)
{
	static const int protection[SEGMENTS] = {PROT_READ | PROT_EXEC, PROT_READ,
						 PROT_READ | PROT_WRITE};

	for (int i = 0; i < SEGMENTS; i++) {
		size_t size = object->start[i + 1] - object->start[i];

		if (size && mprotect(object->base + object->start[i], size, protection[i]))
			return fail(object, "executable memory is refused: %m");
	}
	return true;
}

static bool link_object(struct host_object *object)
{
	if (!check_header(object) || !find_symbols(object))
		return false;
	object->section_offset = malloc(sizeof(size_t) * (object->n_sections + 1));
	if (!object->section_offset)
		return fail(object, "out of memory");
	for (unsigned i = 0; i < object->n_sections; i++)
		object->section_offset[i] = SIZE_MAX;
	lay_out(object);
	return map_sections(object) && relocate_all(object) && protect(object);
}

struct host_object *host_object_load(const void *elf, size_t size, host_resolve *resolve,
				     void *data, char *error, size_t error_size)
{
	struct host_object *object = calloc(1, sizeof(*object));

	snprintf(error, error_size, "out of memory");
	if (!object)
		return NULL;
	object->resolve = resolve;
	object->resolve_data = data;
	object->error = error;
	object->error_size = error_size;
	object->elf_size = size;
	object->elf = malloc(size + 1);
	if (!object->elf)
		goto failed;
	memcpy(object->elf, elf, size);
	if (link_object(object))
		return object;
failed:
	host_object_free(object);
	return NULL;
}

void *host_object_symbol(const struct host_object *object, const char *name)
{
	for (unsigned i = 1; i < object->n_symbols; i++) {
		const Elf64_Sym *symbol = &object->symbols[i];

		if (symbol->st_shndx == SHN_UNDEF || symbol->st_shndx >= object->n_sections ||
		    object->section_offset[symbol->st_shndx] == SIZE_MAX ||
		    ELF64_ST_BIND(symbol->st_info) == STB_LOCAL ||
		    strcmp(symbol_name(object, symbol), name))
			continue;
		return object->base + object->section_offset[symbol->st_shndx] + symbol->st_value;
	}
	return NULL;
}

void host_object_free(struct host_object *object)
{
	if (!object)
		return;
	if (object->base)
		munmap(object->base, object->size);
	free(object->section_offset);
	free(object->elf);
	free(object);
}
