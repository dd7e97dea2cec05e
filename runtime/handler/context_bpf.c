/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who runs, in the kernel home: from helpers, and from the task by relocatable offsets.
 */
#include "runtime/handler/home.h"
#include "runtime/handler/task_bpf.h"

/* Only the tracer looks for those that were there before it. */
INLINE i64 fn_target_descendant(struct run *run, i64 n)
{
	(void)run;
	(void)n;
	return 0;
}

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

INLINE i64 fn_task_current(struct run *run)
{
	(void)run;
	return (i64)bpf_get_current_task();
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

/* ---- from the task ---------------------------------------------------------------------------- */

INLINE i64 fn_ppid(struct run *run)
{
	struct task_struct *task = CURRENT_TASK, *parent;

	(void)run;
	parent = READ_FIELD(task, real_parent);
	return READ_FIELD(parent, tgid);
}

INLINE void fn_pexecname(struct run *run, char *dst, u32 size)
{
	struct task_struct *task = CURRENT_TASK, *parent;

	(void)run;
	parent = READ_FIELD(task, real_parent);
	home_copy_string(dst, size < 16 ? size : 16,
			 (u64)__builtin_preserve_access_index(&parent->comm));
}

/* The kernel's enum pid_type. */
enum { TYPE_GROUP = 2, TYPE_SESSION = 3 };

static inline INLINE i64 id_of_type(u32 type)
{
	struct task_struct *task = CURRENT_TASK;
	struct signal_struct *signal = READ_FIELD(task, signal);
	struct pid *pid = READ_FIELD(signal, pids[type]);

	return READ_FIELD(pid, numbers[0].nr);
}

INLINE i64 fn_pgrp(struct run *run)
{
	(void)run;
	return id_of_type(TYPE_GROUP);
}

INLINE i64 fn_sid(struct run *run)
{
	(void)run;
	return id_of_type(TYPE_SESSION);
}

INLINE i64 fn_euid(struct run *run)
{
	struct task_struct *task = CURRENT_TASK;
	struct cred *cred = READ_FIELD(task, cred);

	(void)run;
	return READ_FIELD(cred, euid.val);
}

INLINE i64 fn_egid(struct run *run)
{
	struct task_struct *task = CURRENT_TASK;
	struct cred *cred = READ_FIELD(task, cred);

	(void)run;
	return READ_FIELD(cred, egid.val);
}

/* ---- the program that runs --------------------------------------------------------------------- */

static INLINE struct inode *program_inode(void)
{
	struct task_struct *task = CURRENT_TASK;
	struct mm_struct *mm = READ_FIELD(task, mm);
	struct file *file = READ_FIELD(mm, exe_file);

	return READ_FIELD(file, f_inode);
}

INLINE i64 fn_program_inode(struct run *run)
{
	struct inode *inode = program_inode();

	(void)run;
	return READ_FIELD(inode, i_ino);
}

INLINE i64 fn_program_size(struct run *run)
{
	struct inode *inode = program_inode();

	(void)run;
	return READ_FIELD(inode, i_size);
}
