/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The handler library: what generated code calls, the same in every home.
 *
 * The library is compiled by clang when Spile is built, once to BPF and once to host bitcode,
 * and linked into every script's module, where what is not used is dropped. What is the same
 * in all homes is written once (strings.c format.c stats.c output.c ...); what differs sits
 * behind home.h, with one implementation a home (home_bpf.c, home_host.c).
 *
 * Conventions:
 * - `run` is never NULL; run->frame may be NULL where the comment does not say "needs a frame".
 * - Strings are NUL-terminated. A source string may be anywhere in kernel-readable memory (a
 *   literal in .rodata, a map value, a frame). A destination is always in run->frame, with
 *   `size` bytes of its own including the NUL (constant at the call) and, since frames have
 *   slack, up to MAX_STRING more that may be touched but not kept. Longer results are cut.
 *   A destination may not overlap a source, except where said.
 * - Failure: run->error is set by the caller (the generated code knows the error site), so
 *   functions that can fail return 0 or a negative errno and put what the message shows in
 *   run->error_arg.
 * - Functions are `static inline`-able unless marked GLOBAL: those are verified once each.
 * - Everything must pass the verifier of Linux 6.1 with constant map arguments.
 *
 * Names beginning with fn_ are intrinsics: the bodies of tapset functions. A tapset declares
 *     function strlen:long (s:string) %{ /\* intrinsic *\/ /\* pure *\/ %}
 * and generated code calls fn_strlen. Their C signature follows from the declared one:
 *     long result:    i64  fn_name(struct run *run, args...)
 *     string result:  void fn_name(struct run *run, char *dst, u32 size, args...)
 *     no result:      void fn_name(struct run *run, args...)
 * with i64 for a long and `const char *` for a string argument. An intrinsic that fails calls
 * handler_raise(run, "message"); generated code checks run->error after intrinsics whose
 * declaration has the pragma "fallible" (which always have a frame).
 * The library has no body for those that depend on the probe; the code generator makes them:
 * fn_pp, fn_pn, fn_ppfunc.
 */
#ifndef SPILE_HANDLER_HANDLER_H
#define SPILE_HANDLER_HANDLER_H

#include "runtime/handler/abi.h"

/* ---- life of an invocation --------------------------------------------------------------- */

/* 1 when the session's state lets this handler run: RUNNING, or `state` where it is not 0. */
u32 handler_may_run(u32 state);
/* Claims a scratch slot: run->frame. 0, or -1 with shared.skipped_scratch counted. */
int frame_claim(struct run *run);
/* Sends what is left in out[], then gives the slot back. counters: also told what was lost. */
void frame_release(struct run *run, struct probe_counters *counters /* or NULL */);

/*
 * Takes / gives back a lock word (in spile_globals). 0, or -1 with shared.skipped_lock counted, but
 * for the tracer itself.
 */
int lock_take(struct run *run, u64 *lock, u32 tries);
/* The same for the word of a wrapping array, under which room is made: nothing is counted. */
int room_take(struct run *run, u64 *lock, u32 tries);
void lock_give(struct run *run, u64 *lock);

/*
 * Raises an error with a text that is only known now: copies it to frame->message (when there
 * is a frame) and sets run->error to ERROR_DYNAMIC.
 */
enum { ERROR_DYNAMIC = 0xffffffffu };
/* The same, raised by the call whose error site is or'ed in: it has a position and no message. */
enum { ERROR_PLACED = 0x40000000u };
/* abort() was called: the handler ends, no `catch` takes it, and nothing is reported. */
enum { ERROR_ABORTED = 0xfffffffdu };
void handler_raise(struct run *run, const char *message);
/* STAP_NEXT: the function that called it has passed, and the next one of its name is called. */
enum { ERROR_NEXT = 0xfffffffeu };
void handler_next(struct run *run);
/*
 * The end of a handler that failed and caught nothing: counts the error and sends RECORD_ERROR
 * with run->error, error_arg and the message. Works without a frame.
 */
void handler_report(struct run *run, struct probe_counters *counters /* or NULL */);

/* Calls `turn(i, run)` for i = 0, 1, ... until it returns 1; at most `n` times, and 2^23 times. The number of
 * turns done; n means: it never returned 1. (bpf_loop.) */
u32 handler_loop(u32 n, long (*turn)(u32 i, struct run *run), struct run *run);

/* ---- strings (need a frame) ---------------------------------------------------------------- */

void str_copy(struct run *run, char *dst, u32 size, const char *src);
void str_concat(struct run *run, char *dst, u32 size, const char *a, const char *b);
/* Like strcmp: <0, 0, >0, by unsigned bytes. `bound`: no more than so many bytes matter. */
i64 str_compare(struct run *run, const char *a, const char *b, u32 bound);
/* Fills a key's string member: the bytes, then NULs up to `size`. dst: stack or frame. */
void str_key(struct run *run, char *dst, u32 size, const char *src);

/* ---- formatting: one conversion appended to a string being built --------------------------- */

/*
 * Each appends to dst (size bytes in all, `at` in use, without the NUL) and returns the new
 * length; flags are enum directive_flag; width and precision < 0: none. Text that finds no
 * room is cut. The NUL is written by each. conversion: 'd' 'u' 'o' 'x' 'X' 'p' 'c' 'b'.
 * format_literal's text is NUL-terminated too. NULs that %c, %b and %m make are left out.
 */
enum { FORMAT_ZERO = 1, FORMAT_SPACE = 2, FORMAT_PLUS = 4, FORMAT_LEFT = 8, FORMAT_ALTERNATE = 16 };
u32 format_long(struct run *run, char *dst, u32 size, u32 at, i64 value, u32 conversion, u32 flags,
		i32 width, i32 precision);
u32 format_string(struct run *run, char *dst, u32 size, u32 at, const char *text, u32 flags,
		  i32 width, i32 precision);
/* what: 'm' or 'M' | flags << 8. A read fault sets run->error, and appends nothing. */
u32 format_memory(struct run *run, char *dst, u32 size, u32 at, u64 address, u32 what, u32 user,
		  i32 width, i32 precision);
u32 format_literal(struct run *run, char *dst, u32 size, u32 at, const char *text, u32 length);

/* ---- output (needs a frame) ------------------------------------------------------------------ */

/* Begins a record; `most`: the most bytes its args can take (sends what is there if need be). */
void out_begin(struct run *run, u32 kind, u32 id, u32 most);
void out_long(struct run *run, i64 value);
void out_string(struct run *run, const char *text, u32 bound);
/* %m: as a string that may hold NULs. A read fault sets run->error, and puts no bytes. */
void out_memory(struct run *run, u64 address, u32 length, u32 bound, u32 user);
void out_stat(struct run *run, const struct stat_cell *cell, u32 buckets);
void out_end(struct run *run);
void out_end_or_drop(struct run *run); /* drops a record whose arguments set run->error */

/* ---- arrays: `map` is the home's: a BPF map, or struct host_map * in the tracer --------------- */

/* Element access by a key that is on the stack or in the frame, laid out as abi.h says. */
i64 map_get_long(struct run *run, void *map, const void *key); /* 0 when there is none */
void map_get_string(struct run *run, void *map, const void *key, char *dst, u32 size);
i64 map_contains(struct run *run, void *map, const void *key);
/* 0, or -ENOSPC: the array is full ("array overflow, check the size"). */
int map_set_long(struct run *run, void *map, const void *key, i64 value);
int map_set_string(struct run *run, void *map, const void *key, const char *text, u32 size);
/* Atomic: the element (0 when there was none) += delta; *result: the new value. */
int map_add(struct run *run, void *map, const void *key, i64 delta, i64 *result);
int map_delete(struct run *run, void *map, const void *key); /* no error when there is none */
void map_clear(struct run *run, void *map);
void map_evict(struct run *run, void *map); /* deletes the element that was made first */

/* ---- statistics -------------------------------------------------------------------------------- */

/*
 * How a cell of a global is kept, a constant at every call.
 * buckets: 0, HIST_LOG_BUCKETS, or hist_linear_buckets(); log: which of the two.
 */
struct stat_shape {
	i64 low, high, width;
	u32 buckets;
	u32 log;
	u32 squares; /* @variance is asked for */
	u32 pad;
};

void stat_add(struct run *run, struct stat_cell *cell, i64 value, const struct stat_shape *shape);
int map_stat_add(struct run *run, void *map, const void *key, i64 value,
		 const struct stat_shape *shape);
/* Copies an element's cell to `to` (in the frame; stat_size bytes): 0, or -ENOENT: zeroed. */
int map_stat_get(struct run *run, void *map, const void *key, struct stat_cell *to, u32 stat_size);
void stat_clear(struct run *run, struct stat_cell *cell, u32 buckets);
/* Extractors; a cell without values has count and sum 0, and the others are errors (-EINVAL
 * in *status: "empty aggregate"). */
i64 stat_average(const struct stat_cell *cell);
i64 stat_variance(const struct stat_cell *cell, u32 shift);

/*
 * Spread counters and statistics (struct unit_global): n cells, `stride` bytes apart. Only the
 * tracer calls these; no handler of the kernel may read what is spread.
 */
i64 spread_sum(const i64 *first, u32 stride, u32 n);
/* The first cell gets the value, the others 0. */
void spread_set(i64 *first, u32 stride, u32 n, i64 value);
/* All of them as one cell of `size` bytes. */
void spread_gather(struct stat_cell *to, u32 size, const struct stat_cell *first, u32 stride, u32 n);
void spread_clear(struct stat_cell *first, u32 size, u32 stride, u32 n);

/* ---- foreach (needs a frame) ------------------------------------------------------------------- */

/*
 * A snapshot of an array's keys in the order that foreach wants, in a buffer of the home.
 * by: 0 insertion, 1 value, 2 key member at key_offset; stat: enum stat_op when the values are
 * statistics, else 0; direction: +1 or -1; string: the sort member is a string of that many bytes.
 * Ties keep the order of insertion. Returns a handle >= 0, or a negative errno:
 * -EBUSY (no buffer free). Each handle is given back with iterate_end, also on errors. Keys are
 * cheapest when read in order, and a loop that ends early does not pay for the rest.
 */
struct iterate_shape {
	u32 key_size, value_size;
	u32 by;
	i32 direction;
	u32 key_offset;
	u32 string;
	u32 stat;
	u32 max_entries;
};
i64 iterate_begin(struct run *run, void *map, const struct iterate_shape *shape);
/* Number of keys in the snapshot. */
u32 iterate_count(struct run *run, i64 handle);
/* Copies key i to `key` (key_size bytes in the frame). 0, or -ENOENT. */
int iterate_key(struct run *run, i64 handle, u32 i, void *key, u32 key_size);
void iterate_end(struct run *run, i64 handle);

/* ---- memory of the traced side ------------------------------------------------------------------ */

/*
 * Intrinsics that read user memory have a twin, fn_NAME_sleepable, for sleepable programs.
 * size 1, 2, 4, 8 (constant). 0, or -EFAULT with error_arg = address. The value is zero-extended.
 */
int read_user(struct run *run, u64 address, u32 size, u64 *value);
/* The same in a program that is sleepable: waits for a page that is not resident. */
int read_user_sleepable(struct run *run, u64 address, u32 size, u64 *value);
int read_kernel(struct run *run, u64 address, u32 size, u64 *value);
int write_user(struct run *run, u64 address, u32 size, u64 value); /* 0, or -EFAULT */
/* General registers by (constant) DWARF number, from a pt_regs context (arch_*.h). */
u64 context_register(struct run *run, u32 dwarf_number);
u64 context_argument(struct run *run, u32 n); /* pt_regs: by the calling convention */
u64 context_result(struct run *run);
u64 context_address(struct run *run); /* of the program's context, in kernel memory */
/* A word of the context as a number: the verifier knows a typed argument for a pointer. */
u64 context_plain(struct run *run, u64 word);
u64 context_cookie(struct run *run); /* index of the site that fired */
u64 thread_pointer(struct run *run);
u64 per_cpu_address(struct run *run, u64 address);

/* ---- regular expressions -------------------------------------------------------------------------- */

/* Runs a DFA (layout: compiler/semantic/regex.h) over a string: 1 when it matches. */
i64 regex_match(struct run *run, const void *dfa, const char *text, u32 bound);

#endif
