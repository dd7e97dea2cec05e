/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing to the memory of the process that is running, in the kernel home (guru mode).
 */
#include "runtime/handler/home.h"

/* A page that is not there is only waited for when the quick write failed. */
static inline INLINE void user_write(struct run *run, u64 address, const void *from, u32 n,
				     u32 sleepable)
{
	long failed = bpf_probe_write_user((void *)address, from, n);

	if (failed && sleepable) {
		global_fault_in(run->frame, address, n);
		failed = bpf_probe_write_user((void *)address, from, n);
	}
	if (!failed)
		return;
	run->error_arg = (i64)address;
	handler_raise(run, "write fault");
}

#define WRITER(name, size)                                                                         \
	INLINE void fn_set_user_##name(struct run *run, i64 address, i64 value)                    \
	{                                                                                          \
		user_write(run, (u64)address, &value, size, 0);                                    \
	}                                                                                          \
	INLINE void fn_set_user_##name##_sleepable(struct run *run, i64 address, i64 value)        \
	{                                                                                          \
		user_write(run, (u64)address, &value, size, 1);                                    \
	}
USER_WRITERS(WRITER)
#undef WRITER

/* The string with its NUL, or its first `most` bytes. */
static inline INLINE void user_write_string(struct run *run, u64 address, i64 most,
					    const char *text, u32 sleepable)
{
	u32 n = home_copy_string(run->frame->work.a, MAX_STRING + 1, (u64)text);

	if (most < 1)
		return;
	n = at_most((most < n ? (u64)most : n) - 1, MAX_STRING) + 1;
	if (n <= MAX_STRING + 1) /* as the verifier has to be told */
		user_write(run, address, run->frame->work.a, n, sleepable);
}

INLINE void fn_set_user_string(struct run *run, i64 address, const char *text)
{
	user_write_string(run, (u64)address, MAX_STRING + 1, text, 0);
}

INLINE void fn_set_user_string_sleepable(struct run *run, i64 address, const char *text)
{
	user_write_string(run, (u64)address, MAX_STRING + 1, text, 1);
}

INLINE void fn_set_user_string_n(struct run *run, i64 address, i64 n, const char *text)
{
	user_write_string(run, (u64)address, n, text, 0);
}

INLINE void fn_set_user_string_n_sleepable(struct run *run, i64 address, i64 n, const char *text)
{
	user_write_string(run, (u64)address, n, text, 1);
}

INLINE void fn_set_user_string_or_warn(struct run *run, i64 address, const char *text)
{
	fn_set_user_string(run, address, text);
	if (run->error)
		fn_warn(run, run->frame->message);
	run->error = 0;
}

INLINE void fn_set_user_string_or_warn_sleepable(struct run *run, i64 address, const char *text)
{
	fn_set_user_string_sleepable(run, address, text);
	if (run->error)
		fn_warn(run, run->frame->message);
	run->error = 0;
}
