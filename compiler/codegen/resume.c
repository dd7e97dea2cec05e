// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Resumable functions: loops and recursion as states that one driver runs one after another.
 *
 * A state number is function_id << STATE_BITS | local state. frame->state says what runs next;
 * a segment function returns 0 to go on, 1 when the handler is done. Calls of resumable
 * functions push where to go on onto frame->calls.
 */
#include <stddef.h>
#include <string.h>

#include "compiler/codegen/gen.h"

enum { STATE_BITS = 16 };

struct search {
	const struct gen *gen;
	bool found;
};

static bool is_resumable(const struct gen *gen, const struct function *function)
{
	return gen->functions[function->index].resumable;
}

static bool has_slice(const struct expr_vec *keys)
{
	for (unsigned i = 0; i < keys->n; i++)
		if (!keys->v[i])
			return true;
	return false;
}

static bool find_cut(struct ast_visitor *visitor, struct expr **place)
{
	struct search *search = visitor->data;

	if ((*place)->kind == EXPR_IN)
		search->found |= has_slice(&(*place)->in.keys);
	if ((*place)->kind != EXPR_CALL)
		return true;
	for (unsigned i = 0; i < (*place)->call.n_candidates; i++)
		if (is_resumable(search->gen, (*place)->call.candidates[i]))
			search->found = true;
	return true;
}

static bool find_loop(struct ast_visitor *visitor, struct stmt **place)
{
	struct search *search = visitor->data;

	switch ((*place)->kind) {
	case STMT_WHILE:
	case STMT_FOR:
	case STMT_FOREACH:
		search->found = true;
		return false;
	case STMT_DELETE:
		if ((*place)->expr->kind == EXPR_INDEX)
			search->found |= has_slice(&(*place)->expr->index.keys);
		return true;
	default:
		return true;
	}
}

bool expr_cuts(const struct gen *gen, const struct expr *expr)
{
	struct search search = {gen, false};
	struct ast_visitor visitor = {.expr = find_cut, .data = &search};
	struct expr *place = (struct expr *)expr;

	if (expr)
		ast_visit_expr(&visitor, &place);
	return search.found;
}

bool stmt_loops(const struct gen *gen, const struct stmt *stmt)
{
	struct search search = {gen, false};
	struct ast_visitor visitor = {.expr = find_cut, .stmt = find_loop, .data = &search};
	struct stmt *place = (struct stmt *)stmt;

	if (stmt)
		ast_visit_stmt(&visitor, &place);
	return search.found;
}

/* ---- what a body can reach ---- */

struct reach {
	const struct gen *gen;
	bool *reached;
};

static bool reach_calls(struct ast_visitor *visitor, struct expr **place)
{
	struct reach *reach = visitor->data;

	if ((*place)->kind != EXPR_CALL)
		return true;
	for (unsigned i = 0; i < (*place)->call.n_candidates; i++) {
		const struct function *callee = (*place)->call.candidates[i];

		if (reach->reached[callee->index])
			continue;
		reach->reached[callee->index] = true;
		functions_reached(reach->gen, callee->body, reach->reached);
	}
	return true;
}

void functions_reached(const struct gen *gen, const struct stmt *body, bool *reached)
{
	struct reach reach = {gen, reached};
	struct ast_visitor visitor = {.expr = reach_calls, .data = &reach};
	struct stmt *place = (struct stmt *)body;

	if (body)
		ast_visit_stmt(&visitor, &place);
}

/* ---- which functions are resumable ---- */

/*
 * The kernel allows eight frames of functions for everything. The handler, its driver and a
 * segment take three, so five are left for plain functions that call each other and what they
 * use of the library. A guess: depth.c knows better when the code is there, and what it finds too
 * deep is generated again, frugally.
 */
enum { MOST_PLAIN_FRAMES = 5, LIBRARY_FRAMES = 3, STR_REPLACE_FRAMES = 4 };

struct frames {
	const struct gen *gen;
	unsigned n;
};

static unsigned callee_frames(const struct gen *gen, const struct function *callee)
{
	if (callee->body)
		return gen->functions[callee->index].frames;
	return callee->intrinsic && !strcmp(callee->intrinsic, "fn_str_replace")
		       ? STR_REPLACE_FRAMES
		       : LIBRARY_FRAMES;
}

static bool count_frames(struct ast_visitor *visitor, struct expr **place)
{
	struct frames *frames = visitor->data;
	const struct expr *expr = *place;
	unsigned n = expr->type == TYPE_LONG ? 0 : LIBRARY_FRAMES;

	switch (expr->kind) {
	case EXPR_NUMBER:
	case EXPR_NAME:
	case EXPR_UNARY:
	case EXPR_BINARY:
	case EXPR_TERNARY:
	case EXPR_ASSIGN:
	case EXPR_CREMENT:
		break;
	case EXPR_CALL:
		for (unsigned i = 0; i < expr->call.n_candidates; i++) {
			unsigned callee = callee_frames(frames->gen, expr->call.candidates[i]);

			n = callee > n ? callee : n;
		}
		break;
	default:
		n = LIBRARY_FRAMES;
	}
	frames->n = n > frames->n ? n : frames->n;
	return true;
}

/* The frames that a call of the plain function takes at most; callees come first. */
static unsigned frames_of(const struct gen *gen, const struct function *function)
{
	struct frames frames = {gen, 0};
	struct ast_visitor visitor = {.expr = count_frames, .data = &frames};
	struct stmt *place = function->body;

	if (place)
		ast_visit_stmt(&visitor, &place);
	return 1 + frames.n;
}

bool body_resumes(const struct gen *gen, const struct stmt *body)
{
	return gen->frugal || stmt_loops(gen, body) || stmt_is_long(body);
}

static bool must_resume(struct gen *gen, const struct function *function)
{
	struct fn_info *info = &gen->functions[function->index];

	info->frames = frames_of(gen, function);
	if (!function->body)
		return false;
	if (gen->frugal && !info->in_condition)
		return true;
	return stmt_loops(gen, function->body) || stmt_is_long(function->body) ||
	       info->frames > MOST_PLAIN_FRAMES;
}

static void mark_conditions(struct gen *gen)
{
	const struct program *program = gen->program;
	bool *reached = ARENA_ARRAY(gen->arena, bool, program->functions.n + 1);
	struct reach reach = {gen, reached};
	struct ast_visitor visitor = {.expr = reach_calls, .data = &reach};

	for (unsigned i = 0; i < program->probes.n; i++)
		if (program->probes.v[i]->condition)
			ast_visit_expr(&visitor, &program->probes.v[i]->condition);
	for (unsigned i = 0; i < program->functions.n; i++)
		gen->functions[i].in_condition = reached[i];
}

/*
 * Loops and recursion make a function resumable, a deep chain of calls does, and so do calls of
 * such functions.
 */
void resume_analyse(struct gen *gen)
{
	const struct program *program = gen->program;
	bool changed = true;

	mark_conditions(gen);
	for (unsigned i = 0; i < program->functions.n; i++) {
		gen->functions[i].dynamic = program->functions.v[i]->recursive;
		gen->functions[i].resumable = program->functions.v[i]->recursive;
	}
	while (changed) {
		changed = false;
		for (unsigned i = 0; i < program->functions.n; i++) {
			if (gen->functions[i].resumable ||
			    !must_resume(gen, program->functions.v[i]))
				continue;
			gen->functions[i].resumable = true;
			changed = true;
		}
	}
	for (unsigned i = 0; i < program->functions.n; i++)
		gen->resumable_calls |= gen->functions[i].resumable;
}

/* ---- states ---- */

static LLVMValueRef frame_field(struct fn *fn, size_t offset)
{
	LLVMValueRef index = long_constant(fn->gen, (int64_t)offset);

	return LLVMBuildInBoundsGEP2(fn->gen->builder, fn->gen->i8, frame_address(fn), &index, 1,
				     "");
}

static LLVMValueRef load32(struct fn *fn, size_t offset)
{
	return frame_load(fn, fn->gen->i32, frame_field(fn, offset));
}

static void store32(struct fn *fn, LLVMValueRef value, size_t offset)
{
	LLVMBuildStore(fn->gen->builder, value, frame_field(fn, offset));
}

static unsigned state_number(unsigned function_id, unsigned state)
{
	return function_id << STATE_BITS | state;
}

unsigned state_first(unsigned function_id)
{
	return state_number(function_id, 0);
}

/* Functions have 1 .. n, the handler itself 0. */
unsigned piece_id(const struct gen *gen)
{
	return gen->program->functions.n + 1 + gen->pieces.n;
}

/* For the message of a handler that is stopped there. */
static void state_describe(struct fn *fn, unsigned state)
{
	struct gen *gen = fn->gen;
	struct unit_state at = {
		.home = gen->home,
		.handler = fn->probe ? fn->probe->index : NO_HANDLER,
		.state = state,
		.position = position_text(gen->arena, fn->here),
	};

	if (fn->here.source)
		VEC_PUSH(gen->arena, &gen->unit->states, at);
}

LLVMBasicBlockRef state_new(struct fn *fn, unsigned *state)
{
	LLVMBasicBlockRef block = block_new(fn, "state");

	*state = state_number(fn->function_id, fn->states++);
	state_describe(fn, *state);
	LLVMAddCase(fn->state_switch, int_constant(fn->gen, *state), block);
	return block;
}

void state_goto(struct fn *fn, unsigned state)
{
	if (!block_open(fn))
		return;
	store32(fn, int_constant(fn->gen, state), offsetof(struct frame, state));
	LLVMBuildRet(fn->gen->builder, long_constant(fn->gen, 0));
}

/* The handler is done: the driver stops. */
void state_finish(struct fn *fn)
{
	store32(fn, int_constant(fn->gen, STATE_DONE), offsetof(struct frame, state));
	LLVMBuildRet(fn->gen->builder, long_constant(fn->gen, 1));
}

/* ---- calls ---- */

/* Pointer to calls[depth & mask]. */
static LLVMValueRef call_slot(struct fn *fn, LLVMValueRef depth)
{
	LLVMBuilderRef b = fn->gen->builder;
	LLVMValueRef index = LLVMBuildAnd(b, depth, int_constant(fn->gen, FRAME_CALLS - 1), "");
	LLVMValueRef offset;

	index = LLVMBuildZExt(b, index, fn->gen->i64, "");
	offset = LLVMBuildMul(b, index, long_constant(fn->gen, sizeof(struct call)), "");
	offset = LLVMBuildAdd(b, offset, long_constant(fn->gen, offsetof(struct frame, calls)), "");
	return LLVMBuildInBoundsGEP2(b, fn->gen->i8, frame_address(fn), &offset, 1, "");
}

static LLVMValueRef call_base(struct fn *fn, LLVMValueRef slot)
{
	LLVMValueRef four = long_constant(fn->gen, offsetof(struct call, base));

	return LLVMBuildInBoundsGEP2(fn->gen->builder, fn->gen->i8, slot, &four, 1, "");
}

/*
 * The base of a callee's dynamic frame: right behind the caller's, whose size is known only
 * when it is generated: a placeholder until then.
 */
static LLVMValueRef dynamic_base(struct fn *fn)
{
	LLVMBuilderRef b = fn->gen->builder;
	LLVMTypeRef type = LLVMFunctionType(fn->gen->i32, NULL, 0, false);
	LLVMValueRef base, size;

	base = load32(fn, offsetof(struct frame, base));
	if (!fn->info || !fn->info->dynamic)
		return base; /* static callers use no dynamic frame */
	if (!fn->size_function)
		fn->size_function = LLVMAddFunction(fn->gen->module, "frame_size", type);
	size = LLVMBuildCall2(b, type, fn->size_function, NULL, 0, "");
	return LLVMBuildAdd(b, base, size, "");
}

/* Start of a frame in data[] at a base that is only known at run time. */
static LLVMValueRef data_at(struct fn *fn, LLVMValueRef base)
{
	LLVMBuilderRef b = fn->gen->builder;
	LLVMValueRef mask = int_constant(fn->gen, fn->gen->dynamic_space - 1);
	LLVMValueRef offset = LLVMBuildAnd(b, base, mask, "");
	LLVMValueRef start = frame_field(fn, offsetof(struct frame, data));

	offset = LLVMBuildZExt(b, offset, fn->gen->i64, "");
	return LLVMBuildInBoundsGEP2(b, fn->gen->i8, start, &offset, 1, "");
}

unsigned dynamic_most(const struct gen *gen)
{
	return FRAME_DATA + FRAME_SLACK - gen->dynamic_space;
}

LLVMValueRef resumable_data(struct fn *fn)
{
	if (fn->info && fn->info->dynamic)
		return data_at(fn, load32(fn, offsetof(struct frame, base)));
	return frame_field(fn, offsetof(struct frame, data) + fn->base);
}

static LLVMValueRef callee_data(struct fn *fn, const struct fn_info *callee, LLVMValueRef base)
{
	if (callee->dynamic)
		return data_at(fn, base);
	return frame_field(fn, offsetof(struct frame, data) + callee->base);
}

static LLVMValueRef at(struct fn *fn, LLVMValueRef start, unsigned offset)
{
	LLVMValueRef index = long_constant(fn->gen, offset);

	return LLVMBuildInBoundsGEP2(fn->gen->builder, fn->gen->i8, start, &index, 1, "");
}

static void check_depth(struct fn *fn, LLVMValueRef depth, LLVMValueRef base, struct range range,
			const char *near)
{
	LLVMBuilderRef b = fn->gen->builder;
	int64_t limit = fn->gen->program->limits.max_nesting;
	LLVMValueRef deep, far;

	if (limit > FRAME_CALLS - 1)
		limit = FRAME_CALLS - 1;
	deep = LLVMBuildICmp(b, LLVMIntUGE, depth, int_constant(fn->gen, (uint32_t)limit), "");
	raise_if(fn, deep, range, "MAXNESTING exceeded", near);
	far = LLVMBuildICmp(b, LLVMIntUGE, base, int_constant(fn->gen, fn->gen->dynamic_space),
			    "");
	raise_if(fn, far, range, "too much in strings at so many calls at a time (MAXSTRINGLEN)",
		 near);
}

static void push_call(struct fn *fn, LLVMValueRef depth, unsigned state)
{
	LLVMValueRef slot = call_slot(fn, depth);

	LLVMBuildStore(fn->gen->builder, int_constant(fn->gen, state), slot);
	LLVMBuildStore(fn->gen->builder, load32(fn, offsetof(struct frame, base)),
		       call_base(fn, slot));
	store32(fn, LLVMBuildAdd(fn->gen->builder, depth, int_constant(fn->gen, 1), ""),
		offsetof(struct frame, depth));
}

static void store_arguments(struct fn *fn, const struct function *callee, LLVMValueRef data,
			    struct value *args)
{
	const struct fn_info *info = &fn->gen->functions[callee->index];

	for (unsigned i = 0; i < callee->parameters.n; i++) {
		const struct symbol *parameter = callee->parameters.v[i];
		LLVMValueRef place = at(fn, data, info->parameter_offset[i]);

		if (parameter->type == TYPE_STRING)
			LIBRARY(fn->gen, "str_copy", fn->run, place,
				int_constant(fn->gen, parameter->bound + 1),
				value_get(fn, args[i]));
		else
			LLVMBuildStore(fn->gen->builder, value_get(fn, args[i]), place);
	}
}

struct value resumable_result(struct fn *fn, const struct function *callee, LLVMValueRef data)
{
	const struct fn_info *info = &fn->gen->functions[callee->index];

	if (callee->type == TYPE_STRING)
		return string_temporary(fn, at(fn, data, info->result_offset), callee->bound);
	if (callee->type == TYPE_LONG)
		return value_long(LLVMBuildLoad2(fn->gen->builder, fn->gen->i64,
						 at(fn, data, info->result_offset), ""));
	return value_long(long_constant(fn->gen, 0));
}

/* Calls, cuts, and goes on in a new state: the caller looks at run->error there. */
struct value resumable_call(struct fn *fn, const struct function *callee, struct value *args,
			    struct range range)
{
	const struct fn_info *info = &fn->gen->functions[callee->index];
	const char *near = arena_printf(fn->gen->arena, "function '%s'", callee->name);
	LLVMValueRef depth, base;
	LLVMBasicBlockRef resume;
	unsigned state;

	depth = load32(fn, offsetof(struct frame, depth));
	base = dynamic_base(fn);
	check_depth(fn, depth, base, range, near);
	store_arguments(fn, callee, callee_data(fn, info, base), args);
	resume = state_new(fn, &state);
	push_call(fn, depth, state);
	store32(fn, base, offsetof(struct frame, base));
	state_goto(fn, state_first(callee->index + 1));
	block_enter(fn, resume);
	return resumable_result(fn, callee, callee_data(fn, info, dynamic_base(fn)));
}

/* Pops: the caller's state and frame go on. */
void resumable_return(struct fn *fn)
{
	LLVMBuilderRef b = fn->gen->builder;
	LLVMValueRef depth = load32(fn, offsetof(struct frame, depth)), slot;

	depth = LLVMBuildSub(b, depth, int_constant(fn->gen, 1), "");
	store32(fn, depth, offsetof(struct frame, depth));
	slot = call_slot(fn, depth);
	store32(fn, LLVMBuildLoad2(b, fn->gen->i32, slot, ""), offsetof(struct frame, state));
	store32(fn, LLVMBuildLoad2(b, fn->gen->i32, call_base(fn, slot), ""),
		offsetof(struct frame, base));
	LLVMBuildRet(b, long_constant(fn->gen, 0));
}

/* ---- the driver ---- */

/* The entry of a segment function: frame, data, and the dispatch on the state. */
void segment_start(struct fn *fn)
{
	struct gen *gen = fn->gen;
	LLVMBasicBlockRef start, nowhere;
	unsigned state;

	fn->run = LLVMGetParam(fn->function, 1);
	fn->frame = NULL; /* a piece has that of the whole */
	fn->frame = frame_address(fn);
	fn->data = resumable_data(fn);
	fn->uses_frame = true;
	nowhere = block_new(fn, "nowhere");
	fn->state_switch = LLVMBuildSwitch(
		gen->builder, load32(fn, offsetof(struct frame, state)), nowhere, 4);
	block_enter(fn, nowhere);
	LLVMBuildRet(gen->builder, long_constant(gen, 1));
	start = state_new(fn, &state);
	block_enter(fn, start);
}

LLVMTypeRef segment_type(struct gen *gen)
{
	return LLVMFunctionType(gen->i64, (LLVMTypeRef[]){gen->i32, gen->ptr}, 2, false);
}

/* ---- the driver's table: function_id to segment, of all that a handler can reach ---- */

struct segments {
	VEC(struct { unsigned id; LLVMValueRef function; });
};

static void segments_add(struct gen *gen, struct segments *segments, unsigned id,
			 LLVMValueRef function)
{
	VEC_PUSH(gen->arena, segments, ((__typeof__(*segments->v)){id, function}));
}

static void segments_collect(struct gen *gen, const struct probe *probe, struct segments *segments)
{
	unsigned n = gen->program->functions.n;
	bool *reached = ARENA_ARRAY(gen->arena, bool, n + 1);

	functions_reached(gen, probe->body, reached);
	for (unsigned i = 0; i < n; i++)
		if (reached[i] && gen->functions[i].resumable)
			segments_add(gen, segments, i + 1, gen->functions[i].function);
	for (unsigned i = 0; i < gen->pieces.n; i++) {
		const struct piece *piece = &gen->pieces.v[i];

		if (piece->script ? reached[piece->script->index] : piece->probe == probe)
			segments_add(gen, segments, piece->id, piece->function);
	}
}

static void segment_call(struct fn *fn, LLVMValueRef segment)
{
	struct gen *gen = fn->gen;
	LLVMValueRef args[] = {LLVMGetParam(fn->function, 0), fn->run};

	LLVMBuildRet(gen->builder,
		     LLVMBuildCall2(gen->builder, segment_type(gen), segment, args, 2, ""));
}

/* A function that runs the segment that frame->state names, among those a handler can reach. */
LLVMValueRef driver_generate(struct gen *gen, LLVMValueRef handler_segment,
			     const struct probe *probe)
{
	struct segments segments = {0};
	struct range nowhere = {0};
	struct fn fn = {.gen = gen};
	LLVMValueRef choice, state;
	LLVMBasicBlockRef own;

	segments_collect(gen, probe, &segments);
	if (!segments.n)
		return handler_segment;
	fn.function = function_add(gen, "drive", segment_type(gen));
	fn.entry = block_new(&fn, "entry");
	fn.run = LLVMGetParam(fn.function, 1);
	fn.di_scope = module_describe_function(gen, fn.function, "drive", nowhere, true);
	block_enter(&fn, fn.entry);
	module_set_position(&fn, probe->range);
	fn.frame = frame_address(&fn);
	state = load32(&fn, offsetof(struct frame, state));
	state = LLVMBuildLShr(gen->builder, state, int_constant(gen, STATE_BITS), "");
	own = block_new(&fn, "handler");
	choice = LLVMBuildSwitch(gen->builder, state, own, segments.n);
	block_enter(&fn, own);
	segment_call(&fn, handler_segment);
	for (unsigned i = 0; i < segments.n; i++) {
		LLVMBasicBlockRef block = block_new(&fn, "");

		LLVMAddCase(choice, int_constant(gen, segments.v[i].id), block);
		block_enter(&fn, block);
		segment_call(&fn, segments.v[i].function);
	}
	return fn.function;
}
