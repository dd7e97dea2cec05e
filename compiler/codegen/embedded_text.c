// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Embedded C on its way to clang: STAP_PRINTF(), STAP_ERROR() and snprintf() with a format become
 * calls of the handler library, a conversion each, since BPF has no variable arguments.
 *
 *     STAP_PRINTF("%d of %s\n", n, s)
 *
 * appends the number, " of ", the string and the newline to spile_text, a string in the frame of
 * the caller. THIS->x is the old spelling of STAP_ARG_x. Lines stay where they are.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/codegen/gen.h"

enum { MOST_ARGUMENTS = 36 };

struct rewriting {
	struct gen *gen;
	const struct function *function;
	FILE *out;
	const char *at;
	bool prints; /* what is formatted is printed, and need not fit into one string */
};

/* The arguments of a call, as text. */
struct arguments {
	const char *v[MOST_ARGUMENTS];
	unsigned n;
	const char *end; /* behind the ')'; NULL: there is none, or there are too many */
};

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static void wrong(struct rewriting *rewriting, const char *what)
{
	diag_error(rewriting->gen->diags, rewriting->function->decl->range,
		   "embedded C of '%s': %s", rewriting->function->name, what);
}

/* Behind a comment, a string or a character; `at` itself when there is none. */
static const char *skip_quoted(const char *at)
{
	const char *end;
	char quote = *at;

	if (!strncmp(at, "/*", 2)) {
		end = strstr(at + 2, "*/");
		return end ? end + 2 : at + strlen(at);
	}
	if (!strncmp(at, "//", 2))
		return at + strcspn(at, "\n");
	if (quote != '"' && quote != '\'')
		return at;
	for (at++; *at && *at != quote && *at != '\n'; at++)
		at += *at == '\\' && at[1];
	return *at == quote ? at + 1 : at;
}

static void add_argument(struct rewriting *rewriting, struct arguments *arguments, const char *from,
			 const char *to)
{
	while (from < to && isspace((unsigned char)*from))
		from++;
	while (from < to && isspace((unsigned char)to[-1]))
		to--;
	if (from == to && !arguments->n)
		return;
	if (arguments->n < MOST_ARGUMENTS)
		arguments->v[arguments->n++] =
			arena_strndup(rewriting->gen->arena, from, (size_t)(to - from));
}

/* `at` is behind the '('. */
static struct arguments read_arguments(struct rewriting *rewriting, const char *at)
{
	struct arguments arguments = {.n = 0};
	const char *from = at, *next;
	unsigned depth = 0;

	for (; *at; at = next) {
		next = skip_quoted(at);
		if (next != at)
			continue;
		next = at + 1;
		if (strchr("([{", *at))
			depth++;
		else if (depth && strchr(")]}", *at))
			depth--;
		else if (*at == ')')
			break;
		else if (*at == ',' && !depth) {
			add_argument(rewriting, &arguments, from, at);
			from = next;
		}
	}
	add_argument(rewriting, &arguments, from, at);
	arguments.end = *at && arguments.n < MOST_ARGUMENTS ? at + 1 : NULL;
	return arguments;
}

/* "a" "b" -> a and b as they are written, without the quotes between; NULL: no literal. */
static const char *literal_text(struct rewriting *rewriting, const char *text)
{
	const char *all = "";

	while (*text) {
		const char *end = skip_quoted(text);

		if (*text != '"' || end < text + 2)
			return NULL;
		all = arena_printf(rewriting->gen->arena, "%s%.*s", all, (int)(end - text - 2),
				   text + 1);
		text = end + strspn(end, " \t\n");
	}
	return all;
}

/* ---- conversions ---- */

struct conversion {
	unsigned flags;
	const char *width, *precision; /* C expressions */
	bool wide;                     /* l, ll, z, j, t */
	char letter;
};

static unsigned read_flags(const char **at)
{
	static const char signs[] = "0 +-#"; /* in the order of FORMAT_ZERO ... */
	unsigned flags = 0;
	const char *sign;

	for (; **at && (sign = strchr(signs, **at)); (*at)++)
		flags |= 1u << (sign - signs);
	return flags;
}

static const char *next_argument(struct rewriting *rewriting, const struct arguments *arguments,
				 unsigned *next)
{
	if (*next < arguments->n)
		return arguments->v[(*next)++];
	wrong(rewriting, "a format has more conversions than there are arguments");
	return "0";
}

static const char *read_number(struct rewriting *rewriting, const char **at,
			       const struct arguments *arguments, unsigned *next,
			       const char *otherwise)
{
	char *end;
	long number;

	if (**at == '*') {
		(*at)++;
		return next_argument(rewriting, arguments, next);
	}
	if (!isdigit((unsigned char)**at))
		return otherwise;
	number = strtol(*at, &end, 10);
	*at = end;
	return arena_printf(rewriting->gen->arena, "%ld", number > 4096 ? 4096 : number);
}

static struct conversion read_conversion(struct rewriting *rewriting, const char **at,
					 const struct arguments *arguments, unsigned *next)
{
	struct conversion conversion = {.flags = read_flags(at), .precision = "-1"};

	conversion.width = read_number(rewriting, at, arguments, next, "-1");
	if (**at == '.') {
		(*at)++;
		conversion.precision = read_number(rewriting, at, arguments, next, "0");
	}
	for (; **at && strchr("hlzjt", **at); (*at)++)
		conversion.wide |= **at != 'h';
	conversion.letter = **at;
	if (**at)
		(*at)++;
	return conversion;
}

static void write_flush(struct rewriting *rewriting)
{
	if (rewriting->prints)
		fputs("spile_print(spile_run, spile_text, &spile_at); ", rewriting->out);
}

static void write_conversion(struct rewriting *rewriting, const struct conversion *conversion,
			     const char *to, const char *argument)
{
	const char *cast = conversion->wide ? "int64_t" : "int";
	char letter = conversion->letter;

	if (letter == 's') {
		write_flush(rewriting);
		fprintf(rewriting->out,
			"spile_at = format_string(spile_run, %s, spile_at, (%s), %u, %s, %s); ", to,
			argument, conversion->flags, conversion->width, conversion->precision);
		write_flush(rewriting);
		return;
	}
	if (strchr("uoxX", letter) && !conversion->wide)
		cast = "unsigned";
	else if (letter == 'p')
		cast = "uint64_t";
	fprintf(rewriting->out,
		"spile_at = format_long(spile_run, %s, spile_at, (int64_t)(%s)(%s), '%c', %u, %s, %s); ",
		to, cast, argument, letter == 'i' ? 'd' : letter, conversion->flags,
		conversion->width, conversion->precision);
}

static void write_literal(struct rewriting *rewriting, const char *to, const char *text, size_t n)
{
	if (n)
		fprintf(rewriting->out,
			"spile_at = format_literal(spile_run, %s, spile_at, \"%.*s\", sizeof(\"%.*s\") - 1); ",
			to, (int)n, text, (int)n, text);
}

/* What the arguments from `format` on say, appended to `to`: "place, size". */
static void write_format(struct rewriting *rewriting, const struct arguments *arguments,
			 unsigned format, const char *to)
{
	const char *text = format < arguments->n
				   ? literal_text(rewriting, arguments->v[format]) : NULL;
	unsigned next = format + 1;

	fputs("unsigned spile_at = 0; ", rewriting->out);
	if (!text) {
		wrong(rewriting, "a format must be a string literal");
		return;
	}
	while (*text) {
		size_t n = strcspn(text, "%");
		struct conversion conversion;

		write_literal(rewriting, to, text, n);
		text += n;
		if (!*text++)
			break;
		if (*text == '%') {
			write_literal(rewriting, to, text++, 1);
			continue;
		}
		conversion = read_conversion(rewriting, &text, arguments, &next);
		if (!conversion.letter || !strchr("diuoxXpcs", conversion.letter)) {
			wrong(rewriting, "a format has a conversion other than %d %i %u %o %x %X %p "
					 "%c %s %%");
			return;
		}
		write_conversion(rewriting, &conversion, to,
				 next_argument(rewriting, arguments, &next));
	}
	if (next < arguments->n)
		wrong(rewriting, "a format has fewer conversions than there are arguments");
}

/* ---- words ---- */

static bool call_printf(struct rewriting *rewriting, const struct arguments *arguments)
{
	rewriting->prints = true;
	fputs("({ ", rewriting->out);
	write_format(rewriting, arguments, 0, "spile_text, MAXSTRINGLEN");
	write_flush(rewriting);
	fputs("})", rewriting->out);
	rewriting->prints = false;
	return true;
}

static bool call_error(struct rewriting *rewriting, const struct arguments *arguments)
{
	fputs("do { ", rewriting->out);
	write_format(rewriting, arguments, 0, "spile_text, MAXSTRINGLEN");
	fputs("handler_raise(spile_run, spile_text); goto out; } while (0)", rewriting->out);
	return true;
}

static bool call_snprintf(struct rewriting *rewriting, const struct arguments *arguments)
{
	if (arguments->n < 3)
		return false;
	fputs("({ ", rewriting->out);
	write_format(rewriting, arguments, 2,
		     arena_printf(rewriting->gen->arena, "(%s), (%s)", arguments->v[0],
				  arguments->v[1]));
	fputs("(int)spile_at; })", rewriting->out);
	return true;
}

static const struct {
	const char *name;
	bool (*write)(struct rewriting *rewriting, const struct arguments *arguments);
} calls[] = {
	{"STAP_PRINTF", call_printf},
	{"_stp_printf", call_printf},
	{"STAP_ERROR", call_error},
	{"snprintf", call_snprintf},
	{"scnprintf", call_snprintf},
};

static bool is_named(const char *word, size_t length, const char *name)
{
	return strlen(name) == length && !memcmp(word, name, length);
}

/* Lines of a call that is written anew. */
static void keep_lines(struct rewriting *rewriting, const char *from, const char *to)
{
	for (; from < to; from++)
		if (*from == '\n')
			fputc('\n', rewriting->out);
}

static bool rewrite_call(struct rewriting *rewriting, size_t length)
{
	const char *word = rewriting->at, *open = word + length + strspn(word + length, " \t\n");
	struct arguments arguments;

	for (unsigned i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		if (!is_named(word, length, calls[i].name) || *open != '(')
			continue;
		arguments = read_arguments(rewriting, open + 1);
		if (!arguments.end || !calls[i].write(rewriting, &arguments))
			return false;
		keep_lines(rewriting, word, arguments.end);
		rewriting->at = arguments.end;
		return true;
	}
	return false;
}

static bool rewrite_this(struct rewriting *rewriting, size_t length)
{
	const char *at = rewriting->at + length;

	at += strspn(at, " \t\n");
	if (!is_named(rewriting->at, length, "THIS") || strncmp(at, "->", 2))
		return false;
	at += 2 + strspn(at + 2, " \t\n");
	if (!strncmp(at, "__retvalue", 10) && !is_word(at[10])) {
		fputs("STAP_RETVALUE", rewriting->out);
		at += 10;
	} else {
		fputs("STAP_ARG_", rewriting->out);
	}
	rewriting->at = at;
	return true;
}

static void rewrite_word(struct rewriting *rewriting)
{
	static const char global[] = "STAP_GLOBAL_";
	size_t length = 0;

	while (is_word(rewriting->at[length]))
		length++;
	if (rewrite_call(rewriting, length) || rewrite_this(rewriting, length))
		return;
	if (!strncmp(rewriting->at, global, sizeof(global) - 1)) {
		wrong(rewriting, "STAP_GLOBAL_GET_... and STAP_GLOBAL_SET_... are not possible");
		diag_help(rewriting->gen->diags, "pass the global's value as an argument, and "
			  "assign the result to it");
	}
	fwrite(rewriting->at, 1, length, rewriting->out);
	rewriting->at += length;
}

bool embedded_has_text(const struct function *function)
{
	const char *text = function->intrinsic ? NULL : function->embedded;

	return text && (strstr(text, "STAP_PRINTF") || strstr(text, "_stp_printf") ||
			strstr(text, "STAP_ERROR"));
}

void embedded_rewrite(struct gen *gen, const struct function *function, FILE *out)
{
	struct rewriting rewriting = {gen, function, out, function->embedded, false};

	while (*rewriting.at) {
		const char *end = skip_quoted(rewriting.at);

		if (end == rewriting.at && is_word(*end)) {
			rewrite_word(&rewriting);
			continue;
		}
		end += end == rewriting.at;
		fwrite(rewriting.at, 1, (size_t)(end - rewriting.at), out);
		rewriting.at = end;
	}
}
