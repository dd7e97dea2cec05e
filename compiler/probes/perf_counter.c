/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counters: perf.….counter("name"), and @perf("name") that reads one.
 *
 * A processor counts for whoever runs on it. So the probe of a counter is no handler of the
 * script's: it is called when a thread leaves its processor, and notes for the thread what was
 * counted since the one before left. What a thread has counted is what was noted for it, and
 * what its processor counted since it came. Where a thread begins to run another program, its
 * counters begin at 0. runtime/handler/counters_bpf.c does it.
 *
 * @perf may stand before the probe of its counter: a counter has its number from the first of
 * the two, and that all are declared is looked at in the end.
 */
#include <linux/perf_event.h>
#include <string.h>

#include "compiler/probes/perf.h"
#include "runtime/handler/abi.h"

struct counter {
	const char *name;
	struct range range; /* of its probe, or of the first @perf */
	bool declared;
};

struct counters {
	VEC(struct counter);
};

static struct counters *counters_of(struct probes *probes)
{
	if (!probes->family_state[SLOT_PERF])
		probes->family_state[SLOT_PERF] = ARENA_NEW(probes->arena, struct counters);
	return probes->family_state[SLOT_PERF];
}

/* Its place among the counters, MAX_COUNTERS after a message. */
static unsigned counter_number(struct probes *probes, const char *name, struct range range)
{
	struct counters *counters = counters_of(probes);
	struct counter counter = {.name = name, .range = range};

	for (unsigned i = 0; i < counters->n; i++)
		if (!strcmp(counters->v[i].name, name))
			return i;
	if (counters->n == MAX_COUNTERS) {
		diag_error(probes->diags, range, "there can be %u counters at most", MAX_COUNTERS);
		return MAX_COUNTERS;
	}
	VEC_PUSH(probes->arena, counters, counter);
	return counters->n - 1;
}

static bool declare(struct probes *probes, const struct point_component *component, unsigned *number)
{
	const char *name = component->argument->string.text;
	struct counter *counter;

	*number = counter_number(probes, name, component->range);
	if (*number == MAX_COUNTERS)
		return false;
	counter = &counters_of(probes)->v[*number];
	if (counter->declared) {
		diag_error(probes->diags, component->range, "there are two counters '%s'", name);
		diag_note(probes->diags, counter->range, "the other one");
		return false;
	}
	counter->declared = true;
	counter->range = component->range;
	return true;
}

static void add_probe(struct probes *probes, const struct probe_point *point, struct site *site,
		      const char *prologue, struct probe_vec *out)
{
	struct probe *probe = probe_new(probes, &family_perf, point);

	probe->home = HOME_KERNEL;
	probe->context = CONTEXT_ARGS;
	probe->prologue = prologue;
	probe->prologue_only = true;
	site->pp = probe->name;
	VEC_PUSH(probes->arena, &probe->sites, *site);
	VEC_PUSH(probes->arena, out, probe);
}

bool perf_counter_expand(struct probes *probes, const struct probe_point *point,
			 const struct site *event, struct probe_vec *out)
{
	const struct point_component *last = &point->components.v[point->components.n - 1];
	bool switches = event->perf_type == PERF_TYPE_SOFTWARE &&
			event->perf_config == PERF_COUNT_SW_CONTEXT_SWITCHES;
	struct site site = *event;
	unsigned number;

	if (!declare(probes, last, &number))
		return false;
	site.kind = ATTACH_COUNTER;
	site.symbol = "sched_switch";
	site.counter = number;
	add_probe(probes, point, &site,
		  arena_printf(probes->arena, "__perf_leave(%u, %d)", number, switches), out);
	site = (struct site){.kind = ATTACH_RAW_TRACEPOINT, .symbol = "sched_process_exec"};
	if (!probes->listing)
		add_probe(probes, point, &site,
			  arena_printf(probes->arena, "__perf_restart(%u)", number), out);
	return true;
}

struct expr *perf_counter_read(struct probes *probes, const struct expr *expr)
{
	unsigned number = counter_number(probes, expr->string.text, expr->range);

	if (number == MAX_COUNTERS)
		return NULL;
	return text_parse_expr(probes, arena_printf(probes->arena, PERF_COUNT "(%u)", number),
			       expr->range);
}

void perf_counters_check(struct probes *probes, bool live)
{
	const struct counters *counters = counters_of(probes);
	struct suggest suggest;

	if (live && counters->n) {
		diag_error(probes->diags, counters->v[0].range,
			   "counters are not possible in a live session, where each probe is "
			   "compiled by itself");
		diag_help(probes->diags, "put the counter and the probes that read it into a script");
		return;
	}
	for (unsigned i = 0; i < counters->n; i++) {
		if (counters->v[i].declared)
			continue;
		diag_error(probes->diags, counters->v[i].range, "there is no counter '%s'",
			   counters->v[i].name);
		suggest_start(&suggest, counters->v[i].name);
		for (unsigned other = 0; other < counters->n; other++)
			if (counters->v[other].declared)
				suggest_offer(&suggest, counters->v[other].name);
		if (suggest_best(&suggest))
			suggest_help(&suggest, probes->diags);
		else
			diag_help(probes->diags,
				  "a probe declares it: probe perf.sw.page_faults.counter(\"%s\") {}",
				  counters->v[i].name);
	}
}
