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

enum { MAX_INSNS = 8, MAX_FUNCTION = 1 << 20, MAX_PARTS = 8, BLOCK = 64 };
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

struct scan {
	struct reach_window *windows; /* by entry */
	unsigned n;
	uint64_t low, high;     /* of all code */
	unsigned char *blocks;  /* a bit for each block of addresses with a part of a window */
};

static int compare_windows(const void *left, const void *right)
{
	const struct reach_window *a = left, *b = right;

	return a->entry < b->entry ? -1 : a->entry > b->entry;
}

static void scan_mark(struct scan *scan)
{
	for (unsigned i = 0; i < scan->n; i++) {
		const struct reach_window *window = &scan->windows[i];

		for (uint64_t block = (window->entry - scan->low) / BLOCK;
		     block <= (window->site - scan->low) / BLOCK; block++)
			scan->blocks[block / 8] |= (unsigned char)(1 << block % 8);
	}
}

/* Something at `from` may go to `target`. */
static void scan_target(struct scan *scan, uint64_t target)
{
	unsigned low = 0, high = scan->n;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;

		if (scan->windows[middle].entry < target)
			low = middle + 1;
		else
			high = middle;
	}
	if (low && target <= scan->windows[low - 1].site)
		scan->windows[low - 1].entered = true;
}

static bool in_marked_block(const struct scan *scan, uint64_t target)
{
	uint64_t offset = target - scan->low;

	return offset < scan->high - scan->low &&
	       scan->blocks[offset / BLOCK / 8] >> offset / BLOCK % 8 & 1;
}

/* What stands before 32 bits that name a place in the code: call, jmp, jcc, xbegin, lea. */
static bool leads_to_code(const unsigned char *code, size_t at)
{
	unsigned char last = code[at - 1], first = at > 1 ? code[at - 2] : 0;

	return last == 0xe8 || last == 0xe9 || (first == 0x0f && (last & 0xf0) == 0x80) ||
	       (first == 0xc7 && last == 0xf8) || (first == 0x8d && (last & 0xc7) == 0x05);
}

/* Relative to the end of the 32 bits. */
static void scan_wide(struct scan *scan, const unsigned char *code, size_t size, uint64_t address)
{
	for (size_t at = 1; at + 4 <= size; at++) {
		int32_t distance;
		uint64_t target;

		memcpy(&distance, code + at, 4);
		target = address + at + 4 + (uint64_t)(int64_t)distance;
		if (in_marked_block(scan, target) && leads_to_code(code, at))
			scan_target(scan, target);
	}
}

/* jcc, jmp, loop, jrcxz with 8 bits: only from near. */
static void scan_near(struct scan *scan, const unsigned char *code, size_t size, uint64_t address,
		      const struct reach_window *window)
{
	uint64_t low = window->entry - address > 160 ? window->entry - 160 : address;
	uint64_t high = window->site + 160;

	for (uint64_t at = low; at < high && at - address + 1 < size; at++) {
		unsigned char opcode = code[at - address];

		if ((opcode & 0xf0) == 0x70 || opcode == 0xeb || (opcode & 0xfc) == 0xe0)
			scan_target(scan, at + 2 + (uint64_t)(int64_t)(signed char)code[at - address + 1]);
	}
}

static void scan_segment(struct scan *scan, const struct dso *dso, const struct dso_segment *segment)
{
	unsigned char *code = malloc(segment->file_size + 1);
	size_t size = code ? dso_read(dso, segment->address, code, segment->file_size) : 0;

	if (size != segment->file_size)
		for (unsigned i = 0; i < scan->n; i++)
			scan->windows[i].entered = true;
	scan_wide(scan, code, size, segment->address);
	for (unsigned i = 0; i < scan->n; i++)
		if (scan->windows[i].entry - segment->address < size)
			scan_near(scan, code, size, segment->address, &scan->windows[i]);
	free(code);
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

static void find_branches(const struct dso *dso, struct reach_window *windows, unsigned n)
{
	struct scan scan = {.windows = windows, .n = n};
	uint64_t size = code_bounds(dso, &scan.low, &scan.high);

	if (size <= MAX_CODE && scan.high > scan.low && scan.high - scan.low <= 4ULL * MAX_CODE)
		scan.blocks = calloc(1, (scan.high - scan.low) / BLOCK / 8 + 2);
	if (!scan.blocks) {
		for (unsigned i = 0; i < n; i++)
			windows[i].entered = true;
		return;
	}
	scan_mark(&scan);
	for (unsigned i = 0; i < dso->segments.n; i++)
		if (dso->segments.v[i].executable)
			scan_segment(&scan, dso, &dso->segments.v[i]);
	free(scan.blocks);
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
	bool any = false;

	for (unsigned i = 0; i < n; i++) {
		windows[i].entered = is_unsure(dso, &windows[i]);
		any |= !windows[i].entered;
	}
	qsort(windows, n, sizeof(*windows), compare_windows);
	if (any)
		find_branches(dso, windows, n);
}
