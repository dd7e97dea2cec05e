// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Calls of script functions, plain and resumable, of their overloads, and of intrinsics.
 */
#include <string.h>

#include "compiler/codegen/gen.h"

enum { MOST_ARGUMENTS = 32 };

/* Overloads get the same arguments, one after another. */
static void arguments_generate(struct fn *fn, const struct expr *expr, bool overloaded,
			       struct value *args)
{
	unsigned n = expr->call.args.n;

	for (unsigned i = 0; i < n; i++) {
		bool cut = overloaded && fn->resumable, changes = overloaded;

		for (unsigned k = i + 1; k < n; k++) {
			cut |= expr_cuts(fn->gen, expr->call.args.v[k]);
			changes |= expr_changes(expr->call.args.v[k]);
		}
		args[i] = value_pin(fn, expr_generate(fn, expr->call.args.v[i]), changes);
		args[i] = value_keep(fn, args[i], cut);
	}
}

static struct value intrinsic_call(struct fn *fn, const struct function *callee,
				   struct value *args, struct range range)
{
	unsigned most = (unsigned)fn->gen->program->limits.max_string;
	LLVMValueRef list[MOST_ARGUMENTS + 4], result;
	struct value string = {0};
	unsigned n = 0;

	list[n++] = fn->run;
	if (callee->type == TYPE_STRING) {
		string = value_frame_string(fn, frame_reserve(fn, callee->bound + 1),
					    callee->bound);
		list[n++] = string.v;
		list[n++] = int_constant(fn->gen, callee->bound + 1);
	}
	for (unsigned i = 0; i < callee->parameters.n; i++) {
		list[n++] = value_get(fn, args[i]);
		fn->uses_frame |= args[i].is_string;
	}
	if (embedded_has_text(callee))
		list[n++] = frame_pointer(fn, frame_reserve(fn, most + 1));
	if (callee->type != TYPE_LONG || callee->fallible)
		fn->uses_frame = true;
	result = library_intrinsic(fn->gen, callee, fn_sleepable(fn), list, n);
	if (callee->fallible && !callee->uses_next)
		check_error(fn, range);
	if (callee->type == TYPE_STRING)
		return string;
	return value_long(callee->type == TYPE_LONG ? result : long_constant(fn->gen, 0));
}

/* Arguments by register or into the callee's static frame. */
static struct value plain_call(struct fn *fn, const struct function *callee, struct value *args)
{
	struct gen *gen = fn->gen;
	const struct fn_info *info = &gen->functions[callee->index];
	unsigned registers = LLVMCountParamTypes(info->type) - 1, n = 1;
	LLVMValueRef list[1 + 8] = {fn->run}, result;

	fn->uses_frame |= info->uses_frame;
	for (unsigned i = 0; i < callee->parameters.n; i++) {
		const struct symbol *parameter = callee->parameters.v[i];
		LLVMValueRef v = value_get(fn, args[i]), place;

		if (parameter->type != TYPE_STRING && n <= registers) {
			list[n++] = v;
			continue;
		}
		place = static_frame_pointer(fn, info->base + info->parameter_offset[i]);
		if (parameter->type == TYPE_STRING)
			LIBRARY(gen, "str_copy", fn->run, place,
				int_constant(gen, parameter->bound + 1), v);
		else
			LLVMBuildStore(gen->builder, v, place);
	}
	result = LLVMBuildCall2(gen->builder, info->type, info->function, list, n, "");
	if (callee->type == TYPE_STRING)
		return string_temporary(
			fn, static_frame_pointer(fn, info->base + info->result_offset),
			callee->bound);
	return value_long(callee->type == TYPE_LONG ? result : long_constant(gen, 0));
}

static struct value candidate_call(struct fn *fn, const struct function *callee,
				   struct value *args, struct range range)
{
	if (!callee->body)
		return intrinsic_call(fn, callee, args, range);
	if (fn->gen->functions[callee->index].resumable)
		return resumable_call(fn, callee, args, range);
	return plain_call(fn, callee, args);
}

/* True (i1) when the call just made said `next`; takes that back. */
static LLVMValueRef said_next(struct fn *fn)
{
	LLVMBuilderRef b = fn->gen->builder;
	LLVMValueRef field = run_field(fn, RUN_ERROR);
	LLVMValueRef error = LLVMBuildLoad2(b, fn->gen->i32, field, ""), next;

	next = LLVMBuildICmp(b, LLVMIntEQ, error, int_constant(fn->gen, ERROR_NEXT), "");
	LLVMBuildStore(b, LLVMBuildSelect(b, next, int_constant(fn->gen, 0), error, ""), field);
	return next;
}

static void result_store(struct fn *fn, struct value to, struct value result, LLVMValueRef slot)
{
	if (to.is_string)
		LIBRARY(fn->gen, "str_copy", fn->run, frame_pointer(fn, to.offset),
			int_constant(fn->gen, to.bound + 1), value_get(fn, result));
	else
		LLVMBuildStore(fn->gen->builder, value_get(fn, result), slot);
}

static bool may_say_next(const struct function *callee)
{
	return callee->body || callee->uses_next;
}

static void no_overload_left(struct fn *fn, LLVMValueRef next, const struct expr *expr)
{
	raise_if(fn, next, expr->range, "'next' in the last overload",
		 arena_printf(fn->gen->arena, "function '%s'", expr->call.name));
}

/* Overloads: one after another while they say `next`; the last one's word is final. */
static struct value overloads_call(struct fn *fn, const struct expr *expr, struct value *args)
{
	bool is_string = expr->type == TYPE_STRING;
	LLVMBasicBlockRef end = block_new(fn, "called");
	unsigned offset = frame_reserve(fn, is_string ? expr->bound + 1 : 8);
	struct value to = is_string ? value_frame_string(fn, offset, expr->bound)
				    : value_long(NULL);

	for (unsigned i = 0; i < expr->call.n_candidates; i++) {
		const struct function *callee = expr->call.candidates[i];
		struct value result = candidate_call(fn, callee, args, expr->range);
		LLVMValueRef next = may_say_next(callee) ? said_next(fn) : NULL;
		LLVMBasicBlockRef again = block_new(fn, "next");

		if (may_say_next(callee))
			check_error(fn, expr->range);
		result_store(fn, to, result, frame_pointer(fn, offset));
		if (!next) {
			branch_to(fn, end);
			block_enter(fn, again);
			LLVMBuildUnreachable(fn->gen->builder);
			break;
		}
		if (i + 1 == expr->call.n_candidates) {
			no_overload_left(fn, next, expr);
			branch_to(fn, end);
			block_enter(fn, again);
			LLVMBuildUnreachable(fn->gen->builder);
			break;
		}
		LLVMBuildCondBr(fn->gen->builder, next, again, end);
		block_enter(fn, again);
	}
	block_enter(fn, end);
	if (is_string)
		return value_frame_string(fn, offset, expr->bound);
	return value_long(LLVMBuildLoad2(fn->gen->builder, fn->gen->i64, frame_pointer(fn, offset),
					 ""));
}

struct value call_generate(struct fn *fn, const struct expr *expr)
{
	const struct function *callee = expr->call.candidates[0];
	struct value args[MOST_ARGUMENTS], result;
	bool overloaded = expr->call.n_candidates > 1;

	if (expr->call.args.n > MOST_ARGUMENTS) {
		diag_error(fn->gen->diags, expr->range, "more than %d arguments",
			   MOST_ARGUMENTS);
		return value_long(long_constant(fn->gen, 0));
	}
	arguments_generate(fn, expr, overloaded, args);
	if (overloaded)
		return overloads_call(fn, expr, args);
	result = candidate_call(fn, callee, args, expr->range);
	if (may_say_next(callee)) {
		if (callee->uses_next)
			no_overload_left(fn, said_next(fn), expr);
		check_error(fn, expr->range);
	}
	return result;
}
