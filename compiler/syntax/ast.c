/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making, naming and copying the nodes of the tree. */
#include <string.h>

#include "compiler/syntax/ast.h"

struct expr *expr_new(struct arena *arena, enum expr_kind kind, struct range range)
{
	struct expr *expr = ARENA_NEW(arena, struct expr);

	expr->kind = kind;
	expr->range = range;
	return expr;
}

struct stmt *stmt_new(struct arena *arena, enum stmt_kind kind, struct range range)
{
	struct stmt *stmt = ARENA_NEW(arena, struct stmt);

	stmt->kind = kind;
	stmt->range = range;
	return stmt;
}

struct expr *expr_number(struct arena *arena, int64_t number, struct range range)
{
	struct expr *expr = expr_new(arena, EXPR_NUMBER, range);

	expr->number = number;
	return expr;
}

struct expr *expr_string(struct arena *arena, const char *text, struct range range)
{
	struct expr *expr = expr_new(arena, EXPR_STRING, range);

	expr->string.text = text;
	expr->string.length = (unsigned)strlen(text);
	return expr;
}

struct expr *expr_name(struct arena *arena, const char *name, struct range range)
{
	struct expr *expr = expr_new(arena, EXPR_NAME, range);

	expr->name.text = name;
	return expr;
}

const char *value_type_name(enum value_type type)
{
	static const char *const names[] = {
		[TYPE_UNKNOWN] = "unknown", [TYPE_LONG] = "long", [TYPE_STRING] = "string",
		[TYPE_STATS] = "stats",	    [TYPE_VOID] = "void",
	};

	return names[type];
}

const char *binary_op_spelling(enum binary_op op)
{
	static const char *const spellings[] = {
		[BINARY_LOGICAL_OR] = "||", [BINARY_LOGICAL_AND] = "&&", [BINARY_OR] = "|",
		[BINARY_XOR] = "^",	    [BINARY_AND] = "&",		 [BINARY_EQ] = "==",
		[BINARY_NE] = "!=",	    [BINARY_LT] = "<",		 [BINARY_GT] = ">",
		[BINARY_LE] = "<=",	    [BINARY_GE] = ">=",		 [BINARY_CONCAT] = ".",
		[BINARY_SHL] = "<<",	    [BINARY_SHR] = ">>",	 [BINARY_SHRL] = ">>>",
		[BINARY_ADD] = "+",	    [BINARY_SUB] = "-",		 [BINARY_MUL] = "*",
		[BINARY_DIV] = "/",	    [BINARY_MOD] = "%",
	};

	return spellings[op];
}

/* ---- copying: a node is copied flat, with what it keeps its children in; then each child is
 * replaced by its copy ---------------------------------------------------------------------- */

static void own_exprs(struct arena *arena, struct expr_vec *vec)
{
	if (!vec->n)
		return;
	vec->v = arena_copy(arena, vec->v, vec->n * sizeof(*vec->v));
	vec->capacity = vec->n;
}

static struct target *own_target(struct arena *arena, const struct target *old)
{
	struct target *new = arena_copy(arena, old, sizeof(*old));

	if (!old->path.n)
		return new;
	new->path.v = arena_copy(arena, old->path.v, old->path.n * sizeof(*old->path.v));
	new->path.capacity = old->path.n;
	return new;
}

static void own_expr_parts(struct arena *arena, struct expr *expr)
{
	switch (expr->kind) {
	case EXPR_INDEX:
		own_exprs(arena, &expr->index.keys);
		break;
	case EXPR_TARGET:
		expr->target = own_target(arena, expr->target);
		break;
	case EXPR_CALL:
		own_exprs(arena, &expr->call.args);
		break;
	case EXPR_IN:
		own_exprs(arena, &expr->in.keys);
		break;
	case EXPR_STAT:
		expr->stat = arena_copy(arena, expr->stat, sizeof(*expr->stat));
		break;
	case EXPR_PRINT: /* the directives are shared: they are never changed once made */
		expr->print = arena_copy(arena, expr->print, sizeof(*expr->print));
		own_exprs(arena, &expr->print->args);
		break;
	default:
		break;
	}
}

static void copy_expr_at(struct expr **place, void *arena)
{
	*place = expr_copy(arena, *place);
}

struct expr *expr_copy(struct arena *arena, const struct expr *expr)
{
	struct expr *copy;

	if (!expr)
		return NULL;
	copy = arena_copy(arena, expr, sizeof(*expr));
	own_expr_parts(arena, copy);
	if (copy->kind != EXPR_TARGET || !copy->target->access)
		expr_each_child(copy, copy_expr_at, arena);
	return copy;
}

static void own_stmt_parts(struct arena *arena, struct stmt *stmt)
{
	if (stmt->kind == STMT_BLOCK && stmt->block.n) {
		stmt->block.v = arena_copy(arena, stmt->block.v,
					   stmt->block.n * sizeof(*stmt->block.v));
		stmt->block.capacity = stmt->block.n;
	}
	if (stmt->kind == STMT_FOREACH) {
		stmt->foreach = arena_copy(arena, stmt->foreach, sizeof(*stmt->foreach));
		own_exprs(arena, &stmt->foreach->keys);
		own_exprs(arena, &stmt->foreach->slice);
	}
}

static void copy_stmt_at(struct stmt **place, void *arena)
{
	*place = stmt_copy(arena, *place);
}

struct stmt *stmt_copy(struct arena *arena, const struct stmt *stmt)
{
	struct stmt *copy;

	if (!stmt)
		return NULL;
	copy = arena_copy(arena, stmt, sizeof(*stmt));
	own_stmt_parts(arena, copy);
	stmt_each_expr(copy, copy_expr_at, arena);
	stmt_each_child(copy, copy_stmt_at, arena);
	return copy;
}
