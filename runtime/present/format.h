/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * printf records: a format of the unit and the packed arguments that a handler sent (drawn in
 * runtime/handler/abi.h) become text.
 */
#ifndef SPILE_PRESENT_FORMAT_H
#define SPILE_PRESENT_FORMAT_H

#include "compiler/codegen/unit.h"
#include "runtime/present/output.h"

/* A reader of packed arguments; reading beyond the end gives 0 and "". */
struct packed_args {
	const char *at, *end;
};

int64_t packed_long(struct packed_args *args);
/* The bytes stay where they are, without a NUL; *length: how many. */
const char *packed_string(struct packed_args *args, size_t *length);

/* Prints the record's text. */
void format_record(struct output *out, const struct unit_format *format, struct packed_args args);

#endif
