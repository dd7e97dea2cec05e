/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random expressions: numbers and strings, of everything that has a value. */
#include <string.h>

#include "tests/fuzz/homes_generator.h"

/* ---- names ------------------------------------------------------------------------------- */

void name_add(struct generator *g, const char *text, char type, bool assignable)
{
	if (g->n_names < MAX_NAMES)
		g->names[g->n_names++] = (struct name){text, type, assignable};
}

/* A name of the type, or NULL. */
static const char *name_of(struct generator *g, char type, bool assignable)
{
	unsigned start = g->n_names ? below(g, g->n_names) : 0, i;

	for (i = 0; i < g->n_names; i++) {
		const struct name *name = &g->names[(start + i) % g->n_names];

		if (name->type == type && (name->assignable || !assignable))
			return name->text;
	}
	return NULL;
}

/* An array of the type that may be used so, or -1. */
static int array_of(struct generator *g, char value, bool written)
{
	unsigned start = below(g, g->n_arrays), i;

	for (i = 0; i < g->n_arrays; i++) {
		unsigned index = (start + i) % g->n_arrays;

		if (g->arrays[index].value != value)
			continue;
		if (written && g->iterating & 1u << index)
			continue;
		if (written)
			g->writes |= 1u << index;
		return (int)index;
	}
	return -1;
}

/* A key of a small set, so that elements are met again. */
const char *gen_key(struct generator *g, char type, unsigned depth)
{
	static const char *const words[] = {"\"\"", "\"a\"", "\"ab\"", "\"b\"",
					    "\"a rather long key, longer than others are\""};

	if (type == 'l')
		return chance(g, 50)   ? SAY(g, "%u", below(g, 4))
		       : chance(g, 80) ? SAY(g, "(%s) & 3", gen_long(g, depth))
				       : gen_long(g, depth);
	return chance(g, 60)   ? OF(g, words)
	       : chance(g, 70) ? SAY(g, "substr(%s, 0, 1)", gen_string(g, depth))
			       : gen_string(g, depth);
}

const char *gen_keys(struct generator *g, const struct array *array, unsigned depth)
{
	const char *keys = "";
	unsigned i;

	for (i = 0; i < array->n_keys; i++)
		keys = SAY(g, "%s%s%s", keys, i ? ", " : "", gen_key(g, array->keys[i], depth));
	return keys;
}

const char *gen_element(struct generator *g, char value, bool written, unsigned depth)
{
	int index = array_of(g, value, written);

	if (index < 0)
		return NULL;
	return SAY(g, "a%d[%s]", index, gen_keys(g, &g->arrays[index], depth ? depth - 1 : 0));
}

/* What may be assigned to; NULL when there is nothing. */
const char *gen_lvalue(struct generator *g, char type, unsigned depth)
{
	const char *text = chance(g, 35) ? gen_element(g, type, true, depth) : NULL;

	return text ? text : name_of(g, type, true);
}

/* ---- calls ------------------------------------------------------------------------------- */

const char *gen_argument(struct generator *g, char type, unsigned depth)
{
	return type == 's' ? gen_string(g, depth) : gen_long(g, depth);
}

const char *gen_call(struct generator *g, char result, unsigned depth)
{
	unsigned start, i, j;

	if (!g->n_functions)
		return NULL;
	start = below(g, g->n_functions);
	for (i = 0; i < g->n_functions; i++) {
		unsigned index = (start + i) % g->n_functions;
		const struct function *function = &g->functions[index];
		const char *arguments = "";

		if (function->result != result || function->writes & g->iterating)
			continue;
		g->writes |= function->writes;
		for (j = 0; j < function->n_parameters; j++)
			arguments = SAY(g, "%s%s%s", arguments, j ? ", " : "",
					j == 0 && function->recurs
						? SAY(g, "%u", below(g, 7))
						: gen_argument(g, function->parameters[j],
							       depth ? depth - 1 : 0));
		return SAY(g, "f%u(%s)", index, arguments);
	}
	return NULL;
}

/* ---- expressions ------------------------------------------------------------------------- */

static const char *gen_long_leaf(struct generator *g)
{
	const char *name = chance(g, 60) ? name_of(g, 'l', false) : NULL;

	if (name)
		return name;
	return chance(g, 40) ? SAY(g, "k%u", below(g, KNOWN_LONGS))
			     : known_long_text(g->arena, random_long(&g->random));
}

static const char *gen_statistic(struct generator *g, unsigned depth)
{
	const char *element = chance(g, 50) ? gen_element(g, 'q', false, depth) : NULL;

	return element ? element : SAY(g, "q%u", below(g, 2));
}

static const char *gen_extract(struct generator *g, unsigned depth)
{
	static const char *const extractors[] = {"count", "sum", "min", "max", "avg", "variance"};
	const char *extractor = OF(g, extractors), *statistic;

	if (chance(g, 20))
		return SAY(g, "@hist_log(q0)[%s]", SAY(g, "%u", below(g, 128)));
	if (chance(g, 10))
		return SAY(g, "@hist_linear(q1, -10, 50, 10)[%u]", below(g, 7));
	statistic = gen_statistic(g, depth);
	return SAY(g, "@%s(%s%s)", extractor, statistic, /* a shift is always the same */
		   !strcmp(extractor, "variance") && !strcmp(statistic, "q1") ? ", 3" : "");
}

static const char *gen_text_number(struct generator *g, unsigned depth)
{
	switch (below(g, 7)) {
	case 0:
		return SAY(g, "strlen(%s)", gen_string(g, depth));
	case 1:
		return SAY(g, "isinstr(%s, %s)", gen_string(g, depth), gen_string(g, depth));
	case 2:
		return SAY(g, "strpos(%s, %s)", gen_string(g, depth), gen_string(g, depth));
	case 3:
		return SAY(g, "stringat(%s, %s)", gen_string(g, depth),
			   chance(g, 70) ? SAY(g, "%u", below(g, 4)) : gen_long(g, depth));
	case 4:
		return SAY(g, "strtol(%s, %s)", gen_string(g, depth),
			   chance(g, 90) ? (chance(g, 50) ? "10" : chance(g, 50) ? "16" : "0")
					 : gen_long(g, depth));
	case 5:
		return SAY(g, "isdigit(%s)", gen_string(g, depth));
	default:
		return SAY(g, "(%s %s \"%s\")", gen_string(g, depth), chance(g, 70) ? "=~" : "!~",
			   chance(g, 50) ? "^[a-z]+$" : "a(b|c)*[0-9x]?");
	}
}

static const char *gen_membership(struct generator *g, unsigned depth)
{
	unsigned index = below(g, g->n_arrays), i;
	const struct array *array = &g->arrays[index];
	const char *keys = "";

	if (array->n_keys == 1)
		return SAY(g, "(%s in a%u)", gen_key(g, array->keys[0], depth), index);
	for (i = 0; i < array->n_keys; i++)
		keys = SAY(g, "%s%s%s", keys, i ? ", " : "",
			   chance(g, 15) ? "*" : gen_key(g, array->keys[i], depth));
	return SAY(g, "([%s] in a%u)", keys, index);
}

/* A constant zero would be refused. */
static const char *gen_divisor(struct generator *g, unsigned depth)
{
	return chance(g, 60) ? SAY(g, "((%s) | 1)", gen_long(g, depth))
			     : SAY(g, "(%s + k%u)", gen_long(g, depth), below(g, KNOWN_LONGS));
}

const char *gen_change(struct generator *g, unsigned depth)
{
	static const char *const ops[] = {"=",	"+=", "-=",  "*=",  "/=", "%=",
					  "&=", "|=", "^=", "<<=", ">>="};
	const char *lvalue = gen_lvalue(g, 'l', depth), *op = OF(g, ops);

	if (!lvalue)
		return gen_long_leaf(g);
	switch (below(g, 6)) {
	case 0:
		return SAY(g, "%s++", lvalue);
	case 1:
		return SAY(g, "%s--", lvalue);
	case 2:
		return SAY(g, "++%s", lvalue);
	case 3:
		return SAY(g, "--%s", lvalue);
	default:
		return SAY(g, "%s %s (%s)", lvalue, op,
			   strchr("/%", op[0]) ? gen_divisor(g, depth) : gen_long(g, depth));
	}
}

static const char *gen_binary(struct generator *g, unsigned depth)
{
	static const char *const ops[] = {"+",	"-",  "*", "/", "%", "<<", ">>", ">>>", "<", "<=",
					  ">",	">=", "==", "!=", "&", "|", "^", "&&", "||"};
	const char *op = OF(g, ops);
	const char *a = gen_long(g, depth - 1), *b;

	b = strchr("/%", op[0]) ? gen_divisor(g, depth - 1) : gen_long(g, depth - 1);
	return SAY(g, "%s %s %s", a, op, b);
}

static const char *gen_string_leaf(struct generator *g)
{
	static const char *const literals[] = {
		"\"\"", "\"a\"", "\"bc\"", "\"12\"", "\"0x1f\"", "\"-7 x\"", "\"a b,c d\"",
		"\"\\t\\\"q\\\"\\\\\"", "\"\\303\\244\\001\"", "\"foo=bar;baz\"",
		"\"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ\""};
	const char *name = chance(g, 60) ? name_of(g, 's', false) : NULL;

	if (name)
		return name;
	return chance(g, 40) ? SAY(g, "c%u", below(g, KNOWN_STRINGS)) : OF(g, literals);
}

/* A call, an element, or a leaf when there is no such thing. */
static const char *gen_named(struct generator *g, char type, bool call, unsigned depth)
{
	const char *text = call ? gen_call(g, type, depth) : gen_element(g, type, false, depth);

	if (text)
		return text;
	return type == 'l' ? gen_long_leaf(g) : gen_string_leaf(g);
}

static const char *gen_long_inner(struct generator *g, unsigned depth)
{
	static const char *const compare[] = {"==", "!=", "<", "<=", ">", ">="};
	static const char *const unary[] = {"-", "~", "!"};
	unsigned what = below(g, 100);

	if (what < 35)
		return gen_binary(g, depth);
	if (what < 42)
		return SAY(g, "%s(%s)", OF(g, unary), gen_long(g, depth - 1));
	if (what < 48)
		return SAY(g, "(%s) ? (%s) : (%s)", gen_long(g, depth - 1), gen_long(g, depth - 1),
			   gen_long(g, depth - 1));
	if (what < 55)
		return SAY(g, "%s %s %s", gen_string(g, depth - 1), OF(g, compare),
			   gen_string(g, depth - 1));
	if (what < 65)
		return gen_text_number(g, depth - 1);
	if (what < 71)
		return gen_extract(g, depth - 1);
	if (what < 76)
		return gen_membership(g, depth - 1);
	if (what < 84)
		return gen_change(g, depth - 1);
	return gen_named(g, 'l', what < 92, depth - 1);
}

const char *gen_long(struct generator *g, unsigned depth)
{
	if (!depth || chance(g, 20))
		return gen_long_leaf(g);
	return SAY(g, "(%s)", gen_long_inner(g, depth));
}

/* The arguments of a random format, each after a comma. */
static const char *gen_arguments(struct generator *g, const struct random_format *format,
				 unsigned depth)
{
	const char *arguments = "";
	unsigned i;

	for (i = 0; i < format->n; i++)
		arguments = SAY(g, "%s, %s", arguments,
				gen_argument(g, format->arguments[i], depth));
	return arguments;
}

const char *gen_sprintf(struct generator *g, const char *name, unsigned depth,
			       const char *end)
{
	struct random_format format;

	if (chance(g, 15))
		return SAY(g, "%s(\"%%*d|%%-*.*s%s\", %s, %s, %s, %u, %s)", name, end,
			   chance(g, 80) ? SAY(g, "%u", below(g, 20)) : gen_long_leaf(g),
			   gen_long(g, depth), SAY(g, "%u", below(g, 20)), below(g, 20),
			   gen_string(g, depth));
	if (chance(g, 5))
		return SAY(g, "%s(\"%%1b%%2b%%4b%%8b%s\", %s, %s, %s, %s)", name, end,
			   gen_long(g, depth), gen_long(g, depth), gen_long(g, depth),
			   gen_long(g, depth));
	if (chance(g, 8))
		return SAY(g, "%s(\"%%p %%#c%%c%s\", %s, %s, %s)", name, end, gen_long(g, depth),
			   gen_long(g, depth), gen_long(g, depth));
	random_format(&g->random, &format);
	return SAY(g, "%s(\"%s%s\"%s)", name, format.format, end,
		   gen_arguments(g, &format, depth));
}

const char *gen_print_list(struct generator *g, unsigned depth)
{
	unsigned n = 1 + below(g, 4), i;
	const char *list = "";

	for (i = 0; i < n; i++)
		list = SAY(g, "%s%s%s", list, i ? ", " : "",
			   gen_argument(g, chance(g, 50) ? 's' : 'l', depth));
	return list;
}

static const char *gen_string_inner(struct generator *g, unsigned depth)
{
	const char *lvalue;
	unsigned what = below(g, 100);

	if (what < 20)
		return SAY(g, "%s . %s", gen_string(g, depth - 1), gen_string(g, depth - 1));
	if (what < 32)
		return SAY(g, "substr(%s, %s, %s)", gen_string(g, depth - 1),
			   chance(g, 70) ? SAY(g, "%u", below(g, 5)) : gen_long(g, depth - 1),
			   chance(g, 70) ? SAY(g, "%u", below(g, 9)) : gen_long(g, depth - 1));
	if (what < 48)
		return gen_sprintf(g, "sprintf", depth - 1, "");
	if (what < 54)
		return SAY(g, "str_replace(%s, %s, %s)", gen_string(g, depth - 1),
			   gen_string(g, depth - 1), gen_string(g, depth - 1));
	if (what < 58)
		return SAY(g, "tokenize(%s, %s)", gen_string(g, depth - 1),
			   chance(g, 70) ? "\" ,;=\"" : gen_string(g, depth - 1));
	if (what < 62)
		return SAY(g, "text_strn(%s, %s, %u)", gen_string(g, depth - 1),
			   chance(g, 80) ? SAY(g, "%u", below(g, 20)) : gen_long(g, depth - 1),
			   below(g, 2));
	if (what < 65)
		return SAY(g, "%s(%s)", chance(g, 50) ? "text_str" : "string_quoted",
			   gen_string(g, depth - 1));
	if (what < 70)
		return SAY(g, "(%s) ? (%s) : (%s)", gen_long(g, depth - 1),
			   gen_string(g, depth - 1), gen_string(g, depth - 1));
	if (what < 76)
		return SAY(g, "%s(%s)", chance(g, 80) ? "sprint" : "sprintln",
			   gen_print_list(g, depth - 1));
	if (what < 82) {
		lvalue = gen_lvalue(g, 's', depth - 1);
		return lvalue ? SAY(g, "%s %s (%s)", lvalue, chance(g, 60) ? "=" : ".=",
				    gen_string(g, depth - 1))
			      : gen_string_leaf(g);
	}
	return gen_named(g, 's', what < 91, depth - 1);
}

const char *gen_string(struct generator *g, unsigned depth)
{
	if (!depth || chance(g, 30))
		return gen_string_leaf(g);
	return SAY(g, "(%s)", gen_string_inner(g, depth));
}
