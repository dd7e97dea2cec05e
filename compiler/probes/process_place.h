/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text that names a place in source code: "f", "f@file.c", "f@file.c:120", "*@f.c:10-20,30".
 * What stands for the file may be a symbol's version, too: "f@GLIBC_2.2.5", "f@@GLIBC_2.14".
 */
#ifndef SPILE_PROBES_PROCESS_PLACE_H
#define SPILE_PROBES_PROCESS_PLACE_H

#include "compiler/syntax/diag.h"

enum line_kind {
	LINE_NONE,
	LINE_ABSOLUTE, /* :n, :n-m, mixed with commas */
	LINE_RELATIVE, /* +n: from the function's declaration */
	LINE_ALL,      /* :* */
};

struct line_range {
	int first, last;
};

struct source_place {
	const char *function; /* pattern */
	const char *file;     /* pattern, "V" or "@V" for a version, or NULL */
	enum line_kind kind;
	struct {
		VEC(struct line_range);
	} lines;
};

/* False after a message about `range`. */
bool source_place_parse(struct arena *arena, struct diags *diags, struct range range,
			const char *text, struct source_place *place);

#endif
