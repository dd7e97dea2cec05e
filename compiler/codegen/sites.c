// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pp(), pn(), ppfunc() and what else a function must know of the site: which one fired. A handler may serve thousands of sites; the cookie of
 * the one that fired is an index into a table of texts. Functions do not know which handler
 * calls them, so the question is answered by one function a module that looks at run->probe.
 */
#include <string.h>

#include "compiler/codegen/gen.h"
#include "compiler/debuginfo/return_slot.h"

static const char *const questions[] = {"fn_pp",      "fn_pn",	 "fn_ppfunc",
					"fn_pnlabel", "fn_probe_type", "fn_probemod"};
enum { PP, PN, PPFUNC, PNLABEL, PROBE_TYPE, PROBEMOD, QUESTIONS };

/* The point says it: .label("NAME"). */
static const char *site_label(struct gen *gen, const struct site *site)
{
	const char *label = site->pp ? strstr(site->pp, ".label(\"") : NULL;

	if (!label)
		return NULL;
	label += strlen(".label(\"");
	return arena_strndup(gen->arena, label, strcspn(label, "\""));
}

/* The program or library, the kernel's module, "kernel" for the kernel itself. */
static const char *site_module(const struct site *site)
{
	if (site->path)
		return site->path;
	if (site->module)
		return site->module;
	return site->kind >= ATTACH_KPROBE && site->kind <= ATTACH_TP_BTF ? "kernel" : NULL;
}

static const char *site_type(const struct site *site)
{
	static const char *const types[ATTACH_KINDS] = {
		[ATTACH_BEGIN] = "begin",
		[ATTACH_END] = "end",
		[ATTACH_ERROR] = "error",
		[ATTACH_NEVER] = "never",
		[ATTACH_RUNNING] = "process",
		[ATTACH_TIMER] = "timer",
		[ATTACH_UPROBE] = "uprobe",
		[ATTACH_URETPROBE] = "uretprobe",
		[ATTACH_KPROBE] = "kprobe",
		[ATTACH_KRETPROBE] = "kretprobe",
		[ATTACH_KPROBE_MULTI] = "kprobe",
		[ATTACH_KRETPROBE_MULTI] = "kretprobe",
		[ATTACH_FENTRY] = "fentry",
		[ATTACH_FEXIT] = "fexit",
		[ATTACH_TRACEPOINT] = "tracepoint",
		[ATTACH_RAW_TRACEPOINT] = "tracepoint",
		[ATTACH_TP_BTF] = "tracepoint",
		[ATTACH_PERF] = "perf",
		[ATTACH_COUNTER] = "perf",
		[ATTACH_BREAKPOINT] = "watchpoint",
	};

	return types[site->kind];
}

static const char *site_text(struct gen *gen, const struct unit_handler *handler, unsigned site,
			     unsigned question)
{
	const struct site *at = &handler->sites[site];
	const char *text = question == PN	  ? handler->name
			   : question == PP	  ? at->pp
			   : question == PNLABEL  ? site_label(gen, at)
			   : question == PROBEMOD ? site_module(at)
			   : question == PROBE_TYPE ? site_type(at)
						  : at->function;

	return text ? text : question == PP ? handler->name : "";
}

static bool same_for_all(struct gen *gen, const struct unit_handler *handler,
			 unsigned question)
{
	for (unsigned i = 1; i < handler->n_sites; i++)
		if (strcmp(site_text(gen, handler, 0, question),
			   site_text(gen, handler, i, question)))
			return false;
	return true;
}

static LLVMValueRef table_create(struct gen *gen, const struct unit_handler *handler,
				 unsigned question, size_t *stride)
{
	char *bytes;

	*stride = 1;
	for (unsigned i = 0; i < handler->n_sites; i++)
		if (strlen(site_text(gen, handler, i, question)) + 1 > *stride)
			*stride = strlen(site_text(gen, handler, i, question)) + 1;
	bytes = arena_alloc(gen->arena, *stride * handler->n_sites);
	for (unsigned i = 0; i < handler->n_sites; i++)
		strcpy(bytes + *stride * i, site_text(gen, handler, i, question));
	return module_constant(gen,
			       LLVMConstStringInContext2(gen->llvm, bytes,
							 *stride * handler->n_sites, true),
			       "sites");
}

/* The text for one handler: a pointer. */
static LLVMValueRef handler_text(struct fn *fn, const struct unit_handler *handler,
				 unsigned question)
{
	struct gen *gen = fn->gen;
	LLVMBuilderRef b = gen->builder;
	LLVMValueRef table, site, last, inside;
	size_t stride;

	if (same_for_all(gen, handler, question)) {
		const char *text = site_text(gen, handler, 0, question);

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

/* ---- numbers ---- */

static int64_t context_number(struct return_slots **slots, const struct unit_handler *handler,
			      unsigned site)
{
	(void)slots;
	(void)site;
	return handler->context;
}

/* Whether it is at a function of the kernel, where bpf_get_func_ip() can be asked. */
static int64_t of_function_number(struct return_slots **slots, const struct unit_handler *handler,
				  unsigned site)
{
	enum attach_kind kind = handler->sites[site].kind;

	(void)slots;
	return kind == ATTACH_KPROBE || kind == ATTACH_KPROBE_MULTI || kind == ATTACH_FENTRY;
}

static int64_t argument_words_number(struct return_slots **slots,
				     const struct unit_handler *handler, unsigned site)
{
	const struct site *at = &handler->sites[site];

	(void)slots;
	if (at->kind == ATTACH_RAW_TRACEPOINT && !strcmp(at->symbol, "sys_enter"))
		return SYSCALL_ENTRY;
	if (at->kind == ATTACH_RAW_TRACEPOINT && !strcmp(at->symbol, "sys_exit"))
		return SYSCALL_RESULT;
	return at->argument_words;
}

static int64_t is_return_number(struct return_slots **slots, const struct unit_handler *handler,
				unsigned site)
{
	const struct site *at = &handler->sites[site];
	const char *pp = at->pp ? at->pp : handler->name;
	size_t length = strlen(pp);

	(void)slots;
	return at->kind == ATTACH_URETPROBE || at->kind == ATTACH_KRETPROBE ||
	       at->kind == ATTACH_KRETPROBE_MULTI || at->kind == ATTACH_FEXIT ||
	       (length > 7 && !strcmp(pp + length - 7, ".return"));
}

/* 1 + the distance of the return address from the stack pointer, 0: the frame pointer tells. */
static int64_t return_slot_number(struct return_slots **slots, const struct unit_handler *handler,
				  unsigned site)
{
	const struct site *at = &handler->sites[site];

	if (at->return_on_top)
		return 1;
	if (at->kind != ATTACH_UPROBE || !at->path)
		return 0;
	return return_slot_at(slots, at->path, at->address);
}

static const struct {
	const char *name;
	int64_t (*of_site)(struct return_slots **slots, const struct unit_handler *handler,
			   unsigned site);
} number_questions[] = {
	{"fn_argument_words", argument_words_number},
	{"fn_context_kind", context_number},
	{"fn_is_return", is_return_number},
	{"fn_of_function", of_function_number},
	{"fn_return_slot", return_slot_number},
};
enum { NUMBER_QUESTIONS = sizeof(number_questions) / sizeof(*number_questions) };

static LLVMValueRef handler_number(struct fn *fn, const struct unit_handler *handler,
				   unsigned question, struct return_slots **slots)
{
	struct gen *gen = fn->gen;
	LLVMValueRef *numbers = ARENA_ARRAY(gen->arena, LLVMValueRef, handler->n_sites);
	bool same = true;

	for (unsigned i = 0; i < handler->n_sites; i++) {
		numbers[i] = long_constant(
			gen, number_questions[question].of_site(slots, handler, i));
		same &= numbers[i] == numbers[0];
	}
	if (same)
		return numbers[0];
	return module_table(gen, numbers, handler->n_sites, LIBRARY(gen, "context_cookie", fn->run));
}

/* ---- functions ---- */

static LLVMValueRef handler_index(struct fn *fn)
{
	struct gen *gen = fn->gen;
	LLVMValueRef number =
		LLVMBuildLoad2(gen->builder, gen->i32, run_field(fn, RUN_PROBE), "");

	return LLVMBuildSub(gen->builder, number, live_number(gen, 0), "");
}

/* The function of one question: by the number of the handler that asks it. */
struct answer {
	struct fn fn;
	LLVMValueRef choice;
};

static void answer_begin(struct answer *answer, struct gen *gen, LLVMValueRef function,
			 const char *name)
{
	struct fn *fn = &answer->fn;
	struct range nowhere = {0};
	LLVMBasicBlockRef other;

	*fn = (struct fn){.gen = gen, .function = function, .run = LLVMGetParam(function, 0)};
	LLVMSetLinkage(function, LLVMInternalLinkage);
	fn->entry = block_new(fn, "entry");
	fn->di_scope = module_describe_function(gen, function, name, nowhere, true);
	block_enter(fn, fn->entry);
	module_set_position(fn, nowhere);
	other = block_new(fn, "other");
	answer->choice =
		LLVMBuildSwitch(gen->builder, handler_index(fn), other, gen->unit->handlers.n);
}

/* The next of the handlers with sites, from *next on, whose case is entered; NULL: there is no
 * more, and the answer to anybody else is entered. */
static const struct unit_handler *answer_next(struct answer *answer, unsigned *next)
{
	struct fn *fn = &answer->fn;
	struct unit *unit = fn->gen->unit;

	while (*next < unit->handlers.n) {
		const struct unit_handler *handler = &unit->handlers.v[(*next)++];
		LLVMBasicBlockRef block;

		if (handler->home != fn->gen->home || !handler->n_sites)
			continue;
		block = block_new(fn, "");
		LLVMAddCase(answer->choice, int_constant(fn->gen, *next - 1), block);
		block_enter(fn, block);
		return handler;
	}
	block_enter(fn, LLVMGetSwitchDefaultDest(answer->choice));
	return NULL;
}

static void number_generate(struct gen *gen, LLVMValueRef function, unsigned question)
{
	const struct unit_handler *handler;
	struct return_slots *slots = NULL;
	struct answer answer;

	answer_begin(&answer, gen, function, number_questions[question].name);
	for (unsigned i = 0; (handler = answer_next(&answer, &i));)
		LLVMBuildRet(gen->builder, handler_number(&answer.fn, handler, question, &slots));
	LLVMBuildRet(gen->builder, long_constant(gen, 0));
	return_slots_close(slots);
}

static void question_generate(struct gen *gen, LLVMValueRef function, unsigned question)
{
	LLVMValueRef dst = LLVMGetParam(function, 1), size = LLVMGetParam(function, 2);
	const struct unit_handler *handler;
	struct answer answer;

	answer_begin(&answer, gen, function, questions[question]);
	for (unsigned i = 0; (handler = answer_next(&answer, &i));) {
		LIBRARY(gen, "str_copy", answer.fn.run, dst, size,
			handler_text(&answer.fn, handler, question));
		LLVMBuildRetVoid(gen->builder);
	}
	LIBRARY(gen, "str_copy", answer.fn.run, dst, size, module_literal(gen, "", 0));
	LLVMBuildRetVoid(gen->builder);
}

void sites_generate(struct gen *gen)
{
	for (unsigned i = 0; i < QUESTIONS; i++) {
		LLVMValueRef function = LLVMGetNamedFunction(gen->module, questions[i]);

		if (function && LLVMIsDeclaration(function) && LLVMGetFirstUse(function))
			question_generate(gen, function, i);
	}
	for (unsigned i = 0; i < NUMBER_QUESTIONS; i++) {
		LLVMValueRef function = LLVMGetNamedFunction(gen->module, number_questions[i].name);

		if (function && LLVMIsDeclaration(function) && LLVMGetFirstUse(function))
			number_generate(gen, function, i);
	}
}
