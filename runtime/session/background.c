/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runtime/session/background.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* In the process that was started: waits for a byte, or for the end of the other. */
static void __attribute__((noreturn)) see_off(int ready, pid_t session)
{
	int status = 0;
	char byte;

	if (read(ready, &byte, 1) == 1) {
		printf("%d\n", (int)session);
		exit(0);
	}
	waitpid(session, &status, 0);
	exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

bool background_start(struct background *background)
{
	int ends[2], nothing;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return false;
	pid = fork();
	if (pid < 0) {
		close(ends[0]);
		close(ends[1]);
		return false;
	}
	if (pid) {
		close(ends[1]);
		see_off(ends[0], pid);
	}
	close(ends[0]);
	setsid();
	nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (nothing >= 0) {
		dup2(nothing, STDIN_FILENO);
		close(nothing);
	}
	background->ready = ends[1];
	return true;
}

void background_ready(struct background *background, int out)
{
	if (background->ready < 0)
		return;
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	if (write(background->ready, "", 1) != 1)
		return; /* nobody waits any more */
	close(background->ready);
	background->ready = -1;
}
