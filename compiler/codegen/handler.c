// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Handlers: what stands around a probe's body. A handler looks whether it may run, claims its
 * frame and its locks, runs the body (straight, or as states), reports an error that nobody
 * caught, and gives everything back.
 */
#include <stddef.h>
#include <string.h>

#include "compiler/codegen/gen.h"

static bool runs_outside_session(const struct probe *probe)
{
	enum attach_kind kind = probe->sites.v[0].kind;

	return kind == ATTACH_BEGIN || kind == ATTACH_END || kind == ATTACH_ERROR ||
	       kind == ATTACH_RUNNING || kind == ATTACH_COUNTER;
}

static void start_run(struct fn *fn, unsigned index)
{
	struct gen *gen = fn->gen;

	fn->run = LLVMBuildAlloca(gen->builder, gen->run_type, "run");
	LLVMSetAlignment(fn->run, 8);
	LLVMBuildStore(gen->builder, LLVMGetParam(fn->function, 0), run_field(fn, RUN_CTX));
	LLVMBuildStore(gen->builder, LLVMConstNull(gen->ptr), run_field(fn, RUN_FRAME));
	LLVMBuildStore(gen->builder, live_number(gen, index), run_field(fn, RUN_PROBE));
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

static void leave_where(struct fn *fn, LLVMIntPredicate predicate, LLVMValueRef a, LLVMValueRef b,
			LLVMBasicBlockRef leave)
{
	struct gen *gen = fn->gen;

	leave_if(fn, LLVMBuildZExt(gen->builder, LLVMBuildICmp(gen->builder, predicate, a, b, ""),
				   gen->i32, ""), leave);
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
		live_count(gen, offsetof(struct probe_counters, skipped_lock));
		LLVMBuildBr(gen->builder, leave);
		block_enter(fn, here);
		leave_if(fn, failed, back);
	}
}

/*
 * Before 6.6 the verifier looks at one turn of a loop only, and takes what the stack held before
 * for what it holds in every turn: an error that it knew to be 0 would never be looked at. What
 * is read from a map it does not know.
 */
static void hide_error(struct fn *fn, LLVMValueRef zero)
{
	struct gen *gen = fn->gen;
	LLVMValueRef unknown = LLVMBuildLoad2(gen->builder, gen->i32, zero, "");

	LLVMSetVolatile(unknown, true);
	LLVMBuildStore(gen->builder, unknown, run_field(fn, RUN_ERROR));
}

static void raise_at_state(struct fn *fn, LLVMValueRef failed, LLVMValueRef state)
{
	struct gen *gen = fn->gen;
	struct range range = fn->probe->range;
	const char *message = "MAXACTION exceeded";
	unsigned site = error_site(gen, range, message, NULL);
	LLVMValueRef argument;

	gen->unit->errors.v[site - 1].at_state = true;
	argument = LLVMBuildLoad2(gen->builder, gen->i64, run_field(fn, RUN_ERROR_ARG), "");
	argument = LLVMBuildSelect(gen->builder, failed,
				   LLVMBuildZExt(gen->builder, state, gen->i64, ""), argument, "");
	LLVMBuildStore(gen->builder, argument, run_field(fn, RUN_ERROR_ARG));
	raise_if(fn, failed, range, message, NULL);
}

static void run_segments(struct fn *fn, LLVMValueRef driver, unsigned dynamic_start)
{
	struct gen *gen = fn->gen;
	LLVMValueRef limit = int_constant(gen, (uint32_t)gen->program->limits.max_action);
	LLVMValueRef frame = LLVMBuildLoad2(gen->builder, gen->ptr, run_field(fn, RUN_FRAME), "");
	LLVMValueRef index, state, base, depth, at, done;

	index = long_constant(gen, offsetof(struct frame, state));
	state = LLVMBuildInBoundsGEP2(gen->builder, gen->i8, frame, &index, 1, "");
	index = long_constant(gen, offsetof(struct frame, base));
	base = LLVMBuildInBoundsGEP2(gen->builder, gen->i8, frame, &index, 1, "");
	index = long_constant(gen, offsetof(struct frame, depth));
	depth = LLVMBuildInBoundsGEP2(gen->builder, gen->i8, frame, &index, 1, "");
	LLVMBuildStore(gen->builder, int_constant(gen, 0), state);
	LLVMBuildStore(gen->builder, int_constant(gen, 0), depth);
	LLVMBuildStore(gen->builder, int_constant(gen, dynamic_start), base);
	hide_error(fn, state);
	LIBRARY(gen, "handler_loop", limit, driver, fn->run);
	at = LLVMBuildLoad2(gen->builder, gen->i32, state, "");
	done = LLVMBuildICmp(gen->builder, LLVMIntEQ, at, int_constant(gen, STATE_DONE), "");
	raise_at_state(fn, LLVMBuildNot(gen->builder, done, ""), at);
}

/* The states of a handler that loops: a function of its own. Returns its segment function. */
static LLVMValueRef segment_generate(struct gen *gen, const struct probe *probe, unsigned base,
				     unsigned *end)
{
	struct fn fn = {.gen = gen, .probe = probe, .resumable = true, .base = base,
			.range = probe->range};

	fn.function = function_add(gen, arena_printf(gen->arena, "s%u", probe->index),
				   segment_type(gen));
	fn.entry = block_new(&fn, "entry");
	fn.exit = fn.error = block_new(&fn, "exit");
	fn.di_scope = module_describe_function(gen, fn.function, "segment", probe->range, true);
	block_enter(&fn, fn.entry);
	module_set_position(&fn, probe->range);
	segment_start(&fn);
	locals_place(&fn, probe->locals.v, probe->locals.n);
	stmt_generate(&fn, probe->body);
	branch_to(&fn, fn.exit);
	block_enter(&fn, fn.exit);
	state_finish(&fn);
	*end = fn.base + fn.most;
	if (*end > FRAME_DATA)
		frame_too_large(&fn, probe->range, "this handler");
	return fn.function;
}

/* `if` on the probe point: exact even while the site is being detached. */
static void check_condition(struct fn *fn)
{
	LLVMBasicBlockRef go_on;

	if (!fn->probe->condition)
		return;
	go_on = block_new(fn, "condition");
	LLVMBuildCondBr(fn->gen->builder, condition_generate(fn, fn->probe->condition), go_on,
			fn->exit);
	fn->top = 0;
	block_enter(fn, go_on);
}

static void handler_body(struct fn *fn, LLVMValueRef driver, unsigned segment_end)
{
	check_condition(fn);
	if (driver) {
		run_segments(fn, driver, segment_end);
		return;
	}
	locals_place(fn, fn->probe->locals.v, fn->probe->locals.n);
	stmt_generate(fn, fn->probe->body);
	if (fn->base + fn->most > FRAME_DATA)
		frame_too_large(fn, fn->probe->range, "this handler");
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

static LLVMValueRef handler_function(struct gen *gen, const char *name)
{
	LLVMTypeRef type = LLVMFunctionType(gen->i32, &gen->ptr, 1, false);
	LLVMValueRef function = LLVMAddFunction(gen->module, name, type);

	if (gen->home == HOME_KERNEL)
		LLVMSetSection(function, arena_printf(gen->arena, "spile/%s", name));
	return function;
}

/* ---- -t: how long handlers take ---- */

static LLVMValueRef time_now(struct fn *fn)
{
	return LIBRARY(fn->gen, "fn_ktime_get_ns", fn->run);
}

static void timing_add(struct fn *fn, LLVMValueRef start)
{
	struct gen *gen = fn->gen;
	uint64_t cell = gen->unit->handlers.v[fn->probe->index].timing_offset;
	struct stat_shape plain = {0};

	LIBRARY(gen, "stat_add", fn->run, place_pointer(gen, cell),
		LLVMBuildSub(gen->builder, time_now(fn), start, ""), shape_constant(gen, &plain));
}

/* ---- the whole ---- */

struct ends {
	LLVMBasicBlockRef pass;     /* it is not for this handler */
	LLVMBasicBlockRef leave;    /* nothing was claimed */
	LLVMBasicBlockRef unlocked; /* the frame was */
	LLVMValueRef start;         /* time, or NULL */
};

static LLVMValueRef handler_leave(struct fn *fn, const struct ends *ends)
{
	struct gen *gen = fn->gen;
	LLVMBasicBlockRef report = block_new(fn, "report"), done = block_new(fn, "done");
	LLVMValueRef error, release;

	branch_to(fn, fn->exit);
	block_enter(fn, fn->exit);
	error = LLVMBuildLoad2(gen->builder, gen->i32, run_field(fn, RUN_ERROR), "");
	LLVMBuildCondBr(gen->builder, truth(fn, error), report, done);
	block_enter(fn, report);
	LIBRARY(gen, "handler_report", fn->run, live_counters(gen));
	LLVMBuildBr(gen->builder, done);
	block_enter(fn, done);
	if (ends->start)
		timing_add(fn, ends->start);
	give_locks(fn, fn->probe->locks.n);
	LLVMBuildBr(gen->builder, ends->unlocked);
	block_enter(fn, ends->unlocked);
	release = LIBRARY(gen, "frame_release", fn->run, live_counters(gen));
	LLVMBuildBr(gen->builder, ends->leave);
	block_enter(fn, ends->pass);
	if (!gen->unit->handlers.v[fn->probe->index].companion)
		live_count(gen, offsetof(struct probe_counters, passed));
	LLVMBuildBr(gen->builder, ends->leave);
	block_enter(fn, ends->leave);
	LLVMBuildRet(gen->builder, int_constant(gen, 0));
	return release;
}

/* A unit of a live session runs while its number stands in its gate. */
static void check_gate(struct fn *fn, LLVMBasicBlockRef leave)
{
	struct gen *gen = fn->gen;
	LLVMValueRef open, gate = live_gate(gen);

	if (!gate)
		return;
	open = LLVMBuildLoad2(gen->builder, gen->i32, gate, "");
	LLVMSetVolatile(open, true);
	leave_where(fn, LLVMIntNE, open, live_number(gen, 1), leave);
}

/* Spile itself has libraries; a live session asks of every program, Spile is one. */
static bool may_be_spile(const struct fn *fn)
{
	const struct site *site = &fn->probe->sites.v[0];

	if (site->kind != ATTACH_UPROBE && site->kind != ATTACH_URETPROBE)
		return false;
	return fn->gen->options->gate_offset || (site->path && strstr(site->path, ".so"));
}

/* What Spile itself calls while it prints would be printed, and so on: it is left out. */
static void check_process(struct fn *fn, LLVMBasicBlockRef leave)
{
	struct gen *gen = fn->gen;

	if (!may_be_spile(fn))
		return;
	leave_where(fn, LLVMIntEQ, LIBRARY(gen, "fn_pid", fn->run),
		    LIBRARY(gen, "fn_stp_pid", fn->run), leave);
}

static void check_state(struct fn *fn, const struct ends *ends)
{
	struct gen *gen = fn->gen;
	LLVMValueRef may_run;

	if (runs_outside_session(fn->probe))
		return;
	may_run = LIBRARY(gen, "handler_may_run", int_constant(gen, 0));
	leave_if(fn, LLVMBuildXor(gen->builder, may_run, int_constant(gen, 1), ""), ends->pass);
	check_gate(fn, ends->pass);
	check_process(fn, ends->pass);
}

/* The call that claims. */
static LLVMValueRef frame_claim_or_leave(struct fn *fn, LLVMBasicBlockRef leave)
{
	struct gen *gen = fn->gen;
	LLVMValueRef claim = LIBRARY(gen, "frame_claim", fn->run);
	LLVMBasicBlockRef skipped = block_new(fn, "skipped"), here;

	here = LLVMGetInsertBlock(gen->builder);
	block_enter(fn, skipped);
	live_count(gen, offsetof(struct probe_counters, skipped_scratch));
	LLVMBuildBr(gen->builder, leave);
	block_enter(fn, here);
	leave_if(fn, claim, skipped);
	return claim;
}

static void handler_begin(struct fn *fn, LLVMValueRef function, unsigned number)
{
	struct gen *gen = fn->gen;

	fn->function = function;
	fn->entry = block_new(fn, "entry");
	fn->exit = fn->error = block_new(fn, "exit");
	fn->di_scope = module_describe_function(gen, function, LLVMGetValueName(function),
						fn->probe->range, false);
	block_enter(fn, fn->entry);
	module_set_position(fn, fn->probe->range);
	start_run(fn, number);
}

static void handler_generate(struct gen *gen, const struct probe *probe)
{
	struct unit_handler *handler = &gen->unit->handlers.v[probe->index];
	struct fn fn = {.gen = gen, .probe = probe};
	struct ends ends = {0};
	LLVMValueRef claim, release, driver = NULL;
	unsigned segment_end = 0;

	fn.base = frame_base(gen, probe->body);
	if (body_resumes(gen, probe->body))
		driver = driver_generate(
			gen, segment_generate(gen, probe, fn.base, &segment_end), probe);
	handler_begin(&fn, handler_function(gen, handler->symbol),
		      probe->index);
	ends.pass = block_new(&fn, "pass");
	ends.leave = block_new(&fn, "leave");
	ends.unlocked = block_new(&fn, "unlocked");
	check_state(&fn, &ends);
	if (handler->timing_offset)
		ends.start = time_now(&fn);
	claim = frame_claim_or_leave(&fn, ends.leave);
	fn.uses_frame = driver != NULL;
	frame_start(&fn);
	if (probe->locks.n)
		guards_generate(&fn, ends.unlocked);
	take_locks(&fn, ends.unlocked);
	handler_body(&fn, driver, segment_end);
	release = handler_leave(&fn, &ends);
	settle_frame(&fn, claim, release);
	handler->needs_frame = fn.uses_frame;
}

/* A function of the tracer that tells whether the sites are to be armed now. */
static void condition_generate_function(struct gen *gen, const struct probe *probe)
{
	struct fn fn = {.gen = gen, .probe = probe};
	LLVMValueRef claim, result;

	if (expr_cuts(gen, probe->condition)) {
		diag_error(gen->diags, probe->condition->range,
			   "the condition of a probe may not loop or recurse");
		return;
	}
	handler_begin(&fn, handler_function(gen, gen->unit->handlers.v[probe->index].condition),
		      probe->index);
	claim = LIBRARY(gen, "frame_claim", fn.run);
	leave_if(&fn, claim, fn.exit);
	frame_start(&fn);
	result = LLVMBuildZExt(gen->builder, condition_generate(&fn, probe->condition), gen->i32,
			       "");
	LIBRARY(gen, "frame_release", fn.run, live_counters(gen));
	LLVMBuildRet(gen->builder, result);
	block_enter(&fn, fn.exit);
	LIBRARY(gen, "frame_release", fn.run, live_counters(gen));
	LLVMBuildRet(gen->builder, int_constant(gen, 0));
}

void handlers_generate(struct gen *gen)
{
	for (unsigned i = 0; i < gen->program->probes.n; i++) {
		const struct probe *probe = gen->program->probes.v[i];

		if (gen->unit->handlers.v[i].home == gen->home)
			handler_generate(gen, probe);
		if (gen->home == HOME_TRACER && probe->condition)
			condition_generate_function(gen, probe);
	}
}
