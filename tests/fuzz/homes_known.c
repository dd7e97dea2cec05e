/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Expressions whose values are computed here, as C has them with numbers that wrap: a third
 * opinion beside the two homes.
 */
#include <inttypes.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/homes.h"

int64_t random_long(struct random *random)
{
	static const int64_t edges[] = {0,	   1,	       -1,	  2,	     7,
					10,	   63,	       64,	  65,	     127,
					255,	   256,	       INT32_MAX, INT32_MIN, UINT32_MAX,
					INT64_MAX, INT64_MIN, INT64_MIN + 1};

	switch (random_below(random, 4)) {
	case 0:
		return (int64_t)random_below(random, 20) - 5;
	case 1:
		return (int64_t)random_next(random) >> random_below(random, 64);
	default:
		return RANDOM_OF(random, edges);
	}
}

const char *known_long_text(struct arena *arena, int64_t value)
{
	if (value == INT64_MIN)
		return "(-9223372036854775807 - 1)";
	if (value < 0)
		return arena_printf(arena, "(%" PRId64 ")", value);
	return arena_printf(arena, value % 3 ? "%" PRId64 : "0x%" PRIx64, value);
}

const char *known_string_text(struct arena *arena, const char *value)
{
	char *text = arena_alloc(arena, 4 * strlen(value) + 3), *to = text;

	*to++ = '"';
	for (; *value; value++)
		if (*value == '"' || *value == '\\')
			to += sprintf(to, "\\%c", *value);
		else if ((unsigned char)*value < ' ' || (unsigned char)*value > '~')
			to += sprintf(to, "\\%03o", (unsigned char)*value);
		else
			*to++ = *value;
	*to = '"';
	return text;
}

static const char *random_string(struct arena *arena, struct random *random)
{
	static const char *const words[] = {"", "a", "ab", "abc", "b", "aab", "12", "x=7", "a b c",
					    "foo.bar", "aaaa", "-42", "0x1f", "Hello, World",
					    "the quick brown fox jumps over the lazy dog"};
	char letters[24];
	unsigned n, i;

	if (random_chance(random, 60))
		return RANDOM_OF(random, words);
	n = random_below(random, sizeof letters - 1);
	for (i = 0; i < n; i++)
		letters[i] = random_chance(random, 70) ? (char)('a' + random_below(random, 3))
						       : (char)(' ' + random_below(random, 95));
	letters[n] = '\0';
	return arena_strdup(arena, letters);
}

void known_choose(struct arena *arena, struct random *random, struct known *known)
{
	unsigned i;

	for (i = 0; i < KNOWN_LONGS; i++)
		known->longs[i] = random_long(random);
	for (i = 0; i < KNOWN_STRINGS; i++)
		known->strings[i] = random_string(arena, random);
}

void known_declare(struct arena *arena, const struct known *known, FILE *out)
{
	unsigned i;

	for (i = 0; i < KNOWN_LONGS; i++)
		fprintf(out, "global k%u = %" PRId64 "\n", i, known->longs[i]);
	for (i = 0; i < KNOWN_STRINGS; i++)
		fprintf(out, "global c%u = %s\n", i, known_string_text(arena, known->strings[i]));
}

/* ---- numbers ----------------------------------------------------------------------------- */

/* An expression: its text, how tightly its outermost operator binds (C's order), its value. */
struct expr {
	const char *text;
	int binds;
	int64_t value;
	bool fails;    /* by a division by zero */
	bool constant; /* has no variable: a zero divisor would be refused */
};

enum { PRIMARY = 20, UNARY = 15 };

static const struct operator {
	const char *text;
	int binds;
} operators[] = {
	{"*", 12}, {"/", 12},  {"%", 12},  {"+", 11}, {"-", 11},   {"<<", 10}, {">>", 10},
	{">>>", 10}, {"<", 9}, {"<=", 9},  {">", 9},  {">=", 9},   {"==", 8},  {"!=", 8},
	{"&", 7},  {"^", 6},   {"|", 5},   {"&&", 4}, {"||", 3},
};

static int64_t divide(int64_t a, int64_t b, bool remainder)
{
	if (b == -1)
		return remainder ? 0 : (int64_t)(0 - (uint64_t)a);
	return remainder ? a % b : a / b;
}

/* a OP b; b is not 0 where OP divides. */
static int64_t evaluate(const char *op, int64_t a, int64_t b)
{
	uint64_t ua = (uint64_t)a, ub = (uint64_t)b;

	switch (op[0]) {
	case '*':
		return (int64_t)(ua * ub);
	case '/':
	case '%':
		return divide(a, b, op[0] == '%');
	case '+':
		return (int64_t)(ua + ub);
	case '-':
		return (int64_t)(ua - ub);
	case '^':
		return a ^ b;
	case '&':
		return op[1] ? a && b : a & b;
	case '|':
		return op[1] ? a || b : a | b;
	case '=':
		return a == b;
	case '!':
		return a != b;
	case '<':
		return op[1] == '<' ? (int64_t)(ua << (ub & 63)) : op[1] ? a <= b : a < b;
	default:
		if (op[1] != '>')
			return op[1] ? a >= b : a > b;
		return op[2] ? (int64_t)(ua >> (ub & 63)) : a >> (ub & 63);
	}
}

static const char *operand(struct arena *arena, struct random *random, const struct expr *expr,
			   int binds)
{
	if (expr->binds >= binds && !random_chance(random, 20))
		return expr->text;
	return arena_printf(arena, "(%s)", expr->text);
}

static struct expr long_expr(struct arena *arena, struct random *random, const struct known *known,
			     unsigned depth);

static struct expr variable(struct arena *arena, struct random *random, const struct known *known)
{
	unsigned i = random_below(random, KNOWN_LONGS);

	return (struct expr){arena_printf(arena, "k%u", i), PRIMARY, known->longs[i], false, false};
}

static struct expr leaf(struct arena *arena, struct random *random, const struct known *known)
{
	int64_t value;

	if (random_chance(random, 65))
		return variable(arena, random, known);
	value = random_long(random);
	return (struct expr){known_long_text(arena, value), PRIMARY, value, false, true};
}

static struct expr string_comparison(struct arena *arena, struct random *random,
				     const struct known *known)
{
	static const char *const ops[] = {"==", "!=", "<", "<=", ">", ">="};
	const char *op = RANDOM_OF(random, ops), *b;
	unsigned i = random_below(random, KNOWN_STRINGS), j = random_below(random, KNOWN_STRINGS);
	bool literal = random_chance(random, 50);
	int order;

	b = literal ? random_string(arena, random) : known->strings[j];
	order = strcmp(known->strings[i], b);
	return (struct expr){arena_printf(arena, "(c%u %s %s)", i, op,
					  literal ? known_string_text(arena, b)
						  : arena_printf(arena, "c%u", j)),
			     PRIMARY, evaluate(op, order, 0), false, false};
}

static struct expr unary(struct arena *arena, struct random *random, const struct known *known,
			 unsigned depth)
{
	static const char ops[] = {'-', '~', '!', '+'};
	struct expr a = long_expr(arena, random, known, depth - 1);
	char op = RANDOM_OF(random, ops);

	a.text = arena_printf(arena, "%c %s", op, operand(arena, random, &a, UNARY));
	a.binds = UNARY;
	a.value = op == '-' ? (int64_t)(0 - (uint64_t)a.value)
			    : op == '~' ? ~a.value : op == '!' ? !a.value : a.value;
	return a;
}

static struct expr ternary(struct arena *arena, struct random *random, const struct known *known,
			   unsigned depth)
{
	struct expr c = long_expr(arena, random, known, depth - 1);
	struct expr a = long_expr(arena, random, known, depth - 1);
	struct expr b = long_expr(arena, random, known, depth - 1);

	return (struct expr){arena_printf(arena, "%s ? %s : %s", operand(arena, random, &c, 3),
					  operand(arena, random, &a, 3),
					  operand(arena, random, &b, 2)),
			     2, c.value ? a.value : b.value,
			     c.fails || (c.value ? a.fails : b.fails),
			     c.constant && a.constant && b.constant};
}

static bool short_circuits(const char *op, const struct expr *a)
{
	return (!strcmp(op, "&&") && !a->value) || (!strcmp(op, "||") && a->value);
}

static struct expr binary(struct arena *arena, struct random *random, const struct known *known,
			  unsigned depth)
{
	const struct operator *op = &RANDOM_OF(random, operators);
	struct expr a = long_expr(arena, random, known, depth - 1);
	struct expr b = long_expr(arena, random, known, depth - 1);
	bool divides = op->text[0] == '/' || op->text[0] == '%', fails;

	if (divides && b.constant)
		b = variable(arena, random, known);
	if (divides && !b.value)
		b.fails = true;
	fails = a.fails || (b.fails && !short_circuits(op->text, &a));
	return (struct expr){arena_printf(arena, "%s %s %s",
					  operand(arena, random, &a, op->binds), op->text,
					  operand(arena, random, &b, op->binds + 1)),
			     op->binds,
			     fails ? 0 : evaluate(op->text, a.value, b.value), fails,
			     a.constant && b.constant};
}

static struct expr long_expr(struct arena *arena, struct random *random, const struct known *known,
			     unsigned depth)
{
	unsigned what = random_below(random, 100);

	if (!depth || what < 10)
		return leaf(arena, random, known);
	if (what < 20)
		return unary(arena, random, known, depth);
	if (what < 28)
		return ternary(arena, random, known, depth);
	if (what < 34)
		return string_comparison(arena, random, known);
	return binary(arena, random, known, depth);
}

/* ---- formats ----------------------------------------------------------------------------- */

/* One conversion of printf that C and the language have in common. */
static void add_conversion(struct random *random, struct random_format *format)
{
	static const char conversions[] = "ddiuxXossc";
	char conversion = conversions[random_below(random, sizeof conversions - 1)];
	const char *flags = strchr("di", conversion) ? "-+ 0" : strchr("xXo", conversion) ? "-#0" :
			    conversion == 'u' ? "-0" : "-";
	char *to = format->format + strlen(format->format);
	const char *flag;

	*to++ = '%';
	for (flag = flags; *flag; flag++)
		if (random_chance(random, 20))
			*to++ = *flag;
	if (random_chance(random, 40))
		to += sprintf(to, "%u", 1 + random_below(random, 24));
	if (conversion != 'c' && random_chance(random, 30))
		to += sprintf(to, ".%u", random_below(random, 24));
	*to++ = conversion;
	*to = '\0';
	format->arguments[format->n++] = conversion == 's' ? 's' : conversion == 'c' ? 'c' : 'l';
}

void random_format(struct random *random, struct random_format *format)
{
	static const char *const between[] = {"", " ", "|", "%%", "x", ", "};
	unsigned n = 1 + random_below(random, 4);

	*format = (struct random_format){.n = 0};
	while (format->n < n) {
		strcat(format->format, RANDOM_OF(random, between));
		add_conversion(random, format);
	}
	strcat(format->format, RANDOM_OF(random, between));
}

/* C's opinion about one conversion: the language's has 64 bits without being told. */
static void format_one(FILE *out, const char *conversion, size_t size, int64_t value,
		       const char *text)
{
	char format[64];

	snprintf(format, sizeof format, "%.*s", (int)size - 1, conversion);
	switch (conversion[size - 1]) {
	case 's':
		fprintf(out, strcat(format, "s"), text);
		break;
	case 'c':
		fprintf(out, strcat(format, "c"), (int)value);
		break;
	default:
		sprintf(format + strlen(format), "ll%c", conversion[size - 1]);
		fprintf(out, format, (long long)value);
	}
}

static void format_statement(struct arena *arena, struct random *random, const struct known *known,
			     FILE *out)
{
	struct random_format format;
	const char *arguments = "", *at;
	char *expected = NULL;
	size_t size;
	FILE *text = open_memstream(&expected, &size);
	unsigned i;

	random_format(random, &format);
	for (i = 0, at = format.format; *at;) {
		size_t length = 1;

		if (at[0] == '%' && at[1] == '%') {
			fputc('%', text);
			at += 2;
			continue;
		}
		if (at[0] != '%') {
			fputc(*at++, text);
			continue;
		}
		length = strcspn(at + 1, "diuxXosc") + 2;
		if (format.arguments[i] == 's') {
			unsigned s = random_below(random, KNOWN_STRINGS);

			format_one(text, at, length, 0, known->strings[s]);
			arguments = arena_printf(arena, "%s, c%u", arguments, s);
		} else if (format.arguments[i] == 'c') {
			int letter = '!' + (int)random_below(random, 90);

			format_one(text, at, length, letter, NULL);
			arguments = arena_printf(arena, "%s, %d", arguments, letter);
		} else {
			unsigned l = random_below(random, KNOWN_LONGS);

			format_one(text, at, length, known->longs[l], NULL);
			arguments = arena_printf(arena, "%s, k%u", arguments, l);
		}
		at += length;
		i++;
	}
	fclose(text);
	if (random_chance(random, 50))
		fprintf(out, "printf(\"[%s]\\n\"%s) # expect [%s]\n", format.format, arguments,
			expected);
	else
		fprintf(out, "println(\"[\", sprintf(\"%s\"%s), \"]\") # expect [%s]\n",
			format.format, arguments, expected);
	free(expected);
}

/* ---- strings ----------------------------------------------------------------------------- */

static const char *random_regex(struct arena *arena, struct random *random, unsigned depth)
{
	static const char *const atoms[] = {"a", "b", "c", ".", "[ab]", "[^a]", "[a-c]", "x", "o",
					    "[[:digit:]]", "[[:space:]]", " ", "\\\\.", "[0-9=-]"};
	static const char *const repeats[] = {"*", "+", "?", "{2}", "{1,2}", "{0,3}", "{2,}"};
	const char *a;

	if (!depth)
		return RANDOM_OF(random, atoms);
	a = random_regex(arena, random, depth - 1);
	switch (random_below(random, 6)) {
	case 0:
		return arena_printf(arena, "(%s)%s", a, RANDOM_OF(random, repeats));
	case 1:
		return arena_printf(arena, "(%s|%s)", a, random_regex(arena, random, depth - 1));
	case 2:
		return RANDOM_OF(random, atoms);
	case 3:
		return arena_printf(arena, "%s%s", RANDOM_OF(random, atoms),
				    RANDOM_OF(random, repeats));
	default:
		return arena_printf(arena, "%s%s", a, random_regex(arena, random, depth - 1));
	}
}

const char *known_regex(struct arena *arena, struct random *random)
{
	return arena_printf(arena, "%s%s%s", random_chance(random, 20) ? "^" : "",
			    random_regex(arena, random, 3), random_chance(random, 20) ? "$" : "");
}

/* What the C library finds: POSIX, too. The text of a literal's backslashes is halved for it. */
static void regex_statement(struct arena *arena, struct random *random, FILE *out)
{
	const char *pattern, *from;
	const char *subject = random_string(arena, random);
	char *to, *compiled;
	regmatch_t whole;
	regex_t regex;

	pattern = known_regex(arena, random);
	to = compiled = arena_strdup(arena, pattern);
	for (from = pattern; *from; from++)
		if (!(from[0] == '\\' && from[1] == '\\'))
			*to++ = *from;
	*to = '\0';
	if (regcomp(&regex, compiled, REG_EXTENDED) != 0)
		return;
	if (regexec(&regex, subject, 1, &whole, 0) == 0)
		fprintf(out, "if (%s =~ \"%s\") println(\"<\", matched(0), \">\") # expect <%.*s>\n",
			known_string_text(arena, subject), pattern,
			(int)(whole.rm_eo - whole.rm_so), subject + whole.rm_so);
	else
		fprintf(out, "println(%s =~ \"%s\") # expect 0\n",
			known_string_text(arena, subject), pattern);
	regfree(&regex);
}

static void string_statement(struct random *random, const struct known *known,
			     FILE *out)
{
	unsigned i = random_below(random, KNOWN_STRINGS), j = random_below(random, KNOWN_STRINGS);
	const char *a = known->strings[i], *b = known->strings[j], *found;
	unsigned start = random_below(random, 8), length = random_below(random, 8);

	switch (random_below(random, 5)) {
	case 0:
		fprintf(out, "println(\"<\", c%u . c%u, \">\") # expect <%s%s>\n", i, j, a, b);
		break;
	case 1:
		fprintf(out, "println(\"<\", substr(c%u, %u, %u), \">\") # expect <%.*s>\n", i,
			start, length, (int)length, start < strlen(a) ? a + start : "");
		break;
	case 2:
		fprintf(out, "println(strlen(c%u . c%u)) # expect %zu\n", i, j,
			strlen(a) + strlen(b));
		break;
	case 3:
		fprintf(out, "println(isinstr(c%u, c%u)) # expect %d\n", i, j, strstr(a, b) != NULL);
		break;
	default:
		found = strstr(a, b);
		fprintf(out, "println(strpos(c%u, c%u)) # expect %d\n", i, j,
			found ? (int)(found - a) : -1);
	}
}

/* ---- statements -------------------------------------------------------------------------- */

static void assign_statement(struct arena *arena, struct random *random, const struct known *known,
			     FILE *out)
{
	static const char *const ops[] = {"+", "-", "*", "&", "|", "^", "<<", ">>", "/", "%"};
	const char *op = RANDOM_OF(random, ops);
	int64_t start = random_long(random);
	struct expr e = long_expr(arena, random, known, 2);

	if (strchr("/%", op[0]) && e.constant)
		e = variable(arena, random, known);
	e.fails |= strchr("/%", op[0]) && !e.value;
	if (e.fails)
		return;
	fprintf(out, "x = %s x %s= %s println(x) # expect %" PRId64 "\n",
		known_long_text(arena, start), op, operand(arena, random, &e, 0),
		evaluate(op, start, e.value));
}

static void value_statement(struct arena *arena, struct random *random, const struct known *known,
			    FILE *out)
{
	struct expr e = long_expr(arena, random, known, 1 + random_below(random, 4));

	if (e.fails)
		fprintf(out, "try { println(%s) } catch { println(\"error\") } # expect error\n",
			e.text);
	else
		fprintf(out, "println(%s) # expect %" PRId64 "\n", e.text, e.value);
}

void known_statement(struct arena *arena, struct random *random, const struct known *known,
		     FILE *out)
{
	unsigned what = random_below(random, 100);

	fputc('\t', out);
	if (what < 40)
		value_statement(arena, random, known, out);
	else if (what < 55)
		assign_statement(arena, random, known, out);
	else if (what < 75)
		format_statement(arena, random, known, out);
	else if (what < 88)
		regex_statement(arena, random, out);
	else
		string_statement(random, known, out);
}
