/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the runtime asks of the tracer home: the shared section, and functions by name.
 */
#include <dlfcn.h>
#include <time.h>

#include "runtime/handler/home.h"
#include "runtime/handler/host.h"

static u64 clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (u64)now.tv_sec * 1000000000 + (u64)now.tv_nsec;
}

/* TAI is a whole number of seconds ahead. */
static u64 tai_offset(void)
{
	u64 ahead = clock_ns(CLOCK_TAI) - clock_ns(CLOCK_REALTIME);

	return (ahead + 500000000) / 1000000000 * 1000000000;
}

void host_set_globals(struct shared *shared)
{
	host.shared = shared;
	if (shared)
		shared->tai_offset = tai_offset();
}
