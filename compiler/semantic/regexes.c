/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The patterns of =~ and !~ are compiled once each.
 */
#include "compiler/semantic/passes.h"

static void compile(struct expr **place, void *data)
{
	struct resolver *resolver = data;

	if ((*place)->kind == EXPR_REGEX)
		diag_error(resolver->diags, (*place)->range,
			   "regular expressions are not supported yet");
}

void regexes_compile(struct resolver *resolver)
{
	struct walk walk = { .expr = compile, .data = resolver };

	walk_program(&walk, resolver->program);
}
