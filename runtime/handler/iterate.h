/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Maps that foreach needs in the kernel home, for the loader to size. When the object has a map
 * of one of these names, with E the largest max_entries, K the largest key_bytes and S the
 * largest bound of a string value (ALIGN8(bound + 1)) of the arrays:
 *
 *   spile_iterate_order  max_entries = E * H
 *   spile_iterate_keys   max_entries = E * H, value_size = K + S, at least 8
 *   spile_iterators      max_entries = H
 *
 * H is the number of loops over arrays at a time, at most ITERATE_MOST_HANDLES. Loop h's elements
 * begin at h * E, which the loader puts into its iterator's `start`.
 */
#ifndef SPILE_HANDLER_ITERATE_H
#define SPILE_HANDLER_ITERATE_H

#include "runtime/handler/abi.h"

enum { ITERATE_MOST_HANDLES = 256 };

/* iterate_shape.by */
enum { ITERATE_INSERTION, ITERATE_VALUE, ITERATE_KEY };

/* iterate_shape.stat: enum stat_op (compiler/syntax/ast.h); a long is read as a count is. */
enum {
	ITERATE_COUNT,
	ITERATE_SUM,
	ITERATE_MIN,
	ITERATE_MAX,
	ITERATE_AVERAGE,
};

struct iterator {
	u64 busy;
	u64 start;  /* index of its first element in both maps */
	u64 count;  /* keys in the snapshot */
	u64 heap;   /* elements that are still in the heap */
	u64 at;     /* the element that is sifted down */
	u64 wanted; /* elements to leave in the heap */
	u64 text_offset, text_size; /* in the key's buffer: the string to sort by */
	i64 direction;
	u64 address[2]; /* of the strings that are compared */
};

struct iterate_order {
	u64 order; /* the less comes first */
	u64 sequence;
	u64 element; /* in spile_iterate_keys */
};

#endif
