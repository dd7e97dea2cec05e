/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which handlers can not tell at which of a function's first instructions they run: they read no
 * target variable and no register, no stack and no memory. Only what is known to be of that kind
 * is taken for it.
 */
#include <string.h>

#include "compiler/semantic/passes.h"

/* Functions of the handler library that ask nothing of the place; by name, sorted. */
static const char *const placeless_functions[] = {
	"fn_HZ", "fn_abort", "fn_cmdline_arg", "fn_cpu", "fn_egid", "fn_env_var", "fn_errno_name",
	"fn_error", "fn_euid", "fn_execname", "fn_exit", "fn_gettimeofday_ns", "fn_gid",
	"fn_has_cmdline_arg", "fn_inet6_text", "fn_is_myproc", "fn_is_return", "fn_jiffies",
	"fn_ktime_get_ns", "fn_log", "fn_matched", "fn_ngroups", "fn_pexecname", "fn_pgrp",
	"fn_pid", "fn_pn", "fn_pnlabel", "fn_pp", "fn_ppfunc", "fn_ppid", "fn_probe_type",
	"fn_probemod", "fn_program_inode", "fn_program_size", "fn_randint", "fn_sid", "fn_stp_pid",
	"fn_stringat", "fn_strlen", "fn_strpos", "fn_strtol", "fn_target", "fn_task_current",
	"fn_text_strn", "fn_tid", "fn_uid", "fn_warn",
};

static void look_at_function(struct function *function, void *data)
{
	bool *placeless = data;

	if (function->body)
		return; /* it is looked into */
	for (unsigned i = 0; i < sizeof(placeless_functions) / sizeof(*placeless_functions); i++)
		if (function->intrinsic && !strcmp(function->intrinsic, placeless_functions[i]))
			return;
	*placeless = false;
}

static void look_at_expr(struct expr *expr, void *data)
{
	bool *placeless = data;

	switch (expr->kind) {
	case EXPR_TARGET:
	case EXPR_ENTRY:
	case EXPR_PERF:
	case EXPR_EMBEDDED:
		*placeless = false;
		break;
	default:
		break;
	}
}

void placeless_find(struct resolver *resolver)
{
	struct program *program = resolver->program;

	for (unsigned i = 0; i < program->probes.n; i++) {
		struct probe *probe = program->probes.v[i];
		struct reach reach = {look_at_expr, look_at_function, &probe->placeless};

		probe->placeless = probe->body != NULL;
		reach_from(resolver, probe, &reach);
	}
}
