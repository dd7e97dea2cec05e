/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Single values and structures in arguments of system calls, as text.
 */
#ifndef SPILE_HANDLER_SYSCALL_STRUCTURES_H
#define SPILE_HANDLER_SYSCALL_STRUCTURES_H

#include "runtime/handler/syscall_print.h"

/* ---- values ------------------------------------------------------------------------------------------ */

static inline INLINE void put_signal(struct frame *frame, i32 number)
{
	if (number == 32)
		put(frame, "SIGRTMIN");
	else if (number > 32 && number <= 64)
		put_field(frame, "SIGRT_", number - 32);
	else if (number > 0 && number < 32)
		global_put_flags(frame, TABLE_signal, (u64)number, 1);
	else
		put_decimal(frame, number);
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

/* S_IFREG|0644 */
static inline INLINE void put_file_mode(struct frame *frame, u32 mode)
{
	if (mode >> 12 && !(0x1556u >> (mode >> 12 & 15) & 1)) { /* no kind of file */
		global_put_number(frame, mode, 'o');
		return;
	}
	if (mode & 0177000) {
		global_put_flags(frame, TABLE_filetype, mode & 0177000, 0);
		put_char(frame, '|');
	}
	put_mode(frame, mode & 0777);
}

static inline INLINE void put_device(struct frame *frame, u64 device)
{
	put(frame, "makedev(");
	put_hex(frame, (device >> 8 & 0xfff) | (device >> 32 & ~0xfffull));
	put(frame, ", ");
	put_hex(frame, (device & 0xff) | (device >> 12 & ~0xffull));
	put_char(frame, ')');
}

static inline INLINE void put_io_priority(struct frame *frame, u32 priority)
{
	put(frame, "IOPRIO_PRIO_VALUE(");
	global_put_flags(frame, TABLE_ioprioclass, priority >> 13, 1);
	put_field(frame, ", ", priority & 0x1fff);
	put_char(frame, ')');
}

static inline INLINE void put_quota_command(struct frame *frame, u32 command)
{
	put(frame, "QCMD(");
	global_put_flags(frame, TABLE_quotacmd, command >> 8, 1);
	put(frame, ", ");
	global_put_flags(frame, TABLE_quotatype, command & 0xff, 1);
	put_char(frame, ')');
}

static inline INLINE void put_directory(struct frame *frame, i32 fd, bool may_be_none)
{
	if (fd == -100)
		put(frame, "AT_FDCWD");
	else if (fd == -1 && may_be_none)
		put(frame, "FAN_NOFD");
	else
		put_decimal(frame, fd);
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
	case KIND_fan:
		put_directory(frame, (i32)value, kind == KIND_fan);
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
	case KIND_fm:
		if (value & 0xfffffe00) {
			global_put_flags(frame, param, value & 0xfffffe00, 0);
			put_char(frame, '|');
		}
		put_mode(frame, value & 0777);
		break;
	case KIND_lf:
		global_put_flags(frame, param, value, 0);
		break;
	case KIND_e:
		global_put_flags(frame, param, (u64)(i64)(i32)value, 1);
		break;
	case KIND_le:
		global_put_flags(frame, param, value, 2);
		break;
	case KIND_mkmode:
		put_file_mode(frame, (u32)value & 0xffff);
		break;
	case KIND_prio:
		put_io_priority(frame, (u32)value);
		break;
	case KIND_key:
		if ((i32)value < 0 && (i32)value >= -8)
			global_put_flags(frame, TABLE_keyring, (u64)(i64)(i32)value, 1);
		else
			put_decimal(frame, (i32)value);
		break;
	case KIND_ethp:
		put(frame, "htons(");
		global_put_flags(frame, TABLE_etherproto, __builtin_bswap16((u16)value), 1);
		put_char(frame, ')');
		break;
	case KIND_qcmd:
		put_quota_command(frame, (u32)value);
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

/* utimensat() has two values for now and for no change. */
static inline INLINE void put_file_time(struct frame *frame, u32 offset, bool micro)
{
	u64 part = FIELD(frame, u64, offset + 8);

	if (!micro && part == 0x3fffffff)
		put(frame, "UTIME_NOW");
	else if (!micro && part == 0x3ffffffe)
		put(frame, "UTIME_OMIT");
	else
		put_time(frame, offset, micro);
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
	put_file_mode(frame, mode);
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
	global_put_flags(frame, TABLE_statxattr, FIELD(frame, u64, 8), 0);
	put(frame, ", stx_mode=");
	put_file_mode(frame, mode);
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
		if (status & 0x80)
			put(frame, " && WCOREDUMP(s)");
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

static inline INLINE void put_statfs(struct frame *frame)
{
	put(frame, "{f_type=");
	global_put_flags(frame, TABLE_fsmagic, FIELD(frame, u64, 0), 1);
	put_field(frame, ", f_bsize=", FIELD(frame, i64, 8));
	put_field(frame, ", f_blocks=", FIELD(frame, i64, 16));
	put_field(frame, ", f_bfree=", FIELD(frame, i64, 24));
	put_field(frame, ", f_bavail=", FIELD(frame, i64, 32));
	put_field(frame, ", f_files=", FIELD(frame, i64, 40));
	put_field(frame, ", f_ffree=", FIELD(frame, i64, 48));
	put(frame, ", f_fsid={val=[");
	put_hex(frame, FIELD(frame, u32, 56));
	put(frame, ", ");
	put_hex(frame, FIELD(frame, u32, 60));
	put_field(frame, "]}, f_namelen=", FIELD(frame, i64, 64));
	put_field(frame, ", f_frsize=", FIELD(frame, i64, 72));
	put(frame, ", f_flags=");
	global_put_flags(frame, TABLE_fsflags, FIELD(frame, u64, 80), 0);
	put_char(frame, '}');
}

static inline INLINE void put_system(struct frame *frame)
{
	put_field(frame, "{uptime=", FIELD(frame, i64, 0));
	put_field(frame, ", loads=[", FIELD(frame, i64, 8));
	put_field(frame, ", ", FIELD(frame, i64, 16));
	put_field(frame, ", ", FIELD(frame, i64, 24));
	put_field(frame, "], totalram=", FIELD(frame, i64, 32));
	put_field(frame, ", freeram=", FIELD(frame, i64, 40));
	put_field(frame, ", sharedram=", FIELD(frame, i64, 48));
	put_field(frame, ", bufferram=", FIELD(frame, i64, 56));
	put_field(frame, ", totalswap=", FIELD(frame, i64, 64));
	put_field(frame, ", freeswap=", FIELD(frame, i64, 72));
	put_field(frame, ", procs=", FIELD(frame, u16, 80));
	put_field(frame, ", totalhigh=", FIELD(frame, i64, 88));
	put_field(frame, ", freehigh=", FIELD(frame, i64, 96));
	put_field(frame, ", mem_unit=", FIELD(frame, u32, 104));
	put_char(frame, '}');
}

static inline INLINE void put_usage(struct frame *frame)
{
	put(frame, "{ru_utime=");
	put_time(frame, 0, true);
	put(frame, ", ru_stime=");
	put_time(frame, 16, true);
	put(frame, ", ...}");
}

/* struct clone_args; the flags tell which members mean something. */
static inline INLINE void put_clone_args(struct frame *frame)
{
	u64 with = FIELD(frame, u64, 0), parent = FIELD(frame, u64, 24);
	u64 stack = FIELD(frame, u64, 40), size = FIELD(frame, u64, 48), tls = FIELD(frame, u64, 56);
	u64 pidfd = FIELD(frame, u64, 8), child = FIELD(frame, u64, 16), sig = FIELD(frame, u64, 32);

	put(frame, "{flags=");
	global_put_flags(frame, TABLE_clone, with, 0);
	if (with & 0x1000) {
		put(frame, ", pidfd=");
		put_pointer(frame, pidfd);
	}
	if (with & 0x1200000) {
		put(frame, ", child_tid=");
		put_pointer(frame, child);
	}
	if (with & 0x100000) {
		put(frame, ", parent_tid=");
		put_pointer(frame, parent);
	}
	put(frame, ", exit_signal=");
	put_signal(frame, (i32)sig);
	put(frame, ", stack=");
	put_pointer(frame, stack);
	put(frame, ", stack_size=");
	put_hex(frame, size);
	if (with & 0x80000) {
		put(frame, ", tls=");
		put_hex(frame, tls);
	}
	put_char(frame, '}');
	if (PRINT(frame)->done && PRINT(frame)->result > 0 && with & 0x100000) {
		put(frame, " => {parent_tid=[");
		if (fetch(frame, parent, 4))
			put_decimal(frame, FIELD(frame, i32, 0));
		put(frame, "]}");
	}
}

/* ---- struct siginfo ------------------------------------------------------------------------------------ */

/* Names of codes that only one signal has. */
static inline INLINE u32 codes_of_signal(i32 signal)
{
	switch (signal) {
	case 4:
		return TABLE_ill;
	case 5:
		return TABLE_trap;
	case 7:
		return TABLE_bus;
	case 8:
		return TABLE_fpe;
	case 11:
		return TABLE_segv;
	case 17:
		return TABLE_cld;
	case 29:
		return TABLE_pollcode;
	default:
		return TABLE_sicode;
	}
}

/* SIGCHLD */
static inline INLINE void put_child(struct frame *frame, i32 code)
{
	put_field(frame, ", si_pid=", FIELD(frame, i32, 16));
	put_field(frame, ", si_uid=", FIELD(frame, u32, 20));
	put(frame, ", si_status=");
	if (code == 1)
		put_decimal(frame, FIELD(frame, i32, 24));
	else
		put_signal(frame, FIELD(frame, i32, 24));
	put_field(frame, ", si_utime=", FIELD(frame, i64, 32));
	put_field(frame, ", si_stime=", FIELD(frame, i64, 40));
}

/* What goes with a code that any signal may have: SI_USER, SI_TKILL, SI_TIMER, SI_QUEUE. */
static inline INLINE void put_sender_of_signal(struct frame *frame, i32 code)
{
	bool timer = code == -2;
	u64 value = FIELD(frame, u64, 24);

	put_field(frame, timer ? ", si_timerid=" : ", si_pid=", FIELD(frame, i32, 16));
	put_field(frame, timer ? ", si_overrun=" : ", si_uid=",
		  timer ? (i64)FIELD(frame, i32, 20) : (i64)FIELD(frame, u32, 20));
	if (!value || code == 0 || code == -6)
		return;
	put_field(frame, ", si_int=", (i32)value);
	put(frame, ", si_ptr=");
	put_hex(frame, value);
}

/* What a signal of the kernel's own tells. */
static inline INLINE void put_signal_cause(struct frame *frame, i32 signal, i32 code)
{
	u64 address = FIELD(frame, u64, 16);

	if (signal == 17 && code <= 6) {
		put_child(frame, code);
	} else if (signal == 29 && code <= 6) {
		put_field(frame, ", si_band=", (i64)address);
		put_field(frame, ", si_fd=", FIELD(frame, i32, 24));
	} else if (signal == 4 || signal == 5 || signal == 7 || signal == 8 || signal == 11) {
		put(frame, ", si_addr=");
		put_pointer(frame, address);
	}
	if (signal == 11 && code == 4)
		put_field(frame, ", si_pkey=", FIELD(frame, u32, 32));
}

GLOBAL int global_put_siginfo(struct frame *frame, u64 address)
{
	i32 signal, code;

	if (!frame || !fetch(frame, address, 48))
		return 0;
	signal = FIELD(frame, i32, 0);
	code = FIELD(frame, i32, 8);
	if (!signal) {
		put(frame, "{}");
		return 0;
	}
	put(frame, "{si_signo=");
	put_signal(frame, signal);
	put(frame, ", si_code=");
	global_put_flags(frame, code > 0 && code != 128 ? codes_of_signal(signal) : TABLE_sicode,
			 (u64)(i64)code, 1);
	if (code <= 0 || (code != 128 && codes_of_signal(signal) == TABLE_sicode))
		put_sender_of_signal(frame, code);
	else if (code != 128)
		put_signal_cause(frame, signal, code);
	put_char(frame, '}');
	return 0;
}

/* struct sigevent: SIGEV_SIGNAL, _NONE, _THREAD, _THREAD_ID */
static inline INLINE void put_signal_event(struct frame *frame)
{
	u64 value = FIELD(frame, u64, 0);
	u32 notify = FIELD(frame, u32, 12);
	i32 signal = FIELD(frame, i32, 8);

	put_char(frame, '{');
	if (value) {
		put_field(frame, "sigev_value={sival_int=", (i32)value);
		put(frame, ", sival_ptr=");
		put_hex(frame, value);
		put(frame, "}, ");
	}
	put(frame, "sigev_signo=");
	if (notify == 0 || notify == 4)
		put_signal(frame, signal);
	else
		put_decimal(frame, signal);
	put(frame, ", sigev_notify=");
	global_put_flags(frame, TABLE_sigev, notify, 1);
	if (notify == 4)
		put_field(frame, ", sigev_notify_thread_id=", FIELD(frame, i32, 16));
	put_char(frame, '}');
}

static inline INLINE void put_open_how(struct frame *frame)
{
	u64 with = FIELD(frame, u64, 0);

	put(frame, "{flags=");
	global_put_flags(frame, TABLE_open, with, 0);
	if (with & 020000100) {
		put(frame, ", mode=");
		put_mode(frame, FIELD(frame, u16, 8));
	}
	put(frame, ", resolve=");
	global_put_flags(frame, TABLE_resolve, FIELD(frame, u64, 16), 0);
	put_char(frame, '}');
}

/* "[1]" of one number */
static inline INLINE void put_one(struct frame *frame, u64 address)
{
	if (!fetch(frame, address, 4))
		return;
	put_field(frame, "[", FIELD(frame, i32, 0));
	put_char(frame, ']');
}

/* Structures that are seen less often. */
GLOBAL int global_put_rare(struct frame *frame, u64 address, u32 kind)
{
	if (!frame)
		return 0;
	switch (kind) {
	case KIND_statfs:
		if (fetch(frame, address, 120))
			put_statfs(frame);
		break;
	case KIND_utsname:
		if (fetch(frame, address, 130)) {
			put(frame, "{sysname=\"");
			put_here(frame, PRINT(frame)->bytes);
			put(frame, "\", nodename=\"");
			put_here(frame, PRINT(frame)->bytes + 65);
			put(frame, "\", ...}");
		}
		break;
	case KIND_sysinfo:
		if (fetch(frame, address, 112))
			put_system(frame);
		break;
	case KIND_rusage:
		if (fetch(frame, address, 32))
			put_usage(frame);
		break;
	case KIND_tms:
		if (fetch(frame, address, 32)) {
			put_field(frame, "{tms_utime=", FIELD(frame, i64, 0));
			put_field(frame, ", tms_stime=", FIELD(frame, i64, 8));
			put_field(frame, ", tms_cutime=", FIELD(frame, i64, 16));
			put_field(frame, ", tms_cstime=", FIELD(frame, i64, 24));
			put_char(frame, '}');
		}
		break;
	case KIND_tz:
		if (fetch(frame, address, 8)) {
			put_field(frame, "{tz_minuteswest=", FIELD(frame, i32, 0));
			put_field(frame, ", tz_dsttime=", FIELD(frame, i32, 4));
			put_char(frame, '}');
		}
		break;
	case KIND_stack:
		if (fetch(frame, address, 24)) {
			put(frame, "{ss_sp=");
			put_pointer(frame, FIELD(frame, u64, 0));
			put(frame, ", ss_flags=");
			global_put_flags(frame, TABLE_ss, FIELD(frame, u32, 8), 0);
			put_field(frame, ", ss_size=", FIELD(frame, i64, 16));
			put_char(frame, '}');
		}
		break;
	case KIND_sigset2: /* { address, size } */
		if (fetch(frame, address, 16)) {
			u64 set = FIELD(frame, u64, 0), size = FIELD(frame, u64, 8);

			put(frame, "{sigmask=");
			if (fetch(frame, set, 8))
				global_put_signals(frame, FIELD(frame, u64, 0));
			put_field(frame, ", sigsetsize=", (i64)size);
			put_char(frame, '}');
		}
		break;
	case KIND_openhow:
		if (fetch(frame, address, 24))
			put_open_how(frame);
		break;
	case KIND_clone3:
		if (fetch(frame, address, 64))
			put_clone_args(frame);
		break;
	case KIND_sigevent:
		if (fetch(frame, address, 24))
			put_signal_event(frame);
		break;
	case KIND_mpol:
		if (fetch(frame, address, 4)) {
			put_char(frame, '[');
			global_put_flags(frame, TABLE_mpolmode, FIELD(frame, u32, 0), 0);
			put_char(frame, ']');
		}
		break;
	default:
		put_pointer(frame, address);
	}
	return 0;
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
			put_file_time(frame, 0, kind == KIND_tv2);
			put(frame, ", ");
			put_file_time(frame, 16, kind == KIND_tv2);
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
	case KIND_sched:
		put_one(frame, address);
		break;
	case KIND_long:
		if (fetch(frame, address, 8)) {
			put_field(frame, "[", FIELD(frame, i64, 0));
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
	case KIND_siginfo: /* not among the rare: its flags would be a call too deep from here */
		global_put_siginfo(frame, address);
		break;
	default:
		global_put_rare(frame, address, kind);
	}
}

GLOBAL int global_put_structure(struct frame *frame, u64 address, u32 kind)
{
	if (frame)
		put_structure(frame, address, kind);
	return 0;
}

#endif
