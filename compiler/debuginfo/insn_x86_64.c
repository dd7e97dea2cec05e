/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looking at x86-64 instructions, with Zydis.
 */
#include <stdlib.h>

#include <Zydis/Zydis.h>

#include "compiler/debuginfo/insn.h"

enum { MAX_SKIPPED = 4 };

static bool is_vector(const ZydisDecodedInstruction *insn)
{
	return insn->encoding == ZYDIS_INSTRUCTION_ENCODING_VEX ||
	       insn->encoding == ZYDIS_INSTRUCTION_ENCODING_EVEX ||
	       insn->encoding == ZYDIS_INSTRUCTION_ENCODING_XOP;
}

static bool is_general(ZydisRegister reg)
{
	switch (ZydisRegisterGetClass(reg)) {
	case ZYDIS_REGCLASS_GPR8:
	case ZYDIS_REGCLASS_GPR16:
	case ZYDIS_REGCLASS_GPR32:
	case ZYDIS_REGCLASS_GPR64:
		return true;
	default:
		return false;
	}
}

/* Whether the instruction leaves general registers and memory as they are. */
static bool is_harmless(const ZydisDecodedInstruction *insn, const ZydisDecodedOperand *operands)
{
	for (unsigned i = 0; i < insn->operand_count; i++) {
		const ZydisDecodedOperand *operand = &operands[i];

		if (!(operand->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE))
			continue;
		if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY ||
		    (operand->type == ZYDIS_OPERAND_TYPE_REGISTER && is_general(operand->reg.value)))
			return false;
	}
	return true;
}

uint64_t insn_probeable_entry(const struct dso *dso, uint64_t address)
{
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
	ZydisDecodedInstruction insn;
	ZydisDecoder decoder;
	unsigned char code[64];
	size_t size = dso_read(dso, address, code, sizeof(code)), at = 0;

	ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	for (unsigned i = 0; i <= MAX_SKIPPED && at < size; i++) {
		if (ZYAN_FAILED(ZydisDecoderDecodeFull(&decoder, code + at, size - at, &insn,
						       operands)))
			break;
		if (!is_vector(&insn))
			return address + at;
		if (!is_harmless(&insn, operands))
			break;
		at += insn.length;
	}
	return address;
}

/* The address that a jump with a relative operand goes to. */
static bool jump_target(const ZydisDecodedInstruction *insn, const ZydisDecodedOperand *operands,
			uint64_t address, uint64_t *target)
{
	return (insn->meta.category == ZYDIS_CATEGORY_COND_BR ||
		insn->meta.category == ZYDIS_CATEGORY_UNCOND_BR) &&
	       ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(insn, &operands[0], address, target));
}

/* Whether a jump at or behind `from` in the function goes to [to_low, to_high]. */
static bool has_jump(const struct dso *dso, uint64_t low, uint64_t high, uint64_t from,
		     uint64_t to_low, uint64_t to_high)
{
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
	ZydisDecodedInstruction insn;
	ZydisDecoder decoder;
	size_t size = high - low < 1 << 20 ? (size_t)(high - low) : 1 << 20, at = 0;
	unsigned char *code = malloc(size + 1);
	bool found = false;

	size = code ? dso_read(dso, low, code, size) : 0;
	ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	while (at < size && !found) {
		uint64_t to;

		if (ZYAN_FAILED(ZydisDecoderDecodeFull(&decoder, code + at, size - at, &insn,
						       operands))) {
			at++;
			continue;
		}
		found = low + at >= from && jump_target(&insn, operands, low + at, &to) &&
			to >= to_low && to <= to_high;
		at += insn.length;
	}
	free(code);
	return found;
}

bool insn_is_in_loop(const struct dso *dso, uint64_t low, uint64_t high, uint64_t address)
{
	return has_jump(dso, low, high, address, low, address);
}

bool insn_is_jumped_to(const struct dso *dso, uint64_t low, uint64_t high, uint64_t address)
{
	return has_jump(dso, low, high, low, address, address);
}

static bool goes_on(const ZydisDecodedInstruction *insn)
{
	switch (insn->meta.category) {
	case ZYDIS_CATEGORY_COND_BR:
	case ZYDIS_CATEGORY_UNCOND_BR:
	case ZYDIS_CATEGORY_RET:
	case ZYDIS_CATEGORY_INTERRUPT:
		return false;
	case ZYDIS_CATEGORY_CALL:
		return insn->opcode == 0xe8;
	default:
		return true;
	}
}

bool insn_is_straight(const struct dso *dso, uint64_t from, uint64_t to)
{
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
	ZydisDecodedInstruction insn;
	ZydisDecoder decoder;
	unsigned char code[4096];
	size_t size, at = 0;

	if (to < from || to - from > sizeof(code))
		return false;
	size = dso_read(dso, from, code, (size_t)(to - from));
	ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	while (at < size) {
		if (ZYAN_FAILED(ZydisDecoderDecodeFull(&decoder, code + at, size - at, &insn,
						       operands)) || !goes_on(&insn))
			return false;
		at += insn.length;
	}
	return from + at == to;
}

bool insn_next_call(const struct dso *dso, uint64_t *at, uint64_t high, uint64_t *target)
{
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
	ZydisDecodedInstruction insn;
	ZydisDecoder decoder;
	unsigned char code[ZYDIS_MAX_INSTRUCTION_LENGTH];

	ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	while (*at < high) {
		uint64_t start = *at;
		size_t size = dso_read(dso, start, code, sizeof(code));

		if (!size)
			return false;
		if (ZYAN_FAILED(ZydisDecoderDecodeFull(&decoder, code, size, &insn, operands))) {
			*at += 1;
			continue;
		}
		*at += insn.length;
		if (insn.meta.category == ZYDIS_CATEGORY_CALL &&
		    operands[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
		    ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(&insn, &operands[0], start, target)))
			return true;
	}
	return false;
}
