/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine around the handler, in the tracer home: its load, its log, signals.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/handler/home.h"

/* In 2048ths. */
i64 fn_loadavg(struct run *run, i64 index)
{
	double averages[3] = {0};

	run->error_arg = index;
	if (index < 0 || index > 2)
		handler_raise(run, "there are the load averages 0, 1 and 2");
	else if (getloadavg(averages, 3) != 3)
		handler_raise(run, "the load averages can not be read");
	else
		return (i64)(averages[index] * 2048 + 0.5);
	return 0;
}

void fn_raise(struct run *run, i64 signal)
{
	if (!raise((int)signal))
		return;
	run->error_arg = signal;
	handler_raise(run, "the signal could not be sent");
}

/* A line in the kernel's trace buffer; dropped where there is none. */
void fn_ftrace(struct run *run, const char *text)
{
	static const char *const markers[] = {"/sys/kernel/tracing/trace_marker",
					      "/sys/kernel/debug/tracing/trace_marker"};
	int marker = -1;

	(void)run;
	for (unsigned i = 0; i < 2 && marker < 0; i++)
		marker = open(markers[i], O_WRONLY | O_CLOEXEC);
	if (marker < 0)
		return;
	(void)!write(marker, text, strlen(text));
	close(marker);
}

i64 fn_kernel_stack_pointer(struct run *run)
{
	(void)run;
	return 0;
}
