/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Thread-local storage of x86-64 (variant II of the ABI): a program's block ends at the thread
 * pointer; a library's is found through the thread's vector of blocks (dtv), by the number that
 * the loader has put into the library's global offset table. How that vector looks, and whether
 * what it says of a library is not about one that was there before, is the C library's
 * (tls_library.h).
 */
#include "compiler/debuginfo/tls.h"
#include "compiler/debuginfo/tls_library.h"

static bool find_tls_segment(const struct dso *dso, GElf_Phdr *found)
{
	size_t n = 0;

	if (elf_getphdrnum(dso->elf, &n))
		return false;
	for (size_t i = 0; i < n && i < 1024; i++)
		if (gelf_getphdr(dso->elf, (int)i, found) && found->p_type == PT_TLS)
			return true;
	return false;
}

/* A slot of the global offset table that the loader fills for thread-local storage. */
struct slot {
	uint64_t address;
	uint64_t offset; /* in the block: what the slot is about */
	bool is_module;  /* DTPMOD64: holds the module number; else TPOFF64 */
	bool is_symbol;  /* it is about what the loader finds by that name, maybe in another file */
};

static bool slot_of(Elf_Data *relocations, int i, Elf_Data *symbols, struct slot *slot)
{
	GElf_Rela rela;
	GElf_Sym sym = { .st_value = 0 };
	unsigned type, index;

	if (!gelf_getrela(relocations, i, &rela))
		return false;
	type = (unsigned)GELF_R_TYPE(rela.r_info);
	index = (unsigned)GELF_R_SYM(rela.r_info);
	if (type != R_X86_64_DTPMOD64 && type != R_X86_64_TPOFF64)
		return false;
	if (index && (!symbols || !gelf_getsym(symbols, (int)index, &sym) ||
		      sym.st_shndx == SHN_UNDEF))
		return false;
	*slot = (struct slot){ rela.r_offset, sym.st_value + (uint64_t)rela.r_addend,
			       type == R_X86_64_DTPMOD64, index != 0 };
	return true;
}

/*
 * A slot that is about no symbol tells of this file, and so of all that is in it; one of the
 * symbol at `offset` tells what the code uses for that.
 */
static bool find_slot(const struct dso *dso, uint64_t offset, struct slot *found)
{
	GElf_Shdr shdr;
	Elf_Data *symbols = elf_section_data(dso->elf, ".dynsym", &shdr);
	Elf_Data *relocations = elf_section_data(dso->elf, ".rela.dyn", &shdr);
	size_t n = relocations ? relocations->d_size / sizeof(Elf64_Rela) : 0;
	bool any = false;

	for (size_t i = 0; i < n && i < INT32_MAX; i++) {
		struct slot slot;

		if (!slot_of(relocations, (int)i, symbols, &slot) ||
		    (slot.is_symbol && (any || slot.offset != offset)))
			continue;
		*found = slot;
		any = true;
		if (!slot.is_symbol)
			break;
	}
	return any;
}

static void push_static(struct dwarf_position *position, const GElf_Phdr *tls, uint64_t offset,
			struct access *access)
{
	struct arena *arena = position->file->dso->debuginfo->arena;
	uint64_t align = tls->p_align ? tls->p_align : 1;
	uint64_t size = (tls->p_memsz + align - 1) / align * align;

	/* That is not needed, but it must be this program that runs. */
	if (position->base) {
		dwarf_push_base(position, access);
		access_push(arena, access, ACCESS_DROP, 0, 8, false);
	}
	access_push(arena, access, ACCESS_THREAD_POINTER, 0, 8, false);
	access_push(arena, access, ACCESS_ADD_CONST, (int64_t)(offset - size), 8, false);
}

static void push_read(struct dwarf_position *position, uint64_t address, struct access *access)
{
	dwarf_push_address(position, address, access);
	access_push(position->file->dso->debuginfo->arena, access, ACCESS_READ_USER, 0, 8, false);
}

/* Behind the module's number is the symbol's offset in its block. */
static const char *push_dynamic(struct dwarf_position *position, const struct slot *slot,
				uint64_t offset, struct access *access)
{
	struct arena *arena = position->file->dso->debuginfo->arena;
	struct access module = { .exprs = { .n = 0 } };
	struct expr *block;
	const char *problem;

	push_read(position, slot->address, &module);
	problem = tls_library_block(position, &module, &block);
	if (problem)
		return problem;
	access_push(arena, access, ACCESS_EXPR, access->exprs.n, 8, false);
	VEC_PUSH(arena, &access->exprs, block);
	access->may_be_lost = true;
	if (!slot->is_symbol) {
		access_push(arena, access, ACCESS_ADD_CONST, (int64_t)offset, 8, false);
		return NULL;
	}
	push_read(position, slot->address + 8, access);
	access_push(arena, access, ACCESS_ADD, 0, 8, false);
	return NULL;
}

const char *tls_push_address(struct dwarf_position *position, uint64_t offset,
			     struct access *access)
{
	const struct dso *dso = position->file->dso;
	struct arena *arena = dso->debuginfo->arena;
	struct slot slot;
	GElf_Phdr tls;

	if (!find_tls_segment(dso, &tls))
		return "it is thread-local, and the file has no thread-local storage";
	/* gcc -gsplit-dwarf writes the variable's address in the file instead. */
	if (offset >= tls.p_memsz && offset - tls.p_vaddr < tls.p_memsz)
		offset -= tls.p_vaddr;
	if (offset >= tls.p_memsz || (tls.p_align && tls.p_vaddr % tls.p_align))
		return "its location is broken";
	if (!dso->is_library) {
		push_static(position, &tls, offset, access);
		return NULL;
	}
	if (!find_slot(dso, offset, &slot))
		return "it is thread-local in a library that does not say where";
	if (slot.is_module)
		return push_dynamic(position, &slot, offset, access);
	push_read(position, slot.address, access);
	access_push(arena, access, ACCESS_THREAD_POINTER, 0, 8, false);
	access_push(arena, access, ACCESS_ADD, 0, 8, false);
	access_push(arena, access, ACCESS_ADD_CONST, (int64_t)(offset - slot.offset), 8, false);
	return NULL;
}
