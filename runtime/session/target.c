/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -c and -x. */
#include "runtime/session/target.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wordexp.h>

static const struct range nowhere;

/* Looks `name` up as a shell would; NULL: not found. */
static const char *find_program(struct arena *arena, const char *name)
{
	const char *path = getenv("PATH"), *end;

	if (strchr(name, '/'))
		return access(name, X_OK) ? NULL : arena_strdup(arena, name);
	for (path = path ? path : "/usr/bin:/bin"; *path; path = *end ? end + 1 : end) {
		const char *full;

		end = strchrnul(path, ':');
		full = arena_printf(arena, "%.*s/%s", (int)(end - path), path, name);
		if (access(full, X_OK) == 0)
			return full;
	}
	return NULL;
}

static const char *absolute(struct arena *arena, const char *path)
{
	char buffer[PATH_MAX];

	return realpath(path, buffer) ? arena_strdup(arena, buffer) : path;
}

static bool needs_shell(const char *command)
{
	char quote = 0;

	for (const char *at = command; *at; at++) {
		if (*at == '\\' && quote != '\'' && at[1])
			at++;
		else if (quote ? *at == quote : *at == '\'' || *at == '"')
			quote = quote ? 0 : *at;
		else if (quote != '\'' && strchr("$`", *at))
			return true;
		else if (!quote && strchr("|&;<>(){}\n", *at))
			return true;
	}
	return false;
}

/* Commands that only a shell has; "time" and "echo" are programs, too. */
static bool is_of_shell(const char *word)
{
	static const char *const words[] = {".",    ":",     "alias", "cd",   "command", "eval",
					    "exec", "exit",  "export", "read", "readonly", "set",
					    "shift", "times", "trap",  "type", "ulimit",   "umask",
					    "unset", "wait"};

	for (unsigned i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(word, words[i]))
			return true;
	return false;
}

/*
 * A command without shell syntax is run directly, so that the target is the program itself;
 * anything else is the shell's.
 */
static char **command_words(struct command_target *target, struct arena *arena, const char *command)
{
	static char *const shell[] = {"/bin/sh", "-c", NULL, NULL};
	wordexp_t words;
	char **argv;

	if (!needs_shell(command) && wordexp(command, &words, WRDE_NOCMD) == 0) {
		argv = ARENA_ARRAY(arena, char *, words.we_wordc + 1);
		for (size_t i = 0; i < words.we_wordc; i++)
			argv[i] = arena_strdup(arena, words.we_wordv[i]);
		wordfree(&words);
		if (argv[0] && !strchr(argv[0], '=') && !is_of_shell(argv[0])) {
			target->path = find_program(arena, argv[0]);
			return argv;
		}
	}
	argv = ARENA_ARRAY(arena, char *, 4);
	memcpy(argv, shell, sizeof(shell));
	argv[2] = arena_strdup(arena, command);
	target->path = shell[0];
	return argv;
}

/*
 * In the child: waits at the gate, then becomes the command. Behind the gate it is traced: there
 * is no system call but the one that runs the command.
 */
static void __attribute__((noreturn)) become(const char *path, char **argv, int gate, int report)
{
	volatile char touched;
	sigset_t none;
	char byte;
	int error;

	/* Pages of strings that are not there yet could not be read by a probe of the execve. */
	touched = *path;
	for (char **word = argv; *word; word++)
		touched = **word;
	(void)touched;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGTTOU, SIG_DFL);
	if (read(gate, &byte, 1) != 1)
		_exit(127);
	execv(path, argv);
	error = errno;
	if (write(report, &error, sizeof(error)) < 0)
		_exit(126);
	_exit(127);
}

static int pidfd_open(pid_t pid)
{
	return (int)syscall(__NR_pidfd_open, pid, 0);
}

static bool start(struct command_target *target, struct diags *diags, const char *program,
		  char **argv)
{
	int gate[2], report[2];

	if (pipe2(gate, O_CLOEXEC) || pipe2(report, O_CLOEXEC)) {
		diag_error(diags, nowhere, "cannot make a pipe: %m");
		return false;
	}
	target->pid = fork();
	if (target->pid == 0) {
		close(gate[1]);
		close(report[0]);
		become(program, argv, gate[0], report[1]);
	}
	close(gate[0]);
	close(report[1]);
	target->gate = gate[1];
	target->report = report[0];
	if (target->pid < 0) {
		target->pid = 0;
		diag_error(diags, nowhere, "cannot start '%s': %m", argv[0]);
		return false;
	}
	target->ours = true;
	target->pidfd = pidfd_open(target->pid);
	return true;
}

/*
 * The command and Spile share an output that is a file. Some ways of writing to one (cat's
 * copy_file_range) do not take the offset's lock, so that one would write over the other's text;
 * appending, both find the end.
 */
static void share_output(int fd)
{
	int flags = fcntl(fd, F_GETFL);
	struct stat status;

	if (flags >= 0 && !(flags & O_APPEND) && !fstat(fd, &status) && S_ISREG(status.st_mode))
		fcntl(fd, F_SETFL, flags | O_APPEND);
}

bool target_command(struct command_target *target, struct diags *diags, const char *command)
{
	const char *program;
	char **argv;

	*target = (struct command_target){.pidfd = -1, .gate = -1, .report = -1, .command = command};
	argv = command_words(target, diags->arena, command);
	if (!target->path) {
		if (strchr(argv[0], '/'))
			diag_error(diags, nowhere, "cannot run '%s': %s", argv[0], strerror(errno));
		else
			diag_error(diags, nowhere, "cannot run '%s': no such program in $PATH",
				   argv[0]);
		return false;
	}
	program = target->path; /* as it was called: the process has its name */
	target->path = absolute(diags->arena, program);
	share_output(STDOUT_FILENO);
	share_output(STDERR_FILENO);
	return start(target, diags, program, argv);
}

bool target_process(struct command_target *target, struct diags *diags, pid_t pid)
{
	char buffer[PATH_MAX];
	ssize_t n;

	*target = (struct command_target){.pidfd = pidfd_open(pid), .gate = -1, .report = -1};
	if (target->pidfd < 0) {
		diag_error(diags, nowhere, "there is no process %d: %m", pid);
		return false;
	}
	target->pid = pid;
	n = readlink(arena_printf(diags->arena, "/proc/%d/exe", pid), buffer, sizeof(buffer) - 1);
	if (n > 0)
		target->path = arena_strndup(diags->arena, buffer, (size_t)n);
	return true;
}

void target_go(struct command_target *target)
{
	if (target->gate < 0)
		return;
	if (write(target->gate, "", 1) != 1)
		target->exec_failed = true;
	close(target->gate);
	target->gate = -1;
}

void target_reap(struct command_target *target)
{
	if (!target->ours || !target->pid)
		return;
	if (!target->reaped)
		waitpid(target->pid, &target->status, 0);
	target->exec_failed = read(target->report, &target->exec_error,
				   sizeof(target->exec_error)) == sizeof(target->exec_error);
	target->pid = 0;
}

void target_ended(struct command_target *target, int status)
{
	target->status = status;
	target->reaped = true;
}

void target_release(struct command_target *target)
{
	if (target->gate >= 0) {
		close(target->gate); /* the child sees the end of the pipe and is gone */
		target->gate = -1;
		waitpid(target->pid, NULL, 0);
	}
	if (target->report > 0)
		close(target->report);
	if (target->pidfd > 0)
		close(target->pidfd);
	target->pidfd = target->report = -1;
	target->pid = 0;
}
