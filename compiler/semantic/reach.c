/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a handler can come to: its own expressions, and those of the functions that it calls. */
#include "compiler/semantic/passes.h"

struct walker {
	const struct reach *reach;
	bool *seen; /* functions, by index */
	struct walk walk;
};

static void reach_functions(struct walker *walker, const struct expr *call)
{
	for (unsigned i = 0; i < call->call.n_candidates; i++) {
		struct function *function = call->call.candidates[i];

		if (walker->seen[function->index])
			continue;
		walker->seen[function->index] = true;
		if (walker->reach->function)
			walker->reach->function(function, walker->reach->data);
		if (function->body)
			walk_stmt(&walker->walk, &function->body);
	}
}

static void reach_expr(struct expr **place, void *data)
{
	struct walker *walker = data;

	if (walker->reach->expr)
		walker->reach->expr(*place, walker->reach->data);
	if ((*place)->kind == EXPR_CALL)
		reach_functions(walker, *place);
}

void reach_from(struct resolver *resolver, struct probe *probe, const struct reach *reach)
{
	struct program *program = resolver->program;
	struct walker walker = {.reach = reach, .walk = {.expr = reach_expr, .data = &walker}};

	walker.seen = ARENA_ARRAY(resolver->arena, bool, program->functions.n + 1);
	if (probe->body)
		walk_stmt(&walker.walk, &probe->body);
	if (probe->condition)
		walk_expr(&walker.walk, &probe->condition);
}
