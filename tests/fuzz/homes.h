/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random scripts that every home must run alike.
 *
 * A script is well-typed text with one statement a line, blocks open at a line's end and close in
 * a line of their own: so lines can be dropped to minimise it. A line that ends with
 * "# expect TEXT" prints TEXT; all of these come first in what a script prints.
 */
#ifndef SPILE_TESTS_FUZZ_HOMES_H
#define SPILE_TESTS_FUZZ_HOMES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "compiler/syntax/arena.h"

/* ---- random numbers ---------------------------------------------------------------------- */

struct random {
	uint64_t state;
};

static inline uint64_t random_next(struct random *random)
{
	uint64_t x = random->state += 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

static inline unsigned random_below(struct random *random, unsigned n)
{
	return (unsigned)(random_next(random) % n);
}

static inline bool random_chance(struct random *random, unsigned percent)
{
	return random_below(random, 100) < percent;
}

#define RANDOM_OF(random, items) ((items)[random_below((random), sizeof(items) / sizeof *(items))])

int64_t random_long(struct random *random); /* often one at an edge */

/* ---- scripts ----------------------------------------------------------------------------- */

enum { KNOWN_LONGS = 8, KNOWN_STRINGS = 4 };

/* Numbers and strings that a script's globals k0.. and c0.. have all the time. */
struct known {
	int64_t longs[KNOWN_LONGS];
	const char *strings[KNOWN_STRINGS];
};

/* A literal of the language. */
const char *known_long_text(struct arena *arena, int64_t value);
const char *known_string_text(struct arena *arena, const char *value);

void known_choose(struct arena *arena, struct random *random, struct known *known);

/* Declarations, and statements of one line whose result is computed here, too. */
void known_declare(struct arena *arena, const struct known *known, FILE *out);
void known_statement(struct arena *arena, struct random *random, const struct known *known,
		     FILE *out);

/* The text of a pattern, as it stands between quotes. */
const char *known_regex(struct arena *arena, struct random *random);

/* The same of what is in arrays, statistics and strings (homes_arrays.c). */
void known_arrays_declare(FILE *out);
void known_arrays_set(FILE *out); /* in the first probe */
void known_contents(struct arena *arena, struct random *random, const struct known *known,
		    FILE *out);

/* Little programs of loops, errors and recursions (homes_program.c). */
void known_program_declare(FILE *out);
void known_program(struct arena *arena, struct random *random, FILE *out);

/* The script of a seed, allocated in the arena. */
char *generate_script(struct arena *arena, uint64_t seed);

/* What a random format asks for: fills `format`, and for each argument its type, 'l' or 's'. */
struct random_format {
	char format[256];
	char arguments[16];
	unsigned n;
};
void random_format(struct random *random, struct random_format *format);

/* ---- minimising -------------------------------------------------------------------------- */

/* Drops lines and blocks of the script while `fails` says that it still fails in the same way. */
char *minimise_script(struct arena *arena, const char *script,
		      bool (*fails)(void *context, const char *script), void *context);

#endif
