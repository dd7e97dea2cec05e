// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Follows the calls in the code of an object, with the relocations that name their targets. The
 * arithmetic is that of the kernel's check_max_stack_depth(): a function takes the lowest byte of
 * its stack that it names, in steps of 32 bytes, and callbacks count as calls.
 */
#include "compiler/codegen/depth.h"

#include <gelf.h>
#include <linux/bpf.h>
#include <string.h>

enum {
	INSN = sizeof(struct bpf_insn),
	MOST_FRAMES = 8,
	MOST_STACK = 512,
	STEP = 32,
};

struct function {
	size_t section;
	uint64_t start, end;
	bool known;
	struct depth depth;
};

struct code {
	size_t section;
	const char *data;
	size_t size;
	Elf_Data *relocations;
};

struct object {
	struct arena *arena;
	Elf *elf;
	Elf_Data *symbols;
	struct {
		VEC(struct function);
	} functions;
	struct {
		VEC(struct code);
	} codes;
};

static const struct code *code_of(const struct object *object, size_t section)
{
	for (unsigned i = 0; i < object->codes.n; i++)
		if (object->codes.v[i].section == section)
			return &object->codes.v[i];
	return NULL;
}

static struct function *function_at(struct object *object, size_t section, uint64_t offset)
{
	for (unsigned i = 0; i < object->functions.n; i++) {
		struct function *function = &object->functions.v[i];

		if (function->section == section && offset >= function->start &&
		    offset < function->end)
			return function;
	}
	return NULL;
}

/* ---- one instruction ---- */

static bool names_code(const struct bpf_insn *insn)
{
	return (insn->code == (BPF_JMP | BPF_CALL) && insn->src_reg == BPF_PSEUDO_CALL) ||
	       insn->code == (BPF_LD | BPF_IMM | BPF_DW);
}

/* The symbol that a relocation puts into the instruction at an offset. */
static bool symbol_at(const struct object *object, const struct code *code, uint64_t offset,
		      GElf_Sym *symbol)
{
	size_t n = code->relocations ? code->relocations->d_size / sizeof(Elf64_Rel) : 0;
	GElf_Rel rel;

	for (size_t low = 0, high = n; low < high;) {
		size_t middle = (low + high) / 2;

		if (!gelf_getrel(code->relocations, (int)middle, &rel))
			return false;
		if (rel.r_offset == offset)
			return gelf_getsym(object->symbols, (int)GELF_R_SYM(rel.r_info), symbol);
		if (rel.r_offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* The function that the instruction calls, or whose address it takes; or NULL. */
static struct function *callee_of(struct object *object, const struct code *code, uint64_t offset,
				  const struct bpf_insn *insn)
{
	bool call = insn->code == (BPF_JMP | BPF_CALL);
	int64_t ahead = call ? (insn->imm + 1) * (int64_t)INSN : insn->imm;
	GElf_Sym symbol;

	if (symbol_at(object, code, offset, &symbol))
		return function_at(object, symbol.st_shndx,
				   symbol.st_value + (uint64_t)ahead);
	return call ? function_at(object, code->section, offset + (uint64_t)ahead) : NULL;
}

/* Bytes of the stack that the instruction shows to be in use. */
static unsigned stack_named(const struct bpf_insn *insn, const struct bpf_insn *next)
{
	unsigned class = BPF_CLASS(insn->code);
	int at = 0;

	if (class == BPF_LDX && insn->src_reg == BPF_REG_10)
		at = insn->off;
	else if ((class == BPF_ST || class == BPF_STX) && insn->dst_reg == BPF_REG_10)
		at = insn->off;
	else if (insn->code == (BPF_ALU64 | BPF_MOV | BPF_X) && insn->src_reg == BPF_REG_10 &&
		 next && next->code == (BPF_ALU64 | BPF_ADD | BPF_K) &&
		 next->dst_reg == insn->dst_reg)
		at = next->imm;
	return at < 0 ? (unsigned)-at : 0;
}

/* ---- a function and all that it calls ---- */

static unsigned greater(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

static void function_measure(struct object *object, struct function *function)
{
	const struct code *code = code_of(object, function->section);
	struct depth below = {0, 0};
	unsigned own = 1;

	function->known = true; /* also ends what calls itself, which BPF cannot */
	for (uint64_t at = function->start; code && at < function->end; at += INSN) {
		const struct bpf_insn *insn = (const void *)(code->data + at);
		struct function *callee = NULL;

		own = greater(own, stack_named(insn, at + INSN < function->end ? insn + 1 : NULL));
		if (names_code(insn))
			callee = callee_of(object, code, at, insn);
		if (callee) {
			if (!callee->known)
				function_measure(object, callee);
			below.frames = greater(below.frames, callee->depth.frames);
			below.stack = greater(below.stack, callee->depth.stack);
		}
		if (insn->code == (BPF_LD | BPF_IMM | BPF_DW))
			at += INSN; /* is two */
	}
	function->depth.frames = below.frames + 1;
	function->depth.stack = below.stack + (own + STEP - 1) / STEP * STEP;
}

/* ---- the object ---- */

static bool symbols_read(struct object *object, Elf_Scn *section, const GElf_Shdr *header)
{
	GElf_Sym symbol;

	object->symbols = elf_getdata(section, NULL);
	if (!object->symbols || !header->sh_entsize)
		return false;
	for (size_t i = 0; i < header->sh_size / header->sh_entsize; i++)
		if (gelf_getsym(object->symbols, (int)i, &symbol) &&
		    GELF_ST_TYPE(symbol.st_info) == STT_FUNC)
			VEC_PUSH(object->arena, &object->functions,
				 ((struct function){.section = symbol.st_shndx,
						    .start = symbol.st_value,
						    .end = symbol.st_value + symbol.st_size}));
	return true;
}

static void code_read(struct object *object, Elf_Scn *section)
{
	Elf_Data *data = elf_getdata(section, NULL);

	if (data && data->d_buf)
		VEC_PUSH(object->arena, &object->codes,
			 ((struct code){elf_ndxscn(section), data->d_buf, data->d_size, NULL}));
}

static void relocations_read(struct object *object, Elf_Scn *section, const GElf_Shdr *header)
{
	for (unsigned i = 0; i < object->codes.n; i++)
		if (object->codes.v[i].section == header->sh_info)
			object->codes.v[i].relocations = elf_getdata(section, NULL);
}

static bool object_read(struct object *object)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(object->elf, section)))
		if (gelf_getshdr(section, &header) && header.sh_type == SHT_PROGBITS &&
		    header.sh_flags & SHF_EXECINSTR)
			code_read(object, section);
	while ((section = elf_nextscn(object->elf, section))) {
		if (!gelf_getshdr(section, &header))
			return false;
		if (header.sh_type == SHT_REL)
			relocations_read(object, section, &header);
		if (header.sh_type == SHT_SYMTAB && !symbols_read(object, section, &header))
			return false;
	}
	return object->symbols;
}

struct depth depth_measure(struct arena *arena, struct bytes bytes)
{
	struct object object = {.arena = arena};
	struct depth worst = {0, 0};

	elf_version(EV_CURRENT);
	object.elf = elf_memory((char *)bytes.data, bytes.size);
	if (object.elf && object_read(&object))
		for (unsigned i = 0; i < object.functions.n; i++) {
			struct function *function = &object.functions.v[i];

			if (!function->known)
				function_measure(&object, function);
			worst.frames = greater(worst.frames, function->depth.frames);
			worst.stack = greater(worst.stack, function->depth.stack);
		}
	elf_end(object.elf);
	return worst;
}

bool depth_allowed(struct depth depth)
{
	return depth.frames <= MOST_FRAMES && depth.stack <= MOST_STACK;
}
