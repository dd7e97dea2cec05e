// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Expressions: numbers, names, operators. Arithmetic is 64-bit two's complement and wraps;
 * shifts take their count modulo 64; division truncates towards zero, and INT64_MIN / -1 wraps.
 */
#include "compiler/codegen/gen.h"

const struct symbol *expr_symbol(const struct expr *expr)
{
	return expr->kind == EXPR_INDEX ? expr->index.array->name.symbol : expr->name.symbol;
}

/* ---- a place for a result that several blocks can give ---- */

struct slot {
	LLVMValueRef alloca;
	unsigned offset;
};

static struct slot slot_new(struct fn *fn)
{
	if (fn->resumable)
		return (struct slot){NULL, frame_reserve(fn, 8)};
	return (struct slot){entry_alloca(fn, fn->gen->i64, ""), 0};
}

static LLVMValueRef slot_pointer(struct fn *fn, struct slot slot)
{
	return slot.alloca ? slot.alloca : frame_pointer(fn, slot.offset);
}

static void slot_store(struct fn *fn, struct slot slot, LLVMValueRef v)
{
	LLVMBuildStore(fn->gen->builder, v, slot_pointer(fn, slot));
}

static struct value slot_load(struct fn *fn, struct slot slot)
{
	return value_long(frame_load(fn, fn->gen->i64, slot_pointer(fn, slot)));
}

/* ---- names ---- */

static struct value string_variable(struct fn *fn, const struct symbol *symbol)
{
	const struct place *places = fn->gen->places;
	struct value value;

	if (symbol->scope == SYMBOL_GLOBAL)
		value = value_string(place_pointer(fn->gen, places[symbol->index].offset),
				     symbol->bound);
	else
		value = value_frame_string(
			fn,
			(symbol->scope == SYMBOL_PARAMETER ? fn->parameters
							   : fn->locals)[symbol->index].offset,
			symbol->bound);
	value.variable = true;
	return value;
}

static struct value name_generate(struct fn *fn, const struct expr *expr)
{
	const struct symbol *symbol = expr->name.symbol;

	if (symbol->type == TYPE_STRING)
		return string_variable(fn, symbol);
	return value_long(symbol->scope == SYMBOL_GLOBAL ? global_load(fn, symbol)
							 : local_load(fn, symbol));
}

/* ---- operators ---- */

static bool find_change(struct ast_visitor *visitor, struct expr **place)
{
	const struct expr *expr = *place;
	bool *changes = visitor->data;

	if (expr->kind == EXPR_ASSIGN)
		*changes |= expr->assign.left->type == TYPE_STRING;
	for (unsigned i = 0; expr->kind == EXPR_CALL && i < expr->call.n_candidates; i++)
		*changes |= !expr->call.candidates[i]->intrinsic;
	return true;
}

bool expr_changes(const struct expr *expr)
{
	bool changes = false;
	struct ast_visitor visitor = {.expr = find_change, .data = &changes};
	struct expr *place = (struct expr *)expr;

	if (expr)
		ast_visit_expr(&visitor, &place);
	return changes;
}

/* The left operand's value, safe from what the right one does. */
static struct value left_generate(struct fn *fn, const struct expr *left, const struct expr *right)
{
	struct value value = expr_generate(fn, left);

	value = value_pin(fn, value, expr_changes(right));
	return value_keep(fn, value, expr_cuts(fn->gen, right));
}

static LLVMIntPredicate predicate(enum binary_op op)
{
	switch (op) {
	case BINARY_EQ:
		return LLVMIntEQ;
	case BINARY_NE:
		return LLVMIntNE;
	case BINARY_LT:
		return LLVMIntSLT;
	case BINARY_GT:
		return LLVMIntSGT;
	case BINARY_LE:
		return LLVMIntSLE;
	default:
		return LLVMIntSGE;
	}
}

static bool is_comparison(const struct expr *expr)
{
	return expr->kind == EXPR_BINARY && expr->binary.op >= BINARY_EQ &&
	       expr->binary.op <= BINARY_GE;
}

static LLVMValueRef compare_generate(struct fn *fn, const struct expr *expr)
{
	struct gen *gen = fn->gen;
	struct value left = left_generate(fn, expr->binary.left, expr->binary.right);
	struct value right = expr_generate(fn, expr->binary.right);
	LLVMValueRef a = value_get(fn, left), b = value_get(fn, right);
	unsigned bound = left.bound > right.bound ? left.bound : right.bound;

	if (left.is_string) {
		fn->uses_frame = true;
		a = LIBRARY(gen, "str_compare", fn->run, a, b, int_constant(gen, bound + 1));
		b = long_constant(gen, 0);
	}
	return LLVMBuildICmp(gen->builder, predicate(expr->binary.op), a, b, "");
}

/* -v when sign is set: (v ^ mask) - mask with mask 0 or -1. */
static LLVMValueRef negate_by(struct fn *fn, LLVMValueRef v, LLVMValueRef mask)
{
	LLVMBuilderRef b = fn->gen->builder;

	return LLVMBuildSub(b, LLVMBuildXor(b, v, mask, ""), mask, "");
}

/* BPF before v4 divides unsigned only. */
static LLVMValueRef divide(struct fn *fn, LLVMValueRef left, LLVMValueRef right, bool remainder)
{
	LLVMBuilderRef b = fn->gen->builder;
	LLVMValueRef sixty_three = long_constant(fn->gen, 63);
	LLVMValueRef left_sign = LLVMBuildAShr(b, left, sixty_three, "");
	LLVMValueRef right_sign = LLVMBuildAShr(b, right, sixty_three, "");
	LLVMValueRef x = negate_by(fn, left, left_sign), y = negate_by(fn, right, right_sign);

	if (remainder)
		return negate_by(fn, LLVMBuildURem(b, x, y, ""), left_sign);
	return negate_by(fn, LLVMBuildUDiv(b, x, y, ""),
			 LLVMBuildXor(b, left_sign, right_sign, ""));
}

LLVMValueRef arithmetic(struct fn *fn, enum binary_op op, LLVMValueRef a, LLVMValueRef b,
			struct range range)
{
	struct gen *gen = fn->gen;
	LLVMBuilderRef builder = gen->builder;
	LLVMValueRef zero = long_constant(gen, 0), count;

	switch (op) {
	case BINARY_OR:
		return LLVMBuildOr(builder, a, b, "");
	case BINARY_XOR:
		return LLVMBuildXor(builder, a, b, "");
	case BINARY_AND:
		return LLVMBuildAnd(builder, a, b, "");
	case BINARY_ADD:
		return LLVMBuildAdd(builder, a, b, "");
	case BINARY_SUB:
		return LLVMBuildSub(builder, a, b, "");
	case BINARY_MUL:
		return LLVMBuildMul(builder, a, b, "");
	case BINARY_DIV:
	case BINARY_MOD:
		raise_if(fn, LLVMBuildICmp(builder, LLVMIntEQ, b, zero, ""), range,
			 "division by 0", op == BINARY_DIV ? "operator '/'" : "operator '%'");
		return divide(fn, a, b, op == BINARY_MOD);
	default:
		break;
	}
	count = LLVMBuildAnd(builder, b, long_constant(gen, 63), "");
	if (op == BINARY_SHL)
		return LLVMBuildShl(builder, a, count, "");
	if (op == BINARY_SHR)
		return LLVMBuildAShr(builder, a, count, "");
	return LLVMBuildLShr(builder, a, count, "");
}

struct value concatenate(struct fn *fn, struct value left, struct value right, unsigned bound)
{
	unsigned offset = frame_reserve(fn, bound + 1);
	struct value result = value_frame_string(fn, offset, bound);

	LIBRARY(fn->gen, "str_concat", fn->run, result.v, int_constant(fn->gen, bound + 1),
		value_get(fn, left), value_get(fn, right));
	return result;
}

static struct value logical_generate(struct fn *fn, const struct expr *expr)
{
	struct gen *gen = fn->gen;
	bool is_and = expr->binary.op == BINARY_LOGICAL_AND;
	LLVMBasicBlockRef more = block_new(fn, "more"), end = block_new(fn, "logical");
	struct slot slot = slot_new(fn);
	LLVMValueRef left = condition_generate(fn, expr->binary.left);

	slot_store(fn, slot, long_constant(gen, !is_and));
	LLVMBuildCondBr(gen->builder, left, is_and ? more : end, is_and ? end : more);
	block_enter(fn, more);
	slot_store(fn, slot, widen(fn, condition_generate(fn, expr->binary.right)));
	branch_to(fn, end);
	block_enter(fn, end);
	return slot_load(fn, slot);
}

static struct value binary_generate(struct fn *fn, const struct expr *expr)
{
	struct value left, right;
	LLVMValueRef a;

	if (expr->binary.op <= BINARY_LOGICAL_AND)
		return logical_generate(fn, expr);
	if (is_comparison(expr))
		return value_long(widen(fn, compare_generate(fn, expr)));
	left = left_generate(fn, expr->binary.left, expr->binary.right);
	right = expr_generate(fn, expr->binary.right);
	if (expr->binary.op == BINARY_CONCAT)
		return concatenate(fn, left, right, expr->bound);
	a = value_get(fn, left);
	return value_long(
		arithmetic(fn, expr->binary.op, a, value_get(fn, right), expr->binary.op_range));
}

static struct value unary_generate(struct fn *fn, const struct expr *expr)
{
	LLVMBuilderRef b = fn->gen->builder;
	LLVMValueRef v;

	if (expr->unary.op == UNARY_NOT)
		return value_long(
			widen(fn, LLVMBuildNot(b, condition_generate(fn, expr->unary.operand),
					       "")));
	v = long_generate(fn, expr->unary.operand);
	if (expr->unary.op == UNARY_MINUS)
		v = LLVMBuildNeg(b, v, "");
	else if (expr->unary.op == UNARY_COMPLEMENT)
		v = LLVMBuildNot(b, v, "");
	return value_long(v);
}

static void branch_store(struct fn *fn, const struct expr *expr, struct slot slot,
			 unsigned string_offset, unsigned bound)
{
	struct value value = expr_generate(fn, expr);

	if (value.is_string)
		LIBRARY(fn->gen, "str_copy", fn->run, frame_pointer(fn, string_offset),
			int_constant(fn->gen, bound + 1), value_get(fn, value));
	else
		slot_store(fn, slot, value_get(fn, value));
}

static struct value ternary_generate(struct fn *fn, const struct expr *expr)
{
	LLVMBasicBlockRef then = block_new(fn, "then"), otherwise = block_new(fn, "else"),
			  end = block_new(fn, "chosen");
	bool is_string = expr->type == TYPE_STRING;
	struct slot slot = {0};
	unsigned offset = 0;

	if (is_string)
		offset = frame_reserve(fn, expr->bound + 1);
	else
		slot = slot_new(fn);
	LLVMBuildCondBr(fn->gen->builder, condition_generate(fn, expr->ternary.condition), then,
			otherwise);
	block_enter(fn, then);
	branch_store(fn, expr->ternary.then, slot, offset, expr->bound);
	branch_to(fn, end);
	block_enter(fn, otherwise);
	branch_store(fn, expr->ternary.otherwise, slot, offset, expr->bound);
	branch_to(fn, end);
	block_enter(fn, end);
	return is_string ? value_frame_string(fn, offset, expr->bound) : slot_load(fn, slot);
}

struct value regex_generate(struct fn *fn, const struct expr *expr)
{
	struct gen *gen = fn->gen;
	struct value text = expr_generate(fn, expr->regex.left);
	LLVMValueRef result;

	fn->uses_frame = true;
	result = LIBRARY(gen, "regex_match", fn->run, gen->dfas.v[expr->regex.dfa],
			 value_get(fn, text), int_constant(gen, text.bound + 1));
	if (expr->regex.negated)
		result = LLVMBuildXor(gen->builder, result, long_constant(gen, 1), "");
	return value_long(result);
}

/* ---- the dispatch ---- */

static struct value unsupported(struct fn *fn, const struct expr *expr, const char *what)
{
	diag_error(fn->gen->diags, expr->range, "%s is not supported yet", what);
	if (expr->type != TYPE_STRING)
		return value_long(long_constant(fn->gen, 0));
	return value_string(module_literal(fn->gen, "", 0), 0);
}

static struct value other_generate(struct fn *fn, const struct expr *expr)
{
	switch (expr->kind) {
	case EXPR_CALL:
		return call_generate(fn, expr);
	case EXPR_STAT:
		return stat_generate(fn, expr);
	case EXPR_HIST_AT:
		return hist_at_generate(fn, expr);
	case EXPR_PRINT:
		return print_generate(fn, expr);
	case EXPR_TARGET:
		return target_generate(fn, expr);
	case EXPR_REGEX:
		return regex_generate(fn, expr);
	case EXPR_ENTRY:
		return unsupported(fn, expr, "@entry here");
	case EXPR_PERF:
		return unsupported(fn, expr, "@perf");
	case EXPR_CONST:
		return unsupported(fn, expr, "@const");
	case EXPR_EMBEDDED:
		return unsupported(fn, expr, "embedded C");
	default:
		return unsupported(fn, expr, "this expression");
	}
}

struct value expr_generate(struct fn *fn, const struct expr *expr)
{
	struct gen *gen = fn->gen;

	switch (expr->kind) {
	case EXPR_NUMBER:
		return value_long(long_constant(gen, expr->number));
	case EXPR_STRING:
		return value_string(module_literal(gen, expr->string.text, expr->string.length),
				    expr->string.length);
	case EXPR_NAME:
		return name_generate(fn, expr);
	case EXPR_INDEX:
		return array_read(fn, expr);
	case EXPR_UNARY:
		return unary_generate(fn, expr);
	case EXPR_BINARY:
		return binary_generate(fn, expr);
	case EXPR_TERNARY:
		return ternary_generate(fn, expr);
	case EXPR_ASSIGN:
		return assign_generate(fn, expr);
	case EXPR_CREMENT:
		return crement_generate(fn, expr);
	case EXPR_IN:
		return array_contains(fn, expr);
	default:
		return other_generate(fn, expr);
	}
}

LLVMValueRef long_generate(struct fn *fn, const struct expr *expr)
{
	return value_get(fn, expr_generate(fn, expr));
}

/* A string is true when it is not empty. */
LLVMValueRef condition_generate(struct fn *fn, const struct expr *expr)
{
	struct value value;
	LLVMValueRef v;

	if (is_comparison(expr))
		return compare_generate(fn, expr);
	value = expr_generate(fn, expr);
	v = value_get(fn, value);
	if (value.is_string)
		v = LLVMBuildLoad2(fn->gen->builder, fn->gen->i8, v, "");
	return truth(fn, v);
}
