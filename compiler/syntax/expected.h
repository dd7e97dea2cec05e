/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the grammar expected, in words. Internal to compiler/syntax. */
#ifndef SPILE_SYNTAX_EXPECTED_H
#define SPILE_SYNTAX_EXPECTED_H

#include "compiler/syntax/arena.h"

enum { EXPECTED_MAX = 160 };

struct expected {
	struct arena *arena;
	const char *names[EXPECTED_MAX]; /* as grammar.y names its tokens */
	unsigned n;
};

/* "an expression", "')' or ','", ...; "" when too much would do. Changes `names`. */
const char *expected_describe(struct expected *expected);

#endif
