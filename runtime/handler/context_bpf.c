/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who runs, in the kernel home: from helpers, and from the task by relocatable offsets.
 */
#include "runtime/handler/home.h"

INLINE i64 fn_pid(struct run *run)
{
	(void)run;
	return (i64)(bpf_get_current_pid_tgid() >> 32);
}

INLINE i64 fn_tid(struct run *run)
{
	(void)run;
	return (i64)(bpf_get_current_pid_tgid() & 0xffffffff);
}

INLINE i64 fn_uid(struct run *run)
{
	(void)run;
	return (i64)(bpf_get_current_uid_gid() & 0xffffffff);
}

INLINE i64 fn_gid(struct run *run)
{
	(void)run;
	return (i64)(bpf_get_current_uid_gid() >> 32);
}

INLINE i64 fn_cpu(struct run *run)
{
	(void)run;
	return bpf_get_smp_processor_id();
}

INLINE void fn_execname(struct run *run, char *dst, u32 size)
{
	(void)run;
	bpf_get_current_comm(dst, size < 16 ? size : 16);
}
