// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Errors of handlers: a statement that fails stores its error site in run->error and goes to
 * the nearest catch, or to the end of the handler.
 */
#include <stddef.h>
#include <string.h>

#include "compiler/codegen/gen.h"

LLVMValueRef run_field(struct fn *fn, unsigned field)
{
	return LLVMBuildStructGEP2(fn->gen->builder, fn->gen->run_type, fn->run, field, "");
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

unsigned error_site(struct gen *gen, struct range range, const char *message, const char *near)
{
	struct unit_error error = {message, position_text(gen->arena, range), near, false};

	for (unsigned i = 0; i < gen->unit->errors.n; i++) {
		const struct unit_error *old = &gen->unit->errors.v[i];

		if (same_text(old->message, message) && same_text(old->near, near) &&
		    same_text(old->position, error.position))
			return i + 1;
	}
	VEC_PUSH(gen->arena, &gen->unit->errors, error);
	return gen->unit->errors.n;
}

void raise_always(struct fn *fn, struct range range, const char *message, const char *near)
{
	unsigned site = error_site(fn->gen, range, message, near);

	LLVMBuildStore(fn->gen->builder, int_constant(fn->gen, site), run_field(fn, RUN_ERROR));
	LLVMBuildBr(fn->gen->builder, fn->error);
}

void raise_if(struct fn *fn, LLVMValueRef failed, struct range range, const char *message,
	      const char *near)
{
	LLVMBasicBlockRef raise, go_on;

	if (LLVMIsConstant(failed) && LLVMIsNull(failed))
		return;
	raise = block_new(fn, "raise");
	go_on = block_new(fn, "");
	LLVMBuildCondBr(fn->gen->builder, failed, raise, go_on);
	block_enter(fn, raise);
	raise_always(fn, range, message, near);
	block_enter(fn, go_on);
}

/* run->error, with the position when the error has none yet. */
static void place_error(struct fn *fn, LLVMValueRef error, struct range range)
{
	struct gen *gen = fn->gen;
	unsigned site = error_site(gen, range, NULL, NULL);
	LLVMValueRef bare = LLVMBuildICmp(gen->builder, LLVMIntEQ, error,
					  int_constant(gen, ERROR_DYNAMIC), "");
	LLVMValueRef placed = int_constant(gen, ERROR_PLACED | site);

	LLVMBuildStore(gen->builder, LLVMBuildSelect(gen->builder, bare, placed, error, ""),
		       run_field(fn, RUN_ERROR));
	LLVMBuildBr(gen->builder, fn->error);
}

void check_error(struct fn *fn, struct range range)
{
	struct gen *gen = fn->gen;
	LLVMValueRef error = LLVMBuildLoad2(gen->builder, gen->i32, run_field(fn, RUN_ERROR), "");
	bool places = range.source && !range.source->tapset;
	LLVMBasicBlockRef go_on = block_new(fn, "");
	LLVMBasicBlockRef failed = places ? block_new(fn, "failed") : fn->error;

	LLVMBuildCondBr(gen->builder, truth(fn, error), failed, go_on);
	if (places) {
		block_enter(fn, failed);
		place_error(fn, error, range);
	}
	block_enter(fn, go_on);
}

/* ---- the text of an error, for catch (message) ---- */

/*
 * One function a module, declared at the first catch and given its body when all error sites
 * are known: message_text(run, dst, size).
 */
void catch_message(struct fn *fn, LLVMValueRef dst, unsigned size)
{
	struct gen *gen = fn->gen;
	LLVMTypeRef types[] = {gen->ptr, gen->ptr, gen->i32};
	LLVMValueRef args[] = {fn->run, dst, int_constant(gen, size)};
	LLVMTypeRef type = LLVMFunctionType(gen->void_type, types, 3, false);

	if (!gen->message_function) {
		gen->message_function = LLVMAddFunction(gen->module, "message_text", type);
		LLVMSetLinkage(gen->message_function, LLVMInternalLinkage);
	}
	LLVMBuildCall2(gen->builder, type, gen->message_function, args, 3, "");
}

struct message {
	struct fn *fn;
	LLVMValueRef dst, size, at;
};

static void append_text(struct message *message, const char *text, size_t length)
{
	struct gen *gen = message->fn->gen;
	const char *copy = arena_strndup(gen->arena, text, length);

	if (!length)
		return;
	message->at = LIBRARY(gen, "format_literal", message->fn->run, message->dst, message->size,
			      message->at, module_literal(gen, copy, (unsigned)length),
			      int_constant(gen, (uint32_t)length));
}

static void append_number(struct message *message, char conversion)
{
	struct gen *gen = message->fn->gen;
	LLVMValueRef number = LLVMBuildLoad2(gen->builder, gen->i64,
					     run_field(message->fn, RUN_ERROR_ARG), "");
	LLVMValueRef none = int_constant(gen, (uint32_t)-1);

	message->at = LIBRARY(gen, "format_long", message->fn->run, message->dst, message->size,
			      message->at, number, int_constant(gen, (uint32_t)conversion),
			      int_constant(gen, 0), none, none);
}

/* "text %x text", with one conversion at most. Where it was is for the uncaught ones to say. */
static void append_site(struct message *message, const struct unit_error *error)
{
	const char *percent = strchr(error->message, '%');
	const char *rest = error->message;

	if (percent) {
		append_text(message, error->message, (size_t)(percent - error->message));
		append_number(message, percent[1]);
		rest = percent + 2;
	}
	append_text(message, rest, strlen(rest));
}

struct texts {
	VEC(const struct unit_error *);
};

/* The number of the site's text among the different ones, from 1; 0: it has none. */
static unsigned text_number(struct gen *gen, struct texts *texts, const struct unit_error *error)
{
	if (!error->message)
		return 0;
	for (unsigned i = 0; i < texts->n; i++)
		if (!strcmp(texts->v[i]->message, error->message))
			return i + 1;
	VEC_PUSH(gen->arena, texts, error);
	return texts->n;
}

/* The text of what a function of the library has raised. */
static void copy_dynamic(struct message *message)
{
	struct fn *fn = message->fn;
	struct gen *gen = fn->gen;
	LLVMValueRef frame = LLVMBuildLoad2(gen->builder, gen->ptr, run_field(fn, RUN_FRAME), "");
	LLVMValueRef offset = long_constant(gen, offsetof(struct frame, message));
	LLVMValueRef text = LLVMBuildInBoundsGEP2(gen->builder, gen->i8, frame, &offset, 1, "");

	LIBRARY(gen, "str_copy", fn->run, message->dst, message->size, text);
	LLVMBuildRetVoid(gen->builder);
}

/* The text's number of run->error; 0: it is none of the sites', or has none. */
static LLVMValueRef load_text_number(struct fn *fn, struct texts *texts)
{
	struct gen *gen = fn->gen;
	unsigned n = gen->unit->errors.n;
	LLVMValueRef *numbers = ARENA_ARRAY(gen->arena, LLVMValueRef, n + 2);
	LLVMValueRef error = LLVMBuildLoad2(gen->builder, gen->i32, run_field(fn, RUN_ERROR), "");

	numbers[0] = numbers[n + 1] = long_constant(gen, 0);
	for (unsigned i = 0; i < n; i++)
		numbers[i + 1] = long_constant(gen, text_number(gen, texts, &gen->unit->errors.v[i]));
	return module_table(gen, numbers, n + 2, LLVMBuildZExt(gen->builder, error, gen->i64, ""));
}

/*
 * A script has many error sites, and few texts: the verifier goes through them all at each catch.
 */
void messages_generate(struct gen *gen)
{
	struct fn fn = {.gen = gen, .function = gen->message_function};
	struct range nowhere = {0};
	struct texts texts = {0};
	struct message message;
	LLVMBasicBlockRef dynamic;
	LLVMValueRef choice;

	if (!gen->message_function)
		return;
	fn.run = LLVMGetParam(fn.function, 0);
	message = (struct message){&fn, LLVMGetParam(fn.function, 1), LLVMGetParam(fn.function, 2),
				   int_constant(gen, 0)};
	fn.entry = block_new(&fn, "entry");
	fn.di_scope = module_describe_function(gen, fn.function, "message_text", nowhere, true);
	block_enter(&fn, fn.entry);
	module_set_position(&fn, nowhere);
	dynamic = block_new(&fn, "dynamic");
	choice = load_text_number(&fn, &texts);
	choice = LLVMBuildSwitch(gen->builder, choice, dynamic, texts.n);
	for (unsigned i = 0; i < texts.n; i++) {
		LLVMBasicBlockRef block = block_new(&fn, "");

		LLVMAddCase(choice, long_constant(gen, i + 1), block);
		block_enter(&fn, block);
		message.at = int_constant(gen, 0);
		append_site(&message, texts.v[i]);
		LLVMBuildRetVoid(gen->builder);
	}
	block_enter(&fn, dynamic);
	copy_dynamic(&message);
}
