/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A session from its start to its end. */
#include "runtime/repl/repl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/repl/live.h"
#include "runtime/repl/words.h"
#include "runtime/session/run.h"
#include "runtime/session/timing.h"

enum { RING_BYTES = 4 << 20 };

static bool use_color(const struct live *live)
{
	if (live->options->color != COLOR_AUTO)
		return live->options->color == COLOR_ALWAYS;
	return live->terminal && !live->dumb && !getenv("NO_COLOR");
}

static uint64_t ring_bytes(const struct options *options)
{
	uint64_t bytes = (uint64_t)getpagesize();

	while (bytes < (options->ring_bytes ? options->ring_bytes : RING_BYTES))
		bytes *= 2;
	return bytes;
}

static bool open_maps(struct live *live)
{
	struct arena *arena = arena_new();
	struct diags diags = {.arena = arena};
	bool ok = shared_maps_open(&live->maps, GLOBALS_BYTES, ring_bytes(live->options), &diags);

	say_diags(live, &diags, NULL);
	arena_free(arena);
	if (!ok)
		return false;
	live->layout = (struct globals_layout){
		.arena = arena_new(),
		.capacity = GLOBALS_BYTES,
		.first = GLOBALS_AT,
		.end = COUNTERS_AT,
	};
	live->maps.shared->state = SESSION_RUNNING;
	live->maps.shared->errors_allowed = UINT64_MAX; /* one more is no reason to end */
	live->maps.shared->target_pid = (uint32_t)live->target->pid;
	return ring_open(&live->ring, live->maps.ring_fd, live->maps.ring_bytes) == 0;
}

static void greet(struct live *live)
{
	if (!live->terminal || live->json)
		return;
	say(live, "spile: type a probe, a statement or an expression; help lists the commands\n");
	if (live->target->pid)
		say(live, "target: process %d, %s%s\n", (int)live->target->pid,
		    live->target->path ? live->target->path : "?",
		    live->target->gate >= 0 ? "; run lets it go" : "");
}

static void load_init(struct live *live)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	char *path = NULL;

	if (config && *config ? asprintf(&path, "%s/spile/init.stp", config) < 0
			      : !home || asprintf(&path, "%s/.config/spile/init.stp", home) < 0)
		return;
	if (access(path, R_OK) == 0)
		load_file(live, path);
	free(path);
}

/* ---- the end -------------------------------------------------------------------------------------- */

struct last_words {
	struct live_probe *probe;
	unsigned handler;
	int64_t order;
};

static int compare_orders(const void *a, const void *b)
{
	const struct last_words *x = a, *y = b;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return x->probe->number < y->probe->number ? -1 : 1;
}

/* The end handlers of all probes, in the order of all. */
static void run_end(struct live *live)
{
	struct last_words *words = NULL;
	unsigned n = 0;

	live->maps.shared->state = SESSION_ENDING;
	for (unsigned i = 0; i < live->probes.n; i++) {
		struct live_probe *probe = live->probes.v[i];
		const struct unit *unit = probe->unit->compile.unit;
		unsigned count, *order = run_order(unit, ATTACH_END, &count);

		words = realloc(words, (n + count + 1) * sizeof(*words));
		for (unsigned k = 0; words && probe->enabled && k < count; k++)
			words[n++] = (struct last_words){probe, order[k],
							 unit->handlers.v[order[k]].order};
		free(order);
	}
	if (n)
		qsort(words, n, sizeof(*words), compare_orders);
	for (unsigned i = 0; i < n; i++)
		loop_run_handler(live, words[i].probe->unit, words[i].handler);
	free(words);
	loop_drain(live);
	screen_flush(live);
}

static void live_close(struct live *live)
{
	ahead_end(live);
	probes_end(live);
	for (unsigned i = 0; i < live->items.n; i++)
		item_free(live->items.v[i]);
	item_list_release(&live->items);
	globals_release(live);
	files_put(live->debug);
	words_free(live->words);
	screen_close(live);
	loop_close(live);
	ring_close(&live->ring);
	shared_maps_close(&live->maps);
	arena_free(live->layout.arena);
	arena_free(live->names);
	if (live->timing >= 0)
		close(live->timing);
}

int repl_run(const struct options *options, struct features *features,
	     struct command_target *target, struct output *out)
{
	const char *term = getenv("TERM");
	struct live live = {
		.options = options,
		.limits = options->limits,
		.features = features,
		.target = target,
		.names = arena_new(),
		.out = out,
		.maps = {.globals_fd = -1, .ring_fd = -1},
		.ring = {.fd = -1},
		.epoll = -1, .signals = -1, .timing = -1,
		.json = options->json,
		.words = words_new(),
	};
	bool ok;

	/* A session goes on after errors, unless it is told where to stop. */
	if (!limits_given(&live.limits, "MAXERRORS"))
		live.limits.max_errors = INT64_MAX;
	if (!limits_given(&live.limits, "MAXSKIPPED"))
		live.limits.max_skipped = INT64_MAX;
	live.out->elision = (int)live.limits.hist_elision;
	live.terminal = !live.json && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	live.dumb = !term || !*term || !strcmp(term, "dumb");
	live.color = use_color(&live);
	live.rows = live.terminal ? 50 : 0;
	screen_open(&live);
	ok = open_maps(&live) && loop_open(&live) && loop_add_target(&live);
	if (ok) {
		ahead_start(&live);
		files_warm(&live, live.target->path ? live.target->path : "libc.so.6");
		live.timing = timing_start();
		target_set_apart(&live);
		greet(&live);
		load_init(&live);
		screen_flush(&live);
		input_run(&live);
		run_end(&live);
	}
	ok = ok && (live.terminal || live.json || !live.failures);
	live_close(&live);
	return !ok;
}
