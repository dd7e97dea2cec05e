/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Time and hardware: timer.profile, perf.type(t).config(c), perf.hw.NAME, perf.sw.NAME, and
 * watchpoints on the kernel's data. Counters are in perf_counter.c.
 */
#include <fnmatch.h>
#include <linux/perf_event.h>
#include <string.h>
#include <time.h>

#include "compiler/probes/perf.h"

enum { DEFAULT_SAMPLE = 1000000 }; /* events from one hit to the next */

#define TAILS(head)                                                                                \
	head, head ".sample(number)", head ".hz(number)", head ".process(string?)",                \
		head ".sample(number).process(string?)", head ".hz(number).process(string?)"
#define DATA(head) head ".write", head ".rw", head ".length(number).write", head ".length(number).rw"

static const char *const patterns[] = {
	"timer.profile",
	"timer.profile.tick",
	"timer.profile.freq.hz(number)",
	TAILS("perf.type(number).config(number)"),
	TAILS("perf.hw.*"),
	TAILS("perf.sw.*"),
	DATA("kernel.data(any)"),
	"perf.type(number).config(number).counter(string)",
	"perf.type(number).config(number).process(string?).counter(string)",
	"perf.hw.*.counter(string)",
	"perf.hw.*.process(string?).counter(string)",
	"perf.sw.*.counter(string)",
	"perf.sw.*.process(string?).counter(string)",
	NULL,
};
enum {
	FIRST_TYPED = 3,
	TAILS_EACH = 6,
	FIRST_DATA = FIRST_TYPED + 3 * TAILS_EACH,
	FIRST_COUNTER = FIRST_DATA + 4,
};

/* Names are those of the events in linux/perf_event.h. */
struct event {
	const char *name;
	unsigned config;
};
static const struct event hardware[] = {
	{"cpu_cycles", PERF_COUNT_HW_CPU_CYCLES},
	{"instructions", PERF_COUNT_HW_INSTRUCTIONS},
	{"cache_references", PERF_COUNT_HW_CACHE_REFERENCES},
	{"cache_misses", PERF_COUNT_HW_CACHE_MISSES},
	{"branch_instructions", PERF_COUNT_HW_BRANCH_INSTRUCTIONS},
	{"branch_misses", PERF_COUNT_HW_BRANCH_MISSES},
	{"bus_cycles", PERF_COUNT_HW_BUS_CYCLES},
	{"stalled_cycles_frontend", PERF_COUNT_HW_STALLED_CYCLES_FRONTEND},
	{"stalled_cycles_backend", PERF_COUNT_HW_STALLED_CYCLES_BACKEND},
	{"ref_cpu_cycles", PERF_COUNT_HW_REF_CPU_CYCLES},
	{NULL, 0},
};
static const struct event software[] = {
	{"cpu_clock", PERF_COUNT_SW_CPU_CLOCK},
	{"task_clock", PERF_COUNT_SW_TASK_CLOCK},
	{"page_faults", PERF_COUNT_SW_PAGE_FAULTS},
	{"context_switches", PERF_COUNT_SW_CONTEXT_SWITCHES},
	{"cpu_migrations", PERF_COUNT_SW_CPU_MIGRATIONS},
	{"page_faults_min", PERF_COUNT_SW_PAGE_FAULTS_MIN},
	{"page_faults_maj", PERF_COUNT_SW_PAGE_FAULTS_MAJ},
	{"alignment_faults", PERF_COUNT_SW_ALIGNMENT_FAULTS},
	{"emulation_faults", PERF_COUNT_SW_EMULATION_FAULTS},
	{NULL, 0},
};

/* The length of the kernel's tick: the resolution of its coarse clock. */
static uint64_t tick_ns(void)
{
	struct timespec resolution;

	if (clock_getres(CLOCK_MONOTONIC_COARSE, &resolution) || !resolution.tv_nsec)
		return 4000000;
	return (uint64_t)resolution.tv_nsec;
}

static struct probe *perf_probe(struct probes *probes, const struct probe_point *point)
{
	struct probe *probe = probe_new(probes, &family_perf, point);

	probe->home = HOME_KERNEL;
	probe->context = CONTEXT_PERF;
	return probe;
}

static bool finish(struct probes *probes, struct probe *probe, struct site *site,
		   struct probe_vec *out)
{
	site->pp = probe->name;
	VEC_PUSH(probes->arena, &probe->sites, *site);
	VEC_PUSH(probes->arena, out, probe);
	return true;
}

/* The number in component `at`, which must be from 1 on. */
static bool positive(struct probes *probes, const struct probe_point *point, unsigned at,
		     uint64_t *number)
{
	int64_t value = 0;

	point_number(point, at, &value);
	*number = (uint64_t)value;
	if (value > 0)
		return true;
	diag_error(probes->diags, point->components.v[at].range, "'%s' takes a number from 1",
		   point->components.v[at].name);
	return false;
}

/* ---- timer.profile -------------------------------------------------------------------------------- */

static bool expand_profile(struct probes *probes, const struct probe_point *point,
			   struct probe_vec *out)
{
	struct site site = {
		.kind = ATTACH_PERF,
		.perf_type = PERF_TYPE_SOFTWARE,
		.perf_config = PERF_COUNT_SW_CPU_CLOCK,
		.period = tick_ns(),
	};

	if (point->components.n > 3 && !positive(probes, point, 3, &site.frequency))
		return false;
	return finish(probes, perf_probe(probes, point), &site, out);
}

/* ---- events ---------------------------------------------------------------------------------------- */

static bool find_event(struct probes *probes, const struct probe_point *point, struct site *site,
		       bool optional)
{
	bool is_hardware = !strcmp(point->components.v[1].name, "hw");
	const struct event *events = is_hardware ? hardware : software;
	const struct point_component *component = &point->components.v[2];
	struct suggest suggest;

	site->perf_type = is_hardware ? PERF_TYPE_HARDWARE : PERF_TYPE_SOFTWARE;
	suggest_start(&suggest, component->name);
	for (unsigned i = 0; events[i].name; i++) {
		suggest_offer(&suggest, events[i].name);
		if (!strcmp(events[i].name, component->name)) {
			site->perf_config = events[i].config;
			return true;
		}
	}
	if (optional)
		return false;
	diag_error(probes->diags, component->range, "there is no event 'perf.%s.%s'",
		   point->components.v[1].name, component->name);
	suggest_help(&suggest, probes->diags);
	return false;
}

/* .process: the target; .process("x"): what runs under that name. */
static const char *process_guard(struct arena *arena, const struct point_component *component)
{
	const char *path, *slash;

	if (!component->argument)
		return "if (pid() != target()) next";
	path = component->argument->string.text;
	slash = strrchr(path, '/');
	return arena_printf(arena, "if (execname() != \"%.15s\") next", slash ? slash + 1 : path);
}

/* The event of perf.type(t).config(c), or of perf.hw.NAME. */
static bool take_event(struct probes *probes, const struct probe_point *point, struct site *site,
		       bool optional)
{
	int64_t type = 0, config = 0;

	if (strcmp(point->components.v[1].name, "type"))
		return find_event(probes, point, site, optional);
	point_number(point, 1, &type);
	point_number(point, 2, &config);
	site->perf_type = (uint32_t)type;
	site->perf_config = (uint64_t)config;
	return true;
}

static bool expand_event(struct probes *probes, const struct probe_point *point, bool optional,
			 struct probe_vec *out)
{
	struct site site = {.kind = ATTACH_PERF, .period = DEFAULT_SAMPLE};
	struct probe *probe;

	if (!take_event(probes, point, &site, optional))
		return optional;
	probe = perf_probe(probes, point);
	for (unsigned i = 3; i < point->components.n; i++) {
		const struct point_component *component = &point->components.v[i];

		if (!strcmp(component->name, "process"))
			probe->prologue = process_guard(probes->arena, component);
		else if (!positive(probes, point, i,
				   !strcmp(component->name, "hz") ? &site.frequency : &site.period))
			return false;
	}
	return finish(probes, probe, &site, out);
}

static bool expand_counter(struct probes *probes, const struct probe_point *point, bool optional,
			   struct probe_vec *out)
{
	struct site event = {0};

	if (!take_event(probes, point, &event, optional))
		return optional;
	return perf_counter_expand(probes, point, &event, out);
}

/* ---- watchpoints ------------------------------------------------------------------------------------ */

static bool find_data(struct probes *probes, const struct probe_point *point, struct site *site,
		      bool optional)
{
	const char *name = point_string(point, 1);
	const struct kernel_symbol *symbol;
	struct suggest suggest;
	int64_t address = 0;
	unsigned n;

	if (!name) {
		point_number(point, 1, &address);
		site->address = (uint64_t)address;
		return true;
	}
	symbol = kernel_symbol_find(probes, name, NULL);
	if (symbol) {
		site->address = symbol->address;
		return true;
	}
	if (optional)
		return false;
	diag_error(probes->diags, point->components.v[1].range, "the kernel has no symbol '%s'", name);
	if (!kernel_symbols_have_variables(probes))
		return false;
	suggest_start(&suggest, name);
	symbol = kernel_symbols(probes, &n);
	for (unsigned i = 0; i < n; i++)
		if (!kernel_symbol_is_code(&symbol[i]))
			suggest_offer(&suggest, symbol[i].name);
	suggest_help(&suggest, probes->diags);
	return false;
}

static bool expand_data(struct probes *probes, const struct probe_point *point, unsigned pattern,
			bool optional, struct probe_vec *out)
{
	struct site site = {.kind = ATTACH_BREAKPOINT, .length = 8};
	bool has_length = point->components.n > 3;
	uint64_t length = 8;

	site.access_mode = (pattern - FIRST_DATA) % 2 ? 1 : 2;
	if (!find_data(probes, point, &site, optional))
		return optional;
	if (has_length && !positive(probes, point, 2, &length))
		return false;
	if (length != 1 && length != 2 && length != 4 && length != 8) {
		diag_error(probes->diags, point->components.v[2].range,
			   "a watchpoint is 1, 2, 4 or 8 bytes long");
		return false;
	}
	while (!has_length && site.address % length)
		length /= 2;
	if (site.address % length) {
		diag_error(probes->diags, point->range,
			   "the address of a watchpoint is a multiple of its length, %u",
			   (unsigned)length);
		return false;
	}
	site.length = (uint32_t)length;
	return finish(probes, perf_probe(probes, point), &site, out);
}

/* ---- wildcards --------------------------------------------------------------------------------------- */

/* The point with another name for its event. */
static struct probe_point *with_event(struct arena *arena, const struct probe_point *point,
				      const char *name)
{
	struct probe_point *single = ARENA_NEW(arena, struct probe_point);

	*single = *point;
	single->components.v = NULL;
	single->components.n = single->components.capacity = 0;
	for (unsigned i = 0; i < point->components.n; i++) {
		struct point_component component = point->components.v[i];

		if (i == 2)
			component.name = name;
		VEC_PUSH(arena, &single->components, component);
	}
	return single;
}

static bool perf_expand(struct probes *probes, const struct probe_point *point, unsigned pattern,
			bool uses_targets, bool optional, struct probe_vec *out);

/* perf.sw.*: those events that match. */
static bool expand_events(struct probes *probes, const struct probe_point *point, unsigned pattern,
			  struct probe_vec *out)
{
	const char *name = point->components.v[2].name;
	const struct event *event = strcmp(point->components.v[1].name, "hw") ? software : hardware;
	unsigned before = out->n;

	for (; event->name; event++)
		if (!fnmatch(name, event->name, 0) &&
		    !perf_expand(probes, with_event(probes->arena, point, event->name), pattern,
				 false, false, out))
			return false;
	if (out->n == before)
		diag_error(probes->diags, point->components.v[2].range, "no event matches '%s'", name);
	return out->n > before;
}

static bool has_wildcard(const struct probe_point *point, unsigned pattern)
{
	bool named = pattern >= FIRST_TYPED && (pattern < FIRST_DATA || pattern >= FIRST_COUNTER) &&
		     strcmp(point->components.v[1].name, "type");

	return named && strpbrk(point->components.v[2].name, "*?[");
}

static bool perf_expand(struct probes *probes, const struct probe_point *point, unsigned pattern,
			bool uses_targets, bool optional, struct probe_vec *out)
{
	(void)uses_targets;
	if (has_wildcard(point, pattern))
		return expand_events(probes, point, pattern, out);
	if (pattern < FIRST_TYPED)
		return expand_profile(probes, point, out);
	if (pattern < FIRST_DATA)
		return expand_event(probes, point, optional, out);
	if (pattern < FIRST_COUNTER)
		return expand_data(probes, point, pattern, optional, out);
	return expand_counter(probes, point, optional, out);
}

static struct expr *perf_resolve(struct probes *probes, struct probe *probe, struct expr *expr)
{
	return kernel_resolve_common(probes, probe, expr);
}

const struct probe_family family_perf = {
	.name = "perf",
	.slot = SLOT_PERF,
	.patterns = patterns,
	.expand = perf_expand,
	.resolve = perf_resolve,
};
