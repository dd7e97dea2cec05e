/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The traced side, in the kernel home: its memory, registers and identity of the site.
 */
#include "runtime/handler/arch_x86_64.h"
#include "runtime/handler/home.h"
#include "runtime/handler/task_bpf.h"

enum { FAULT = -14 };

static inline INLINE int read_result(struct run *run, u64 address, long failed)
{
	if (!failed)
		return 0;
	run->error_arg = (i64)address;
	return FAULT;
}

INLINE int read_user(struct run *run, u64 address, u32 size, u64 *value)
{
	*value = 0;
	return read_result(run, address, bpf_probe_read_user(value, size, (const void *)address));
}

/* A page that is not there is only waited for when the quick read failed. */
INLINE int read_user_sleepable(struct run *run, u64 address, u32 size, u64 *value)
{
	long failed;

	*value = 0;
	failed = bpf_probe_read_user(value, size, (const void *)address);
	if (failed)
		failed = bpf_copy_from_user(value, size, (const void *)address);
	return read_result(run, address, failed);
}

INLINE int read_kernel(struct run *run, u64 address, u32 size, u64 *value)
{
	*value = 0;
	return read_result(run, address, bpf_probe_read_kernel(value, size, (const void *)address));
}

INLINE int write_user(struct run *run, u64 address, u32 size, u64 value)
{
	return read_result(run, address, bpf_probe_write_user((void *)address, &value, size));
}

/* ---- registers: constant numbers, so that each is one load ------------------------------------- */

/* volatile: the optimiser may not make one load of two at different addresses. */
static inline INLINE u64 register_at(struct run *run, int index)
{
	return index < 0 ? 0 : ((const volatile u64 *)run->ctx)[index];
}

INLINE u64 context_register(struct run *run, u32 dwarf_number)
{
	return register_at(run, arch_register(dwarf_number));
}

INLINE u64 context_argument(struct run *run, u32 n)
{
	u64 value = 0, address;

	if (arch_argument(n) >= 0)
		return register_at(run, arch_argument(n));
	address = register_at(run, ARCH_STACK) + arch_stack_argument(n);
	if ((i64)address < 0)
		bpf_probe_read_kernel(&value, 8, (const void *)address);
	else
		bpf_probe_read_user(&value, 8, (const void *)address);
	return value;
}

INLINE u64 context_result(struct run *run)
{
	return register_at(run, ARCH_RESULT);
}

/* The compiler's CONTEXT_ARGS: words of arguments, and the result behind them. */
enum { WITH_ARGS = 2 };

static inline INLINE i64 context_word(struct run *run, u64 index)
{
	i64 value = 0;

	bpf_probe_read_kernel(&value, 8, (const char *)run->ctx + BOUND(index * 8, 255));
	return value;
}

/* The registers of the program that made a system call stand first; its result follows. */
static inline INLINE i64 syscall_argument(struct run *run, i64 n)
{
	u64 registers = (u64)context_word(run, 0);
	u64 value = 0;

	if (n < 0 || n > 5)
		handler_raise(run, "there is no such argument here");
	else
		bpf_probe_read_kernel(&value, 8, (const void *)(registers +
				      (u64)arch_syscall_argument((u32)n) * 8));
	return (i64)value;
}

/*
 * Argument n of the function, from 0, where n is only known now. words: of the arguments of a
 * function that has a trampoline; a tracepoint has none, but for a system call (enum call_words);
 * or ARGUMENTS_OF_GO.
 */
INLINE i64 fn_argument(struct run *run, i64 n, i64 context, i64 words)
{
	u64 value = 0, address = 0;

	if (context == WITH_ARGS && words < 0)
		return syscall_argument(run, n);
	if (context == WITH_ARGS) {
		if (n >= 0 && n < words)
			return context_word(run, (u64)n);
		handler_raise(run, "there is no such argument here");
		return 0;
	}
	if (words == ARGUMENTS_OF_GO) {
		if (n >= 0 && arch_go_argument((u32)n) >= 0)
			return context_word(run, (u64)arch_go_argument((u32)n));
		handler_raise(run, "an argument of Go that is not in a register");
		return 0;
	}
	if (n >= 0 && n <= 5)
		return context_word(run, (u64)arch_argument((u32)n));
	address = (u64)context_word(run, ARCH_STACK) + arch_stack_argument((u32)n);
	bpf_probe_read_user(&value, 8, (const void *)address);
	return (i64)value;
}

INLINE i64 fn_returnval(struct run *run, i64 context, i64 words)
{
	if (context != WITH_ARGS)
		return context_word(run, ARCH_RESULT);
	if (words > 0 || words == SYSCALL_RESULT)
		return context_word(run, words > 0 ? (u64)words : 1);
	handler_raise(run, "there is no result of a function here");
	return 0;
}

/* Read like any memory, so that the verifier takes it for a number. */
INLINE u64 context_address(struct run *run)
{
	u64 address = 0;

	bpf_probe_read_kernel(&address, 8, &run->ctx);
	return address;
}

/*
 * Negated twice: what the verifier no longer takes for a pointer may be calculated with, kept,
 * and passed to GLOBAL functions on every kernel.
 */
INLINE u64 context_plain(struct run *run, u64 word)
{
	(void)run;
	__asm__("%0 = -%0\n%0 = -%0" : "+r"(word));
	return word;
}

/* Where the thread left user space, or 0. */
INLINE i64 fn_uaddr(struct run *run)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task_btf();
	u64 registers = (u64)bpf_task_pt_regs(task), address = 0;

	(void)run;
	bpf_probe_read_kernel(&address, 8, (const void *)(registers + ARCH_PC * 8));
	return (i64)address;
}

INLINE u64 context_cookie(struct run *run)
{
	return bpf_get_attach_cookie(run->ctx);
}

INLINE u64 thread_pointer(struct run *run)
{
	struct task_struct *task = CURRENT_TASK;

	(void)run;
	return READ_FIELD(task, thread.fsbase);
}

extern const void __per_cpu_offset __ksym;

INLINE u64 per_cpu_address(struct run *run, u64 address)
{
	u64 offset = 0, cpu = bpf_get_smp_processor_id();

	(void)run;
	bpf_probe_read_kernel(&offset, 8, (const char *)&__per_cpu_offset + cpu * 8);
	return address + offset;
}

GLOBAL int global_read_memory(struct frame *frame, u32 length, u64 address, u32 user)
{
	long failed;

	if (!frame)
		return -1;
	length = at_most(length, MAX_STRING);
	failed = user ? bpf_probe_read_user(frame->work.a, length, (const void *)address)
		      : bpf_probe_read_kernel(frame->work.a, length, (const void *)address);
	return failed ? -1 : 0;
}

static int home_read_memory(struct frame *frame, u32 length, u64 address, u32 user)
{
	return global_read_memory(frame, length, address, user);
}

/* Out of the common parts: what a printf of %m shows. */
GLOBAL int global_out_memory(struct frame *frame, u64 address, u32 length, u32 user)
{
	u64 at;
	long failed;
	char *to;

	if (!frame)
		return -1;
	length = at_most(length, MAX_STRING);
	at = out_text_begin(frame, length);
	to = frame->out + BOUND(at, OUT_MASK) + 4;
	failed = user ? bpf_probe_read_user(to, length, (const void *)address)
		      : bpf_probe_read_kernel(to, length, (const void *)address);
	out_text_end(frame, at, failed ? 0 : length);
	return failed ? -1 : 0;
}

INLINE void out_memory(struct run *run, u64 address, u32 length, u32 bound, u32 user)
{
	if (!global_out_memory(run->frame, address, length < bound ? length : bound, user))
		return;
	run->error_arg = (i64)address;
	handler_raise(run, "read fault");
}
