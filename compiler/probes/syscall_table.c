/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of system calls, in the compiler.
 */
#include "compiler/probes/syscall_table.h"

#define ARG(name, kind, out, param) {name, kind, out, param}
#define SYSCALL(number, name, other, result, n, ...) {number, name, other, result, n, {__VA_ARGS__}},

const struct syscall_entry syscall_table[] = {
#include "compiler/probes/syscalls.inc"
};
const unsigned syscall_table_size = sizeof(syscall_table) / sizeof(syscall_table[0]);

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
	case KIND_proto:
		*is_signed = true;
		return;
	case KIND_u:
	case KIND_x:
	case KIND_request:
	case KIND_uid:
	case KIND_dev:
	case KIND_f:
	case KIND_fm:
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
