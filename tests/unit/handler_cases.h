/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What handler_cases.c leaves for test_handler.c to look at.
 */
#ifndef SPILE_TESTS_UNIT_HANDLER_CASES_H
#define SPILE_TESTS_UNIT_HANDLER_CASES_H

#include "runtime/handler/functions.h"

enum { CASES_LONGS = 64, CASES_TEXTS = 64, CASES_TEXT = 256, CASES_ENTRIES = 16,
       CASES_HAMMER = 100000 };

struct cases_globals {
	struct shared shared;
	u64 lock;
	u32 longs, texts; /* how many there are of the next two */
	i64 value_of[CASES_LONGS];
	char text[CASES_TEXTS][CASES_TEXT];
	u64 cell[6 + 256];
	i64 input[16];
	char large[4096];
};

#define CASES(X)                                                                                   \
	X(strings) X(compare) X(output) X(large_output) X(alone) X(longs) X(string_elements)       \
	X(statistics) X(variance) X(stat_elements) X(loops) X(numbers)\
	X(characters) X(fields) X(identity) X(iterate_longs) X(iterate_strings) \
	X(text) X(find) X(replace) X(escapes) X(messages) X(errors)  \
	X(user_text) X(clocks)

#endif
