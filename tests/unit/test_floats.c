/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The handler library's floating-point numbers against the processor's, over values of all sizes.
 */
#include <math.h>

#include "runtime/handler/functions.h"
#include "runtime/handler/host.h"
#include "tests/unit/test.h"

enum { ROUNDS = 200000, TEXTS = 4000 };

static double double_of(u64 bits)
{
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

static u64 bits_of(double value)
{
	u64 bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

static u64 state = 88172645463325252ull;

static u64 random_bits(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* Of any exponent, of like exponents, of few bits, small whole numbers, and the odd ones. */
static u64 random_double(void)
{
	static const u64 odd[] = {
		0,
		1,
		0x000fffffffffffff,
		0x0010000000000000,
		0x7fefffffffffffff,
		0x7ff0000000000000,
		0x7ff8000000000000,
		0x7ff0000000000001,
		0x3ff0000000000000,
		0x4330000000000000,
		0x43dfffffffffffff,
		0x43e0000000000000,
		0x3fe0000000000000,
		0x3fdfffffffffffff,
	};
	u64 bits = random_bits(), sign = bits & 1ull << 63;

	switch (random_bits() >> 61) {
	case 0:
		return sign | odd[random_bits() % (sizeof(odd) / sizeof(*odd))];
	case 1:
		return sign | (1000 + random_bits() % 64) << 52 | (bits & 0xfffffffffffff);
	case 2:
		return sign | (random_bits() % 2047) << 52 | (bits & 7) << (random_bits() % 50);
	case 3:
		return bits_of((double)((i64)(random_bits() % 2000) - 1000) / 2);
	case 4:
		return sign | (bits & 0xfffffffffffff) >> random_bits() % 52; /* denormal */
	case 5:
		return sign | (1020 + random_bits() % 4) << 52 | (bits & 0xfffffffffffff);
	default:
		return bits;
	}
}

static bool same(u64 got, double want)
{
	return isnan(want) ? isnan(double_of(got)) : got == bits_of(want);
}

static void check(const char *what, u64 a, u64 b, u64 got, double want)
{
	if (!CHECK(same(got, want)))
		printf("# %s(%a, %a) = %a, not %a\n", what, double_of(a), double_of(b),
		       double_of(got), want);
}

/* The sign of a remainder of 0 is the dividend's; libraries disagree. */
static double remainder_of(double a, double b)
{
	double rest = remainder(a, b);

	return rest == 0 ? copysign(rest, a) : rest;
}

TEST(floats_arithmetic)
{
	struct run run = {0};

	for (unsigned i = 0; i < ROUNDS && test_failures < 10; i++) {
		u64 a = random_double(),
		    b = i % 16 ? random_double() : a ^ (random_bits() & 1ull << 63);
		volatile double x = double_of(a), y = double_of(b);

		check("add", a, b, (u64)fn_fp_add(&run, (i64)a, (i64)b), x + y);
		check("sub", a, b, (u64)fn_fp_sub(&run, (i64)a, (i64)b), x - y);
		check("mul", a, b, (u64)fn_fp_mul(&run, (i64)a, (i64)b), x * y);
		check("div", a, b, (u64)fn_fp_div(&run, (i64)a, (i64)b), x / y);
		check("rem", a, b, (u64)fn_fp_rem(&run, (i64)a, (i64)b), remainder_of(x, y));
		check("sqrt", a, 0, (u64)fn_fp_sqrt(&run, (i64)a), sqrt(x));
		CHECK_INT(fn_fp_eq(&run, (i64)a, (i64)b), x == y);
		CHECK_INT(fn_fp_le(&run, (i64)a, (i64)b), x <= y);
		CHECK_INT(fn_fp_lt(&run, (i64)a, (i64)b), x < y);
	}
}

static i64 rounded(double value, int mode)
{
	double whole = mode == 0   ? rint(value)
		       : mode == 2 ? floor(value)
		       : mode == 3 ? ceil(value)
		       : mode == 4 ? round(value)
				   : trunc(value);

	if (mode == 6 && whole != value && fmod(whole, 2) == 0)
		whole += signbit(value) ? -1 : 1;
	return whole >= -0x1p63 && whole < 0x1p63 ? (i64)whole : INT64_MIN;
}

TEST(floats_conversions)
{
	static const int modes[] = {0, 1, 2, 3, 4, 6};
	struct run run = {0};

	for (unsigned i = 0; i < ROUNDS && test_failures < 10; i++) {
		u64 a = random_double(), number = random_bits() >> random_bits() % 64;
		int mode = modes[i % 6];
		u32 narrow = (u32)random_bits();
		float value;

		memcpy(&value, &narrow, sizeof(value));
		check("fp32_to_fp64", narrow, 0, (u64)fn_fp32_to_fp64(&run, narrow), value);
		check("long_to_fp", number, 0, (u64)fn_long_to_fp(&run, (i64)number),
		      (double)(i64)number);
		check("long_to_fp", -number, 0, (u64)fn_long_to_fp(&run, -(i64)number),
		      (double)-(i64)number);
		if (!CHECK_INT(fn_fp_to_long(&run, (i64)a, mode), rounded(double_of(a), mode)))
			printf("# fp_to_long(%a, %d)\n", double_of(a), mode);
	}
}

static void check_to_text(struct run *run, u64 a, int precision)
{
	static char got[4096 + 4096], want[4096];

	fn_fp_to_string(run, got, 4096, (i64)a, precision);
	snprintf(want, sizeof(want), "%.*f", precision,
		 isnan(double_of(a)) ? copysign(NAN, double_of(a)) : double_of(a));
	CHECK_STR(got, want);
}

static void check_from_text(struct run *run, const char *text)
{
	if (!CHECK(same((u64)fn_string_to_fp(run, text), strtod(text, NULL))))
		printf("# string_to_fp(%s)\n", text);
}

TEST(floats_text)
{
	static struct shared shared = {.state = SESSION_RUNNING};
	struct run run = {0};
	char text[2000];

	host_set_globals(&shared);
	REQUIRE(!frame_claim(&run));
	for (unsigned i = 0; i < TEXTS && test_failures < 10; i++) {
		u64 a = random_double();

		check_to_text(&run, a, (int)(random_bits() % (i % 8 ? 20 : 1101)));
		if (isnan(double_of(a)))
			continue;
		snprintf(text, sizeof(text), "%.17g", double_of(a));
		check_from_text(&run, text);
		snprintf(text, sizeof(text), "%.*e", (int)(random_bits() % 60), double_of(a));
		check_from_text(&run, text);
		/* In the middle between two, and a little more. */
		snprintf(text, sizeof(text), "%.1100Lf",
			 ((long double)double_of(a) + nextafter(double_of(a), INFINITY)) / 2);
		check_from_text(&run, text);
		strcat(text, "0000001");
		check_from_text(&run, text);
	}
	frame_release(&run, NULL);
}

TEST(floats_text_of_all_kinds)
{
	static const char *const texts[] = {
		"0",
		"-0",
		"1",
		"+1.5",
		".5",
		"5.",
		"1e5",
		"1E-5",
		"1e+5",
		"  \t12.25x",
		"",
		"abc",
		"-",
		".",
		"1e",
		"1e999",
		"-1e999",
		"1e-999",
		"1e99999999999",
		"1e-99999999999",
		"inf",
		"-INF",
		"Infinity",
		"nan",
		"0e999",
		"00000000000000000000000000000000000000000001",
		"9007199254740993",
		"9007199254740992.99999999999999999999999999999999999999",
		"4.9e-324",
		"2.4e-324",
		"2.5e-324",
		"2.2250738585072011e-308",
		"2.2250738585072014e-308",
		"1.7976931348623157e308",
		"1.7976931348623159e308",
		"123456789012345678901234567890",
		"1..5",
		"1.5.5",
		"1e5e5",
		"-e5",
		"0.1",
		"1234567890.0987654321e-20",
	};
	static struct shared shared = {.state = SESSION_RUNNING};
	struct run run = {0};

	host_set_globals(&shared);
	REQUIRE(!frame_claim(&run));
	for (unsigned i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		check_from_text(&run, texts[i]);
	frame_release(&run, NULL);
}

TEST_MAIN()
