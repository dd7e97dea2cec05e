/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Floating-point numbers (IEEE 754 doubles, as the bits of a long) by operations on integers, as
 * BPF has no others. Results are rounded to nearest, ties to even.
 *
 * While it is calculated with, a number is sig * 2^exponent, where sig has its highest bit set;
 * bits that were shifted out of sig leave its lowest bit set.
 *
 * The verifier follows every path with all it knows of the values. So the parts are functions of
 * their own, between which it knows nothing, and loops have no branches.
 */
#include "runtime/handler/home.h"

#define FLOAT_SIGN (1ull << 63)
#define FLOAT_INFINITY (0x7ffull << 52)
#define FLOAT_HIDDEN (1ull << 52)
#define FLOAT_QUIET (1ull << 51)
#define FLOAT_INVALID (FLOAT_SIGN | FLOAT_INFINITY | FLOAT_QUIET) /* what 0 / 0 is */

struct parts {
	u64 sig;
	i64 exponent;
};

static inline INLINE u64 float_size(u64 a)
{
	return a & ~FLOAT_SIGN;
}

static inline INLINE u32 float_is_nan(u64 a)
{
	return float_size(a) > FLOAT_INFINITY;
}

static inline INLINE u32 float_is_infinite(u64 a)
{
	return float_size(a) == FLOAT_INFINITY;
}

/* Of two operands, the first that is no number. */
static inline INLINE u64 float_nan_of(u64 a, u64 b)
{
	return (float_is_nan(a) ? a : b) | FLOAT_QUIET;
}

static inline INLINE u64 shift_right_jam(u64 value, u64 by)
{
	if (by > 63)
		return value != 0;
	return value >> (by & 63) | ((value << (-by & 63)) != 0 && by);
}

/* The bits above the highest one that is set; of a number that is not 0. */
GLOBAL u64 global_leading_zeros(u64 value)
{
	return (u64)__builtin_clzll(value | 1) & 63;
}

static inline INLINE struct parts parts_normal(u64 sig, i64 exponent)
{
	u64 zeros = global_leading_zeros(sig) & 63;

	return (struct parts){sig << zeros, exponent - (i64)zeros};
}

/* Of a finite number that is not 0. */
static inline INLINE struct parts float_parts(u64 a)
{
	u64 fraction = a & (FLOAT_HIDDEN - 1), field = a >> 52 & 0x7ff;

	if (!field)
		return parts_normal(fraction, -1074);
	return parts_normal(fraction | FLOAT_HIDDEN, (i64)field - 1075);
}

/* The double nearest to sig * 2^exponent, any sig. */
GLOBAL u64 global_float_pack(u64 sign, u64 sig, u64 exponent)
{
	u64 zeros, whole, rest;
	i64 field;

	if (!sig)
		return sign;
	zeros = global_leading_zeros(sig) & 63;
	sig <<= zeros;
	field = (i64)(exponent - zeros) + 63 + 1023;
	if (field > 2046)
		return sign | FLOAT_INFINITY;
	if (field < 1) {
		sig = shift_right_jam(sig, (u64)(1 - field));
		field = 1;
	}
	whole = sig >> 11;
	rest = sig & 0x7ff;
	whole += rest > 0x400 || (rest == 0x400 && (whole & 1));
	return sign | (((u64)(field - 1) << 52) + whole); /* a carry makes the next exponent */
}

/* a >= b, without a branch: what follows multiplies by it. (Masks, 0 or -1, the verifier forks at.)
 */
static inline INLINE u64 at_least(u64 a, u64 b)
{
	u64 less = ((~a & b) | ((~a | b) & (a - b))) >> 63;

	__asm__("" : "+r"(less));
	return less ^ 1;
}

/* ---- sums -------------------------------------------------------------------------------------
 */

GLOBAL u64 global_float_add(u64 a, u64 b)
{
	struct parts larger, smaller;
	u64 sign, swap;

	if (float_is_nan(a) || float_is_nan(b))
		return float_nan_of(a, b);
	if (float_size(a) < float_size(b)) {
		swap = a;
		a = b;
		b = swap;
	}
	sign = a & FLOAT_SIGN;
	if (float_is_infinite(a))
		return float_is_infinite(b) && a != b ? FLOAT_INVALID : a;
	if (!float_size(b))
		return float_size(a) ? a : a & b;
	larger = float_parts(a);
	smaller = float_parts(b);
	larger.sig >>= 1;
	smaller.sig = shift_right_jam(smaller.sig >> 1, (u64)(larger.exponent - smaller.exponent));
	larger.exponent++;
	if ((a ^ b) & FLOAT_SIGN) {
		larger.sig -= smaller.sig;
		if (!larger.sig)
			return 0;
	} else {
		larger.sig += smaller.sig;
	}
	return global_float_pack(sign, larger.sig, (u64)larger.exponent);
}

INLINE i64 fn_fp_add(struct run *run, i64 a, i64 b)
{
	(void)run;
	return (i64)global_float_add((u64)a, (u64)b);
}

INLINE i64 fn_fp_sub(struct run *run, i64 a, i64 b)
{
	(void)run;
	return (i64)global_float_add((u64)a, float_is_nan((u64)b) ? (u64)b : (u64)b ^ FLOAT_SIGN);
}

/* ---- products ---------------------------------------------------------------------------------
 */

/* The upper half of the product, with its lowest bit set when the lower half is not 0. */
static inline INLINE u64 multiply_jam(u64 a, u64 b)
{
	u64 low = (a & 0xffffffff) * (b & 0xffffffff), cross = (a >> 32) * (b & 0xffffffff);
	u64 other = (a & 0xffffffff) * (b >> 32),
	    middle = (low >> 32) + (cross & 0xffffffff) + (other & 0xffffffff);
	u64 high = (a >> 32) * (b >> 32) + (cross >> 32) + (other >> 32) + (middle >> 32);

	return high | (((middle & 0xffffffff) | (low & 0xffffffff)) != 0);
}

GLOBAL u64 global_float_mul(u64 a, u64 b)
{
	u64 sign = (a ^ b) & FLOAT_SIGN;
	struct parts x, y;

	if (float_is_nan(a) || float_is_nan(b))
		return float_nan_of(a, b);
	if (float_is_infinite(a) || float_is_infinite(b))
		return float_size(a) && float_size(b) ? sign | FLOAT_INFINITY : FLOAT_INVALID;
	if (!float_size(a) || !float_size(b))
		return sign;
	x = float_parts(a);
	y = float_parts(b);
	return global_float_pack(sign, multiply_jam(x.sig, y.sig),
				 (u64)(x.exponent + y.exponent + 64));
}

INLINE i64 fn_fp_mul(struct run *run, i64 a, i64 b)
{
	(void)run;
	return (i64)global_float_mul((u64)a, (u64)b);
}

/* 58 bits of a / b, by hand; both have bit 62 set as their highest. */
GLOBAL u64 global_divide_jam(u64 a, u64 b)
{
	u64 quotient = 0;

	for (u32 i = 0; i < 58; i++) {
		u64 takes = at_least(a, b);

		quotient = quotient << 1 | takes;
		a = (a - b * takes) << 1;
	}
	return quotient << 1 | (a != 0);
}

GLOBAL u64 global_float_div(u64 a, u64 b)
{
	u64 sign = (a ^ b) & FLOAT_SIGN;
	struct parts x, y;

	if (float_is_nan(a) || float_is_nan(b))
		return float_nan_of(a, b);
	if (float_is_infinite(a))
		return float_is_infinite(b) ? FLOAT_INVALID : sign | FLOAT_INFINITY;
	if (!float_size(b))
		return float_size(a) ? sign | FLOAT_INFINITY : FLOAT_INVALID;
	if (!float_size(a) || float_is_infinite(b))
		return sign;
	x = float_parts(a);
	y = float_parts(b);
	return global_float_pack(sign, global_divide_jam(x.sig >> 1, y.sig >> 1),
				 (u64)(x.exponent - y.exponent - 58));
}

INLINE i64 fn_fp_div(struct run *run, i64 a, i64 b)
{
	(void)run;
	return (i64)global_float_div((u64)a, (u64)b);
}

/*
 * rest * 2^ahead modulo divisor, both of 53 bits, and in the highest bit whether the quotient is
 * odd. Eleven bits a turn; ahead is at most 2098.
 */
GLOBAL u64 global_rest_of(u64 rest, u64 divisor, u64 ahead)
{
	u64 quotient = 0;

	divisor |= FLOAT_HIDDEN; /* as the caller knows; so it is not 0 */
	for (u32 i = 0; i < 191; i++) {
		u64 many = at_least(ahead, 11), bits = 11 * many + (ahead & 15) * (many ^ 1);
		u64 some = at_least(ahead, 1);

		/* When all is done, the number stays as it is, and so does the quotient. */
		quotient = quotient * (some ^ 1) + (rest << bits) / divisor * some;
		rest = (rest << bits) % divisor;
		ahead -= bits;
	}
	return rest | quotient << 63;
}

/* a - n * b, where n is a / b rounded to nearest; exact. */
GLOBAL u64 global_float_rem(u64 a, u64 b)
{
	u64 sign = a & FLOAT_SIGN, rest, divisor, quotient = 0;
	struct parts x, y;
	i64 ahead;

	if (float_is_nan(a) || float_is_nan(b))
		return float_nan_of(a, b);
	if (float_is_infinite(a) || !float_size(b))
		return FLOAT_INVALID;
	if (!float_size(a) || float_is_infinite(b))
		return a;
	x = float_parts(a);
	y = float_parts(b);
	rest = x.sig >> 11;
	divisor = y.sig >> 11;
	ahead = x.exponent - y.exponent;
	if (ahead < -1)
		return a;
	if (ahead < 0) {
		divisor <<= 1;
		y.exponent--;
	} else {
		quotient = rest / divisor;
		rest = rest % divisor;
	}
	if (ahead > 0) {
		rest = global_rest_of(rest, divisor, (u64)ahead);
		quotient = rest >> 63;
		rest &= ~FLOAT_SIGN;
	}
	if (rest * 2 > divisor || (rest * 2 == divisor && (quotient & 1))) {
		rest = divisor - rest;
		sign ^= FLOAT_SIGN;
	}
	if (!rest)
		return a & FLOAT_SIGN;
	return global_float_pack(sign, rest, (u64)(y.exponent + 11));
}

INLINE i64 fn_fp_rem(struct run *run, i64 a, i64 b)
{
	(void)run;
	return (i64)global_float_rem((u64)a, (u64)b);
}

/* ---- roots ------------------------------------------------------------------------------------
 */

/* 56 bits of the root of sig * 2^48, by hand, two bits of sig for one of the root. */
GLOBAL u64 global_root_jam(u64 sig)
{
	u64 root = 0, rest = 0, takes;

	for (u32 i = 0; i < 56; i++) {
		rest = rest << 2 | sig >> 62;
		sig <<= 2;
		takes = at_least(rest, root * 4 + 1);
		rest -= (root * 4 + 1) * takes;
		root = root << 1 | takes;
	}
	return root << 1 | (rest != 0);
}

GLOBAL u64 global_float_sqrt(u64 a)
{
	struct parts x;

	if (float_is_nan(a))
		return a | FLOAT_QUIET;
	if (!float_size(a))
		return a;
	if (a & FLOAT_SIGN)
		return FLOAT_INVALID;
	if (float_is_infinite(a))
		return a;
	x = float_parts(a);
	if (x.exponent & 1) {
		x.sig >>= 1;
		x.exponent++;
	}
	return global_float_pack(0, global_root_jam(x.sig), (u64)((x.exponent >> 1) - 25));
}

INLINE i64 fn_fp_sqrt(struct run *run, i64 a)
{
	(void)run;
	return (i64)global_float_sqrt((u64)a);
}

/* ---- comparisons ------------------------------------------------------------------------------
 */

/* Where a number is in the order of all; both zeros are one. */
static inline INLINE i64 float_order(u64 a)
{
	return a & FLOAT_SIGN ? -(i64)float_size(a) : (i64)a;
}

INLINE i64 fn_fp_eq(struct run *run, i64 a, i64 b)
{
	(void)run;
	return !float_is_nan((u64)a) && !float_is_nan((u64)b) &&
	       float_order((u64)a) == float_order((u64)b);
}

INLINE i64 fn_fp_le(struct run *run, i64 a, i64 b)
{
	(void)run;
	return !float_is_nan((u64)a) && !float_is_nan((u64)b) &&
	       float_order((u64)a) <= float_order((u64)b);
}

INLINE i64 fn_fp_lt(struct run *run, i64 a, i64 b)
{
	(void)run;
	return !float_is_nan((u64)a) && !float_is_nan((u64)b) &&
	       float_order((u64)a) < float_order((u64)b);
}

/* ---- conversions ------------------------------------------------------------------------------
 */

INLINE i64 fn_long_to_fp(struct run *run, i64 value)
{
	(void)run;
	return (i64)global_float_pack((u64)value & FLOAT_SIGN, value < 0 ? -(u64)value : (u64)value,
				      0);
}

/* Of a float, in the lower 32 bits. */
GLOBAL u64 global_float_widen(u64 narrow)
{
	u64 sign = (narrow & 0x80000000) << 32, field = narrow >> 23 & 0xff,
	    fraction = narrow & 0x7fffff;

	if (field == 0xff)
		return sign | FLOAT_INFINITY | fraction << 29 | (fraction ? FLOAT_QUIET : 0);
	if (!field)
		return global_float_pack(sign, fraction, -149ull);
	return global_float_pack(sign, fraction | 0x800000, field - 150);
}

INLINE i64 fn_fp32_to_fp64(struct run *run, i64 narrow)
{
	(void)run;
	return (i64)global_float_widen((u64)narrow & 0xffffffff);
}

enum { ROUND_EVEN, ROUND_ZERO, ROUND_DOWN, ROUND_UP, ROUND_AWAY };

/* Whether `whole` is to be one more; rest: the fraction in 2^-63rds, jammed. */
static inline INLINE u64 round_up(u64 whole, u64 rest, u64 negative, u64 mode)
{
	const u64 half = 1ull << 62;

	if (mode == ROUND_EVEN)
		return rest > half || (rest == half && (whole & 1));
	if (mode == ROUND_ZERO)
		return 0;
	if (mode == ROUND_DOWN)
		return rest && negative;
	if (mode == ROUND_UP)
		return rest && !negative;
	if (mode == ROUND_AWAY)
		return rest >= half;
	return rest && !(whole & 1); /* to odd */
}

/* What is no number and what does not fit is the least long, as the processor has it. */
GLOBAL u64 global_float_to_long(u64 a, u64 mode)
{
	u64 sig = (a & (FLOAT_HIDDEN - 1)) | FLOAT_HIDDEN, negative = a >> 63, whole, rest;
	i64 exponent = (i64)(a >> 52 & 0x7ff) - 1075;

	if (!float_size(a))
		return 0;
	if (exponent > 10)
		return FLOAT_SIGN;
	if (exponent >= 0) {
		whole = sig << (exponent & 63);
		rest = 0;
	} else if (exponent > -54) {
		whole = sig >> (-exponent & 63);
		rest = sig << ((64 + exponent) & 63);
		rest = rest >> 1 | (rest & 1);
	} else {
		whole = 0;
		rest = 1;
	}
	whole += round_up(whole, rest, negative, mode);
	return negative ? -whole : whole;
}

INLINE i64 fn_fp_to_long(struct run *run, i64 a, i64 mode)
{
	(void)run;
	return (i64)global_float_to_long((u64)a, (u64)mode);
}
