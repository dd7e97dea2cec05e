/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System calls are not seen in the tracer: there their functions have nothing to tell.
 */
#include "runtime/handler/functions.h"
#include "runtime/handler/home.h"

i64 fn_syscall_compat(struct run *run)
{
	(void)run;
	return 0;
}

static void refuse(struct run *run, char *dst)
{
	dst[0] = '\0';
	handler_raise(run, "there is no system call here");
}

void fn_syscall_name(struct run *run, char *dst, u32 size, i64 number)
{
	(void)size;
	(void)number;
	refuse(run, dst);
}

void fn_syscall_argstr(struct run *run, char *dst, u32 size, i64 number, i64 done)
{
	(void)size;
	(void)number;
	(void)done;
	refuse(run, dst);
}

void fn_syscall_arg(struct run *run, char *dst, u32 size, i64 number, i64 at, i64 done)
{
	(void)size;
	(void)number;
	(void)at;
	(void)done;
	refuse(run, dst);
}
