/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stack machine of DWARF's location expressions while one is translated into an access
 * program: what each cell of the stack is, and the operations that need nothing but the stack.
 *
 * What an operation leaves may have a base type (DW_OP_convert and its kin), so sizes are tracked
 * at translation time and cells are kept extended to 64 bits by their type. Every function is
 * false when its operation can not be translated exactly; position->problem then says why.
 */
#ifndef SPILE_DEBUGINFO_DWARF_MACHINE_H
#define SPILE_DEBUGINFO_DWARF_MACHINE_H

#include "compiler/debuginfo/dwarf.h"
#include "compiler/debuginfo/place.h"

enum { MAX_CELLS = 64, MAX_MACHINES = 8, REGISTER_IP = 16 };

/* The type of a cell; size 8 and unsigned: DWARF's generic type. */
struct cell {
	unsigned size;
	bool is_signed;
	bool typed;
};

enum outcome { OUTCOME_ADDRESS, OUTCOME_REGISTER, OUTCOME_VALUE, OUTCOME_IMPLICIT, OUTCOME_POINTER,
	       OUTCOME_EMPTY };

struct machine {
	struct dwarf_position *position;
	Dwarf_Attribute *attr; /* that holds the expression; NULL: from call frame information */
	struct access access;
	struct cell cells[MAX_CELLS];
	unsigned depth;    /* cells in use */
	unsigned nesting;  /* of expressions in expressions */
	enum outcome outcome;
	const Dwarf_Op *special; /* of OUTCOME_IMPLICIT, OUTCOME_POINTER */
};

/* DWARF's generic type. */
extern const struct cell machine_generic;

bool machine_refuse(struct machine *machine, const char *why);
void machine_step(struct machine *machine, enum access_op op, int64_t operand, unsigned size,
		  bool is_signed);
/* One more cell in use. */
bool machine_grow(struct machine *machine, struct cell cell);
bool machine_push_generic(struct machine *machine, enum access_op op, int64_t operand);
bool machine_push_register(struct machine *machine, uint64_t number);
/* So many cells must be there. */
bool machine_need(struct machine *machine, unsigned cells);
struct cell *machine_top(struct machine *machine);

/* DW_OP_convert and reinterpret, const_type, regval_type, deref_type */
bool machine_convert(struct machine *machine, const Dwarf_Op *op);
bool machine_const_type(struct machine *machine, const Dwarf_Op *op);
bool machine_regval_type(struct machine *machine, const Dwarf_Op *op);
bool machine_deref_type(struct machine *machine, const Dwarf_Op *op);
/* How memory is read there: ACCESS_READ_USER or _KERNEL. */
enum access_op machine_read(const struct machine *machine);
bool machine_deref(struct machine *machine, unsigned size);
/* Makes the top cell what its type says: extended from its size. */
void machine_normalise(struct machine *machine);

/* ---- expressions (dwarf_location.c) ---------------------------------------------------------- */

/* Runs an expression, up to what ends it or a piece: machine->outcome. */
bool machine_run(struct machine *machine, const Dwarf_Op *ops, size_t n);

/* ---- frames (dwarf_frame.c) ------------------------------------------------------------------- */

/* The canonical frame address of the position. */
bool machine_push_cfa(struct machine *machine);
/* The function's frame base, plus offset. */
bool machine_push_frame_base(struct machine *machine, int64_t offset);
/* DW_OP_entry_value */
bool machine_push_entry_value(struct machine *machine, const Dwarf_Op *op);
/* A register where the position is that of a caller (position->callee). */
bool machine_push_caller_register(struct machine *machine, uint64_t number);

/* ---- what callers pass (dwarf_passed.c) ---------------------------------------------------------- */

/*
 * The value that a register had at the function's entry, as the call says that has led to it: which
 * one that was is found by the return address when the handler runs. False: no call tells.
 */
bool machine_push_passed(struct machine *machine, uint64_t number);

/* ---- operators ------------------------------------------------------------------------------- */

bool machine_unary(struct machine *machine, enum access_op op);
bool machine_binary(struct machine *machine, enum access_op op);
bool machine_divide(struct machine *machine, enum access_op op);
bool machine_compare(struct machine *machine, enum access_op op);
bool machine_pick(struct machine *machine, uint64_t n);
bool machine_swap(struct machine *machine);
bool machine_drop(struct machine *machine);
bool machine_rotate(struct machine *machine);

#endif
