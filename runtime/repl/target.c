/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The target of the session: of -c or -x at first, then whatever `run` and `attach` make it. When
 * it changes, probes that speak of it without naming it are armed anew.
 */
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/repl/live.h"

enum { STOPPED_MS = 200 }; /* so often a target in front is asked whether Ctrl-Z stopped it */

void target_tell_end(struct live *live)
{
	struct command_target *target = live->target;
	pid_t pid = target->pid;

	if (!target->ours) {
		say(live, "the target, process %d, is gone\n", (int)pid);
		return;
	}
	target_reap(target);
	if (target->exec_failed)
		say(live, "the target could not be run: %s\n", strerror(target->exec_error));
	else if (WIFSIGNALED(target->status))
		say(live, "the target, process %d, was ended by signal %d (%s)\n", (int)pid,
		    WTERMSIG(target->status), strsignal(WTERMSIG(target->status)));
	else
		say(live, "the target, process %d, exited with status %d\n", (int)pid,
		    WEXITSTATUS(target->status));
}

/* "process" without a name, target() and $-less probes of system calls are about it. */
static bool is_about_target(struct live *live, const struct live_probe *probe, void *data)
{
	(void)live;
	(void)data;
	return text_mentions(probe->text, "process") || text_mentions(probe->text, "target") ||
	       text_mentions(probe->text, "pid");
}

static bool set_target(struct live *live, struct command_target *target)
{
	struct command_target before = *live->target;
	unsigned n;

	*live->target = *target;
	if (!probes_arm_again(live, is_about_target, NULL, &n)) {
		*live->target = before;
		target_release(target);
		return false;
	}
	if (before.pidfd >= 0)
		target_release(&before);
	live->maps.shared->target_pid = (uint32_t)target->pid;
	return loop_add_target(live);
}

/* Probes may refer to them when the target is another one. */
static void keep_names(struct live *live, struct command_target *target)
{
	if (target->path)
		target->path = arena_strdup(live->names, target->path);
	if (target->command)
		target->command = arena_strdup(live->names, target->command);
}

static void tell_target(struct live *live)
{
	const struct command_target *target = live->target;

	answer_add(live, "pid", json_object_new_int64(target->pid));
	if (target->pid && target->path)
		answer_add(live, "path", json_object_new_string(target->path));
	if (!target->pid)
		say(live, "there is no target\n");
	else
		say(live, "target: process %d, %s%s\n", (int)target->pid,
		    target->path ? target->path : "?",
		    target->gate >= 0 ? ", waits for `run`" : "");
}

bool live_target(struct live *live, char *args)
{
	(void)args;
	tell_target(live);
	return true;
}

bool live_attach(struct live *live, char *args)
{
	struct command_target target;
	struct arena *arena = arena_new();
	struct diags diags = {.arena = arena};
	bool ok;
	char *end;
	long pid = strtol(args, &end, 10);

	if (!*args || *end || pid <= 0 || pid > INT_MAX) {
		say_error(live, "attach wants the number of a process");
		arena_free(arena);
		return false;
	}
	ok = target_process(&target, &diags, (pid_t)pid);
	say_diags(live, &diags, NULL);
	if (ok)
		keep_names(live, &target);
	ok = ok && set_target(live, &target);
	arena_free(arena);
	if (ok)
		tell_target(live);
	return ok;
}

/* Until the target is gone, or Ctrl-C, or so many seconds. */
bool live_wait_target(struct live *live, double seconds)
{
	double until = seconds_now() + seconds;

	if (!(seconds > 0) && (live->target_died || live->target->pidfd < 0))
		say(live, "there is no target to wait for\n");
	live->interrupted = false;
	while (!live->quit && !live->interrupted) {
		double left = until - seconds_now();

		if (seconds > 0 ? left <= 0 : live->target_died || live->target->pidfd < 0)
			break;
		loop_turn(live, -1, seconds > 0 ? (int)(left * 1000) + 1 : -1);
	}
	if (live->interrupted)
		say(live, "not waiting any longer\n");
	live->interrupted = false;
	return true;
}

/* Ctrl-C at the prompt is not for it. Still at its gate, it can be moved. */
void target_set_apart(struct live *live)
{
	if (live->terminal && live->target->ours && live->target->gate >= 0)
		setpgid(live->target->pid, live->target->pid);
}

static bool start(struct live *live, const char *command)
{
	struct command_target target;
	struct arena *arena = arena_new();
	struct diags diags = {.arena = arena};
	bool ok = target_command(&target, &diags, command);

	say_diags(live, &diags, NULL);
	if (ok) {
		target.command = command;
		keep_names(live, &target);
		ok = set_target(live, &target);
	}
	if (ok)
		target_set_apart(live);
	arena_free(arena);
	return ok;
}

static bool has_stopped(pid_t pid)
{
	siginfo_t info = {0};

	return waitid(P_PID, (id_t)pid, &info, WSTOPPED | WNOHANG) == 0 && info.si_pid == pid;
}

/*
 * The target has the terminal while it is waited for, as a command of a shell has: Ctrl-C is for
 * it, Ctrl-Z gives the prompt back and lets it go on behind.
 */
static void wait_with_terminal(struct live *live)
{
	pid_t pid = live->target->pid;

	if (tcsetpgrp(STDIN_FILENO, pid)) {
		live_wait_target(live, 0);
		return;
	}
	live->interrupted = false;
	while (!live->quit && !live->interrupted && !live->target_died) {
		loop_turn(live, -1, STOPPED_MS);
		if (live->target_died || !has_stopped(pid))
			continue;
		kill(-pid, SIGCONT);
		say(live, "the target, process %d, goes on in the background\n", (int)pid);
		break;
	}
	live->interrupted = false;
	tcsetpgrp(STDIN_FILENO, getpgrp());
}

/* run: the command of -c goes. run CMD: a new one; with & behind it nobody waits for its end. */
bool live_run(struct live *live, char *args)
{
	size_t length = strlen(args);
	bool background = length && args[length - 1] == '&';

	if (background)
		args[length - 1] = 0;
	if (*args && !start(live, args))
		return false;
	if (!*args && live->target->gate < 0) {
		say_error(live, "run wants a command: there is none that waits");
		return false;
	}
	screen_flush(live);
	target_go(live->target);
	answer_add(live, "pid", json_object_new_int64(live->target->pid));
	if (background)
		tell_target(live);
	else if (live->terminal)
		wait_with_terminal(live);
	else
		live_wait_target(live, 0);
	return true;
}
