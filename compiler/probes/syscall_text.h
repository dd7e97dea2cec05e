/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Variables of a single system call, as text in the language. What is printed how is decided
 * here, so that a script gets only the printing that its calls need.
 */
#ifndef SPILE_PROBES_SYSCALL_TEXT_H
#define SPILE_PROBES_SYSCALL_TEXT_H

#include "compiler/probes/syscall_table.h"
#include "compiler/syntax/arena.h"

/*
 * Assignments of argstr and of all variables of the arguments: fd, filename, filename_unquoted,
 * flags, flags_str, ...; with what the kernel wrote if `is_return`.
 */
const char *syscall_text_variables(struct arena *arena, const struct syscall_entry *entry,
				   bool is_return);

/* The variables of those arguments that all of several calls have, in the same place. */
const char *syscall_text_common(struct arena *arena, const struct syscall_entry *const *entries,
				unsigned n, bool is_return);

/* The registers that hold the arguments are gone when the call has succeeded. */
bool syscall_loses_registers(const struct syscall_entry *entry);

#endif
