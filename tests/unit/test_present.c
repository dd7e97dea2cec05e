// SPDX-License-Identifier: GPL-2.0-or-later
/* Formats, histograms, JSON. */
#include <fcntl.h>
#include <unistd.h>

#include "runtime/handler/abi.h"
#include "runtime/present/format.h"
#include "runtime/present/histogram.h"
#include "runtime/present/json.h"
#include "tests/unit/test.h"

/* Output that stays in its buffer. */
static struct output memory_output(void)
{
	struct output out;

	output_open(&out, -1);
	return out;
}

static const char *printed(struct output *out)
{
	output_write(out, "", 1);
	return out->buffer;
}

static void drop(struct output *out)
{
	free(out->buffer);
}

/* Formats one value by one directive. */
static const char *one_long(struct output *out, enum directive_kind kind, unsigned flags, int width,
			    int precision, int64_t value)
{
	struct directive directive = {kind, flags, width, precision, NULL, 0};
	struct unit_format format = {.n_directives = 1, .directives = &directive};
	struct packed_args args = {(char *)&value, (char *)&value + sizeof(value)};

	out->length = 0;
	format_record(out, &format, args);
	return printed(out);
}

static const char *one_string(struct output *out, enum directive_kind kind, unsigned flags,
			      int width, int precision, const char *text)
{
	struct directive directive = {kind, flags, width, precision, NULL, 0};
	struct unit_format format = {.n_directives = 1, .directives = &directive};
	uint64_t space[64] = {0};
	uint32_t n = (uint32_t)strlen(text);
	char *packed = (char *)space;

	memcpy(packed, &n, 4);
	memcpy(packed + 4, text, n);
	out->length = 0;
	format_record(out, &format, (struct packed_args){packed, packed + ALIGN8(4 + n)});
	return printed(out);
}

#define LONG(kind, flags, width, precision, value)                                                 \
	one_long(&out, DIRECTIVE_##kind, flags, width, precision, value)
#define STRING(kind, flags, width, precision, text)                                                \
	one_string(&out, DIRECTIVE_##kind, flags, width, precision, text)

TEST(numbers)
{
	struct output out = memory_output();

	CHECK_STR(LONG(SIGNED, 0, -1, -1, 0), "0");
	CHECK_STR(LONG(SIGNED, 0, -1, -1, INT64_MIN), "-9223372036854775808");
	CHECK_STR(LONG(SIGNED, 0, 6, -1, -42), "   -42");
	CHECK_STR(LONG(SIGNED, DIRECTIVE_LEFT, 6, -1, -42), "-42   ");
	CHECK_STR(LONG(SIGNED, DIRECTIVE_ZERO, 6, -1, -42), "-00042");
	CHECK_STR(LONG(SIGNED, DIRECTIVE_PLUS, -1, -1, 42), "+42");
	CHECK_STR(LONG(SIGNED, DIRECTIVE_SPACE, -1, -1, 42), " 42");
	CHECK_STR(LONG(SIGNED, 0, 8, 4, 42), "    0042");
	CHECK_STR(LONG(UNSIGNED, 0, -1, -1, -1), "18446744073709551615");
	CHECK_STR(LONG(HEX, 0, -1, -1, -1), "ffffffffffffffff");
	CHECK_STR(LONG(HEX, DIRECTIVE_ALTERNATE, -1, -1, 255), "0xff");
	CHECK_STR(LONG(HEX_UPPER, DIRECTIVE_ALTERNATE | DIRECTIVE_ZERO, 8, -1, 255), "0X0000FF");
	CHECK_STR(LONG(OCTAL, DIRECTIVE_ALTERNATE, -1, -1, 8), "010");
	CHECK_STR(LONG(POINTER, 0, -1, -1, 0x1234), "0x1234");
	CHECK_STR(LONG(CHAR, 0, 3, -1, 'x'), "  x");
	drop(&out);
}

TEST(strings)
{
	struct output out = memory_output();

	CHECK_STR(STRING(STRING, 0, -1, -1, "hello"), "hello");
	CHECK_STR(STRING(STRING, 0, 8, -1, "hello"), "   hello");
	CHECK_STR(STRING(STRING, DIRECTIVE_LEFT, 8, -1, "hello"), "hello   ");
	CHECK_STR(STRING(STRING, 0, 4, 2, "hello"), "  he");
	CHECK_STR(STRING(STRING, 0, -1, -1, ""), "");
	CHECK_STR(STRING(MEMORY_HEX, 0, -1, -1, "AB"), "4142");
	drop(&out);
}

TEST(raw_bytes)
{
	struct output out = memory_output();

	LONG(BINARY, 0, 2, -1, 0x4142);
	CHECK_INT(out.length, 3); /* with the NUL */
	CHECK(!memcmp(out.buffer, "BA", 2));
	LONG(BINARY, 0, -1, -1, 1);
	CHECK_INT(out.length, 9);
	drop(&out);
}

TEST(missing_arguments_are_zero)
{
	struct directive directives[2] = {{DIRECTIVE_SIGNED, 0, -1, -1, NULL, 0},
					  {DIRECTIVE_STRING, 0, -1, -1, NULL, 0}};
	struct unit_format format = {.n_directives = 2, .directives = directives};
	struct output out = memory_output();

	format_record(&out, &format, (struct packed_args){"", ""});
	CHECK_STR(printed(&out), "0");
	drop(&out);
}

TEST(widths_from_arguments)
{
	struct directive directive = {DIRECTIVE_SIGNED, 0, WIDTH_ARGUMENT, WIDTH_ARGUMENT, NULL, 0};
	struct unit_format format = {.n_directives = 1, .directives = &directive};
	int64_t args[3] = {-6, 3, 7};
	struct output out = memory_output();

	format_record(&out, &format, (struct packed_args){(char *)args, (char *)(args + 3)});
	CHECK_STR(printed(&out), "007   ");
	drop(&out);
}

static const char *chart(struct output *out, const struct unit_hist *hist, const uint64_t *buckets)
{
	out->length = 0;
	out->columns = 80;
	histogram_print(out, hist, buckets, OUTPUT_ELISION);
	return printed(out);
}

#define BAR "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@"
#define TWO "@@                                                "
#define HEAD "value |-------------------------------------------------- count\n"
#define NONE "                                                  "

TEST(log_histogram)
{
	struct unit_hist hist = {.op = STAT_HIST_LOG};
	uint64_t buckets[HIST_LOG_BUCKETS] = {[HIST_LOG_ZERO + 4] = 100, [HIST_LOG_ZERO + 11] = 1};
	struct output out = memory_output();

	CHECK_STR(chart(&out, &hist, buckets),
		  HEAD "    2 |" NONE "   0\n"
		       "    4 |" NONE "   0\n"
		       "    8 |" BAR " 100\n"
		       "   16 |" NONE "   0\n"
		       "   32 |" NONE "   0\n"
		       "      ~\n"
		       "  256 |" NONE "   0\n"
		       "  512 |" NONE "   0\n"
		       " 1024 |" NONE "   1\n"
		       " 2048 |" NONE "   0\n"
		       " 4096 |" NONE "   0\n\n");
	drop(&out);
}

TEST(log_histogram_has_no_margin_below_zero)
{
	struct unit_hist hist = {.op = STAT_HIST_LOG};
	uint64_t buckets[HIST_LOG_BUCKETS] = {[HIST_LOG_ZERO] = 2};
	struct output out = memory_output();

	CHECK_STR(chart(&out, &hist, buckets), HEAD "    0 |" TWO " 2\n"
						    "    1 |" NONE " 0\n"
						    "    2 |" NONE " 0\n\n");
	buckets[HIST_LOG_ZERO] = 0;
	CHECK_STR(chart(&out, &hist, buckets), "");
	drop(&out);
}

TEST(log_bounds)
{
	struct unit_hist hist = {.op = STAT_HIST_LOG};

	CHECK_INT(histogram_bound(&hist, 0), INT64_MIN);
	CHECK_INT(histogram_bound(&hist, HIST_LOG_ZERO - 1), -1);
	CHECK_INT(histogram_bound(&hist, HIST_LOG_ZERO - 3), -4);
	CHECK_INT(histogram_bound(&hist, HIST_LOG_ZERO), 0);
	CHECK_INT(histogram_bound(&hist, HIST_LOG_ZERO + 1), 1);
	CHECK_INT(histogram_bound(&hist, HIST_LOG_BUCKETS - 1), INT64_C(1) << 62);
}

TEST(linear_histogram)
{
	struct unit_hist hist = {.op = STAT_HIST_LINEAR, .low = 0, .high = 30, .width = 10};
	uint64_t buckets[6] = {1, 2, 0, 0, 0, 0};
	struct output out = memory_output();

	CHECK_INT(histogram_buckets(&hist), 6);
	CHECK_STR(chart(&out, &hist, buckets),
		  HEAD "   <0 |@                                                  1\n"
		       "    0 |" TWO " 2\n"
		       "   10 |" NONE " 0\n"
		       "   20 |" NONE " 0\n\n");
	drop(&out);
}

TEST(histogram_fits_a_narrow_terminal)
{
	struct unit_hist hist = {.op = STAT_HIST_LOG};
	uint64_t buckets[HIST_LOG_BUCKETS] = {[HIST_LOG_ZERO] = 42};
	struct output out = memory_output();

	out.columns = 30;
	histogram_print(&out, &hist, buckets, 0);
	CHECK_STR(printed(&out), "value |----------------- count\n"
				 "    0 |@@@@@@@@@@@@@@    42\n\n");
	drop(&out);
}

TEST(json_mends_what_is_not_utf8)
{
	struct output out = memory_output();

	json_print(&out, "a\xff\"\xc3\xa9\n", 6);
	CHECK_STR(printed(&out), "{\"type\":\"print\",\"text\":\"a\xef\xbf\xbd\\\"\xc3\xa9\\n\"}\n");
	drop(&out);
}

TEST(output_keeps_the_first_error)
{
	struct output out;

	REQUIRE(output_open(&out, open("/dev/full", O_WRONLY)) == 0);
	output_text(&out, "text");
	CHECK_INT(out.error, 0);
	output_flush(&out);
	CHECK_INT(out.error, 28 /* ENOSPC */);
	close(out.fd);
	output_close(&out);
}

TEST_MAIN()
