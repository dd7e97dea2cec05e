/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Go on x86-64: how functions begin and return, and where results are by its calling convention
 * ("ABIInternal"): nine integer registers, r14 the goroutine.
 */
#include <stdlib.h>
#include <string.h>

#include <Zydis/Zydis.h>

#include "compiler/debuginfo/golang.h"
#include "compiler/debuginfo/place.h"

enum {
	RSP = 7,
	R14 = 14,
	RETURN_ADDRESS_BYTES = 8,
	STACK_END = 8, /* of a goroutine's descriptor: the upper end of its stack */
	INTEGER_REGISTERS = 9,
	VECTOR_REGISTERS = 15,
	MAX_CHECK = 8, /* instructions */
	MAX_SPILLS = 64,
	MAX_CODE = 1 << 22,
	MAX_DEPTH = 16,
};

/* DWARF numbers of rax, rbx, rcx, rdi, rsi, r8 ... r11. */
static const int result_registers[INTEGER_REGISTERS] = {0, 3, 2, 5, 4, 8, 9, 10, 11};

struct decoded {
	ZydisDecodedInstruction insn;
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
	uint64_t address;
};

static bool decode(struct dso *dso, uint64_t address, struct decoded *decoded)
{
	unsigned char code[ZYDIS_MAX_INSTRUCTION_LENGTH];
	size_t size = dso_read(dso, address, code, sizeof(code));
	ZydisDecoder decoder;

	ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	decoded->address = address;
	return size && ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, code, size, &decoded->insn,
							   decoded->operands));
}

static bool target_of(const struct decoded *decoded, uint64_t *target)
{
	return decoded->operands[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
	       ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(&decoded->insn, &decoded->operands[0],
						     decoded->address, target));
}

/* ---- entries ------------------------------------------------------------------------------ */

/* The code at `address` puts registers aside and calls for a larger stack. */
static bool grows_stack(struct dso *dso, uint64_t address)
{
	struct golang_function called;
	struct decoded decoded;
	uint64_t target;

	for (unsigned i = 0; i < MAX_SPILLS && decode(dso, address, &decoded); i++) {
		if (decoded.insn.meta.category == ZYDIS_CATEGORY_CALL)
			return target_of(&decoded, &target) &&
			       golang_function_at(dso, target, &called) &&
			       !strncmp(called.name, "runtime.morestack", 17);
		address += decoded.insn.length;
	}
	return false;
}

/* What the look at the stack's size consists of: computing in registers that carry nothing. */
static bool is_computation(const struct decoded *decoded)
{
	switch (decoded->insn.mnemonic) {
	case ZYDIS_MNEMONIC_MOV:
	case ZYDIS_MNEMONIC_LEA:
	case ZYDIS_MNEMONIC_SUB:
		return decoded->operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER &&
		       decoded->operands[0].reg.value != ZYDIS_REGISTER_RSP;
	case ZYDIS_MNEMONIC_CMP:
		return true;
	default:
		return false;
	}
}

/* The carry and zero flags are set where a JBE jumps; rflags has the DWARF number 49. */
static const char stays[] = "!(@uregister(49) & 0x41)";

/* Linux executes a push itself; the branch is as good only if the condition is looked at. */
static uint64_t behind_or_at(struct dso *dso, const struct decoded *branch, const char **guard)
{
	uint64_t behind = branch->address + branch->insn.length;
	struct decoded next;

	if (decode(dso, behind, &next) && next.insn.mnemonic == ZYDIS_MNEMONIC_PUSH &&
	    next.operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER)
		return behind;
	*guard = stays;
	return branch->address;
}

uint64_t golang_entered(struct dso *dso, const struct golang_function *function,
			const char **guard)
{
	uint64_t address = function->entry, target;
	struct decoded decoded;

	*guard = NULL;
	for (unsigned i = 0; i < MAX_CHECK && decode(dso, address, &decoded); i++) {
		address += decoded.insn.length;
		if (decoded.insn.meta.category == ZYDIS_CATEGORY_COND_BR) {
			if (!target_of(&decoded, &target) || target < address ||
			    target >= function->end || !grows_stack(dso, target))
				break;
			if (decoded.insn.mnemonic == ZYDIS_MNEMONIC_JBE)
				return behind_or_at(dso, &decoded, guard);
		} else if (!is_computation(&decoded)) {
			break;
		}
	}
	return function->entry;
}

/* ---- returns ------------------------------------------------------------------------------ */

const char *golang_returns(struct dso *dso, const struct golang_function *function,
			   struct golang_returns *returns)
{
	struct arena *arena = dso->debuginfo->arena;
	struct golang_function callee;
	struct decoded decoded;
	uint64_t target;

	*returns = (struct golang_returns){.n = 0};
	if (function->assembly)
		return "it is written in assembly, and does not say which goroutine it runs in";
	if (function->end - function->entry > MAX_CODE)
		return "it is too long";
	for (uint64_t at = function->entry; at < function->end; at += decoded.insn.length) {
		if (!decode(dso, at, &decoded))
			return "its code is not understood";
		if (decoded.insn.meta.category == ZYDIS_CATEGORY_RET)
			VEC_PUSH(arena, returns, at);
		if (decoded.insn.meta.category == ZYDIS_CATEGORY_UNCOND_BR &&
		    target_of(&decoded, &target) &&
		    (target < function->entry || target >= function->end))
			return golang_function_at(dso, target, &callee) ?
				       arena_printf(arena, "it ends in '%s': probe the return of that",
						    callee.name) :
				       "it ends in other code";
	}
	return returns->n ? NULL : "it never returns";
}

/* ---- results ------------------------------------------------------------------------------ */

struct assigning {
	struct arena *arena;
	unsigned integer, vector; /* registers in use */
	struct place *place;      /* gets a piece for each register, or NULL */
	uint64_t offset;          /* of the piece that comes next */
};

static void add_piece(struct assigning *assigning, uint64_t offset, uint64_t size, int number)
{
	struct place_piece gap = {.missing = true, .kind = PLACE_VALUE}, piece = gap;

	if (!assigning->place)
		return;
	gap.bits = (offset - assigning->offset) * 8;
	if (gap.bits)
		VEC_PUSH(assigning->arena, &assigning->place->pieces, gap);
	piece.bits = size * 8;
	piece.missing = number < 0;
	if (number >= 0)
		access_push(assigning->arena, &piece.access, ACCESS_REGISTER, number, 8, false);
	VEC_PUSH(assigning->arena, &assigning->place->pieces, piece);
	assigning->offset = offset + size;
}

static bool assign(struct assigning *assigning, struct ctype *type, uint64_t offset, unsigned depth);

static bool assign_members(struct assigning *assigning, struct ctype *type, uint64_t offset,
			   unsigned depth)
{
	ctype_filled(assigning->arena, type);
	for (unsigned i = 0; i < type->members.n; i++) {
		const struct ctype_member *member = &type->members.v[i];

		if (member->bit_size || member->is_base || member->variant ||
		    !assign(assigning, member->type, offset + member->bit_offset / 8, depth + 1))
			return false;
	}
	return true;
}

static bool assign_scalar(struct assigning *assigning, uint64_t offset, uint64_t size)
{
	if (size > 8 || assigning->integer == INTEGER_REGISTERS)
		return false;
	add_piece(assigning, offset, size, result_registers[assigning->integer++]);
	return true;
}

/* A complex number is two. */
static bool assign_float(struct assigning *assigning, struct ctype *type, uint64_t offset)
{
	uint64_t size = ctype_size(assigning->arena, type);
	unsigned n = type->name && !strncmp(type->name, "complex", 7) ? 2 : 1;

	if (assigning->vector + n > VECTOR_REGISTERS)
		return false;
	assigning->vector += n;
	add_piece(assigning, offset, size, -1);
	return true;
}

static bool assign(struct assigning *assigning, struct ctype *type, uint64_t offset, unsigned depth)
{
	uint64_t size = ctype_size(assigning->arena, type);

	type = ctype_strip(assigning->arena, type);
	if (depth > MAX_DEPTH)
		return false;
	switch (type->kind) {
	case CTYPE_INT:
	case CTYPE_ENUM:
	case CTYPE_POINTER:
	case CTYPE_FUNCTION:
		return assign_scalar(assigning, offset, size ? size : 8);
	case CTYPE_FLOAT:
		return assign_float(assigning, type, offset);
	case CTYPE_STRUCT:
		return assign_members(assigning, type, offset, depth);
	case CTYPE_ARRAY:
		ctype_filled(assigning->arena, type);
		return !size || (type->count == 1 && assign(assigning,
							    ctype_target(assigning->arena, type),
							    offset, depth + 1));
	default:
		return false;
	}
}

/* In the caller's frame: the DIE tells how far above the return address. */
static const char *place_on_stack(struct arena *arena, Dwarf_Die *result, struct place *place)
{
	Dwarf_Attribute attr;
	Dwarf_Op *ops;
	size_t n;

	if (!dwarf_location_attr(result, DW_AT_location, &attr) ||
	    dwarf_getlocation(&attr, &ops, &n) || n != 1 || ops->atom != DW_OP_fbreg ||
	    (int64_t)ops->number < 0)
		return "it is on the stack, and its place is not told";
	access_push(arena, &place->access, ACCESS_REGISTER, RSP, 8, false);
	access_push(arena, &place->access, ACCESS_ADD_CONST,
		    RETURN_ADDRESS_BYTES + (int64_t)ops->number, 8, false);
	place->kind = PLACE_MEMORY;
	return NULL;
}

static const char *place_result(struct arena *arena, struct assigning *before, Dwarf_Die *result,
				struct place *place)
{
	struct assigning assigning = *before;
	struct ctype *stripped = ctype_strip(arena, place->type);

	assigning.place = place;
	if (!assign(&assigning, place->type, 0, 0)) {
		place->pieces.n = 0;
		return place_on_stack(arena, result, place);
	}
	if (ctype_is_aggregate(stripped)) {
		place->kind = PLACE_PIECES;
		return place->pieces.n ? NULL : "it has no content";
	}
	if (place->pieces.v[0].missing)
		return "it is in a vector register";
	place->kind = PLACE_VALUE;
	place->access = place->pieces.v[0].access;
	place->pieces.n = 0;
	return NULL;
}

static bool is_called(Dwarf_Die *result, unsigned number, const char *name)
{
	const char *own = dwarf_diename(result);
	char *end;

	if (own && !strcmp(own, name))
		return true;
	return !strncmp(name, "return", 6) && name[6] >= '0' && name[6] <= '9' &&
	       strtoul(name + 6, &end, 10) == number && !*end;
}

const char *golang_result(struct dwarf_file *file, Dwarf_Die *function, const char *name,
			  struct place *place, bool *known)
{
	struct assigning assigning = {.arena = file->dso->debuginfo->arena};
	bool only = !strcmp(name, "return");
	const char *problem = NULL;
	unsigned number = 0;
	Dwarf_Die die;
	int status = dwarf_child(function, &die);

	*known = false;
	for (; !status; status = dwarf_siblingof(&die, &die)) {
		struct ctype *type;
		struct assigning before = assigning;

		if (!golang_is_result(&die))
			continue;
		type = dwarf_type_of(file, &die);
		if (only && number)
			return "there are several: $$return names them, $return0 is the first";
		if (only || is_called(&die, number, name)) {
			*known = true;
			*place = (struct place){.type = type, .user = true};
			problem = place_result(assigning.arena, &assigning, &die, place);
			if (!only)
				return problem;
		}
		number++;
		if (!assign(&assigning, type, 0, 0))
			assigning = before;
	}
	return *known ? problem : only ? "the function has no result" : "it has no such result";
}

/* ---- goroutines --------------------------------------------------------------------------- */

void golang_goroutine(struct arena *arena, struct access *access)
{
	access_push(arena, access, ACCESS_REGISTER, R14, 8, false);
}

void golang_stack_distance(struct arena *arena, const struct access *address, struct access *access)
{
	golang_goroutine(arena, access);
	access_push(arena, access, ACCESS_ADD_CONST, STACK_END, 8, false);
	access_push(arena, access, ACCESS_READ_USER, 0, 8, false);
	for (unsigned i = 0; i < address->steps.n; i++)
		VEC_PUSH(arena, &access->steps, address->steps.v[i]);
	access_push(arena, access, ACCESS_SUB, 0, 8, false);
}
