/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Timers: one timerfd each, served by the session's event loop. */
#include <errno.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "runtime/attach/attach.h"

static uint64_t random_next(struct attachments *attachments)
{
	attachments->seed = attachments->seed * 6364136223846793005u + 1442695040888963407u;
	return attachments->seed >> 16;
}

/* The period, somewhere within +- jitter; never zero, which would disarm. */
static uint64_t next_period(struct attachments *attachments, const struct site *site)
{
	uint64_t low = site->period > site->jitter ? site->period - site->jitter : 1;

	if (!site->jitter)
		return site->period ? site->period : 1;
	return low + random_next(attachments) % (site->period + site->jitter - low + 1);
}

/* A steady timer repeats by itself; a randomised one is set anew each time. */
void attach_timer_arm(struct attachments *attachments, const struct attach_timer *timer)
{
	uint64_t ns = next_period(attachments, timer->site);
	struct itimerspec when = {
		.it_value = {(time_t)(ns / 1000000000), (long)(ns % 1000000000)},
	};

	if (!attachments->states[timer->handler].armed)
		return;
	if (!timer->site->jitter)
		when.it_interval = when.it_value;
	timerfd_settime(timer->fd, 0, &when, NULL);
}

void attach_timer_stop(const struct attach_timer *timer)
{
	timerfd_settime(timer->fd, 0, &(struct itimerspec){0}, NULL);
}

bool attach_timers(struct attachments *attachments, unsigned handler, unsigned first, unsigned n)
{
	for (unsigned i = first; i < first + n; i++) {
		struct attach_timer timer = {
			.fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK),
			.handler = handler,
			.site = &attach_handler(attachments, handler)->sites[i],
		};

		if (timer.fd < 0) {
			attach_refused(attachments, handler, i, strerror(errno));
			continue;
		}
		VEC_PUSH(attachments->diags->arena, &attachments->timers, timer);
	}
	return true;
}
