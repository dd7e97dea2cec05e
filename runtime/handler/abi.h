/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Layouts that the code generator, the handler library (in every home) and the runtime share.
 * Plain C, included by BPF programs too: no libc header but stdint's types.
 */
#ifndef SPILE_HANDLER_ABI_H
#define SPILE_HANDLER_ABI_H

#ifndef __bpf__
#include <stdint.h>
typedef int64_t i64;
typedef uint64_t u64;
typedef uint32_t u32;
typedef int32_t i32;
typedef uint16_t u16;
typedef uint8_t u8;
#else
typedef long long i64;
typedef unsigned long long u64;
typedef unsigned int u32;
typedef int i32;
typedef unsigned short u16;
typedef unsigned char u8;
#endif

/* ---- shared state: the start of the `spile_globals` section ------------------------------ */

enum session_state {
	SESSION_STARTING = 0, /* armed or being armed: only begin handlers run */
	SESSION_RUNNING = 1,
	SESSION_STOPPING = 2, /* exit() was called or an error was one too many */
	SESSION_ENDING = 3,   /* end and error handlers run */
};

enum { MAX_COUNTERS = 16 }; /* of events, that @perf() reads */
enum { MAX_PROBES = 4096 }; /* with counters of their own; the rest share the last */

/* In place of the words of arguments that a trampoline has: those of Go, in its registers. */
enum { ARGUMENTS_OF_GO = 0xffff };

/*
 * `spile_globals` is one mmapable section that all homes see at once:
 *
 *    0                    SHARED_SIZE
 *    | struct shared      | lock words, scalars, statistics of the script, 8-aligned ... |
 */
enum { OWN_CODE = 12, OWN_CODE_KERNEL = 0, OWN_CODE_RUN = 1, OWN_CODE_OTHERS = 2 };
struct shared {
	u32 state;        /* enum session_state */
	u32 target_pid;   /* target() */
	u64 lost_records; /* output that found no room */
	u64 lost_bytes;
	u64 skipped_scratch; /* handlers skipped: no scratch slot free */
	u64 skipped_lock;    /* handlers skipped: a lock not to be had */
	u64 errors;          /* handler errors */
	u64 sequence;     /* of array insertions, for foreach's order */
	u64 tai_offset;   /* ns that CLOCK_TAI is ahead of the wall clock; set by the tracer */
	u64 hz;           /* the kernel's CONFIG_HZ; set by the tracer, 0: not known */
	u64 tracer_pid, tracer_uid; /* Spile's own; set by the tracer */
	i64 tz_gmtoff;    /* seconds that local time is behind GMT; set by the tracer */
	char tz_name[8];  /* NUL-terminated */
	u64 errors_allowed; /* MAXERRORS: one more stops the session; set by the tracer */
	/*
	 * Start and size of code: of the kernel itself, of the functions that call programs of
	 * tracepoints, and of others that are between a program and the place that it traces.
	 * Set by the tracer in sessions that walk the kernel's stack; 0: not known.
	 */
	u64 own_code[2 * OWN_CODE];
	u32 pid_namespace, user_namespace; /* inodes, for ns_pid() and its kin; set by the tracer */
	u64 counts_lost; /* of threads, that found no room */
};
enum { SHARED_SIZE = sizeof(struct shared) };

/* What became of the hits of one probe of a live session; stands in spile_globals, too. */
struct probe_counters {
	u64 errors;
	u64 lost; /* records of output that found no room */
	u64 skipped_lock, skipped_scratch;
	u64 passed; /* programs that ran although it was not for them: not counted as hits */
};

/* ---- scratch: one slot an invocation ------------------------------------------------------ */

enum {
	FRAME_OUT = 16384,   /* output gathered before it is sent */
	FRAME_DATA = 65536,  /* locals, temporaries, keys, call frames */
	FRAME_SLACK = 8192,  /* readable and writable beyond either, so that masked offsets are safe */
	MAX_STRING = 4096,   /* the largest MAXSTRINGLEN */
	FRAME_CALLS = 128,   /* depth of the call stack of resumable functions; a power of two */
	SCRATCH_LEVELS = 8,  /* slots a CPU */
	WORK_SIZE = 8192,    /* a work buffer of the library; a power of two, over MAX_STRING */
	WORK_SLACK = 64,
};

/* A suspended resumable function: where to go on, and its frame's offset in data[]. */
struct call {
	u32 state;
	u32 base;
};

/* The library's own scratch: valid only within one call of it. */
struct work {
	u64 at;       /* bytes of text in b */
	u64 state[7]; /* of a loop */
	char b[WORK_SIZE + WORK_SLACK]; /* with a as its slack */
	char a[WORK_SIZE + WORK_SLACK];
};

/* What the last =~ matched, for matched(). */
struct matches {
	u32 failed; /* the last one did not match */
	u32 groups; /* 0: there was none yet */
	u16 position[20]; /* start and end of each group; 0xffff: it took no part */
	char text[MAX_STRING + 8];
};

struct frame {
	u32 slot;       /* own index */
	u32 depth;      /* of calls[] */
	u32 state;      /* resumable functions: the state to run next */
	u32 base;       /* offset in data[] of the running resumable function's frame */
	u64 out_length; /* bytes of out[] in use */
	u64 record;     /* offset in out[] of the record being written */
	u64 busy;       /* 1: claimed */
	u64 records;    /* begun in out[] since it was sent last */
	u64 dropped;    /* 1: the record's first part found no room, so what follows is dropped too */
	u64 lost;       /* records, of this invocation */
	u64 spare[2];
	char message[512]; /* text of the error being raised, NUL-terminated */
	struct call calls[FRAME_CALLS];
	char out[FRAME_OUT + FRAME_SLACK];
	char data[FRAME_DATA + FRAME_SLACK];
	struct matches matches;
	struct work work;
};

/*
 * One invocation of a handler; a local of its outermost function. Its address is what every
 * library function and generated function gets first. The code generator knows this layout.
 */
struct run {
	void *ctx;           /* the program's context; NULL in the tracer */
	struct frame *frame; /* NULL when the handler needs none */
	u32 probe;           /* index of the probe in the unit */
	u32 error;           /* 0, or 1 + index in the unit's table of error sites */
	i64 error_arg;       /* shown by messages that have a place for it */
};

/* ---- records in the ring buffer ------------------------------------------------------------ */

enum record_kind {
	RECORD_PRINT = 1, /* id: format; args packed as below */
	RECORD_ERROR,     /* id: error site; args: long (error_arg), string (message or "") */
	RECORD_WARN,      /* args: string */
	RECORD_LOG,       /* args: string; a line of output */
	RECORD_TEXT,      /* args: string; output as it is */
	RECORD_EXIT,      /* exit() was called */
	RECORD_ABORT,
	RECORD_HIST,      /* id: histogram site; args: the statistics cell, raw */
	RECORD_CONTINUED, /* more bytes of the record before, from the same slot */
	RECORD_PROCESS,   /* made by the runtime's own programs */
	RECORD_SYSTEM,    /* args: string, a command for the shell */
	RECORD_KERNEL_LOG, /* id: level; args: string, lines for the kernel's log */

	RECORD_MORE = 0x8000, /* or'ed in: the args go on in the slot's next record, CONTINUED */
};

/*
 *   0      4      6      8      12     16
 *   | size | kind | slot | id   | probe | args ...   | padding to 8
 *
 * size: of the whole record with its padding. args: a long is 8 bytes; a string is a u32 with
 * the number of bytes n, then n bytes, no NUL, then padding to 8 (counted from the u32).
 * Several records may stand in one ring-buffer sample: what one invocation wrote stays together.
 */
struct record {
	u32 size;
	u16 kind;
	u16 slot;
	u32 id;
	u32 probe;
};

/* In place of the number of an argument's words: the handler is at a system call's begin or end. */
enum call_words { SYSCALL_ENTRY = -1, SYSCALL_RESULT = -2 };

/* ---- deferred text -------------------------------------------------------------------------- */

/*
 * The names of addresses are not known in the kernel. There, a string that holds one has a token
 * in its place, which the tracer expands where it shows the string (runtime/symbols/):
 *
 *   DEFER kind [process] ':' address DEFER_END        kind: a lower-case letter below
 *   DEFER kind stack DEFER_STACK_END                  kind: a capital; the end of the string ends it
 *   DEFER 'i' process DEFER_END                       shows nothing: whose user addresses stand
 *                                                     beside it in a stack
 *
 * process: the process id, a comma, and where its program's code begins (it tells programs apart
 * that one process ran one after another); all numbers are hexadecimal, without 0x. stack:
 * addresses as 0x..., blanks between them, and perhaps an 'i'. Equal addresses of one process
 * are equal tokens.
 */
enum {
	DEFER = 1,
	DEFER_END = 2,
	DEFER_STACK_END = 3,
	DEFER_TOKEN = 47, /* the longest one of a single address */
	STACK_DEPTH = 127,
};
enum defer_kind {
	DEFER_NAME = 'n',      /* "main" */
	DEFER_DATA = 'd',      /* "main+0x8/0x30 [prog]" */
	DEFER_MODULE = 'm',
	DEFER_FILE = 'f',      /* "prog.c" */
	DEFER_FILE_LINE = 'g', /* "prog.c:12" */
	DEFER_LINE = 'l',      /* "12" */
	DEFER_PROCESS = 'i',
	DEFER_STACK = 'U',     /* lines, each an address and what `d` says */
	DEFER_STACK_FILE_LINE = 'G', /* and the line, and functions that were inlined */
	DEFER_STACK_BRIEF = 'B',     /* "main+0x8" */
	DEFER_STACK_SIMPLE = 'S',    /* "main+0x8 [prog]" */
};

/* ---- arrays --------------------------------------------------------------------------------- */

/*
 * Key of a map: the tuple's members in order, each 8-aligned: a long, or a string of
 * ALIGN8(bound + 1) bytes, padded with NULs.
 *
 * Value of a map:
 *   0          8
 *   | sequence | a long; or ALIGN8(bound + 1) bytes of string; or a statistics cell |
 *
 * sequence: from shared.sequence when the element was made: foreach's order without a sort.
 *
 * Statistics cell (also of a scalar):
 *   0       8     16    24    32         40          48
 *   | count | sum | min | max | squares: low, high   | u64 buckets[], when a histogram is asked for |
 *
 * min and max count only when count > 0; a new cell has min INT64_MAX and max INT64_MIN.
 * Cells are changed with atomic operations alone.
 */
struct stat_cell {
	u64 count;
	i64 sum, min, max;
	u64 squares_low, squares_high;
	u64 buckets[];
};

/*
 * @hist_log: bucket 64 counts 0; 64 + k counts [2^(k-1), 2^k) for k = 1..63 (the last one ends
 * at INT64_MAX); 64 - k counts the negatives of the same size. INT64_MIN is in bucket 0.
 * @hist_linear(low, high, width): bucket 0 counts values < low, then (high - low) / width + 1
 * buckets (rounded down), then one for values beyond. Which kind is part of the unit.
 */
enum { HIST_LOG_ZERO = 64, HIST_LOG_BUCKETS = 128 };
static inline u32 hist_linear_buckets(i64 low, i64 high, i64 width)
{
	return (u32)((high - low) / width + 1 + 2);
}

#define ALIGN8(n) (((n) + 7u) & ~7u)

#endif
