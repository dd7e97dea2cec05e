/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing to memory in the tracer home, where the process that is running is Spile itself.
 */
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "runtime/handler/home.h"

static void user_write(struct run *run, i64 address, const void *from, size_t n)
{
	struct iovec local = {(void *)from, n}, remote = {(void *)address, n};

	if (process_vm_writev(getpid(), &local, 1, &remote, 1, 0) == (ssize_t)n)
		return;
	run->error_arg = address;
	handler_raise(run, "write fault");
}

#define WRITER(name, size)                                                                         \
	void fn_set_user_##name(struct run *run, i64 address, i64 value)                           \
	{                                                                                          \
		user_write(run, address, &value, size);                                            \
	}                                                                                          \
	void fn_set_user_##name##_sleepable(struct run *run, i64 address, i64 value)               \
	{                                                                                          \
		user_write(run, address, &value, size);                                            \
	}
USER_WRITERS(WRITER)
#undef WRITER

void fn_set_user_string(struct run *run, i64 address, const char *text)
{
	user_write(run, address, text, strlen(text) + 1);
}

void fn_set_user_string_sleepable(struct run *run, i64 address, const char *text)
{
	fn_set_user_string(run, address, text);
}

void fn_set_user_string_n(struct run *run, i64 address, i64 n, const char *text)
{
	size_t length = strlen(text) + 1;

	if (n > 0)
		user_write(run, address, text, (size_t)n < length ? (size_t)n : length);
}

void fn_set_user_string_n_sleepable(struct run *run, i64 address, i64 n, const char *text)
{
	fn_set_user_string_n(run, address, n, text);
}

void fn_set_user_string_or_warn(struct run *run, i64 address, const char *text)
{
	fn_set_user_string(run, address, text);
	if (run->error)
		fn_warn(run, run->frame->message);
	run->error = 0;
}

void fn_set_user_string_or_warn_sleepable(struct run *run, i64 address, const char *text)
{
	fn_set_user_string_sleepable(run, address, text);
	if (run->error)
		fn_warn(run, run->frame->message);
	run->error = 0;
}
