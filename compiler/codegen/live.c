// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What differs between two units of a live session with the same text: the number of the first
 * handler, the gate, the counters. The code reads them from a constant that is filled in when
 * the object is there, so that the object itself is the same each time and is found in the store.
 */
#include <gelf.h>
#include <string.h>

#include "compiler/codegen/gen.h"

#define WORDS "spile_unit"

enum word { WORD_FIRST, WORD_GATE, WORD_COUNTERS, WORDS_IN_ALL };

static LLVMValueRef words_global(struct gen *gen)
{
	LLVMTypeRef type = LLVMArrayType2(gen->i32, WORDS_IN_ALL);
	LLVMValueRef global = LLVMGetNamedGlobal(gen->module, WORDS);

	if (global)
		return global;
	global = LLVMAddGlobal(gen->module, type, WORDS);
	LLVMSetInitializer(global, LLVMConstNull(type));
	LLVMSetGlobalConstant(global, true);
	LLVMSetExternallyInitialized(global, true);
	LLVMSetAlignment(global, 8);
	LLVMSetSection(global, ".rodata");
	return global;
}

static LLVMValueRef word_load(struct gen *gen, enum word word)
{
	LLVMValueRef index = long_constant(gen, 4 * (int64_t)word);

	return LLVMBuildLoad2(gen->builder, gen->i32,
			      LLVMBuildInBoundsGEP2(gen->builder, gen->i8, words_global(gen),
						    &index, 1, ""),
			      "");
}

static LLVMValueRef word_pointer(struct gen *gen, enum word word)
{
	LLVMValueRef offset = LLVMBuildZExt(gen->builder, word_load(gen, word), gen->i64, "");

	return LLVMBuildInBoundsGEP2(gen->builder, gen->i8, gen->globals, &offset, 1, "");
}

LLVMValueRef live_number(struct gen *gen, unsigned handler)
{
	LLVMValueRef number = int_constant(gen, handler);

	if (!gen->options->layout)
		return int_constant(gen, gen->unit->first_handler + handler);
	return LLVMBuildAdd(gen->builder, word_load(gen, WORD_FIRST), number, "");
}

LLVMValueRef live_gate(struct gen *gen)
{
	return gen->options->gate_offset ? word_pointer(gen, WORD_GATE) : NULL;
}

LLVMValueRef live_counters(struct gen *gen)
{
	return gen->options->counters_offset ? word_pointer(gen, WORD_COUNTERS)
					     : LLVMConstNull(gen->ptr);
}

void live_count(struct gen *gen, unsigned offset)
{
	LLVMValueRef index = long_constant(gen, offset), at;

	if (!gen->options->counters_offset)
		return;
	at = LLVMBuildInBoundsGEP2(gen->builder, gen->i8, live_counters(gen), &index, 1, "");
	LLVMBuildAtomicRMW(gen->builder, LLVMAtomicRMWBinOpAdd, at, long_constant(gen, 1),
			   LLVMAtomicOrderingMonotonic, false);
}

/* ---- the object ---- */

static bool find_words(Elf *elf, size_t *at)
{
	GElf_Shdr header, target;
	Elf_Scn *section = NULL, *home;
	GElf_Sym symbol;

	while ((section = elf_nextscn(elf, section))) {
		Elf_Data *data = elf_getdata(section, NULL);

		if (!gelf_getshdr(section, &header) || header.sh_type != SHT_SYMTAB || !data)
			continue;
		for (int i = 0; gelf_getsym(data, i, &symbol); i++) {
			const char *name = elf_strptr(elf, header.sh_link, symbol.st_name);

			if (!name || strcmp(name, WORDS))
				continue;
			home = elf_getscn(elf, symbol.st_shndx);
			if (!home || !gelf_getshdr(home, &target))
				return false;
			*at = target.sh_offset + symbol.st_value;
			return true;
		}
	}
	return false;
}

void live_fill_in(struct gen *gen, void *object, size_t size)
{
	const struct codegen_options *options = gen->options;
	const uint32_t words[WORDS_IN_ALL] = {
		[WORD_FIRST] = options->first_handler,
		[WORD_GATE] = (uint32_t)options->gate_offset,
		[WORD_COUNTERS] = (uint32_t)options->counters_offset,
	};
	size_t at;
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = elf_memory(object, size);
	if (elf && find_words(elf, &at) && at + sizeof(words) <= size)
		memcpy((char *)object + at, words, sizeof(words));
	if (elf)
		elf_end(elf);
}
