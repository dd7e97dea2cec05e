/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine around the handler, in the kernel home: its load, its log, signals.
 */
#include "runtime/handler/home.h"
#include "runtime/handler/task_bpf.h"

extern const void avenrun __ksym __attribute__((weak));

/* In 2048ths. */
INLINE i64 fn_loadavg(struct run *run, i64 index)
{
	const char *averages = (const char *)&avenrun;
	u64 value = 0;

	run->error_arg = index;
	if (index < 0 || index > 2)
		handler_raise(run, "there are the load averages 0, 1 and 2");
	else if (!averages)
		handler_raise(run, "this kernel does not tell where its load averages are");
	else
		bpf_probe_read_kernel(&value, 8, averages + BOUND(index * 8, 31));
	return (i64)value;
}

INLINE void fn_raise(struct run *run, i64 signal)
{
	if (!bpf_send_signal_thread((u32)signal))
		return;
	run->error_arg = signal;
	handler_raise(run, "the signal could not be sent");
}

/* A line in the kernel's trace buffer. */
INLINE void fn_ftrace(struct run *run, const char *text)
{
	static const char format[] = "%s";

	(void)run;
	bpf_trace_printk(format, sizeof(format), text);
}

/* Where the kernel's stack ends now. What BPF has for its own use may lie elsewhere. */
INLINE i64 fn_kernel_stack_pointer(struct run *run)
{
	struct task_struct *task = CURRENT_TASK;
	u64 stack = (u64)READ_FIELD(task, stack), own, context = 0;

	__asm__("%0 = r10\n%0 = -%0\n%0 = -%0" : "=r"(own));
	bpf_probe_read_kernel(&context, 8, &run->ctx);
	return (i64)(own - stack < 32768 ? own : context);
}
