/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Strings and bytes of the traced side, in the kernel home. They are read into the work
 * buffer a. A sleepable program, when a read has failed, waits for the pages and tries again.
 */
#include "runtime/handler/home.h"
#include "runtime/handler/task_bpf.h"

/* work.state while an address is written, and where the message's first digit is. */
enum { FAULT_ADDRESS, FAULT_AT, FAULT_DIGITS = 16 };

static long fault_turn(u32 i, struct text *text)
{
	struct frame *frame = text->frame;
	u64 *state = frame->work.state, digit = state[FAULT_ADDRESS] >> 60;

	state[FAULT_ADDRESS] <<= 4;
	if (!digit && state[FAULT_AT] == FAULT_DIGITS && i < 15)
		return 0; /* a leading zero */
	frame->message[BOUND(state[FAULT_AT], sizeof(frame->message) - 1)] =
		(char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
	state[FAULT_AT]++;
	return 0;
}

/* Raises "read fault at 0x...". To format it like any number takes ten times the code. */
GLOBAL int global_fault_message(struct frame *frame, u64 address)
{
	static const char start[FAULT_DIGITS + 1] = "read fault at 0x";
	struct text text = {frame};

	if (!frame)
		return 0;
	home_copy_string(frame->message, sizeof(start), (u64)start);
	frame->work.state[FAULT_ADDRESS] = address;
	frame->work.state[FAULT_AT] = FAULT_DIGITS;
	home_loop(16, fault_turn, &text);
	frame->message[BOUND(frame->work.state[FAULT_AT], sizeof(frame->message) - 1)] = 0;
	return 0;
}

static inline INLINE void read_fault(struct run *run, u64 address)
{
	run->error = ERROR_DYNAMIC;
	run->error_arg = (i64)address;
	global_fault_message(run->frame, address);
}

enum { READ_USER = 1, READ_BYTES = 2 };

/* At most n bytes, or all of n (READ_BYTES); how many, without the NUL, or negative. */
GLOBAL i64 global_read(struct frame *frame, u64 address, u64 n, u32 how)
{
	const void *from = (const void *)address;
	long got;
	u32 size;

	if (!frame)
		return FAULT;
	if (!n) { /* nothing may be anywhere: an empty slice of Rust is at 1 */
		frame->work.a[0] = 0;
		return 0;
	}
	size = at_most(n, MAX_STRING);
	if (how & READ_BYTES) {
		got = how & READ_USER ? bpf_probe_read_user(frame->work.a, size, from)
				      : bpf_probe_read_kernel(frame->work.a, size, from);
		return got ? FAULT : (i64)size;
	}
	got = how & READ_USER ? read_user_string(frame->work.a, size + 1, address)
			      : bpf_probe_read_kernel_str(frame->work.a, size + 1, from);
	return got < 1 ? FAULT : got - 1;
}

/* Waits for the pages of [address, address + n). */
GLOBAL int global_fault_in(struct frame *frame, u64 address, u64 n)
{
	u64 next = (address | 4095) + 1;

	if (!frame)
		return 0;
	bpf_copy_from_user(frame->work.state, 1, (const void *)address);
	if (next < address + n)
		bpf_copy_from_user(frame->work.state, 1, (const void *)next);
	return 0;
}

static inline INLINE i64 read_text(struct run *run, u64 address, i64 n, u32 how, u32 sleepable)
{
	i64 got = global_read(run->frame, address, n < 0 ? 0 : (u64)n, how);

	if (got < 0 && sleepable) {
		global_fault_in(run->frame, address, MAX_STRING);
		got = global_read(run->frame, address, n < 0 ? 0 : (u64)n, how);
	}
	if (got < 0)
		read_fault(run, address);
	return got;
}

static inline INLINE void string_read(struct run *run, char *dst, u32 size, u64 address, i64 n,
				      u32 how, u32 sleepable)
{
	*dst = 0;
	if (read_text(run, address, n, how, sleepable) >= 0)
		home_copy_string(dst, size, (u64)run->frame->work.a);
}

static inline INLINE void bytes_quoted(struct run *run, char *dst, u32 size, u64 address, i64 n,
				       i64 most, u32 how, u32 sleepable)
{
	i64 got = read_text(run, address, n, how | READ_BYTES, sleepable);

	*dst = 0;
	if (got < 0)
		return;
	global_escape(run->frame, (u32)got, escape_most(size, most, 1), 1);
	home_copy_string(dst, size, (u64)run->frame->work.b);
}

static inline INLINE i64 number_read(struct run *run, u64 address, i64 size, u32 user, u32 sleepable)
{
	u64 value = 0;
	u32 n = (u32)BOUND(size, 7);
	long failed;

	if (size == 8)
		n = 8;
	failed = user ? bpf_probe_read_user(&value, n, (const void *)address)
		      : bpf_probe_read_kernel(&value, n, (const void *)address);
	if (failed && sleepable)
		failed = bpf_copy_from_user(&value, n, (const void *)address);
	if (failed)
		read_fault(run, address);
	return failed ? 0 : (i64)value;
}

INLINE void fn_user_string_n(struct run *run, char *dst, u32 size, i64 address, i64 n)
{
	string_read(run, dst, size, (u64)address, n, READ_USER, 0);
}

INLINE void fn_user_string_n_sleepable(struct run *run, char *dst, u32 size, i64 address, i64 n)
{
	string_read(run, dst, size, (u64)address, n, READ_USER, 1);
}

INLINE void fn_user_string(struct run *run, char *dst, u32 size, i64 address)
{
	string_read(run, dst, size, (u64)address, size - 1, READ_USER, 0);
}

INLINE void fn_user_string_sleepable(struct run *run, char *dst, u32 size, i64 address)
{
	string_read(run, dst, size, (u64)address, size - 1, READ_USER, 1);
}

INLINE void fn_kernel_string_n(struct run *run, char *dst, u32 size, i64 address, i64 n)
{
	string_read(run, dst, size, (u64)address, n, 0, 0);
}

INLINE void fn_kernel_string(struct run *run, char *dst, u32 size, i64 address)
{
	string_read(run, dst, size, (u64)address, size - 1, 0, 0);
}

INLINE void fn_user_bytes_quoted(struct run *run, char *dst, u32 size, i64 address, i64 n, i64 most)
{
	bytes_quoted(run, dst, size, (u64)address, n, most, READ_USER, 0);
}

INLINE void fn_user_bytes_quoted_sleepable(struct run *run, char *dst, u32 size, i64 address, i64 n,
					   i64 most)
{
	bytes_quoted(run, dst, size, (u64)address, n, most, READ_USER, 1);
}

INLINE void fn_kernel_bytes_quoted(struct run *run, char *dst, u32 size, i64 address, i64 n, i64 most)
{
	bytes_quoted(run, dst, size, (u64)address, n, most, 0, 0);
}

INLINE i64 fn_user_read(struct run *run, i64 address, i64 size)
{
	return number_read(run, (u64)address, size, 1, 0);
}

INLINE i64 fn_user_read_sleepable(struct run *run, i64 address, i64 size)
{
	return number_read(run, (u64)address, size, 1, 1);
}

INLINE i64 fn_kernel_read(struct run *run, i64 address, i64 size)
{
	return number_read(run, (u64)address, size, 0, 0);
}

/* ---- arguments and environment of the process ------------------------------------------------------- */

/* work.state while strings in user memory are gone through. */
enum { WALK_AT, WALK_END, WALK_SKIP, WALK_FOUND };

static long argument_turn(u32 i, struct text *text)
{
	struct work *work = &text->frame->work;
	long got;

	if (work->state[WALK_AT] >= work->state[WALK_END])
		return 1;
	got = read_user_string(work->a, MAX_STRING, work->state[WALK_AT]);
	if (got < 1)
		return 1;
	work->state[WALK_AT] += (u64)got;
	work->state[WALK_FOUND] = i == work->state[WALK_SKIP];
	return work->state[WALK_FOUND] != 0;
}

/* 1, and argument n in a; 0: there is no such argument. */
GLOBAL u32 global_cmdline_arg(struct frame *frame, u64 n)
{
	struct task_struct *task = CURRENT_TASK;
	struct text text = {frame};
	struct mm_struct *mm;

	if (!frame)
		return 0;
	mm = READ_FIELD(task, mm);
	frame->work.state[WALK_AT] = READ_FIELD(mm, arg_start);
	frame->work.state[WALK_END] = READ_FIELD(mm, arg_end);
	frame->work.state[WALK_SKIP] = n;
	frame->work.state[WALK_FOUND] = 0;
	home_loop(1 << 17, argument_turn, &text);
	return frame->work.state[WALK_FOUND] != 0;
}

/* Compares "name=" of the variable in a with the name in c. */
static long prefix_turn(u32 i, struct text *text)
{
	struct work *work = &text->frame->work;
	char c = work->a[BOUND(i, WORK_MASK)], wanted = text_c(text->frame)[BOUND(i, WORK_MASK)];

	if (!wanted && c == '=')
		work->state[WALK_SKIP] = i + 1;
	return !wanted || c != wanted;
}

static long variable_turn(u32 i, struct text *text)
{
	struct frame *frame = text->frame;
	struct work *work = &frame->work;
	long got;

	(void)i;
	if (work->state[WALK_AT] >= work->state[WALK_END])
		return 1;
	got = read_user_string(work->a, MAX_STRING, work->state[WALK_AT]);
	if (got < 1)
		return 1;
	work->state[WALK_AT] += (u64)got;
	work->state[WALK_SKIP] = 0;
	home_loop(MAX_STRING, prefix_turn, text);
	work->state[WALK_FOUND] = work->state[WALK_SKIP];
	return work->state[WALK_FOUND] != 0;
}

/* The place in a where the value of the variable begins, or 0. */
GLOBAL u64 global_env_var(struct frame *frame, u64 name)
{
	struct task_struct *task = CURRENT_TASK;
	struct text text = {frame};
	struct mm_struct *mm;

	if (!frame)
		return 0;
	home_copy_string(text_c(frame), MAX_STRING, name);
	mm = READ_FIELD(task, mm);
	frame->work.state[WALK_AT] = READ_FIELD(mm, env_start);
	frame->work.state[WALK_END] = READ_FIELD(mm, env_end);
	frame->work.state[WALK_FOUND] = 0;
	home_loop(1 << 17, variable_turn, &text);
	return frame->work.state[WALK_FOUND];
}

INLINE i64 fn_has_cmdline_arg(struct run *run, i64 n)
{
	return global_cmdline_arg(run->frame, (u64)n);
}

INLINE void fn_cmdline_arg(struct run *run, char *dst, u32 size, i64 n)
{
	*dst = 0;
	if (global_cmdline_arg(run->frame, (u64)n))
		home_copy_string(dst, size, (u64)run->frame->work.a);
}

INLINE void fn_env_var(struct run *run, char *dst, u32 size, const char *name)
{
	u64 at = global_env_var(run->frame, home_address(run->frame, name));

	*dst = 0;
	if (at)
		home_copy_string(dst, size, (u64)(run->frame->work.a + BOUND(at, WORK_MASK)));
}

/* ---- for load_base.c and wide.c ----------------------------------------------------------------- */

static inline INLINE long home_read_word(u64 address, u32 waits, u64 *word)
{
	long failed = bpf_probe_read_user(word, 8, (const void *)address);

	if (failed && waits)
		failed = bpf_copy_from_user(word, 8, (const void *)address);
	return failed;
}

static inline INLINE void home_auxiliary(u32 i, u64 *type, u64 *value)
{
	struct task_struct *task = CURRENT_TASK;
	struct mm_struct *mm = READ_FIELD(task, mm);
	const char *at = __builtin_preserve_access_index((const char *)&mm->saved_auxv);

	at += i * 16;
	bpf_probe_read_kernel(type, 8, at);
	bpf_probe_read_kernel(value, 8, at + 8);
}


static inline INLINE long home_read_unit(u64 address, u32 four, u64 user, u32 *unit)
{
	const void *from = (const void *)address;

	*unit = 0;
	if (user)
		return four ? bpf_probe_read_user(unit, 4, from) : bpf_probe_read_user(unit, 2, from);
	return four ? bpf_probe_read_kernel(unit, 4, from) : bpf_probe_read_kernel(unit, 2, from);
}

static inline INLINE void home_wait_for_memory(struct frame *frame, u64 address)
{
	global_fault_in(frame, address, 4);
}

static inline INLINE void home_raise_fault(struct run *run, u64 address)
{
	read_fault(run, address);
}
