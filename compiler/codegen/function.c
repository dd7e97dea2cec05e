// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Script functions: signatures, frames' layout, entry and exit.
 *
 * Static frames are laid out from the leaves of the call graph upwards: a function's frame
 * starts where those of all its callees end, so that no caller overlaps a callee.
 */
#include <stddef.h>
#include <string.h>

#include "compiler/codegen/gen.h"

enum {
	REGISTER_ARGUMENTS = 4, /* BPF passes five; `run` is the first */
	LEAST_DYNAMIC = FRAME_DATA / 4, /* gen->dynamic_space */
	MOST_ALLOCAS = 8,       /* long locals of one function on the 512-byte BPF stack */
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

LLVMValueRef function_add(struct gen *gen, const char *name, LLVMTypeRef type)
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
		info->function = function_add(
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

unsigned frame_base(struct gen *gen, const struct stmt *body)
{
	struct base_search search = {gen, 0};
	struct ast_visitor visitor = {.expr = base_over_call, .data = &search};
	struct stmt *place = (struct stmt *)body;

	if (body)
		ast_visit_stmt(&visitor, &place);
	return search.base;
}

void frame_start(struct fn *fn)
{
	fn->frame = frame_address(fn);
	fn->data = frame_data(fn);
}

static void clear_local(struct fn *fn, const struct local *local, const struct symbol *symbol)
{
	LLVMTypeRef type = symbol->type == TYPE_STRING ? fn->gen->i8 : fn->gen->i64;

	if (!local->alloca)
		LLVMBuildStore(fn->gen->builder, LLVMConstNull(type),
			       frame_pointer(fn, local->offset));
}

void locals_place(struct fn *fn, struct symbol *const *symbols, unsigned n)
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

void frame_too_large(struct fn *fn, struct range range, const char *what)
{
	bool dynamic = fn->info && fn->info->dynamic;

	diag_error(fn->gen->diags, range, "%s keeps too much in strings (%u bytes; at most %u)",
		   what, dynamic ? fn->most : fn->base + fn->most,
		   dynamic ? dynamic_most(fn->gen) : (unsigned)FRAME_DATA);
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
			.resumable = info->resumable, .function_id = function->index + 1,
			.range = function->decl->range};

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
		frame_start(&fn);
	}
	place_parameters(&fn, function);
	clear_result(&fn);
	locals_place(&fn, function->locals.v, function->locals.n);
	stmt_generate(&fn, function->body);
	function_exit(&fn);
	resolve_size(&fn);
	info->size = fn.most;
	info->end = info->dynamic ? fn.base : fn.base + fn.most;
	info->uses_frame = fn.uses_frame;
	if (info->dynamic && fn.most > dynamic_most(gen) && gen->dynamic_space > LEAST_DYNAMIC)
		gen->frame_exceeded = true;
	else if (info->dynamic ? fn.most > dynamic_most(gen) : info->end > FRAME_DATA)
		frame_too_large(&fn, function->decl->name_range,
			  arena_printf(gen->arena, "function '%s'", function->name));
}

void functions_generate(struct gen *gen)
{
	for (unsigned i = 0; i < gen->program->functions.n; i++)
		if (gen->functions[i].function)
			function_generate(gen, gen->program->functions.v[i]);
}
