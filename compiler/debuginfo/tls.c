/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Thread-local storage of x86-64 (variant II of the ABI): a program's block ends at the thread
 * pointer; a library's is found through the thread's vector of blocks (dtv), by the number that
 * the loader has put into the library's global offset table.
 */
#include "compiler/debuginfo/tls.h"

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

/* A slot of the global offset table that the loader fills for a thread-local symbol. */
struct slot {
	uint64_t address;
	uint64_t offset; /* in the block: what the slot is about, for TPOFF */
	bool is_module;  /* DTPMOD64: holds the module number; else TPOFF64 */
};

static bool slot_of(Elf_Data *relocations, int i, Elf_Data *symbols, struct slot *slot)
{
	GElf_Rela rela;
	GElf_Sym sym = { .st_value = 0 };
	unsigned type;

	if (!gelf_getrela(relocations, i, &rela))
		return false;
	type = (unsigned)GELF_R_TYPE(rela.r_info);
	if (type != R_X86_64_DTPMOD64 && type != R_X86_64_TPOFF64)
		return false;
	if (GELF_R_SYM(rela.r_info)) {
		if (!symbols || !gelf_getsym(symbols, (int)GELF_R_SYM(rela.r_info), &sym) ||
		    sym.st_shndx == SHN_UNDEF)
			return false;
	}
	*slot = (struct slot){ rela.r_offset, sym.st_value + (uint64_t)rela.r_addend,
			       type == R_X86_64_DTPMOD64 };
	return true;
}

/* Prefers a module number: that is right for every symbol of the file, interposed or not. */
static bool find_slot(const struct dso *dso, struct slot *found)
{
	GElf_Shdr shdr;
	Elf_Data *symbols = elf_section_data(dso->elf, ".dynsym", &shdr);
	Elf_Data *relocations = elf_section_data(dso->elf, ".rela.dyn", &shdr);
	size_t n = relocations ? relocations->d_size / sizeof(Elf64_Rela) : 0;
	bool any = false;

	for (size_t i = 0; i < n && i < INT32_MAX; i++) {
		struct slot slot;

		if (!slot_of(relocations, (int)i, symbols, &slot))
			continue;
		if (slot.is_module || !any)
			*found = slot;
		any = true;
		if (slot.is_module)
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

static void push_dynamic(struct dwarf_position *position, const struct slot *slot, uint64_t offset,
			 struct access *access)
{
	struct arena *arena = position->file->dso->debuginfo->arena;

	/*
	 * dtv = *(fs + 8); the block of module m is dtv[2 * m], if m is not beyond dtv[-2]: a thread
	 * that has not used the library yet may have a vector from before it was loaded. Then the
	 * block is at 0, where nothing can be read.
	 */
	dwarf_push_address(position, slot->address, access);
	access_push(arena, access, ACCESS_READ_USER, 0, 8, false); /* m */
	access_push(arena, access, ACCESS_THREAD_POINTER, 0, 8, false);
	access_push(arena, access, ACCESS_ADD_CONST, 8, 8, false);
	access_push(arena, access, ACCESS_READ_USER, 0, 8, false);
	access_push(arena, access, ACCESS_OVER, 0, 8, false);
	access_push(arena, access, ACCESS_OVER, 0, 8, false); /* m dtv m dtv */
	access_push(arena, access, ACCESS_ADD_CONST, -16, 8, false);
	access_push(arena, access, ACCESS_READ_USER, 0, 8, false);
	access_push(arena, access, ACCESS_LE, 0, 8, false); /* m dtv there */
	access_push(arena, access, ACCESS_ROT, 0, 8, false);
	access_push(arena, access, ACCESS_SWAP, 0, 8, false); /* there dtv m */
	access_push(arena, access, ACCESS_CONST, 16, 8, false);
	access_push(arena, access, ACCESS_MUL, 0, 8, false);
	access_push(arena, access, ACCESS_ADD, 0, 8, false);
	access_push(arena, access, ACCESS_READ_USER, 0, 8, false);
	access_push(arena, access, ACCESS_MUL, 0, 8, false);
	access_push(arena, access, ACCESS_ADD_CONST, (int64_t)offset, 8, false);
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
	if (offset >= tls.p_memsz)
		return "its location is broken";
	if (!dso->is_library) {
		push_static(position, &tls, offset, access);
		return NULL;
	}
	if (!find_slot(dso, &slot))
		return "it is thread-local in a library that does not say where";
	if (slot.is_module) {
		push_dynamic(position, &slot, offset, access);
		return NULL;
	}
	dwarf_push_address(position, slot.address, access);
	access_push(arena, access, ACCESS_READ_USER, 0, 8, false);
	access_push(arena, access, ACCESS_THREAD_POINTER, 0, 8, false);
	access_push(arena, access, ACCESS_ADD, 0, 8, false);
	access_push(arena, access, ACCESS_ADD_CONST, (int64_t)(offset - slot.offset), 8, false);
	return NULL;
}
