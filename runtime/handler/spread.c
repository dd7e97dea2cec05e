/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Spread counters: one cell for each processor, `stride` bytes apart. Handlers of the kernel add
 * to their processor's cell, and so never wait for another's cache line; all else is the
 * tracer's. In the kernel these functions are never linked in: their loops have no bound that
 * its verifier could see.
 */
#include "runtime/handler/home.h"

INLINE i64 spread_sum(const i64 *first, u32 stride, u32 n)
{
	u64 sum = 0;

	for (u32 i = 0; i < n; i++)
		sum += *(const volatile u64 *)((const char *)first + (u64)i * stride);
	return (i64)sum;
}

INLINE void spread_set(i64 *first, u32 stride, u32 n, i64 value)
{
	for (u32 i = 0; i < n; i++)
		*(volatile i64 *)((char *)first + (u64)i * stride) = i ? 0 : value;
}

static inline INLINE void gather(struct stat_cell *to, const struct stat_cell *from, u32 buckets)
{
	u64 low = to->squares_low + from->squares_low;

	to->count += from->count;
	to->sum = (i64)((u64)to->sum + (u64)from->sum);
	to->min = from->min < to->min ? from->min : to->min;
	to->max = from->max > to->max ? from->max : to->max;
	to->squares_high += from->squares_high + (low < to->squares_low);
	to->squares_low = low;
	for (u32 i = 0; i < buckets; i++)
		to->buckets[i] += from->buckets[i];
}

INLINE void spread_gather(struct stat_cell *to, u32 size, const struct stat_cell *first, u32 stride,
			  u32 n)
{
	u32 buckets = (size - (u32)sizeof(*to)) / 8;

	stat_init(to, size);
	for (u32 i = 0; i < n; i++)
		gather(to, (const struct stat_cell *)((const char *)first + (u64)i * stride), buckets);
}

INLINE void spread_clear(struct stat_cell *first, u32 size, u32 stride, u32 n)
{
	for (u32 i = 0; i < n; i++)
		stat_init((struct stat_cell *)((char *)first + (u64)i * stride), size);
}
