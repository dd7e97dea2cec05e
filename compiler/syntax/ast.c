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

/* ---- copying: a node is copied flat, then its children are replaced by their copies -------- */

static struct expr_vec copy_exprs(struct arena *arena, const struct expr_vec *old)
{
	struct expr_vec new = {0};
	unsigned i;

	for (i = 0; i < old->n; i++)
		VEC_PUSH(arena, &new, expr_copy(arena, old->v[i]));
	return new;
}

static struct target *copy_target(struct arena *arena, const struct target *old)
{
	struct target *new = ARENA_NEW(arena, struct target);
	unsigned i;

	*new = *old;
	new->operand = expr_copy(arena, old->operand);
	new->size = expr_copy(arena, old->size);
	if (!old->path.n)
		return new;
	new->path.v = ARENA_ARRAY(arena, struct component, old->path.n);
	new->path.capacity = old->path.n;
	for (i = 0; i < old->path.n; i++) {
		new->path.v[i] = old->path.v[i];
		new->path.v[i].index = expr_copy(arena, old->path.v[i].index);
	}
	return new;
}

static struct stat_expr *copy_stat(struct arena *arena, const struct stat_expr *old)
{
	struct stat_expr *new = ARENA_NEW(arena, struct stat_expr);

	*new = *old;
	new->operand = expr_copy(arena, old->operand);
	return new;
}

static struct print_expr *copy_print(struct arena *arena, const struct print_expr *old)
{
	struct print_expr *new = ARENA_NEW(arena, struct print_expr);

	*new = *old; /* the directives are shared: they are never changed once made */
	new->delimiter = expr_copy(arena, old->delimiter);
	new->args = copy_exprs(arena, &old->args);
	return new;
}

static void copy_children(struct arena *arena, struct expr *expr)
{
	switch (expr->kind) {
	case EXPR_NUMBER:
	case EXPR_STRING:
	case EXPR_NAME:
	case EXPR_PERF:
	case EXPR_CONST:
	case EXPR_SIZEOF:
	case EXPR_EMBEDDED:
		break;
	case EXPR_INDEX:
		expr->index.array = expr_copy(arena, expr->index.array);
		expr->index.keys = copy_exprs(arena, &expr->index.keys);
		break;
	case EXPR_TARGET:
		expr->target = copy_target(arena, expr->target);
		break;
	case EXPR_UNARY:
		expr->unary.operand = expr_copy(arena, expr->unary.operand);
		break;
	case EXPR_BINARY:
		expr->binary.left = expr_copy(arena, expr->binary.left);
		expr->binary.right = expr_copy(arena, expr->binary.right);
		break;
	case EXPR_TERNARY:
		expr->ternary.condition = expr_copy(arena, expr->ternary.condition);
		expr->ternary.then = expr_copy(arena, expr->ternary.then);
		expr->ternary.otherwise = expr_copy(arena, expr->ternary.otherwise);
		break;
	case EXPR_ASSIGN:
		expr->assign.left = expr_copy(arena, expr->assign.left);
		expr->assign.right = expr_copy(arena, expr->assign.right);
		break;
	case EXPR_CREMENT:
		expr->crement.operand = expr_copy(arena, expr->crement.operand);
		break;
	case EXPR_CALL:
		expr->call.args = copy_exprs(arena, &expr->call.args);
		break;
	case EXPR_IN:
		expr->in.keys = copy_exprs(arena, &expr->in.keys);
		expr->in.array = expr_copy(arena, expr->in.array);
		break;
	case EXPR_REGEX:
		expr->regex.left = expr_copy(arena, expr->regex.left);
		expr->regex.pattern = expr_copy(arena, expr->regex.pattern);
		break;
	case EXPR_STAT:
		expr->stat = copy_stat(arena, expr->stat);
		break;
	case EXPR_HIST_AT:
		expr->hist_at.histogram = expr_copy(arena, expr->hist_at.histogram);
		expr->hist_at.bucket = expr_copy(arena, expr->hist_at.bucket);
		break;
	case EXPR_PRINT:
		expr->print = copy_print(arena, expr->print);
		break;
	case EXPR_ENTRY:
		expr->entry.operand = expr_copy(arena, expr->entry.operand);
		break;
	case EXPR_DEFINED:
	case EXPR_PROBEWRITE:
		expr->operand = expr_copy(arena, expr->operand);
		break;
	case EXPR_ENUM:
		expr->enumerator.value = expr_copy(arena, expr->enumerator.value);
		break;
	}
}

struct expr *expr_copy(struct arena *arena, const struct expr *expr)
{
	struct expr *copy;

	if (!expr)
		return NULL;
	copy = ARENA_NEW(arena, struct expr);
	*copy = *expr;
	copy_children(arena, copy);
	return copy;
}

static struct foreach_stmt *copy_foreach(struct arena *arena, const struct foreach_stmt *old)
{
	struct foreach_stmt *new = ARENA_NEW(arena, struct foreach_stmt);

	*new = *old;
	new->value = expr_copy(arena, old->value);
	new->keys = copy_exprs(arena, &old->keys);
	new->array = expr_copy(arena, old->array);
	new->slice = copy_exprs(arena, &old->slice);
	new->limit = expr_copy(arena, old->limit);
	new->body = stmt_copy(arena, old->body);
	return new;
}

static struct stmt_vec copy_stmts(struct arena *arena, const struct stmt_vec *old)
{
	struct stmt_vec new = {0};
	unsigned i;

	for (i = 0; i < old->n; i++)
		VEC_PUSH(arena, &new, stmt_copy(arena, old->v[i]));
	return new;
}

static void copy_stmt_children(struct arena *arena, struct stmt *stmt)
{
	switch (stmt->kind) {
	case STMT_EMPTY:
	case STMT_BREAK:
	case STMT_CONTINUE:
	case STMT_NEXT:
	case STMT_EMBEDDED:
		break;
	case STMT_BLOCK:
		stmt->block = copy_stmts(arena, &stmt->block);
		break;
	case STMT_EXPR:
	case STMT_RETURN:
	case STMT_DELETE:
		stmt->expr = expr_copy(arena, stmt->expr);
		break;
	case STMT_IF:
		stmt->branch.condition = expr_copy(arena, stmt->branch.condition);
		stmt->branch.then = stmt_copy(arena, stmt->branch.then);
		stmt->branch.otherwise = stmt_copy(arena, stmt->branch.otherwise);
		break;
	case STMT_WHILE:
	case STMT_FOR:
		stmt->loop.init = expr_copy(arena, stmt->loop.init);
		stmt->loop.condition = expr_copy(arena, stmt->loop.condition);
		stmt->loop.step = expr_copy(arena, stmt->loop.step);
		stmt->loop.body = stmt_copy(arena, stmt->loop.body);
		break;
	case STMT_FOREACH:
		stmt->foreach = copy_foreach(arena, stmt->foreach);
		break;
	case STMT_TRY:
		stmt->try.body = stmt_copy(arena, stmt->try.body);
		stmt->try.message = expr_copy(arena, stmt->try.message);
		stmt->try.handler = stmt_copy(arena, stmt->try.handler);
		break;
	}
}

struct stmt *stmt_copy(struct arena *arena, const struct stmt *stmt)
{
	struct stmt *copy;

	if (!stmt)
		return NULL;
	copy = ARENA_NEW(arena, struct stmt);
	*copy = *stmt;
	copy_stmt_children(arena, copy);
	return copy;
}
