/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Building statements. */
#include "compiler/syntax/parse.h"
#include "compiler/syntax/grammar.tab.h"

static struct arena *arena_of(struct parser *parser)
{
	return parser->syntax->arena;
}

static struct diags *diags_of(struct parser *parser)
{
	return parser->syntax->diags;
}

void build_raise(struct parser *parser, unsigned *height, unsigned child, struct range range)
{
	if (*height > child)
		return;
	*height = child + 1;
	if (*height <= AST_MAX_HEIGHT || parser->stop)
		return;
	diag_error(diags_of(parser), range, "nested too deeply: at most %d levels are possible",
		   AST_MAX_HEIGHT);
	parser->stop = true;
}

static void raise_expr(struct parser *parser, struct stmt *stmt, const struct expr *child)
{
	if (child)
		build_raise(parser, &stmt->height, child->height, child->range);
}

static void raise_stmt(struct parser *parser, struct stmt *stmt, const struct stmt *child)
{
	if (child)
		build_raise(parser, &stmt->height, child->height, child->range);
}

/* Lone semicolons among other statements say nothing: they are left out. */
struct stmt_vec *build_stmts(struct parser *parser, struct stmt_vec *list, struct stmt *stmt)
{
	if (stmt->kind != STMT_EMPTY)
		VEC_PUSH(arena_of(parser), list, stmt);
	return list;
}

struct stmt *build_block(struct parser *parser, const struct stmt_vec *list, struct range range)
{
	struct stmt *stmt = stmt_new(arena_of(parser), STMT_BLOCK, range);
	unsigned i;

	stmt->block = *list;
	for (i = 0; i < list->n; i++)
		raise_stmt(parser, stmt, list->v[i]);
	return stmt;
}

struct stmt *build_simple(struct parser *parser, enum stmt_kind kind, struct expr *expr,
			  struct range range)
{
	struct stmt *stmt = stmt_new(arena_of(parser), kind, range);

	stmt->expr = expr;
	raise_expr(parser, stmt, expr);
	if (kind == STMT_EXPR && expr->kind == EXPR_EMBEDDED) {
		stmt->kind = STMT_EMBEDDED;
		stmt->embedded = expr->string.text;
	}
	return stmt;
}

struct stmt *build_if(struct parser *parser, struct expr *condition, struct stmt *then,
		      struct stmt *otherwise, struct range range)
{
	struct stmt *stmt = stmt_new(arena_of(parser), STMT_IF, range);

	stmt->branch.condition = condition;
	stmt->branch.then = then;
	stmt->branch.otherwise = otherwise;
	raise_expr(parser, stmt, condition);
	raise_stmt(parser, stmt, then);
	raise_stmt(parser, stmt, otherwise);
	return stmt;
}

struct stmt *build_loop(struct parser *parser, struct expr *init, struct expr *condition,
			struct expr *step, struct stmt *body, struct range range)
{
	struct stmt *stmt = stmt_new(arena_of(parser), STMT_FOR, range);

	stmt->loop.init = init;
	stmt->loop.condition = condition;
	stmt->loop.step = step;
	stmt->loop.body = body;
	raise_expr(parser, stmt, init);
	raise_expr(parser, stmt, condition);
	raise_expr(parser, stmt, step);
	raise_stmt(parser, stmt, body);
	return stmt;
}

struct stmt *build_try(struct parser *parser, struct stmt *body, const struct token *message,
		       struct stmt *handler, struct range range)
{
	struct stmt *stmt = stmt_new(arena_of(parser), STMT_TRY, range);

	stmt->try.body = body;
	stmt->try.message = message ? build_name(parser, message) : NULL;
	stmt->try.handler = handler;
	raise_stmt(parser, stmt, body);
	raise_stmt(parser, stmt, handler);
	return stmt;
}

/* ---- foreach ---------------------------------------------------------------------------- */

struct sorted_vec *build_sorted(struct parser *parser, struct sorted_vec *list,
				struct sorted sorted)
{
	if (!list)
		list = ARENA_NEW(arena_of(parser), struct sorted_vec);
	VEC_PUSH(arena_of(parser), list, sorted);
	return list;
}

static void set_sort(struct parser *parser, struct foreach_stmt *foreach, enum sort_by by,
		     int direction, struct range range)
{
	if (!direction)
		return;
	if (foreach->sort != SORT_NONE)
		diag_error(diags_of(parser), range, "a loop is sorted by one key or value only");
	foreach->sort = by;
	foreach->direction = direction;
}

struct foreach_stmt *build_foreach_keys(struct parser *parser, struct sorted value,
					const struct sorted_vec *keys)
{
	struct foreach_stmt *foreach = ARENA_NEW(arena_of(parser), struct foreach_stmt);
	unsigned i;

	foreach->value = value.name;
	if (value.name)
		set_sort(parser, foreach, SORT_VALUE, value.direction, value.name->range);
	for (i = 0; i < keys->n; i++) {
		VEC_PUSH(arena_of(parser), &foreach->keys, keys->v[i].name);
		set_sort(parser, foreach, SORT_KEY, keys->v[i].direction, keys->v[i].name->range);
		if (keys->v[i].direction)
			foreach->sort_key = i;
	}
	return foreach;
}

struct foreach_stmt *build_foreach_array(struct parser *parser, const struct token *name,
					 const struct expr_vec *slice,
					 const struct token *stat, int direction)
{
	struct foreach_stmt *foreach = ARENA_NEW(arena_of(parser), struct foreach_stmt);

	foreach->array = build_name(parser, name);
	foreach->direction = direction;
	foreach->sort = direction ? SORT_VALUE : SORT_NONE;
	if (slice)
		foreach->slice = *slice;
	if (!stat)
		return foreach;
	if (!direction)
		diag_error(diags_of(parser), stat->range,
			   "'+' or '-' must say how this loop is sorted");
	foreach->has_sort_stat = true;
	foreach->sort_stat = (enum stat_op)stat->number;
	return foreach;
}

struct foreach_stmt *build_foreach_histogram(struct parser *parser, struct expr *histogram,
					     int direction)
{
	struct foreach_stmt *foreach = ARENA_NEW(arena_of(parser), struct foreach_stmt);

	foreach->array = histogram;
	set_sort(parser, foreach, SORT_VALUE, direction, histogram->range);
	return foreach;
}

static void check_slice(struct parser *parser, const struct foreach_stmt *foreach)
{
	if (foreach->slice.n && foreach->slice.n != foreach->keys.n)
		diag_error(diags_of(parser), foreach->array->range,
			   "this slice has %u key%s, but the loop has %u", foreach->slice.n,
			   foreach->slice.n == 1 ? "" : "s", foreach->keys.n);
}

static void raise_foreach(struct parser *parser, struct stmt *stmt)
{
	const struct foreach_stmt *foreach = stmt->foreach;
	unsigned i;

	raise_expr(parser, stmt, foreach->array);
	raise_expr(parser, stmt, foreach->limit);
	for (i = 0; i < foreach->slice.n; i++)
		raise_expr(parser, stmt, foreach->slice.v[i]);
	raise_stmt(parser, stmt, foreach->body);
}

struct stmt *build_foreach(struct parser *parser, struct foreach_stmt *keys,
			   const struct foreach_stmt *array, struct expr *limit,
			   struct stmt *body, struct range range)
{
	struct stmt *stmt = stmt_new(arena_of(parser), STMT_FOREACH, range);

	keys->array = array->array;
	keys->slice = array->slice;
	set_sort(parser, keys, SORT_VALUE, array->direction, array->array->range);
	keys->has_sort_stat = array->has_sort_stat;
	keys->sort_stat = array->sort_stat;
	keys->limit = limit;
	keys->body = body;
	stmt->foreach = keys;
	check_slice(parser, keys);
	raise_foreach(parser, stmt);
	return stmt;
}
