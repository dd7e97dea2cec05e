/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System calls are not seen in the tracer: there their functions have nothing to tell, but for
 * the name that a number stands for.
 */
#include "compiler/probes/syscall_table.h"
#include "runtime/handler/functions.h"
#include "runtime/handler/home.h"

i64 fn_syscall_compat(struct run *run)
{
	(void)run;
	return 0;
}

i64 fn_syscall_ended(struct run *run, i64 number)
{
	(void)run;
	return number;
}

void fn_syscall_name(struct run *run, char *dst, u32 size, i64 number)
{
	const char *name = "unknown";

	(void)run;
	for (unsigned i = 0; i < syscall_table_size; i++)
		if (syscall_table[i].number == (u64)number)
			name = syscall_table[i].name;
	home_copy_string(dst, size, (u64)name);
}

#define REFUSED(name, ...)                                                                         \
	void fn_syscall_##name(struct run *run, char *dst, u32 size, __VA_ARGS__)                  \
	{                                                                                          \
		(void)size;                                                                        \
		dst[0] = '\0';                                                                     \
		handler_raise(run, "there is no system call here");                                \
	}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
REFUSED(argstr, i64 number, i64 done)
REFUSED(result, i64 number, i64 result)
REFUSED(argument, i64 number, i64 at, i64 done)
REFUSED(flags, i64 table, i64 value, i64 exact)
REFUSED(string, i64 address, i64 most)
REFUSED(buffer, i64 address, i64 length)
REFUSED(sockaddr, i64 address, i64 length)
REFUSED(sockaddr_at, i64 address, i64 length)
REFUSED(iov, i64 address, i64 count, i64 bytes)
REFUSED(strings, i64 address, i64 kind)
REFUSED(poll, i64 address, i64 count)
REFUSED(structure, i64 address, i64 kind)
#pragma GCC diagnostic pop
