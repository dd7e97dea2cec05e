/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the two halves of the generator share: expressions (homes_expressions.c) and statements
 * (homes_generate.c).
 */
#ifndef SPILE_TESTS_FUZZ_HOMES_GENERATOR_H
#define SPILE_TESTS_FUZZ_HOMES_GENERATOR_H

#include <string.h>

#include "tests/fuzz/homes.h"

enum { MAX_ARRAYS = 6, MAX_FUNCTIONS = 4, MAX_KEYS = 4, MAX_NAMES = 24, GLOBALS = 3 };

/* Types are letters: 'l' a number, 's' a string, 'q' a statistic. */
struct array {
	char keys[MAX_KEYS];
	unsigned n_keys;
	char value;
};

struct function {
	char parameters[3];
	unsigned n_parameters;
	char result;
	unsigned writes; /* which arrays, as a mask: foreach forbids to change its array */
	bool recurs;     /* its first parameter counts down */
	bool mutual;     /* through h0, h1 ..., which call f0, f1 ... */
};

struct name {
	const char *text;
	char type;
	bool assignable;
};

struct generator {
	struct arena *arena;
	struct random random;
	FILE *out;
	struct known known;
	struct array arrays[MAX_ARRAYS];
	unsigned n_arrays;
	struct function functions[MAX_FUNCTIONS];
	unsigned n_functions; /* that may be called */
	struct name names[MAX_NAMES];
	unsigned n_names;
	unsigned iterating, writes; /* masks of arrays */
	unsigned depth, loops, serial, budget;
	char result; /* of the function whose body this is, or 0 */
};

#define SAY(g, ...) arena_printf((g)->arena, __VA_ARGS__)
#define OF(g, items) RANDOM_OF(&(g)->random, items)

static inline unsigned below(struct generator *g, unsigned n)
{
	return random_below(&g->random, n);
}

static inline bool chance(struct generator *g, unsigned percent)
{
	return random_chance(&g->random, percent);
}

/* A name that may be used from here on. */
void name_add(struct generator *g, const char *text, char type, bool assignable);

/* Expressions of a type, with so many levels below them; gen_call() and gen_element() may be NULL. */
const char *gen_long(struct generator *g, unsigned depth);
const char *gen_string(struct generator *g, unsigned depth);
const char *gen_argument(struct generator *g, char type, unsigned depth);
const char *gen_call(struct generator *g, char result, unsigned depth);
const char *gen_element(struct generator *g, char value, bool written, unsigned depth);
const char *gen_lvalue(struct generator *g, char type, unsigned depth);
const char *gen_change(struct generator *g, unsigned depth);
const char *gen_key(struct generator *g, char type, unsigned depth);
const char *gen_keys(struct generator *g, const struct array *array, unsigned depth);

/* "name(format ...)" and a list of values to print. */
const char *gen_sprintf(struct generator *g, const char *name, unsigned depth, const char *end);
const char *gen_print_list(struct generator *g, unsigned depth);

#endif
