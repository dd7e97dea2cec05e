/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory in the tracer home: that of who runs (context_host.c), read so that a bad address is an error. There are no
 * registers, and the kernel's memory can't be read from here.
 */
#include <errno.h>
#include <sys/uio.h>
#include <unistd.h>

#include "runtime/handler/home.h"

static int read_fault(struct run *run, u64 address)
{
	run->error_arg = (i64)address;
	return -EFAULT;
}

/* 0, or -1: not all of it could be read. */
static int memory_read(void *to, u64 address, u32 size)
{
	struct iovec local = {to, size}, remote = {(void *)address, size};

	return process_vm_readv(host_task(), &local, 1, &remote, 1, 0) == (ssize_t)size ? 0 : -1;
}

int read_user(struct run *run, u64 address, u32 size, u64 *value)
{
	*value = 0;
	return memory_read(value, address, size) ? read_fault(run, address) : 0;
}

int read_user_sleepable(struct run *run, u64 address, u32 size, u64 *value)
{
	return read_user(run, address, size, value);
}

int read_kernel(struct run *run, u64 address, u32 size, u64 *value)
{
	(void)size;
	*value = 0;
	return read_fault(run, address);
}

int write_user(struct run *run, u64 address, u32 size, u64 value)
{
	struct iovec local = {&value, size}, remote = {(void *)address, size};

	if (process_vm_writev(host_task(), &local, 1, &remote, 1, 0) == (ssize_t)size)
		return 0;
	return read_fault(run, address);
}

u64 context_register(struct run *run, u32 dwarf_number)
{
	(void)run;
	(void)dwarf_number;
	return 0;
}

u64 context_argument(struct run *run, u32 n)
{
	(void)run;
	(void)n;
	return 0;
}

u64 context_result(struct run *run)
{
	(void)run;
	return 0;
}

i64 fn_argument(struct run *run, i64 n, i64 context, i64 words)
{
	(void)run;
	(void)n;
	(void)context;
	(void)words;
	return 0;
}

i64 fn_uaddr(struct run *run)
{
	(void)run;
	return 0;
}

i64 fn_returnval(struct run *run, i64 context, i64 words)
{
	(void)run;
	(void)context;
	(void)words;
	return 0;
}

u64 context_address(struct run *run)
{
	(void)run;
	return 0;
}

u64 context_plain(struct run *run, u64 word)
{
	(void)run;
	return word;
}

u64 context_cookie(struct run *run)
{
	(void)run;
	return 0;
}

u64 thread_pointer(struct run *run)
{
	(void)run;
	return (u64)__builtin_thread_pointer();
}

u64 per_cpu_address(struct run *run, u64 address)
{
	(void)run;
	return address;
}

static int home_read_memory(struct frame *frame, u32 length, u64 address, u32 user)
{
	return !user || memory_read(frame->work.a, address, at_most(length, MAX_STRING)) ? -1 : 0;
}

void out_memory(struct run *run, u64 address, u32 length, u32 bound, u32 user)
{
	struct frame *frame = run->frame;
	u32 n = at_most(length < bound ? length : bound, MAX_STRING);
	u64 at = out_text_begin(frame, n);
	int failed = !user || memory_read(frame->out + BOUND(at, OUT_MASK) + 4, address, n);

	out_text_end(frame, at, failed ? 0 : n);
	if (!failed)
		return;
	run->error_arg = (i64)address;
	handler_raise(run, "read fault");
}
