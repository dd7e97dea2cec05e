/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a handler that no event of the kernel calls runs: in the tracer, which is cheaper, unless
 * it looks at the kernel's memory, which only handlers of the kernel can. Processes that run when
 * the session begins are only met in the tracer: a handler that looks does not meet them.
 */
#include <string.h>

#include "compiler/semantic/passes.h"

void home_move_to_kernel(struct probe *probe)
{
	if (probe->sites.v[0].kind == ATTACH_RUNNING) {
		probe->sites.v[0].kind = ATTACH_NEVER;
		return;
	}
	probe->home = HOME_KERNEL;
	probe->context = CONTEXT_SYSCALL;
}

static void look_at_function(struct function *function, void *data)
{
	bool *looks = data;

	if (function->intrinsic && (!strncmp(function->intrinsic, "fn_kernel_", 10) ||
				    !strcmp(function->intrinsic, "fn_task_current")))
		*looks = true;
}

static void look_at_expr(struct expr *expr, void *data)
{
	const struct access *access = expr->kind == EXPR_TARGET ? expr->target->access : NULL;
	bool *looks = data;

	for (unsigned i = 0; access && i < access->steps.n; i++)
		if (access->steps.v[i].op == ACCESS_READ_KERNEL ||
		    access->steps.v[i].op == ACCESS_PER_CPU)
			*looks = true;
}

void homes_choose(struct resolver *resolver)
{
	struct program *program = resolver->program;

	if (resolver->options->begin_home != BEGIN_CHOSEN)
		return;
	for (unsigned i = 0; i < program->probes.n; i++) {
		struct probe *probe = program->probes.v[i];
		bool looks = false;
		struct reach reach = {look_at_expr, look_at_function, &looks};

		if (probe->home != HOME_TRACER)
			continue;
		reach_from(resolver, probe, &reach);
		if (looks)
			home_move_to_kernel(probe);
	}
}
