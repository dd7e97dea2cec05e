/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a handler tells the session: messages, and that it is to end.
 */
#include "runtime/handler/home.h"

static inline INLINE void log_text(struct run *run, u32 kind, const char *text)
{
	out_begin(run, kind, 0, 8 + MAX_STRING);
	out_string(run, text, MAX_STRING);
	out_end(run);
}

INLINE void fn_log(struct run *run, const char *text)
{
	log_text(run, RECORD_LOG, text);
}

INLINE void fn_warn(struct run *run, const char *text)
{
	log_text(run, RECORD_WARN, text);
}

INLINE void fn_system(struct run *run, const char *command)
{
	log_text(run, RECORD_SYSTEM, command);
}

/* Written by the tracer: BPF can only write to the trace buffer. */
INLINE void fn_printk(struct run *run, i64 level, const char *text)
{
	out_begin(run, RECORD_KERNEL_LOG, (u32)level & 7, 8 + MAX_STRING);
	out_string(run, text, MAX_STRING);
	out_end(run);
}

/* How 32-bit kernels take arguments is nothing to 64-bit ones. */
INLINE void fn_linkage(struct run *run)
{
	(void)run;
}

INLINE void fn_regparm(struct run *run, i64 n)
{
	(void)run;
	(void)n;
}

INLINE void fn_error(struct run *run, const char *text)
{
	handler_raise(run, text);
}

/* The first one to say so ends the session. */
static inline INLINE void session_stop(struct run *run, u32 kind)
{
	u32 *state = &home_shared()->state;

	if (!__sync_bool_compare_and_swap(state, SESSION_RUNNING, SESSION_STOPPING) &&
	    !__sync_bool_compare_and_swap(state, SESSION_STARTING, SESSION_STOPPING))
		return;
	out_begin(run, kind, 0, 0);
	out_end(run);
}

INLINE void fn_exit(struct run *run)
{
	session_stop(run, RECORD_EXIT);
}

INLINE void fn_abort(struct run *run)
{
	session_stop(run, RECORD_ABORT);
	run->error = ERROR_ABORTED;
}

INLINE i64 fn_target(struct run *run)
{
	(void)run;
	return home_shared()->target_pid;
}

INLINE i64 fn_stp_pid(struct run *run)
{
	(void)run;
	return (i64)home_shared()->tracer_pid;
}

INLINE i64 fn_is_myproc(struct run *run)
{
	return (u64)fn_uid(run) == home_shared()->tracer_uid;
}

INLINE i64 fn_HZ(struct run *run)
{
	(void)run;
	return (i64)home_shared()->hz;
}

INLINE i64 fn_tz_gmtoff(struct run *run)
{
	(void)run;
	return home_shared()->tz_gmtoff;
}

INLINE i64 fn_target_namespace(struct run *run, i64 user)
{
	(void)run;
	return user ? home_shared()->user_namespace : home_shared()->pid_namespace;
}

INLINE void fn_tz_name(struct run *run, char *dst, u32 size)
{
	str_copy(run, dst, size, home_shared()->tz_name);
}

INLINE i64 fn_randint(struct run *run, i64 n)
{
	if (n > 0)
		return (i64)((u64)home_random() * (u64)n >> 32);
	run->error_arg = n;
	handler_raise(run, "randint of a number that is not positive");
	return 0;
}
