/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of system calls (syscalls.table, flags.table) as the compiler sees it.
 */
#ifndef SPILE_PROBES_SYSCALL_TABLE_H
#define SPILE_PROBES_SYSCALL_TABLE_H

#include <stdbool.h>

enum syscall_kind {
#define KIND(name) KIND_##name,
#include "compiler/probes/syscalls.inc"
#undef KIND
	SYSCALL_KINDS
};

enum syscall_flags {
#define FLAG_TABLE(name, unknown, first, n) TABLE_##name,
#include "compiler/probes/syscalls.inc"
#undef FLAG_TABLE
};

enum syscall_structure {
#define STRUCTURE(name, size, first, n) STRUCTURE_##name,
#include "compiler/probes/syscalls.inc"
#undef STRUCTURE
};

struct syscall_argument {
	const char *name;
	enum syscall_kind kind;
	bool out;  /* what the kernel writes */
	int param; /* the flags' table, the structure, or the index of another argument */
};

struct syscall_entry {
	unsigned number;
	const char *name;
	const char *other; /* second name, or "" */
	char result;       /* 'd', 'x', 'o' or 'r' */
	unsigned n;
	struct syscall_argument args[6];
};

/* The call has `n` arguments when that one of them, in the bits of the mask, is the value. */
struct syscall_case {
	unsigned at, mask, value, n;
	bool is_cut; /* the arguments are the call's own, but for the last ones */
};

extern const struct syscall_entry syscall_table[]; /* in ascending order of numbers */
extern const unsigned syscall_table_size;

/* Case i of the entry, of which the first that fits counts; false behind the last. */
bool syscall_table_case(const struct syscall_entry *entry, unsigned i, struct syscall_case *result);

/* Bytes of the argument that count, and their sign. */
void syscall_argument_layout(const struct syscall_argument *argument, unsigned *size,
			     bool *is_signed);
/* How it is spelt in C, for -L. */
const char *syscall_argument_type(const struct syscall_argument *argument);

#endif
