/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The few kernel structures whose fields the library reads. Offsets are the running kernel's:
 * libbpf relocates them when a program is loaded.
 */
#ifndef SPILE_HANDLER_TASK_BPF_H
#define SPILE_HANDLER_TASK_BPF_H

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct thread_struct {
	unsigned long fsbase;
};

struct kuid {
	u32 val;
};

struct cred {
	struct kuid euid;
	struct kuid egid;
};

struct upid {
	i32 nr;
};

struct pid {
	struct upid numbers[1];
};

struct signal_struct {
	struct pid *pids[4];
};

struct inode {
	unsigned long i_ino;
	i64 i_size;
};

struct file {
	struct inode *f_inode;
};

struct mm_struct {
	struct file *exe_file;
	unsigned long start_code;
	unsigned long arg_start, arg_end, env_start, env_end;
	unsigned long saved_auxv[2];
};

struct task_struct {
	i32 pid, tgid;
	char comm[16];
	void *stack;
	struct task_struct *real_parent;
	struct signal_struct *signal;
	struct cred *cred;
	struct mm_struct *mm;
	struct thread_struct thread;
};

#pragma clang attribute pop

/* A pointer or number in kernel memory: the field of what `pointer` (a typed pointer) points to. */
#define READ_FIELD(pointer, field)                                                                 \
	({                                                                                         \
		__typeof__((pointer)->field) value_;                                               \
		bpf_probe_read_kernel(&value_, sizeof(value_),                                     \
				      __builtin_preserve_access_index(&(pointer)->field));         \
		value_;                                                                            \
	})
#define CURRENT_TASK ((struct task_struct *)bpf_get_current_task())

#endif
