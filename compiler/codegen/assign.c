// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Assignments and increments. What commutes is one atomic operation, so that no update is lost
 * on any number of CPUs: += -= ++ -- |= &= ^= on scalars, += -= ++ -- on array elements, <<<.
 * Other read-modify-write operations rely on the lock that semantic analysis gave the global.
 */
#include "compiler/codegen/gen.h"

static LLVMValueRef scalar_pointer(struct fn *fn, const struct symbol *symbol)
{
	if (symbol->scope == SYMBOL_GLOBAL)
		return place_pointer(fn->gen, fn->gen->places[symbol->index].offset);
	return local_pointer(fn, symbol);
}

/* ---- plain assignment ---- */

LLVMValueRef global_load(struct fn *fn, const struct symbol *symbol)
{
	struct gen *gen = fn->gen;
	const struct place *place = &gen->places[symbol->index];
	LLVMValueRef pointer = place_pointer(gen, place->offset), load;

	if (place->cells > 1)
		return LIBRARY(gen, "spread_sum", pointer, int_constant(gen, place->stride),
			       int_constant(gen, place->cells));
	load = LLVMBuildLoad2(gen->builder, gen->i64, pointer, symbol->name);
	LLVMSetVolatile(load, true);
	return load;
}

void global_store(struct fn *fn, const struct symbol *symbol, LLVMValueRef value)
{
	struct gen *gen = fn->gen;
	const struct place *place = &gen->places[symbol->index];
	LLVMValueRef pointer = place_pointer(gen, place->offset);

	if (place->cells > 1)
		LIBRARY(gen, "spread_set", pointer, int_constant(gen, place->stride),
			int_constant(gen, place->cells), value);
	else
		LLVMSetVolatile(LLVMBuildStore(gen->builder, value, pointer), true);
}

static void scalar_set(struct fn *fn, const struct expr *left, struct value value)
{
	const struct symbol *symbol = left->name.symbol;
	LLVMValueRef pointer = scalar_pointer(fn, symbol);

	if (symbol->type == TYPE_STRING) {
		fn->uses_frame = true;
		LIBRARY(fn->gen, "str_copy", fn->run, pointer,
			int_constant(fn->gen, symbol->bound + 1), value_get(fn, value));
		return;
	}
	if (symbol->scope == SYMBOL_GLOBAL) {
		global_store(fn, symbol, value_get(fn, value));
		return;
	}
	LLVMBuildStore(fn->gen->builder, value_get(fn, value), pointer);
}

static void element_set(struct fn *fn, const struct expr *left, struct key_values *keys,
			struct value value)
{
	struct gen *gen = fn->gen;
	const struct symbol *array = expr_symbol(left);
	LLVMValueRef map = gen->places[array->index].map, v = value_get(fn, value);
	LLVMValueRef args[] = {fn->run, map, key_build(fn, array, keys), v,
			       int_constant(gen, ALIGN8(array->bound + 1))};

	if (array->type == TYPE_STRING) {
		fn->uses_frame = true;
		element_write(fn, "map_set_string", left, args, 5);
	} else {
		element_write(fn, "map_set_long", left, args, 4);
	}
}

static struct value set_generate(struct fn *fn, const struct expr *expr)
{
	const struct expr *left = expr->assign.left;
	struct key_values keys;
	struct value value;

	if (left->kind == EXPR_INDEX)
		keys_generate(fn, &left->index.keys, &keys, expr->assign.right);
	value = expr_generate(fn, expr->assign.right);
	if (left->kind == EXPR_INDEX)
		element_set(fn, left, &keys, value);
	else if (left->kind == EXPR_TARGET)
		target_assign(fn, left, value_get(fn, value));
	else
		scalar_set(fn, left, value);
	return value;
}

/* ---- atomic updates ---- */

static bool atomic_operation(enum binary_op op, LLVMAtomicRMWBinOp *operation)
{
	switch (op) {
	case BINARY_ADD:
		*operation = LLVMAtomicRMWBinOpAdd;
		return true;
	case BINARY_SUB:
		*operation = LLVMAtomicRMWBinOpSub;
		return true;
	case BINARY_AND:
		*operation = LLVMAtomicRMWBinOpAnd;
		return true;
	case BINARY_OR:
		*operation = LLVMAtomicRMWBinOpOr;
		return true;
	case BINARY_XOR:
		*operation = LLVMAtomicRMWBinOpXor;
		return true;
	default:
		return false;
	}
}

/* A global scalar: returns its new value. */
static LLVMValueRef global_update(struct fn *fn, const struct symbol *symbol, enum binary_op op,
				  LLVMValueRef operand, struct range range)
{
	struct gen *gen = fn->gen;
	const struct place *place = &gen->places[symbol->index];
	LLVMAtomicRMWBinOp operation;
	LLVMValueRef old;

	if (!atomic_operation(op, &operation) ||
	    (place->cells > 1 && op != BINARY_ADD && op != BINARY_SUB))
		return NULL;
	if (op == BINARY_SUB) {
		operand = LLVMBuildNeg(gen->builder, operand, "");
		op = BINARY_ADD;
		operation = LLVMAtomicRMWBinOpAdd;
	}
	old = LLVMBuildAtomicRMW(gen->builder, operation, place_pointer_to_add(fn, place), operand,
				 LLVMAtomicOrderingSequentiallyConsistent, false);
	if (place->cells > 1 && gen->home == HOME_TRACER)
		return global_load(fn, symbol);
	return arithmetic(fn, op, old, operand, range);
}

/* A word on the stack for results by reference; used at once after the call. */
static LLVMValueRef result_word(struct fn *fn)
{
	if (!fn->word)
		fn->word = entry_alloca(fn, fn->gen->i64, "word");
	return fn->word;
}

/* An array element: returns its new value. */
static LLVMValueRef element_add(struct fn *fn, const struct expr *left, struct key_values *keys,
				LLVMValueRef delta)
{
	struct gen *gen = fn->gen;
	const struct symbol *array = expr_symbol(left);
	LLVMValueRef key = key_build(fn, array, keys), word = result_word(fn);
	LLVMValueRef args[] = {fn->run, gen->places[array->index].map, key, delta, word};

	element_write(fn, "map_add", left, args, 5);
	return LLVMBuildLoad2(gen->builder, gen->i64, word, "");
}

/* ---- read, modify, write ---- */

static struct value scalar_modify(struct fn *fn, const struct expr *expr)
{
	const struct expr *left = expr->assign.left;
	const struct symbol *symbol = left->name.symbol;
	enum binary_op op = expr->assign.binary;
	struct value right, old;
	LLVMValueRef updated = NULL;

	if (symbol->type == TYPE_STRING) {
		right = expr_generate(fn, expr->assign.right);
		old = concatenate(fn, expr_generate(fn, left), right, symbol->bound);
		scalar_set(fn, left, old);
		return old;
	}
	right = expr_generate(fn, expr->assign.right);
	if (symbol->scope == SYMBOL_GLOBAL)
		updated = global_update(fn, symbol, op, value_get(fn, right), expr->range);
	if (!updated) {
		LLVMValueRef v = value_get(fn, right);

		updated = arithmetic(fn, op, long_generate(fn, left), v, expr->range);
		scalar_set(fn, left, value_long(updated));
	}
	return value_long(updated);
}

static struct value element_get(struct fn *fn, const struct expr *left, struct key_values *keys)
{
	struct gen *gen = fn->gen;
	const struct symbol *array = expr_symbol(left);
	LLVMValueRef map = gen->places[array->index].map, key = key_build(fn, array, keys);
	struct value string;

	if (array->type != TYPE_STRING)
		return value_long(LIBRARY(gen, "map_get_long", fn->run, map, key));
	string = value_frame_string(fn, frame_reserve(fn, array->bound + 1), array->bound);
	LIBRARY(gen, "map_get_string", fn->run, map, key, string.v,
		int_constant(gen, array->bound + 1));
	return string;
}

static struct value element_modify(struct fn *fn, const struct expr *expr)
{
	const struct expr *left = expr->assign.left;
	const struct symbol *array = expr_symbol(left);
	enum binary_op op = expr->assign.binary;
	struct key_values keys;
	struct value right, updated;

	keys_generate(fn, &left->index.keys, &keys, expr->assign.right);
	right = expr_generate(fn, expr->assign.right);
	if (op == BINARY_ADD || op == BINARY_SUB) {
		LLVMValueRef delta = value_get(fn, right);

		if (op == BINARY_SUB)
			delta = LLVMBuildNeg(fn->gen->builder, delta, "");
		return value_long(element_add(fn, left, &keys, delta));
	}
	updated = element_get(fn, left, &keys);
	if (array->type == TYPE_STRING)
		updated = concatenate(fn, updated, right, array->bound);
	else
		updated = value_long(arithmetic(fn, op, updated.v, value_get(fn, right),
						expr->range));
	element_set(fn, left, &keys, updated);
	return updated;
}

static struct value target_modify(struct fn *fn, const struct expr *expr)
{
	struct value right = value_keep(fn, expr_generate(fn, expr->assign.right), false);
	LLVMValueRef old = long_generate(fn, expr->assign.left);
	LLVMValueRef updated =
		arithmetic(fn, expr->assign.binary, old, value_get(fn, right), expr->range);

	target_assign(fn, expr->assign.left, updated);
	return value_long(updated);
}

struct value assign_generate(struct fn *fn, const struct expr *expr)
{
	struct value value;

	if (expr->assign.op == ASSIGN_SET)
		return set_generate(fn, expr);
	if (expr->assign.op == ASSIGN_STAT) {
		value = expr_generate(fn, expr->assign.right);
		value = value_keep(fn, value, expr_cuts(fn->gen, expr->assign.left));
		stat_add_generate(fn, expr->assign.left, value);
		return value;
	}
	if (expr->assign.left->kind == EXPR_INDEX)
		return element_modify(fn, expr);
	if (expr->assign.left->kind == EXPR_TARGET)
		return target_modify(fn, expr);
	return scalar_modify(fn, expr);
}

/* ---- ++ and -- ---- */

static LLVMValueRef increment(struct fn *fn, const struct expr *operand, LLVMValueRef delta,
			      struct range range)
{
	struct key_values keys;
	LLVMValueRef updated;

	if (operand->kind == EXPR_INDEX) {
		keys_generate(fn, &operand->index.keys, &keys, NULL);
		return element_add(fn, operand, &keys, delta);
	}
	if (operand->kind == EXPR_NAME && operand->name.symbol->scope == SYMBOL_GLOBAL)
		return global_update(fn, operand->name.symbol, BINARY_ADD, delta, range);
	updated = LLVMBuildAdd(fn->gen->builder, long_generate(fn, operand), delta, "");
	if (operand->kind == EXPR_TARGET)
		target_assign(fn, operand, updated);
	else
		scalar_set(fn, operand, value_long(updated));
	return updated;
}

struct value crement_generate(struct fn *fn, const struct expr *expr)
{
	enum crement_kind op = expr->crement.op;
	bool down = op == PRE_DECREMENT || op == POST_DECREMENT;
	LLVMValueRef delta = long_constant(fn->gen, down ? -1 : 1);
	LLVMValueRef updated = increment(fn, expr->crement.operand, delta, expr->range);

	if (op == POST_INCREMENT || op == POST_DECREMENT)
		updated = LLVMBuildSub(fn->gen->builder, updated, delta, "");
	return value_long(updated);
}
