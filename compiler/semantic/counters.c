/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * @perf("name"): a call that reads a counter for the thread that runs, so only handlers that the
 * kernel calls can. The kernel lets no handler that may wait for a page read one: such a handler
 * does not wait.
 */
#include <string.h>

#include "compiler/probes/perf.h"
#include "compiler/semantic/passes.h"

void counter_resolve(struct resolver *resolver, struct expr **place)
{
	struct expr *call = perf_counter_read(resolver->probes, *place);

	*place = call ? call : expr_number(resolver->arena, 0, (*place)->range);
}

static void look_at_expr(struct expr *expr, void *data)
{
	const struct expr **read = data;

	if (expr->kind == EXPR_CALL && !strcmp(expr->call.name, PERF_COUNT))
		*read = expr;
}

static void check_probe(struct resolver *resolver, struct probe *probe)
{
	const struct expr *read = NULL;
	struct reach reach = {look_at_expr, NULL, &read};

	reach_from(resolver, probe, &reach);
	if (!read)
		return;
	probe->sleepable = false;
	if (probe->context != CONTEXT_NONE && probe->context != CONTEXT_SYSCALL)
		return;
	diag_error(resolver->diags, read->range, "@perf() reads what the thread has counted that "
		   "the probe was hit in: %s is called for none", probe->name);
	diag_help(resolver->diags, "read it in a probe of a process or of the kernel, and keep the "
		  "value in a global");
}

void counters_check(struct resolver *resolver)
{
	perf_counters_check(resolver->probes, resolver->options->live != NULL);
	for (unsigned i = 0; i < resolver->program->probes.n && !resolver->diags->errors; i++)
		check_probe(resolver, resolver->program->probes.v[i]);
}
