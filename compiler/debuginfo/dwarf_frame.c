/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames in location expressions: where the function's frame is, what its caller's registers are,
 * and what was in a register at the function's entry.
 */
#include <stdlib.h>

#include "compiler/debuginfo/dwarf_machine.h"

enum { FRAME_POINTER = 6, STACK_POINTER = 7 };

static Dwarf_Frame *frame_at(struct dwarf_position *position)
{
	struct dwarf_file *file = position->file;
	Dwarf_CFI *debug = dwarf_getcfi(file->dwarf);
	Dwarf_Frame *frame = NULL;

	if (!file->eh_frame_read) {
		file->eh_frame_read = true;
		file->eh_frame = dwarf_getcfi_elf(file->dso->elf);
	}
	if (file->eh_frame && !dwarf_cfi_addrframe(file->eh_frame, position->pc, &frame))
		return frame;
	if (debug && !dwarf_cfi_addrframe(debug, position->pc, &frame))
		return frame;
	return NULL;
}

static bool take_cfa_rule(Dwarf_Frame *frame, struct dwarf_frame_rules *rules)
{
	Dwarf_Op *ops;
	size_t n = 0;

	if (dwarf_frame_cfa(frame, &ops, &n) || n != 1)
		return false;
	if (ops->atom >= DW_OP_breg0 && ops->atom <= DW_OP_breg31) {
		rules->cfa_register = ops->atom - DW_OP_breg0;
		rules->cfa_offset = (int64_t)ops->number;
		return true;
	}
	rules->cfa_register = (int)ops->number;
	rules->cfa_offset = (int64_t)ops->number2;
	return ops->atom == DW_OP_bregx;
}

static bool take_fp_rule(Dwarf_Frame *frame, struct dwarf_frame_rules *rules)
{
	Dwarf_Op memory[3], *ops;
	size_t n;

	if (dwarf_frame_register(frame, FRAME_POINTER, memory, &ops, &n))
		return false;
	rules->fp_saved = n > 0;
	if (!n)
		return !ops; /* the same value; else undefined */
	rules->fp_offset = n > 1 ? (int64_t)ops[1].number : 0;
	return ops[0].atom == DW_OP_call_frame_cfa &&
	       (n == 1 || (n == 2 && ops[1].atom == DW_OP_plus_uconst));
}

bool dwarf_frame_rules_at(struct dwarf_file *file, uint64_t address,
			  struct dwarf_frame_rules *rules)
{
	struct dwarf_position position = { .file = file, .pc = address };
	Dwarf_Frame *frame = frame_at(&position);
	bool good = frame && take_cfa_rule(frame, rules) && take_fp_rule(frame, rules);

	free(frame);
	return good;
}

/* How far below the canonical frame address the stack pointer is when the frame has been made. */
static int64_t frame_size(struct dwarf_position *position)
{
	struct dwarf_position at = { .file = position->file, .pc = position->entry };
	Dwarf_Addr start, end = 0, high = 0;
	int64_t size = 0;

	dwarf_highpc(&position->function, &high);
	for (; at.pc < high; at.pc = end) {
		struct dwarf_frame_rules rules = { .cfa_offset = 0 };
		Dwarf_Frame *frame = frame_at(&at);
		bool grows = frame && take_cfa_rule(frame, &rules) &&
			     rules.cfa_register == STACK_POINTER && rules.cfa_offset >= size &&
			     dwarf_frame_info(frame, &start, &end, NULL) >= 0 && end > at.pc;

		free(frame);
		if (!grows)
			break;
		size = rules.cfa_offset;
	}
	return size;
}

static bool single_op(struct dwarf_position *position, Dwarf_Die *die, unsigned name, Dwarf_Op *op)
{
	Dwarf_Attribute attr;
	Dwarf_Op *ops;
	size_t n;

	if (!dwarf_attr_integrate(die, name, &attr) ||
	    dwarf_getlocation_addr(&attr, position->pc, &ops, &n, 1) != 1 || n != 1)
		return false;
	*op = ops[0];
	return true;
}

bool dwarf_above_frame(struct dwarf_position *position, Dwarf_Die *variable, uint64_t *offset)
{
	int64_t from;
	Dwarf_Op base, op;

	if (!position->has_function ||
	    !single_op(position, &position->function, DW_AT_frame_base, &base) ||
	    !single_op(position, variable, DW_AT_location, &op) || op.atom != DW_OP_fbreg)
		return false;
	if (base.atom != DW_OP_reg0 + FRAME_POINTER && base.atom != DW_OP_reg0 + STACK_POINTER)
		return false;
	from = base.atom == DW_OP_reg0 + FRAME_POINTER ? 16 : frame_size(position);
	*offset = op.number - (uint64_t)from;
	return from > 0 && (int64_t)op.number >= from;
}

/* Runs an expression of another place in the middle of this one. */
static bool run_inner(struct machine *machine, Dwarf_Attribute *attr, const Dwarf_Op *ops, size_t n,
		      enum outcome *outcome)
{
	struct machine inner = { .position = machine->position, .attr = attr,
				 .access = machine->access, .nesting = machine->nesting + 1 };

	if (inner.nesting > MAX_MACHINES)
		return machine_refuse(machine, "its location is too complicated");
	if (!machine_run(&inner, ops, n))
		return false;
	if (inner.depth != 1 || (inner.outcome != OUTCOME_ADDRESS && inner.outcome != OUTCOME_VALUE &&
				 inner.outcome != OUTCOME_REGISTER))
		return machine_refuse(machine, "its frame is not described");
	machine->access = inner.access;
	*outcome = inner.outcome;
	return machine_grow(machine, machine_generic);
}

bool machine_push_cfa(struct machine *machine)
{
	Dwarf_Frame *frame = frame_at(machine->position);
	enum outcome outcome;
	Dwarf_Op *ops;
	size_t n = 0;
	bool good;

	if (!frame)
		return machine_refuse(machine, "there is no call frame information at this point");
	good = !dwarf_frame_cfa(frame, &ops, &n) && n > 0 && run_inner(machine, NULL, ops, n, &outcome);
	free(frame);
	return good || machine_refuse(machine, "the frame is not described at this point");
}

bool machine_push_frame_base(struct machine *machine, int64_t offset)
{
	struct dwarf_position *position = machine->position;
	enum outcome outcome;
	Dwarf_Attribute attr;
	Dwarf_Op *ops;
	size_t n;

	if (!position->has_function ||
	    !dwarf_location_attr(&position->function, DW_AT_frame_base, &attr) ||
	    dwarf_getlocation_addr(&attr, position->pc, &ops, &n, 1) != 1)
		return machine_refuse(machine, "the function's frame is not described");
	if (!run_inner(machine, &attr, ops, n, &outcome))
		return false;
	machine_step(machine, ACCESS_ADD_CONST, offset, 8, false);
	return true;
}

/*
 * The value that a register of the position's function has in its caller: those that a callee must
 * preserve are followed by call frame information, no others.
 */
static bool push_preserved(struct machine *machine, uint64_t number)
{
	enum outcome outcome = OUTCOME_VALUE;
	Dwarf_Op memory[3], *ops;
	Dwarf_Frame *frame;
	bool good = false;
	size_t n;

	if (number != 3 && number != 6 && (number < 12 || number > 15))
		return false;
	frame = frame_at(machine->position);
	if (frame && !dwarf_frame_register(frame, (int)number, memory, &ops, &n)) {
		if (!n && !ops)
			good = machine_push_register(machine, number);
		else if (n)
			good = run_inner(machine, NULL, ops, n, &outcome);
		if (good && outcome == OUTCOME_ADDRESS)
			machine_step(machine, machine_read(machine), 0, 8, false);
	}
	free(frame);
	return good;
}

/* The machine's position is of a caller: what the register is there, by what its callee has done. */
bool machine_push_caller_register(struct machine *machine, uint64_t number)
{
	struct machine inner = { .position = machine->position->callee, .access = machine->access,
				 .nesting = machine->nesting + 1 };

	if (inner.nesting > MAX_MACHINES ||
	    !(number == STACK_POINTER ? machine_push_cfa(&inner) : push_preserved(&inner, number)))
		return machine_refuse(machine, "optimised away here");
	machine->access = inner.access;
	return machine_grow(machine, machine_generic);
}

/* The value that a register had when the function was entered, if that can be known. */
static bool push_entry_register(struct machine *machine, uint64_t number)
{
	struct dwarf_position *position = machine->position;

	if (position->has_function && position->pc == position->entry)
		return machine_push_register(machine, number);
	return push_preserved(machine, number) || machine_push_passed(machine, number) ||
	       machine_refuse(machine, "optimised away here (its value at the function's entry is "
			      "no longer known)");
}

bool machine_push_entry_value(struct machine *machine, const Dwarf_Op *op)
{
	Dwarf_Attribute attr;
	Dwarf_Op *ops;
	size_t n;

	if (!machine->attr || dwarf_getlocation_attr(machine->attr, op, &attr) ||
	    dwarf_getlocation(&attr, &ops, &n) || n != 1)
		return machine_refuse(machine, "optimised away here");
	if (ops[0].atom >= DW_OP_reg0 && ops[0].atom <= DW_OP_reg31)
		return push_entry_register(machine, ops[0].atom - DW_OP_reg0);
	if (ops[0].atom == DW_OP_regx)
		return push_entry_register(machine, ops[0].number);
	return machine_refuse(machine, "optimised away here");
}

bool dwarf_frame_address(struct dwarf_position *position, struct access *access)
{
	struct machine machine = { .position = position };

	if (!machine_push_cfa(&machine))
		return false;
	*access = machine.access;
	return true;
}
