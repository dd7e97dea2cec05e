/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Floating-point numbers from and to decimal text, exactly rounded: the number stands in the work
 * buffer a as decimal digits on both sides of a fixed point, nine digits a limb, the highest limb
 * first; there it is shifted by bits.
 *
 *   | 324 digits: limbs 0 ... 35 | 1116 digits: limbs 36 ... 159 |
 *
 * A double has at most 309 digits in front of the point, and 1074 behind it.
 */
#include "runtime/handler/home.h"

enum {
	LIMBS = 160,
	LIMBS_WHOLE = 36, /* in front of the point */
	LIMB_DIGITS = 9,
	LIMB_BASE = 1000000000,
	LIMB_SHIFT = 29, /* by how many bits at once */
	TEXT_PRECISION = 1100,
};

/* State of the loops; numbers are in a, text is in b. */
enum {
	FLOAT_CARRY,  /* of a shift, or what a loop found */
	FLOAT_STICKY, /* digits that are not 0 were dropped */
	FLOAT_LEFT,   /* bits that are still to be shifted by; digits in front of the point */
	FLOAT_EXPONENT,
	FLOAT_STEP,
	FLOAT_FIRST, /* where the digits begin in b */
	FLOAT_PHASE,
};

static const u32 powers_of_ten[16] = {1,      10,      100,	 1000,	    10000,
				      100000, 1000000, 10000000, 100000000, 1000000000};

struct digits {
	struct frame *frame;
};

static inline INLINE u32 *limb_at(struct frame *frame, u64 index)
{
	return (u32 *)(frame->work.a + BOUND(index * 4, WORK_MASK));
}

static inline INLINE u64 power_of_ten(u64 n)
{
	return powers_of_ten[BOUND(n, 15)];
}

/* ---- shifts ------------------------------------------------------------------------------------
 */

static long limb_left_turn(u32 i, struct digits *digits)
{
	struct work *work = &digits->frame->work;
	u32 *limb = limb_at(digits->frame, LIMBS - 1 - i);
	u64 value = ((u64)*limb << (work->state[FLOAT_STEP] & 31)) + work->state[FLOAT_CARRY];

	*limb = (u32)(value % LIMB_BASE);
	work->state[FLOAT_CARRY] = value / LIMB_BASE;
	return 0;
}

static long limb_right_turn(u32 i, struct digits *digits)
{
	struct work *work = &digits->frame->work;
	u32 *limb = limb_at(digits->frame, i);
	u64 step = work->state[FLOAT_STEP] & 31,
	    value = work->state[FLOAT_CARRY] * LIMB_BASE + *limb;

	*limb = (u32)(value >> step);
	work->state[FLOAT_CARRY] = value & ((1ull << step) - 1);
	return 0;
}

static inline INLINE void digits_left(struct digits *digits, u64 step)
{
	struct work *work = &digits->frame->work;

	work->state[FLOAT_STEP] = step;
	work->state[FLOAT_CARRY] = 0;
	home_loop(LIMBS, limb_left_turn, digits);
}

static inline INLINE void digits_right(struct digits *digits, u64 step)
{
	struct work *work = &digits->frame->work;

	work->state[FLOAT_STEP] = step;
	work->state[FLOAT_CARRY] = 0;
	home_loop(LIMBS, limb_right_turn, digits);
	work->state[FLOAT_STICKY] |= work->state[FLOAT_CARRY];
}

/* Takes a step of what is left; 0 when there is none. */
static inline INLINE u64 step_take(struct work *work)
{
	u64 left = work->state[FLOAT_LEFT], step = left > LIMB_SHIFT ? LIMB_SHIFT : left;

	work->state[FLOAT_LEFT] = left - step;
	return step;
}

static long left_turn(u32 i, struct digits *digits)
{
	u64 step = step_take(&digits->frame->work);

	(void)i;
	if (!step)
		return 1;
	digits_left(digits, step);
	return 0;
}

static long right_turn(u32 i, struct digits *digits)
{
	u64 step = step_take(&digits->frame->work);

	(void)i;
	if (!step)
		return 1;
	digits_right(digits, step);
	return 0;
}

/* ---- questions ---------------------------------------------------------------------------------
 */

static long any_turn(u32 i, struct digits *digits)
{
	struct work *work = &digits->frame->work;

	work->state[FLOAT_CARRY] |= *limb_at(digits->frame, work->state[FLOAT_STEP] + i);
	return work->state[FLOAT_CARRY] != 0;
}

/* Whether one of the limbs from `from` on, up to `to`, is not 0. */
static inline INLINE u32 digits_any(struct digits *digits, u64 from, u64 to)
{
	struct work *work = &digits->frame->work;

	work->state[FLOAT_CARRY] = 0;
	work->state[FLOAT_STEP] = from;
	home_loop((u32)BOUND(to - from, 255), any_turn, digits);
	return work->state[FLOAT_CARRY] != 0;
}

/* The number in front of the point, which is less than 10^18. */
static inline INLINE u64 digits_whole(struct frame *frame)
{
	return (u64)*limb_at(frame, LIMBS_WHOLE - 2) * LIMB_BASE + *limb_at(frame, LIMBS_WHOLE - 1);
}

/* ---- to text -----------------------------------------------------------------------------------
 */

static long carry_turn(u32 i, struct digits *digits)
{
	struct work *work = &digits->frame->work;
	u32 *limb = limb_at(digits->frame, work->state[FLOAT_STEP] - i);

	(*limb)++;
	if (*limb < LIMB_BASE)
		return 1;
	*limb = 0;
	return 0;
}

/* Rounds to so many digits behind the point. */
static inline INLINE void digits_round(struct digits *digits, u64 precision)
{
	struct frame *frame = digits->frame;
	u64 at = LIMBS_WHOLE + precision / LIMB_DIGITS, kept = precision % LIMB_DIGITS;
	u64 unit = power_of_ten(LIMB_DIGITS - kept), half = unit / 2, rest, odd;
	u32 more = digits_any(digits, at + 1, LIMBS), *limb = limb_at(frame, at);

	if (!unit)
		return;
	rest = *limb % unit;
	odd = kept ? *limb / unit & 1 : *limb_at(frame, at - 1) & 1;
	*limb -= (u32)rest;
	if (rest < half || (rest == half && !more && !odd))
		return;
	*limb += (u32)unit;
	if (*limb < LIMB_BASE)
		return;
	*limb -= LIMB_BASE;
	frame->work.state[FLOAT_STEP] = at - 1;
	home_loop(LIMBS, carry_turn, digits);
}

static inline INLINE void digit_put(struct work *work, char c)
{
	work->b[BOUND(work->at, WORK_MASK)] = c;
	work->at++;
}

static long digit_turn(u32 i, struct digits *digits)
{
	struct work *work = &digits->frame->work;
	u64 unit = power_of_ten(LIMB_DIGITS - 1 - i % LIMB_DIGITS), digit;

	if (!unit)
		return 1;
	digit = *limb_at(digits->frame, i / LIMB_DIGITS) / unit % 10;
	if (i == LIMBS_WHOLE * LIMB_DIGITS)
		digit_put(work, '.');
	work->state[FLOAT_PHASE] |= digit || i >= LIMBS_WHOLE * LIMB_DIGITS - 1;
	if (work->state[FLOAT_PHASE])
		digit_put(work, (char)('0' + digit));
	return 0;
}

static inline INLINE void digits_text(struct digits *digits, u64 negative, u64 precision)
{
	struct work *work = &digits->frame->work;

	work->at = 0;
	work->state[FLOAT_PHASE] = 0;
	if (negative)
		digit_put(work, '-');
	home_loop((u32)(LIMBS_WHOLE * LIMB_DIGITS + precision), digit_turn, digits);
	digit_put(work, 0);
}

static inline INLINE void float_word(struct frame *frame, u64 negative, u64 word)
{
	*(u64 *)frame->work.b = negative ? word << 8 | '-' : word;
}

/* In b, as %.*f of C's printf. */
GLOBAL u64 global_float_text(struct frame *frame, u64 a, u64 precision)
{
	u64 sig = a & ((1ull << 52) - 1), field = a >> 52 & 0x7ff;
	struct digits digits = {frame};

	if (!frame)
		return 0;
	if (field == 0x7ff) {
		float_word(frame, a >> 63,
			   sig ? 'n' | 'a' << 8 | 'n' << 16 : 'i' | 'n' << 8 | 'f' << 16);
		return 0;
	}
	sig = field ? sig | 1ull << 52 : sig;
	field = field ? field : 1;
	precision = precision > TEXT_PRECISION ? TEXT_PRECISION : precision;
	home_zero(frame->work.a, LIMBS * 4);
	*limb_at(frame, LIMBS_WHOLE - 1) = (u32)(sig % LIMB_BASE);
	*limb_at(frame, LIMBS_WHOLE - 2) = (u32)(sig / LIMB_BASE);
	frame->work.state[FLOAT_LEFT] = field < 1075 ? 1075 - field : field - 1075;
	if (field < 1075)
		home_loop(40, right_turn, &digits);
	else
		home_loop(40, left_turn, &digits);
	digits_round(&digits, precision);
	digits_text(&digits, a >> 63, precision);
	return 0;
}

INLINE void fn_fp_to_string(struct run *run, char *dst, u32 size, i64 a, i64 precision)
{
	global_float_text(run->frame, (u64)a, precision < 0 ? 6 : (u64)precision);
	home_copy_string(dst, size, (u64)run->frame->work.b);
}

/* ---- from text ---------------------------------------------------------------------------------
 */

enum { PHASE_WHOLE, PHASE_FRACTION, PHASE_SIGN, PHASE_EXPONENT, EXPONENT_MOST = 100000 };

static inline INLINE u32 is_digit(u8 c)
{
	return c >= '0' && c <= '9';
}

/* Looks at a character: counts the digits in front of the point, and makes the exponent. */
static long scan_turn(u32 i, struct digits *digits)
{
	struct work *work = &digits->frame->work;
	u64 at = work->state[FLOAT_FIRST] + i, phase = work->state[FLOAT_PHASE] & 3;
	u8 c = (u8)work->b[BOUND(at, WORK_MASK)];

	if (is_digit(c)) {
		if (phase == PHASE_WHOLE)
			work->state[FLOAT_LEFT]++;
		if (phase >= PHASE_SIGN) {
			work->state[FLOAT_PHASE] = PHASE_EXPONENT;
			if (work->state[FLOAT_EXPONENT] < EXPONENT_MOST)
				work->state[FLOAT_EXPONENT] =
					work->state[FLOAT_EXPONENT] * 10 + (c - '0');
		}
		return 0;
	}
	if (c == '.' && phase == PHASE_WHOLE)
		work->state[FLOAT_PHASE] = PHASE_FRACTION;
	else if ((c | 0x20) == 'e' && phase <= PHASE_FRACTION && i)
		work->state[FLOAT_PHASE] = PHASE_SIGN;
	else if ((c == '-' || c == '+') && phase == PHASE_SIGN) {
		work->state[FLOAT_PHASE] = PHASE_EXPONENT;
		work->state[FLOAT_CARRY] = c == '-';
	} else
		return 1;
	return 0;
}

/* Puts a digit where it belongs: 10^place. */
static inline INLINE void digit_place(struct frame *frame, u64 digit, i64 place)
{
	u64 limb, power;

	if (place >= LIMBS_WHOLE * LIMB_DIGITS) {
		place = LIMBS_WHOLE * LIMB_DIGITS - 1; /* too large in any case */
		digit = digit != 0;
	}
	if (place >= 0) {
		limb = LIMBS_WHOLE - 1 - (u64)place / LIMB_DIGITS;
		power = (u64)place % LIMB_DIGITS;
	} else {
		limb = LIMBS_WHOLE + (u64)(-place - 1) / LIMB_DIGITS;
		power = LIMB_DIGITS - 1 - (u64)(-place - 1) % LIMB_DIGITS;
	}
	if (limb >= LIMBS)
		frame->work.state[FLOAT_STICKY] |= digit;
	else if (place < LIMBS_WHOLE * LIMB_DIGITS - 1)
		*limb_at(frame, limb) += (u32)(digit * power_of_ten(power));
	else if (digit)
		*limb_at(frame, limb) |= LIMB_BASE / 10;
}

static long place_turn(u32 i, struct digits *digits)
{
	struct work *work = &digits->frame->work;
	u8 c = (u8)work->b[BOUND(work->state[FLOAT_FIRST] + i, WORK_MASK)];

	if (c == '.' && !work->state[FLOAT_PHASE]) {
		work->state[FLOAT_PHASE] = 1;
		return 0;
	}
	if (!is_digit(c))
		return 1;
	work->state[FLOAT_EXPONENT]--;
	digit_place(digits->frame, c - '0', (i64)work->state[FLOAT_EXPONENT]);
	return 0;
}

/* Makes the number of the digits in b. */
static inline INLINE void digits_read(struct digits *digits)
{
	struct work *work = &digits->frame->work;

	work->state[FLOAT_PHASE] = PHASE_WHOLE;
	work->state[FLOAT_LEFT] = work->state[FLOAT_EXPONENT] = work->state[FLOAT_CARRY] = 0;
	home_loop(MAX_STRING, scan_turn, digits);
	if (work->state[FLOAT_CARRY])
		work->state[FLOAT_EXPONENT] = -work->state[FLOAT_EXPONENT];
	work->state[FLOAT_EXPONENT] += work->state[FLOAT_LEFT];
	work->state[FLOAT_PHASE] = 0;
	work->state[FLOAT_STICKY] = 0;
	home_zero(work->a, LIMBS * 4);
	home_loop(MAX_STRING, place_turn, digits);
}

/* Too large for digits_whole(). */
static long shrink_turn(u32 i, struct digits *digits)
{
	struct work *work = &digits->frame->work;

	(void)i;
	if (!digits_any(digits, 0, LIMBS_WHOLE - 2))
		return 1;
	digits_right(digits, LIMB_SHIFT);
	work->state[FLOAT_EXPONENT] += LIMB_SHIFT;
	return 0;
}

/* Too small to have all bits in front of the point. */
static long grow_turn(u32 i, struct digits *digits)
{
	struct work *work = &digits->frame->work;

	(void)i;
	if (digits_whole(digits->frame) >> 24 || (i64)work->state[FLOAT_EXPONENT] < -1100)
		return 1;
	digits_left(digits, LIMB_SHIFT);
	work->state[FLOAT_EXPONENT] -= LIMB_SHIFT;
	return 0;
}

/* Shifts until what is in front of the point are the bits of the double; its exponent. */
static inline INLINE i64 digits_align(struct digits *digits)
{
	struct work *work = &digits->frame->work;
	i64 exponent, wanted;
	u64 whole;

	work->state[FLOAT_EXPONENT] = 0;
	home_loop(40, shrink_turn, digits);
	home_loop(40, grow_turn, digits);
	whole = digits_whole(digits->frame);
	exponent = (i64)work->state[FLOAT_EXPONENT];
	wanted = exponent + 64 - (whole ? __builtin_clzll(whole) & 63 : 64) - 53;
	wanted = wanted < -1074 ? -1074 : wanted;
	work->state[FLOAT_LEFT] = (u64)(wanted < exponent ? exponent - wanted : wanted - exponent);
	if (wanted < exponent)
		home_loop(3, left_turn, digits);
	else
		home_loop(3, right_turn, digits);
	return wanted;
}

static inline INLINE u64 digits_float(struct digits *digits)
{
	struct frame *frame = digits->frame;
	i64 exponent;
	u64 whole, rest, more;

	if (!digits_any(digits, 0, LIMBS))
		return 0;
	exponent = digits_align(digits);
	more = digits_any(digits, LIMBS_WHOLE + 1, LIMBS) | frame->work.state[FLOAT_STICKY];
	whole = digits_whole(frame);
	rest = *limb_at(frame, LIMBS_WHOLE);
	whole += rest > LIMB_BASE / 2 || (rest == LIMB_BASE / 2 && (more || (whole & 1)));
	if (exponent > 971)
		return 0x7ffull << 52;
	return ((u64)(exponent + 1074) << 52) + whole;
}

static long blank_turn(u32 i, struct digits *digits)
{
	struct work *work = &digits->frame->work;
	char c = work->b[BOUND(i, WORK_MASK)];

	work->state[FLOAT_FIRST] = i;
	return c != ' ' && (c < '\t' || c > '\r');
}

/* Three letters of b, in lower case. */
static inline INLINE u32 float_letters(struct work *work)
{
	u64 at = work->state[FLOAT_FIRST];

	return ((u8)work->b[BOUND(at, WORK_MASK)] | (u8)work->b[BOUND(at + 1, WORK_MASK)] << 8 |
		(u8)work->b[BOUND(at + 2, WORK_MASK)] << 16) |
	       0x202020;
}

/* A digit, or a point and a digit. */
static inline INLINE u32 float_begins(struct work *work)
{
	u64 at = work->state[FLOAT_FIRST];
	u8 c = (u8)work->b[BOUND(at, WORK_MASK)];

	return is_digit(c) || (c == '.' && is_digit((u8)work->b[BOUND(at + 1, WORK_MASK)]));
}

GLOBAL u64 global_float_read(struct frame *frame, u64 text)
{
	struct digits digits = {frame};
	u64 sign = 0;
	u32 letters;
	char c;

	if (!frame)
		return 0;
	home_copy_string(frame->work.b, MAX_STRING + 1, text);
	home_loop(MAX_STRING, blank_turn, &digits);
	c = frame->work.b[BOUND(frame->work.state[FLOAT_FIRST], WORK_MASK)];
	if (c == '-' || c == '+')
		frame->work.state[FLOAT_FIRST]++;
	if (c == '-')
		sign = 1ull << 63;
	letters = float_letters(&frame->work);
	if (letters == ('i' | 'n' << 8 | 'f' << 16))
		return sign | 0x7ffull << 52;
	if (letters == ('n' | 'a' << 8 | 'n' << 16))
		return sign | 0xfffull << 51;
	if (!float_begins(&frame->work))
		return 0;
	digits_read(&digits);
	return sign | digits_float(&digits);
}

INLINE i64 fn_string_to_fp(struct run *run, const char *text)
{
	return (i64)global_float_read(run->frame, home_address(run->frame, text));
}
