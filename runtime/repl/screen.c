/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What handlers print while somebody may be typing: in order, above the prompt, and on a
 * terminal no faster than it can be read. What is not shown is counted and said.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/handler/host.h"
#include "runtime/present/json.h"
#include "runtime/repl/live.h"
#include "runtime/symbols/symbols.h"

/* Lines at once, and lines a second after that. */
enum { BURST_LINES = 2000, LINES_A_SECOND = 200 };
/* Who was too fast is shown again when so many lines may be. */
enum { RESUME_LINES = 100 };

double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- pacing ---------------------------------------------------------------------------------------- */

static void refill(struct live *live)
{
	double now = seconds_now();

	live->tokens += (now - live->refilled) * LINES_A_SECOND;
	live->refilled = now;
	if (live->tokens > BURST_LINES)
		live->tokens = BURST_LINES;
	if (live->flooded && live->tokens >= RESUME_LINES)
		live->flooded = false;
}

static void spend(struct live *live, size_t from)
{
	const struct output *out = live->out;

	for (size_t i = from; i < out->length; i++)
		live->tokens -= out->buffer[i] == '\n';
	live->flooded |= live->tokens < 1;
}

static bool is_output(unsigned kind)
{
	return kind == RECORD_PRINT || kind == RECORD_HIST || kind == RECORD_LOG ||
	       kind == RECORD_TEXT;
}

static void tell_held(struct live *live)
{
	if (!live->held || live->paused || live->flooded)
		return;
	if (live->json)
		json_message(live->out, "warning", "records were held back", NULL, NULL);
	else
		output_printf(live->out, "... %" PRIu64 " more were not shown (pause holds all back)\n",
			      live->held);
	live->held = 0;
}

int screen_wait_ms(struct live *live)
{
	return live->held && !live->paused ? 250 : -1;
}

static void tell_lost(struct live *live)
{
	uint64_t lost = live->maps.shared->lost_records;

	if (lost == live->lost_told)
		return;
	records_warn(&live->records, "%" PRIu64 " records were lost: the buffer was full (-s)",
		     lost - live->lost_told);
	live->lost_told = lost;
}

/* ---- records ----------------------------------------------------------------------------------------- */

static bool take(void *data, const struct record *head, const char *args, const char *end)
{
	struct live *live = data;

	if (live->statement && live->running &&
	    head->probe - live->running->first_handler < live->running->compile.unit->handlers.n &&
	    statement_record(live, head, (struct packed_args){args, end}))
		return true;
	if (!is_output(head->kind))
		return false;
	if (!live->paused && (!live->terminal || !live->flooded || live->statement))
		return false;
	live->held++;
	return true;
}

/* The same error is shown when it comes first, and then when it has come 10, 100, ... times. */
static uint64_t times_of(struct live *live, const char *text)
{
	for (unsigned i = 0; i < live->reported.n; i++)
		if (!strcmp(live->reported.v[i].text, text))
			return ++live->reported.v[i].times;
	if (live->reported.n == live->reported.capacity) {
		live->reported.capacity = live->reported.capacity ? 2 * live->reported.capacity
								  : 16;
		live->reported.v = realloc(live->reported.v,
					   live->reported.capacity * sizeof(*live->reported.v));
		if (!live->reported.v)
			abort();
	}
	live->reported.v[live->reported.n++] = (struct reported){strdup(text), 1};
	return 1;
}

static bool is_power_of_ten(uint64_t n)
{
	while (n >= 10 && n % 10 == 0)
		n /= 10;
	return n == 1;
}

static void message(void *data, const char *kind, const char *label, const char *text,
		    const char *where, const char *probe)
{
	struct live *live = data;
	uint64_t times;
	char *line;

	if (asprintf(&line, "%s: %s%s%s%s%s", label, text, where ? " at " : "", where ? where : "",
		     probe && !live->statement ? " in probe " : "",
		     probe && !live->statement ? probe : "") < 0)
		abort();
	times = live->statement ? 1 : times_of(live, line);
	if (is_power_of_ten(times)) {
		if (live->json)
			json_message(live->out, kind, text, where, probe);
		else if (times > 1)
			output_printf(live->out, "%s (%" PRIu64 " times)\n", line, times);
		else
			output_printf(live->out, "%s\n", line);
	}
	free(line);
}

/* exit() of a handler stops the others; at the prompt it is the end. */
static void exit_called(struct live *live, const struct live_probe *probe)
{
	live->records.exit_asked = false;
	__atomic_store_n(&live->maps.shared->state, SESSION_RUNNING, __ATOMIC_SEQ_CST);
	if (live->statement || !probe) {
		live->quit = true;
		return;
	}
	for (unsigned i = 0; i < live->probes.n; i++)
		probe_gate(live, live->probes.v[i], live->probes.v[i]->enabled = false);
	say(live, "probe %u called exit(): all probes are off (enable arms them again)\n",
	    probe->number);
}

void screen_feed(void *data, const void *sample, size_t size)
{
	struct live *live = data;
	const struct record *head = sample;
	struct live_probe *probe;
	struct live_unit *unit;
	size_t from = live->out->length;

	if (size < sizeof(*head))
		return;
	unit = unit_of_handler(live, head->probe, &probe);
	if (!unit)
		return;
	live->records.unit = unit->compile.unit;
	records_feed(&live->records, sample, size);
	spend(live, live->out->length >= from ? from : 0);
	if (live->records.exit_asked)
		exit_called(live, probe);
}

static void tracer_emit(void *data, const void *sample, u32 size)
{
	screen_feed(data, sample, size);
}

void screen_flush(struct live *live)
{
	bool prompting = live->prompting;

	refill(live);
	tell_lost(live);
	tell_held(live);
	if (!live->out->length)
		return;
	if (prompting)
		input_hide_prompt(live);
	output_flush(live->out);
	if (prompting)
		input_show_prompt(live);
}

void screen_open(struct live *live)
{
	live->records = (struct records){
		.hooks = {take, message, live},
		.out = live->out,
		.json = live->json,
		.no_warnings = live->options->no_warnings,
	};
	live->tokens = BURST_LINES;
	live->refilled = seconds_now();
	if (live->json)
		output_open(&live->records.scratch, -1);
	host_set_emit(tracer_emit, live);
}

void screen_close(struct live *live)
{
	host_set_emit(NULL, NULL);
	host_set_expand(NULL, NULL);
	symbols_free(live->out->symbols);
	live->out->symbols = NULL;
	if (live->records.scratch.buffer)
		output_close(&live->records.scratch);
	records_release(&live->records);
	for (unsigned i = 0; i < live->reported.n; i++)
		free(live->reported.v[i].text);
	free(live->reported.v);
}
