/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of system calls, in the compiler.
 */
#include <stddef.h>

#include "compiler/probes/syscall_table.h"

#define ARG(name, kind, out, param) {name, kind, out, param}
#define SYSCALL(number, name, other, result, n, ...) {number, name, other, result, n, {__VA_ARGS__}},

const struct syscall_entry syscall_table[] = {
#include "compiler/probes/syscalls.inc"
};
#undef SYSCALL
#undef ARG
const unsigned syscall_table_size = sizeof(syscall_table) / sizeof(syscall_table[0]);

/* Arguments of each row: of the calls, in their order, then of their cases. */
static const unsigned char row_arguments[] = {
#define ROW(n, ...) n,
#include "compiler/probes/syscalls.inc"
#undef ROW
};

static const struct {
	unsigned at, mask, value, row;
	bool is_cut;
} cases[] = {
#define CASE(at, mask, value, row, is_cut) {at, mask, value, row, is_cut},
#include "compiler/probes/syscalls.inc"
#undef CASE
};

static const struct {
	unsigned short first, n;
} call_cases[] = {
#define SYSCALL_ROW(number, row, first, n, names) {first, n},
#include "compiler/probes/syscalls.inc"
#undef SYSCALL_ROW
};

bool syscall_table_case(const struct syscall_entry *entry, unsigned i, struct syscall_case *result)
{
	size_t call = (size_t)(entry - syscall_table), at = call_cases[call].first + i;

	if (i >= call_cases[call].n)
		return false;
	result->at = cases[at].at;
	result->mask = cases[at].mask;
	result->value = cases[at].value;
	result->n = row_arguments[cases[at].row];
	result->is_cut = cases[at].is_cut;
	return true;
}

void syscall_argument_layout(const struct syscall_argument *argument, unsigned *size,
			     bool *is_signed)
{
	*is_signed = false;
	*size = 4;
	switch (argument->kind) {
	case KIND_d:
	case KIND_fd:
	case KIND_at:
	case KIND_e:
	case KIND_optname:
	case KIND_sig:
	case KIND_fan:
	case KIND_key:
		*is_signed = true;
		return;
	case KIND_u:
	case KIND_x:
	case KIND_request:
	case KIND_uid:
	case KIND_dev:
	case KIND_f:
	case KIND_fm:
	case KIND_prio:
	case KIND_qcmd:
		return;
	case KIND_mode:
	case KIND_mkmode:
		*size = 2;
		return;
	case KIND_ld:
		*is_signed = true;
		*size = 8;
		return;
	default:
		*size = 8;
	}
}

const char *syscall_argument_type(const struct syscall_argument *argument)
{
	bool is_signed;
	unsigned size;

	switch (argument->kind) {
	case KIND_path:
	case KIND_str:
		return "const char *";
	case KIND_mode:
	case KIND_mkmode:
		return "umode_t";
	case KIND_uid:
		return "uid_t";
	default:
		syscall_argument_layout(argument, &size, &is_signed);
		if (size == 4)
			return is_signed ? "int" : "unsigned int";
		return is_signed ? "long" : "unsigned long";
	}
}
