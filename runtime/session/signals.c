/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What signals do to a session. */
#include "runtime/session/signals.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
enum { ENDING = sizeof(ending) / sizeof(*ending) };

/*
 * timeout(1) signals its child and then its process group, the child among it: what comes so soon
 * after the first signal is the same one.
 */
static const long again_ms = 200;

/* A signal handler gets no context: hence these. */
static volatile sig_atomic_t wake_fd = -1, seen, child_fd = -1;
static struct timespec first;

static long ms_since(const struct timespec *then)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - then->tv_sec) * 1000 + (now.tv_nsec - then->tv_nsec) / 1000000;
}

static void on_signal(int signal_number)
{
	uint64_t one = 1;
	int before = errno;

	(void)signal_number;
	if (seen && ms_since(&first) < again_ms)
		return;
	if (seen || write(wake_fd, &one, sizeof(one)) < 0)
		_exit(1);
	clock_gettime(CLOCK_MONOTONIC, &first);
	seen = 1;
	errno = before;
}

int signals_start(void)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

	for (int i = 0; i < ENDING; i++)
		sigaddset(&action.sa_mask, ending[i]);
	seen = 0;
	wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	for (int i = 0; wake_fd >= 0 && i < ENDING; i++)
		sigaction(ending[i], &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	return wake_fd;
}

void signals_stop(int fd)
{
	for (int i = 0; i < ENDING; i++)
		signal(ending[i], SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	if (fd >= 0)
		close(fd);
	wake_fd = -1;
}

static void on_child(int signal_number)
{
	uint64_t one = 1;
	int before = errno;

	(void)signal_number;
	if (write(child_fd, &one, sizeof(one)) < 0)
		errno = before; /* it is readable already */
}

int signals_children_start(void)
{
	struct sigaction action = {.sa_handler = on_child, .sa_flags = SA_RESTART};

	child_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (child_fd >= 0)
		sigaction(SIGCHLD, &action, NULL);
	return child_fd;
}

void signals_children_stop(int fd)
{
	signal(SIGCHLD, SIG_DFL);
	close(fd);
	child_fd = -1;
}
