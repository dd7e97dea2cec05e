/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv6 addresses as text, in the form of RFC 5952: groups without leading zeros, the first of the
 * longest runs of zero groups as "::", IPv4 addresses that are mapped in their own form. The text
 * grows in frame->work.b.
 */
#include "runtime/handler/home.h"

/* work.state */
enum { INET_WORDS, INET_WORDS_2, INET_RUN, INET_BEST, INET_BEST_RUN, INET_TO };

struct inet {
	struct frame *frame;
};

/* Writes c; the text grows by it only when `some`. */
static inline INLINE void inet_put(struct work *work, u64 c, u64 some)
{
	work->b[BOUND(work->state[INET_TO], 63)] = (char)c;
	work->state[INET_TO] += some;
}

static inline INLINE u64 inet_group(struct work *work, u32 i)
{
	u64 word = work->state[INET_WORDS + (i >> 2 & 1)] >> (16 * (i & 3));

	return __builtin_bswap16((u16)word);
}

static long inet_run_turn(u32 i, struct inet *inet)
{
	struct work *work = &inet->frame->work;
	u64 run = inet_group(work, i) ? 0 : work->state[INET_RUN] + 1;

	work->state[INET_RUN] = run;
	if (run > work->state[INET_BEST_RUN]) {
		work->state[INET_BEST_RUN] = run;
		work->state[INET_BEST] = i + 1 - run;
	}
	return 0;
}

static inline INLINE u64 inet_digit(u64 value)
{
	return value < 10 ? '0' + value : 'a' - 10 + value;
}

static long inet_group_turn(u32 i, struct inet *inet)
{
	struct work *work = &inet->frame->work;
	u64 group = inet_group(work, i);
	u64 best = work->state[INET_BEST], behind = best + work->state[INET_BEST_RUN];

	inet_put(work, ':', i == best || (i && (i < best || i > behind)));
	inet_put(work, ':', i == best);
	if (i >= best && i < behind)
		return 0;
	inet_put(work, inet_digit(group >> 12), group >= 0x1000);
	inet_put(work, inet_digit(group >> 8 & 15), group >= 0x100);
	inet_put(work, inet_digit(group >> 4 & 15), group >= 0x10);
	inet_put(work, inet_digit(group & 15), 1);
	return 0;
}

/* A byte of an IPv4 address, in decimal. */
static long inet_byte_turn(u32 i, struct inet *inet)
{
	struct work *work = &inet->frame->work;
	u64 value = work->state[INET_WORDS_2] >> (32 + 8 * (i & 3)) & 0xff;

	inet_put(work, i ? '.' : ':', 1);
	inet_put(work, '0' + value / 100, value >= 100);
	inet_put(work, '0' + value / 10 % 10, value >= 10);
	inet_put(work, '0' + value % 10, 1);
	return 0;
}

/* The address whose bytes are those of the two words, into b. */
GLOBAL u32 global_inet6(struct frame *frame, u64 first, u64 second)
{
	u32 mapped = !first && (u32)second == 0xffff0000;
	struct inet inet = {frame};
	struct work *work;

	if (!frame)
		return 0;
	work = &frame->work;
	work->state[INET_WORDS] = first;
	work->state[INET_WORDS_2] = second;
	work->state[INET_RUN] = work->state[INET_TO] = 0;
	work->state[INET_BEST_RUN] = 1; /* one group alone is written out */
	work->state[INET_BEST] = 8;
	home_loop(mapped ? 6 : 8, inet_run_turn, &inet);
	home_loop(mapped ? 6 : 8, inet_group_turn, &inet);
	if (mapped)
		home_loop(4, inet_byte_turn, &inet);
	work->b[BOUND(work->state[INET_TO], 63)] = 0;
	return 0;
}

INLINE void fn_inet6_text(struct run *run, char *dst, u32 size, i64 first, i64 second)
{
	global_inet6(run->frame, (u64)first, (u64)second);
	home_copy_string(dst, size, (u64)run->frame->work.b);
}
