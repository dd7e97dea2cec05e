/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the print family prints: printf's formats become directives before types are inferred
 * (they say what their arguments are), the other prints' once the types are known.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/semantic/passes.h"

enum { MAX_PRINT_ARGS = 32, MAX_WIDTH = 1 << 16 };

/* ---- printf ------------------------------------------------------------------------------- */

struct format {
	struct resolver *resolver;
	struct print_expr *print;
	const char *at;
	unsigned used;     /* arguments so far */
	unsigned percents; /* '%' seen so far */
	struct range missing; /* the first conversion without an argument */
	bool bad;
};

/*
 * The place of a conversion in the script: its '%' is the n-th there too, since escapes do not
 * make any. `length` counts from the '%'.
 */
static struct range conversion_range(const struct format *format, unsigned n, size_t length)
{
	struct range range = format->print->format_range;
	unsigned seen = 0;

	if (!range.source)
		return range;
	for (unsigned i = range.start; i < range.end; i++) {
		if (range.source->text[i] != '%' || seen++ != n)
			continue;
		if (i + length < range.end)
			range = (struct range){ range.source, i, (unsigned)(i + length) };
		break;
	}
	return range;
}

static void add_literal(struct format *format, const char *text, size_t length)
{
	struct directive literal = { .kind = DIRECTIVE_LITERAL,
				     .width = WIDTH_NONE,
				     .precision = WIDTH_NONE };
	struct print_expr *print = format->print;

	if (!length)
		return;
	if (print->directives.n) {
		struct directive *last = &print->directives.v[print->directives.n - 1];

		if (last->kind == DIRECTIVE_LITERAL) {
			last->text = arena_printf(format->resolver->arena, "%s%.*s", last->text,
						  (int)length, text);
			last->length += (unsigned)length;
			return;
		}
	}
	literal.text = arena_strndup(format->resolver->arena, text, length);
	literal.length = (unsigned)length;
	VEC_PUSH(format->resolver->arena, &print->directives, literal);
}

static void parse_flags(struct format *format, struct directive *directive)
{
	static const struct {
		char letter;
		unsigned flag;
	} flags[] = { { '0', DIRECTIVE_ZERO },  { ' ', DIRECTIVE_SPACE },
		      { '+', DIRECTIVE_PLUS },  { '-', DIRECTIVE_LEFT },
		      { '#', DIRECTIVE_ALTERNATE } };

	for (unsigned i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (*format->at == flags[i].letter) {
			directive->flags |= flags[i].flag;
			format->at++;
			i = (unsigned)-1;
		}
	}
}

static int parse_width(struct format *format, int none)
{
	long width = none;

	if (*format->at == '*') {
		format->at++;
		format->used++;
		return WIDTH_ARGUMENT;
	}
	if (isdigit((unsigned char)*format->at)) {
		char *end;

		width = strtol(format->at, &end, 10);
		format->at = end;
	}
	return (int)(width > MAX_WIDTH ? MAX_WIDTH : width);
}

/* hh, h, l, ll, z, j, t: all numbers have 64 bits. */
static void skip_length(struct format *format)
{
	format->at += strspn(format->at, "hlLzjt");
}

static bool parse_conversion(struct format *format, struct directive *directive)
{
	static const char letters[] = "diuoxXpscbmM";
	static const enum directive_kind kinds[] = {
		DIRECTIVE_SIGNED, DIRECTIVE_SIGNED,    DIRECTIVE_UNSIGNED, DIRECTIVE_OCTAL,
		DIRECTIVE_HEX,    DIRECTIVE_HEX_UPPER, DIRECTIVE_POINTER,  DIRECTIVE_STRING,
		DIRECTIVE_CHAR,   DIRECTIVE_BINARY,    DIRECTIVE_MEMORY,   DIRECTIVE_MEMORY_HEX
	};
	const char *found = *format->at ? strchr(letters, *format->at) : NULL;

	if (!found)
		return false;
	directive->kind = kinds[found - letters];
	format->at++;
	return true;
}

static void report_conversion(struct format *format, const char *start)
{
	struct diags *diags = format->resolver->diags;
	size_t length = (size_t)(format->at - start) + (*format->at != 0);

	format->bad = true;
	if (!*format->at) {
		diag_error(diags, conversion_range(format, format->percents, length),
			   "the format ends in the middle of a conversion");
		diag_help(diags, "write '%%%%' for a percent sign");
		return;
	}
	diag_error(diags, conversion_range(format, format->percents, length),
		   "unknown conversion '%.*s'", (int)length, start);
	diag_help(diags, "conversions are %%d %%i %%u %%x %%X %%o %%p %%s %%c %%b %%m %%M and %%%%");
}

static bool parse_directive(struct format *format)
{
	struct directive directive = { .width = WIDTH_NONE, .precision = WIDTH_NONE };
	const char *start = format->at++;

	if (*format->at == '%') {
		add_literal(format, format->at++, 1);
		format->percents += 2;
		return true;
	}
	parse_flags(format, &directive);
	directive.width = parse_width(format, WIDTH_NONE);
	if (*format->at == '.') {
		format->at++;
		directive.precision = parse_width(format, 0);
	}
	skip_length(format);
	if (!parse_conversion(format, &directive)) {
		report_conversion(format, start);
		return false;
	}
	if (++format->used > format->print->args.n && !format->missing.source)
		format->missing = conversion_range(format, format->percents,
						   (size_t)(format->at - start));
	format->percents++;
	VEC_PUSH(format->resolver->arena, &format->print->directives, directive);
	return true;
}

static void check_arguments(struct format *format, const struct expr *expr)
{
	struct diags *diags = format->resolver->diags;
	const struct print_expr *print = format->print;

	if (format->used > print->args.n) {
		diag_error(diags, format->missing,
			   "this conversion has no argument: the format needs %u, and %u %s given",
			   format->used, print->args.n, print->args.n == 1 ? "is" : "are");
	} else if (format->used < print->args.n) {
		struct range rest = range_join(print->args.v[format->used]->range,
					       print->args.v[print->args.n - 1]->range);

		diag_error(diags, rest,
			   "too many arguments: the format has conversions for %u, and %u are given",
			   format->used, print->args.n);
	} else if (print->args.n > MAX_PRINT_ARGS) {
		diag_error(diags, expr->range, "too many arguments: at most %d can be printed",
			   MAX_PRINT_ARGS);
	}
}

static void parse_format(struct resolver *resolver, const struct expr *expr)
{
	struct format format = { .resolver = resolver, .print = expr->print };

	if (!expr->print->format)
		return;
	format.at = expr->print->format;
	while (*format.at) {
		size_t length = strcspn(format.at, "%");

		add_literal(&format, format.at, length);
		format.at += length;
		if (*format.at && !parse_directive(&format))
			break;
	}
	if (!format.bad)
		check_arguments(&format, expr);
}

static void parse_print(struct expr **place, void *data)
{
	struct expr *expr = *place;

	if (expr->kind == EXPR_PRINT && expr->print->kind == PRINT_PRINTF &&
	    !expr->print->directives.n)
		parse_format(data, expr);
}

void prints_parse(struct resolver *resolver)
{
	struct walk walk = { .expr = parse_print, .data = resolver };

	walk_program(&walk, resolver->program);
}

enum value_type directive_argument_type(enum directive_kind kind)
{
	return kind == DIRECTIVE_STRING ? TYPE_STRING : TYPE_LONG;
}

/* ---- the others ------------------------------------------------------------------------------- */

static void add_literal_text(struct resolver *resolver, struct print_expr *print, const char *text,
			     unsigned length)
{
	struct format format = { .resolver = resolver, .print = print };

	add_literal(&format, text, length);
}

static bool is_histogram(const struct expr *expr)
{
	return expr->kind == EXPR_STAT &&
	       (expr->stat->op == STAT_HIST_LOG || expr->stat->op == STAT_HIST_LINEAR);
}

static enum directive_kind directive_for(const struct print_expr *print, const struct expr *value)
{
	if (print->is_char)
		return DIRECTIVE_CHAR;
	return value->type == TYPE_STRING ? DIRECTIVE_STRING : DIRECTIVE_SIGNED;
}

static void complete_print(struct expr **place, void *data)
{
	struct resolver *resolver = data;
	struct print_expr *print = (*place)->print;
	struct directive directive = { .width = WIDTH_NONE, .precision = WIDTH_NONE };

	if ((*place)->kind != EXPR_PRINT || print->kind == PRINT_PRINTF || print->directives.n)
		return;
	if (print->args.n > MAX_PRINT_ARGS)
		diag_error(resolver->diags, (*place)->range,
			   "too many arguments: at most %d can be printed", MAX_PRINT_ARGS);
	for (unsigned i = 0; i < print->args.n; i++) {
		if (is_histogram(print->args.v[i]))
			return;
		if (i && print->delimiter && print->delimiter->kind == EXPR_STRING)
			add_literal_text(resolver, print, print->delimiter->string.text,
					 print->delimiter->string.length);
		directive.kind = directive_for(print, print->args.v[i]);
		VEC_PUSH(resolver->arena, &print->directives, directive);
	}
	if (print->newline)
		add_literal_text(resolver, print, "\n", 1);
}

void prints_complete(struct resolver *resolver)
{
	struct walk walk = { .expr = complete_print, .data = resolver };

	walk_program(&walk, resolver->program);
}
