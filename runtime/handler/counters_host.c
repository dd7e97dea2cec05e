/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counters of events are read in the kernel only; the compiler lets no handler of the tracer. */
#include "runtime/handler/home.h"

void fn_perf_leave(struct run *run, i64 counter, i64 counts_switches)
{
	(void)run;
	(void)counter;
	(void)counts_switches;
}

i64 fn_perf_count(struct run *run, i64 counter)
{
	run->error_arg = counter;
	handler_raise(run, "counters are read in the kernel");
	return 0;
}

void fn_perf_restart(struct run *run, i64 counter)
{
	(void)run;
	(void)counter;
}
