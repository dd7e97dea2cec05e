/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who runs, in the tracer home: Spile itself.
 */
#include <sched.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
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

i64 fn_task_current(struct run *run)
{
	handler_raise(run, "the tracer does not see the kernel's tasks");
	return 0;
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

i64 fn_ppid(struct run *run)
{
	(void)run;
	return getppid();
}

void fn_pexecname(struct run *run, char *dst, u32 size)
{
	char path[32], name[17] = "";
	FILE *file;

	(void)run;
	snprintf(path, sizeof(path), "/proc/%d/comm", getppid());
	file = fopen(path, "r");
	if (file) {
		if (fgets(name, sizeof(name), file))
			name[strcspn(name, "\n")] = 0;
		fclose(file);
	}
	home_copy_string(dst, size, (u64)name);
}

i64 fn_pgrp(struct run *run)
{
	(void)run;
	return getpgrp();
}

i64 fn_sid(struct run *run)
{
	(void)run;
	return getsid(0);
}

i64 fn_euid(struct run *run)
{
	(void)run;
	return geteuid();
}

i64 fn_egid(struct run *run)
{
	(void)run;
	return getegid();
}

static i64 program_stat(bool size)
{
	struct stat st;

	if (stat("/proc/self/exe", &st))
		return 0;
	return size ? st.st_size : (i64)st.st_ino;
}

i64 fn_program_inode(struct run *run)
{
	(void)run;
	return program_stat(false);
}

i64 fn_program_size(struct run *run)
{
	(void)run;
	return program_stat(true);
}
