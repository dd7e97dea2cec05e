/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Walking trees for the passes.
 */
#include "compiler/semantic/passes.h"

static void walk_expr_below(struct expr **place, void *data)
{
	walk_expr(data, place);
}

static void walk_stmt_below(struct stmt **place, void *data)
{
	walk_stmt(data, place);
}

void walk_expr(const struct walk *walk, struct expr **place)
{
	expr_each_child(*place, walk_expr_below, (void *)walk);
	if (walk->expr)
		walk->expr(place, walk->data);
}

void walk_stmt(const struct walk *walk, struct stmt **place)
{
	if (walk->stmt)
		walk->stmt(place, walk->data);
	if (walk->expr)
		stmt_each_expr(*place, walk_expr_below, (void *)walk);
	stmt_each_child(*place, walk_stmt_below, (void *)walk);
}

void walk_program(const struct walk *walk, struct program *program)
{
	for (unsigned i = 0; i < program->probes.n; i++) {
		struct probe *probe = program->probes.v[i];

		walk_stmt(walk, &probe->body);
		if (probe->condition)
			walk_expr(walk, &probe->condition);
	}
	for (unsigned i = 0; i < program->functions.n; i++)
		if (program->functions.v[i]->body)
			walk_stmt(walk, &program->functions.v[i]->body);
}
