/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * @const("C expression"): a number or an enumerator of the kernel as it is; any other constant of
 * C's is embedded C, in guru mode.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "compiler/semantic/passes.h"

static bool is_identifier(const char *text)
{
	if (!isalpha((unsigned char)*text) && *text != '_')
		return false;
	while (isalnum((unsigned char)*text) || *text == '_')
		text++;
	return !*text;
}

static bool is_number(const char *text, int64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoll(text, &end, 0);
	return end != text && !*end && !errno;
}

void const_resolve(struct resolver *resolver, struct expr **place)
{
	struct expr *expr = *place;
	const struct source *source = expr->range.source;
	const char *text = expr->string.text;
	int64_t number = 0;

	if (is_number(text, &number) ||
	    (is_identifier(text) && enum_of_kernel(resolver, text, &number))) {
		*place = expr_number(resolver->arena, number, expr->range);
		return;
	}
	if (resolver->options->guru || (source && (source->guru || source->tapset))) {
		expr->kind = EXPR_EMBEDDED;
		return;
	}
	diag_error(resolver->diags, expr->range, "the value of '%s' is not known", text);
	diag_help(resolver->diags, "write the number itself: only the kernel's enumerators can be "
				   "looked up; in guru mode (-g) the text is compiled as C");
	*place = expr_number(resolver->arena, 0, expr->range);
}
