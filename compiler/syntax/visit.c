/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walking a tree: the one place, beside printing and copying, that knows every node's children. */
#include "compiler/probes/access.h"
#include "compiler/syntax/ast.h"

static void visit_exprs(struct ast_visitor *visitor, struct expr_vec *exprs)
{
	unsigned i;

	for (i = 0; i < exprs->n; i++)
		ast_visit_expr(visitor, &exprs->v[i]);
}

static void visit_target(struct ast_visitor *visitor, struct target *target)
{
	/* const for its readers */
	struct access *access = (struct access *)target->access;
	unsigned i;

	if (access) { /* resolved: its expressions are the target's own, and what was made up */
		visit_exprs(visitor, &access->exprs);
		return;
	}
	ast_visit_expr(visitor, &target->size);
	ast_visit_expr(visitor, &target->operand);
	for (i = 0; i < target->path.n; i++)
		ast_visit_expr(visitor, &target->path.v[i].index);
}

static void visit_children(struct ast_visitor *visitor, struct expr *expr)
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
		ast_visit_expr(visitor, &expr->index.array);
		visit_exprs(visitor, &expr->index.keys);
		break;
	case EXPR_TARGET:
		visit_target(visitor, expr->target);
		break;
	case EXPR_UNARY:
		ast_visit_expr(visitor, &expr->unary.operand);
		break;
	case EXPR_BINARY:
		ast_visit_expr(visitor, &expr->binary.left);
		ast_visit_expr(visitor, &expr->binary.right);
		break;
	case EXPR_TERNARY:
		ast_visit_expr(visitor, &expr->ternary.condition);
		ast_visit_expr(visitor, &expr->ternary.then);
		ast_visit_expr(visitor, &expr->ternary.otherwise);
		break;
	case EXPR_ASSIGN:
		ast_visit_expr(visitor, &expr->assign.left);
		ast_visit_expr(visitor, &expr->assign.right);
		break;
	case EXPR_CREMENT:
		ast_visit_expr(visitor, &expr->crement.operand);
		break;
	case EXPR_CALL:
		visit_exprs(visitor, &expr->call.args);
		break;
	case EXPR_IN:
		visit_exprs(visitor, &expr->in.keys);
		ast_visit_expr(visitor, &expr->in.array);
		break;
	case EXPR_REGEX:
		ast_visit_expr(visitor, &expr->regex.left);
		ast_visit_expr(visitor, &expr->regex.pattern);
		break;
	case EXPR_STAT:
		ast_visit_expr(visitor, &expr->stat->operand);
		break;
	case EXPR_HIST_AT:
		ast_visit_expr(visitor, &expr->hist_at.histogram);
		ast_visit_expr(visitor, &expr->hist_at.bucket);
		break;
	case EXPR_PRINT:
		ast_visit_expr(visitor, &expr->print->delimiter);
		visit_exprs(visitor, &expr->print->args);
		break;
	case EXPR_ENTRY:
		ast_visit_expr(visitor, &expr->entry.operand);
		break;
	case EXPR_DEFINED:
	case EXPR_PROBEWRITE:
		ast_visit_expr(visitor, &expr->operand);
		break;
	case EXPR_ENUM:
		ast_visit_expr(visitor, &expr->enumerator.value);
		break;
	}
}

void ast_visit_expr(struct ast_visitor *visitor, struct expr **place)
{
	if (!*place)
		return;
	if (!visitor->expr || visitor->expr(visitor, place))
		visit_children(visitor, *place);
}

static void visit_foreach(struct ast_visitor *visitor, struct foreach_stmt *foreach)
{
	ast_visit_expr(visitor, &foreach->array);
	visit_exprs(visitor, &foreach->slice);
	ast_visit_expr(visitor, &foreach->limit);
	ast_visit_expr(visitor, &foreach->value);
	visit_exprs(visitor, &foreach->keys);
	ast_visit_stmt(visitor, &foreach->body);
}

static void visit_stmt_children(struct ast_visitor *visitor, struct stmt *stmt)
{
	unsigned i;

	switch (stmt->kind) {
	case STMT_EMPTY:
	case STMT_BREAK:
	case STMT_CONTINUE:
	case STMT_NEXT:
	case STMT_EMBEDDED:
		break;
	case STMT_BLOCK:
		for (i = 0; i < stmt->block.n; i++)
			ast_visit_stmt(visitor, &stmt->block.v[i]);
		break;
	case STMT_EXPR:
	case STMT_RETURN:
	case STMT_DELETE:
		ast_visit_expr(visitor, &stmt->expr);
		break;
	case STMT_IF:
		ast_visit_expr(visitor, &stmt->branch.condition);
		ast_visit_stmt(visitor, &stmt->branch.then);
		ast_visit_stmt(visitor, &stmt->branch.otherwise);
		break;
	case STMT_WHILE:
	case STMT_FOR:
		ast_visit_expr(visitor, &stmt->loop.init);
		ast_visit_expr(visitor, &stmt->loop.condition);
		ast_visit_stmt(visitor, &stmt->loop.body);
		ast_visit_expr(visitor, &stmt->loop.step);
		break;
	case STMT_FOREACH:
		visit_foreach(visitor, stmt->foreach);
		break;
	case STMT_TRY:
		ast_visit_stmt(visitor, &stmt->try.body);
		ast_visit_expr(visitor, &stmt->try.message);
		ast_visit_stmt(visitor, &stmt->try.handler);
		break;
	}
}

void ast_visit_stmt(struct ast_visitor *visitor, struct stmt **place)
{
	if (!*place)
		return;
	if (!visitor->stmt || visitor->stmt(visitor, place))
		visit_stmt_children(visitor, *place);
}
