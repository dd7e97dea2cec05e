/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arrays, statistics and strings whose contents are computed here: what is in them after writes
 * and deletes, the order in which foreach goes over them, what the extractors and the functions of
 * strings give.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/homes.h"

enum { MOST_ELEMENTS = 12, MOST_KEYS = 10 };

/* Types are letters: 'l' a number, 's' a string. */
static const struct schema {
	const char *name, *keys;
	char value;
} schemas[] = {
	{"wa", "l", 'l'}, {"wb", "sl", 'l'}, {"wc", "s", 's'}, {"wd", "lslsllslss", 'l'},
};

struct datum {
	int64_t number;
	const char *text;
};

struct element {
	struct datum keys[MOST_KEYS], value;
	unsigned made; /* in this order */
};

struct walk {
	const struct schema *schema;
	struct element elements[MOST_ELEMENTS];
	unsigned n, made;
};

void known_arrays_declare(FILE *out)
{
	for (unsigned i = 0; i < sizeof schemas / sizeof *schemas; i++)
		fprintf(out, "global %s\n", schemas[i].name);
	fprintf(out, "global wq, ws\n");
}

/* So that their types are known. */
void known_arrays_set(FILE *out)
{
	for (unsigned i = 0; i < sizeof schemas / sizeof *schemas; i++) {
		fprintf(out, "\t%s[", schemas[i].name);
		for (const char *key = schemas[i].keys; *key; key++)
			fprintf(out, "%s%s", key > schemas[i].keys ? ", " : "",
				*key == 's' ? "\"a\"" : "1");
		fprintf(out, "] = %s\n", schemas[i].value == 's' ? "\"a\"" : "1");
	}
	fprintf(out, "\twq <<< 1; ws[\"k\"] <<< 1\n");
}

/* ---- data -------------------------------------------------------------------------------- */

static struct datum random_datum(struct random *random, char type, bool key)
{
	static const char *const words[] = {"", "a", "ab", "b", "\303\251", "abcdefgh", "abcdefghi",
					    "a rather long key, longer than others are"};
	struct datum datum = {0, ""};

	if (type == 's')
		datum.text = RANDOM_OF(random, words);
	else
		datum.number = key && random_chance(random, 70) ? (int64_t)random_below(random, 4) - 1
								: random_long(random);
	return datum;
}

static const char *datum_text(struct arena *arena, char type, struct datum datum)
{
	return type == 's' ? known_string_text(arena, datum.text)
			   : known_long_text(arena, datum.number);
}

static void datum_print(FILE *out, char type, struct datum datum)
{
	if (type == 's')
		fputs(datum.text, out);
	else
		fprintf(out, "%" PRId64, datum.number);
}

static int datum_compare(char type, struct datum a, struct datum b)
{
	if (type == 's')
		return strcmp(a.text, b.text);
	return (a.number > b.number) - (a.number < b.number);
}

static bool keys_equal(const struct schema *schema, const struct datum *a, const struct datum *b)
{
	for (unsigned i = 0; schema->keys[i]; i++)
		if (datum_compare(schema->keys[i], a[i], b[i]))
			return false;
	return true;
}

/* ---- writes ------------------------------------------------------------------------------ */

static struct element *element_of(struct walk *walk, const struct datum *keys)
{
	for (unsigned i = 0; i < walk->n; i++)
		if (keys_equal(walk->schema, walk->elements[i].keys, keys))
			return &walk->elements[i];
	return NULL;
}

static struct element *element_make(struct walk *walk, const struct datum *keys)
{
	struct element *element = element_of(walk, keys);

	if (element)
		return element;
	element = &walk->elements[walk->n++];
	*element = (struct element){.value = {0, ""}, .made = walk->made++};
	memcpy(element->keys, keys, sizeof element->keys);
	return element;
}

static void element_drop(struct walk *walk, struct element *element)
{
	if (element)
		*element = walk->elements[--walk->n];
}

static const char *keys_text(struct arena *arena, const struct schema *schema,
			     const struct datum *keys)
{
	const char *text = "";

	for (unsigned i = 0; schema->keys[i]; i++)
		text = arena_printf(arena, "%s%s%s", text, i ? ", " : "",
				    datum_text(arena, schema->keys[i], keys[i]));
	return text;
}

static void random_write(struct arena *arena, struct random *random, struct walk *walk, FILE *out)
{
	const struct schema *schema = walk->schema;
	struct datum keys[MOST_KEYS] = {{0, NULL}}, value = random_datum(random, schema->value, false);
	const char *text;
	struct element *element;

	for (unsigned i = 0; schema->keys[i]; i++)
		keys[i] = random_datum(random, schema->keys[i], true);
	text = arena_printf(arena, "%s[%s]", schema->name, keys_text(arena, schema, keys));
	if (random_chance(random, 20)) {
		fprintf(out, "delete %s; ", text);
		element_drop(walk, element_of(walk, keys));
		return;
	}
	element = element_make(walk, keys);
	if (schema->value == 'l' && random_chance(random, 30)) {
		fprintf(out, "%s += %s; ", text, datum_text(arena, 'l', value));
		element->value.number =
			(int64_t)((uint64_t)element->value.number + (uint64_t)value.number);
		return;
	}
	fprintf(out, "%s = %s; ", text, datum_text(arena, schema->value, value));
	element->value = value;
}

/* ---- foreach ----------------------------------------------------------------------------- */

/* By what: a key, the value (as many as there are keys), or nothing (one more). */
struct order {
	const struct schema *schema;
	unsigned by, n_keys;
	bool descending;
};

static int element_compare(const struct element *a, const struct element *b,
			   const struct order *order)
{
	int result = 0;

	if (order->by < order->n_keys)
		result = datum_compare(order->schema->keys[order->by], a->keys[order->by],
				       b->keys[order->by]);
	else if (order->by == order->n_keys)
		result = datum_compare(order->schema->value, a->value, b->value);
	if (order->descending)
		result = -result;
	return result ? result : (a->made > b->made) - (a->made < b->made);
}

static void walk_sort(struct walk *walk, const struct order *order)
{
	for (unsigned i = 1; i < walk->n; i++)
		for (unsigned k = i;
		     k && element_compare(&walk->elements[k], &walk->elements[k - 1], order) < 0; k--) {
			struct element moved = walk->elements[k];

			walk->elements[k] = walk->elements[k - 1];
			walk->elements[k - 1] = moved;
		}
}

static void foreach_text(const struct order *order, unsigned limit, FILE *out)
{
	const char *sign = order->by > order->n_keys ? "" : order->descending ? "-" : "+";

	fprintf(out, "foreach ([");
	for (unsigned i = 0; i < order->n_keys; i++)
		fprintf(out, "%sy%c%u%s", i ? ", " : "", order->schema->keys[i], i,
			order->by == i ? sign : "");
	fprintf(out, "] in %s%s limit %u) { print(", order->schema->name,
		order->by == order->n_keys ? sign : "", limit);
	for (unsigned i = 0; i < order->n_keys; i++)
		fprintf(out, "y%c%u, \",\", ", order->schema->keys[i], i);
	fprintf(out, "\"=\", %s[", order->schema->name);
	for (unsigned i = 0; i < order->n_keys; i++)
		fprintf(out, "%sy%c%u", i ? ", " : "", order->schema->keys[i], i);
	fprintf(out, "], \";\") } println(\"\")");
}

static void array_statement(struct arena *arena, struct random *random, FILE *out)
{
	struct walk walk = {.schema = &RANDOM_OF(random, schemas)};
	unsigned n_keys = (unsigned)strlen(walk.schema->keys), writes, limit;
	struct order order = {walk.schema, random_below(random, n_keys + 2), n_keys,
			      random_chance(random, 50)};

	fprintf(out, "delete %s; ", walk.schema->name);
	for (writes = random_below(random, MOST_ELEMENTS); writes; writes--)
		random_write(arena, random, &walk, out);
	limit = random_below(random, MOST_ELEMENTS);
	foreach_text(&order, limit, out);
	walk_sort(&walk, &order);
	fprintf(out, " # expect ");
	for (unsigned i = 0; i < walk.n && i < limit; i++) {
		for (unsigned k = 0; k < n_keys; k++) {
			datum_print(out, walk.schema->keys[k], walk.elements[i].keys[k]);
			fputc(',', out);
		}
		fputc('=', out);
		datum_print(out, walk.schema->value, walk.elements[i].value);
		fputc(';', out);
	}
	fputc('\n', out);
}

/* ---- statistics -------------------------------------------------------------------------- */

static void statistic_statement(struct arena *arena, struct random *random, FILE *out)
{
	const char *place = random_chance(random, 50) ? "wq" : "ws[\"k\"]";
	unsigned n = 1 + random_below(random, 6);
	int64_t least = INT64_MAX, most = INT64_MIN, sum = 0;

	fprintf(out, "delete %s; ", place);
	for (unsigned i = 0; i < n; i++) {
		int64_t value = random_chance(random, 50) ? (int64_t)random_below(random, 100) - 30
							  : random_long(random);

		fprintf(out, "%s <<< %s; ", place, known_long_text(arena, value));
		least = value < least ? value : least;
		most = value > most ? value : most;
		sum = (int64_t)((uint64_t)sum + (uint64_t)value);
	}
	fprintf(out, "println(@count(%s), \" \", @sum(%s), \" \", @min(%s), \" \", @max(%s), \" \", "
		     "@avg(%s)) # expect %u %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 "\n",
		place, place, place, place, place, n, sum, least, most, sum / (int64_t)n);
}

/* ---- strings ----------------------------------------------------------------------------- */

static const char *replaced(struct arena *arena, const char *in, const char *wanted,
			    const char *with)
{
	const char *text = "", *found;

	if (!*wanted)
		return in;
	for (; (found = strstr(in, wanted)); in = found + strlen(wanted))
		text = arena_printf(arena, "%s%.*s%s", text, (int)(found - in), in, with);
	return arena_printf(arena, "%s%s", text, in);
}

static void function_statement(struct arena *arena, struct random *random,
			       const struct known *known, FILE *out)
{
	unsigned i = random_below(random, KNOWN_STRINGS), j = random_below(random, KNOWN_STRINGS);
	const char *a = known->strings[i], *b = known->strings[j];
	int64_t number = random_long(random);
	int width = (int)random_below(random, 30) - 10, precision = (int)random_below(random, 12);

	switch (random_below(random, 6)) {
	case 0:
		fprintf(out, "println(\"<\", str_replace(c%u, c%u, \"+-\"), \">\") # expect <%s>\n", i, j,
			replaced(arena, a, b, "+-"));
		break;
	case 1:
		fprintf(out, "println(strtol(%s, 10)) # expect %" PRId64 "\n",
			known_string_text(arena, arena_printf(arena, "%" PRId64 "x", number)), number);
		break;
	case 2:
		fprintf(out, "z = c%u; println(\"<\", z, (z .= c%u) . z, \">\") # expect <%s%s%s%s%s>\n", i,
			j, a, a, b, a, b);
		break;
	case 3:
		fprintf(out,
			"println(sprintf(\"<%%*.*s|%%-*d>\", %d, %d, c%u, %d, %s)) # expect <%*.*s|%-*" PRId64
			">\n",
			width, precision, i, width, known_long_text(arena, number), width, precision, a,
			width, number);
		break;
	case 4:
		fprintf(out, "println(c%u < c%u, c%u == c%u, c%u >= c%u) # expect %d%d%d\n", i, j, i, j,
			i, j, strcmp(a, b) < 0, strcmp(a, b) == 0, strcmp(a, b) >= 0);
		break;
	default:
		fprintf(out, "println(stringat(c%u, %u)) # expect %d\n", i, (unsigned)precision,
			(size_t)precision < strlen(a) ? (unsigned char)a[precision] : 0);
	}
}

void known_contents(struct arena *arena, struct random *random, const struct known *known, FILE *out)
{
	unsigned what = random_below(random, 100);

	fputc('\t', out);
	if (what < 50)
		array_statement(arena, random, out);
	else if (what < 65)
		statistic_statement(arena, random, out);
	else
		function_statement(arena, random, known, out);
}
