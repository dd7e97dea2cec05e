/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * foreach (v = [k] in s) over statistics: @count(v) in the body means @count(s[k]), so that the
 * passes behind, and code generation, know of no local statistics.
 */
#include "compiler/semantic/passes.h"

struct rewrite {
	struct resolver *resolver;
	struct foreach_stmt *foreach;
	bool found;
};

static bool is_value(const struct expr *expr, const struct foreach_stmt *foreach)
{
	return expr->kind == EXPR_NAME && expr->name.symbol &&
	       expr->name.symbol == foreach->value->name.symbol;
}

static struct expr *element(struct rewrite *rewrite, struct range range)
{
	const struct foreach_stmt *foreach = rewrite->foreach;
	struct arena *arena = rewrite->resolver->arena;
	struct expr *expr = expr_new(arena, EXPR_INDEX, range);

	expr->index.array = expr_copy(arena, foreach->array);
	for (unsigned i = 0; i < foreach->keys.n; i++)
		VEC_PUSH(arena, &expr->index.keys, expr_copy(arena, foreach->keys.v[i]));
	return expr;
}

static void rewrite_stat(struct expr **place, void *data)
{
	struct rewrite *rewrite = data;
	struct expr *expr = *place;

	if (expr->kind != EXPR_STAT || !is_value(expr->stat->operand, rewrite->foreach))
		return;
	expr->stat->operand = element(rewrite, expr->stat->operand->range);
	rewrite->found = true;
}

static void rewrite_foreach(struct stmt **place, void *data)
{
	struct rewrite rewrite = { .resolver = data, .foreach = (*place)->foreach };
	struct walk walk = { .expr = rewrite_stat, .data = &rewrite };

	if ((*place)->kind != STMT_FOREACH || !rewrite.foreach->value ||
	    rewrite.foreach->value->kind != EXPR_NAME || rewrite.foreach->array->kind != EXPR_NAME)
		return;
	walk_stmt(&walk, &rewrite.foreach->body);
	if (rewrite.found)
		rewrite.foreach->value = NULL;
}

void foreach_rewrite_values(struct resolver *resolver)
{
	struct walk walk = { .stmt = rewrite_foreach, .data = resolver };

	walk_program(&walk, resolver->program);
}
