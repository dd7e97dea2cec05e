/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Intrinsics: the bodies of tapset functions. Their meaning is documented in tapsets/; their
 * signatures follow from the declarations there, as handler.h says.
 */
#ifndef SPILE_HANDLER_FUNCTIONS_H
#define SPILE_HANDLER_FUNCTIONS_H

#include "runtime/handler/handler.h"

/* context.stp */
i64 fn_pid(struct run *run);
i64 fn_target_descendant(struct run *run, i64 n);
i64 fn_tid(struct run *run);
i64 fn_ppid(struct run *run);
i64 fn_pgrp(struct run *run);
i64 fn_sid(struct run *run);
i64 fn_uid(struct run *run);
i64 fn_gid(struct run *run);
i64 fn_euid(struct run *run);
i64 fn_egid(struct run *run);
i64 fn_cpu(struct run *run);
i64 fn_program_inode(struct run *run);
i64 fn_program_size(struct run *run);
void fn_execname(struct run *run, char *dst, u32 size);
void fn_pexecname(struct run *run, char *dst, u32 size);


/* string.stp */
i64 fn_strlen(struct run *run, const char *text);
void fn_substr(struct run *run, char *dst, u32 size, const char *text, i64 start, i64 length);
i64 fn_stringat(struct run *run, const char *text, i64 position);
i64 fn_strpos(struct run *run, const char *in, const char *wanted);
void fn_str_replace(struct run *run, char *dst, u32 size, const char *in, const char *wanted,
		    const char *with);
i64 fn_strtol(struct run *run, const char *text, i64 base);
i64 fn_span(struct run *run, const char *in, const char *set, i64 inside);
void fn_text_strn(struct run *run, char *dst, u32 size, const char *text, i64 most, i64 quoted);

/* regex.stp */
void fn_matched(struct run *run, char *dst, u32 size, i64 n);
i64 fn_ngroups(struct run *run);

/* linux/perf_counters.stp */
i64 fn_perf_count(struct run *run, i64 counter);
void fn_perf_leave(struct run *run, i64 counter, i64 counts_switches);
void fn_perf_restart(struct run *run, i64 counter);

/* logging.stp, random.stp */
void fn_log(struct run *run, const char *text);
void fn_system(struct run *run, const char *command);
void fn_linkage(struct run *run);
void fn_regparm(struct run *run, i64 n);
void fn_printk(struct run *run, i64 level, const char *text);
void fn_warn(struct run *run, const char *text);
void fn_error(struct run *run, const char *text);
void fn_exit(struct run *run);
void fn_abort(struct run *run);
i64 fn_randint(struct run *run, i64 n);

/* timestamp.stp */
i64 fn_ktime_get_ns(struct run *run);
i64 fn_gettimeofday_ns(struct run *run);
i64 fn_jiffies(struct run *run);
i64 fn_HZ(struct run *run);
i64 fn_tz_gmtoff(struct run *run);
i64 fn_target_namespace(struct run *run, i64 user);
void fn_tz_name(struct run *run, char *dst, u32 size);

/* inet.stp */
void fn_inet6_text(struct run *run, char *dst, u32 size, i64 first, i64 second);

/* errno.stp */
void fn_errno_name(struct run *run, char *dst, u32 size, i64 n);

/* conversions.stp. n: bytes of the string at most; most: of the result, 0: what there is room for. */
void fn_user_string(struct run *run, char *dst, u32 size, i64 address);
void fn_user_string_sleepable(struct run *run, char *dst, u32 size, i64 address);
void fn_user_string_n(struct run *run, char *dst, u32 size, i64 address, i64 n);
void fn_user_string_n_sleepable(struct run *run, char *dst, u32 size, i64 address, i64 n);
void fn_kernel_string(struct run *run, char *dst, u32 size, i64 address);
void fn_kernel_string_n(struct run *run, char *dst, u32 size, i64 address, i64 n);
void fn_user_bytes_quoted(struct run *run, char *dst, u32 size, i64 address, i64 n, i64 most);
void fn_user_bytes_quoted_sleepable(struct run *run, char *dst, u32 size, i64 address, i64 n, i64 most);
void fn_kernel_bytes_quoted(struct run *run, char *dst, u32 size, i64 address, i64 n, i64 most);
/* unit: bytes of one, 2 or 4 */
void fn_user_wide(struct run *run, char *dst, u32 size, i64 address, i64 unit);
void fn_user_wide_sleepable(struct run *run, char *dst, u32 size, i64 address, i64 unit);
void fn_kernel_wide(struct run *run, char *dst, u32 size, i64 address, i64 unit);
i64 fn_user_read(struct run *run, i64 address, i64 size);
i64 fn_user_read_sleepable(struct run *run, i64 address, i64 size);
i64 fn_kernel_read(struct run *run, i64 address, i64 size);
/* modules.stp. Negative: load_base.c's reasons. */
i64 fn_user_load_base(struct run *run, i64 where, i64 first, i64 second, i64 headers_at);
i64 fn_user_load_base_sleepable(struct run *run, i64 where, i64 first, i64 second, i64 headers_at);

/* context.stp, more */
i64 fn_target(struct run *run);
i64 fn_stp_pid(struct run *run);
i64 fn_is_myproc(struct run *run);
i64 fn_uaddr(struct run *run);
i64 fn_argument(struct run *run, i64 n, i64 context, i64 words);
i64 fn_returnval(struct run *run, i64 context, i64 words);
i64 fn_has_cmdline_arg(struct run *run, i64 n);
void fn_cmdline_arg(struct run *run, char *dst, u32 size, i64 n);
void fn_env_var(struct run *run, char *dst, u32 size, const char *name);
/*
 * context-symbols.stp, stacks.stp. kind: enum defer_kind. slot: where the site's return address is,
 * fn_return_slot(); context: fn_context_kind(); both are made by the code generator.
 */
void fn_symbol(struct run *run, char *dst, u32 size, i64 kind, i64 address);
void fn_symbol_user(struct run *run, char *dst, u32 size, i64 kind, i64 address);
void fn_symbol_defer(struct run *run, char *dst, u32 size, const char *text);
void fn_symbol_keep(struct run *run, char *dst, u32 size, const char *text); /* of text to print */
void fn_stack_user(struct run *run, char *dst, u32 size, i64 kind, i64 n, i64 slot);
void fn_stack_kernel(struct run *run, char *dst, u32 size, i64 kind, i64 n, i64 context);
void fn_stack_print_user(struct run *run, i64 kind, i64 slot);
void fn_stack_print_kernel(struct run *run, i64 kind);
i64 fn_stack_user_at(struct run *run, i64 n, i64 slot);
i64 fn_stack_kernel_at(struct run *run, i64 n, i64 context);
i64 fn_register(struct run *run, const char *name, i64 context);
i64 fn_register_at(struct run *run, i64 index, i64 context);
i64 fn_addr(struct run *run, i64 context, i64 of_function);

/* floatingpoint.stp: doubles as their bits */
i64 fn_fp_add(struct run *run, i64 a, i64 b);
i64 fn_fp_sub(struct run *run, i64 a, i64 b);
i64 fn_fp_mul(struct run *run, i64 a, i64 b);
i64 fn_fp_div(struct run *run, i64 a, i64 b);
i64 fn_fp_rem(struct run *run, i64 a, i64 b);
i64 fn_fp_sqrt(struct run *run, i64 a);
i64 fn_fp_eq(struct run *run, i64 a, i64 b);
i64 fn_fp_le(struct run *run, i64 a, i64 b);
i64 fn_fp_lt(struct run *run, i64 a, i64 b);
i64 fn_long_to_fp(struct run *run, i64 value);
i64 fn_fp32_to_fp64(struct run *run, i64 narrow);
i64 fn_fp_to_long(struct run *run, i64 a, i64 mode);
void fn_fp_to_string(struct run *run, char *dst, u32 size, i64 a, i64 precision);
i64 fn_string_to_fp(struct run *run, const char *text);

/* linux/task.stp */
i64 fn_task_current(struct run *run);

/* guru.stp: what writes to the memory of the process that is running */
#define USER_WRITERS(X) X(char, 1) X(short, 2) X(int, 4) X(long, 8)
#define DECLARE(name, size)                                                                        \
	void fn_set_user_##name(struct run *run, i64 address, i64 value);                          \
	void fn_set_user_##name##_sleepable(struct run *run, i64 address, i64 value);
USER_WRITERS(DECLARE)
#undef DECLARE
void fn_set_user_string(struct run *run, i64 address, const char *text);
void fn_set_user_string_sleepable(struct run *run, i64 address, const char *text);
void fn_set_user_string_or_warn(struct run *run, i64 address, const char *text);
void fn_set_user_string_or_warn_sleepable(struct run *run, i64 address, const char *text);
void fn_set_user_string_n(struct run *run, i64 address, i64 n, const char *text);
void fn_set_user_string_n_sleepable(struct run *run, i64 address, i64 n, const char *text);

/* linux/loadavg.stp, guru.stp, linux/kernel_stack.stp */
i64 fn_loadavg(struct run *run, i64 index);
void fn_raise(struct run *run, i64 signal);
void fn_ftrace(struct run *run, const char *text);
i64 fn_kernel_stack_pointer(struct run *run);

/* linux/syscalls.stp */
i64 fn_syscall_compat(struct run *run);
i64 fn_syscall_ended(struct run *run, i64 number);
void fn_syscall_name(struct run *run, char *dst, u32 size, i64 number);
void fn_syscall_argstr(struct run *run, char *dst, u32 size, i64 number, i64 done);
void fn_syscall_argument(struct run *run, char *dst, u32 size, i64 number, i64 at, i64 done);
void fn_syscall_flags(struct run *run, char *dst, u32 size, i64 table, i64 value, i64 exact);
void fn_syscall_string(struct run *run, char *dst, u32 size, i64 address, i64 most);
void fn_syscall_buffer(struct run *run, char *dst, u32 size, i64 address, i64 length);
void fn_syscall_result(struct run *run, char *dst, u32 size, i64 number, i64 result);
void fn_syscall_sockaddr(struct run *run, char *dst, u32 size, i64 address, i64 length);
void fn_syscall_sockaddr_at(struct run *run, char *dst, u32 size, i64 address, i64 length);
void fn_syscall_iov(struct run *run, char *dst, u32 size, i64 address, i64 count, i64 bytes);
void fn_syscall_strings(struct run *run, char *dst, u32 size, i64 address, i64 kind);
void fn_syscall_poll(struct run *run, char *dst, u32 size, i64 address, i64 count);
void fn_syscall_structure(struct run *run, char *dst, u32 size, i64 address, i64 kind);

#endif
