/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System calls in the kernel home: names, and arguments as strace prints them, by the one table
 * (compiler/probes/syscalls.table).
 */
#include "runtime/handler/functions.h"
#include "runtime/handler/syscall_print.h"

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

/* ---- values ------------------------------------------------------------------------------------------ */

static inline INLINE void put_signal(struct frame *frame, i32 number)
{
	if (number >= 32 && number <= 64)
		put_field(frame, "SIGRT_", number - 32);
	else if (number)
		global_put_flags(frame, TABLE_signal, (u64)number, 1);
	else
		put_char(frame, '0');
}

/* At least three digits. */
static inline INLINE void put_mode(struct frame *frame, u32 mode)
{
	if (mode < 8)
		put(frame, "00");
	if (mode >= 8)
		global_put_number(frame, mode, 'o');
	else
		put_char(frame, (char)('0' + mode));
}

static inline INLINE void put_device(struct frame *frame, u64 device)
{
	put(frame, "makedev(");
	put_hex(frame, (device >> 8 & 0xfff) | (device >> 32 & ~0xfffull));
	put(frame, ", ");
	put_hex(frame, (device & 0xff) | (device >> 12 & ~0xffull));
	put_char(frame, ')');
}

GLOBAL int global_put_scalar(struct frame *frame, u32 kind, u32 param, u64 value)
{
	if (!frame)
		return 0;
	switch (kind) {
	case KIND_d:
	case KIND_fd:
		put_decimal(frame, (i32)value);
		break;
	case KIND_at:
		if ((i32)value == -100)
			put(frame, "AT_FDCWD");
		else
			put_decimal(frame, (i32)value);
		break;
	case KIND_u:
		put_unsigned(frame, (u32)value);
		break;
	case KIND_uid:
		put_decimal(frame, (u32)value == 0xffffffffu ? -1 : (i64)(u32)value);
		break;
	case KIND_ld:
		put_decimal(frame, (i64)value);
		break;
	case KIND_lu:
		put_unsigned(frame, value);
		break;
	case KIND_x:
		put_hex(frame, (u32)value);
		break;
	case KIND_lx:
		put_hex(frame, value);
		break;
	case KIND_mode:
		put_mode(frame, value & 0xffff);
		break;
	case KIND_sig:
		put_signal(frame, (i32)value);
		break;
	case KIND_dev:
		put_device(frame, (u32)value);
		break;
	case KIND_f:
		global_put_flags(frame, param, (u32)value, 0);
		break;
	case KIND_e:
		global_put_flags(frame, param, (u64)(i64)(i32)value, 1);
		break;
	default:
		put_pointer(frame, value);
	}
	return 0;
}

/* ---- sets ---------------------------------------------------------------------------------------------- */

/* Signal i + 1 of print->value: "HUP", "RT_2". */
static long signal_turn(u32 i, struct printing *printing)
{
	struct frame *frame = printing->frame;
	struct print *print = PRINT(frame);
	u64 at = BOUND(tables[TABLE_signal].first + i, FLAGS - 1);

	if (!(print->value >> (i & 63) & 1))
		return 0;
	if (print->some)
		put_char(frame, ' ');
	print->some = 1;
	if (i < 31) {
		put_here(frame, names + BOUND(flag_names[at] + 3, NAMES - 1));
	} else if (i == 31) {
		put_here(frame, "RTMIN");
	} else {
		put_here(frame, "RT_");
		if (i - 31 >= 10)
			put_char(frame, (char)('0' + (i - 31) / 10));
		put_char(frame, (char)('0' + (i - 31) % 10));
	}
	return 0;
}

/* [HUP INT], or ~[...] of those that are not in it when most are. */
GLOBAL int global_put_signals(struct frame *frame, u64 set)
{
	struct printing printing = {frame};
	u32 n = (u32)__builtin_popcountll(set);

	if (!frame)
		return 0;
	if (n >= 64 * 2 / 3) {
		put_char(frame, '~');
		set = ~set;
	}
	PRINT(frame)->value = set;
	PRINT(frame)->some = 0;
	put_char(frame, '[');
	home_loop(64, signal_turn, &printing);
	put_char(frame, ']');
	return 0;
}

/* ---- structures ---------------------------------------------------------------------------------------- */

/* Two words at `offset` of bytes[]: {tv_sec=1, tv_nsec=5} */
static inline INLINE void put_time(struct frame *frame, u32 offset, bool micro)
{
	put_field(frame, "{tv_sec=", FIELD(frame, i64, offset));
	put(frame, micro ? ", tv_usec=" : ", tv_nsec=");
	put_decimal(frame, FIELD(frame, i64, offset + 8));
	put_char(frame, '}');
}

static inline INLINE void put_interval(struct frame *frame, bool micro)
{
	put(frame, "{it_interval=");
	put_time(frame, 0, micro);
	put(frame, ", it_value=");
	put_time(frame, 16, micro);
	put_char(frame, '}');
}

static inline INLINE void put_rlimit(struct frame *frame, u64 limit)
{
	if (limit == ~0ull) {
		put(frame, "RLIM64_INFINITY");
	} else if (limit > 1024 && limit % 1024 == 0) {
		put_unsigned(frame, limit / 1024);
		put(frame, "*1024");
	} else {
		put_unsigned(frame, limit);
	}
}

/* struct stat of x86-64 */
static inline INLINE void put_stat(struct frame *frame)
{
	u32 mode = FIELD(frame, u32, 24), type = mode & 0170000;

	put(frame, "{st_mode=");
	global_put_flags(frame, TABLE_filetype, mode & 0177000, 0);
	put_char(frame, '|');
	put_mode(frame, mode & 0777);
	if (type == 0020000 || type == 0060000) {
		put(frame, ", st_rdev=");
		put_device(frame, FIELD(frame, u64, 40));
	} else {
		put_field(frame, ", st_size=", FIELD(frame, i64, 48));
	}
	put(frame, ", ...}");
}

static inline INLINE void put_statx(struct frame *frame)
{
	u32 mode = FIELD(frame, u16, 28);

	put(frame, "{stx_mask=");
	global_put_flags(frame, TABLE_statx, FIELD(frame, u32, 0), 0);
	put(frame, ", stx_attributes=");
	put_hex(frame, FIELD(frame, u64, 8));
	put(frame, ", stx_mode=");
	global_put_flags(frame, TABLE_filetype, mode & 0177000, 0);
	put_char(frame, '|');
	put_mode(frame, mode & 0777);
	put_field(frame, ", stx_size=", FIELD(frame, i64, 40));
	put(frame, ", ...}");
}

static inline INLINE void put_wait_status(struct frame *frame)
{
	u32 status = FIELD(frame, u32, 0), signal = status & 0x7f;

	if (!signal) {
		put(frame, "[{WIFEXITED(s) && WEXITSTATUS(s) == ");
		put_decimal(frame, status >> 8 & 0xff);
	} else if (signal == 0x7f) {
		put(frame, "[{WIFSTOPPED(s) && WSTOPSIG(s) == ");
		put_signal(frame, status >> 8 & 0xff);
	} else {
		put(frame, "[{WIFSIGNALED(s) && WTERMSIG(s) == ");
		put_signal(frame, (i32)signal);
	}
	put(frame, "}]");
}

/* {sa_handler=0x1234, sa_mask=[], sa_flags=SA_RESTORER, sa_restorer=0x5678} */
static inline INLINE void put_signal_action(struct frame *frame)
{
	u64 handler = FIELD(frame, u64, 0), mask = FIELD(frame, u64, 24);
	u64 with = FIELD(frame, u64, 8), restorer = FIELD(frame, u64, 16);

	put(frame, "{sa_handler=");
	if (handler <= 1)
		put(frame, handler ? "SIG_IGN" : "SIG_DFL");
	else
		put_hex(frame, handler);
	put(frame, ", sa_mask=");
	global_put_signals(frame, mask);
	put(frame, ", sa_flags=");
	global_put_flags(frame, TABLE_sa, with, 0);
	if (with & 0x4000000) {
		put(frame, ", sa_restorer=");
		put_pointer(frame, restorer);
	}
	put_char(frame, '}');
}

/* The structure at an address. */
static inline INLINE void put_structure(struct frame *frame, u64 address, u32 kind)
{
	switch (kind) {
	case KIND_ts:
	case KIND_tv:
		if (fetch(frame, address, 16))
			put_time(frame, 0, kind == KIND_tv);
		break;
	case KIND_ts2:
	case KIND_tv2:
		if (fetch(frame, address, 32)) {
			put_char(frame, '[');
			put_time(frame, 0, kind == KIND_tv2);
			put(frame, ", ");
			put_time(frame, 16, kind == KIND_tv2);
			put_char(frame, ']');
		}
		break;
	case KIND_itval:
	case KIND_itspec:
		if (fetch(frame, address, 32))
			put_interval(frame, kind == KIND_itval);
		break;
	case KIND_rlim:
		if (fetch(frame, address, 16)) {
			put(frame, "{rlim_cur=");
			put_rlimit(frame, FIELD(frame, u64, 0));
			put(frame, ", rlim_max=");
			put_rlimit(frame, FIELD(frame, u64, 8));
			put_char(frame, '}');
		}
		break;
	case KIND_stat:
		if (fetch(frame, address, 144))
			put_stat(frame);
		break;
	case KIND_statx:
		if (fetch(frame, address, 256))
			put_statx(frame);
		break;
	case KIND_wait:
		if (fetch(frame, address, 4))
			put_wait_status(frame);
		break;
	case KIND_pair:
		if (fetch(frame, address, 8)) {
			put_field(frame, "[", FIELD(frame, i32, 0));
			put_field(frame, ", ", FIELD(frame, i32, 4));
			put_char(frame, ']');
		}
		break;
	case KIND_int:
	case KIND_uint:
	case KIND_len:
		if (fetch(frame, address, 4)) {
			put_field(frame, "[", FIELD(frame, i32, 0));
			put_char(frame, ']');
		}
		break;
	case KIND_long:
		if (fetch(frame, address, 8)) {
			put_field(frame, "[", FIELD(frame, i64, 0));
			put_char(frame, ']');
		}
		break;
	case KIND_sched:
		if (fetch(frame, address, 4)) {
			put_field(frame, "[", FIELD(frame, i32, 0));
			put_char(frame, ']');
		}
		break;
	case KIND_epev:
		if (fetch(frame, address, 12)) {
			put(frame, "{events=");
			global_put_flags(frame, TABLE_epollev, FIELD(frame, u32, 0), 0);
			put(frame, ", data={u32=");
			put_unsigned(frame, FIELD(frame, u32, 4));
			put(frame, ", u64=");
			put_unsigned(frame, FIELD(frame, u32, 4) |
						    (u64)FIELD(frame, u32, 8) << 32);
			put(frame, "}}");
		}
		break;
	case KIND_sigset:
		if (fetch(frame, address, 8))
			global_put_signals(frame, FIELD(frame, u64, 0));
		break;
	case KIND_sigaction:
		if (fetch(frame, address, 32))
			put_signal_action(frame);
		break;
	default:
		put_pointer(frame, address);
	}
}

GLOBAL int global_put_structure(struct frame *frame, u64 address, u32 kind)
{
	if (frame)
		put_structure(frame, address, kind);
	return 0;
}

/* ---- addresses of sockets -------------------------------------------------------------------------------- */

static inline INLINE u32 port_at(struct frame *frame, u32 offset)
{
	return (u32)FIELD(frame, u8, offset) << 8 | FIELD(frame, u8, offset + 1);
}

static inline INLINE void put_inet(struct frame *frame)
{
	put(frame, "sin_port=htons(");
	put_unsigned(frame, port_at(frame, 2));
	put(frame, "), sin_addr=inet_addr(\"");
	for (u32 i = 0; i < 4; i++) {
		if (i)
			put_char(frame, '.');
		put_unsigned(frame, FIELD(frame, u8, 4 + i));
	}
	put(frame, "\")");
}

static inline INLINE void put_hex_group(struct frame *frame, u32 group)
{
	bool some = false;

	for (i32 shift = 12; shift >= 0; shift -= 4) {
		u32 digit = group >> shift & 15;

		some |= digit != 0 || !shift;
		if (some)
			put_char(frame, (char)(digit < 10 ? '0' + digit : 'a' + digit - 10));
	}
}

/* The first run of zero groups that is the longest is "::". */
static inline INLINE void put_inet6(struct frame *frame)
{
	u32 best = 8, best_length = 1;

	put(frame, "sin6_port=htons(");
	put_unsigned(frame, port_at(frame, 2));
	put(frame, "), sin6_flowinfo=htonl(");
	put_unsigned(frame, __builtin_bswap32(FIELD(frame, u32, 4)));
	put(frame, "), inet_pton(AF_INET6, \"");
	for (u32 i = 0, length = 0; i < 8; i++) {
		length = port_at(frame, 8 + 2 * i) ? 0 : length + 1;
		if (length > best_length) {
			best_length = length;
			best = i + 1 - length;
		}
	}
	for (u32 i = 0; i < 8; i++) {
		if (i == best)
			put(frame, "::");
		if (i >= best && i < best + best_length)
			continue;
		if (i && i != best + best_length)
			put_char(frame, ':');
		put_hex_group(frame, port_at(frame, 8 + 2 * i));
	}
	put(frame, "\", &sin6_addr), sin6_scope_id=");
	put_unsigned(frame, FIELD(frame, u32, 24));
}

GLOBAL int global_put_unix(struct frame *frame, u64 address, u32 length)
{
	char first;

	if (!frame)
		return 0;
	if (length <= 2)
		return 0;
	first = FIELD(frame, char, 2);
	put(frame, first ? "sun_path=" : "sun_path=@");
	if (first)
		return global_put_string(frame, address + 2, 0);
	length = at_most(length - 3, 107);
	bpf_probe_read_user(PRINT(frame)->bytes, (u32)BOUND(length, 127), (const void *)(address + 3));
	put_quoted(frame, length, false);
	return 0;
}

GLOBAL int global_put_sockaddr(struct frame *frame, u64 address, u32 length)
{
	u32 family;

	if (!frame)
		return 0;
	if (!address || length < 2 || length > 128) {
		put_pointer(frame, address);
		return 0;
	}
	for (u32 i = 0; i < 32; i += 8)
		*(u64 *)(PRINT(frame)->bytes + i) = 0;
	if (bpf_probe_read_user(PRINT(frame)->bytes, (u32)BOUND(length, 255), (const void *)address)) {
		put_pointer(frame, address);
		return 0;
	}
	family = FIELD(frame, u16, 0);
	put(frame, "{sa_family=");
	global_put_flags(frame, TABLE_family, family, 1);
	if (length > 2)
		put(frame, ", ");
	if (family == 1)
		global_put_unix(frame, address, length);
	else if (family == 2)
		put_inet(frame);
	else if (family == 10)
		put_inet6(frame);
	else if (family == 16) {
		put_field(frame, "nl_pid=", FIELD(frame, u32, 4));
		put(frame, ", nl_groups=");
		for (i32 shift = 28; shift >= 0; shift -= 4)
			put_char(frame, (char)('0' + (FIELD(frame, u32, 8) >> shift & 15)));
	} else if (length > 2) {
		put(frame, "...");
	}
	put_char(frame, '}');
	return 0;
}

/* ---- lists ------------------------------------------------------------------------------------------------ */

/* What is counted is in print->count: on the stack it would be known, and never end. */
struct list {
	struct frame *frame;
	u64 address;
};

static long iov_turn(u32 i, struct list *list)
{
	struct frame *frame = list->frame;
	u64 pair[2] = {0, 0}, n;

	if (i)
		put_here(frame, ", ");
	if (i >= CUT) {
		put_here(frame, "...");
		return 1;
	}
	if (bpf_probe_read_user(pair, sizeof(pair), (const void *)(list->address + 16 * i))) {
		put_hex(frame, list->address + 16 * i);
		return 1;
	}
	n = PRINT(frame)->count; /* bytes that were read, or more than there are */
	n = pair[1] < n ? pair[1] : n;
	PRINT(frame)->count -= n;
	put_here(frame, "{iov_base=");
	global_put_buffer(frame, pair[0], n);
	put_here(frame, ", iov_len=");
	put_unsigned(frame, pair[1]);
	put_char(frame, '}');
	return 0;
}

GLOBAL int global_put_iov(struct frame *frame, u64 address, u64 count, u64 bytes)
{
	struct list list = {frame, address};

	if (!frame)
		return 0;
	PRINT(frame)->count = bytes;
	if (!address) {
		put(frame, "NULL");
		return 0;
	}
	put_char(frame, '[');
	home_loop(count > CUT + 1 ? CUT + 1 : (u32)count, iov_turn, &list);
	put_char(frame, ']');
	return 0;
}

/* A word of argv; bytes left counts them for envp. */
static long argv_turn(u32 i, struct list *list)
{
	struct frame *frame = list->frame;
	u64 word = 0;

	if (bpf_probe_read_user(&word, 8, (const void *)(list->address + 8 * i)) || !word)
		return 1;
	if (i)
		put_here(frame, ", ");
	if (i >= CUT) {
		put_here(frame, "...");
		return 1;
	}
	global_put_string(frame, word, CUT);
	return 0;
}

static long envp_turn(u32 i, struct list *list)
{
	u64 word = 0;

	if (bpf_probe_read_user(&word, 8, (const void *)(list->address + 8 * i)) || !word)
		return 1;
	PRINT(list->frame)->count++;
	return 0;
}

GLOBAL int global_put_strings(struct frame *frame, u64 address, u32 kind)
{
	struct list list = {frame, address};

	if (!frame)
		return 0;
	PRINT(frame)->count = 0;
	if (!address) {
		put(frame, "NULL");
	} else if (kind == KIND_argv) {
		put_char(frame, '[');
		home_loop(CUT + 1, argv_turn, &list);
		put_char(frame, ']');
	} else {
		home_loop(4096, envp_turn, &list);
		put_hex(frame, address);
		put_field(frame, " /* ", (i64)PRINT(frame)->count);
		put(frame, PRINT(frame)->count == 1 ? " var */" : " vars */");
	}
	return 0;
}

static long poll_turn(u32 i, struct list *list)
{
	struct frame *frame = list->frame;
	u64 entry = 0;

	if (i)
		put_here(frame, ", ");
	bpf_probe_read_user(&entry, 8, (const void *)(list->address + 8 * i));
	put_field(frame, "{fd=", (i32)entry);
	put_here(frame, ", events=");
	global_put_flags(frame, TABLE_poll, entry >> 32 & 0xffff, 0);
	put_char(frame, '}');
	return 0;
}

GLOBAL int global_put_poll(struct frame *frame, u64 address, u64 count)
{
	struct list list = {frame, address};

	if (!frame)
		return 0;
	if (!address || !count) {
		put(frame, address ? "[]" : "NULL");
		return 0;
	}
	put_char(frame, '[');
	home_loop(count > CUT ? CUT : (u32)count, poll_turn, &list);
	put_char(frame, ']');
	return 0;
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

enum { NR_OPEN = 2, NR_MREMAP = 25, NR_FCNTL = 72, NR_FUTEX = 202, NR_OPENAT = 257 };
enum { O_MAKES = 0100 | 020000000 }; /* O_CREAT, __O_TMPFILE */

/* How many arguments of the call mean something: the flags of some tell. */
static inline INLINE u32 arguments_of(struct print *print, u32 number)
{
	u32 n = calls[BOUND(number, CALLS - 1)].n;
	u64 second = print->args[1], third = print->args[2];
	u32 op = second & 127;

	switch (number) {
	case NR_OPEN:
		return second & O_MAKES ? n : n - 1;
	case NR_OPENAT:
		return third & O_MAKES ? n : n - 1;
	case NR_MREMAP:
		return print->args[3] & 2 ? n : n - 1;
	case NR_FCNTL: /* F_GETFD, F_GETFL, F_GETOWN, F_GETSIG, F_GETLEASE, F_GETPIPE_SZ, F_GET_SEALS */
		return second == 1 || second == 3 || second == 9 || second == 11 ||
				       second == 1025 || second == 1032 || second == 1034
			       ? 2
			       : n;
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

/* An option of a socket: a number, when it has the size of one. */
static inline INLINE int put_option(struct frame *frame, u64 address, u32 length)
{
	if (length == 4)
		return global_put_structure(frame, address, KIND_int);
	return global_put_buffer(frame, address, length);
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
	if (argument->out && (!print->done || is_error(print->result))) {
		put_pointer(frame, value);
		return 0;
	}
	switch (kind) {
	case KIND_buf:
		return global_put_buffer(frame, value, argument->out ? (u64)print->result
								     : other_argument(print, param));
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
	case KIND_opt:
		return put_option(frame, value, argument->out
							? length_at(other_argument(print, param))
							: (u32)other_argument(print, param));
	case KIND_proto:
		if (print->args[0] == 2 || print->args[0] == 10)
			return global_put_flags(frame, TABLE_ipproto, value, 1);
		put_decimal(frame, (i32)value);
		return 0;
	default:
		break;
	}
	if (kind == KIND_d || kind == KIND_u || kind == KIND_ld || kind == KIND_lu ||
	    kind == KIND_x || kind == KIND_lx || kind == KIND_p || kind == KIND_fd ||
	    kind == KIND_at || kind == KIND_uid || kind == KIND_mode || kind == KIND_sig ||
	    kind == KIND_dev || kind == KIND_e || kind == KIND_f)
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
