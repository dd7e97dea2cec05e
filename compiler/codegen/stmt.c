// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Statements. Temporaries of the frame live until the end of their statement.
 */
#include "compiler/codegen/gen.h"

/* What loops need to know about those around them, saved while one is generated. */
struct loop_scope {
	LLVMBasicBlockRef break_target, continue_target;
	struct iteration *iteration;
};

static struct loop_scope loop_enter(struct fn *fn, LLVMBasicBlockRef break_target,
				    LLVMBasicBlockRef continue_target)
{
	struct loop_scope outer = {fn->break_target, fn->continue_target, fn->loop_iteration};

	fn->break_target = break_target;
	fn->continue_target = continue_target;
	fn->loop_iteration = fn->iteration;
	return outer;
}

static void loop_leave(struct fn *fn, struct loop_scope outer)
{
	fn->break_target = outer.break_target;
	fn->continue_target = outer.continue_target;
	fn->loop_iteration = outer.iteration;
}

/* while and for: one state at the head; going round is a cut. */
static void loop_generate(struct fn *fn, const struct stmt *stmt)
{
	unsigned state, mark = fn->top;
	LLVMBasicBlockRef head, body, step, end;
	struct loop_scope outer;

	if (stmt->loop.init)
		expr_generate(fn, stmt->loop.init);
	fn->top = mark;
	head = state_new(fn, &state);
	body = block_new(fn, "body");
	step = block_new(fn, "step");
	end = block_new(fn, "end");
	branch_to(fn, head);
	block_enter(fn, head);
	if (stmt->loop.condition)
		LLVMBuildCondBr(fn->gen->builder, condition_generate(fn, stmt->loop.condition),
				body, end);
	else
		LLVMBuildBr(fn->gen->builder, body);
	fn->top = mark;
	block_enter(fn, body);
	outer = loop_enter(fn, end, step);
	stmt_generate(fn, stmt->loop.body);
	loop_leave(fn, outer);
	branch_to(fn, step);
	block_enter(fn, step);
	if (stmt->loop.step)
		expr_generate(fn, stmt->loop.step);
	fn->top = mark;
	state_goto(fn, state);
	block_enter(fn, end);
}

static void if_generate(struct fn *fn, const struct stmt *stmt)
{
	LLVMBasicBlockRef then = block_new(fn, "then"), end = block_new(fn, "endif");
	LLVMBasicBlockRef otherwise = stmt->branch.otherwise ? block_new(fn, "else") : end;
	unsigned mark = fn->top;
	LLVMValueRef condition = condition_generate(fn, stmt->branch.condition);

	fn->top = mark;
	LLVMBuildCondBr(fn->gen->builder, condition, then, otherwise);
	block_enter(fn, then);
	stmt_generate(fn, stmt->branch.then);
	branch_to(fn, end);
	if (stmt->branch.otherwise) {
		block_enter(fn, otherwise);
		stmt_generate(fn, stmt->branch.otherwise);
		branch_to(fn, end);
	}
	block_enter(fn, end);
}

static void assign_message(struct fn *fn, const struct expr *message)
{
	struct symbol *symbol = message->name.symbol;
	unsigned offset = frame_reserve(fn, symbol->bound + 1);
	LLVMValueRef text = frame_pointer(fn, offset);
	LLVMValueRef to = symbol->scope == SYMBOL_GLOBAL
				  ? place_pointer(fn->gen, fn->gen->places[symbol->index].offset)
				  : local_pointer(fn, symbol);

	catch_message(fn, text, symbol->bound + 1);
	LIBRARY(fn->gen, "str_copy", fn->run, to, int_constant(fn->gen, symbol->bound + 1), text);
}

/* abort() is nobody's to catch. */
static void pass_abort_on(struct fn *fn)
{
	struct gen *gen = fn->gen;
	LLVMBasicBlockRef caught = block_new(fn, "caught");
	LLVMValueRef error = LLVMBuildLoad2(gen->builder, gen->i32, run_field(fn, RUN_ERROR), "");

	LLVMBuildCondBr(gen->builder,
			LLVMBuildICmp(gen->builder, LLVMIntEQ, error,
				      int_constant(gen, ERROR_ABORTED), ""),
			fn->error, caught);
	block_enter(fn, caught);
}

static void try_generate(struct fn *fn, const struct stmt *stmt)
{
	LLVMBasicBlockRef outer = fn->error, end = block_new(fn, "tried");
	unsigned mark = fn->top;

	fn->error = block_new(fn, "catch");
	stmt_generate(fn, stmt->try.body);
	branch_to(fn, end);
	block_enter(fn, fn->error);
	fn->error = outer;
	pass_abort_on(fn);
	if (stmt->try.message)
		assign_message(fn, stmt->try.message);
	LLVMBuildStore(fn->gen->builder, int_constant(fn->gen, 0), run_field(fn, RUN_ERROR));
	fn->top = mark;
	stmt_generate(fn, stmt->try.handler);
	branch_to(fn, end);
	block_enter(fn, end);
}

static void return_generate(struct fn *fn, const struct stmt *stmt)
{
	struct gen *gen = fn->gen;
	struct value value;

	if (stmt->expr) {
		value = expr_generate(fn, stmt->expr);
		if (fn->script->type == TYPE_STRING)
			LIBRARY(gen, "str_copy", fn->run,
				frame_pointer(fn, fn->info->result_offset),
				int_constant(gen, fn->script->bound + 1), value_get(fn, value));
		else if (fn->result)
			LLVMBuildStore(gen->builder, value_get(fn, value), fn->result);
		else if (fn->script->type == TYPE_LONG)
			LLVMBuildStore(gen->builder, value_get(fn, value),
				       frame_pointer(fn, fn->info->result_offset));
	}
	iterations_end(fn, NULL);
	LLVMBuildBr(gen->builder, fn->exit);
}

/* In a handler: done. In a function: the caller tries the next overload. */
static void next_generate(struct fn *fn)
{
	iterations_end(fn, NULL);
	if (fn->script)
		LLVMBuildStore(fn->gen->builder, int_constant(fn->gen, ERROR_NEXT),
			       run_field(fn, RUN_ERROR));
	LLVMBuildBr(fn->gen->builder, fn->exit);
}

static void jump_generate(struct fn *fn, LLVMBasicBlockRef target)
{
	iterations_end(fn, fn->loop_iteration);
	LLVMBuildBr(fn->gen->builder, target);
}

static void simple_generate(struct fn *fn, const struct stmt *stmt)
{
	switch (stmt->kind) {
	case STMT_EXPR:
		expr_generate(fn, stmt->expr);
		break;
	case STMT_RETURN:
		return_generate(fn, stmt);
		break;
	case STMT_BREAK:
		jump_generate(fn, fn->break_target);
		break;
	case STMT_CONTINUE:
		jump_generate(fn, fn->continue_target);
		break;
	case STMT_NEXT:
		next_generate(fn);
		break;
	case STMT_DELETE:
		delete_generate(fn, stmt);
		break;
	case STMT_EMBEDDED:
		diag_error(fn->gen->diags, stmt->range, "embedded C is not supported yet");
		break;
	default:
		break;
	}
}

void stmt_generate(struct fn *fn, const struct stmt *stmt)
{
	unsigned mark = fn->top;

	if (!stmt || !block_open(fn))
		return; /* after a jump: unreachable */
	fn->here = stmt->range;
	module_set_position(fn, stmt->range);
	switch (stmt->kind) {
	case STMT_BLOCK:
		block_generate(fn, stmt);
		break;
	case STMT_IF:
		if_generate(fn, stmt);
		break;
	case STMT_WHILE:
	case STMT_FOR:
		loop_generate(fn, stmt);
		break;
	case STMT_FOREACH:
		foreach_generate(fn, stmt);
		break;
	case STMT_TRY:
		try_generate(fn, stmt);
		break;
	default:
		simple_generate(fn, stmt);
		break;
	}
	fn->top = mark;
}
