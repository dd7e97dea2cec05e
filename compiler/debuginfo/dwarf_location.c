/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Location expressions of DWARF as access programs.
 *
 * An expression is translated operation by operation; the machine's stack is the access program's.
 * What an operation leaves may have a base type (DW_OP_convert and its kin), so sizes are tracked
 * at translation time and cells are kept extended to 64 bits by their type. What can not be
 * translated exactly is refused: a wrong value is worse than none.
 */
#include <stdlib.h>
#include <string.h>

#include "compiler/debuginfo/dwarf_machine.h"
#include "compiler/debuginfo/kernel_file.h"
#include "compiler/debuginfo/tls.h"

static struct arena *arena_of(const struct dwarf_position *position)
{
	return position->file->dso->debuginfo->arena;
}

/* ---- addresses ---------------------------------------------------------------------------- */

void dwarf_push_base(struct dwarf_position *position, struct access *access)
{
	struct arena *arena = arena_of(position);

	access_push(arena, access, ACCESS_EXPR, access->exprs.n, 8, false);
	VEC_PUSH(arena, &access->exprs, position->base);
}

/* What is not in memory has address 0, where nothing can be read. */
static void push_kernel_address(struct dwarf_position *position, uint64_t address,
				struct access *access)
{
	uint64_t loaded = 0;
	bool per_cpu = false;

	kernel_file_loaded(position->file->dso, address, &loaded, &per_cpu);
	access_push(arena_of(position), access, ACCESS_CONST, (int64_t)loaded, 8, false);
	if (per_cpu)
		access_push(arena_of(position), access, ACCESS_PER_CPU, 0, 8, false);
}

void dwarf_push_address(struct dwarf_position *position, uint64_t address, struct access *access)
{
	struct arena *arena = arena_of(position);

	if (position->base) {
		dwarf_push_base(position, access);
		access_push(arena, access, ACCESS_ADD_CONST, (int64_t)address, 8, false);
		return;
	}
	if (position->file->dso->kernel) {
		push_kernel_address(position, address, access);
		return;
	}
	if (!position->file->dso->relocatable) {
		access_push(arena, access, ACCESS_CONST, (int64_t)address, 8, false);
		return;
	}
	while (position->callee)
		position = position->callee;
	access_push(arena, access, ACCESS_REGISTER, REGISTER_IP, 8, false);
	access_push(arena, access, ACCESS_ADD_CONST, (int64_t)(address - position->pc), 8, false);
}

static bool push_address(struct machine *machine, uint64_t address)
{
	dwarf_push_address(machine->position, address, &machine->access);
	return machine_grow(machine, machine_generic);
}

/* ---- one operation ------------------------------------------------------------------------ */

static bool indexed(struct machine *machine, const Dwarf_Op *op, bool address)
{
	Dwarf_Attribute attr;
	Dwarf_Word word;

	if (!machine->attr || dwarf_getlocation_attr(machine->attr, op, &attr))
		return machine_refuse(machine, "its location is broken");
	if (address)
		return dwarf_formaddr(&attr, &word) ? machine_refuse(machine, "its location is broken") :
						      push_address(machine, word);
	return dwarf_formudata(&attr, &word) ? machine_refuse(machine, "its location is broken") :
					       machine_push_generic(machine, ACCESS_CONST, (int64_t)word);
}

static bool push_tls(struct machine *machine)
{
	const struct access_step *last;
	uint64_t offset;

	/* The offset in the module's block is always a constant. */
	if (!machine_need(machine, 1))
		return false;
	last = &machine->access.steps.v[machine->access.steps.n - 1];
	if (last->op != ACCESS_CONST)
		return machine_refuse(machine, "its location is too complicated");
	offset = (uint64_t)last->operand;
	machine->access.steps.n--;
	machine->depth--;
	machine->position->problem = tls_push_address(machine->position, offset, &machine->access);
	return !machine->position->problem && machine_grow(machine, machine_generic);
}

static bool run_constant(struct machine *machine, const Dwarf_Op *op)
{
	return machine_push_generic(machine, ACCESS_CONST, (int64_t)op->number);
}

static bool run_operator(struct machine *machine, const Dwarf_Op *op)
{
	switch (op->atom) {
	case DW_OP_abs:
		return machine_unary(machine, ACCESS_ABS);
	case DW_OP_neg:
		return machine_unary(machine, ACCESS_NEG);
	case DW_OP_not:
		return machine_unary(machine, ACCESS_NOT);
	case DW_OP_plus_uconst:
		if (!machine_need(machine, 1))
			return false;
		machine_step(machine, ACCESS_ADD_CONST, (int64_t)op->number, 8, false);
		machine_normalise(machine);
		return true;
	case DW_OP_plus:
		return machine_binary(machine, ACCESS_ADD);
	case DW_OP_minus:
		return machine_binary(machine, ACCESS_SUB);
	case DW_OP_mul:
		return machine_binary(machine, ACCESS_MUL);
	case DW_OP_and:
		return machine_binary(machine, ACCESS_AND);
	case DW_OP_or:
		return machine_binary(machine, ACCESS_OR);
	case DW_OP_xor:
		return machine_binary(machine, ACCESS_XOR);
	case DW_OP_shl:
		return machine_binary(machine, ACCESS_SHL);
	case DW_OP_shr:
		return machine_binary(machine, ACCESS_SHR);
	case DW_OP_shra:
		return machine_binary(machine, ACCESS_SHRA);
	case DW_OP_div:
		return machine_divide(machine, ACCESS_DIV);
	case DW_OP_mod:
		return machine_divide(machine, ACCESS_MOD);
	case DW_OP_eq:
		return machine_compare(machine, ACCESS_EQ);
	case DW_OP_ne:
		return machine_compare(machine, ACCESS_NE);
	case DW_OP_lt:
		return machine_compare(machine, ACCESS_LT);
	case DW_OP_le:
		return machine_compare(machine, ACCESS_LE);
	case DW_OP_gt:
		return machine_compare(machine, ACCESS_GT);
	case DW_OP_ge:
		return machine_compare(machine, ACCESS_GE);
	default:
		return machine_refuse(machine, "its location has an operation that is not supported");
	}
}

static bool run_stack(struct machine *machine, const Dwarf_Op *op)
{
	switch (op->atom) {
	case DW_OP_dup:
		return machine_pick(machine, 0);
	case DW_OP_over:
		return machine_pick(machine, 1);
	case DW_OP_pick:
		return machine_pick(machine, op->number);
	case DW_OP_drop:
		return machine_drop(machine);
	case DW_OP_swap:
		return machine_swap(machine);
	case DW_OP_rot:
		return machine_rotate(machine);
	case DW_OP_nop:
		return true;
	default:
		return run_operator(machine, op);
	}
}

static bool run_special(struct machine *machine, const Dwarf_Op *op)
{
	switch (op->atom) {
	case DW_OP_addr:
		return push_address(machine, op->number);
	case DW_OP_addrx:
	case DW_OP_GNU_addr_index:
		return indexed(machine, op, true);
	case DW_OP_constx:
	case DW_OP_GNU_const_index:
		return indexed(machine, op, false);
	case DW_OP_fbreg:
		return machine_push_frame_base(machine, (int64_t)op->number);
	case DW_OP_call_frame_cfa:
		return machine_push_cfa(machine);
	case DW_OP_entry_value:
	case DW_OP_GNU_entry_value:
		return machine_push_entry_value(machine, op);
	case DW_OP_deref:
		return machine_deref(machine, 8);
	case DW_OP_deref_size:
		return machine_deref(machine, (unsigned)op->number);
	case DW_OP_deref_type:
	case DW_OP_GNU_deref_type:
		return machine_deref_type(machine, op);
	case DW_OP_regval_type:
	case DW_OP_GNU_regval_type:
		return machine_regval_type(machine, op);
	case DW_OP_const_type:
	case DW_OP_GNU_const_type:
		return machine_const_type(machine, op);
	case DW_OP_convert:
	case DW_OP_GNU_convert:
	case DW_OP_reinterpret:
	case DW_OP_GNU_reinterpret:
		return machine_convert(machine, op);
	case DW_OP_GNU_parameter_ref:
		return machine_refuse(machine, "optimised away here (callers pass something else for it)");
	case DW_OP_form_tls_address:
	case DW_OP_GNU_push_tls_address:
		return push_tls(machine);
	default:
		return run_stack(machine, op);
	}
}

static bool run_op(struct machine *machine, const Dwarf_Op *op)
{
	uint8_t atom = op->atom;

	if (atom >= DW_OP_lit0 && atom <= DW_OP_lit31)
		return machine_push_generic(machine, ACCESS_CONST, atom - DW_OP_lit0);
	if (atom >= DW_OP_breg0 && atom <= DW_OP_breg31) {
		if (!machine_push_register(machine, atom - DW_OP_breg0))
			return false;
		machine_step(machine, ACCESS_ADD_CONST, (int64_t)op->number, 8, false);
		return true;
	}
	if (atom == DW_OP_bregx) {
		if (!machine_push_register(machine, op->number))
			return false;
		machine_step(machine, ACCESS_ADD_CONST, (int64_t)op->number2, 8, false);
		return true;
	}
	if (atom >= DW_OP_const1u && atom <= DW_OP_consts)
		return run_constant(machine, op);
	return run_special(machine, op);
}

/* Ends an expression (or a piece of one) when `op` does. */
static bool finish_op(struct machine *machine, const Dwarf_Op *op, bool *done)
{
	*done = true;
	if (op->atom >= DW_OP_reg0 && op->atom <= DW_OP_reg31) {
		machine->outcome = OUTCOME_REGISTER;
		return machine_push_register(machine, op->atom - DW_OP_reg0);
	}
	switch (op->atom) {
	case DW_OP_regx:
		machine->outcome = OUTCOME_REGISTER;
		return machine_push_register(machine, op->number);
	case DW_OP_stack_value:
		machine->outcome = OUTCOME_VALUE;
		return machine_need(machine, 1);
	case DW_OP_implicit_value:
		machine->outcome = OUTCOME_IMPLICIT;
		machine->special = op;
		return true;
	case DW_OP_implicit_pointer:
	case DW_OP_GNU_implicit_pointer:
		machine->outcome = OUTCOME_POINTER;
		machine->special = op;
		return true;
	}
	*done = false;
	return true;
}

bool machine_run(struct machine *machine, const Dwarf_Op *ops, size_t n)
{
	machine->outcome = n ? OUTCOME_ADDRESS : OUTCOME_EMPTY;
	for (size_t i = 0; i < n; i++) {
		bool done;

		if (!finish_op(machine, &ops[i], &done))
			return false;
		if (done)
			return i + 1 == n || machine_refuse(machine, "its location is broken");
		if (!run_op(machine, &ops[i]))
			return false;
	}
	return true;
}

/* ---- places ------------------------------------------------------------------------------- */

static bool place_constant(struct dwarf_position *position, const void *data, size_t size,
			   struct place *place)
{
	const unsigned char *bytes = data;

	place->kind = size > 8 ? PLACE_PIECES : PLACE_VALUE;
	for (size_t at = 0; at < size; at += 8) {
		size_t length = size - at < 8 ? size - at : 8;
		struct place_piece piece = { .kind = PLACE_VALUE, .bits = length * 8 };
		uint64_t value = 0;

		memcpy(&value, bytes + at, length);
		access_push(arena_of(position), size > 8 ? &piece.access : &place->access,
			    ACCESS_CONST, (int64_t)value, 8, false);
		if (size > 8)
			VEC_PUSH(arena_of(position), &place->pieces, piece);
	}
	return size > 0;
}

static bool place_from(struct machine *machine, struct place *place);

/* A pointer that is not there, to something whose place is known. */
static bool place_implicit_pointer(struct machine *machine, struct place *place)
{
	struct dwarf_position *position = machine->position;
	struct arena *arena = arena_of(position);
	struct place *pointee = ARENA_NEW(arena, struct place);
	struct ctype *type = ctype_target(arena, ctype_strip(arena, place->type));
	int64_t offset = (int64_t)machine->special->number2;
	Dwarf_Attribute attr;

	if (!machine->attr || machine->nesting > MAX_MACHINES || offset < 0 ||
	    dwarf_getlocation_implicit_pointer(machine->attr, machine->special, &attr) ||
	    !attr.valp)
		return machine_refuse(machine, "optimised away here");
	position->problem = NULL;
	if (!dwarf_place(position, NULL, &attr, type, pointee))
		return false;
	pointee->type = type;
	pointee->bit_offset += (uint64_t)offset * 8;
	place->kind = PLACE_VALUE;
	place->pointee = pointee;
	return true;
}

static bool place_from(struct machine *machine, struct place *place)
{
	Dwarf_Block block;

	place->access = machine->access;
	switch (machine->outcome) {
	case OUTCOME_ADDRESS:
		place->kind = PLACE_MEMORY;
		return machine->depth >= 1 || machine_refuse(machine, "its location is broken");
	case OUTCOME_REGISTER:
	case OUTCOME_VALUE:
		place->kind = PLACE_VALUE;
		return true;
	case OUTCOME_IMPLICIT:
		memset(&place->access, 0, sizeof(place->access));
		if (!machine->attr ||
		    dwarf_getlocation_implicit_value(machine->attr, machine->special, &block))
			return machine_refuse(machine, "its location is broken");
		return place_constant(machine->position, block.data, block.length, place) ||
		       machine_refuse(machine, "its location is broken");
	case OUTCOME_POINTER:
		return place_implicit_pointer(machine, place);
	default:
		return machine_refuse(machine, "optimised away here");
	}
}

static bool is_piece(const Dwarf_Op *op)
{
	return op->atom == DW_OP_piece || op->atom == DW_OP_bit_piece;
}

/* ops[0 .. n) tell where the piece is, ops[n] how large. A piece that can not be read is missing. */
static void add_piece(struct dwarf_position *position, Dwarf_Attribute *attr, const Dwarf_Op *ops,
		      size_t n, struct place *place)
{
	struct machine machine = { .position = position, .attr = attr };
	struct place_piece piece = { .missing = true };
	struct place part = { .kind = PLACE_MEMORY, .type = place->type };

	piece.bits = ops[n].atom == DW_OP_piece ? ops[n].number * 8 : ops[n].number;
	piece.bit_offset = ops[n].atom == DW_OP_bit_piece ? (unsigned)ops[n].number2 : 0;
	if (n && machine_run(&machine, ops, n) && machine.outcome != OUTCOME_POINTER &&
	    place_from(&machine, &part) && part.kind != PLACE_PIECES) {
		piece.missing = false;
		piece.kind = part.kind;
		piece.access = part.access;
	}
	position->problem = NULL;
	VEC_PUSH(arena_of(position), &place->pieces, piece);
}

/* gcc tells of a name for a member (a structured binding) where the whole is: it may be elsewhere. */
static bool is_too_large(struct dwarf_position *position, const Dwarf_Op *ops, size_t n,
			 struct ctype *type)
{
	struct ctype *stripped = ctype_strip(arena_of(position), type);
	uint64_t size = ctype_size(arena_of(position), type), bits = 0;

	for (size_t i = 0; i < n; i++)
		if (is_piece(&ops[i]))
			bits += ops[i].atom == DW_OP_piece ? ops[i].number * 8 : ops[i].number;
	return size && !ctype_is_aggregate(stripped) && bits > (size + 7) / 8 * 64;
}

static bool place_pieces(struct dwarf_position *position, Dwarf_Attribute *attr,
			 const Dwarf_Op *ops, size_t n, struct place *place)
{
	size_t start = 0;
	bool any = false;

	if (is_too_large(position, ops, n, place->type)) {
		position->problem = "its location is of something larger";
		return false;
	}
	place->kind = PLACE_PIECES;
	for (size_t i = 0; i < n; i++) {
		if (!is_piece(&ops[i]))
			continue;
		add_piece(position, attr, ops + start, i - start, place);
		any |= !place->pieces.v[place->pieces.n - 1].missing;
		start = i + 1;
	}
	if (!any)
		position->problem = "optimised away here";
	return any;
}

static bool place_expression(struct dwarf_position *position, Dwarf_Attribute *attr,
			     const Dwarf_Op *ops, size_t n, struct place *place)
{
	struct machine machine = { .position = position, .attr = attr };

	for (size_t i = 0; i < n; i++)
		if (is_piece(&ops[i]))
			return place_pieces(position, attr, ops, n, place);
	return machine_run(&machine, ops, n) && place_from(&machine, place);
}

static bool place_const_value(struct dwarf_position *position, Dwarf_Attribute *attr,
			      struct place *place)
{
	int64_t value;
	Dwarf_Block block;
	const char *text;

	if (!dwarf_formblock(attr, &block))
		return place_constant(position, block.data, block.length, place);
	if (dwarf_constant(attr, &value))
		return place_constant(position, &value, 8, place);
	text = dwarf_formstring(attr);
	if (text)
		return place_constant(position, text, strlen(text) + 1, place);
	position->problem = "its value is broken";
	return false;
}

bool dwarf_place(struct dwarf_position *position, Dwarf_Die *die, Dwarf_Attribute *attr,
		 struct ctype *type, struct place *place)
{
	Dwarf_Op *ops;
	size_t n;
	int found;

	*place = (struct place){ .type = type, .user = !position->file->dso->kernel };
	if (dwarf_whatattr(attr) == DW_AT_const_value)
		return place_const_value(position, attr, place);
	found = dwarf_location_at(position, die, attr, &ops, &n);
	if (found <= 0) {
		position->problem = found ? "its location is broken" : "optimised away here";
		return false;
	}
	return place_expression(position, attr, ops, n, place);
}

const struct access *dwarf_locate_base(struct dwarf_file *file, Dwarf_Die *die)
{
	struct dwarf_position position = { .file = file };
	Dwarf_Attribute attr;
	struct machine machine = { .position = &position, .attr = &attr };
	struct access *access;
	Dwarf_Op *ops;
	size_t n;

	if (!dwarf_attr(die, DW_AT_data_member_location, &attr) ||
	    dwarf_getlocation(&attr, &ops, &n) || !machine_grow(&machine, machine_generic) ||
	    !machine_run(&machine, ops, n) || machine.depth != 1 ||
	    machine.outcome != OUTCOME_ADDRESS)
		return NULL;
	access = ARENA_NEW(file->dso->debuginfo->arena, struct access);
	*access = machine.access;
	return access;
}
