/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a handler is not for, found out before it waits for a lock: `if (...) next` in front of its
 * body, as families put it there (all system calls come by, for a probe of one) and users write it.
 * The body asks once more.
 */
#include "compiler/codegen/gen.h"

/* Whether it tells the same without locks, changes nothing, and needs no local. */
static bool is_plain(struct ast_visitor *visitor, struct expr **place)
{
	const struct expr *expr = *place;
	bool plain;

	switch (expr->kind) {
	case EXPR_NUMBER:
	case EXPR_UNARY:
	case EXPR_BINARY:
		plain = true;
		break;
	case EXPR_TARGET:
		plain = !expr->target->path.n;
		break;
	case EXPR_CALL:
		plain = expr->call.n_candidates == 1 && expr->call.candidates[0]->intrinsic &&
			expr->call.candidates[0]->pure && expr->type == TYPE_LONG;
		break;
	default:
		plain = false;
	}
	if (!plain)
		*(bool *)visitor->data = false;
	return plain;
}

static bool is_guard(const struct stmt *stmt)
{
	struct expr *condition = stmt->branch.condition;
	bool plain = true;
	struct ast_visitor visitor = {.expr = is_plain, .data = &plain};
	const struct stmt *then = stmt->branch.then;

	if (then->kind == STMT_BLOCK && then->block.n == 1)
		then = then->block.v[0];
	if (then->kind != STMT_NEXT || stmt->branch.otherwise)
		return false;
	ast_visit_expr(&visitor, &condition);
	return plain;
}

/* An error here comes again in the body, which reports it. */
static void guard_generate(struct fn *fn, const struct expr *condition, LLVMBasicBlockRef leave)
{
	LLVMBuilderRef b = fn->gen->builder;
	LLVMBasicBlockRef failed = block_new(fn, "guard_failed"), go_on = block_new(fn, "guarded");
	LLVMBasicBlockRef error = fn->error;

	fn->error = failed;
	LLVMBuildCondBr(b, condition_generate(fn, condition), leave, go_on);
	fn->error = error;
	fn->top = 0;
	block_enter(fn, failed);
	LLVMBuildStore(b, int_constant(fn->gen, 0), run_field(fn, RUN_ERROR));
	LLVMBuildBr(b, go_on);
	block_enter(fn, go_on);
}

/* False: a statement that may do something. */
static bool generate_leading(struct fn *fn, const struct stmt *stmt, LLVMBasicBlockRef leave)
{
	switch (stmt->kind) {
	case STMT_EMPTY:
		return true;
	case STMT_BLOCK:
		for (unsigned i = 0; i < stmt->block.n; i++)
			if (!generate_leading(fn, stmt->block.v[i], leave))
				return false;
		return true;
	case STMT_IF:
		if (!is_guard(stmt))
			return false;
		guard_generate(fn, stmt->branch.condition, leave);
		return true;
	default:
		return false;
	}
}

void guards_generate(struct fn *fn, LLVMBasicBlockRef leave)
{
	generate_leading(fn, fn->probe->body, leave);
}
