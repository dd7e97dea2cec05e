/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of an invocation: whether it may run, its locks, its errors, its loops. Claiming a
 * frame is the home's own.
 */
#include "runtime/handler/home.h"

INLINE u32 handler_may_run(u32 state)
{
	u32 now = *(volatile u32 *)&home_shared()->state;

	return now == SESSION_RUNNING || (state && now == state);
}

INLINE void frame_release(struct run *run, struct probe_counters *counters)
{
	if (run->frame->out_length)
		global_out_send(run->frame);
	if (counters && run->frame->lost)
		__sync_fetch_and_add(&counters->lost, run->frame->lost);
	home_frame_free(run->frame);
}

/* The kernel's own bound. */
enum { MOST_TURNS = 1 << 23 };

INLINE u32 handler_loop(u32 n, long (*turn)(u32 i, struct run *run), struct run *run)
{
	return home_loop(n < MOST_TURNS ? n : MOST_TURNS, turn, run);
}

/* ---- locks -------------------------------------------------------------------------------- */

/*
 * One try of MAXTRYLOCK is so many turns, a few microseconds, and in the kernel no longer than so
 * many ns: with the default of 1000 tries a handler of the kernel waits out one of the tracer's that
 * goes over an array and deletes it.
 */
enum { TURNS_A_TRY = 1024, NS_A_TRY = 100000 };

struct lock_try {
	u64 *lock;
	u64 taken;
	u64 patience, until; /* ns; until: 0 at first */
};

static long lock_turn(u32 i, struct lock_try *try)
{
	if (*(volatile u64 *)try->lock)
		return home_wait(i, try->patience, &try->until);
	try->taken = __sync_bool_compare_and_swap(try->lock, 0, 1);
	return try->taken ? 1 : 0;
}

INLINE int room_take(struct run *run, u64 *lock, u32 tries)
{
	struct lock_try try = {.lock = lock, .patience = (u64)tries * NS_A_TRY};

	(void)run;
	if (!__sync_bool_compare_and_swap(lock, 0, 1)) {
		if (home_is_tracer())
			return -1;
		home_loop(tries < MOST_TURNS / TURNS_A_TRY ? tries * TURNS_A_TRY : MOST_TURNS,
			  lock_turn, &try);
		if (!try.taken)
			return -1;
	}
	home_hold();
	return 0;
}

/*
 * What the tracer does for a handler of its own comes by at probes, too, and would wait for itself:
 * that is no event that anybody misses.
 */
INLINE int lock_take(struct run *run, u64 *lock, u32 tries)
{
	if (!room_take(run, lock, tries))
		return 0;
	if (!home_is_tracer())
		__sync_fetch_and_add(&home_shared()->skipped_lock, 1);
	return -1;
}

INLINE void lock_give(struct run *run, u64 *lock)
{
	(void)run;
	__asm__ volatile("" ::: "memory");
	*(volatile u64 *)lock = 0;
	home_release();
}

/* ---- errors ------------------------------------------------------------------------------- */

INLINE void handler_raise(struct run *run, const char *message)
{
	run->error = ERROR_DYNAMIC;
	if (run->frame)
		home_copy_string(run->frame->message, sizeof(run->frame->message), (u64)message);
}

INLINE void handler_next(struct run *run)
{
	run->error = ERROR_NEXT;
}

/* A whole RECORD_ERROR, for handlers without a frame. */
struct error_record {
	struct record head;
	i64 argument;
	u64 no_message;
};

static inline INLINE void report_alone(struct run *run, struct probe_counters *counters)
{
	struct error_record error = {
		.head = {sizeof(error), RECORD_ERROR, 0xffff, run->error, run->probe},
		.argument = run->error_arg,
	};

	if (home_send(0, &error, sizeof(error)) < 0) {
		__sync_fetch_and_add(&home_shared()->lost_records, 1);
		__sync_fetch_and_add(&home_shared()->lost_bytes, sizeof(error));
		if (counters)
			__sync_fetch_and_add(&counters->lost, 1);
	}
}

INLINE void handler_report(struct run *run, struct probe_counters *counters)
{
	struct shared *shared = home_shared();

	if (run->error == ERROR_ABORTED)
		return;
	if (__sync_fetch_and_add(&shared->errors, 1) >= shared->errors_allowed)
		__sync_bool_compare_and_swap(&shared->state, SESSION_RUNNING, SESSION_STOPPING);
	if (counters)
		__sync_fetch_and_add(&counters->errors, 1);
	if (!run->frame) {
		report_alone(run, counters);
		return;
	}
	if (run->error < ERROR_PLACED)
		run->frame->message[0] = 0;
	out_begin(run, RECORD_ERROR, run->error, 8 + 8 + sizeof(run->frame->message));
	out_long(run, run->error_arg);
	out_string(run, run->frame->message, sizeof(run->frame->message) - 1);
	out_end(run);
}
