/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Strings: copy, concatenate, compare, fill keys. A string is read once, by one helper call,
 * also where another CPU writes it meanwhile.
 */
#include "runtime/handler/home.h"

INLINE void str_copy(struct run *run, char *dst, u32 size, const char *src)
{
	(void)run;
	home_copy_string(dst, size, (u64)src);
}

INLINE void str_concat(struct run *run, char *dst, u32 size, const char *a, const char *b)
{
	u64 n = BOUND(home_copy_string(dst, size, (u64)a) - 1, WORK_MASK);

	(void)run;
	home_copy_string(dst + n, (u32)BOUND(size - n, WORK_MASK), (u64)b);
}

INLINE void str_key(struct run *run, char *dst, u32 size, const char *src)
{
	(void)run;
	home_zero(dst, size);
	home_copy_string(dst, size, (u64)src);
}

/* Big-endian words compare as bytes do. */
static inline INLINE i64 word_compare(u64 a, u64 b)
{
	a = __builtin_bswap64(a);
	b = __builtin_bswap64(b);
	return a < b ? -1 : a > b;
}

enum { SHORT = 32 };

/* At most SHORT bytes of each. */
GLOBAL i64 global_compare_short(struct frame *frame, u64 a, u64 b)
{
	u64 *x, *y;

	if (!frame)
		return 0;
	x = (u64 *)frame->work.a;
	y = (u64 *)frame->work.b;
	for (u32 i = 0; i < SHORT / 8; i++)
		x[i] = y[i] = 0;
	home_copy_string(frame->work.a, SHORT + 1, a);
	home_copy_string(frame->work.b, SHORT + 1, b);
	for (u32 i = 0; i < SHORT / 8; i++)
		if (x[i] != y[i])
			return word_compare(x[i], y[i]);
	return 0;
}

struct compare {
	struct frame *frame;
};

static long compare_turn(u32 i, struct compare *compare)
{
	struct frame *frame = compare->frame;
	u64 at = BOUND(i * 8, WORK_MASK);
	u64 x = *(u64 *)(frame->work.a + at), y = *(u64 *)(frame->work.b + at);

	if (x == y)
		return 0;
	frame->work.state[0] = (u64)word_compare(x, y);
	return 1;
}

GLOBAL i64 global_compare(struct frame *frame, u64 a, u64 b)
{
	struct compare compare = {frame};
	u32 n, m;

	if (!frame)
		return 0;
	n = home_copy_string(frame->work.a, MAX_STRING + 1, a);
	*(u64 *)(frame->work.a + BOUND(n, WORK_MASK)) = 0;
	m = home_copy_string(frame->work.b, MAX_STRING + 1, b);
	*(u64 *)(frame->work.b + BOUND(m, WORK_MASK)) = 0;
	frame->work.state[0] = 0;
	home_loop((n < m ? n : m) / 8 + 1, compare_turn, &compare);
	return (i64)frame->work.state[0];
}

INLINE i64 str_compare(struct run *run, const char *a, const char *b, u32 bound)
{
	struct frame *frame = run->frame;
	u64 x = home_address(frame, a), y = home_address(frame, b);

	return bound < SHORT ? global_compare_short(frame, x, y) : global_compare(frame, x, y);
}
