/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hardware watchpoints. Those on addresses are of all CPUs, or of one process. Those on places in
 * files that are loaded anywhere are of each process that has the file.
 */
#include <dirent.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/attach/attach.h"

/* ---- one thread or all ----------------------------------------------------------------------- */

static const char *why_refused(int error)
{
	return error == ENOSPC ? "the processor can watch four places at a time, and these are taken"
			       : strerror(error);
}

/* A program that is run later has other things at that address. */
static int set(struct attachments *attachments, unsigned handler, unsigned index, uint64_t address,
	       pid_t thread)
{
	enum { ACCESS_RW = 3, ACCESS_W = 2 }; /* HW_BREAKPOINT_RW, HW_BREAKPOINT_W */
	const struct site *site = &attach_handler(attachments, handler)->sites[index];
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT,
		.sample_period = 1,
		.bp_type = site->access_mode == 2 ? ACCESS_W : ACCESS_RW,
		.bp_addr = address,
		.bp_len = site->length ? site->length : 8,
		.inherit = thread != 0,
		.remove_on_exec = thread != 0,
	};

	return attach_everywhere(attachments, handler, index, &attr, thread);
}

/* ---- one process ----------------------------------------------------------------------------- */

static bool is_number(const char *name)
{
	return *name >= '1' && *name <= '9';
}

/* Threads to come inherit a watchpoint. One that is gone needs none. */
static int set_threads(struct attachments *attachments, unsigned handler, unsigned site,
		       uint64_t address, pid_t pid)
{
	char name[64];
	struct dirent *entry;
	int error = -ESRCH;
	DIR *tasks;

	snprintf(name, sizeof(name), "/proc/%d/task", pid);
	tasks = opendir(name);
	while (tasks && (error == 0 || error == -ESRCH) && (entry = readdir(tasks)))
		if (is_number(entry->d_name)) {
			int one = set(attachments, handler, site, address, atoi(entry->d_name));

			error = one == -ESRCH ? error : one;
		}
	if (tasks)
		closedir(tasks);
	return error;
}

/* Where the process has that part of the file; 0: nowhere. */
static uint64_t find_mapping(pid_t pid, unsigned long inode, uint64_t offset)
{
	unsigned long start, at, which;
	char name[64], line[4352];
	uint64_t found = 0;
	FILE *maps;

	snprintf(name, sizeof(name), "/proc/%d/maps", pid);
	maps = fopen(name, "re");
	while (maps && !found && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%*x %*s %lx %*s %lu", &start, &at, &which) == 3 &&
		    which == inode && at == offset)
			found = start;
	if (maps)
		fclose(maps);
	return found;
}

static const struct site *watch_site(const struct attachments *attachments,
				     const struct attach_watch *watch)
{
	return &attach_handler(attachments, watch->handler)->sites[watch->site];
}

/* 0: the process has not loaded the file; else 1, or -errno. */
static int watch_process(struct attachments *attachments, struct attach_watch *watch, pid_t pid)
{
	const struct site *site = watch_site(attachments, watch);
	struct stat status;
	uint64_t start;
	int error;

	start = stat(site->path, &status) ? 0 : find_mapping(pid, status.st_ino, site->offset);
	if (!start)
		return 0;
	error = set_threads(attachments, watch->handler, watch->site, start + site->address, pid);
	if (error == -ESRCH)
		return 0;
	watch->set |= !error;
	return error ? error : 1;
}

unsigned attach_watch_process(struct attachments *attachments, pid_t pid, bool *known)
{
	unsigned missing = 0;

	for (unsigned i = 0; i < attachments->watches.n; i++) {
		struct attach_watch *watch = &attachments->watches.v[i];
		int result;

		if (known[i] || !attachments->states[watch->handler].armed)
			continue;
		attachments->handler = watch->handler;
		result = watch_process(attachments, watch, pid);
		known[i] = result != 0;
		missing += result == 0;
		if (result < 0)
			diag_error(attachments->diags, (struct range){0},
				   "probe %s (%s) is not attached to process %d: %s",
				   watch_site(attachments, watch)->pp,
				   attach_handler(attachments, watch->handler)->position, pid,
				   why_refused(-result));
	}
	return missing;
}

/* ---- all processes --------------------------------------------------------------------------- */

void attach_watches_find(struct attachments *attachments)
{
	for (unsigned i = 0; i < attachments->loaded->unit->handlers.n; i++)
		for (unsigned k = 0; k < attach_handler(attachments, i)->n_sites; k++) {
			struct attach_watch watch = {.handler = i, .site = k};

			if (attach_handler(attachments, i)->sites[k].relocated)
				VEC_PUSH(attachments->diags->arena, &attachments->watches, watch);
		}
}

static struct attach_watch *find_watch(struct attachments *attachments, unsigned handler,
				       unsigned site)
{
	struct attach_watch *watch = attachments->watches.v;

	while (watch->handler != handler || watch->site != site)
		watch++;
	return watch;
}

static int watch_all(struct attachments *attachments, struct attach_watch *watch)
{
	pid_t only = watch_site(attachments, watch)->pid;
	struct dirent *entry;
	int error = 0;
	DIR *proc;

	if (only)
		return watch_process(attachments, watch, only);
	proc = opendir("/proc");
	while (proc && error >= 0 && (entry = readdir(proc)))
		if (is_number(entry->d_name) && atoi(entry->d_name) != getpid())
			error = watch_process(attachments, watch, atoi(entry->d_name));
	if (proc)
		closedir(proc);
	return error;
}

static int watch_address(struct attachments *attachments, unsigned handler, unsigned index)
{
	const struct site *site = &attach_handler(attachments, handler)->sites[index];

	return site->pid ? set_threads(attachments, handler, index, site->address, site->pid)
			 : set(attachments, handler, index, site->address, 0);
}

bool attach_breakpoints(struct attachments *attachments, unsigned handler, unsigned first,
			unsigned n)
{
	for (unsigned i = first; i < first + n; i++) {
		bool relocated = attach_handler(attachments, handler)->sites[i].relocated;
		int error = relocated ? watch_all(attachments, find_watch(attachments, handler, i))
				      : watch_address(attachments, handler, i);

		if (error < 0)
			attach_refused(attachments, handler, i, why_refused(-error));
	}
	return true;
}

bool attach_watches_set(struct attachments *attachments, enum diag_level level)
{
	bool all = true;

	for (unsigned i = 0; i < attachments->watches.n; i++) {
		const struct attach_watch *watch = &attachments->watches.v[i];
		const struct site *site = watch_site(attachments, watch);

		if (watch->set || !attachments->states[watch->handler].armed)
			continue;
		all = false;
		(level == DIAG_ERROR ? diag_error : diag_warning)(
			attachments->diags, (struct range){0},
			"probe %s (%s) is not attached: no process has loaded %s", site->pp,
			attach_handler(attachments, watch->handler)->position, site->path);
		if (level == DIAG_ERROR)
			diag_help(attachments->diags, "where it will be is not known before: start "
						      "the program first, or by -c");
	}
	return all;
}
