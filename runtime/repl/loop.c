/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events of the session: the ring buffer, timers, signals, the end of the target. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "runtime/repl/live.h"
#include "runtime/session/run.h"
#include "runtime/symbols/fold.h"

/* The high half says what woke the loop; the low one is a timer, as number of its probe << 8. */
enum { WAKE_RING = 1, WAKE_SIGNAL, WAKE_TARGET, WAKE_TIMER };
#define WAKE(what, which) ((uint64_t)(what) << 48 | (which))

/* So much of the ring is read before keys are looked at again. */
enum { DRAIN_BYTES = 64 << 10 };

enum { CONDITIONS_MS = 20 }; /* so often conditions of probes are looked at, at least */

static bool watch(struct live *live, int fd, uint64_t what)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u64 = what};

	return fd < 0 || epoll_ctl(live->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

bool loop_add_timers(struct live *live, const struct live_probe *probe)
{
	struct attachments *attachments = &probe->unit->attachments;
	bool ok = true;

	for (unsigned i = 0; i < attachments->timers.n; i++) {
		ok &= watch(live, attachments->timers.v[i].fd,
			    WAKE(WAKE_TIMER, (uint64_t)probe->number << 8 | i));
		attach_timer_arm(attachments, &attachments->timers.v[i]);
	}
	return ok;
}

bool loop_add_target(struct live *live)
{
	live->target_died = false;
	return watch(live, live->target->pidfd, WAKE(WAKE_TARGET, 0));
}

bool loop_open(struct live *live)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGTTOU, SIG_IGN); /* the terminal is lent to targets and taken back */
	live->epoll = epoll_create1(EPOLL_CLOEXEC);
	live->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return live->epoll >= 0 && live->signals >= 0 &&
	       watch(live, live->signals, WAKE(WAKE_SIGNAL, 0)) &&
	       watch(live, live->ring.fd, WAKE(WAKE_RING, 0));
}

void loop_close(struct live *live)
{
	if (live->epoll >= 0)
		close(live->epoll);
	if (live->signals >= 0)
		close(live->signals);
}

void loop_drain(struct live *live)
{
	ring_drain(&live->ring, screen_feed, live);
}

void loop_run_handler(struct live *live, struct live_unit *unit, unsigned handler)
{
	struct live_unit *outer = live->running;

	loop_drain(live);
	fold_arrays(live->out->symbols, &unit->loaded);
	live->running = unit;
	run_handler(&unit->loaded, handler);
	loop_drain(live); /* what a handler in the kernel said */
	live->running = outer;
}

static void on_signal(struct live *live)
{
	struct signalfd_siginfo info;

	while (read(live->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGWINCH)
			input_resized(live);
		else if (info.ssi_signo == SIGINT)
			live->interrupted = true;
		else
			live->quit = true;
	}
}

/* While a statement runs nobody else reads signals. */
int loop_interrupted(void *data)
{
	struct live *live = data;

	on_signal(live);
	return live->interrupted || live->quit;
}

static void on_target(struct live *live)
{
	struct command_target *target = live->target;

	if (live->target_died)
		return;
	live->target_died = true;
	epoll_ctl(live->epoll, EPOLL_CTL_DEL, target->pidfd, NULL);
	loop_drain(live);
	target_tell_end(live);
}

static void on_wake(struct live *live, uint64_t what)
{
	switch (what >> 48) {
	case WAKE_SIGNAL:
		on_signal(live);
		break;
	case WAKE_TARGET:
		on_target(live);
		break;
	case WAKE_TIMER:
		probe_timer(live, (unsigned)(what >> 8), (unsigned)(what & 255));
		break;
	default:
		break;
	}
}

bool loop_turn(struct live *live, int fd, int ms)
{
	struct pollfd fds[] = {{.fd = live->epoll, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
	int soon = screen_wait_ms(live);
	struct epoll_event event;
	size_t drained = ring_drain_some(&live->ring, DRAIN_BYTES, screen_feed, live);

	probes_check_limits(live);
	screen_flush(live);
	if (probes_follow_conditions(live) && (soon < 0 || soon > CONDITIONS_MS))
		soon = CONDITIONS_MS;
	if (soon >= 0 && (ms < 0 || soon < ms))
		ms = soon;
	if (drained >= DRAIN_BYTES)
		ms = 0;
	if (poll(fds, fd < 0 ? 1 : 2, ms) < 0 && errno != EINTR)
		live->quit = true;
	for (int i = 0; i < 64 && fds[0].revents & POLLIN; i++) {
		if (epoll_wait(live->epoll, &event, 1, 0) != 1)
			break;
		on_wake(live, event.data.u64);
		if (event.data.u64 >> 48 == WAKE_RING)
			break;
	}
	return fd >= 0 && fds[1].revents;
}
