// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From a program to a unit: one module for each home that has handlers.
 */
#include <llvm-c/Support.h>
#include <string.h>

#include "compiler/codegen/gen.h"

static void describe_handler(struct unit *unit, const struct probe *probe)
{
	struct unit_handler handler = {0};

	handler.symbol = arena_printf(unit->arena, "h%u", probe->index);
	handler.home = probe->home;
	handler.context = probe->context;
	handler.sleepable = probe->sleepable;
	handler.name = probe->name;
	handler.position = position_text(unit->arena, probe->range);
	handler.order = probe->order;
	handler.companion = probe->companion ||
			    (probe->range.source && probe->range.source->tapset);
	handler.n_sites = probe->sites.n;
	handler.sites = probe->sites.v;
	if (probe->condition)
		handler.condition = arena_printf(unit->arena, "c%u", probe->index);
	VEC_PUSH(unit->arena, &unit->handlers, handler);
}

static bool defers_names(const struct program *program)
{
	for (unsigned i = 0; i < program->functions.n; i++) {
		const char *name = program->functions.v[i]->intrinsic;

		if (name && (!strncmp(name, "fn_symbol", 9) || !strncmp(name, "fn_stack_", 9)))
			return true;
	}
	return false;
}

static bool walks_kernel(const struct program *program)
{
	for (unsigned i = 0; i < program->functions.n; i++) {
		const char *name = program->functions.v[i]->intrinsic;

		if (name && !strncmp(name, "fn_stack_kernel", 15))
			return true;
	}
	return false;
}

static struct unit *unit_create(struct arena *arena, const struct program *program,
				const struct codegen_options *options)
{
	struct unit *unit = ARENA_NEW(arena, struct unit);

	unit->arena = arena;
	unit->from_store = options->store != NULL;
	unit->limits = program->limits;
	for (unsigned i = 0; i < program->probes.n; i++)
		describe_handler(unit, program->probes.v[i]);
	unit->first_handler = options->first_handler;
	unit->defers_names = defers_names(program);
	unit->walks_kernel = walks_kernel(program);
	places_describe(unit, program, options);
	return unit;
}

static bool has_home(const struct unit *unit, enum home home)
{
	for (unsigned i = 0; i < unit->handlers.n; i++)
		if (unit->handlers.v[i].home == home ||
		    (home == HOME_TRACER && unit->handlers.v[i].condition))
			return true;
	return false;
}

static bool home_try(struct gen *gen, const void **object, size_t *size)
{
	bool ok = false;

	if (module_create(gen) && embedded_link(gen)) {
		places_create(gen);
		dfas_create(gen);
		functions_declare(gen);
		if (gen->home == HOME_KERNEL)
			gen->unit->iterations = iterations_deepest(gen);
		functions_generate(gen);
		if (gen->frame_exceeded)
			goto out;
		handlers_generate(gen);
		messages_generate(gen);
		sites_generate(gen);
		ok = !gen->diags->errors && module_finish(gen, object, size);
	}
out:
	module_dispose(gen);
	return ok;
}

/*
 * Code that takes more of the kernel's stack than there is is made again, frugally; and so are
 * recursive functions with much in their frames, with more room for one and less for all.
 */
static bool home_generate(const struct gen *home, const void **object, size_t *size)
{
	struct unit before = *home->unit;
	struct gen gen = *home;
	bool ok, frugal = false;

	if (!has_home(gen.unit, gen.home))
		return true;
	gen.dynamic_space = FRAME_DATA;
	while (ok = home_try(&gen, object, size),
	       gen.frame_exceeded || (ok && gen.stack_exceeded && !frugal)) {
		unsigned space = gen.frame_exceeded ? gen.dynamic_space / 2 : gen.dynamic_space;

		frugal |= gen.stack_exceeded;
		*gen.unit = before;
		gen = *home;
		gen.dynamic_space = space;
		gen.frugal = frugal;
	}
	if (ok && gen.options->layout)
		live_fill_in(&gen, (void *)*object, *size);
	return ok;
}

struct unit *codegen_unit(struct arena *arena, struct diags *diags, const struct program *program,
			  const struct codegen_options *options)
{
	struct unit *unit = unit_create(arena, program, options);
	struct gen kernel = {.arena = arena, .diags = diags, .program = program,
			     .options = options, .unit = unit, .home = HOME_KERNEL};
	struct gen tracer = kernel;
	struct range nowhere = {0};

	if (options->layout && options->layout->full) {
		diag_error(diags, nowhere, "the session's globals take more than %llu bytes",
			   (unsigned long long)(options->layout->end - options->layout->first));
		diag_help(diags, "an array takes next to nothing of them, a string or statistics "
				 "about 600 bytes; drop what is no longer needed");
		return NULL;
	}
	tracer.home = HOME_TRACER;
	if (!home_generate(&kernel, &unit->kernel_object, &unit->kernel_object_size) ||
	    !home_generate(&tracer, &unit->host_object, &unit->host_object_size))
		return NULL;
	return unit;
}

void codegen_shutdown(void)
{
	LLVMShutdown();
}
