// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How many loops over arrays a handler may be in at a time: what the loader makes room for.
 */
#include "compiler/codegen/gen.h"

enum { MOST = 255 };

struct search {
	const struct gen *gen;
	unsigned most;
};

static void find(struct search *search, unsigned n)
{
	n = n < MOST ? n : MOST;
	search->most = n > search->most ? n : search->most;
}

static bool has_slice(const struct expr_vec *keys)
{
	for (unsigned i = 0; i < keys->n; i++)
		if (!keys->v[i])
			return true;
	return false;
}

static bool look_at_expr(struct ast_visitor *visitor, struct expr **place)
{
	struct search *search = visitor->data;
	const struct expr *expr = *place;

	if (expr->kind == EXPR_IN && has_slice(&expr->in.keys))
		find(search, 1);
	for (unsigned i = 0; expr->kind == EXPR_CALL && i < expr->call.n_candidates; i++)
		find(search, search->gen->functions[expr->call.candidates[i]->index].iterations);
	return true;
}

static unsigned nesting_of(const struct gen *gen, struct stmt *body);

/* What the head of a foreach calls is done before the loop begins. */
static bool look_at_stmt(struct ast_visitor *visitor, struct stmt **place)
{
	struct search *search = visitor->data;
	const struct stmt *stmt = *place;

	if (stmt->kind == STMT_FOREACH)
		find(search, 1 + nesting_of(search->gen, stmt->foreach->body));
	if (stmt->kind == STMT_DELETE && stmt->expr->kind == EXPR_INDEX &&
	    has_slice(&stmt->expr->index.keys))
		find(search, 1);
	return true;
}

static unsigned nesting_of(const struct gen *gen, struct stmt *body)
{
	struct search search = {gen, 0};
	struct ast_visitor visitor = {look_at_expr, look_at_stmt, &search};

	if (body)
		ast_visit_stmt(&visitor, &body);
	return search.most;
}

/* Callees stand before their callers. */
unsigned iterations_deepest(struct gen *gen)
{
	const struct program *program = gen->program;
	unsigned depth = (unsigned)program->limits.max_nesting;
	struct search search = {gen, 0};

	for (unsigned i = 0; i < program->functions.n; i++) {
		const struct function *function = program->functions.v[i];
		unsigned n = nesting_of(gen, function->body);

		gen->functions[i].iterations = function->recursive ? n * (depth + 1) : n;
	}
	for (unsigned i = 0; i < program->probes.n; i++)
		if (program->probes.v[i]->home == gen->home)
			find(&search, nesting_of(gen, program->probes.v[i]->body));
	return search.most;
}
