/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runtime/session/running.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Threads of the kernel, and processes that have ended, run no program. */
static int runs_program(pid_t pid)
{
	char path[64], program[PATH_MAX];

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	return readlink(path, program, sizeof(program)) >= 0;
}

static int compare(const void *left, const void *right)
{
	pid_t a = *(const pid_t *)left, b = *(const pid_t *)right;

	return (a > b) - (a < b);
}

pid_t *running_processes(pid_t but, unsigned *n)
{
	DIR *proc = opendir("/proc");
	pid_t *all = NULL, *grown;
	struct dirent *entry;

	*n = 0;
	while (proc && (entry = readdir(proc))) {
		pid_t pid = atoi(entry->d_name);

		if (pid <= 0 || pid == getpid() || pid == but || !runs_program(pid))
			continue;
		grown = realloc(all, (*n + 1) * sizeof(*all));
		if (!grown)
			break;
		all = grown;
		all[(*n)++] = pid;
	}
	if (proc)
		closedir(proc);
	if (all)
		qsort(all, *n, sizeof(*all), compare);
	return all;
}
