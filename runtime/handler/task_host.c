/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In whose name handlers of the tracer run.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "runtime/handler/home.h"
#include "runtime/handler/host.h"

static pid_t named_task; /* a process; 0: Spile itself */

void host_set_task(int pid)
{
	named_task = pid;
}

static pid_t host_task(void)
{
	return named_task ? named_task : getpid();
}

/* "/proc/12/comm", good until the next call. */
static const char *host_task_file(const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", host_task(), name);
	return path;
}

/* ---- what descends from the target ----------------------------------------------------------- */

struct family {
	pid_t pid, parent;
};

static pid_t parent_of(const char *pid)
{
	char path[64], line[512], *behind;
	int parent = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%.16s/stat", pid);
	file = fopen(path, "r");
	if (file && fgets(line, sizeof(line), file) && (behind = strrchr(line, ')')))
		sscanf(behind + 1, " %*c %d", &parent);
	if (file)
		fclose(file);
	return parent;
}

/* All processes; *n of them. To be freed. */
static struct family *read_families(unsigned *n)
{
	struct family *all = NULL, *grown;
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	*n = 0;
	while (proc && (entry = readdir(proc))) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		grown = realloc(all, (*n + 1) * sizeof(*all));
		if (!grown)
			break;
		all = grown;
		all[(*n)++] = (struct family){atoi(entry->d_name), parent_of(entry->d_name)};
	}
	if (proc)
		closedir(proc);
	return all;
}

/* Moves what descends from `root` to the front, parents first; the number of them. */
static unsigned sort_descendants(struct family *all, unsigned n, pid_t root)
{
	unsigned found = 0;

	for (unsigned done = 0; done <= found; done++) {
		pid_t parent = done ? all[done - 1].pid : root;

		for (unsigned i = found; i < n; i++)
			if (all[i].parent == parent) {
				struct family moved = all[found];

				all[found++] = all[i];
				all[i] = moved;
			}
	}
	return found;
}

i64 fn_target_descendant(struct run *run, i64 n)
{
	static struct family *all;
	static unsigned found;
	pid_t target = (pid_t)home_shared()->target_pid;

	(void)run;
	if (n == 0) {
		found = 0;
		free(all);
		all = target ? read_families(&found) : NULL;
		found = sort_descendants(all, found, target);
	}
	if (n < 0 || n >= found)
		return 0;
	return (i64)all[n].parent << 32 | all[n].pid;
}
