/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who runs, in the tracer home: Spile itself.
 */
#include <sched.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "runtime/handler/home.h"

i64 fn_pid(struct run *run)
{
	(void)run;
	return getpid();
}

i64 fn_tid(struct run *run)
{
	(void)run;
	return gettid();
}

i64 fn_uid(struct run *run)
{
	(void)run;
	return getuid();
}

i64 fn_gid(struct run *run)
{
	(void)run;
	return getgid();
}

i64 fn_cpu(struct run *run)
{
	(void)run;
	return sched_getcpu();
}

void fn_execname(struct run *run, char *dst, u32 size)
{
	char name[16] = "";

	(void)run;
	prctl(PR_GET_NAME, name);
	home_copy_string(dst, size, (u64)name);
}
