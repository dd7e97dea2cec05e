/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who runs, in the tracer home: Spile itself, or the process that host_set_task() names.
 */
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/handler/home.h"

/* Number n (from 0) behind "Word:" of /proc/PID/status; 0 when there is none. */
static i64 status_number(const char *word, int n)
{
	FILE *file = fopen(host_task_file("status"), "r");
	size_t length = strlen(word);
	unsigned long numbers[4] = {0};
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, word, length) && line[length] == ':') {
			sscanf(line + length + 1, "%lu %lu %lu %lu", numbers, numbers + 1,
			       numbers + 2, numbers + 3);
			break;
		}
	if (file)
		fclose(file);
	return (i64)numbers[n];
}

static void read_comm(const char *path, char *dst, u32 size)
{
	char name[17] = "";
	FILE *file = fopen(path, "r");

	if (file) {
		if (fgets(name, sizeof(name), file))
			name[strcspn(name, "\n")] = 0;
		fclose(file);
	}
	home_copy_string(dst, size, (u64)name);
}

i64 fn_pid(struct run *run)
{
	(void)run;
	return host_task();
}

i64 fn_tid(struct run *run)
{
	(void)run;
	return named_task ? named_task : gettid();
}

i64 fn_uid(struct run *run)
{
	(void)run;
	return named_task ? status_number("Uid", 0) : getuid();
}

i64 fn_gid(struct run *run)
{
	(void)run;
	return named_task ? status_number("Gid", 0) : getgid();
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
	if (named_task) {
		read_comm(host_task_file("comm"), dst, size);
		return;
	}
	prctl(PR_GET_NAME, name);
	home_copy_string(dst, size, (u64)name);
}

i64 fn_ppid(struct run *run)
{
	(void)run;
	return named_task ? status_number("PPid", 0) : getppid();
}

void fn_pexecname(struct run *run, char *dst, u32 size)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%lld/comm", (long long)fn_ppid(run));
	read_comm(path, dst, size);
}

i64 fn_pgrp(struct run *run)
{
	(void)run;
	return getpgid(named_task);
}

i64 fn_sid(struct run *run)
{
	(void)run;
	return getsid(named_task);
}

i64 fn_euid(struct run *run)
{
	(void)run;
	return named_task ? status_number("Uid", 1) : geteuid();
}

i64 fn_egid(struct run *run)
{
	(void)run;
	return named_task ? status_number("Gid", 1) : getegid();
}

static i64 program_stat(bool size)
{
	struct stat st;

	if (stat(host_task_file("exe"), &st))
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
