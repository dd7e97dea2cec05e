/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The compile cache: results that are kept in files from one run to the next, each under the
 * complete input that it was made from.
 *
 * The input is kept with the result and compared byte for byte, so a result is never taken for
 * another input's. What is broken, half written or of another build of Spile is a miss. A
 * directory or file that somebody else may write to is not trusted: what it holds is run as code.
 */
#ifndef SPILE_CODEGEN_STORE_H
#define SPILE_CODEGEN_STORE_H

#include "compiler/syntax/arena.h"

#include <stdbool.h>

struct store {
	struct arena *arena;
	const char *directory;
	uint64_t limit; /* bytes of all files; beyond it the least recently used ones go */
	bool poisoned;  /* nothing in it is used */
};

struct bytes {
	const void *data;
	size_t size;
};

/* The store in `directory`, made (0700) when there is something to keep; "" and NULL: no store. */
struct store *store_open(struct arena *arena, const char *directory);

/*
 * The result that was put for that input, in the arena; .data is NULL when there is none.
 * A NULL store has nothing and keeps nothing.
 */
struct bytes store_get(const struct store *store, struct bytes input);
/* Keeps a result. That it can't be kept is no error: the next time is as slow as this one. */
void store_put(const struct store *store, struct bytes input, struct bytes result);

/* Removes all files; the number of them. */
unsigned store_clean(const struct store *store);

#endif
