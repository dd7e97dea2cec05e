// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Arrays: keys, element reads, `in`, delete. Layouts: runtime/handler/abi.h.
 */
#include "compiler/codegen/gen.h"

enum { STACK_KEY = 64 }; /* keys up to so many bytes are built on the stack */

void keys_generate(struct fn *fn, const struct expr_vec *keys, struct key_values *values,
		   const struct expr *after)
{
	for (unsigned i = 0; i < keys->n; i++) {
		bool cut = after && expr_cuts(fn->gen, after);
		bool changes = after && expr_changes(after);

		for (unsigned k = i + 1; k < keys->n; k++) {
			cut |= expr_cuts(fn->gen, keys->v[k]);
			changes |= expr_changes(keys->v[k]);
		}
		values->v[i] = value_pin(fn, expr_generate(fn, keys->v[i]), changes);
		values->v[i] = value_keep(fn, values->v[i], cut);
	}
}

static LLVMValueRef byte_pointer(struct fn *fn, LLVMValueRef start, unsigned offset)
{
	LLVMValueRef index = long_constant(fn->gen, offset);

	return LLVMBuildInBoundsGEP2(fn->gen->builder, fn->gen->i8, start, &index, 1, "");
}

/* One buffer serves all keys of a function: a key is built right before it is used. */
static LLVMValueRef key_buffer(struct fn *fn, unsigned bytes)
{
	if (bytes > STACK_KEY)
		return frame_pointer(fn, frame_reserve(fn, bytes));
	if (!fn->key_buffer)
		fn->key_buffer = entry_alloca(
			fn, LLVMArrayType2(fn->gen->i64, STACK_KEY / 8), "key");
	return fn->key_buffer;
}

LLVMValueRef key_build(struct fn *fn, const struct symbol *array, struct key_values *values)
{
	struct gen *gen = fn->gen;
	const struct place *place = &gen->places[array->index];
	LLVMValueRef buffer = key_buffer(fn, place->key_bytes);

	for (unsigned i = 0; i < array->n_keys; i++) {
		LLVMValueRef at = byte_pointer(fn, buffer, place->key_offset[i]);
		LLVMValueRef v = value_get(fn, values->v[i]);

		if (array->key_type[i] == TYPE_STRING)
			LIBRARY(gen, "str_key", fn->run, at,
				int_constant(gen, place->key_size[i]), v);
		else
			LLVMBuildStore(gen->builder, v, at);
	}
	return buffer;
}

static LLVMValueRef element_key(struct fn *fn, const struct symbol *array,
				const struct expr_vec *keys)
{
	struct key_values values;

	keys_generate(fn, keys, &values, NULL);
	return key_build(fn, array, &values);
}

struct value array_read(struct fn *fn, const struct expr *expr)
{
	struct gen *gen = fn->gen;
	const struct symbol *array = expr_symbol(expr);
	LLVMValueRef map = gen->places[array->index].map, key;
	struct value string;

	key = element_key(fn, array, &expr->index.keys);
	if (array->type != TYPE_STRING)
		return value_long(LIBRARY(gen, "map_get_long", fn->run, map, key));
	string = value_frame_string(fn, frame_reserve(fn, array->bound + 1), array->bound);
	LIBRARY(gen, "map_get_string", fn->run, map, key, string.v,
		int_constant(gen, array->bound + 1));
	return string;
}

struct value array_contains(struct fn *fn, const struct expr *expr)
{
	const struct symbol *array = expr->in.array->name.symbol;
	LLVMValueRef key;

	for (unsigned i = 0; i < expr->in.keys.n; i++)
		if (!expr->in.keys.v[i])
			return slice_contains(fn, expr);
	key = element_key(fn, array, &expr->in.keys);
	return value_long(
		LIBRARY(fn->gen, "map_contains", fn->run, fn->gen->places[array->index].map, key));
}

/* ---- writes that may find the array full ---- */

/* How often another CPU may take the room that was made. */
enum { EVICTIONS = 8 };

/* Makes room and tries again while status < 0; the status of the last try. */
static LLVMValueRef evict_and_retry(struct fn *fn, LLVMValueRef map, const char *operation,
				    LLVMValueRef *args, unsigned n_args, LLVMValueRef status)
{
	struct gen *gen = fn->gen;
	LLVMBuilderRef b = gen->builder;
	LLVMBasicBlockRef first = LLVMGetInsertBlock(b), test = block_new(fn, "write"),
			  full = block_new(fn, "full"), end = block_new(fn, "written");
	LLVMValueRef zero = int_constant(gen, 0), tries, last, failed, left, again, next;

	LLVMBuildBr(b, test);
	block_enter(fn, test);
	last = LLVMBuildPhi(b, gen->i32, "");
	tries = LLVMBuildPhi(b, gen->i32, "");
	failed = LLVMBuildICmp(b, LLVMIntSLT, last, zero, "");
	left = LLVMBuildICmp(b, LLVMIntULT, tries, int_constant(gen, EVICTIONS), "");
	LLVMBuildCondBr(b, LLVMBuildAnd(b, failed, left, ""), full, end);
	block_enter(fn, full);
	LIBRARY(gen, "map_evict", fn->run, map);
	again = library_call(gen, operation, args, n_args);
	next = LLVMBuildAdd(b, tries, int_constant(gen, 1), "");
	LLVMAddIncoming(last, (LLVMValueRef[]){status, again},
			(LLVMBasicBlockRef[]){first, LLVMGetInsertBlock(b)}, 2);
	LLVMAddIncoming(tries, (LLVMValueRef[]){zero, next},
			(LLVMBasicBlockRef[]){first, LLVMGetInsertBlock(b)}, 2);
	LLVMBuildBr(b, test);
	block_enter(fn, end);
	return last;
}

/*
 * Who makes an element holds the array's word: of two that make room at the same time, each would
 * find the same oldest element, or the other one's room. One that waited in vain (for a handler
 * that it interrupted) goes on without it, and tries as often as it may.
 */
static LLVMValueRef write_with_room(struct fn *fn, const struct symbol *array,
				    const char *operation, LLVMValueRef *args, unsigned n_args)
{
	struct gen *gen = fn->gen;
	LLVMBuilderRef b = gen->builder;
	LLVMValueRef word = place_pointer(gen, gen->places[array->index].offset);
	uint32_t tries = (uint32_t)gen->program->limits.max_try_lock;
	LLVMBasicBlockRef take = block_new(fn, "take"), write = block_new(fn, "write"),
			  give = block_new(fn, "give"), end = block_new(fn, "written"), before;
	LLVMValueRef there, taken, holds, status;

	there = LLVMBuildICmp(b, LLVMIntNE, LIBRARY(gen, "map_contains", fn->run, args[1], args[2]),
			      long_constant(gen, 0), "");
	before = LLVMGetInsertBlock(b);
	LLVMBuildCondBr(b, there, write, take);
	block_enter(fn, take);
	taken = LLVMBuildICmp(b, LLVMIntEQ,
			      LIBRARY(gen, "room_take", fn->run, word, int_constant(gen, tries)),
			      int_constant(gen, 0), "");
	take = LLVMGetInsertBlock(b);
	LLVMBuildBr(b, write);
	block_enter(fn, write);
	holds = LLVMBuildPhi(b, LLVMTypeOf(taken), "");
	LLVMAddIncoming(holds,
			(LLVMValueRef[]){LLVMConstNull(LLVMTypeOf(taken)), taken},
			(LLVMBasicBlockRef[]){before, take}, 2);
	status = library_call(gen, operation, args, n_args);
	status = evict_and_retry(fn, args[1], operation, args, n_args, status);
	LLVMBuildCondBr(b, holds, give, end);
	block_enter(fn, give);
	LIBRARY(gen, "lock_give", fn->run, word);
	LLVMBuildBr(b, end);
	block_enter(fn, end);
	return status;
}

void element_write(struct fn *fn, const char *operation, const struct expr *element,
		   LLVMValueRef *args, unsigned n_args)
{
	struct gen *gen = fn->gen;
	const struct symbol *array = expr_symbol(element);
	LLVMValueRef status = array->wrap ? write_with_room(fn, array, operation, args, n_args)
					  : library_call(gen, operation, args, n_args);

	raise_if(fn, LLVMBuildICmp(gen->builder, LLVMIntSLT, status, int_constant(gen, 0), ""),
		 element->range,
		 arena_printf(gen->arena,
			      "array overflow, '%s' holds at most %u elements (MAXMAPENTRIES)",
			      array->name, array->max_entries),
		 arena_printf(gen->arena, "identifier '%s'", array->name));
}

/* ---- delete ---- */

static void statistic_clear(struct fn *fn, const struct symbol *symbol)
{
	struct gen *gen = fn->gen;
	const struct place *place = &gen->places[symbol->index];
	LLVMValueRef pointer = place_pointer(gen, place->offset);

	if (place->cells > 1)
		LIBRARY(gen, "spread_clear", pointer, int_constant(gen, stat_cell_size(symbol)),
			int_constant(gen, place->stride), int_constant(gen, place->cells));
	else
		LIBRARY(gen, "stat_clear", fn->run, pointer,
			int_constant(gen, place->shape.buckets));
}

static void scalar_delete(struct fn *fn, const struct symbol *symbol)
{
	struct gen *gen = fn->gen;
	bool global = symbol->scope == SYMBOL_GLOBAL;
	LLVMValueRef pointer = global ? place_pointer(gen, gen->places[symbol->index].offset)
				      : local_pointer(fn, symbol);

	if (symbol->type == TYPE_STATS)
		statistic_clear(fn, symbol);
	else if (symbol->type == TYPE_LONG && global)
		global_store(fn, symbol, long_constant(gen, 0));
	else
		LLVMSetVolatile(LLVMBuildStore(gen->builder,
					       LLVMConstNull(symbol->type == TYPE_STRING ? gen->i8
											 : gen->i64),
					       pointer),
				global);
}

void delete_generate(struct fn *fn, const struct stmt *stmt)
{
	const struct expr *expr = stmt->expr;
	const struct symbol *symbol = expr_symbol(expr);
	LLVMValueRef map;

	if (!symbol->is_array) {
		scalar_delete(fn, symbol);
		return;
	}
	map = fn->gen->places[symbol->index].map;
	if (expr->kind == EXPR_NAME) {
		LIBRARY(fn->gen, "map_clear", fn->run, map);
		return;
	}
	for (unsigned i = 0; i < expr->index.keys.n; i++)
		if (!expr->index.keys.v[i]) {
			slice_delete(fn, expr);
			return;
		}
	LIBRARY(fn->gen, "map_delete", fn->run, map,
		element_key(fn, symbol, &expr->index.keys));
}
