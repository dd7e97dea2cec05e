/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One compilation into the session: all that is declared, and one probe or statement. What is
 * made shares the session's maps and knows where its globals are.
 */
#include <stdlib.h>
#include <string.h>

#include "compiler/codegen/store.h"
#include "runtime/handler/host.h"
#include "runtime/repl/live.h"
#include "runtime/symbols/own_code.h"
#include "runtime/symbols/symbols.h"

static const struct range nowhere;

static struct source *unit_source(struct live_unit *unit, const char *text, const char *origin)
{
	struct source *source = source_from_text(unit->arena, arena_strdup(unit->arena, origin),
						 arena_strdup(unit->arena, text));

	source->guru = unit->compile.options->guru;
	return source;
}

static void parse_items(struct live *live, struct live_unit *unit, bool macros)
{
	for (unsigned i = 0; i < live->items.n; i++) {
		const struct item *item = live->items.v[i];
		struct source *source;

		if ((item->kind == ITEM_MACRO) != macros)
			continue;
		source = unit_source(unit, item->text, item->origin);
		if (macros)
			syntax_parse_macros(&unit->compile.syntax, source);
		else
			VEC_PUSH(unit->arena, &unit->files,
				 syntax_parse(&unit->compile.syntax, source));
	}
}

struct live_unit *unit_begin(struct live *live)
{
	struct live_unit *unit = calloc(1, sizeof(*unit));
	struct arena *arena = arena_new();

	if (!unit)
		abort();
	*unit = (struct live_unit){.live = live, .next = live->units, .arena = arena,
				   .diags = {.arena = arena}, .loaded = {.ring_fd = -1}};
	live->units = unit;
	unit->debug = files_get(live);
	compile_start(&unit->compile, arena, &unit->diags, live->options, live->target);
	semantic_load_macros(&unit->compile.syntax, unit->compile.tapset_dirs);
	parse_items(live, unit, true);
	parse_items(live, unit, false);
	return unit;
}

bool unit_parse(struct live_unit *unit, const char *text, const char *origin)
{
	unit->source = unit_source(unit, text, origin);
	VEC_PUSH(unit->arena, &unit->files, syntax_parse(&unit->compile.syntax, unit->source));
	return !unit->diags.errors;
}

/* ---- the layout of globals ---------------------------------------------------------------------- */

/* Of the session or a trial: what a failed compilation has placed is forgotten with its copy. */
struct globals_layout layout_copy(const struct globals_layout *from)
{
	struct globals_layout copy = {.arena = arena_new(), .capacity = from->capacity,
				      .first = from->first, .end = from->end,
				      .serial = from->serial};

	for (unsigned i = 0; i < from->entries.n; i++) {
		struct layout_entry entry = from->entries.v[i];

		entry.name = arena_strdup(copy.arena, entry.name);
		entry.shape = arena_strdup(copy.arena, entry.shape);
		entry.map = arena_strdup(copy.arena, entry.map);
		VEC_PUSH(copy.arena, &copy.entries, entry);
	}
	return copy;
}

static void take(struct globals_layout *layout, uint64_t lock_offset, uint64_t size)
{
	struct extent extent = {lock_offset, lock_offset + 8 + size};

	VEC_PUSH(layout->arena, &layout->taken, extent);
}

/* The places of all layouts that may be gone back to, and of all units, be they under way. */
static void take_stock(struct live *live, struct globals_layout *layout)
{
	for (unsigned i = 0; i < layout->entries.n; i++)
		take(layout, layout->entries.v[i].lock_offset, layout->entries.v[i].size);
	for (const struct snapshot *it = live->snapshots; it; it = it->outer)
		for (unsigned i = 0; i < it->layout.entries.n; i++)
			take(layout, it->layout.entries.v[i].lock_offset,
			     it->layout.entries.v[i].size);
	for (const struct live_unit *it = live->units; it; it = it->next) {
		const struct unit *unit = it->compile.unit;

		for (unsigned i = 0; unit && i < unit->globals.n; i++)
			take(layout, unit->globals.v[i].lock_offset, unit->globals.v[i].size);
	}
}

static void layout_commit(struct live *live, struct globals_layout *layout)
{
	arena_free(live->layout.arena);
	live->layout = *layout;
}

/* ---- building --------------------------------------------------------------------------------------- */

static bool resolve(struct live *live, struct live_unit *unit, bool check)
{
	struct live_globals known = {0};
	struct semantic_options options = {
		.tapset_dirs = unit->compile.tapset_dirs,
		.limits = live->limits,
		.guru = live->options->guru,
		.keep_unused = check,
		.kernel_way = live->options->kernel_way,
		.debuginfo = unit->debug->debuginfo,
		.live = &known,
		.syntax = &unit->compile.syntax,
		.target = {live->target->pid, live->target->path},
	};

	globals_known(live, unit->arena, &known);
	unit->compile.program = semantic_resolve(unit->arena, &unit->diags, &options,
						 unit->files.v, unit->files.n);
	return !unit->diags.errors;
}

static bool generate(struct live *live, struct live_unit *unit, int gate,
		     struct globals_layout *layout)
{
	struct arena *scratch = arena_new();
	struct codegen_ready *ready = ahead_take(live);
	struct codegen_options options = {
		.store = store_open(scratch, compile_store_directory(&unit->compile)),
		.layout = layout,
		.ready = &ready,
		.first_handler = unit->first_handler,
		.gate_offset = gate < 0 ? 0 : SHARED_SIZE + 4 * (uint64_t)gate,
		.counters_offset = COUNTERS_AT + (gate < 0 ? GATES : (uint64_t)gate) *
							 sizeof(struct probe_counters),
	};

	take_stock(live, layout);
	unit->compile.unit = codegen_unit(unit->arena, &unit->diags, unit->compile.program,
					  &options);
	arena_free(scratch);
	ahead_give(live, ready);
	return unit->compile.unit && !unit->diags.errors;
}

/* From the first unit that needs them on. */
static void watch_names(struct live *live, const struct live_unit *unit)
{
	if (!unit->compile.unit->defers_names || live->out->symbols)
		return;
	live->out->symbols = symbols_new(live->target->pid);
	host_set_expand(symbols_expand_into, live->out->symbols);
}

static bool load(struct live *live, struct live_unit *unit)
{
	struct load_options options = {
		.features = live->features,
		.ring_bytes = live->maps.ring_bytes,
		.maps = &live->maps,
		.verbose = (int)live->options->verbose,
	};

	watch_names(live, unit);
	if (!unit_load(&unit->loaded, unit->compile.unit, &unit->diags, &options))
		return false;
	own_code_find(unit->loaded.shared, unit->compile.unit);
	return true;
}

bool unit_build(struct live *live, struct live_unit *unit, int gate)
{
	struct globals_layout layout;

	if (unit->diags.errors || !resolve(live, unit, false))
		return false;
	if (!unit->compile.program->probes.n) {
		diag_error(&unit->diags, nowhere, "the probe matches nothing");
		return false;
	}
	unit->first_handler = live->next_handler;
	live->next_handler += unit->compile.program->probes.n;
	layout = layout_copy(&live->layout);
	if (!generate(live, unit, gate, &layout) || !load(live, unit)) {
		arena_free(layout.arena);
		globals_prune_maps(live);
		return false;
	}
	layout_commit(live, &layout);
	globals_prune_maps(live);
	return true;
}

bool unit_resolve(struct live *live, struct live_unit *unit)
{
	return !unit->diags.errors && resolve(live, unit, false);
}

bool unit_check(struct live *live, struct live_unit *unit)
{
	return !unit->diags.errors && resolve(live, unit, true);
}

static void forget_unit(struct live_unit *unit)
{
	struct live_unit **place = &unit->live->units;

	while (*place != unit)
		place = &(*place)->next;
	*place = unit->next;
}

void unit_end(struct live_unit *unit)
{
	if (!unit)
		return;
	forget_unit(unit);
	attach_undo(&unit->attachments);
	if (unit->loaded.unit)
		unit_unload(&unit->loaded);
	compile_end(&unit->compile);
	files_put(unit->debug);
	arena_free(unit->arena);
	free(unit);
}

static bool has_handler(const struct live_unit *unit, unsigned handler)
{
	return unit->compile.unit && handler - unit->first_handler < unit->compile.unit->handlers.n;
}

struct live_unit *unit_of_handler(struct live *live, unsigned handler, struct live_probe **probe)
{
	*probe = NULL;
	if (live->running && has_handler(live->running, handler)) {
		for (unsigned i = 0; i < live->probes.n; i++)
			if (live->probes.v[i]->unit == live->running)
				*probe = live->probes.v[i];
		return live->running;
	}
	for (unsigned i = 0; i < live->probes.n; i++) {
		if (!has_handler(live->probes.v[i]->unit, handler))
			continue;
		*probe = live->probes.v[i];
		return (*probe)->unit;
	}
	/* One that leaves: what it sent is still to be printed. */
	for (struct live_unit *unit = live->units; unit; unit = unit->next)
		if (has_handler(unit, handler))
			return unit;
	return NULL;
}
