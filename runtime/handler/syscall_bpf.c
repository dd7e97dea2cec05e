/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System calls in the kernel home: names, and arguments as strace prints them, by the one table
 * (compiler/probes/syscalls.table).
 */
#include "runtime/handler/functions.h"
#include "runtime/handler/syscall_lists.h"
#include "runtime/handler/syscall_structures.h"

/* ---- the call ---------------------------------------------------------------------------------------- */

/* Words of pt_regs that hold the arguments. */
static const u8 argument_registers[6] = {REGS_DI, REGS_SI, REGS_DX, REGS_R10, REGS_R8, REGS_R9};

/* TS_COMPAT in thread_info, which task_struct begins with: { flags, syscall_work, status }. */
INLINE i64 fn_syscall_compat(struct run *run)
{
	u32 status = 0;

	(void)run;
	bpf_probe_read_kernel(&status, 4, (const char *)bpf_get_current_task() + 16);
	return (status & 2) != 0;
}

enum { NR_RT_SIGRETURN = 15, NR_URETPROBE = 335, NR_UPROBE = 336 };

/*
 * The number of a call that ends, by its context: struct pt_regs, result. Three have put -1 in
 * its place. Two of them return to code of the kernel's own in the process, behind their
 * "syscall": pop %r11, pop %rcx, ret; pop %rax before that.
 */
INLINE i64 fn_syscall_ended(struct run *run, i64 number)
{
	u64 registers = ((const volatile u64 *)run->ctx)[0], address = 0, code = 0;

	if (number != -1)
		return number;
	bpf_probe_read_kernel(&address, 8, (const u64 *)registers + ARCH_PC);
	bpf_probe_read_user(&code, 8, (const void *)(address - 2));
	if ((code & 0xffffffffffffull) == 0xc3595b41050full)
		return NR_URETPROBE;
	return (code & 0xffffffffffffffull) == 0xc3595b4158050full ? NR_UPROBE : NR_RT_SIGRETURN;
}

/* ---- an argument, all arguments ------------------------------------------------------------------------------ */

/* The argument that `param` names, as a number. */
static inline INLINE u64 other_argument(struct print *print, u32 param)
{
	return print->args[BOUND(param, 7)];
}

enum { NR_POLL = 7, NR_SELECT = 23, NR_CLONE = 56, NR_WAIT4 = 61, NR_FCNTL = 72, NR_PPOLL = 271 };

enum { SOL_NETLINK = 270, SO_LINGER = 13, SO_PEERCRED = 17, IP_ADD_MEMBERSHIP = 35,
       IP_DROP_MEMBERSHIP = 36 };

/* The table of options that a level has, or none. */
static inline INLINE u32 options_of(u64 level)
{
	switch (level) {
	case 0:
		return TABLE_ipopt;
	case 1:
		return TABLE_so;
	case 6:
		return TABLE_tcp;
	case 17:
		return TABLE_udp;
	case 41:
		return TABLE_ip6opt;
	case 263:
		return TABLE_packetopt;
	case SOL_NETLINK:
		return TABLE_nlopt;
	default:
		return FLAG_TABLES;
	}
}

static inline INLINE void put_option_name(struct frame *frame, u64 level, u32 value)
{
	u32 table = options_of(level);

	if (table != FLAG_TABLES)
		global_put_flags(frame, table, value, 1);
	else
		put_unsigned(frame, value);
}

/* An option of a socket: a number, when it has the size of one. */
static inline INLINE int put_option(struct frame *frame, u64 address, u32 length)
{
	u64 level = PRINT(frame)->args[1], name = PRINT(frame)->args[2];

	if (level == 1 && name == SO_LINGER && length == 8)
		return global_put_members(frame, address, STRUCTURE_linger, 0);
	if (level == 1 && name == SO_PEERCRED && length == 12)
		return global_put_members(frame, address, STRUCTURE_ucred, 0);
	if (level == 0 && (name == IP_ADD_MEMBERSHIP || name == IP_DROP_MEMBERSHIP) && length >= 8) {
		put_membership(frame, address);
		return 0;
	}
	if (length == 4)
		return global_put_structure(frame, address, KIND_int);
	return global_put_buffer(frame, address, length);
}

/* The name of a request, or the four numbers that it is made of. */
GLOBAL int global_put_request(struct frame *frame, u64 request)
{
	struct printing printing = {frame};
	u64 way = request >> 30 & 3;

	if (!frame)
		return 0;
	PRINT(frame)->value = request;
	PRINT(frame)->some = 0;
	PRINT(frame)->first = tables[TABLE_ioctl].first;
	home_loop(tables[TABLE_ioctl].n, exact_turn, &printing);
	if (PRINT(frame)->some)
		return 0;
	put(frame, way == 3 ? "_IOC(_IOC_READ|_IOC_WRITE, " : way == 2 ? "_IOC(_IOC_READ, " :
		   way == 1 ? "_IOC(_IOC_WRITE, " : "_IOC(_IOC_NONE, ");
	put_hex(frame, request >> 8 & 0xff);
	put(frame, ", ");
	put_hex(frame, request & 0xff);
	put(frame, ", ");
	put_hex(frame, request >> 16 & 0x3fff);
	put_char(frame, ')');
	return 0;
}

/* clone(): strace names the arguments, and tells what the flags make one of. */
static inline INLINE void put_clone(struct frame *frame)
{
	struct print *print = PRINT(frame);
	u64 with = print->args[0] & ~0xffull, sig = print->args[0] & 0xff;
	u64 stack = print->args[1], parent = print->args[2], child = print->args[3];
	u64 tls = print->args[4];

	put(frame, "child_stack=");
	put_pointer(frame, stack);
	put(frame, ", flags=");
	if (with || !sig)
		global_put_flags(frame, TABLE_clone, with, 0);
	if (with && sig)
		put_char(frame, '|');
	if (sig)
		put_signal(frame, (i32)sig);
	if (with & 0x101000) {
		put(frame, ", parent_tid=");
		if (print->done && print->result > 0)
			put_one(frame, parent);
		else
			put_pointer(frame, parent);
	}
	if (with & 0x80000) {
		put(frame, ", tls=");
		put_hex(frame, tls);
	}
	if (with & 0x1200000) {
		put(frame, ", child_tidptr=");
		put_pointer(frame, child);
	}
}

/* The length of an address that the kernel wrote. */
static inline INLINE u32 length_at(u64 address)
{
	u32 length = 0;

	bpf_probe_read_user(&length, 4, (const void *)address);
	return length;
}

/* How much there is: what the call returned, or what another argument says. */
static inline INLINE u64 amount_of(struct print *print, const struct argument *argument)
{
	return argument->out ? (u64)print->result : other_argument(print, argument->param);
}

/* Text and bytes; false for any other kind. */
static inline INLINE bool put_bytes(struct frame *frame, const struct argument *argument, u64 value)
{
	struct print *print = PRINT(frame);
	u64 other = other_argument(print, argument->param), amount = amount_of(print, argument);

	switch (argument->kind) {
	case KIND_path:
		global_put_string(frame, value, 0);
		return true;
	case KIND_str:
		global_put_string(frame, value, argument->out ? 0 : CUT);
		return true;
	case KIND_buf:
		if (argument->out && argument->param && !other)
			put_pointer(frame, value); /* it was asked how much there is */
		else
			global_put_buffer(frame, value, amount);
		return true;
	case KIND_kept:
		global_put_buffer(frame, value, amount < other ? amount : other);
		return true;
	case KIND_hexbuf:
		global_put_hex_buffer(frame, value, amount);
		return true;
	case KIND_msgbuf:
		global_put_queued(frame, value, other);
		return true;
	default:
		return false;
	}
}

/* Elements and sets that are counted; false for any other kind. */
static inline INLINE bool put_counted(struct frame *frame, const struct argument *argument, u64 value)
{
	struct print *print = PRINT(frame);
	u64 other = other_argument(print, argument->param), amount = amount_of(print, argument);

	switch (argument->kind) {
	case KIND_msg: /* of one message, the bytes; of many, how many there are */
		put_messages(frame, value, true, argument->out ? amount : ~0ull);
		return true;
	case KIND_mmsg:
		put_messages(frame, value, false, amount);
		return true;
	case KIND_iov:
		global_put_iov(frame, value, other, argument->out ? amount : ~0ull);
		return true;
	case KIND_sembuf:
		global_put_semaphores(frame, value, other);
		return true;
	case KIND_fdset:
		global_put_bits(frame, value, other);
		return true;
	case KIND_cpuset:
		global_put_bits(frame, value, 8 * amount);
		return true;
	case KIND_ints:
		global_put_ints(frame, value, amount);
		return true;
	case KIND_nodes:
		global_put_nodes(frame, value, other);
		return true;
	case KIND_epevs:
		global_put_events(frame, value, amount);
		return true;
	case KIND_dents:
		global_put_entries(frame, value, amount);
		return true;
	case KIND_argv:
	case KIND_envp:
		global_put_strings(frame, value, argument->kind);
		return true;
	case KIND_pollfd:
		global_put_poll(frame, value, other);
		return true;
	default:
		return false;
	}
}

/* What depends on other arguments; false for any other kind. */
static inline INLINE bool put_dependent(struct frame *frame, const struct argument *argument, u32 at,
					u64 value)
{
	struct print *print = PRINT(frame);
	u64 other = other_argument(print, argument->param);

	switch (argument->kind) {
	case KIND_s:
		global_put_members(frame, value, argument->param, 0);
		return true;
	case KIND_sz:
		global_put_members(frame, value, argument->param, (u32)other_argument(print, at + 1));
		return true;
	case KIND_sa:
		global_put_sockaddr(frame, value, argument->out ? length_at(other) : (u32)other);
		return true;
	case KIND_opt:
		put_option(frame, value, argument->out ? length_at(other) : (u32)other);
		return true;
	case KIND_optname:
		put_option_name(frame, (u32)print->args[1], (u32)value);
		return true;
	case KIND_request:
		global_put_request(frame, (u32)value);
		return true;
	default:
		return false;
	}
}

static inline INLINE bool is_scalar(u32 kind)
{
	return kind == KIND_d || kind == KIND_u || kind == KIND_ld || kind == KIND_lu ||
	       kind == KIND_x || kind == KIND_lx || kind == KIND_p || kind == KIND_fd ||
	       kind == KIND_at || kind == KIND_uid || kind == KIND_mode || kind == KIND_mkmode ||
	       kind == KIND_sig || kind == KIND_dev || kind == KIND_e || kind == KIND_f ||
	       kind == KIND_le || kind == KIND_lf || kind == KIND_fm || kind == KIND_prio ||
	       kind == KIND_qcmd || kind == KIND_fan || kind == KIND_ethp || kind == KIND_key;
}

GLOBAL int global_put_argument(struct frame *frame, u32 number, u32 at)
{
	const struct argument *argument;
	struct print *print;
	u64 value;

	if (!frame)
		return 0;
	print = PRINT(frame);
	at = (u32)BOUND(at, 7);
	argument = &rows[BOUND(print->row, ROWS - 1)].args[at];
	value = print->args[at];
	if (at >= rows[BOUND(print->row, ROWS - 1)].n) { /* it means nothing here */
		put_hex(frame, value);
		return 0;
	}
	if (argument->out &&
	    (!has_succeeded(print) || (number == NR_WAIT4 && !print->result))) {
		put_pointer(frame, value);
		return 0;
	}
	if (is_scalar(argument->kind))
		return global_put_scalar(frame, argument->kind, argument->param, value);
	if (put_bytes(frame, argument, value) || put_counted(frame, argument, value) ||
	    put_dependent(frame, argument, at, value))
		return 0;
	return global_put_structure(frame, value, argument->kind);
}

static long case_turn(u32 i, struct printing *printing)
{
	struct print *print = PRINT(printing->frame);
	const struct case_entry *entry = &cases[BOUND(print->first + i, CASES - 1)];

	if (((u32)print->args[entry->at & 7] & entry->mask) != entry->value)
		return 0;
	print->row = entry->row;
	return 1;
}

GLOBAL int global_syscall_begin(struct frame *frame, u64 regs, u32 number, u64 result, u32 done)
{
	const struct call_entry *call = &calls[BOUND(number, CALLS - 1)];
	struct printing printing = {frame};
	struct print *print;

	if (!frame)
		return 0;
	print = PRINT(frame);
	frame->work.at = 0;
	frame->work.a[0] = 0;
	print->done = done;
	print->result = (i64)result;
	for (u32 i = 0; i < 6; i++) {
		print->args[i] = 0;
		bpf_probe_read_kernel(&print->args[i], 8,
				      (const u64 *)regs + argument_registers[i]);
	}
	print->row = call->row;
	print->first = call->first_case;
	if (call->cases)
		home_loop(call->cases, case_turn, &printing);
	return 0;
}

static inline INLINE void put_arguments(struct frame *frame, u32 number)
{
	u32 n;

	if (number == NR_CLONE) {
		put_clone(frame);
		return;
	}
	n = rows[BOUND(PRINT(frame)->row, ROWS - 1)].n;
	for (u32 i = 0; i < 6; i++) {
		if (i >= n)
			break;
		if (rows[BOUND(PRINT(frame)->row, ROWS - 1)].args[i].kind == KIND_skip)
			continue;
		if (i)
			put(frame, ", ");
		global_put_argument(frame, number, i);
	}
}

static inline INLINE void begin(struct run *run, i64 number, i64 done)
{
	const u64 *args = run->ctx; /* of sys_enter: regs, number; of sys_exit: regs, result */

	global_syscall_begin(run->frame, args[0], (u32)number, args[1], (u32)done);
}

static inline INLINE void finish(struct run *run, char *dst, u32 size)
{
	home_copy_string(dst, size, (u64)run->frame->work.a);
}

INLINE void fn_syscall_name(struct run *run, char *dst, u32 size, i64 number)
{
	u64 at = BOUND(number, CALLS - 1);

	if (number < 0 || number >= CALLS || !calls[at].known)
		home_copy_string(dst, size, (u64) "unknown");
	else
		home_copy_string(dst, size, (u64)(names + BOUND(call_names[at], NAMES - 1)));
	(void)run;
}

INLINE void fn_syscall_argstr(struct run *run, char *dst, u32 size, i64 number, i64 done)
{
	begin(run, number, done);
	put_arguments(run->frame, (u32)number);
	finish(run, dst, size);
}

/* ---- results ---------------------------------------------------------------------------------------------------- */

/* ", " before all but the first of what select() tells. */
static inline INLINE void put_set(struct frame *frame, const char *name, u64 set)
{
	struct print *print = PRINT(frame);

	if (!set)
		return;
	put(frame, print->some_results ? ", " : " (");
	print->some_results = 1;
	put(frame, name);
	global_put_bits(frame, set, print->args[0]);
}

static inline INLINE void put_left(struct frame *frame, u64 timeout, u32 kind)
{
	if (!timeout)
		return;
	put(frame, ", left ");
	global_put_structure(frame, timeout, kind);
}

static inline INLINE void put_named_result(struct frame *frame, u32 table, i64 result)
{
	if (table & RESULT_FLAGS)
		put_hex(frame, (u64)result);
	else
		put_decimal(frame, result);
	put(frame, " (");
	if (table & RESULT_FLAGS)
		global_put_flags(frame, table & ~RESULT_FLAGS, (u64)result, 0);
	else if (table == TABLE_signal)
		put_signal(frame, (i32)result);
	else
		global_put_flags(frame, table, (u64)result, 1);
	put_char(frame, ')');
}

/* What a result stands for, when that is more than a number. */
GLOBAL int global_put_result(struct frame *frame, u32 number, i64 result)
{
	struct print *print;

	if (!frame)
		return 0;
	print = PRINT(frame);
	if (calls[BOUND(number, CALLS - 1)].result_names) {
		put_named_result(frame, calls[BOUND(number, CALLS - 1)].result_names, result);
		return 0;
	}
	if (number == NR_FCNTL && result && (print->args[1] == 1 || print->args[1] == 3))
		put_hex(frame, (u64)result);
	else
		put_decimal(frame, result);
	if (number == NR_FCNTL && (print->args[1] == 3 || (result && print->args[1] == 1))) {
		put(frame, " (flags ");
		global_put_flags(frame, print->args[1] == 3 ? TABLE_open : TABLE_fdflag, (u64)result, 0);
		put_char(frame, ')');
		return 0;
	}
	if (number == NR_FCNTL)
		return 0;
	if (!result) {
		put(frame, " (Timeout)");
		return 0;
	}
	print->some_results = 0;
	if (number == NR_POLL || number == NR_PPOLL) {
		put(frame, " (");
		global_put_ready(frame, print->args[0], print->args[1]);
		put_left(frame, number == NR_PPOLL ? print->args[2] : 0, KIND_ts);
	} else {
		put_set(frame, "in ", print->args[1]);
		put_set(frame, "out ", print->args[2]);
		put_set(frame, "except ", print->args[3]);
		put_left(frame, print->args[4], number == NR_SELECT ? KIND_tv : KIND_ts);
	}
	put_char(frame, ')');
	return 0;
}

INLINE void fn_syscall_result(struct run *run, char *dst, u32 size, i64 number, i64 result)
{
	begin(run, number, 1);
	global_put_result(run->frame, (u32)number, result);
	finish(run, dst, size);
}

/* An argument whose meaning depends on others. */
INLINE void fn_syscall_argument(struct run *run, char *dst, u32 size, i64 number, i64 at, i64 done)
{
	begin(run, number, done);
	global_put_argument(run->frame, (u32)number, (u32)at);
	finish(run, dst, size);
}

/* ---- one value, whose kind is known when the script is compiled ------------------------------------------------ */

static inline INLINE struct frame *start(struct run *run)
{
	run->frame->work.at = 0;
	run->frame->work.a[0] = 0;
	return run->frame;
}

INLINE void fn_syscall_flags(struct run *run, char *dst, u32 size, i64 table, i64 value, i64 exact)
{
	global_put_flags(start(run), (u32)table, (u64)value, (u32)exact);
	finish(run, dst, size);
}

INLINE void fn_syscall_string(struct run *run, char *dst, u32 size, i64 address, i64 most)
{
	global_put_string(start(run), (u64)address, (u32)most);
	finish(run, dst, size);
}

INLINE void fn_syscall_buffer(struct run *run, char *dst, u32 size, i64 address, i64 length)
{
	global_put_buffer(start(run), (u64)address, (u64)length);
	finish(run, dst, size);
}

INLINE void fn_syscall_sockaddr(struct run *run, char *dst, u32 size, i64 address, i64 length)
{
	global_put_sockaddr(start(run), (u64)address, (u32)length);
	finish(run, dst, size);
}

INLINE void fn_syscall_sockaddr_at(struct run *run, char *dst, u32 size, i64 address, i64 length)
{
	global_put_sockaddr(start(run), (u64)address, length_at((u64)length));
	finish(run, dst, size);
}

INLINE void fn_syscall_iov(struct run *run, char *dst, u32 size, i64 address, i64 count, i64 bytes)
{
	global_put_iov(start(run), (u64)address, (u64)count, (u64)bytes);
	finish(run, dst, size);
}

INLINE void fn_syscall_strings(struct run *run, char *dst, u32 size, i64 address, i64 kind)
{
	global_put_strings(start(run), (u64)address, (u32)kind);
	finish(run, dst, size);
}

INLINE void fn_syscall_poll(struct run *run, char *dst, u32 size, i64 address, i64 count)
{
	global_put_poll(start(run), (u64)address, (u64)count);
	finish(run, dst, size);
}

INLINE void fn_syscall_structure(struct run *run, char *dst, u32 size, i64 address, i64 kind)
{
	put_structure(start(run), (u64)address, (u32)kind);
	finish(run, dst, size);
}
