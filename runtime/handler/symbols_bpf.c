/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses, registers and stacks of the traced side, in the kernel home. Names of addresses are
 * deferred: abi.h draws the tokens. A stack is walked by bpf_get_stack() into the work buffer a
 * and written as text in b.
 */
#include "runtime/handler/arch_x86_64.h"
#include "runtime/handler/home.h"
#include "runtime/handler/task_bpf.h"

enum { USER_STACK = 1 << 8, HEX_MOST = 16, IDENTITY_MOST = 32 };

/* ---- text in b, which ends at work.at --------------------------------------------------------- */

static inline INLINE void defer_char(struct work *work, u32 c)
{
	work->b[BOUND(work->at, WORK_MASK)] = (char)c;
	work->at++;
}

static inline INLINE u32 hex_digits(u64 value)
{
	u32 n = 1;

	for (u32 i = 1; i < HEX_MOST; i++)
		n += value >> (4 * i) != 0;
	return n;
}

/* Always writes HEX_MOST characters; those beyond the last digit are overwritten by what follows. */
static inline INLINE void defer_hex(struct work *work, u64 value)
{
	u32 n = hex_digits(value);
	char *to = work->b + BOUND(work->at, WORK_MASK);

	for (u32 i = 0; i < HEX_MOST; i++) {
		u64 digit = value >> (((n - 1 - i) * 4) & 63) & 15;

		to[i] = (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
	}
	work->at += n;
}

static inline INLINE void defer_process(struct work *work)
{
	struct task_struct *task = CURRENT_TASK;
	struct mm_struct *mm = READ_FIELD(task, mm);

	defer_hex(work, bpf_get_current_pid_tgid() >> 32);
	defer_char(work, ',');
	defer_hex(work, READ_FIELD(mm, start_code));
}

static inline INLINE void defer_identity(struct work *work)
{
	defer_char(work, DEFER);
	defer_char(work, DEFER_PROCESS);
	defer_process(work);
	defer_char(work, DEFER_END);
}

/* A token of one address, in b. */
GLOBAL int global_symbol(struct frame *frame, u32 kind, u64 address)
{
	if (!frame)
		return 0;
	frame->work.at = 0;
	defer_char(&frame->work, DEFER);
	defer_char(&frame->work, kind & 0xff);
	if (kind & USER_STACK && (i64)address >= 0)
		defer_process(&frame->work);
	defer_char(&frame->work, ':');
	defer_hex(&frame->work, address);
	defer_char(&frame->work, DEFER_END);
	defer_char(&frame->work, 0);
	return 0;
}

INLINE void fn_symbol(struct run *run, char *dst, u32 size, i64 kind, i64 address)
{
	global_symbol(run->frame, (u32)kind & 0xff, (u64)address);
	home_copy_string(dst, size, (u64)run->frame->work.b);
}

INLINE void fn_symbol_user(struct run *run, char *dst, u32 size, i64 kind, i64 address)
{
	global_symbol(run->frame, ((u32)kind & 0xff) | USER_STACK, (u64)address);
	home_copy_string(dst, size, (u64)run->frame->work.b);
}

INLINE void fn_symbol_defer(struct run *run, char *dst, u32 size, const char *text)
{
	(void)run;
	home_copy_string(dst, size, (u64)text);
}

INLINE void fn_symbol_keep(struct run *run, char *dst, u32 size, const char *text)
{
	(void)run;
	home_copy_string(dst, size, (u64)text);
}

/* ---- stacks ------------------------------------------------------------------------------------- */

/* work.state while a stack is written. */
enum { STACK_MOST = 3 };

/* Addresses in a; how many. */
static inline INLINE u32 stack_walk(struct run *run, u32 flags)
{
	long got = bpf_get_stack(run->ctx, run->frame->work.a, STACK_DEPTH * 8, flags);

	return got < 8 ? 0 : (u32)BOUND(got / 8, 127);
}

/*
 * The return address of a function that has not made its frame yet is above the stack pointer,
 * where the walk along frame pointers does not see it: puts it second. n: addresses in a.
 */
GLOBAL u32 global_stack_insert(struct frame *frame, u32 n, u64 address)
{
	u64 *stack;

	if (!frame)
		return 0;
	stack = (u64 *)frame->work.a;
	if (!n || !address || (n > 1 && stack[1] == address))
		return n;
	n = (u32)BOUND(n < STACK_DEPTH ? n : STACK_DEPTH - 1, 127);
	home_copy(frame->work.b, n * 8, (u64)stack);
	stack[1] = address;
	home_copy(stack + 2, (u32)BOUND(n * 8 - 8, 1023), (u64)(frame->work.b + 8));
	return n + 1;
}

/* slot: 1 + the distance of the return address from the stack pointer, 0: walk as it is. */
static inline INLINE u32 stack_walk_user(struct run *run, i64 slot)
{
	u32 n = stack_walk(run, USER_STACK);
	u64 pointer = 0, address = 0;

	if (slot <= 0)
		return n;
	bpf_probe_read_kernel(&pointer, 8, (const char *)run->ctx + ARCH_STACK * 8);
	if (bpf_probe_read_user(&address, 8, (const void *)(pointer + (u64)slot - 1)))
		return n;
	return global_stack_insert(run->frame, n, address);
}

static long stack_turn(u32 i, struct text *text)
{
	struct work *work = &text->frame->work;

	if (work->at >= work->state[STACK_MOST])
		return 1;
	if (i)
		defer_char(work, ' ');
	defer_char(work, '0');
	defer_char(work, 'x');
	defer_hex(work, *(u64 *)(work->a + BOUND(i * 8, WORK_MASK)));
	return 0;
}

/* n addresses in a become text in b; size: of the string that it goes to. */
GLOBAL int global_stack_text(struct frame *frame, u32 kind, u32 n, u32 size)
{
	struct text text = {frame};
	struct work *work;

	if (!frame)
		return 0;
	work = &frame->work;
	work->at = 0;
	work->state[STACK_MOST] = size < 100 ? 0 : size - HEX_MOST - IDENTITY_MOST - 8;
	if (kind & 0xff) {
		defer_char(work, DEFER);
		defer_char(work, kind & 0xff);
	}
	home_loop(n, stack_turn, &text);
	if (kind & USER_STACK)
		defer_identity(work);
	if (kind & 0xff)
		defer_char(work, DEFER_STACK_END);
	defer_char(work, 0);
	return 0;
}

static inline INLINE u32 at_most_frames(u32 walked, i64 n)
{
	return n >= 0 && (u64)n < walked ? (u32)n : walked;
}

INLINE void fn_stack_user(struct run *run, char *dst, u32 size, i64 kind, i64 n, i64 slot)
{
	u32 walked = at_most_frames(stack_walk_user(run, slot), n);

	*dst = 0;
	if (!walked)
		return;
	global_stack_text(run->frame, (u32)kind | USER_STACK, walked, size);
	home_copy_string(dst, size, (u64)run->frame->work.b);
}

/* work.state while the first frames of a stack are looked at. */
enum { OWN_FRAMES = 4, OWN_RUN = 5 };

static inline INLINE u32 is_in_code(const struct shared *shared, u32 which, u64 address)
{
	return address - shared->own_code[2 * which] < shared->own_code[2 * which + 1];
}

/*
 * Frame i is not of what is traced: a program or trampoline, which is outside of the kernel
 * itself; what called the program; or in between. A module is only met behind the second.
 */
static long own_turn(u32 i, struct text *text)
{
	const struct shared *shared = home_shared();
	struct work *work = &text->frame->work;
	u64 address = *(u64 *)(work->a + BOUND(i * 8, WORK_MASK));
	u32 own = !work->state[OWN_RUN] && !is_in_code(shared, OWN_CODE_KERNEL, address);

	if (is_in_code(shared, OWN_CODE_RUN, address))
		own = 1, work->state[OWN_RUN] = 1;
	for (u32 other = OWN_CODE_OTHERS; other < OWN_CODE; other++)
		own |= is_in_code(shared, other, address);
	if (own)
		work->state[OWN_FRAMES] = i + 1;
	return !own;
}

GLOBAL u32 global_own_frames(struct frame *frame, u32 n)
{
	struct text text = {frame};

	if (!frame || !home_shared()->own_code[1])
		return 0;
	frame->work.state[OWN_FRAMES] = frame->work.state[OWN_RUN] = 0;
	home_loop(n < 16 ? n : 16, own_turn, &text);
	return (u32)frame->work.state[OWN_FRAMES];
}

/* Where there are arguments (memory_bpf.c), the walk begins in the handler. */
static inline INLINE u32 stack_walk_kernel(struct run *run, i64 context)
{
	u32 n = stack_walk(run, 0), own;

	if (context != WITH_ARGS)
		return n;
	own = global_own_frames(run->frame, n);
	return own ? stack_walk(run, own & 0xff) : n;
}

INLINE void fn_stack_kernel(struct run *run, char *dst, u32 size, i64 kind, i64 n, i64 context)
{
	u32 walked = at_most_frames(stack_walk_kernel(run, context), n);

	*dst = 0;
	if (!walked)
		return;
	global_stack_text(run->frame, (u32)kind, walked, size);
	home_copy_string(dst, size, (u64)run->frame->work.b);
}

/* A whole stack is longer than most strings may be. */
static inline INLINE void stack_print(struct run *run, u32 kind, u32 walked)
{
	if (!walked)
		return;
	global_stack_text(run->frame, kind, walked, MAX_STRING);
	out_begin(run, RECORD_TEXT, 0, 8 + MAX_STRING);
	out_string(run, run->frame->work.b, MAX_STRING);
	out_end(run);
}

INLINE void fn_stack_print_user(struct run *run, i64 kind, i64 slot)
{
	stack_print(run, (u32)kind | USER_STACK, stack_walk_user(run, slot));
}

INLINE void fn_stack_print_kernel(struct run *run, i64 kind)
{
	stack_print(run, (u32)kind, stack_walk(run, 0));
}

static inline INLINE i64 stack_at(struct run *run, u32 walked, i64 n)
{
	if (n < 0 || (u64)n >= walked)
		return 0;
	return *(i64 *)(run->frame->work.a + BOUND(n * 8, 1016));
}

INLINE i64 fn_stack_user_at(struct run *run, i64 n, i64 slot)
{
	return stack_at(run, stack_walk_user(run, slot), n);
}

INLINE i64 fn_stack_kernel_at(struct run *run, i64 n, i64 context)
{
	return stack_at(run, stack_walk_kernel(run, context), n);
}

/* ---- registers ------------------------------------------------------------------------------------ */

/* The compiler's enum context_kind, as far as there are registers. */
enum { WITH_PT_REGS = 1, WITH_PERF = 4 };

/* Where the saved registers are, or 0. */
static inline INLINE u64 registers_at(struct run *run, i64 context)
{
	u64 address = 0;

	if (context == WITH_PT_REGS)
		bpf_probe_read_kernel(&address, 8, &run->ctx);
	else if (context == WITH_PERF)
		bpf_probe_read_kernel(&address, 8, run->ctx);
	return address;
}

INLINE i64 fn_register_at(struct run *run, i64 index, i64 context)
{
	u64 registers = registers_at(run, context);
	i64 value = 0;

	if (registers)
		bpf_probe_read_kernel(&value, 8, (const void *)(registers + (u64)index * 8));
	return value;
}

/* The kernel tells where a function begins; a breakpoint inside of one is a byte before its regs->ip. */
INLINE i64 fn_addr(struct run *run, i64 context, i64 of_function)
{
	u64 address = of_function ? bpf_get_func_ip(run->ctx) : 0;

	if (address)
		return (i64)address;
	address = (u64)fn_register_at(run, REGS_IP, context);
	return (i64)(of_function && address ? address - 1 : address);
}

INLINE i64 fn_register(struct run *run, const char *name, i64 context)
{
	u64 registers = registers_at(run, context), packed = 0;
	u32 found;
	i64 value = 0;

	if (!registers) {
		handler_raise(run, "there are no registers at this probe");
		return 0;
	}
	home_copy_string((char *)&packed, 8, (u64)name);
	found = arch_register_named(packed);
	if (!found) {
		handler_raise(run, "there is no such register");
		return 0;
	}
	bpf_probe_read_kernel(&value, 8, (const void *)(registers + (found & 31) * 8));
	return found & REGS_NAMED_32 ? (i32)value : value;
}
