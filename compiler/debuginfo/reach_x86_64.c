/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * x86-64 code: cheap instructions, and what may jump between them and the entry.
 *
 * Branches with a relative operand are looked for at every byte of the file's code, whether or
 * not an instruction begins there: nothing is missed by reading code out of step, in cold parts
 * of a function, or in hand-written code. Jumps through a register or a table are found by
 * decoding the function and its cold parts; if there is one, the window counts as entered.
 */
#include <stdlib.h>
#include <string.h>

#include <Zydis/Zydis.h>

#include "compiler/debuginfo/reach.h"

enum { MAX_INSNS = 8, MAX_FUNCTION = 1 << 20, MAX_PARTS = 8, NEAR = 160 };
enum { MAX_CODE = 32 << 20 }; /* the look at every byte would take too long */

struct insn {
	ZydisDecodedInstruction of;
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
};

static void decoder_start(ZydisDecoder *decoder)
{
	ZydisDecoderInit(decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
}

static bool decode(const ZydisDecoder *decoder, const unsigned char *code, size_t size,
		   struct insn *insn)
{
	return ZYAN_SUCCESS(ZydisDecoderDecodeFull(decoder, code, size, &insn->of, insn->operands));
}

/* ---- the way from the entry to the site --------------------------------------------------- */

/* What every Linux from 6.1 on executes itself. */
static bool is_cheap(const unsigned char *code, unsigned length)
{
	if (length == 2 && code[0] == 0x41) /* push %r8 .. %r15 */
		return code[1] >= 0x50 && code[1] <= 0x57;
	switch (code[0]) {
	case 0x50 ... 0x57: /* push */
	case 0x90:          /* nop */
		return length == 1;
	case 0x70 ... 0x7f: /* jcc */
	case 0xeb:          /* jmp */
		return length == 2;
	case 0xe8: /* call */
	case 0xe9: /* jmp */
		return length == 5;
	case 0x0f: /* jcc */
		return length == 6 && code[1] >= 0x80 && code[1] <= 0x8f;
	default:
		return false;
	}
}

static bool is_plain_operand(const ZydisDecodedOperand *operand)
{
	switch (operand->type) {
	case ZYDIS_OPERAND_TYPE_IMMEDIATE:
		return true;
	case ZYDIS_OPERAND_TYPE_MEMORY:
		return operand->mem.type == ZYDIS_MEMOP_TYPE_AGEN; /* lea only computes */
	case ZYDIS_OPERAND_TYPE_REGISTER:
		switch (ZydisRegisterGetClass(operand->reg.value)) {
		case ZYDIS_REGCLASS_GPR8:
		case ZYDIS_REGCLASS_GPR16:
		case ZYDIS_REGCLASS_GPR32:
		case ZYDIS_REGCLASS_GPR64:
		case ZYDIS_REGCLASS_XMM:
			return true;
		default:
			return false;
		}
	default:
		return false;
	}
}

static bool is_known(ZydisMnemonic mnemonic)
{
	switch (mnemonic) {
	case ZYDIS_MNEMONIC_MOV:
	case ZYDIS_MNEMONIC_MOVZX:
	case ZYDIS_MNEMONIC_MOVSX:
	case ZYDIS_MNEMONIC_MOVSXD:
	case ZYDIS_MNEMONIC_LEA:
	case ZYDIS_MNEMONIC_XOR:
	case ZYDIS_MNEMONIC_AND:
	case ZYDIS_MNEMONIC_OR:
	case ZYDIS_MNEMONIC_ADD:
	case ZYDIS_MNEMONIC_SUB:
	case ZYDIS_MNEMONIC_TEST:
	case ZYDIS_MNEMONIC_CMP:
	case ZYDIS_MNEMONIC_SHL:
	case ZYDIS_MNEMONIC_SHR:
	case ZYDIS_MNEMONIC_SAR:
	case ZYDIS_MNEMONIC_NEG:
	case ZYDIS_MNEMONIC_NOT:
	case ZYDIS_MNEMONIC_INC:
	case ZYDIS_MNEMONIC_DEC:
	case ZYDIS_MNEMONIC_PXOR:
	case ZYDIS_MNEMONIC_XORPS:
	case ZYDIS_MNEMONIC_MOVAPS:
	case ZYDIS_MNEMONIC_MOVDQA:
	case ZYDIS_MNEMONIC_MOVD:
	case ZYDIS_MNEMONIC_MOVQ:
		return true;
	default:
		return false;
	}
}

/* Goes on to the next instruction whatever happens, and changes registers at most. */
static bool is_transparent(const struct insn *insn)
{
	if (insn->of.encoding != ZYDIS_INSTRUCTION_ENCODING_LEGACY)
		return false;
	if (insn->of.mnemonic == ZYDIS_MNEMONIC_NOP || insn->of.mnemonic == ZYDIS_MNEMONIC_ENDBR64)
		return true;
	if (!is_known(insn->of.mnemonic))
		return false;
	for (unsigned i = 0; i < insn->of.operand_count_visible; i++)
		if (!is_plain_operand(&insn->operands[i]))
			return false;
	return true;
}

bool reach_find_site(const struct dso *dso, uint64_t entry, uint64_t size,
		     struct reach_window *window)
{
	unsigned char code[MAX_INSNS * ZYDIS_MAX_INSTRUCTION_LENGTH];
	size_t n = dso_read(dso, entry, code, size < sizeof(code) ? size : sizeof(code)), at = 0;
	ZydisDecoder decoder;
	struct insn insn;

	decoder_start(&decoder);
	for (unsigned i = 0; i < MAX_INSNS && at < n; i++) {
		if (!decode(&decoder, code + at, n - at, &insn))
			return false;
		if (is_cheap(code + at, insn.of.length)) {
			*window = (struct reach_window){entry, entry + at, false};
			return at != 0;
		}
		if (!is_transparent(&insn))
			return false;
		at += insn.of.length;
	}
	return false;
}

/* ---- branches from anywhere --------------------------------------------------------------- */

/* The places that some branch or address with 32 bits in the file's code leads to. */
struct reach_branches {
	bool known;
	uint64_t low, high;  /* of all code */
	unsigned char *bits; /* one for each address */
};

/* The last byte of what stands before 32 bits that name a place in the code. */
static const bool may_lead[256] = {
	[0xe8] = true, [0xe9] = true, [0xf8] = true, [0x80 ... 0x8f] = true,
	[0x05] = true, [0x0d] = true, [0x15] = true, [0x1d] = true,
	[0x25] = true, [0x2d] = true, [0x35] = true, [0x3d] = true,
};

/* call, jmp, jcc, xbegin, lea. */
static bool leads_to_code(const unsigned char *code, size_t at)
{
	unsigned char last = code[at - 1], first = at > 1 ? code[at - 2] : 0;

	return last == 0xe8 || last == 0xe9 || (first == 0x0f && (last & 0xf0) == 0x80) ||
	       (first == 0xc7 && last == 0xf8) || (first == 0x8d && (last & 0xc7) == 0x05);
}

/* Relative to the end of the 32 bits. */
static void scan_wide(struct reach_branches *branches, const unsigned char *code, size_t size,
		      uint64_t address)
{
	for (size_t at = 1; at + 4 <= size; at++) {
		int32_t distance;
		uint64_t target;

		if (!may_lead[code[at - 1]] || !leads_to_code(code, at))
			continue;
		memcpy(&distance, code + at, 4);
		target = address + at + 4 + (uint64_t)(int64_t)distance - branches->low;
		if (target < branches->high - branches->low)
			branches->bits[target / 8] |= (unsigned char)(1 << target % 8);
	}
}

static bool scan_segment(struct reach_branches *branches, const struct dso *dso,
			 const struct dso_segment *segment)
{
	unsigned char *code = malloc(segment->file_size + 1);
	size_t size = code ? dso_read(dso, segment->address, code, segment->file_size) : 0;

	scan_wide(branches, code, size, segment->address);
	free(code);
	return size == segment->file_size;
}

static uint64_t code_bounds(const struct dso *dso, uint64_t *low, uint64_t *high)
{
	uint64_t size = 0;

	*low = UINT64_MAX;
	*high = 0;
	for (unsigned i = 0; i < dso->segments.n; i++) {
		const struct dso_segment *segment = &dso->segments.v[i];

		if (!segment->executable)
			continue;
		size += segment->file_size;
		if (segment->address < *low)
			*low = segment->address;
		if (segment->address + segment->file_size > *high)
			*high = segment->address + segment->file_size;
	}
	return size;
}

void reach_read_branches(struct dso *dso)
{
	struct arena *arena = dso->debuginfo->arena;
	struct reach_branches *branches;
	uint64_t size;

	if (dso->branches)
		return;
	dso->branches = branches = ARENA_NEW(arena, struct reach_branches);
	size = code_bounds(dso, &branches->low, &branches->high);
	if (size > MAX_CODE || branches->high <= branches->low ||
	    branches->high - branches->low > 4ULL * MAX_CODE)
		return;
	branches->bits = ARENA_ARRAY(arena, unsigned char, (branches->high - branches->low) / 8 + 1);
	branches->known = true;
	for (unsigned i = 0; i < dso->segments.n; i++)
		if (dso->segments.v[i].executable)
			branches->known &= scan_segment(branches, dso, &dso->segments.v[i]);
}

/* Something may go to `target`. */
static void enter(struct reach_window *window, uint64_t target)
{
	if (target > window->entry && target <= window->site)
		window->entered = true;
}

/* jcc, jmp, loop, jrcxz with 8 bits: only from near. */
static void look_near(struct reach_window *window, const struct dso *dso,
		      const struct dso_segment *segment)
{
	uint64_t before = window->entry - segment->address;
	uint64_t low = window->entry - (before < NEAR ? before : NEAR);
	unsigned char code[2 * NEAR + MAX_INSNS * ZYDIS_MAX_INSTRUCTION_LENGTH];
	size_t size = dso_read(dso, low, code, window->site + NEAR - low);

	for (size_t at = 0; at + 1 < size; at++)
		if ((code[at] & 0xf0) == 0x70 || code[at] == 0xeb || (code[at] & 0xfc) == 0xe0)
			enter(window, low + at + 2 + (uint64_t)(int64_t)(signed char)code[at + 1]);
}

static void look_for_branches(struct reach_window *window, const struct dso *dso)
{
	const struct reach_branches *branches = dso->branches;

	window->entered |= !branches->known;
	for (uint64_t at = window->entry + 1; branches->known && at <= window->site; at++) {
		uint64_t offset = at - branches->low;

		if (offset < branches->high - branches->low)
			window->entered |= branches->bits[offset / 8] >> offset % 8 & 1;
	}
	for (unsigned i = 0; i < dso->segments.n; i++)
		if (dso->segments.v[i].executable &&
		    window->entry - dso->segments.v[i].address < dso->segments.v[i].file_size)
			look_near(window, dso, &dso->segments.v[i]);
}

/* ---- jumps whose target is not known ------------------------------------------------------ */

/* A function, and the parts of it that stand elsewhere. */
struct parts {
	struct dso *dso;
	struct {
		uint64_t low, size;
	} v[MAX_PARTS];
	unsigned n;
	bool unsure;
};

static bool in_plt(const struct dso *dso, uint64_t address)
{
	Elf_Scn *scn = NULL;
	size_t names;

	if (elf_getshdrstrndx(dso->elf, &names))
		return false;
	while ((scn = elf_nextscn(dso->elf, scn))) {
		GElf_Shdr shdr;
		const char *name = gelf_getshdr(scn, &shdr) ?
					   elf_strptr(dso->elf, names, shdr.sh_name) : NULL;

		if (name && !strncmp(name, ".plt", 4) && address - shdr.sh_addr < shdr.sh_size)
			return true;
	}
	return false;
}

static void add_part(struct parts *parts, uint64_t low, uint64_t size)
{
	for (unsigned i = 0; i < parts->n; i++)
		if (parts->v[i].low == low)
			return;
	if (parts->n == MAX_PARTS || !size || size > MAX_FUNCTION) {
		parts->unsure = true;
		return;
	}
	parts->v[parts->n].low = low;
	parts->v[parts->n++].size = size;
}

/* A jump out of a part: into another one, or a call at the function's end. */
static void follow(struct parts *parts, uint64_t target)
{
	const struct dso_symbol *symbol;

	for (unsigned i = 0; i < parts->n; i++)
		if (target - parts->v[i].low < parts->v[i].size)
			return;
	symbol = dso_symbol_at(parts->dso, target);
	if (symbol && symbol->fragment)
		add_part(parts, symbol->address, symbol->size);
	else if (symbol ? symbol->address != target : !in_plt(parts->dso, target))
		parts->unsure = true;
}

static void look_at_jump(struct parts *parts, const struct insn *insn, uint64_t address)
{
	const ZydisDecodedOperand *operand = &insn->operands[0];
	uint64_t target;

	switch (insn->of.meta.category) {
	case ZYDIS_CATEGORY_COND_BR:
	case ZYDIS_CATEGORY_UNCOND_BR:
		break;
	default:
		return;
	}
	if (operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
	    ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(&insn->of, operand, address, &target)))
		follow(parts, target);
	else if (operand->type != ZYDIS_OPERAND_TYPE_MEMORY ||
		 operand->mem.base != ZYDIS_REGISTER_RIP) /* a function by the global offset table */
		parts->unsure = true;
}

static void look_at_part(struct parts *parts, const ZydisDecoder *decoder, unsigned part)
{
	uint64_t low = parts->v[part].low;
	size_t size = (size_t)parts->v[part].size, at = 0;
	unsigned char *code = malloc(size + 1);
	struct insn insn;

	if (!code || dso_read(parts->dso, low, code, size) != size)
		parts->unsure = true;
	while (at < size && !parts->unsure) {
		if (!decode(decoder, code + at, size - at, &insn)) {
			parts->unsure = true;
			break;
		}
		look_at_jump(parts, &insn, low + at);
		at += insn.of.length;
	}
	free(code);
}

static bool has_other_symbol(struct dso *dso, const struct reach_window *window)
{
	unsigned low = 0, high = dso->symbols.n;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;

		if (dso->symbols.v[middle].address <= window->entry)
			low = middle + 1;
		else
			high = middle;
	}
	return low < dso->symbols.n && dso->symbols.v[low].address <= window->site;
}

static bool is_unsure(struct dso *dso, const struct reach_window *window)
{
	const struct dso_symbol *symbol = dso_symbol_at(dso, window->entry);
	struct parts parts = {.dso = dso};
	ZydisDecoder decoder;

	if (!symbol || symbol->address != window->entry || symbol->fragment ||
	    has_other_symbol(dso, window))
		return true;
	decoder_start(&decoder);
	add_part(&parts, symbol->address, symbol->size);
	for (unsigned i = 0; i < parts.n && !parts.unsure; i++)
		look_at_part(&parts, &decoder, i);
	return parts.unsure;
}

void reach_check(struct dso *dso, struct reach_window *windows, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		windows[i].entered = is_unsure(dso, &windows[i]);
		if (windows[i].entered)
			continue;
		reach_read_branches(dso);
		look_for_branches(&windows[i], dso);
	}
}
