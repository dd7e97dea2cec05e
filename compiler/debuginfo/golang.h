/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Code that the Go compiler made.
 *
 * Every Go program has a table of its functions (.gopclntab), which `strip` leaves in place: it
 * names each of them and tells where it begins and ends. A goroutine's stack grows by being copied
 * elsewhere, and a goroutine moves between threads. So a function that finds its stack too small
 * begins again on a new one; the kernel may not replace its return address; and what belongs to a
 * call is known by the goroutine, not by the thread.
 */
#ifndef SPILE_DEBUGINFO_GOLANG_H
#define SPILE_DEBUGINFO_GOLANG_H

#include "compiler/debuginfo/dwarf.h"

struct access;
struct place;

struct golang_function {
	const char *name;
	uint64_t entry, end; /* `end` may be behind some padding */
	bool assembly;       /* written in it: its arguments are on the stack */
};

/* Whether the file has code that the Go compiler made. */
bool golang_is(struct dso *dso);
unsigned golang_count(struct dso *dso);
/* The functions in the order of their addresses. False: what the table says of it makes no sense. */
bool golang_function_number(struct dso *dso, unsigned number, struct golang_function *function);
/* The function whose code holds `address`. False: none does. */
bool golang_function_at(struct dso *dso, uint64_t address, struct golang_function *function);

/*
 * Names of Go have brackets, and methods a star: "main.(*Server).Handle", "main.Map[...]". In a
 * pattern "(*" and '[' stand for themselves then; any other '*' and '?' match what they do
 * everywhere; "[...]" is whatever a generic function is made for. Returns a pattern for fnmatch()
 * that says so.
 */
const char *golang_pattern(struct arena *arena, const char *pattern);

/* Whether a variable's DIE is the place of what a Go function returns. */
bool golang_is_result(Dwarf_Die *die);
/* Whether a type's DIE is a string's: members str and len. */
bool golang_is_string(Dwarf_Die *type);
/* Whether the DIE is of a unit in Go. */
bool golang_made(Dwarf_Die *die);

/* ---- golang_x86_64.c: one implementation an architecture ------------------------------------- */

/*
 * Where the function has looked at its stack's size, and nothing else has changed; its entry when
 * it does not look. *guard: NULL, or the condition in the language that it goes on from there,
 * which is once a call: Linux executes the branch at the end of the look itself, and only steps
 * over most instructions behind it.
 */
uint64_t golang_entered(struct dso *dso, const struct golang_function *function,
			const char **guard);

/* NULL, with the addresses of all its return instructions, or why they are not known. */
struct golang_returns {
	VEC(uint64_t);
};
const char *golang_returns(struct dso *dso, const struct golang_function *function,
			   struct golang_returns *returns);

/* How many results a function has. */
unsigned golang_count_results(Dwarf_Die *function);
/*
 * The place of a result, at a return instruction. `name`: "return" is the only one, "return0" the
 * first of several; others go by the name that the function gives them. NULL, or why it can not be
 * told; *known: the function has a result of that name.
 */
const char *golang_result(struct dwarf_file *file, Dwarf_Die *function, const char *name,
			  struct place *place, bool *known);

/* What tells goroutines apart: the address of the running one's descriptor. */
void golang_goroutine(struct arena *arena, struct access *access);
/* Makes of a stack address a distance from the stack's end, which stays when the stack is copied. */
void golang_stack_distance(struct arena *arena, const struct access *address,
			   struct access *access);

#endif
