/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Strings of UTF-16 and UTF-32, read from memory as UTF-8. Units are read one by one: how long a
 * string is only its end tells, and what lies behind may not be readable.
 */
#include "runtime/handler/home.h"

/* The first one is overwritten where a handler waits for memory. */
enum { WIDE_OTHER, WIDE_ADDRESS, WIDE_HOW, WIDE_MOST, WIDE_HIGH, WIDE_FAILED };
enum { WIDE_USER = 1, WIDE_FOUR = 2 }; /* how */
enum { WIDE_FAULT = 1, WIDE_BROKEN = 2 };

struct units {
	struct frame *frame;
};

/* The bytes of a character, the first one lowest; how many. */
static inline INLINE u32 wide_utf8(u32 c, u64 *bytes)
{
	if (c < 0x80) {
		*bytes = c;
		return 1;
	}
	if (c < 0x800) {
		*bytes = 0x80c0 | c >> 6 | (c & 0x3f) << 8;
		return 2;
	}
	if (c < 0x10000) {
		*bytes = 0x8080e0 | c >> 12 | (c >> 6 & 0x3f) << 8 | (c & 0x3f) << 16;
		return 3;
	}
	*bytes = 0x808080f0 | c >> 18 | (c >> 12 & 0x3f) << 8 | (c >> 6 & 0x3f) << 16 |
		 (c & 0x3f) << 24;
	return 4;
}

/* Puts a character behind those in b; 1: it finds no room. */
static inline INLINE long wide_put(struct work *work, u32 c)
{
	u64 bytes;
	u32 n = wide_utf8(c, &bytes);

	if (work->at + n > work->state[WIDE_MOST])
		return 1;
	*(u64 *)(work->b + BOUND(work->at, WORK_MASK)) = bytes;
	work->at += n;
	return 0;
}

static inline INLINE long wide_fail(struct work *work, u32 why)
{
	work->state[WIDE_FAILED] = why;
	return 1;
}

static long wide_turn(u32 i, struct units *units)
{
	struct work *work = &units->frame->work;
	u32 four = work->state[WIDE_HOW] & WIDE_FOUR ? 1 : 0, high = (u32)work->state[WIDE_HIGH],
	    unit;

	(void)i;
	if (home_read_unit(work->state[WIDE_ADDRESS], four, work->state[WIDE_HOW] & WIDE_USER,
			   &unit))
		return wide_fail(work, WIDE_FAULT);
	work->state[WIDE_ADDRESS] += four ? 4 : 2;
	work->state[WIDE_HIGH] = 0;
	if (high) {
		if (unit < 0xdc00 || unit > 0xdfff)
			return wide_fail(work, WIDE_BROKEN);
		return wide_put(work, 0x10000 + ((high & 0x3ff) << 10) + (unit & 0x3ff));
	}
	if (!unit)
		return 1;
	if (!four && unit >= 0xd800 && unit <= 0xdbff) {
		work->state[WIDE_HIGH] = unit;
		return 0;
	}
	if (unit > 0x10ffff || (unit >= 0xd800 && unit <= 0xdfff))
		return wide_fail(work, WIDE_BROKEN);
	return wide_put(work, unit);
}

/* Leaves the string in b, at most `most` bytes of whole characters; 0, or why it could not. */
GLOBAL u64 global_wide_read(struct frame *frame, u64 address, u64 most, u64 how)
{
	struct units units = {frame};

	if (!frame)
		return WIDE_FAULT;
	frame->work.at = 0;
	frame->work.state[WIDE_ADDRESS] = address;
	frame->work.state[WIDE_MOST] = most < MAX_STRING ? most : MAX_STRING;
	frame->work.state[WIDE_HOW] = how;
	frame->work.state[WIDE_HIGH] = frame->work.state[WIDE_FAILED] = 0;
	home_loop(MAX_STRING + 1, wide_turn, &units);
	frame->work.b[BOUND(frame->work.at, WORK_MASK)] = 0;
	return frame->work.state[WIDE_FAILED];
}

static inline INLINE void wide_finish(struct run *run, char *dst, u32 size, u64 failed)
{
	*dst = 0;
	if (failed == WIDE_FAULT)
		home_raise_fault(run, run->frame->work.state[WIDE_ADDRESS]);
	else if (failed)
		handler_raise(run, "this is no valid UTF-16 or UTF-32");
	else
		home_copy_string(dst, size, (u64)run->frame->work.b);
}

static inline INLINE u64 wide_how(u64 user, i64 unit)
{
	return user | (unit == 4 ? WIDE_FOUR : 0);
}

INLINE void fn_kernel_wide(struct run *run, char *dst, u32 size, i64 address, i64 unit)
{
	wide_finish(run, dst, size,
		    global_wide_read(run->frame, (u64)address, size - 1, wide_how(0, unit)));
}

INLINE void fn_user_wide(struct run *run, char *dst, u32 size, i64 address, i64 unit)
{
	wide_finish(
		run, dst, size,
		global_wide_read(run->frame, (u64)address, size - 1, wide_how(WIDE_USER, unit)));
}

/* The longest string of four bytes a character lies on five pages. */
INLINE void fn_user_wide_sleepable(struct run *run, char *dst, u32 size, i64 address, i64 unit)
{
	u64 failed = WIDE_FAULT;

	for (u32 i = 0; i < 6 && failed == WIDE_FAULT; i++) {
		failed = global_wide_read(run->frame, (u64)address, size - 1,
					  wide_how(WIDE_USER, unit));
		if (failed == WIDE_FAULT)
			home_wait_for_memory(run->frame, run->frame->work.state[WIDE_ADDRESS]);
	}
	wide_finish(run, dst, size, failed);
}
