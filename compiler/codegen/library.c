// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Calls of the handler library. In the kernel module the library's functions are there; in the
 * tracer's they are external and found in Spile itself, so their types are needed: one table.
 */
#include <assert.h>
#include <string.h>

#include "compiler/codegen/gen.h"
#include "runtime/handler/bitcode.h"

/*
 * Types by letter: the result, then the parameters. v void, i 32 bits, l 64 bits, p pointer.
 * Each line is a declaration in handler.h.
 */
static const struct {
	const char *name, *type;
} signatures[] = {
	{"handler_may_run", "ii"},
	{"fn_ktime_get_ns", "lp"},
	{"fn_pid", "lp"},
	{"fn_cpu", "lp"},
	{"fn_stp_pid", "lp"},
	{"frame_claim", "ip"},
	{"frame_release", "vpp"},
	{"lock_take", "ippi"},
	{"lock_give", "vpp"},
	{"room_take", "ippi"},
	{"handler_raise", "vpp"},
	{"handler_report", "vpp"},
	{"handler_loop", "iipp"},
	{"str_copy", "vppip"},
	{"str_concat", "vppipp"},
	{"str_compare", "lpppi"},
	{"str_key", "vppip"},
	{"format_long", "ippiiliiii"},
	{"format_string", "ippiipiii"},
	{"format_memory", "ippiiliiii"},
	{"format_literal", "ippiipi"},
	{"out_begin", "vpiii"},
	{"out_long", "vpl"},
	{"out_string", "vppi"},
	{"out_memory", "vpliii"},
	{"out_stat", "vppi"},
	{"out_end", "vp"},
	{"out_end_or_drop", "vp"},
	{"map_get_long", "lppp"},
	{"map_get_string", "vppppi"},
	{"map_contains", "lppp"},
	{"map_set_long", "ipppl"},
	{"map_set_string", "ippppi"},
	{"map_add", "ippplp"},
	{"map_delete", "ippp"},
	{"map_clear", "vpp"},
	{"map_evict", "vpp"},
	{"stat_add", "vpplp"},
	{"map_stat_add", "ippplp"},
	{"map_stat_get", "ippppi"},
	{"stat_clear", "vppi"},
	{"spread_sum", "lpii"},
	{"spread_set", "vpiil"},
	{"spread_gather", "vpipii"},
	{"spread_clear", "vpiii"},
	{"stat_average", "lp"},
	{"stat_variance", "lpi"},
	{"iterate_begin", "lppp"},
	{"iterate_count", "ipl"},
	{"iterate_key", "iplipi"},
	{"iterate_end", "vpl"},
	{"read_user", "iplip"},
	{"read_user_sleepable", "iplip"},
	{"read_kernel", "iplip"},
	{"write_user", "iplil"},
	{"context_register", "lpi"},
	{"context_argument", "lpi"},
	{"context_result", "lp"},
	{"context_cookie", "lp"},
	{"context_address", "lp"},
	{"context_plain", "lpl"},
	{"thread_pointer", "lp"},
	{"per_cpu_address", "lpl"},
	{"regex_match", "lpppi"},
};

static LLVMTypeRef type_of_letter(struct gen *gen, char letter)
{
	switch (letter) {
	case 'v':
		return gen->void_type;
	case 'i':
		return gen->i32;
	case 'l':
		return gen->i64;
	default:
		return gen->ptr;
	}
}

static LLVMTypeRef signature_type(struct gen *gen, const char *letters)
{
	LLVMTypeRef parameters[16];
	unsigned n = 0;

	for (const char *c = letters + 1; *c; c++)
		parameters[n++] = type_of_letter(gen, *c);
	return LLVMFunctionType(type_of_letter(gen, letters[0]), parameters, n, false);
}

static LLVMValueRef declare(struct gen *gen, const char *name, const char *letters)
{
	LLVMValueRef function = LLVMGetNamedFunction(gen->module, name);

	return function ? function
			: LLVMAddFunction(gen->module, name, signature_type(gen, letters));
}

static LLVMValueRef call(struct gen *gen, const char *name, const char *letters, LLVMValueRef *args,
			 unsigned n_args)
{
	LLVMValueRef function = declare(gen, name, letters);

	return LLVMBuildCall2(gen->builder, LLVMGlobalGetValueType(function), function, args,
			      n_args, "");
}

LLVMValueRef library_call(struct gen *gen, const char *name, LLVMValueRef *args, unsigned n_args)
{
	for (unsigned i = 0; i < sizeof(signatures) / sizeof(*signatures); i++)
		if (!strcmp(signatures[i].name, name)) {
			assert(strlen(signatures[i].type) == n_args + 1);
			return call(gen, name, signatures[i].type, args, n_args);
		}
	assert(!"a library function without a signature");
	return NULL;
}

bool fn_sleepable(const struct fn *fn)
{
	return fn->probe ? fn->probe->sleepable : fn->info && fn->info->sleepable;
}

static const char *intrinsic_name(struct gen *gen, const struct function *function, bool sleepable)
{
	const char *twin;

	if (!function->intrinsic)
		return embedded_name(gen, function);
	twin = arena_printf(gen->arena, "%s_sleepable", function->intrinsic);
	if (sleepable && gen->home == HOME_KERNEL && handler_has(twin))
		return twin;
	return function->intrinsic;
}

LLVMValueRef library_intrinsic(struct gen *gen, const struct function *function, bool sleepable,
			       LLVMValueRef *args, unsigned n_args)
{
	char letters[2 * MAX_KEYS + 32], *at = letters;

	*at++ = function->type == TYPE_LONG ? 'l' : 'v';
	*at++ = 'p';
	if (function->type == TYPE_STRING) {
		*at++ = 'p';
		*at++ = 'i';
	}
	for (unsigned i = 0; i < function->parameters.n; i++)
		*at++ = function->parameters.v[i]->type == TYPE_STRING ? 'p' : 'l';
	if (embedded_has_text(function))
		*at++ = 'p';
	*at = 0;
	return call(gen, intrinsic_name(gen, function, sleepable), letters, args, n_args);
}
