/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Clocks in the kernel home. The wall clock is the atomic one less what that is ahead.
 */
#include "runtime/handler/home.h"

INLINE i64 fn_ktime_get_ns(struct run *run)
{
	(void)run;
	return (i64)bpf_ktime_get_ns();
}

INLINE i64 fn_gettimeofday_ns(struct run *run)
{
	(void)run;
	return (i64)(bpf_ktime_get_tai_ns() - home_shared()->tai_offset);
}

INLINE i64 fn_jiffies(struct run *run)
{
	(void)run;
	return (i64)bpf_jiffies64();
}
