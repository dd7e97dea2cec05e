/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * @probewrite(v) in an alias: 1 where the body of the probe that uses the alias writes to v, else
 * 0. What functions write, and what the alias itself does, does not count.
 */
#include <string.h>

#include "compiler/semantic/passes.h"

struct question {
	const struct expr *variable;
	bool written;
};

struct search {
	struct resolver *resolver;
	const struct part_vec *parts;
};

static bool is_variable(const struct expr *expr)
{
	return expr->kind == EXPR_NAME ||
	       (expr->kind == EXPR_TARGET && expr->target->kind == TARGET_DOLLAR);
}

static bool is_same(const struct expr *a, const struct expr *b)
{
	if (a->kind == EXPR_INDEX)
		a = a->index.array;
	if (a->kind != b->kind || !is_variable(a))
		return false;
	if (a->kind == EXPR_NAME)
		return !strcmp(a->name.text, b->name.text);
	return a->target->path.n == b->target->path.n && !strcmp(a->target->name, b->target->name);
}

static void look(struct question *question, const struct expr *written)
{
	if (written && is_same(written, question->variable))
		question->written = true;
}

static void look_at_expr(struct expr **place, void *data)
{
	const struct expr *expr = *place;

	if (expr->kind == EXPR_ASSIGN)
		look(data, expr->assign.left);
	else if (expr->kind == EXPR_CREMENT)
		look(data, expr->crement.operand);
}

static void look_at_stmt(struct stmt **place, void *data)
{
	const struct stmt *stmt = *place;

	if (stmt->kind == STMT_TRY)
		look(data, stmt->try.message);
	else if (stmt->kind == STMT_DELETE)
		look(data, stmt->expr);
	if (stmt->kind != STMT_FOREACH)
		return;
	look(data, stmt->foreach->value);
	for (unsigned i = 0; i < stmt->foreach->keys.n; i++)
		look(data, stmt->foreach->keys.v[i]);
}

static void answer(struct expr **place, void *data)
{
	const struct search *search = data;
	struct expr *expr = *place;
	struct question question = { expr->operand, false };
	struct walk walk = { look_at_stmt, look_at_expr, &question };

	if (expr->kind != EXPR_PROBEWRITE)
		return;
	if (!is_variable(expr->operand))
		diag_error(search->resolver->diags, expr->operand->range,
			   "@probewrite() asks about a variable");
	for (unsigned i = 0; i < search->parts->n; i++)
		if (search->parts->v[i].own)
			walk_stmt(&walk, &search->parts->v[i].body);
	*place = expr_number(search->resolver->arena, question.written, expr->range);
}

void probewrite_resolve(struct resolver *resolver, struct part_vec *parts)
{
	struct search search = { resolver, parts };
	struct walk walk = { .expr = answer, .data = &search };

	for (unsigned i = 0; i < parts->n; i++)
		walk_stmt(&walk, &parts->v[i].body);
}
