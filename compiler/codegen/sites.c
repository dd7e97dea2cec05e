// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pp(), pn(), ppfunc(): which site fired. A handler may serve thousands of sites; the cookie of
 * the one that fired is an index into a table of texts. Functions do not know which handler
 * calls them, so the question is answered by one function a module that looks at run->probe.
 */
#include <string.h>

#include "compiler/codegen/gen.h"

static const char *const questions[] = {"fn_pp", "fn_pn", "fn_ppfunc"};
enum { PP, PN, PPFUNC, QUESTIONS };

static const char *site_text(const struct unit_handler *handler, unsigned site, unsigned question)
{
	const char *text = question == PN	? handler->name
			   : question == PP	? handler->sites[site].pp
						: handler->sites[site].function;

	return text ? text : question == PP ? handler->name : "";
}

static bool same_for_all(const struct unit_handler *handler, unsigned question)
{
	for (unsigned i = 1; i < handler->n_sites; i++)
		if (strcmp(site_text(handler, 0, question), site_text(handler, i, question)))
			return false;
	return true;
}

static LLVMValueRef table_create(struct gen *gen, const struct unit_handler *handler,
				 unsigned question, size_t *stride)
{
	LLVMValueRef table, content;
	char *bytes;

	*stride = 1;
	for (unsigned i = 0; i < handler->n_sites; i++)
		if (strlen(site_text(handler, i, question)) + 1 > *stride)
			*stride = strlen(site_text(handler, i, question)) + 1;
	bytes = arena_alloc(gen->arena, *stride * handler->n_sites);
	for (unsigned i = 0; i < handler->n_sites; i++)
		strcpy(bytes + *stride * i, site_text(handler, i, question));
	content = LLVMConstStringInContext2(gen->llvm, bytes, *stride * handler->n_sites, true);
	table = LLVMAddGlobal(gen->module, LLVMTypeOf(content), "sites");
	LLVMSetInitializer(table, content);
	LLVMSetGlobalConstant(table, true);
	LLVMSetLinkage(table, LLVMInternalLinkage);
	return table;
}

/* The text for one handler: a pointer. */
static LLVMValueRef handler_text(struct fn *fn, const struct unit_handler *handler,
				 unsigned question)
{
	struct gen *gen = fn->gen;
	LLVMBuilderRef b = gen->builder;
	LLVMValueRef table, site, last, inside;
	size_t stride;

	if (same_for_all(handler, question)) {
		const char *text = site_text(handler, 0, question);

		return module_literal(gen, text, (unsigned)strlen(text));
	}
	table = table_create(gen, handler, question, &stride);
	site = LIBRARY(gen, "context_cookie", fn->run);
	last = long_constant(gen, handler->n_sites - 1);
	inside = LLVMBuildICmp(b, LLVMIntULE, site, last, "");
	site = LLVMBuildSelect(b, inside, site, last, "");
	site = LLVMBuildMul(b, site, long_constant(gen, (int64_t)stride), "");
	return LLVMBuildInBoundsGEP2(b, gen->i8, table, &site, 1, "");
}

static void question_generate(struct gen *gen, LLVMValueRef function, unsigned question)
{
	struct fn fn = {.gen = gen, .function = function, .run = LLVMGetParam(function, 0)};
	LLVMValueRef dst = LLVMGetParam(function, 1), size = LLVMGetParam(function, 2), choice;
	struct range nowhere = {0};
	LLVMBasicBlockRef other;

	LLVMSetLinkage(function, LLVMInternalLinkage);
	fn.entry = block_new(&fn, "entry");
	fn.di_scope = module_describe_function(gen, function, questions[question], nowhere, true);
	block_enter(&fn, fn.entry);
	module_set_position(&fn, nowhere);
	other = block_new(&fn, "other");
	choice = LLVMBuildLoad2(gen->builder, gen->i32, run_field(&fn, RUN_PROBE), "");
	choice = LLVMBuildSwitch(gen->builder, choice, other, gen->unit->handlers.n);
	for (unsigned i = 0; i < gen->unit->handlers.n; i++) {
		const struct unit_handler *handler = &gen->unit->handlers.v[i];
		LLVMBasicBlockRef block;

		if (handler->home != gen->home || !handler->n_sites)
			continue;
		block = block_new(&fn, "");
		LLVMAddCase(choice, int_constant(gen, gen->unit->first_handler + i), block);
		block_enter(&fn, block);
		LIBRARY(gen, "str_copy", fn.run, dst, size, handler_text(&fn, handler, question));
		LLVMBuildRetVoid(gen->builder);
	}
	block_enter(&fn, other);
	LIBRARY(gen, "str_copy", fn.run, dst, size, module_literal(gen, "", 0));
	LLVMBuildRetVoid(gen->builder);
}

void sites_generate(struct gen *gen)
{
	for (unsigned i = 0; i < QUESTIONS; i++) {
		LLVMValueRef function = LLVMGetNamedFunction(gen->module, questions[i]);

		if (function && LLVMIsDeclaration(function) && LLVMGetFirstUse(function))
			question_generate(gen, function, i);
	}
}
