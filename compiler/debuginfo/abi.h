/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The calling convention: where a function's arguments are when it is entered, and its result
 * when it returns. One implementation an architecture.
 */
#ifndef SPILE_DEBUGINFO_ABI_H
#define SPILE_DEBUGINFO_ABI_H

#include "compiler/debuginfo/dwarf.h"
#include "compiler/debuginfo/place.h"

/*
 * The place of a parameter (a DIE among the function's children) at the function's first
 * instruction. NULL, or why it can not be told.
 */
const char *abi_argument(struct dwarf_file *file, Dwarf_Die *function, Dwarf_Die *parameter,
			 struct place *place);

/* Whether that is on the stack, `offset` bytes above the canonical frame address. */
bool abi_is_on_stack(const struct place *place, uint64_t offset);

/* The place of the result right after the return. NULL, or why it can not be told. */
const char *abi_result(struct dwarf_file *file, Dwarf_Die *function, struct place *place);

/* The stack pointer behind the return, at a function's first instruction or at its return. */
void abi_frame(struct arena *arena, bool at_return, struct access *access);

#endif
