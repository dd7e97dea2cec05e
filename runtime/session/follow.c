/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program is stopped behind its exec, when the kernel has loaded it. Its libraries come with
 * system calls of the dynamic linker: it is stopped at these until all files are there, or until
 * the first system call from elsewhere says that the linker is done.
 */
#include "runtime/session/follow.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/session/signals.h"

static const struct range nowhere;

struct tracee {
	struct tracee *next;
	pid_t pid;
	bool loading;  /* the dynamic linker is at work; stops at system calls */
	unsigned long linker[2]; /* where that is */
	bool *known;   /* watchpoints that are set */
};

static struct tracee *tracee_new(struct follow *follow, pid_t pid)
{
	struct tracee *tracee;

	for (tracee = follow->tracees; tracee; tracee = tracee->next)
		if (tracee->pid == pid)
			return tracee;
	tracee = calloc(1, sizeof(*tracee));
	if (!tracee)
		return NULL;
	tracee->known = calloc(follow->attachments->watches.n, sizeof(*tracee->known));
	tracee->pid = pid;
	tracee->next = follow->tracees;
	follow->tracees = tracee;
	return tracee;
}

static void tracee_free(struct follow *follow, struct tracee *tracee)
{
	struct tracee **at = &follow->tracees;

	while (*at != tracee)
		at = &(*at)->next;
	*at = tracee->next;
	free(tracee->known);
	free(tracee);
}

/* ---- the dynamic linker ------------------------------------------------------------------------ */

static unsigned long linker_base(pid_t pid)
{
	Elf64_auxv_t entry = {0};
	unsigned long base = 0;
	char name[64];
	FILE *file;

	snprintf(name, sizeof(name), "/proc/%d/auxv", pid);
	file = fopen(name, "re");
	while (file && !base && fread(&entry, sizeof(entry), 1, file) == 1)
		if (entry.a_type == AT_BASE)
			base = entry.a_un.a_val;
	if (file)
		fclose(file);
	return base;
}

/* From the first to the last mapping of the file at its base. */
static bool find_linker(struct tracee *tracee)
{
	unsigned long base = linker_base(tracee->pid), start, end, inode, which = 0;
	char name[64], line[4352];
	FILE *maps;

	snprintf(name, sizeof(name), "/proc/%d/maps", tracee->pid);
	maps = base ? fopen(name, "re") : NULL;
	while (maps && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx %*s %*x %*s %lu", &start, &end, &inode) != 3)
			continue;
		if (start == base)
			which = inode;
		if (which && inode == which)
			tracee->linker[1] = end;
	}
	if (maps)
		fclose(maps);
	tracee->linker[0] = base;
	return which != 0;
}

static bool in_linker(const struct tracee *tracee)
{
	struct __ptrace_syscall_info info = {0};

	if (ptrace(PTRACE_GET_SYSCALL_INFO, tracee->pid, sizeof(info), &info) <= 0)
		return false;
	return info.instruction_pointer >= tracee->linker[0] &&
	       info.instruction_pointer < tracee->linker[1];
}

/* ---- stops --------------------------------------------------------------------------------------- */

static void go_on(const struct tracee *tracee, int signal_number)
{
	ptrace(tracee->loading ? PTRACE_SYSCALL : PTRACE_CONT, tracee->pid, 0, signal_number);
}

/* Where everything is watched the tracee is let go. What it starts inherits the watchpoints. */
static void look(struct follow *follow, struct tracee *tracee)
{
	if (attach_watch_process(follow->attachments, tracee->pid, tracee->known)) {
		go_on(tracee, 0);
		return;
	}
	ptrace(PTRACE_DETACH, tracee->pid, 0, 0);
	tracee_free(follow, tracee);
}

/* A thread that runs a program becomes the process' only one. */
static void on_exec(struct follow *follow, struct tracee *tracee)
{
	unsigned long former = 0;

	if (!ptrace(PTRACE_GETEVENTMSG, tracee->pid, 0, &former))
		for (struct tracee *it = follow->tracees; it; it = it->next)
			if (it != tracee && it->pid == (pid_t)former) {
				tracee_free(follow, it);
				break;
			}
	memset(tracee->known, 0, follow->attachments->watches.n * sizeof(*tracee->known));
	tracee->loading = find_linker(tracee);
	look(follow, tracee);
}

static void on_child(struct follow *follow, const struct tracee *tracee)
{
	unsigned long child;

	if (!ptrace(PTRACE_GETEVENTMSG, tracee->pid, 0, &child))
		tracee_new(follow, (pid_t)child);
	go_on(tracee, 0);
}

/* The job is stopped: it stays so until somebody continues it. */
static void on_stop(const struct tracee *tracee, int signal_number)
{
	if (signal_number == SIGTRAP)
		go_on(tracee, 0);
	else
		ptrace(PTRACE_LISTEN, tracee->pid, 0, 0);
}

static void on_syscall(struct follow *follow, struct tracee *tracee)
{
	tracee->loading = in_linker(tracee);
	look(follow, tracee);
}

static void on_end(struct follow *follow, struct tracee *tracee, int status)
{
	if (tracee->pid == follow->target->pid)
		target_ended(follow->target, status);
	tracee_free(follow, tracee);
}

static void on_status(struct follow *follow, struct tracee *tracee, int status)
{
	if (!WIFSTOPPED(status)) {
		on_end(follow, tracee, status);
		return;
	}
	switch (status >> 16) {
	case PTRACE_EVENT_EXEC:
		on_exec(follow, tracee);
		break;
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		on_child(follow, tracee);
		break;
	case PTRACE_EVENT_STOP:
		on_stop(tracee, WSTOPSIG(status));
		break;
	default:
		if (WSTOPSIG(status) == (SIGTRAP | 0x80))
			on_syscall(follow, tracee);
		else
			go_on(tracee, WSTOPSIG(status));
	}
}

/* One stop or end; false: there is none. */
static bool wait_one(struct follow *follow)
{
	for (struct tracee *tracee = follow->tracees; tracee; tracee = tracee->next) {
		int status;
		pid_t pid = waitpid(tracee->pid, &status, WNOHANG | __WALL);

		if (pid == 0)
			continue;
		if (pid > 0)
			on_status(follow, tracee, status);
		else
			tracee_free(follow, tracee);
		return true;
	}
	return false;
}

/* ---- the whole ----------------------------------------------------------------------------------- */

bool follow_start(struct follow *follow, struct attachments *attachments,
		  struct command_target *target)
{
	const long what = PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
			  PTRACE_O_TRACECLONE | PTRACE_O_TRACESYSGOOD;

	if (target->gate < 0 || !attachments->watches.n)
		return true;
	*follow = (struct follow){.attachments = attachments, .target = target};
	follow->fd = signals_children_start();
	if (follow->fd >= 0 && !ptrace(PTRACE_SEIZE, target->pid, 0, what) &&
	    tracee_new(follow, target->pid))
		return true;
	diag_error(attachments->diags, nowhere,
		   "the command cannot be traced, to set watchpoints when it is loaded: %m");
	return false;
}

bool follow_turn(struct follow *follow)
{
	uint64_t times;

	if (read(follow->fd, &times, sizeof(times)) < 0 && errno != EAGAIN)
		return true;
	while (wait_one(follow))
		;
	return !follow->attachments->diags->errors;
}

/* Who is still traced is let go by the kernel, with our end. */
void follow_stop(struct follow *follow)
{
	while (follow->tracees)
		tracee_free(follow, follow->tracees);
	if (follow->fd >= 0)
		signals_children_stop(follow->fd);
	follow->fd = -1;
}
