/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probes of the session: armed, dropped, and armed anew when what they depend on changes. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/handler/host.h"
#include "runtime/repl/live.h"
#include "runtime/session/run.h"
#include "runtime/session/running.h"
#include "runtime/session/timing.h"

/* ---- gates -------------------------------------------------------------------------------------- */

static uint32_t *gate_word(struct live *live, unsigned gate)
{
	return (uint32_t *)((char *)live->maps.shared + SHARED_SIZE) + gate;
}

void probe_gate(struct live *live, const struct live_probe *probe, bool open)
{
	__atomic_store_n(gate_word(live, probe->gate), open ? probe->unit->first_handler + 1 : 0,
			 __ATOMIC_SEQ_CST);
}

struct probe_counters *counters_of(struct live *live, unsigned gate)
{
	return (struct probe_counters *)((char *)live->maps.shared + COUNTERS_AT) + gate;
}

static bool gate_find(struct live *live, unsigned *gate)
{
	bool taken[GATES] = {false};

	for (unsigned i = 0; i < live->probes.n; i++)
		taken[live->probes.v[i]->gate] = true;
	for (*gate = 0; *gate < GATES; ++*gate)
		if (!taken[*gate])
			return true;
	return false;
}

static void forgive(struct live *live, struct live_probe *probe);

/* ---- one probe ------------------------------------------------------------------------------------ */

struct live_probe *probes_find(struct live *live, unsigned number)
{
	for (unsigned i = 0; i < live->probes.n; i++)
		if (live->probes.v[i]->number == number)
			return live->probes.v[i];
	return NULL;
}

static void probe_free(struct live_probe *probe)
{
	unit_end(probe->unit);
	free(probe->text);
	free(probe->origin);
	free(probe->title);
	free(probe);
}

/* The points of the probe as they were written. */
static char *title_of(const struct live_unit *unit)
{
	const struct script_file *file = unit->files.v[unit->files.n - 1];
	const struct probe_decl *decl = file->probes.v[0];
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	for (unsigned i = 0; out && i < decl->points.n; i++) {
		if (i)
			fputs(", ", out);
		ast_print_point(out, decl->points.v[i]);
	}
	if (out)
		fclose(out);
	return text ? text : strdup("?");
}

/* Handlers of one kind, in their order. */
void probes_run_kind(struct live *live, struct live_probe *probe, enum attach_kind kind)
{
	unsigned n, *order = run_order(probe->unit->compile.unit, kind, &n);

	for (unsigned i = 0; i < n; i++)
		loop_run_handler(live, probe->unit, order[i]);
	free(order);
}

static bool is_used(struct live *live, const char *name)
{
	for (unsigned i = 0; i < live->probes.n; i++) {
		const struct program *program = live->probes.v[i]->unit->compile.program;

		for (unsigned k = 0; k < program->globals.n; k++)
			if (program->globals.v[k]->decl &&
			    !strcmp(program->globals.v[k]->name, name))
				return true;
	}
	return false;
}

/* Marks globals whose type nobody depends on: they may be something else from now on. */
static bool ignore_unused(struct live *live, bool ignore, const char *text)
{
	bool any = false;

	for (unsigned i = 0; i < live->globals.n; i++) {
		struct live_global *global = &live->globals.v[i];

		global->ignored = ignore && text_mentions(text, global->description.name) &&
				  !is_used(live, global->description.name);
		any |= global->ignored;
	}
	return any;
}

static struct live_unit *try_build(struct live *live, const struct live_probe *probe, bool *ok)
{
	struct live_unit *unit = unit_begin(live);

	*ok = unit_parse(unit, probe->text, probe->origin) &&
	      unit_build(live, unit, (int)probe->gate);
	return unit;
}

/* A second try, with less known, when the first one fails; its messages stay if that fails too. */
static struct live_unit *probe_build(struct live *live, const struct live_probe *probe, bool *ok)
{
	struct live_unit *first = try_build(live, probe, ok), *second;

	if (*ok || !ignore_unused(live, true, probe->text))
		return first;
	second = try_build(live, probe, ok);
	ignore_unused(live, false, "");
	unit_end(*ok ? first : second);
	return *ok ? second : first;
}

static bool unit_attach(struct live_unit *unit)
{
	return attach_all(&unit->attachments, &unit->loaded, &unit->diags) &&
	       attach_watches_set(&unit->attachments, DIAG_ERROR);
}

static void keep_probe(struct live *live, struct live_probe *probe)
{
	if (live->probes.n == live->probes.capacity) {
		live->probes.capacity = live->probes.capacity ? 2 * live->probes.capacity : 16;
		live->probes.v = realloc(live->probes.v,
					 live->probes.capacity * sizeof(*live->probes.v));
		if (!live->probes.v)
			abort();
	}
	live->probes.v[live->probes.n++] = probe;
}

/* The probe's own; where it saves values for its return is none. */
unsigned probe_sites(const struct live_probe *probe)
{
	const struct unit *unit = probe->unit->compile.unit;
	unsigned sites = probe->unit->attachments.sites;

	for (unsigned i = 0; i < unit->handlers.n; i++)
		if (unit->handlers.v[i].companion && sites >= unit->handlers.v[i].n_sites)
			sites -= unit->handlers.v[i].n_sites;
	return sites;
}

static void tell_armed(struct live *live, const struct live_probe *probe)
{
	unsigned sites = probe_sites(probe);

	answer_kind(live, "probe");
	answer_add(live, "number", json_object_new_int64(probe->number));
	answer_add(live, "point", json_object_new_string(probe->title));
	answer_add(live, "sites", json_object_new_int64(sites));
	answer_add(live, "ms", json_object_new_double(probe->ms));
	say(live, "probe %u: %s, %u site%s, %.1f ms\n", probe->number, probe->title, sites,
	    sites == 1 ? "" : "s", probe->ms);
}

static struct live_probe *probe_begin(struct live *live, const char *text, const char *origin)
{
	struct live_probe *probe = calloc(1, sizeof(*probe));

	if (!probe)
		abort();
	probe->text = strdup(text);
	probe->origin = strdup(origin);
	probe->enabled = true;
	if (gate_find(live, &probe->gate)) {
		memset(counters_of(live, probe->gate), 0, sizeof(struct probe_counters));
		return probe;
	}
	say_error(live, "there are %d probes: drop some first", GATES);
	probe_free(probe);
	return NULL;
}

/* process.begin for what is there already. */
static void probes_meet_running(struct live *live, struct live_probe *probe)
{
	const struct command_target *target = live->target;
	unsigned n = 0, n_handlers, *handlers = run_order(probe->unit->compile.unit, ATTACH_RUNNING,
							  &n_handlers);
	pid_t *all = n_handlers ? running_processes(target->gate >= 0 ? target->pid : 0, &n) : NULL;

	for (unsigned i = 0; i < n * n_handlers; i++) {
		host_set_task(all[i / n_handlers]);
		loop_run_handler(live, probe->unit, handlers[i % n_handlers]);
	}
	host_set_task(0);
	free(all);
	free(handlers);
}

bool probes_add(struct live *live, const char *text, const char *origin)
{
	double start = seconds_now();
	struct live_probe *probe;
	struct snapshot before;
	unsigned again;
	bool ok;

	if (edit_keeps(live, text))
		return true;
	probe = probe_begin(live, text, origin);
	if (!probe)
		return false;
	snapshot_take(live, &before);
	probe->unit = probe_build(live, probe, &ok);
	ok = ok && unit_attach(probe->unit);
	say_diags(live, &probe->unit->diags, ok ? probe->unit->source : NULL);
	snapshot_end(live, &before, ok);
	if (!ok) {
		probe_free(probe);
		return false;
	}
	probe->attached = true;
	probe->ms = (seconds_now() - start) * 1e3;
	probe->title = title_of(probe->unit);
	probe->number = edit_number(live, probe->title);
	keep_probe(live, probe);
	probe_gate(live, probe, true);
	globals_learn(live, probe->unit);
	loop_add_timers(live, probe);
	tell_armed(live, probe);
	probes_follow_globals(live, &again);
	screen_flush(live);
	probes_run_kind(live, probe, ATTACH_BEGIN);
	probes_meet_running(live, probe);
	return true;
}

void probes_detach(struct live *live, struct live_probe *const *probes, unsigned n)
{
	struct attachments **attachments = calloc(n + 1, sizeof(*attachments));

	if (!attachments)
		abort();
	for (unsigned i = 0; i < n; i++) {
		probe_gate(live, probes[i], false);
		probes[i]->attached = false;
		attachments[i] = &probes[i]->unit->attachments;
	}
	attach_undo_many(attachments, n);
	free(attachments);
	loop_drain(live);
}

void probe_drop(struct live *live, struct live_probe *probe)
{
	unsigned kept = 0;

	probe_gate(live, probe, false);
	loop_drain(live);
	for (unsigned i = 0; i < live->probes.n; i++)
		if (live->probes.v[i] != probe)
			live->probes.v[kept++] = live->probes.v[i];
	live->probes.n = kept;
	probe_free(probe);
}

bool probe_enable(struct live *live, struct live_probe *probe)
{
	probe->enabled = true;
	forgive(live, probe);
	if (!probe->attached && !unit_attach(probe->unit)) {
		say_diags(live, &probe->unit->diags, NULL);
		attach_undo(&probe->unit->attachments);
		return probe->enabled = false;
	}
	if (!probe->attached)
		loop_add_timers(live, probe);
	probe->attached = true;
	probe_gate(live, probe, true);
	return true;
}

/* Detached, so that it costs nothing. */
void probe_disable(struct live *live, struct live_probe *probe)
{
	probes_detach(live, &probe, 1);
	probe->enabled = false;
}

bool probes_follow_conditions(struct live *live)
{
	bool any = false;

	for (unsigned i = 0; i < live->probes.n; i++) {
		struct live_probe *probe = live->probes.v[i];
		struct diags fresh = probe->unit->diags;

		if (!probe->attached || !probe->unit->attachments.conditional)
			continue;
		any = true;
		attach_follow(&probe->unit->attachments);
		fresh.v = probe->unit->diags.v + fresh.n;
		fresh.n = probe->unit->diags.n - fresh.n;
		say_diags(live, &fresh, NULL);
	}
	return any;
}

void probe_timer(struct live *live, unsigned number, unsigned timer)
{
	struct live_probe *probe = probes_find(live, number);
	const struct attach_timer *due;
	uint64_t times;

	if (!probe || timer >= probe->unit->attachments.timers.n)
		return;
	due = &probe->unit->attachments.timers.v[timer];
	if (read(due->fd, &times, sizeof(times)) != sizeof(times))
		return;
	loop_run_handler(live, probe->unit, due->handler);
	if (due->site->jitter)
		attach_timer_arm(&probe->unit->attachments, due);
}

void unit_counts(const struct live_unit *unit, uint64_t *hits, uint64_t *ns)
{
	const struct unit *made = unit->compile.unit;

	for (unsigned i = 0; i < made->handlers.n; i++) {
		const struct loaded_handler *handler = &unit->loaded.handlers[i];
		uint64_t runs = 0, run_ns = 0;

		timing_counts(handler, &runs, &run_ns);
		if (!made->handlers.v[i].companion)
			*hits += runs;
		*ns += run_ns;
	}
}

void probe_counts(struct live *live, const struct live_probe *probe, uint64_t *hits, uint64_t *ns)
{
	uint64_t passed = counters_of(live, probe->gate)->passed;

	*hits = probe->past_hits;
	*ns = probe->past_ns;
	unit_counts(probe->unit, hits, ns);
	*hits = *hits > passed ? *hits - passed : 0;
}

/* ---- MAXERRORS, MAXSKIPPED ---------------------------------------------------------------------------- */

static bool is_too_much(struct live *live, const struct live_probe *probe)
{
	const struct probe_counters *counters = counters_of(live, probe->gate);
	uint64_t errors = counters->errors - probe->forgiven_errors;
	uint64_t skipped = counters->skipped_lock + counters->skipped_scratch -
			   probe->forgiven_skips;

	if (errors > (uint64_t)live->limits.max_errors)
		say(live, "probe %u is off: %" PRIu64 " error%s, MAXERRORS is %" PRId64
			  " (enable %u arms it again)\n", probe->number, errors,
		    errors == 1 ? "" : "s", live->limits.max_errors, probe->number);
	else if (skipped > (uint64_t)live->limits.max_skipped)
		say(live, "probe %u is off: it was skipped %" PRIu64 " times, MAXSKIPPED is %" PRId64
			  " (enable %u arms it again)\n", probe->number, skipped,
		    live->limits.max_skipped, probe->number);
	else
		return false;
	return true;
}

static void forgive(struct live *live, struct live_probe *probe)
{
	const struct probe_counters *counters = counters_of(live, probe->gate);

	probe->forgiven_errors = counters->errors;
	probe->forgiven_skips = counters->skipped_lock + counters->skipped_scratch;
}

static void run_error_probes(struct live *live)
{
	for (unsigned i = 0; i < live->probes.n; i++)
		if (live->probes.v[i]->enabled)
			probes_run_kind(live, live->probes.v[i], ATTACH_ERROR);
}

void probes_check_limits(struct live *live)
{
	bool any = false;

	for (unsigned i = 0; i < live->probes.n; i++) {
		struct live_probe *probe = live->probes.v[i];

		if (!probe->enabled || !is_too_much(live, probe))
			continue;
		probe_disable(live, probe);
		any = true;
	}
	if (any)
		run_error_probes(live);
}

void probes_end(struct live *live)
{
	probes_detach(live, live->probes.v, live->probes.n);
	for (unsigned i = 0; i < live->probes.n; i++)
		probe_free(live->probes.v[i]);
	free(live->probes.v);
}
