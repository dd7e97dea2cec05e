// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * foreach, and what else goes over an array's elements: deleting and finding slices. The keys
 * are a snapshot, taken and sorted by the handler library; an element that was deleted since
 * is passed over.
 */
#include "compiler/codegen/gen.h"

/* What an iteration keeps in the frame across its turns. */
struct walk {
	const struct symbol *array;
	struct iteration scope;
	unsigned index_offset, left_offset, key_offset;
	unsigned slice_offset[MAX_KEYS];
	const struct expr_vec *slice;
	LLVMBasicBlockRef head, next, end, outer_error;
	unsigned state;
};

static LLVMValueRef load(struct fn *fn, unsigned offset)
{
	return LLVMBuildLoad2(fn->gen->builder, fn->gen->i64, frame_pointer(fn, offset), "");
}

static void store(struct fn *fn, LLVMValueRef v, unsigned offset)
{
	LLVMBuildStore(fn->gen->builder, v, frame_pointer(fn, offset));
}

void iterations_end(struct fn *fn, const struct iteration *until)
{
	for (struct iteration *i = fn->iteration; i && i != until; i = i->outer)
		LIBRARY(fn->gen, "iterate_end", fn->run, load(fn, i->handle_offset));
}

/* ---- the shape: which order ---- */

static LLVMValueRef order_constant(struct gen *gen, const struct iterate_shape *shape)
{
	LLVMValueRef fields[] = {
		LLVMConstInt(gen->i32, shape->key_size, false),
		LLVMConstInt(gen->i32, shape->value_size, false),
		LLVMConstInt(gen->i32, shape->by, false),
		LLVMConstInt(gen->i32, (uint32_t)shape->direction, true),
		LLVMConstInt(gen->i32, shape->key_offset, false),
		LLVMConstInt(gen->i32, shape->string, false),
		LLVMConstInt(gen->i32, shape->stat, false),
		LLVMConstInt(gen->i32, shape->max_entries, false),
	};

	return module_constant(gen, LLVMConstStructInContext(gen->llvm, fields, 8, false), "order");
}

static void shape_sort(struct gen *gen, const struct foreach_stmt *foreach,
		       const struct symbol *array, struct iterate_shape *shape)
{
	const struct place *place = &gen->places[array->index];

	if (foreach->sort == SORT_NONE)
		return;
	shape->direction = foreach->direction;
	if (foreach->sort == SORT_KEY) {
		shape->by = 2;
		shape->key_offset = place->key_offset[foreach->sort_key];
		if (array->key_type[foreach->sort_key] == TYPE_STRING)
			shape->string = place->key_size[foreach->sort_key];
		return;
	}
	shape->by = 1;
	if (array->type == TYPE_STRING)
		shape->string = ALIGN8(array->bound + 1);
	if (array->type == TYPE_STATS)
		shape->stat = foreach->has_sort_stat ? foreach->sort_stat : STAT_COUNT;
}

/* ---- the walk ---- */

static void slices_generate(struct fn *fn, struct walk *walk)
{
	const struct symbol *array = walk->array;

	for (unsigned i = 0; i < walk->slice->n; i++) {
		struct value value;

		if (!walk->slice->v[i])
			continue;
		value = expr_generate(fn, walk->slice->v[i]);
		if (array->key_type[i] == TYPE_STRING) {
			unsigned size = fn->gen->places[array->index].key_size[i];

			walk->slice_offset[i] = frame_reserve(fn, size);
			LIBRARY(fn->gen, "str_key", fn->run,
				frame_pointer(fn, walk->slice_offset[i]),
				int_constant(fn->gen, size), value_get(fn, value));
		} else {
			walk->slice_offset[i] = frame_reserve(fn, 8);
			store(fn, value_get(fn, value), walk->slice_offset[i]);
		}
	}
}

/* Passes an element over whose key does not fit the slice. */
static void slices_check(struct fn *fn, struct walk *walk)
{
	struct gen *gen = fn->gen;
	const struct place *place = &gen->places[walk->array->index];

	for (unsigned i = 0; i < walk->slice->n; i++) {
		LLVMBasicBlockRef fits;
		LLVMValueRef same;
		unsigned at = walk->key_offset + place->key_offset[i];

		if (!walk->slice->v[i])
			continue;
		if (walk->array->key_type[i] == TYPE_STRING)
			same = LLVMBuildICmp(
				gen->builder, LLVMIntEQ,
				LIBRARY(gen, "str_compare", fn->run, frame_pointer(fn, at),
					frame_pointer(fn, walk->slice_offset[i]),
					int_constant(gen, place->key_size[i])),
				long_constant(gen, 0), "");
		else
			same = LLVMBuildICmp(gen->builder, LLVMIntEQ, load(fn, at),
					     load(fn, walk->slice_offset[i]), "");
		fits = block_new(fn, "fits");
		LLVMBuildCondBr(gen->builder, same, fits, walk->next);
		block_enter(fn, fits);
	}
}

static void walk_fetch(struct fn *fn, struct walk *walk)
{
	struct gen *gen = fn->gen;
	const struct place *place = &gen->places[walk->array->index];
	LLVMBasicBlockRef more = block_new(fn, "more"), got = block_new(fn, "got");
	LLVMValueRef index, handle, count, status, left;

	block_enter(fn, walk->head);
	handle = load(fn, walk->scope.handle_offset);
	count = LLVMBuildZExt(gen->builder, LIBRARY(gen, "iterate_count", fn->run, handle),
			      gen->i64, "");
	index = load(fn, walk->index_offset);
	left = load(fn, walk->left_offset);
	count = LLVMBuildICmp(gen->builder, LLVMIntULT, index, count, "");
	left = LLVMBuildICmp(gen->builder, LLVMIntSGT, left, long_constant(gen, 0), "");
	LLVMBuildCondBr(gen->builder, LLVMBuildAnd(gen->builder, count, left, ""), more,
			walk->end);
	block_enter(fn, more);
	store(fn, LLVMBuildAdd(gen->builder, index, long_constant(gen, 1), ""),
	      walk->index_offset);
	status = LIBRARY(gen, "iterate_key", fn->run, handle,
			 LLVMBuildTrunc(gen->builder, index, gen->i32, ""),
			 frame_pointer(fn, walk->key_offset),
			 int_constant(gen, place->key_bytes));
	LLVMBuildCondBr(gen->builder, truth(fn, status), walk->next, got);
	block_enter(fn, got);
	if (walk->slice)
		slices_check(fn, walk);
	status = LIBRARY(gen, "map_contains", fn->run, place->map,
			 frame_pointer(fn, walk->key_offset));
	got = block_new(fn, "there");
	LLVMBuildCondBr(gen->builder, truth(fn, status), got, walk->next);
	block_enter(fn, got);
	store(fn, LLVMBuildSub(gen->builder, load(fn, walk->left_offset), long_constant(gen, 1), ""),
	      walk->left_offset);
}

/* Takes the snapshot and goes to the first element; what follows is the body of the walk. */
static void walk_start(struct fn *fn, struct walk *walk, const struct iterate_shape *shape,
		       const struct expr *limit, struct range range)
{
	struct gen *gen = fn->gen;
	const struct place *place = &gen->places[walk->array->index];
	LLVMValueRef handle, most = long_constant(gen, INT64_MAX);

	walk->scope.handle_offset = frame_reserve(fn, 8);
	walk->index_offset = frame_reserve(fn, 8);
	walk->left_offset = frame_reserve(fn, 8);
	walk->key_offset = frame_reserve(fn, place->key_bytes);
	if (walk->slice)
		slices_generate(fn, walk);
	if (limit)
		most = long_generate(fn, limit);
	store(fn, most, walk->left_offset);
	store(fn, long_constant(gen, 0), walk->index_offset);
	handle = LIBRARY(gen, "iterate_begin", fn->run, place->map, order_constant(gen, shape));
	raise_if(fn, LLVMBuildICmp(gen->builder, LLVMIntSLT, handle, long_constant(gen, 0), ""),
		 range, "no room to go over an array (too many at once)",
		 arena_printf(gen->arena, "identifier '%s'", walk->array->name));
	store(fn, handle, walk->scope.handle_offset);
	walk->head = state_new(fn, &walk->state);
	walk->next = block_new(fn, "next");
	walk->end = block_new(fn, "end");
	branch_to(fn, walk->head);
	walk->scope.outer = fn->iteration;
	fn->iteration = &walk->scope;
	walk->outer_error = fn->error;
	fn->error = block_new(fn, "iteration_error");
	walk_fetch(fn, walk);
}

static void walk_finish(struct fn *fn, struct walk *walk)
{
	struct gen *gen = fn->gen;

	branch_to(fn, walk->next);
	block_enter(fn, walk->next);
	state_goto(fn, walk->state);
	fn->iteration = walk->scope.outer;
	block_enter(fn, fn->error);
	LIBRARY(gen, "iterate_end", fn->run, load(fn, walk->scope.handle_offset));
	LLVMBuildBr(gen->builder, walk->outer_error);
	fn->error = walk->outer_error;
	block_enter(fn, walk->end);
	LIBRARY(gen, "iterate_end", fn->run, load(fn, walk->scope.handle_offset));
}

static struct iterate_shape shape_of(struct gen *gen, const struct symbol *array)
{
	const struct place *place = &gen->places[array->index];

	return (struct iterate_shape){.key_size = place->key_bytes,
				      .value_size = place->value_bytes,
				      .direction = 1,
				      .max_entries = array->max_entries};
}

/* ---- foreach ---- */

static void variable_set(struct fn *fn, const struct symbol *symbol, LLVMValueRef pointer,
			 bool is_string)
{
	struct gen *gen = fn->gen;
	bool global = symbol->scope == SYMBOL_GLOBAL;
	LLVMValueRef to = global ? place_pointer(gen, gen->places[symbol->index].offset)
				 : local_pointer(fn, symbol);

	if (is_string)
		LIBRARY(gen, "str_copy", fn->run, to, int_constant(gen, symbol->bound + 1),
			pointer);
	else if (global)
		global_store(fn, symbol, LLVMBuildLoad2(gen->builder, gen->i64, pointer, ""));
	else
		LLVMBuildStore(gen->builder,
			       LLVMBuildLoad2(gen->builder, gen->i64, pointer, ""), to);
}

static void value_set(struct fn *fn, const struct foreach_stmt *foreach, struct walk *walk)
{
	struct gen *gen = fn->gen;
	const struct symbol *symbol = foreach->value->name.symbol;
	LLVMValueRef map = gen->places[walk->array->index].map;
	LLVMValueRef key = frame_pointer(fn, walk->key_offset);
	unsigned offset = frame_reserve(fn, walk->array->type == TYPE_STRING
						    ? walk->array->bound + 1
						    : 8);

	if (walk->array->type == TYPE_STRING)
		LIBRARY(gen, "map_get_string", fn->run, map, key, frame_pointer(fn, offset),
			int_constant(gen, walk->array->bound + 1));
	else
		store(fn, LIBRARY(gen, "map_get_long", fn->run, map, key), offset);
	variable_set(fn, symbol, frame_pointer(fn, offset), walk->array->type == TYPE_STRING);
}

static void variables_set(struct fn *fn, const struct foreach_stmt *foreach, struct walk *walk)
{
	const struct place *place = &fn->gen->places[walk->array->index];

	for (unsigned i = 0; i < foreach->keys.n; i++)
		variable_set(fn, foreach->keys.v[i]->name.symbol,
			     frame_pointer(fn, walk->key_offset + place->key_offset[i]),
			     walk->array->key_type[i] == TYPE_STRING);
	if (foreach->value && walk->array->type != TYPE_STATS)
		value_set(fn, foreach, walk);
}

static void body_generate(struct fn *fn, const struct stmt *body, LLVMBasicBlockRef end,
			  LLVMBasicBlockRef next, struct iteration *iteration)
{
	LLVMBasicBlockRef outer_break = fn->break_target, outer_continue = fn->continue_target;
	struct iteration *outer = fn->loop_iteration;

	fn->break_target = end;
	fn->continue_target = next;
	fn->loop_iteration = iteration;
	stmt_generate(fn, body);
	fn->break_target = outer_break;
	fn->continue_target = outer_continue;
	fn->loop_iteration = outer;
}

static void array_foreach(struct fn *fn, const struct stmt *stmt)
{
	const struct foreach_stmt *foreach = stmt->foreach;
	const struct symbol *array = foreach->array->name.symbol;
	struct walk walk = {.array = array, .slice = foreach->slice.n ? &foreach->slice : NULL};
	struct iterate_shape shape = shape_of(fn->gen, array);

	shape_sort(fn->gen, foreach, array, &shape);
	walk_start(fn, &walk, &shape, foreach->limit, stmt->range);
	variables_set(fn, foreach, &walk);
	body_generate(fn, foreach->body, walk.end, walk.next, &walk.scope);
	walk_finish(fn, &walk);
}

/* foreach (bucket in @hist_log(x)): the buckets that are not empty, in order. */
static void buckets_foreach(struct fn *fn, const struct stmt *stmt)
{
	const struct foreach_stmt *foreach = stmt->foreach;
	const struct expr *operand = foreach->array->stat->operand;
	struct gen *gen = fn->gen;
	unsigned buckets = gen->places[expr_symbol(operand)->index].shape.buckets, state;
	unsigned index_offset = frame_reserve(fn, 8), left_offset = frame_reserve(fn, 8);
	LLVMBasicBlockRef head, next = block_new(fn, "next"), end = block_new(fn, "end");
	LLVMBasicBlockRef more = block_new(fn, "more"), full = block_new(fn, "full");
	LLVMValueRef index, left, count, inside;

	store(fn, long_constant(gen, foreach->direction < 0 ? buckets - 1 : 0), index_offset);
	store(fn, foreach->limit ? long_generate(fn, foreach->limit)
				 : long_constant(gen, INT64_MAX), left_offset);
	head = state_new(fn, &state);
	branch_to(fn, head);
	block_enter(fn, head);
	index = load(fn, index_offset);
	left = LLVMBuildICmp(gen->builder, LLVMIntSGT, load(fn, left_offset),
			     long_constant(gen, 0), "");
	inside = LLVMBuildICmp(gen->builder, LLVMIntULT, index, long_constant(gen, buckets), "");
	LLVMBuildCondBr(gen->builder, LLVMBuildAnd(gen->builder, inside, left, ""), more, end);
	block_enter(fn, more);
	count = bucket_load(fn, stat_cell(fn, operand), load(fn, index_offset), buckets,
			    stmt->range);
	LLVMBuildCondBr(gen->builder, truth(fn, count), full, next);
	block_enter(fn, full);
	left = LLVMBuildSub(gen->builder, load(fn, left_offset), long_constant(gen, 1), "");
	store(fn, left, left_offset);
	variable_set(fn, foreach->keys.v[0]->name.symbol, frame_pointer(fn, index_offset), false);
	if (foreach->value) {
		unsigned offset = frame_reserve(fn, 8);

		store(fn, count, offset);
		variable_set(fn, foreach->value->name.symbol, frame_pointer(fn, offset), false);
	}
	body_generate(fn, foreach->body, end, next, fn->iteration);
	branch_to(fn, next);
	block_enter(fn, next);
	index = LLVMBuildAdd(gen->builder, load(fn, index_offset),
			     long_constant(gen, foreach->direction < 0 ? -1 : 1), "");
	store(fn, index, index_offset);
	state_goto(fn, state);
	block_enter(fn, end);
}

void foreach_generate(struct fn *fn, const struct stmt *stmt)
{
	if (stmt->foreach->array->kind == EXPR_STAT)
		buckets_foreach(fn, stmt);
	else
		array_foreach(fn, stmt);
}

/* ---- slices ---- */

void slice_delete(struct fn *fn, const struct expr *expr)
{
	const struct symbol *array = expr_symbol(expr);
	struct walk walk = {.array = array, .slice = &expr->index.keys};
	struct iterate_shape shape = shape_of(fn->gen, array);

	walk_start(fn, &walk, &shape, NULL, expr->range);
	LIBRARY(fn->gen, "map_delete", fn->run, fn->gen->places[array->index].map,
		frame_pointer(fn, walk.key_offset));
	walk_finish(fn, &walk);
}

struct value slice_contains(struct fn *fn, const struct expr *expr)
{
	const struct symbol *array = expr->in.array->name.symbol;
	struct walk walk = {.array = array, .slice = &expr->in.keys};
	struct iterate_shape shape = shape_of(fn->gen, array);
	unsigned found = frame_reserve(fn, 8);

	store(fn, long_constant(fn->gen, 0), found);
	walk_start(fn, &walk, &shape, NULL, expr->range);
	store(fn, long_constant(fn->gen, 1), found);
	LLVMBuildBr(fn->gen->builder, walk.end);
	walk_finish(fn, &walk);
	return value_long(load(fn, found));
}
