// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Statistics: <<<, the extractors, buckets of histograms as values.
 */
#include <stddef.h>

#include "compiler/codegen/gen.h"

static LLVMValueRef element_key(struct fn *fn, const struct expr *element)
{
	struct key_values values;

	keys_generate(fn, &element->index.keys, &values, NULL);
	return key_build(fn, expr_symbol(element), &values);
}

void stat_add_generate(struct fn *fn, const struct expr *left, struct value value)
{
	struct gen *gen = fn->gen;
	const struct symbol *symbol = expr_symbol(left);
	const struct place *place = &gen->places[symbol->index];
	LLVMValueRef args[5] = {fn->run};

	if (left->kind == EXPR_NAME) {
		LIBRARY(gen, "stat_add", fn->run, place_pointer_to_add(fn, place),
			value_get(fn, value), place->shape_constant);
		return;
	}
	fn->uses_frame = true;
	args[1] = place->map;
	args[2] = element_key(fn, left);
	args[3] = value_get(fn, value);
	args[4] = place->shape_constant;
	element_write(fn, "map_stat_add", left, args, 5);
}

static LLVMValueRef cell_copy(struct fn *fn, const struct expr *operand, unsigned size)
{
	struct gen *gen = fn->gen;
	const struct symbol *symbol = expr_symbol(operand);
	const struct place *place = &gen->places[symbol->index];
	LLVMValueRef key, cell;

	if (operand->kind == EXPR_NAME && place->cells == 1)
		return place_pointer(gen, place->offset);
	if (operand->kind == EXPR_NAME) {
		cell = frame_pointer(fn, frame_reserve(fn, size));
		LIBRARY(gen, "spread_gather", cell, int_constant(gen, size),
			place_pointer(gen, place->offset), int_constant(gen, place->stride),
			int_constant(gen, place->cells));
		return cell;
	}
	key = element_key(fn, operand);
	cell = frame_pointer(fn, frame_reserve(fn, size));
	LIBRARY(gen, "map_stat_get", fn->run, gen->places[symbol->index].map, key, cell,
		int_constant(gen, size));
	return cell;
}

LLVMValueRef stat_cell(struct fn *fn, const struct expr *operand)
{
	return cell_copy(fn, operand, stat_cell_size(expr_symbol(operand)));
}

static LLVMValueRef cell_word(struct fn *fn, LLVMValueRef cell, size_t offset)
{
	LLVMValueRef index = long_constant(fn->gen, (int64_t)offset), word;

	word = LLVMBuildInBoundsGEP2(fn->gen->builder, fn->gen->i8, cell, &index, 1, "");
	word = LLVMBuildLoad2(fn->gen->builder, fn->gen->i64, word, "");
	LLVMSetVolatile(word, true);
	return word;
}

static const char *const operator_names[] = {
	"operator '@count'", "operator '@sum'",      "operator '@min'",
	"operator '@max'",   "operator '@avg'",      "operator '@variance'",
	"operator '@hist_linear'", "operator '@hist_log'",
};

void check_not_empty(struct fn *fn, LLVMValueRef cell, const struct expr *expr)
{
	LLVMValueRef count = cell_word(fn, cell, offsetof(struct stat_cell, count));

	raise_if(fn, LLVMBuildNot(fn->gen->builder, truth(fn, count), ""), expr->range,
		 "empty aggregate", operator_names[expr->stat->op]);
}

struct value stat_generate(struct fn *fn, const struct expr *expr)
{
	struct gen *gen = fn->gen;
	const struct stat_expr *stat = expr->stat;
	LLVMValueRef cell = cell_copy(fn, stat->operand, sizeof(struct stat_cell));

	if (stat->op == STAT_COUNT)
		return value_long(cell_word(fn, cell, offsetof(struct stat_cell, count)));
	if (stat->op == STAT_SUM)
		return value_long(cell_word(fn, cell, offsetof(struct stat_cell, sum)));
	check_not_empty(fn, cell, expr);
	switch (stat->op) {
	case STAT_MIN:
		return value_long(cell_word(fn, cell, offsetof(struct stat_cell, min)));
	case STAT_MAX:
		return value_long(cell_word(fn, cell, offsetof(struct stat_cell, max)));
	case STAT_AVG:
		return value_long(LIBRARY(gen, "stat_average", cell));
	case STAT_VARIANCE:
		return value_long(LIBRARY(
			gen, "stat_variance", cell,
			int_constant(gen, stat->parameters ? (uint32_t)stat->parameter[0] : 0)));
	default:
		diag_error(gen->diags, expr->range,
			   "a histogram is no number: print it, or index it with [bucket]");
		return value_long(long_constant(gen, 0));
	}
}

LLVMValueRef bucket_load(struct fn *fn, LLVMValueRef cell, LLVMValueRef bucket, unsigned buckets,
			 struct range range)
{
	LLVMBuilderRef b = fn->gen->builder;
	LLVMValueRef outside, offset, pointer;

	outside = LLVMBuildICmp(b, LLVMIntUGE, bucket, long_constant(fn->gen, buckets), "");
	raise_if(fn, outside, range, "histogram index out of range", NULL);
	offset = LLVMBuildMul(b, bucket, long_constant(fn->gen, 8), "");
	offset = LLVMBuildAdd(b, offset, long_constant(fn->gen, sizeof(struct stat_cell)), "");
	pointer = LLVMBuildInBoundsGEP2(b, fn->gen->i8, cell, &offset, 1, "");
	return LLVMBuildLoad2(b, fn->gen->i64, pointer, "");
}

struct value hist_at_generate(struct fn *fn, const struct expr *expr)
{
	const struct expr *histogram = expr->hist_at.histogram;
	const struct symbol *symbol = expr_symbol(histogram->stat->operand);
	LLVMValueRef bucket = long_generate(fn, expr->hist_at.bucket);
	LLVMValueRef cell;

	bucket = value_get(fn, value_keep(fn, value_long(bucket), false));
	cell = stat_cell(fn, histogram->stat->operand);
	return value_long(bucket_load(fn, cell, bucket,
				      fn->gen->places[symbol->index].shape.buckets, expr->range));
}
