/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walking a tree: the one place, beside printing, that knows every node's children. */
#include "compiler/probes/access.h"
#include "compiler/syntax/ast.h"

/* ---- the children of one node ------------------------------------------------------------ */

static void each(struct expr **place, expr_fn fn, void *data)
{
	if (*place)
		fn(place, data);
}

static void each_of(struct expr_vec *vec, expr_fn fn, void *data)
{
	for (unsigned i = 0; i < vec->n; i++)
		each(&vec->v[i], fn, data);
}

static void target_each_child(struct target *target, expr_fn fn, void *data)
{
	if (target->access) {
		/* an access is const for its readers; its expressions are the script's own */
		struct access *access = (struct access *)target->access;

		each_of(&access->exprs, fn, data);
		return;
	}
	each(&target->operand, fn, data);
	each(&target->size, fn, data);
	for (unsigned i = 0; i < target->path.n; i++)
		each(&target->path.v[i].index, fn, data);
}

void expr_each_child(struct expr *expr, expr_fn fn, void *data)
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
		each(&expr->index.array, fn, data);
		each_of(&expr->index.keys, fn, data);
		break;
	case EXPR_TARGET:
		target_each_child(expr->target, fn, data);
		break;
	case EXPR_UNARY:
		each(&expr->unary.operand, fn, data);
		break;
	case EXPR_BINARY:
		each(&expr->binary.left, fn, data);
		each(&expr->binary.right, fn, data);
		break;
	case EXPR_TERNARY:
		each(&expr->ternary.condition, fn, data);
		each(&expr->ternary.then, fn, data);
		each(&expr->ternary.otherwise, fn, data);
		break;
	case EXPR_ASSIGN:
		each(&expr->assign.left, fn, data);
		each(&expr->assign.right, fn, data);
		break;
	case EXPR_CREMENT:
		each(&expr->crement.operand, fn, data);
		break;
	case EXPR_CALL:
		each_of(&expr->call.args, fn, data);
		break;
	case EXPR_IN:
		each_of(&expr->in.keys, fn, data);
		each(&expr->in.array, fn, data);
		break;
	case EXPR_REGEX:
		each(&expr->regex.left, fn, data);
		each(&expr->regex.pattern, fn, data);
		break;
	case EXPR_STAT:
		each(&expr->stat->operand, fn, data);
		break;
	case EXPR_HIST_AT:
		each(&expr->hist_at.histogram, fn, data);
		each(&expr->hist_at.bucket, fn, data);
		break;
	case EXPR_PRINT:
		each(&expr->print->delimiter, fn, data);
		each_of(&expr->print->args, fn, data);
		break;
	case EXPR_ENTRY:
		each(&expr->entry.operand, fn, data);
		break;
	case EXPR_DEFINED:
	case EXPR_PROBEWRITE:
		each(&expr->operand, fn, data);
		break;
	case EXPR_ENUM:
		each(&expr->enumerator.value, fn, data);
		break;
	}
}

static void foreach_each_expr(struct foreach_stmt *foreach, expr_fn fn, void *data)
{
	each(&foreach->value, fn, data);
	each_of(&foreach->keys, fn, data);
	each(&foreach->array, fn, data);
	each_of(&foreach->slice, fn, data);
	each(&foreach->limit, fn, data);
}

void stmt_each_expr(struct stmt *stmt, expr_fn fn, void *data)
{
	switch (stmt->kind) {
	case STMT_EXPR:
	case STMT_RETURN:
	case STMT_DELETE:
		each(&stmt->expr, fn, data);
		break;
	case STMT_IF:
		each(&stmt->branch.condition, fn, data);
		break;
	case STMT_WHILE:
	case STMT_FOR:
		each(&stmt->loop.init, fn, data);
		each(&stmt->loop.condition, fn, data);
		each(&stmt->loop.step, fn, data);
		break;
	case STMT_FOREACH:
		foreach_each_expr(stmt->foreach, fn, data);
		break;
	case STMT_TRY:
		each(&stmt->try.message, fn, data);
		break;
	default:
		break;
	}
}

void stmt_each_child(struct stmt *stmt, stmt_fn fn, void *data)
{
	switch (stmt->kind) {
	case STMT_BLOCK:
		for (unsigned i = 0; i < stmt->block.n; i++)
			fn(&stmt->block.v[i], data);
		break;
	case STMT_IF:
		fn(&stmt->branch.then, data);
		if (stmt->branch.otherwise)
			fn(&stmt->branch.otherwise, data);
		break;
	case STMT_WHILE:
	case STMT_FOR:
		fn(&stmt->loop.body, data);
		break;
	case STMT_FOREACH:
		fn(&stmt->foreach->body, data);
		break;
	case STMT_TRY:
		fn(&stmt->try.body, data);
		if (stmt->try.handler)
			fn(&stmt->try.handler, data);
		break;
	default:
		break;
	}
}

/* ---- everything below, in order ----------------------------------------------------------- */

static void visit_expr_below(struct expr **place, void *data)
{
	ast_visit_expr(data, place);
}

static void visit_stmt_below(struct stmt **place, void *data)
{
	ast_visit_stmt(data, place);
}

void ast_visit_expr(struct ast_visitor *visitor, struct expr **place)
{
	if (!*place)
		return;
	if (!visitor->expr || visitor->expr(visitor, place))
		expr_each_child(*place, visit_expr_below, visitor);
}

void ast_visit_stmt(struct ast_visitor *visitor, struct stmt **place)
{
	if (!*place)
		return;
	if (visitor->stmt && !visitor->stmt(visitor, place))
		return;
	stmt_each_expr(*place, visit_expr_below, visitor);
	stmt_each_child(*place, visit_stmt_below, visitor);
}
