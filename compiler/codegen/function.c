// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Script functions and handlers: signatures, frames' layout, entry and exit.
 *
 * Static frames are laid out from the leaves of the call graph upwards: a function's frame
 * starts where those of all its callees end, so that no caller overlaps a callee.
 */
#include <stddef.h>
#include <string.h>

#include "compiler/codegen/gen.h"

enum {
	REGISTER_ARGUMENTS = 4, /* BPF passes five; `run` is the first */
	MOST_ALLOCAS = 16,      /* long locals of one function on the 512-byte BPF stack */
};

/* ---- declaring ---- */

static bool by_register(const struct gen *gen, const struct function *function, unsigned i)
{
	unsigned registers = 0;

	if (gen->functions[function->index].resumable ||
	    function->parameters.v[i]->type == TYPE_STRING)
		return false;
	for (unsigned k = 0; k < i; k++)
		registers += function->parameters.v[k]->type != TYPE_STRING;
	return registers < REGISTER_ARGUMENTS;
}

static void layout_header(struct gen *gen, const struct function *function, struct fn_info *info)
{
	info->parameter_offset =
		ARENA_ARRAY(gen->arena, unsigned, function->parameters.n + 1);
	for (unsigned i = 0; i < function->parameters.n; i++) {
		const struct symbol *parameter = function->parameters.v[i];

		if (by_register(gen, function, i))
			continue;
		info->parameter_offset[i] = info->header;
		info->header +=
			parameter->type == TYPE_STRING ? ALIGN8(parameter->bound + 1) : 8;
	}
	info->result_offset = info->header;
	if (function->type == TYPE_STRING)
		info->header += ALIGN8(function->bound + 1);
	else if (info->resumable)
		info->header += 8;
}

static LLVMTypeRef plain_type(struct gen *gen, const struct function *function)
{
	LLVMTypeRef types[1 + REGISTER_ARGUMENTS] = {gen->ptr};
	unsigned n = 1;

	for (unsigned i = 0; i < function->parameters.n; i++)
		if (by_register(gen, function, i))
			types[n++] = gen->i64;
	return LLVMFunctionType(function->type == TYPE_LONG ? gen->i64 : gen->void_type, types, n,
				false);
}

static LLVMValueRef add_function(struct gen *gen, const char *name, LLVMTypeRef type)
{
	LLVMValueRef function = LLVMAddFunction(gen->module, name, type);

	LLVMSetLinkage(function, LLVMInternalLinkage);
	return function;
}

/* A function that handlers of both kinds share may not sleep. */
static void mark_sleepable(struct gen *gen)
{
	const struct program *program = gen->program;

	for (unsigned i = 0; i < program->functions.n; i++)
		gen->functions[i].sleepable = true;
	for (unsigned p = 0; p < program->probes.n; p++) {
		const struct probe *probe = program->probes.v[p];
		bool *reached = ARENA_ARRAY(gen->arena, bool, program->functions.n + 1);

		if (probe->home != gen->home || probe->sleepable)
			continue;
		functions_reached(gen, probe->body, reached);
		for (unsigned i = 0; i < program->functions.n; i++)
			gen->functions[i].sleepable &= !reached[i];
	}
}

void functions_declare(struct gen *gen)
{
	const struct program *program = gen->program;

	gen->functions = ARENA_ARRAY(gen->arena, struct fn_info, program->functions.n + 1);
	resume_analyse(gen);
	mark_sleepable(gen);
	for (unsigned i = 0; i < program->functions.n; i++) {
		const struct function *function = program->functions.v[i];
		struct fn_info *info = &gen->functions[i];

		if (!function->body)
			continue;
		layout_header(gen, function, info);
		info->type = info->resumable ? segment_type(gen) : plain_type(gen, function);
		info->function = add_function(
			gen, arena_printf(gen->arena, "f%u_%s", i, function->name), info->type);
	}
}

/* ---- frames ---- */

struct base_search {
	struct gen *gen;
	unsigned base;
};

static bool base_over_call(struct ast_visitor *visitor, struct expr **place)
{
	struct base_search *search = visitor->data;

	if ((*place)->kind != EXPR_CALL)
		return true;
	for (unsigned i = 0; i < (*place)->call.n_candidates; i++) {
		const struct fn_info *info =
			&search->gen->functions[(*place)->call.candidates[i]->index];

		if (info->end > search->base)
			search->base = info->end;
	}
	return true;
}

/* Where a frame may start: beyond those of everything that is called. */
static unsigned frame_base(struct gen *gen, const struct stmt *body)
{
	struct base_search search = {gen, 0};
	struct ast_visitor visitor = {.expr = base_over_call, .data = &search};
	struct stmt *place = (struct stmt *)body;

	if (body)
		ast_visit_stmt(&visitor, &place);
	return search.base;
}

static LLVMValueRef frame_start(struct fn *fn)
{
	LLVMValueRef offset =
		long_constant(fn->gen, (int64_t)(offsetof(struct frame, data) + fn->base));

	fn->frame = LLVMBuildLoad2(fn->gen->builder, fn->gen->ptr, run_field(fn, RUN_FRAME),
				   "frame");
	return LLVMBuildInBoundsGEP2(fn->gen->builder, fn->gen->i8, fn->frame, &offset, 1, "data");
}

static void clear_local(struct fn *fn, const struct local *local, const struct symbol *symbol)
{
	LLVMTypeRef type = symbol->type == TYPE_STRING ? fn->gen->i8 : fn->gen->i64;

	if (!local->alloca)
		LLVMBuildStore(fn->gen->builder, LLVMConstNull(type),
			       frame_pointer(fn, local->offset));
}

static void place_locals(struct fn *fn, struct symbol *const *symbols, unsigned n)
{
	unsigned longs = 0;

	fn->locals = ARENA_ARRAY(fn->gen->arena, struct local, n + 1);
	for (unsigned i = 0; i < n; i++) {
		struct local *local = &fn->locals[i];
		bool is_string = symbols[i]->type == TYPE_STRING;

		if (!is_string && !fn->resumable && longs++ < MOST_ALLOCAS)
			local->alloca = entry_alloca(fn, fn->gen->i64, symbols[i]->name);
		else
			local->offset =
				frame_reserve(fn, is_string ? symbols[i]->bound + 1 : 8);
		clear_local(fn, local, symbols[i]);
	}
}

static void place_parameters(struct fn *fn, const struct function *function)
{
	unsigned next = 1;

	fn->parameters =
		ARENA_ARRAY(fn->gen->arena, struct local, function->parameters.n + 1);
	fn->top = fn->most = fn->info->header;
	fn->uses_frame |= fn->info->header > 0;
	for (unsigned i = 0; i < function->parameters.n; i++) {
		struct local *local = &fn->parameters[i];

		local->offset = fn->info->parameter_offset[i];
		if (!by_register(fn->gen, function, i))
			continue;
		local->alloca = entry_alloca(fn, fn->gen->i64, function->parameters.v[i]->name);
		LLVMBuildStore(fn->gen->builder, LLVMGetParam(fn->function, next++),
			       local->alloca);
	}
}

/* ---- script functions ---- */

static void too_large(struct fn *fn, struct range range, const char *what)
{
	diag_error(fn->gen->diags, range, "%s keeps too much in strings (%u bytes; at most %u)",
		   what, fn->base + fn->most, (unsigned)FRAME_DATA);
	diag_help(fn->gen->diags, "a smaller MAXSTRINGLEN (-D) or fewer string variables");
}

static void resolve_size(struct fn *fn)
{
	LLVMValueRef size = int_constant(fn->gen, fn->most);

	if (!fn->size_function)
		return;
	for (LLVMUseRef use = LLVMGetFirstUse(fn->size_function); use;
	     use = LLVMGetFirstUse(fn->size_function)) {
		LLVMValueRef call = LLVMGetUser(use);

		LLVMReplaceAllUsesWith(call, size);
		LLVMInstructionEraseFromParent(call);
	}
	LLVMDeleteFunction(fn->size_function);
}

static void function_exit(struct fn *fn)
{
	LLVMBuilderRef b = fn->gen->builder;

	branch_to(fn, fn->exit);
	block_enter(fn, fn->exit);
	if (fn->resumable)
		resumable_return(fn);
	else if (fn->result)
		LLVMBuildRet(b, LLVMBuildLoad2(b, fn->gen->i64, fn->result, ""));
	else
		LLVMBuildRetVoid(b);
}

static void clear_result(struct fn *fn)
{
	struct gen *gen = fn->gen;

	if (fn->script->type == TYPE_STRING)
		LLVMBuildStore(gen->builder, LLVMConstNull(gen->i8),
			       frame_pointer(fn, fn->info->result_offset));
	else if (fn->resumable)
		LLVMBuildStore(gen->builder, LLVMConstNull(gen->i64),
			       frame_pointer(fn, fn->info->result_offset));
	else if (fn->script->type == TYPE_LONG)
		fn->result = entry_alloca(fn, gen->i64, "result");
}

static void function_generate(struct gen *gen, const struct function *function)
{
	struct fn_info *info = &gen->functions[function->index];
	struct fn fn = {.gen = gen, .script = function, .info = info, .function = info->function,
			.resumable = info->resumable, .function_id = function->index + 1};

	fn.base = frame_base(gen, function->body);
	info->base = fn.base;
	fn.entry = block_new(&fn, "entry");
	fn.exit = fn.error = block_new(&fn, "exit");
	fn.di_scope = module_describe_function(gen, fn.function, function->name,
					       function->decl->range, true);
	block_enter(&fn, fn.entry);
	module_set_position(&fn, function->decl->range);
	if (fn.resumable) {
		segment_start(&fn);
	} else {
		fn.run = LLVMGetParam(fn.function, 0);
		fn.data = frame_start(&fn);
	}
	place_parameters(&fn, function);
	clear_result(&fn);
	place_locals(&fn, function->locals.v, function->locals.n);
	stmt_generate(&fn, function->body);
	function_exit(&fn);
	resolve_size(&fn);
	info->size = fn.most;
	info->end = info->dynamic ? fn.base : fn.base + fn.most;
	info->uses_frame = fn.uses_frame;
	if (info->dynamic ? fn.most > FRAME_SLACK : info->end > FRAME_DATA)
		too_large(&fn, function->decl->name_range,
			  arena_printf(gen->arena, "function '%s'", function->name));
}

void functions_generate(struct gen *gen)
{
	for (unsigned i = 0; i < gen->program->functions.n; i++)
		if (gen->functions[i].function)
			function_generate(gen, gen->program->functions.v[i]);
}

/* ---- handlers ---- */

static bool runs_outside_session(const struct probe *probe)
{
	enum attach_kind kind = probe->sites.v[0].kind;

	return kind == ATTACH_BEGIN || kind == ATTACH_END || kind == ATTACH_ERROR;
}

static void start_run(struct fn *fn, unsigned index)
{
	struct gen *gen = fn->gen;

	fn->run = LLVMBuildAlloca(gen->builder, gen->run_type, "run");
	LLVMSetAlignment(fn->run, 8);
	LLVMBuildStore(gen->builder, LLVMGetParam(fn->function, 0), run_field(fn, RUN_CTX));
	LLVMBuildStore(gen->builder, LLVMConstNull(gen->ptr), run_field(fn, RUN_FRAME));
	LLVMBuildStore(gen->builder, int_constant(gen, index), run_field(fn, RUN_PROBE));
	LLVMBuildStore(gen->builder, int_constant(gen, 0), run_field(fn, RUN_ERROR));
	LLVMBuildStore(gen->builder, long_constant(gen, 0), run_field(fn, RUN_ERROR_ARG));
}

/* Goes on when `failed` is 0, leaves through `leave` otherwise. */
static void leave_if(struct fn *fn, LLVMValueRef failed, LLVMBasicBlockRef leave)
{
	LLVMBasicBlockRef go_on = block_new(fn, "");

	LLVMBuildCondBr(fn->gen->builder, truth(fn, failed), leave, go_on);
	block_enter(fn, go_on);
}

static void give_locks(struct fn *fn, unsigned n)
{
	while (n-- > 0) {
		const struct place *place = &fn->gen->places[fn->probe->locks.v[n]->index];

		LIBRARY(fn->gen, "lock_give", fn->run, place_pointer(fn->gen, place->lock_offset));
	}
}

/* Takes the locks in order; one not to be had gives those before it back and leaves. */
static void take_locks(struct fn *fn, LLVMBasicBlockRef leave)
{
	struct gen *gen = fn->gen;
	uint32_t tries = (uint32_t)gen->program->limits.max_try_lock;

	for (unsigned i = 0; i < fn->probe->locks.n; i++) {
		const struct place *place = &gen->places[fn->probe->locks.v[i]->index];
		LLVMBasicBlockRef back = block_new(fn, "locked"), here;
		LLVMValueRef failed;

		failed = LIBRARY(gen, "lock_take", fn->run,
				 place_pointer(gen, place->lock_offset), int_constant(gen, tries));
		here = LLVMGetInsertBlock(gen->builder);
		block_enter(fn, back);
		give_locks(fn, i);
		LLVMBuildBr(gen->builder, leave);
		block_enter(fn, here);
		leave_if(fn, failed, back);
	}
}

static void run_segments(struct fn *fn, LLVMValueRef driver, unsigned dynamic_start)
{
	struct gen *gen = fn->gen;
	LLVMValueRef limit = int_constant(gen, (uint32_t)gen->program->limits.max_action);
	LLVMValueRef frame = LLVMBuildLoad2(gen->builder, gen->ptr, run_field(fn, RUN_FRAME), "");
	LLVMValueRef index, state, base, depth, done;

	index = long_constant(gen, offsetof(struct frame, state));
	state = LLVMBuildInBoundsGEP2(gen->builder, gen->i8, frame, &index, 1, "");
	index = long_constant(gen, offsetof(struct frame, base));
	base = LLVMBuildInBoundsGEP2(gen->builder, gen->i8, frame, &index, 1, "");
	index = long_constant(gen, offsetof(struct frame, depth));
	depth = LLVMBuildInBoundsGEP2(gen->builder, gen->i8, frame, &index, 1, "");
	LLVMBuildStore(gen->builder, int_constant(gen, 0), state);
	LLVMBuildStore(gen->builder, int_constant(gen, 0), depth);
	LLVMBuildStore(gen->builder, int_constant(gen, dynamic_start), base);
	LIBRARY(gen, "handler_loop", limit, driver, fn->run);
	done = LLVMBuildLoad2(gen->builder, gen->i32, state, "");
	done = LLVMBuildICmp(gen->builder, LLVMIntEQ, done, int_constant(gen, STATE_DONE), "");
	raise_if(fn, LLVMBuildNot(gen->builder, done, ""), fn->probe->range,
		 "MAXACTION exceeded", NULL);
}

/* The states of a handler that loops: a function of its own. Returns its segment function. */
static LLVMValueRef segment_generate(struct gen *gen, const struct probe *probe, unsigned base,
				     unsigned *end)
{
	struct fn fn = {.gen = gen, .probe = probe, .resumable = true, .base = base};

	fn.function = add_function(gen, arena_printf(gen->arena, "s%u", probe->index),
				   segment_type(gen));
	fn.entry = block_new(&fn, "entry");
	fn.exit = fn.error = block_new(&fn, "exit");
	fn.di_scope = module_describe_function(gen, fn.function, "segment", probe->range, true);
	block_enter(&fn, fn.entry);
	module_set_position(&fn, probe->range);
	segment_start(&fn);
	place_locals(&fn, probe->locals.v, probe->locals.n);
	stmt_generate(&fn, probe->body);
	branch_to(&fn, fn.exit);
	block_enter(&fn, fn.exit);
	state_finish(&fn);
	*end = fn.base + fn.most;
	if (*end > FRAME_DATA)
		too_large(&fn, probe->range, "this handler");
	return fn.function;
}

static void handler_body(struct fn *fn, LLVMValueRef driver, unsigned segment_end)
{
	if (driver) {
		fn->uses_frame = true;
		run_segments(fn, driver, segment_end);
		return;
	}
	fn->data = frame_start(fn);
	place_locals(fn, fn->probe->locals.v, fn->probe->locals.n);
	stmt_generate(fn, fn->probe->body);
	if (fn->base + fn->most > FRAME_DATA)
		too_large(fn, fn->probe->range, "this handler");
}

/* A handler whose code turned out to need no frame claims none. */
static void settle_frame(struct fn *fn, LLVMValueRef claim, LLVMValueRef release)
{
	if (fn->uses_frame)
		return;
	LLVMReplaceAllUsesWith(claim, int_constant(fn->gen, 0));
	LLVMInstructionEraseFromParent(claim);
	LLVMInstructionEraseFromParent(release);
}

static LLVMValueRef handler_function(struct gen *gen, const struct probe *probe)
{
	LLVMTypeRef type = LLVMFunctionType(gen->i32, &gen->ptr, 1, false);
	const char *name = gen->unit->handlers.v[probe->index].symbol;
	LLVMValueRef function = LLVMAddFunction(gen->module, name, type);

	if (gen->home == HOME_KERNEL)
		LLVMSetSection(function, arena_printf(gen->arena, "spile/%s", name));
	return function;
}

static void handler_leave(struct fn *fn, LLVMBasicBlockRef unlocked, LLVMBasicBlockRef leave,
			  LLVMValueRef *release)
{
	struct gen *gen = fn->gen;
	LLVMBasicBlockRef report = block_new(fn, "report"), done = block_new(fn, "done");
	LLVMValueRef error;

	branch_to(fn, fn->exit);
	block_enter(fn, fn->exit);
	error = LLVMBuildLoad2(gen->builder, gen->i32, run_field(fn, RUN_ERROR), "");
	LLVMBuildCondBr(gen->builder, truth(fn, error), report, done);
	block_enter(fn, report);
	LIBRARY(gen, "handler_report", fn->run);
	LLVMBuildBr(gen->builder, done);
	block_enter(fn, done);
	give_locks(fn, fn->probe->locks.n);
	LLVMBuildBr(gen->builder, unlocked);
	block_enter(fn, unlocked);
	*release = LIBRARY(gen, "frame_release", fn->run);
	LLVMBuildBr(gen->builder, leave);
	block_enter(fn, leave);
	LLVMBuildRet(gen->builder, int_constant(gen, 0));
}

static void handler_generate(struct gen *gen, const struct probe *probe)
{
	struct fn fn = {.gen = gen, .probe = probe};
	LLVMBasicBlockRef leave, unlocked;
	LLVMValueRef claim, release, driver = NULL;
	unsigned segment_end = 0;

	fn.base = frame_base(gen, probe->body);
	if (stmt_loops(gen, probe->body))
		driver = driver_generate(
			gen, segment_generate(gen, probe, fn.base, &segment_end), probe);
	fn.function = handler_function(gen, probe);
	fn.entry = block_new(&fn, "entry");
	fn.exit = fn.error = block_new(&fn, "exit");
	leave = block_new(&fn, "leave");
	unlocked = block_new(&fn, "unlocked");
	fn.di_scope = module_describe_function(
		gen, fn.function, gen->unit->handlers.v[probe->index].symbol, probe->range, false);
	block_enter(&fn, fn.entry);
	module_set_position(&fn, probe->range);
	start_run(&fn, gen->unit->first_handler + probe->index);
	if (!runs_outside_session(probe))
		leave_if(&fn, LLVMBuildXor(gen->builder,
					   LIBRARY(gen, "handler_may_run", int_constant(gen, 0)),
					   int_constant(gen, 1), ""), leave);
	claim = LIBRARY(gen, "frame_claim", fn.run);
	leave_if(&fn, claim, leave);
	take_locks(&fn, unlocked);
	handler_body(&fn, driver, segment_end);
	handler_leave(&fn, unlocked, leave, &release);
	settle_frame(&fn, claim, release);
	gen->unit->handlers.v[probe->index].needs_frame = fn.uses_frame;
}

void handlers_generate(struct gen *gen)
{
	for (unsigned i = 0; i < gen->program->probes.n; i++)
		if (gen->unit->handlers.v[i].home == gen->home)
			handler_generate(gen, gen->program->probes.v[i]);
}
