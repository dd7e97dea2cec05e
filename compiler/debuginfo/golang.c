/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of functions in Go programs, as its header says how to read it:
 *
 *     u32 magic, 0, 0, u8 quantum, u8 word size       Go 1.20+: 0xfffffff1, 1.18: ...f0
 *     words: functions, files, start of the code,     (1.16: ...fa has no start of the code: its
 *            names, units, files, pcs, functions       words for a place are addresses)
 *     functions: {u32 entry, u32 description} ..., u32 end
 *     a description: u32 entry, i32 name, ...
 */
#include "compiler/debuginfo/golang.h"

#include <stdlib.h>
#include <string.h>

enum {
	MAGIC_116 = (int)0xfffffffa,
	MAGIC_118 = (int)0xfffffff0,
	MAGIC_120 = (int)0xfffffff1,
	WORD = 8,
	HEADER = 8 + 8 * WORD,
	MAX_FUNCTIONS = 1 << 24,
	FLAG_ASSEMBLY = 1 << 2,
};

struct golang_table {
	const unsigned char *bytes;
	uint64_t size;
	uint64_t text;       /* where the code begins; entries count from there */
	uint64_t names, list; /* offsets */
	unsigned n;
	unsigned width;      /* bytes of a number in the list */
	unsigned flags;      /* offset of the flags in a description; 0: there are none */
};

static uint64_t number_at(const struct golang_table *table, uint64_t at, unsigned width)
{
	uint64_t value = 0;

	if (at > table->size || width > table->size - at)
		return 0;
	memcpy(&value, table->bytes + at, width);
	return value;
}

/* ---- finding the table -------------------------------------------------------------------- */

/* In a file that may be loaded anywhere the loader writes the start of the code: told by .rela.dyn. */
static uint64_t relocated_word(struct dso *dso, uint64_t address)
{
	GElf_Shdr shdr;
	Elf_Data *relocations = elf_section_data(dso->elf, ".rela.dyn", &shdr);
	size_t n = relocations ? relocations->d_size / sizeof(Elf64_Rela) : 0;

	for (size_t i = 0; i < n && i < INT32_MAX; i++) {
		GElf_Rela rela;

		if (gelf_getrela(relocations, (int)i, &rela) && rela.r_offset == address &&
		    GELF_R_TYPE(rela.r_info) == R_X86_64_RELATIVE)
			return (uint64_t)rela.r_addend;
	}
	return 0;
}

static uint64_t code_start(struct dso *dso)
{
	GElf_Shdr shdr;

	return elf_section_find(dso->elf, ".text", &shdr) ? shdr.sh_addr : 0;
}

static bool read_header(struct dso *dso, struct golang_table *table, uint64_t address)
{
	uint32_t magic = (uint32_t)number_at(table, 0, 4);
	bool old = magic == (uint32_t)MAGIC_116;
	uint64_t n = number_at(table, 8, WORD), offset;
	unsigned start = old ? 8 + 2 * WORD : 8 + 3 * WORD;

	if (table->size < HEADER || number_at(table, 4, 2) || table->bytes[7] != WORD || !n ||
	    n > MAX_FUNCTIONS)
		return false;
	if (!old && magic != (uint32_t)MAGIC_118 && magic != (uint32_t)MAGIC_120)
		return false;
	table->n = (unsigned)n;
	table->width = old ? WORD : 4;
	table->names = number_at(table, start, WORD);
	table->list = number_at(table, start + 4 * WORD, WORD);
	table->flags = old ? 0 : magic == (uint32_t)MAGIC_118 ? 37 : 41;
	if (!old) {
		table->text = relocated_word(dso, address + 8 + 2 * WORD);
		if (!table->text)
			table->text = number_at(table, 8 + 2 * WORD, WORD);
		if (!dso_code_offset(dso, table->text, &offset))
			table->text = code_start(dso);
	}
	return table->names < table->size && table->list < table->size &&
	       (uint64_t)table->width * (2 * n + 1) <= table->size - table->list;
}

static bool take(struct dso *dso, struct golang_table *table, const char *section)
{
	GElf_Shdr shdr;
	Elf_Data *data = elf_section_data(dso->elf, section, &shdr);

	if (!data || !data->d_buf)
		return false;
	table->bytes = data->d_buf;
	table->size = data->d_size;
	return read_header(dso, table, shdr.sh_addr);
}

/* Linkers of C put it among other constants. */
static bool search(struct dso *dso, struct golang_table *table)
{
	GElf_Shdr shdr;
	Elf_Data *data;

	if (!elf_section_find(dso->elf, ".go.buildinfo", &shdr))
		return false;
	data = elf_section_data(dso->elf, ".data.rel.ro", &shdr);
	for (size_t at = 0; data && data->d_buf && at + HEADER < data->d_size; at += WORD) {
		table->bytes = (unsigned char *)data->d_buf + at;
		table->size = data->d_size - at;
		if (table->bytes[3] == 0xff && read_header(dso, table, shdr.sh_addr + at))
			return true;
	}
	return false;
}

static const struct golang_table *table_of(struct dso *dso)
{
	struct golang_table table = {.n = 0};

	if (dso->golang_tried)
		return dso->golang;
	dso->golang_tried = true;
	if (take(dso, &table, ".gopclntab") || take(dso, &table, ".data.rel.ro.gopclntab") ||
	    search(dso, &table)) {
		dso->golang = ARENA_NEW(dso->debuginfo->arena, struct golang_table);
		*dso->golang = table;
	}
	return dso->golang;
}

bool golang_is(struct dso *dso)
{
	return table_of(dso) != NULL;
}

unsigned golang_count(struct dso *dso)
{
	const struct golang_table *table = table_of(dso);

	return table ? table->n : 0;
}

/* ---- functions ---------------------------------------------------------------------------- */

static uint64_t entry_of(const struct golang_table *table, unsigned number)
{
	return table->text +
	       number_at(table, table->list + (uint64_t)2 * number * table->width, table->width);
}

bool golang_function_number(struct dso *dso, unsigned number, struct golang_function *function)
{
	const struct golang_table *table = table_of(dso);
	uint64_t at, name;

	if (!table || number >= table->n)
		return false;
	at = table->list + number_at(table, table->list + (2 * (uint64_t)number + 1) * table->width,
				     table->width);
	name = table->names + number_at(table, at + table->width, 4);
	if (at >= table->size || name >= table->size ||
	    !memchr(table->bytes + name, 0, table->size - name))
		return false;
	*function = (struct golang_function){
		.name = (const char *)table->bytes + name,
		.entry = entry_of(table, number),
		.end = entry_of(table, number + 1),
		.assembly = table->flags && number_at(table, at + table->flags, 1) & FLAG_ASSEMBLY,
	};
	return *function->name && function->end > function->entry;
}

bool golang_function_at(struct dso *dso, uint64_t address, struct golang_function *function)
{
	const struct golang_table *table = table_of(dso);
	unsigned low = 0, high = table ? table->n : 0;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;

		if (entry_of(table, middle) <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low && golang_function_number(dso, low - 1, function) && address < function->end;
}

/* ---- names -------------------------------------------------------------------------------- */

const char *golang_pattern(struct arena *arena, const char *pattern)
{
	char *text = arena_alloc(arena, 2 * strlen(pattern) + 1), *to = text;

	for (const char *at = pattern; *at; at++) {
		if (!strncmp(at, "[...]", 5)) {
			to = stpcpy(to, "\\[*\\]");
			at += 4;
			continue;
		}
		if (*at == '[' || (*at == '*' && at > pattern && at[-1] == '('))
			*to++ = '\\';
		*to++ = *at;
	}
	*to = 0;
	return text;
}

bool golang_made(Dwarf_Die *die)
{
	Dwarf_Die unit;

	return dwarf_diecu(die, &unit, NULL, NULL) && dwarf_srclang(&unit) == DW_LANG_Go;
}

bool golang_is_result(Dwarf_Die *die)
{
	Dwarf_Attribute attr;
	bool result;

	return dwarf_tag(die) == DW_TAG_formal_parameter &&
	       dwarf_attr_integrate(die, DW_AT_variable_parameter, &attr) &&
	       !dwarf_formflag(&attr, &result) && result && golang_made(die);
}

/* Go's compiler says which kind of its types a structure is. */
bool golang_is_string(Dwarf_Die *type)
{
	enum { DW_AT_GO_KIND = 0x2900, KIND_STRING = 24 };
	Dwarf_Attribute attr;
	Dwarf_Word kind;

	return dwarf_attr(type, DW_AT_GO_KIND, &attr) && !dwarf_formudata(&attr, &kind) &&
	       (kind & 31) == KIND_STRING && golang_made(type);
}

unsigned golang_count_results(Dwarf_Die *function)
{
	unsigned n = 0;
	Dwarf_Die die;
	int status = dwarf_child(function, &die);

	for (; !status; status = dwarf_siblingof(&die, &die))
		n += golang_is_result(&die);
	return n;
}
