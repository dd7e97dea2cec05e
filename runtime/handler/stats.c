/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statistics cells: adding a value with atomic operations alone, and the extractors that need
 * arithmetic.
 */
#include "runtime/handler/home.h"

static const i64 LEAST = (i64)1 << 63, MOST = ~((i64)1 << 63);

/* ---- minimum and maximum -------------------------------------------------------------------- */

struct extreme {
	i64 *cell;
	i64 value;
};

static long minimum_turn(u32 i, struct extreme *extreme)
{
	i64 now = *(volatile i64 *)extreme->cell;

	(void)i;
	if (extreme->value >= now)
		return 1;
	return __sync_bool_compare_and_swap(extreme->cell, now, extreme->value);
}

static long maximum_turn(u32 i, struct extreme *extreme)
{
	i64 now = *(volatile i64 *)extreme->cell;

	(void)i;
	if (extreme->value <= now)
		return 1;
	return __sync_bool_compare_and_swap(extreme->cell, now, extreme->value);
}

/* A turn fails only when another's has succeeded, so that the bound is never met. */
enum { EXTREME_TURNS = 1 << 16 };

CALLED int stat_minimum(i64 *cell, i64 value)
{
	struct extreme extreme = {cell, value};

	home_loop(EXTREME_TURNS, minimum_turn, &extreme);
	return 0;
}

CALLED int stat_maximum(i64 *cell, i64 value)
{
	struct extreme extreme = {cell, value};

	home_loop(EXTREME_TURNS, maximum_turn, &extreme);
	return 0;
}

/* ---- squares: a 128-bit sum ------------------------------------------------------------------ */

struct wide {
	u64 low, high;
};

static inline INLINE struct wide wide_square(i64 value)
{
	u64 n = value < 0 ? -(u64)value : (u64)value;
	u64 low = n & 0xffffffff, high = n >> 32, cross = low * high;
	struct wide square = {low * low, high * high + (cross >> 31)};
	u64 add = cross << 33;

	square.low += add;
	square.high += square.low < add;
	return square;
}

CALLED int stat_square(struct stat_cell *cell, i64 value)
{
	struct wide square = wide_square(value);
	u64 before = __sync_fetch_and_add(&cell->squares_low, square.low);

	if (before + square.low < before)
		square.high++;
	if (square.high)
		__sync_fetch_and_add(&cell->squares_high, square.high);
	return 0;
}

/* ---- buckets --------------------------------------------------------------------------------- */

/* The number of significant bits. */
static inline INLINE u32 bits(u64 n)
{
	u32 width = 0;

	for (u32 step = 32; step; step /= 2) {
		if (n >> step) {
			width += step;
			n >>= step;
		}
	}
	return width + (n ? 1 : 0);
}

GLOBAL u32 global_hist_log(i64 value)
{
	if (value < 0)
		return value == LEAST ? 0 : HIST_LOG_ZERO - bits(-(u64)value);
	return HIST_LOG_ZERO + bits((u64)value);
}

static inline INLINE u32 hist_linear(i64 value, const struct stat_shape *shape)
{
	u64 bucket;

	if (value < shape->low)
		return 0;
	bucket = 1 + (u64)(value - shape->low) / (u64)shape->width;
	return bucket < shape->buckets - 1 ? (u32)bucket : shape->buckets - 1;
}

/* ---- adding ---------------------------------------------------------------------------------- */

INLINE void stat_add(struct run *run, struct stat_cell *cell, i64 value,
		     const struct stat_shape *shape)
{
	(void)run;
	__sync_fetch_and_add(&cell->count, 1);
	__sync_fetch_and_add(&cell->sum, value);
	if (value < *(volatile i64 *)&cell->min)
		stat_minimum(&cell->min, value);
	if (value > *(volatile i64 *)&cell->max)
		stat_maximum(&cell->max, value);
	if (shape->squares)
		stat_square(cell, value);
	if (shape->buckets) {
		u64 bucket = shape->log ? global_hist_log(value) : hist_linear(value, shape);

		__asm__ volatile("" : "+r"(bucket));
		if (bucket < shape->buckets)
			__sync_fetch_and_add(&cell->buckets[bucket], 1);
	}
}

static inline INLINE void stat_init(struct stat_cell *cell, u32 size)
{
	home_zero(cell, size);
	cell->min = MOST;
	cell->max = LEAST;
}

INLINE void stat_clear(struct run *run, struct stat_cell *cell, u32 buckets)
{
	(void)run;
	stat_init(cell, (u32)sizeof(*cell) + buckets * 8);
}

/* ---- extractors ------------------------------------------------------------------------------ */

/* BPF before version 4 divides unsigned numbers only. */
static inline INLINE i64 divide(i64 a, u64 b)
{
	return a < 0 ? -(i64)(-(u64)a / b) : (i64)((u64)a / b);
}

INLINE i64 stat_average(const struct stat_cell *cell)
{
	return cell->count ? divide(cell->sum, cell->count) : 0;
}

static inline INLINE struct wide wide_multiply(u64 a, u64 b)
{
	u64 al = a & 0xffffffff, ah = a >> 32, bl = b & 0xffffffff, bh = b >> 32;
	u64 low = al * bl, cross = ah * bl + (low >> 32), other = al * bh + (cross & 0xffffffff);
	struct wide product = {
		.low = (other << 32) | (low & 0xffffffff),
		.high = ah * bh + (cross >> 32) + (other >> 32),
	};
	return product;
}

static inline INLINE struct wide wide_subtract(struct wide a, struct wide b)
{
	struct wide rest = {a.low - b.low, a.high - b.high - (a.low < b.low)};
	return rest;
}

/* high:low / by, when that fits 64 bits (high < by); else the greatest number. */
GLOBAL u64 global_divide_wide(u64 high, u64 low, u64 by)
{
	if (!by || high >= by)
		return ~0ull;
	if (!high)
		return low / by;
	for (u32 i = 0; i < 64; i++) {
		u64 over = high >> 63;

		high = high << 1 | low >> 63;
		low <<= 1;
		if (over || high >= by) {
			high -= by;
			low |= 1;
		}
	}
	return low;
}

static inline INLINE u64 magnitude(i64 n)
{
	return n < 0 ? -(u64)n : (u64)n;
}

/*
 * Sample variance, exact but for the fraction: with m the mean without its fraction and r the
 * rest of that division, the sum of (x - mean)^2 is squares - m (sum + r) - r^2 / n.
 * m and sum + r never differ in sign, so that magnitudes do. The shift is not needed then.
 */
GLOBAL i64 global_variance(u64 n, i64 sum, u64 low, u64 high)
{
	struct wide total = {low, high}, square;
	i64 mean, rest;
	u64 least;

	if (n < 2)
		return 0;
	mean = divide(sum, n);
	rest = sum - mean * (i64)n;
	total = wide_subtract(total, wide_multiply(magnitude(mean), magnitude(sum) + magnitude(rest)));
	square = wide_square(rest);
	least = global_divide_wide(square.high, square.low, n);
	square.low = least + (square.low != least * n);
	square.high = 0;
	total = wide_subtract(total, square);
	least = global_divide_wide(total.high, total.low, n - 1);
	return least < (u64)MOST ? (i64)least : MOST;
}

INLINE i64 stat_variance(const struct stat_cell *cell, u32 shift)
{
	(void)shift;
	return global_variance(cell->count, cell->sum, cell->squares_low, cell->squares_high);
}
