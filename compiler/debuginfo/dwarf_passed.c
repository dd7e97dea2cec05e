/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a register held when a function was entered, as its callers tell (DW_TAG_call_site_parameter).
 *
 * A caller is known by the address that the function returns to. The calls of the file that go to
 * the function's entry, by their machine code, are all that count: each tells an expression about
 * its own frame, whose registers are those that the function must preserve. The access program
 * chooses among them when the handler runs, and fails for any other caller: one of another file,
 * by a pointer, by a jump. Memory of the caller may have changed since, so it is not read.
 */
#include "compiler/debuginfo/calls.h"
#include "compiler/debuginfo/dwarf_machine.h"
#include "compiler/debuginfo/kernel_file.h"

enum { MAX_CALLERS = 64, MAX_CALLERS_OF_CALLERS = 8, MAX_FRAMES = 3, RETURN_SLOT = -8 };

static struct arena *arena_of(const struct dwarf_position *position)
{
	return position->file->dso->debuginfo->arena;
}

static unsigned frames_of(const struct dwarf_position *position)
{
	unsigned n = 0;

	for (; position->callee; position = position->callee)
		n++;
	return n;
}

/* ---- one call ------------------------------------------------------------------------------ */

/* The expression for a register in a call's description. */
static bool find_parameter(Dwarf_Die *call, uint64_t number, Dwarf_Attribute *value)
{
	Dwarf_Die die;
	int status = dwarf_child(call, &die);

	for (; !status; status = dwarf_siblingof(&die, &die)) {
		Dwarf_Attribute attr;
		Dwarf_Op *ops;
		size_t n;

		if ((dwarf_tag(&die) != DW_TAG_call_site_parameter &&
		     dwarf_tag(&die) != DW_TAG_GNU_call_site_parameter) ||
		    !dwarf_attr(&die, DW_AT_location, &attr) || dwarf_getlocation(&attr, &ops, &n) ||
		    n != 1)
			continue;
		if (ops[0].atom == DW_OP_regx ? ops[0].number != number :
						ops[0].atom != DW_OP_reg0 + number)
			continue;
		return dwarf_attr(&die, DW_AT_call_value, value) ||
		       dwarf_attr(&die, DW_AT_GNU_call_site_value, value);
	}
	return false;
}

static bool run_parameter(struct dwarf_position *caller, Dwarf_Attribute *value, unsigned nesting,
			  struct access *access)
{
	struct machine machine = { .position = caller, .attr = value, .nesting = nesting };
	Dwarf_Op *ops;
	size_t n;

	if (dwarf_getlocation(value, &ops, &n) || !machine_run(&machine, ops, n) ||
	    machine.depth != 1 ||
	    (machine.outcome != OUTCOME_ADDRESS && machine.outcome != OUTCOME_VALUE))
		return false;
	*access = machine.access;
	return true;
}

/* The value that the call which returns to `back` has passed. */
static bool access_passed(struct machine *machine, uint64_t back, uint64_t number,
			  struct access *access)
{
	struct dwarf_position *position = machine->position;
	struct dwarf_function *function = dwarf_function_at(position->file, back - 1, false);
	Dwarf_Die *call = function ? dwarf_call_at(function->unit, back) : NULL;
	struct dwarf_position caller = {
		.file = position->file,
		.pc = back - 1,
		.callee = position,
		.range = position->range,
	};
	Dwarf_Attribute value;

	if (!call || !find_parameter(call, number, &value))
		return false;
	caller.has_function = true;
	caller.function = function->die;
	caller.entry = function->entry;
	return run_parameter(&caller, &value, machine->nesting + 1, access);
}

/* ---- the choice ------------------------------------------------------------------------------ */

static bool count_from_file(struct dwarf_position *position, struct access *access)
{
	uint64_t loaded;
	bool per_cpu;

	if (!kernel_file_loaded(position->file->dso, position->pc, &loaded, &per_cpu))
		return false;
	access_push(arena_of(position), access, ACCESS_ADD_CONST, (int64_t)(position->pc - loaded), 8,
		    false);
	return true;
}

/* The return address, counted like the addresses of the file. */
static bool access_back(struct dwarf_position *position, unsigned nesting, struct access *access)
{
	struct machine machine = { .position = position, .nesting = nesting };
	struct arena *arena = arena_of(position);
	struct dwarf_position *innermost = position;

	if (!machine_push_cfa(&machine))
		return false;
	*access = machine.access;
	access_push(arena, access, ACCESS_ADD_CONST, RETURN_SLOT, 8, false);
	access_push(arena, access, machine_read(&machine), 0, 8, false);
	if (position->file->dso->kernel)
		return count_from_file(position, access);
	if (!position->file->dso->relocatable)
		return true;
	while (innermost->callee)
		innermost = innermost->callee;
	access_push(arena, access, ACCESS_REGISTER, REGISTER_IP, 8, false);
	access_push(arena, access, ACCESS_SUB, 0, 8, false);
	access_push(arena, access, ACCESS_ADD_CONST, (int64_t)innermost->pc, 8, false);
	return true;
}

static struct expr *expr_lost(struct arena *arena, struct range range)
{
	struct expr *expr = expr_new(arena, EXPR_CALL, range);

	expr->call.name = "__entry_value_lost";
	expr->call.name_range = range;
	return expr;
}

/* back == at ? passed : otherwise */
static struct expr *expr_choice(struct arena *arena, struct range range, const struct access *back,
				uint64_t at, const struct access *passed, struct expr *otherwise)
{
	struct expr *same = expr_new(arena, EXPR_BINARY, range);
	struct expr *expr = expr_new(arena, EXPR_TERNARY, range);

	same->binary.op = BINARY_EQ;
	same->binary.left = access_expr(arena, back, range);
	same->binary.right = expr_number(arena, (int64_t)at, range);
	expr->ternary.condition = same;
	expr->ternary.then = access_expr(arena, passed, range);
	expr->ternary.otherwise = otherwise;
	return expr;
}

static bool is_possible(struct dwarf_position *position)
{
	struct dwarf_function *function;

	if (!position->has_function || frames_of(position) >= MAX_FRAMES)
		return false;
	function = dwarf_function_at(position->file, position->entry, false);
	return function && function->entry == position->entry &&
	       !dwarf_may_reenter(position->file, function);
}

bool machine_push_passed(struct machine *machine, uint64_t number)
{
	struct dwarf_position *position = machine->position;
	struct arena *arena = arena_of(position);
	const struct dso_call *calls;
	struct access back;
	struct expr *choice;
	unsigned n, found = 0;

	if (machine->nesting >= MAX_MACHINES || !is_possible(position) ||
	    !access_back(position, machine->nesting + 1, &back))
		return false;
	calls = dso_calls_to(position->file->dso, position->entry, &n);
	if (n > (position->callee ? MAX_CALLERS_OF_CALLERS : MAX_CALLERS))
		return false;
	choice = expr_lost(arena, position->range);
	for (unsigned i = 0; i < n; i++) {
		struct access passed;

		if (!access_passed(machine, calls[i].back, number, &passed))
			continue;
		choice = expr_choice(arena, position->range, &back, calls[i].back, &passed, choice);
		found++;
	}
	if (!found)
		return false;
	machine_step(machine, ACCESS_EXPR, machine->access.exprs.n, 8, false);
	VEC_PUSH(arena, &machine->access.exprs, choice);
	machine->access.may_be_lost = true;
	return machine_grow(machine, machine_generic);
}
