/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The variables of a program, by name: those that a point in the code sees, and global ones.
 */
#ifndef SPILE_DEBUGINFO_VARIABLES_H
#define SPILE_DEBUGINFO_VARIABLES_H

#include "compiler/debuginfo/dwarf.h"

struct place;

struct dwarf_variable {
	const char *name;
	Dwarf_Die die;
	bool is_parameter;
	bool is_global;
	bool is_result; /* Go: of the function; no parameter */
	bool escaped;   /* Go: the place is that of a pointer to it */
	bool moves;     /* it is on the heap from some point on; until then it is: */
	Dwarf_Die first;
	const char *problem; /* it can not be told which variable is meant, or it is lost */
};

struct dwarf_variable_vec {
	VEC(struct dwarf_variable);
};

/*
 * Parameters and local variables of a function (or inlined instance) that are in scope at `pc`;
 * of those with one name the innermost only. In the order of declaration.
 *
 * Some have a problem instead of a place. clang puts the static variables of blocks among the
 * function's own, so that one name may be there twice; and it leaves out, in inlined instances,
 * variables that have no place, which may then not be taken for others of the same name.
 */
void variables_of_scope(struct arena *arena, Dwarf_Die *scope, uint64_t pc,
			struct dwarf_variable_vec *out);

/*
 * A global or file-static variable: of the unit first, then of any unit that defines it. `file`
 * is a pattern for the unit's source file, or NULL. "ns::x" is in a namespace.
 */
bool variables_find_global(struct dwarf_file *file, struct dwarf_unit *unit, const char *name,
			   const char *source, struct dwarf_variable *found);

/*
 * The place of a variable by its ELF symbol, without a type. False, with position->problem: there
 * is no such symbol of data, or it can not be found at run time.
 */
bool variables_place_symbol(struct dwarf_position *position, const char *name, struct place *place);

/* Whether each thread has its own. */
bool variables_thread_local(struct dwarf_variable *variable);

/*
 * The place of a variable at a position. False with position->problem set.
 */
struct place;
bool variables_place(struct dwarf_position *position, struct dwarf_variable *variable,
		     struct place *place);
/* The same for a parameter at the entry of a function that was not inlined. */
bool variables_place_argument(struct dwarf_position *position, struct dwarf_variable *variable,
			      struct place *place);

#endif
