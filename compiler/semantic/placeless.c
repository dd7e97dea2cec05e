/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which handlers can not tell at which of a function's first instructions they run: they read no
 * target variable and no register, no stack and no memory. Only what is known to be of that kind
 * is taken for it.
 */
#include <string.h>

#include "compiler/semantic/passes.h"

struct look {
	bool *seen; /* functions, by index */
	bool placeless;
};

/* Functions of the handler library that ask nothing of the place; by name, sorted. */
static const char *const placeless_functions[] = {
	"fn_HZ", "fn_abort", "fn_cmdline_arg", "fn_cpu", "fn_egid", "fn_env_var", "fn_errno_name",
	"fn_error", "fn_euid", "fn_execname", "fn_exit", "fn_gettimeofday_ns", "fn_gid",
	"fn_has_cmdline_arg", "fn_is_myproc", "fn_jiffies", "fn_ktime_get_ns", "fn_log", "fn_matched",
	"fn_ngroups", "fn_pexecname", "fn_pgrp", "fn_pid", "fn_pn", "fn_pp", "fn_ppfunc", "fn_ppid",
	"fn_program_inode", "fn_program_size", "fn_randint", "fn_sid", "fn_stp_pid", "fn_stringat",
	"fn_strlen", "fn_strpos", "fn_strtol", "fn_target", "fn_task_current", "fn_text_strn",
	"fn_tid", "fn_uid", "fn_warn",
};

static bool is_placeless(const struct function *function)
{
	if (function->body)
		return true; /* it is looked into */
	for (unsigned i = 0; i < sizeof(placeless_functions) / sizeof(*placeless_functions); i++)
		if (function->intrinsic && !strcmp(function->intrinsic, placeless_functions[i]))
			return true;
	return false;
}

static void look_at_body(struct look *look, struct stmt **body);

static void look_at_call(struct look *look, const struct expr *expr)
{
	for (unsigned i = 0; i < expr->call.n_candidates; i++) {
		struct function *function = expr->call.candidates[i];

		if (look->seen[function->index])
			continue;
		look->seen[function->index] = true;
		look->placeless &= is_placeless(function);
		if (function->body)
			look_at_body(look, &function->body);
	}
}

static void look_at_expr(struct expr **place, void *data)
{
	struct look *look = data;

	switch ((*place)->kind) {
	case EXPR_TARGET:
	case EXPR_ENTRY:
	case EXPR_PERF:
	case EXPR_EMBEDDED:
		look->placeless = false;
		break;
	case EXPR_CALL:
		look_at_call(look, *place);
		break;
	default:
		break;
	}
}

static void look_at_body(struct look *look, struct stmt **body)
{
	struct walk walk = {.expr = look_at_expr, .data = look};

	walk_stmt(&walk, body);
}

static bool handler_is_placeless(struct resolver *resolver, struct probe *probe)
{
	struct look look = {.placeless = probe->body != NULL};

	look.seen = ARENA_ARRAY(resolver->arena, bool, resolver->program->functions.n + 1);
	if (look.placeless)
		look_at_body(&look, &probe->body);
	if (probe->condition) {
		struct walk walk = {.expr = look_at_expr, .data = &look};

		walk_expr(&walk, &probe->condition);
	}
	return look.placeless;
}

void placeless_find(struct resolver *resolver)
{
	struct program *program = resolver->program;

	for (unsigned i = 0; i < program->probes.n; i++)
		program->probes.v[i]->placeless = handler_is_placeless(resolver, program->probes.v[i]);
}
