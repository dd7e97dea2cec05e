/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The patterns of =~ and !~ are compiled, each text once. Captures cost more, and are compiled in
 * when the script asks for them with matched() or ngroups().
 */
#include <string.h>

#include "compiler/semantic/passes.h"
#include "compiler/semantic/regex.h"

static bool captures_wanted(const struct program *program)
{
	for (unsigned i = 0; i < program->functions.n; i++) {
		const char *name = program->functions.v[i]->intrinsic;

		if (name && (!strcmp(name, "fn_matched") || !strcmp(name, "fn_ngroups")))
			return true;
	}
	return false;
}

/* Byte `at` of the pattern in the script, where its text stands there as it is. */
static struct range pattern_range(const struct expr *pattern, unsigned at)
{
	struct range range = pattern->range;
	unsigned length = pattern->string.length;

	if (range.source && range.end - range.start == length + 2 &&
	    !memcmp(range.source->text + range.start + 1, pattern->string.text, length)) {
		range.start += 1 + (at < length ? at : length);
		range.end = range.start + 1;
	}
	return range;
}

static unsigned dfa_of(struct resolver *resolver, const struct expr *pattern)
{
	struct program *program = resolver->program;
	const char *error;
	struct dfa *dfa;
	unsigned at;

	for (unsigned i = 0; i < program->dfas.n; i++)
		if (!strcmp(program->dfas.v[i]->pattern, pattern->string.text))
			return i;
	dfa = regex_compile(resolver->arena, pattern->string.text, captures_wanted(program), &error,
			    &at);
	if (!dfa) {
		diag_error(resolver->diags, pattern_range(pattern, at),
			   "bad regular expression: %s (at byte %u)", error, at + 1);
		return 0;
	}
	VEC_PUSH(resolver->arena, &program->dfas, dfa);
	return program->dfas.n - 1;
}

static void compile(struct expr **place, void *data)
{
	struct resolver *resolver = data;
	struct expr *expr = *place;

	if (expr->kind != EXPR_REGEX)
		return;
	if (expr->regex.pattern->kind != EXPR_STRING)
		diag_error(resolver->diags, expr->regex.pattern->range,
			   "a regular expression is a string literal");
	else
		expr->regex.dfa = dfa_of(resolver, expr->regex.pattern);
}

void regexes_compile(struct resolver *resolver)
{
	struct walk walk = { .expr = compile, .data = resolver };

	walk_program(&walk, resolver->program);
}
