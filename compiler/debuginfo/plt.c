/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The procedure linkage table of x86-64: entries that jump through a slot of the global offset
 * table, which a relocation fills with the address of the function that it names.
 */
#include <string.h>

#include "compiler/debuginfo/elf.h"

struct slots {
	struct dso *dso;
	VEC(struct dso_plt); /* name, and the slot's address */
};

/* Of another file's symbol (.gnu.version_r). */
static const char *needed_version(Elf *elf, unsigned wanted)
{
	GElf_Shdr shdr;
	Elf_Data *data = elf_section_data(elf, ".gnu.version_r", &shdr);
	GElf_Verneed need;
	size_t at = 0;

	for (unsigned i = 0; data && i < 1024 && gelf_getverneed(data, (int)at, &need); i++) {
		size_t aux_at = at + need.vn_aux;
		GElf_Vernaux aux;

		for (unsigned k = 0; k < need.vn_cnt && gelf_getvernaux(data, (int)aux_at, &aux); k++) {
			if (aux.vna_other == wanted)
				return elf_strptr(elf, shdr.sh_link, aux.vna_name);
			aux_at += aux.vna_next;
		}
		if (!need.vn_next)
			break;
		at += need.vn_next;
	}
	return NULL;
}

static const char *version_of(struct dso *dso, size_t symbol)
{
	GElf_Shdr shdr;
	Elf_Data *versions = elf_section_data(dso->elf, ".gnu.version", &shdr);
	GElf_Versym version;

	if (!versions || !gelf_getversym(versions, (int)symbol, &version) || version < 2)
		return NULL;
	return needed_version(dso->elf, version & 0x7fff);
}

static void add_slots(struct slots *slots, const char *section)
{
	struct arena *arena = slots->dso->debuginfo->arena;
	GElf_Shdr shdr, symbols_shdr;
	Elf_Data *symbols = elf_section_data(slots->dso->elf, ".dynsym", &symbols_shdr);
	Elf_Data *relocations = elf_section_data(slots->dso->elf, section, &shdr);
	size_t n = relocations && symbols ? relocations->d_size / sizeof(Elf64_Rela) : 0;

	for (size_t i = 0; i < n && i < INT32_MAX; i++) {
		struct dso_plt slot;
		GElf_Rela rela;
		GElf_Sym sym;

		if (!gelf_getrela(relocations, (int)i, &rela) ||
		    (GELF_R_TYPE(rela.r_info) != R_X86_64_JUMP_SLOT &&
		     GELF_R_TYPE(rela.r_info) != R_X86_64_GLOB_DAT) ||
		    !gelf_getsym(symbols, (int)GELF_R_SYM(rela.r_info), &sym))
			continue;
		slot.name = elf_strptr(slots->dso->elf, symbols_shdr.sh_link, sym.st_name);
		slot.version = version_of(slots->dso, GELF_R_SYM(rela.r_info));
		slot.address = rela.r_offset;
		if (slot.name && *slot.name)
			VEC_PUSH(arena, slots, slot);
	}
}

/* The slot that the entry's code jumps through: "[endbr64] [bnd] jmp *slot(%rip)". */
static bool entry_slot(const unsigned char *code, size_t size, uint64_t address, uint64_t *slot)
{
	static const unsigned char endbr[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	size_t at = 0;
	int32_t offset;

	if (size >= 4 && !memcmp(code, endbr, 4))
		at = 4;
	if (at < size && code[at] == 0xf2)
		at++;
	if (at + 6 > size || code[at] != 0xff || code[at + 1] != 0x25)
		return false;
	memcpy(&offset, code + at + 2, sizeof(offset));
	*slot = address + at + 6 + (uint64_t)(int64_t)offset;
	return true;
}

static void add_entries(struct slots *slots, const char *section, size_t size)
{
	struct dso *dso = slots->dso;
	GElf_Shdr shdr;
	Elf_Data *data = elf_section_data(dso->elf, section, &shdr);
	uint64_t slot;

	for (size_t at = 0; data && data->d_buf && at + size <= data->d_size; at += size) {
		const unsigned char *code = (const unsigned char *)data->d_buf + at;

		if (!entry_slot(code, size, shdr.sh_addr + at, &slot))
			continue;
		for (unsigned i = 0; i < slots->n; i++) {
			struct dso_plt entry = slots->v[i];

			if (entry.address != slot)
				continue;
			entry.address = shdr.sh_addr + at;
			VEC_PUSH(dso->debuginfo->arena, &dso->plt, entry);
			break;
		}
	}
}

void dso_read_plt(struct dso *dso)
{
	struct slots slots = { .dso = dso };

	if (dso->plt_read)
		return;
	dso->plt_read = true;
	add_slots(&slots, ".rela.plt");
	add_slots(&slots, ".rela.dyn");
	add_entries(&slots, ".plt.sec", 16);
	add_entries(&slots, ".plt", 16);
	add_entries(&slots, ".plt.got", 8);
	add_entries(&slots, ".plt.got", 16);
}
