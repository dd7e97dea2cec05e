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

/* A result that is no error. */
static inline INLINE bool is_error(i64 result)
{
	return result < 0 && result >= -4095;
}

enum { NR_OPEN = 2, NR_POLL = 7, NR_IOCTL = 16, NR_SELECT = 23, NR_MREMAP = 25, NR_CLONE = 56,
       NR_WAIT4 = 61, NR_FCNTL = 72, NR_MKNOD = 133, NR_PRCTL = 157, NR_FUTEX = 202, NR_OPENAT = 257,
       NR_MQ_OPEN = 240, NR_MKNODAT = 259, NR_PSELECT6 = 270, NR_PPOLL = 271 };
enum { PR_SET_PDEATHSIG = 1, PR_GET_PDEATHSIG = 2, PR_GET_DUMPABLE = 3, PR_SET_DUMPABLE = 4,
       PR_GET_KEEPCAPS = 7, PR_SET_KEEPCAPS = 8, PR_SET_NAME = 15, PR_GET_NAME = 16,
       PR_GET_SECCOMP = 21, PR_SET_SECCOMP = 22, PR_CAPBSET_READ = 23, PR_CAPBSET_DROP = 24,
       PR_GET_SECUREBITS = 27, PR_SET_TIMERSLACK = 29, PR_GET_TIMERSLACK = 30,
       PR_SET_CHILD_SUBREAPER = 36, PR_GET_CHILD_SUBREAPER = 37, PR_SET_NO_NEW_PRIVS = 38,
       PR_SET_VMA = 0x53564d41 };
enum { O_MAKES = 0100 | 020000000 }; /* O_CREAT, __O_TMPFILE */

static inline INLINE u32 prctl_arguments(u32 option)
{
	switch (option) {
	case PR_GET_DUMPABLE:
	case PR_GET_KEEPCAPS:
	case PR_GET_SECCOMP:
	case PR_GET_SECUREBITS:
	case PR_GET_TIMERSLACK:
		return 1;
	case PR_SET_PDEATHSIG:
	case PR_GET_PDEATHSIG:
	case PR_SET_DUMPABLE:
	case PR_SET_KEEPCAPS:
	case PR_SET_NAME:
	case PR_GET_NAME:
	case PR_CAPBSET_READ:
	case PR_CAPBSET_DROP:
	case PR_SET_TIMERSLACK:
	case PR_SET_CHILD_SUBREAPER:
	case PR_GET_CHILD_SUBREAPER:
		return 2;
	case PR_SET_SECCOMP:
		return 3;
	default:
		return 5;
	}
}

/* How many arguments of the call mean something: the flags of some tell. */
static inline INLINE u32 arguments_of(struct print *print, u32 number)
{
	u32 n = calls[BOUND(number, CALLS - 1)].n;
	u64 second = print->args[1], third = print->args[2];
	u32 op = second & 127;

	switch (number) {
	case NR_MQ_OPEN:
		return second & 0100 ? n : 2;
	case NR_OPEN:
		return second & O_MAKES ? n : n - 1;
	case NR_OPENAT:
		return third & O_MAKES ? n : n - 1;
	case NR_MKNOD: /* S_IFCHR and S_IFBLK have a device */
		return (second & 0120000) == 020000 ? n : n - 1;
	case NR_MKNODAT:
		return (third & 0120000) == 020000 ? n : n - 1;
	case NR_MREMAP:
		return print->args[3] & 2 ? n : n - 1;
	case NR_FCNTL: /* F_GETFD, F_GETFL, F_GETOWN, F_GETSIG, F_GETLEASE, F_GETPIPE_SZ, F_GET_SEALS */
		return second == 1 || second == 3 || second == 9 || second == 11 ||
				       second == 1025 || second == 1032 || second == 1034
			       ? 2
			       : n;
	case NR_IOCTL: /* FIOCLEX, FIONCLEX, TIOCNOTTY, TIOCEXCL, TIOCNXCL */
		return second == 0x5451 || second == 0x5450 || second == 0x5422 ||
				       second == 0x540c || second == 0x540d
			       ? 2
			       : n;
	case NR_PRCTL:
		return prctl_arguments((u32)print->args[0]);
	case NR_FUTEX: /* FUTEX_WAKE, _UNLOCK_PI; FUTEX_WAIT, _LOCK_PI */
		return op == 1 ? 3 : op == 7 || op == 8 ? 2 : op == 0 || op == 6 ? 4 : n;
	default:
		return n;
	}
}

/* struct flock: {l_type=F_WRLCK, l_whence=SEEK_SET, l_start=0, l_len=0} */
GLOBAL int global_put_lock(struct frame *frame, u64 address)
{
	if (!frame || !fetch(frame, address, 32))
		return 0;
	put(frame, "{l_type=");
	global_put_flags(frame, TABLE_locktype, FIELD(frame, u16, 0), 1);
	put(frame, ", l_whence=");
	global_put_flags(frame, TABLE_whence, FIELD(frame, u16, 2), 1);
	put_field(frame, ", l_start=", FIELD(frame, i64, 8));
	put_field(frame, ", l_len=", FIELD(frame, i64, 16));
	put_char(frame, '}');
	return 0;
}

static inline INLINE int put_fcntl(struct frame *frame, u64 command, u64 value)
{
	switch (command) {
	case 0: /* F_DUPFD */
	case 8: /* F_SETOWN */
	case 1030: /* F_DUPFD_CLOEXEC */
	case 1031: /* F_SETPIPE_SZ */
		put_decimal(frame, (i32)value);
		return 0;
	case 2: /* F_SETFD */
		return global_put_flags(frame, TABLE_fdflag, value, 0);
	case 4: /* F_SETFL */
		return global_put_flags(frame, TABLE_open, value, 0);
	case 5: /* F_GETLK, F_SETLK, F_SETLKW, and those of open files */
	case 6:
	case 7:
	case 36:
	case 37:
	case 38:
		return global_put_lock(frame, value);
	case 15: /* F_SETOWN_EX, F_GETOWN_EX */
	case 16:
		return global_put_members(frame, value, STRUCTURE_owner, 0);
	case 1033: /* F_ADD_SEALS */
		return global_put_flags(frame, TABLE_seals, value, 0);
	default:
		put_hex(frame, value);
		return 0;
	}
}

/* val; timeout or val2; uaddr2; val3. FUTEX_WAIT, _LOCK_PI, _WAIT_BITSET, ... have a timeout. */
static inline INLINE int put_futex(struct frame *frame, u32 at, u32 op, u64 value)
{
	op &= 127;
	if (at == 3 && (op == 0 || op == 6 || op == 9 || op == 11 || op == 13))
		return global_put_structure(frame, value, KIND_ts);
	if (at == 2)
		put_unsigned(frame, (u32)value);
	else if (at == 5 && (u32)value == 0xffffffffu)
		put(frame, "FUTEX_BITSET_MATCH_ANY");
	else if (at == 3)
		put_decimal(frame, (i64)value);
	else if (at == 5)
		put_hex(frame, (u32)value);
	else
		put_pointer(frame, value);
	return 0;
}

enum { SOL_NETLINK = 270, SO_LINGER = 13, SO_PEERCRED = 17 };

static inline INLINE int put_option_name(struct frame *frame, u64 level, u64 value)
{
	if (level == SOL_NETLINK)
		return global_put_flags(frame, TABLE_nlopt, value, 1);
	u32 table = level == 1 ? TABLE_so : level == 6 ? TABLE_tcp : level == 0 ? TABLE_ipopt :
		    TABLE_ip6opt;

	if (level == 1 || level == 6 || level == 0 || level == 41)
		return global_put_flags(frame, table, value, 1);
	put_hex(frame, value);
	return 0;
}

/* An option of a socket: a number, when it has the size of one. */
static inline INLINE int put_option(struct frame *frame, u64 address, u32 length)
{
	u64 level = PRINT(frame)->args[1], name = PRINT(frame)->args[2];

	if (level == 1 && name == SO_LINGER && length == 8)
		return global_put_members(frame, address, STRUCTURE_linger, 0);
	if (level == 1 && name == SO_PEERCRED && length == 12)
		return global_put_members(frame, address, STRUCTURE_ucred, 0);
	if (length == 4)
		return global_put_structure(frame, address, KIND_int);
	return global_put_buffer(frame, address, length);
}

/* Arguments 1 ... 4 of prctl(). */
static inline INLINE int put_prctl(struct frame *frame, u32 at, u32 option, u64 value)
{
	struct print *print = PRINT(frame);
	bool done = print->done && !print->result;

	if (option == PR_SET_VMA && at == 4)
		return global_put_string(frame, value, 0);
	if (option == PR_SET_VMA && at == 1 && !value) {
		put(frame, "PR_SET_VMA_ANON_NAME");
		return 0;
	}
	if (option == PR_SET_VMA && at == 3) {
		put_unsigned(frame, value);
		return 0;
	}
	if (at == 1 && (option == PR_SET_NAME || (option == PR_GET_NAME && done)))
		return global_put_string(frame, value, 0);
	if (at == 1 && option == PR_SET_PDEATHSIG) {
		put_signal(frame, (i32)value);
		return 0;
	}
	if (at == 1 && (option == PR_GET_PDEATHSIG || option == PR_GET_CHILD_SUBREAPER) && done)
		return global_put_structure(frame, value, KIND_int);
	if (at == 1 && option == PR_SET_DUMPABLE)
		return global_put_flags(frame, TABLE_dumpable, value, 1);
	if (at == 1 && (option == PR_CAPBSET_READ || option == PR_CAPBSET_DROP))
		return global_put_flags(frame, TABLE_cap, value, 1);
	if (at == 1 && option == PR_SET_SECCOMP)
		return global_put_flags(frame, TABLE_seccompmode, value, 1);
	if (at == 1 && (option == PR_SET_KEEPCAPS || option == PR_SET_TIMERSLACK ||
			option == PR_SET_NO_NEW_PRIVS ||
			option == PR_SET_CHILD_SUBREAPER)) {
		put_decimal(frame, (i64)value);
		return 0;
	}
	put_hex(frame, value);
	return 0;
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

static inline INLINE int put_ioctl(struct frame *frame, u64 request, u64 value)
{
	bool done = PRINT(frame)->done && !is_error(PRINT(frame)->result);

	switch (request) {
	case 0x541b: /* FIONREAD, TIOCGPGRP, TIOCOUTQ, TIOCGPTN, TIOCGSID, BLKSSZGET */
	case 0x540f:
	case 0x5411:
	case 0x80045430:
	case 0x5429:
	case 0x1268:
		if (done)
			return global_put_structure(frame, value, KIND_int);
		break;
	case 0x5421: /* FIONBIO, FIOASYNC, TIOCSPGRP, TIOCSPTLCK */
	case 0x5452:
	case 0x5410:
	case 0x40045431:
		return global_put_structure(frame, value, KIND_int);
	case 0x5413: /* TIOCGWINSZ, TIOCSWINSZ */
		if (done)
			return global_put_rare(frame, value, KIND_winsize);
		break;
	case 0x5414:
		return global_put_rare(frame, value, KIND_winsize);
	case 0x5401: /* TCGETS */
		if (done)
			return global_put_members(frame, value, STRUCTURE_termios, 0);
		break;
	case 0x5402: /* TCSETS, TCSETSW, TCSETSF */
	case 0x5403:
	case 0x5404:
		return global_put_members(frame, value, STRUCTURE_termios, 0);
	case 0x40049409: /* FICLONE, TIOCSCTTY, TCSBRK, PERF_EVENT_IOC_... */
	case 0x540e:
	case 0x5409:
	case 0x2400:
	case 0x2401:
	case 0x2403:
		put_decimal(frame, (i32)value);
		return 0;
	case 0x540b: /* TCFLSH */
		return global_put_flags(frame, TABLE_tcflush, value, 1);
	default:
		break;
	}
	put_pointer(frame, value);
	return 0;
}

/* What the commands of bpf() take; STRUCTURES: nothing that is described. */
#define BPF(name) STRUCTURE_bpf_##name
enum { BPF_COMMANDS = 64 }; /* a power of two over their number */
static const u8 bpf_structures[BPF_COMMANDS] = {
	BPF(map_create), BPF(map_elem), BPF(map_elem), BPF(map_delete), BPF(map_next),
	BPF(prog_load), BPF(object), BPF(object), BPF(attach), BPF(attach), STRUCTURES, BPF(next),
	BPF(next), BPF(prog_id), BPF(map_id), BPF(info), STRUCTURES, BPF(raw), BPF(btf),
	BPF(btf_id), STRUCTURES, BPF(map_elem), BPF(map_fd), BPF(next), STRUCTURES, STRUCTURES,
	STRUCTURES, STRUCTURES, BPF(link), STRUCTURES, BPF(link_id), BPF(next),
};
enum { BPF_KNOWN = 32 };
#undef BPF

static inline INLINE int put_bpf(struct frame *frame, u64 command, u64 address, u64 size)
{
	u32 structure = command < BPF_KNOWN ? bpf_structures[BOUND(command, BPF_COMMANDS - 1)]
					    : STRUCTURES;

	if (structure != STRUCTURES)
		return global_put_members(frame, address, structure, (u32)size);
	put_pointer(frame, address);
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

GLOBAL int global_put_argument(struct frame *frame, u32 number, u32 at)
{
	const struct argument *argument;
	struct print *print;
	u32 kind, param;
	u64 value;

	if (!frame)
		return 0;
	print = PRINT(frame);
	at = (u32)BOUND(at, 7);
	argument = &calls[BOUND(number, CALLS - 1)].args[at];
	kind = argument->kind;
	param = argument->param;
	value = print->args[at];
	if (argument->out && (!print->done || is_error(print->result) ||
			      (number == NR_WAIT4 && !print->result))) {
		put_pointer(frame, value);
		return 0;
	}
	switch (kind) {
	case KIND_buf:
		if (argument->out && param && !other_argument(print, param)) {
			put_pointer(frame, value); /* it was asked how much there is */
			return 0;
		}
		return global_put_buffer(frame, value, argument->out ? (u64)print->result
								     : other_argument(print, param));
	case KIND_hexbuf:
		return global_put_hex_buffer(frame, value, (u64)print->result);
	case KIND_msg:
	case KIND_mmsg: /* of one, the bytes; of many, how many there are */
		return put_messages(frame, value, kind == KIND_msg,
				    argument->out	? (u64)print->result
				    : kind == KIND_msg	? ~0ull
							: other_argument(print, param));
	case KIND_s:
		return global_put_members(frame, value, param, 0);
	case KIND_bpf:
		return put_bpf(frame, (u32)print->args[0], value, (u32)print->args[2]);
	case KIND_sembuf:
		return global_put_semaphores(frame, value, other_argument(print, param));
	case KIND_msgbuf:
		return global_put_queued(frame, value, other_argument(print, param));
	case KIND_fdset:
		return global_put_bits(frame, value, other_argument(print, param));
	case KIND_cpuset:
		return global_put_bits(frame, value, 8 * (argument->out ? (u64)print->result
								       : other_argument(print, param)));
	case KIND_ints:
		return global_put_ints(frame, value, argument->out ? (u64)print->result
								   : other_argument(print, param));
	case KIND_epevs:
		return global_put_events(frame, value, (u64)print->result);
	case KIND_dents:
		return global_put_entries(frame, value, (u64)print->result);
	case KIND_prctl:
		return put_prctl(frame, at, (u32)print->args[0], value);
	case KIND_request:
		return global_put_request(frame, (u32)value);
	case KIND_ioctl:
		return put_ioctl(frame, (u32)print->args[1], value);
	case KIND_sa:
		return global_put_sockaddr(frame, value,
					   argument->out ? length_at(other_argument(print, param))
							 : (u32)other_argument(print, param));
	case KIND_iov:
		return global_put_iov(frame, value, other_argument(print, param),
				      argument->out ? (u64)print->result : ~0ull);
	case KIND_path:
		return global_put_string(frame, value, 0);
	case KIND_str:
		return global_put_string(frame, value, argument->out ? 0 : CUT);
	case KIND_argv:
	case KIND_envp:
		return global_put_strings(frame, value, kind);
	case KIND_pollfd:
		return global_put_poll(frame, value, other_argument(print, param));
	case KIND_fcntl:
		return put_fcntl(frame, print->args[1], value);
	case KIND_futex:
		return put_futex(frame, at, (u32)print->args[1], value);
	case KIND_mkmode:
		put_file_mode(frame, (u32)value & 0xffff);
		return 0;
	case KIND_optname:
		return put_option_name(frame, (u32)print->args[1], (u32)value);
	case KIND_opt:
		return put_option(frame, value, argument->out
							? length_at(other_argument(print, param))
							: (u32)other_argument(print, param));
	case KIND_proto:
		if (print->args[0] == 2 || print->args[0] == 10)
			return global_put_flags(frame, TABLE_ipproto, value, 1);
		if (print->args[0] == 16) /* AF_NETLINK */
			return global_put_flags(frame, TABLE_nlproto, value, 1);
		put_decimal(frame, (i32)value);
		return 0;
	default:
		break;
	}
	if (kind == KIND_d || kind == KIND_u || kind == KIND_ld || kind == KIND_lu ||
	    kind == KIND_x || kind == KIND_lx || kind == KIND_p || kind == KIND_fd ||
	    kind == KIND_at || kind == KIND_uid || kind == KIND_mode || kind == KIND_sig ||
	    kind == KIND_dev || kind == KIND_e || kind == KIND_f || kind == KIND_fm)
		return global_put_scalar(frame, kind, param, value);
	return global_put_structure(frame, value, kind);
}

GLOBAL int global_syscall_begin(struct frame *frame, u64 regs, u64 result, u32 done)
{
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
	return 0;
}

static inline INLINE void put_arguments(struct frame *frame, u32 number)
{
	u32 n;

	if (number == NR_CLONE) {
		put_clone(frame);
		return;
	}
	n = arguments_of(PRINT(frame), number);
	for (u32 i = 0; i < 6; i++) {
		if (i >= n)
			break;
		if (calls[BOUND(number, CALLS - 1)].args[i].kind == KIND_skip)
			continue;
		if (i)
			put(frame, ", ");
		global_put_argument(frame, number, i);
	}
}

static inline INLINE void begin(struct run *run, i64 done)
{
	const u64 *args = run->ctx; /* of sys_enter: regs, number; of sys_exit: regs, result */

	global_syscall_begin(run->frame, args[0], args[1], (u32)done);
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
	begin(run, done);
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

/* What a result stands for, when that is more than a number. */
GLOBAL int global_put_result(struct frame *frame, u32 number, i64 result)
{
	struct print *print;

	if (!frame)
		return 0;
	print = PRINT(frame);
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
	begin(run, 1);
	global_put_result(run->frame, (u32)number, result);
	finish(run, dst, size);
}

/* An argument whose meaning depends on others. */
INLINE void fn_syscall_argument(struct run *run, char *dst, u32 size, i64 number, i64 at, i64 done)
{
	begin(run, done);
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
