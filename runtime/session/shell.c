/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A command is the child of a child that is gone at once, so that init waits for it. */
#include "runtime/session/shell.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void __attribute__((noreturn)) become_shell(const char *command)
{
	sigset_t none;

	if (fork())
		_exit(0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

int shell_run(const char *command)
{
	pid_t child = fork();

	if (child < 0)
		return errno;
	if (!child)
		become_shell(command);
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	return 0;
}
