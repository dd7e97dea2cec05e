/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operations of location expressions that need nothing but the stack. */
#include "compiler/debuginfo/dwarf_machine.h"

#include <string.h>

static struct arena *arena_of(const struct dwarf_position *position)
{
	return position->file->dso->debuginfo->arena;
}

bool machine_refuse(struct machine *machine, const char *why)
{
	machine->position->problem = why;
	return false;
}

void machine_step(struct machine *machine, enum access_op op, int64_t operand, unsigned size,
		 bool is_signed)
{
	access_push(arena_of(machine->position), &machine->access, op, operand, size, is_signed);
}

bool machine_grow(struct machine *machine, struct cell cell)
{
	if (machine->depth == MAX_CELLS)
		return machine_refuse(machine, "its location is too complicated");
	machine->cells[machine->depth++] = cell;
	return true;
}

const struct cell machine_generic = { 8, false, false };

bool machine_push_generic(struct machine *machine, enum access_op op, int64_t operand)
{
	machine_step(machine, op, operand, 8, false);
	return machine_grow(machine, machine_generic);
}

bool machine_need(struct machine *machine, unsigned cells)
{
	return machine->depth >= cells || machine_refuse(machine, "its location is broken");
}

struct cell *machine_top(struct machine *machine)
{
	return &machine->cells[machine->depth - 1];
}

bool machine_push_register(struct machine *machine, uint64_t number)
{
	if (number > REGISTER_IP)
		return machine_refuse(machine, "it is in a vector or floating-point register");
	if (machine->position->callee)
		return machine_push_caller_register(machine, number);
	return machine_push_generic(machine, ACCESS_REGISTER, (int64_t)number);
}

/* ---- typed operations --------------------------------------------------------------------- */

/* The base type that an operation names; the generic type for DIE 0. */
static bool base_type(struct machine *machine, const Dwarf_Op *op, struct cell *cell)
{
	Dwarf_Die die;
	Dwarf_Attribute attr;
	Dwarf_Word encoding;
	int size;

	*cell = machine_generic;
	if ((op->atom == DW_OP_convert || op->atom == DW_OP_GNU_convert ||
	     op->atom == DW_OP_reinterpret || op->atom == DW_OP_GNU_reinterpret) && !op->number)
		return true;
	if (!machine->attr || dwarf_getlocation_die(machine->attr, op, &die))
		return machine_refuse(machine, "its location is broken");
	size = dwarf_bytesize(&die);
	if ((size != 1 && size != 2 && size != 4 && size != 8) ||
	    !dwarf_attr(&die, DW_AT_encoding, &attr) || dwarf_formudata(&attr, &encoding) ||
	    encoding == DW_ATE_float || encoding == DW_ATE_complex_float ||
	    encoding == DW_ATE_decimal_float)
		return machine_refuse(machine, "it is computed with types that scripts do not have");
	cell->size = (unsigned)size;
	cell->is_signed = encoding == DW_ATE_signed || encoding == DW_ATE_signed_char;
	cell->typed = true;
	return true;
}

/* Makes the top cell what its type says: extended from its size. */
void machine_normalise(struct machine *machine)
{
	const struct cell *cell = machine_top(machine);

	if (cell->size < 8)
		machine_step(machine, cell->is_signed ? ACCESS_SIGN_EXTEND : ACCESS_ZERO_EXTEND, 0,
		     cell->size, cell->is_signed);
}

bool machine_convert(struct machine *machine, const Dwarf_Op *op)
{
	struct cell cell;

	if (!machine_need(machine, 1) || !base_type(machine, op, &cell))
		return false;
	*machine_top(machine) = cell;
	machine_normalise(machine);
	return true;
}

bool machine_const_type(struct machine *machine, const Dwarf_Op *op)
{
	struct cell cell;
	Dwarf_Block block;
	uint64_t value = 0;

	if (!base_type(machine, op, &cell) ||
	    dwarf_getlocation_implicit_value(machine->attr, op, &block)) {
		Dwarf_Attribute attr;

		if (!machine->attr || dwarf_getlocation_attr(machine->attr, op, &attr) ||
		    dwarf_formblock(&attr, &block))
			return machine_refuse(machine, "its location is broken");
	}
	if (block.length > 8)
		return machine_refuse(machine, "it is computed with types that scripts do not have");
	memcpy(&value, block.data, block.length);
	machine_step(machine, ACCESS_CONST, (int64_t)value, 8, false);
	if (!machine_grow(machine, cell))
		return false;
	machine_normalise(machine);
	return true;
}

bool machine_regval_type(struct machine *machine, const Dwarf_Op *op)
{
	struct cell cell;

	if (!base_type(machine, op, &cell) || !machine_push_register(machine, op->number))
		return false;
	*machine_top(machine) = cell;
	machine_normalise(machine);
	return true;
}

enum access_op machine_read(const struct machine *machine)
{
	return machine->position->file->dso->kernel ? ACCESS_READ_KERNEL : ACCESS_READ_USER;
}

bool machine_deref(struct machine *machine, unsigned size)
{
	if (!machine_need(machine, 1))
		return false;
	if (size != 1 && size != 2 && size != 4 && size != 8)
		return machine_refuse(machine, "its location is broken");
	if (machine->position->callee) /* what was passed is no longer there for certain */
		return machine_refuse(machine, "optimised away here");
	machine_step(machine, machine_read(machine), 0, size, false);
	*machine_top(machine) = machine_generic;
	return true;
}

bool machine_deref_type(struct machine *machine, const Dwarf_Op *op)
{
	struct cell cell;

	if (!base_type(machine, op, &cell) || !machine_deref(machine, cell.size))
		return false;
	*machine_top(machine) = cell;
	machine_normalise(machine);
	return true;
}

/* ---- operators ---------------------------------------------------------------------------- */

bool machine_unary(struct machine *machine, enum access_op op)
{
	if (!machine_need(machine, 1))
		return false;
	machine_step(machine, op, 0, 8, true);
	machine_normalise(machine);
	return true;
}

/* Two operands must be of one type; what compilers write otherwise is not to be trusted. */
static bool same_types(const struct machine *machine)
{
	const struct cell *b = &machine->cells[machine->depth - 1], *a = b - 1;

	return a->size == b->size && a->is_signed == b->is_signed && a->typed == b->typed;
}

bool machine_binary(struct machine *machine, enum access_op op)
{
	struct cell cell;

	if (!machine_need(machine, 2))
		return false;
	cell = machine->cells[machine->depth - 2];
	if (op == ACCESS_SHR && cell.is_signed && cell.size < 8)
		return machine_refuse(machine, "its location is too complicated");
	if (op != ACCESS_SHL && op != ACCESS_SHR && op != ACCESS_SHRA && !same_types(machine))
		return machine_refuse(machine, "its location is broken (it mixes types)");
	machine_step(machine, op, 0, 8, true);
	machine->depth--;
	*machine_top(machine) = cell;
	machine_normalise(machine);
	return true;
}

/* Division in the generic type is signed, remainder is not; access programs have signed ones. */
bool machine_divide(struct machine *machine, enum access_op op)
{
	const struct cell *left;

	if (!machine_need(machine, 2))
		return false;
	left = &machine->cells[machine->depth - 2];
	if ((op == ACCESS_MOD && left->size == 8 && !left->is_signed) ||
	    (op == ACCESS_DIV && left->typed && left->size == 8 && !left->is_signed))
		return machine_refuse(machine, "its location is too complicated");
	return machine_binary(machine, op);
}

bool machine_compare(struct machine *machine, enum access_op op)
{
	const struct cell *left;

	if (!machine_need(machine, 2))
		return false;
	left = &machine->cells[machine->depth - 2];
	if (left->typed && left->size == 8 && !left->is_signed && op != ACCESS_EQ && op != ACCESS_NE)
		return machine_refuse(machine, "its location is too complicated");
	if (!same_types(machine))
		return machine_refuse(machine, "its location is broken (it mixes types)");
	machine_step(machine, op, 0, 8, true);
	machine->depth--;
	*machine_top(machine) = machine_generic;
	return true;
}

bool machine_pick(struct machine *machine, uint64_t n)
{
	if (n >= machine->depth)
		return machine_refuse(machine, "its location is broken");
	machine_step(machine, ACCESS_PICK, (int64_t)n, 8, false);
	return machine_grow(machine, machine->cells[machine->depth - 1 - n]);
}

bool machine_swap(struct machine *machine)
{
	struct cell cell;

	if (!machine_need(machine, 2))
		return false;
	machine_step(machine, ACCESS_SWAP, 0, 8, false);
	cell = *machine_top(machine);
	*machine_top(machine) = machine->cells[machine->depth - 2];
	machine->cells[machine->depth - 2] = cell;
	return true;
}

bool machine_drop(struct machine *machine)
{
	if (!machine_need(machine, 1))
		return false;
	machine_step(machine, ACCESS_DROP, 0, 8, false);
	machine->depth--;
	return true;
}

/* The top goes below the two that follow it. */
bool machine_rotate(struct machine *machine)
{
	struct cell *cells;

	if (!machine_need(machine, 3))
		return false;
	machine_step(machine, ACCESS_ROT, 0, 8, false);
	cells = &machine->cells[machine->depth - 3];
	struct cell third = cells[2];

	cells[2] = cells[1];
	cells[1] = cells[0];
	cells[0] = third;
	return true;
}
