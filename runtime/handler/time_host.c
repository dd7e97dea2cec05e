/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Clocks in the tracer home: the same ones.
 */
#include <time.h>

#include "runtime/handler/home.h"

static u64 clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (u64)now.tv_sec * 1000000000 + (u64)now.tv_nsec;
}

i64 fn_ktime_get_ns(struct run *run)
{
	(void)run;
	return (i64)clock_ns(CLOCK_MONOTONIC);
}

i64 fn_gettimeofday_ns(struct run *run)
{
	(void)run;
	return (i64)clock_ns(CLOCK_REALTIME);
}

/* The kernel starts to count five minutes before 32 bits are full. */
i64 fn_jiffies(struct run *run)
{
	u64 hz = home_shared()->hz;

	(void)run;
	return (i64)((u32)(-300 * hz) + clock_ns(CLOCK_MONOTONIC) / (1000000000 / hz));
}
