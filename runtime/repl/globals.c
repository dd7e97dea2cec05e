/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the session knows of its globals: the types that probes and statements have given them,
 * and where their data is. It is told to every compilation, and what that has learnt is kept.
 */
#include <bpf/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/repl/live.h"

struct live_global *globals_find(struct live *live, const char *name)
{
	for (unsigned i = 0; i < live->globals.n; i++)
		if (!strcmp(live->globals.v[i].description.name, name))
			return &live->globals.v[i];
	return NULL;
}

void globals_known(const struct live *live, struct arena *arena, struct live_globals *known)
{
	for (unsigned i = 0; i < live->globals.n; i++) {
		const struct unit_global *from = &live->globals.v[i].description;
		struct known_global to = {
			.name = from->name,
			.type = from->type,
			.is_array = from->is_array,
			.locked = live->globals.v[i].locked,
			.n_keys = from->n_keys,
			.stat_ops = from->stat_ops,
			.hist_low = from->hist_low,
			.hist_high = from->hist_high,
			.hist_width = from->hist_width,
		};

		if (live->globals.v[i].ignored || live->globals.v[i].retyped)
			continue;
		memcpy(to.key_type, from->key_type, sizeof(to.key_type));
		VEC_PUSH(arena, known, to);
	}
}

static void release(struct live_global *global)
{
	free((char *)global->description.name);
	free((char *)global->description.map);
}

void globals_forget(struct live *live, const char *name)
{
	struct live_global *global = globals_find(live, name);

	if (!global)
		return;
	release(global);
	*global = live->globals.v[--live->globals.n];
}

void globals_reconsider(struct live *live, const char *name)
{
	struct live_global *global = globals_find(live, name);

	if (global)
		global->retyped = true;
}

/* Its data, too. */
void globals_drop(struct live *live, const char *name)
{
	struct globals_layout *layout = &live->layout;

	globals_forget(live, name);
	for (unsigned i = 0; i < layout->entries.n; i++)
		if (!strcmp(layout->entries.v[i].name, name))
			layout->entries.v[i--] = layout->entries.v[--layout->entries.n];
	globals_prune_maps(live);
}

void globals_release(struct live *live)
{
	for (unsigned i = 0; i < live->globals.n; i++)
		release(&live->globals.v[i]);
	free(live->globals.v);
}

static struct live_global *add(struct live *live)
{
	if (live->globals.n == live->globals.capacity) {
		live->globals.capacity = live->globals.capacity ? 2 * live->globals.capacity : 16;
		live->globals.v = realloc(live->globals.v,
					  live->globals.capacity * sizeof(*live->globals.v));
		if (!live->globals.v)
			abort();
	}
	live->globals.v[live->globals.n] = (struct live_global){0};
	return &live->globals.v[live->globals.n++];
}

/* ---- maps ------------------------------------------------------------------------------------------- */

static bool is_placed(void *data, const char *name)
{
	const struct globals_layout *layout = data;

	if (name[0] != 'm' || name[1] < '0' || name[1] > '9')
		return true;
	for (unsigned i = 0; i < layout->entries.n; i++)
		if (!strcmp(layout->entries.v[i].map, name))
			return true;
	return false;
}

void globals_prune_maps(struct live *live)
{
	shared_maps_prune(&live->maps, is_placed, &live->layout);
}

/* ---- going back ----------------------------------------------------------------------------------- */

static struct live_global copy_of(const struct live_global *global)
{
	struct live_global copy = *global;

	copy.description.name = strdup(global->description.name);
	copy.description.map = global->description.map ? strdup(global->description.map) : NULL;
	return copy;
}

void snapshot_take(struct live *live, struct snapshot *snapshot)
{
	*snapshot = (struct snapshot){.outer = live->snapshots,
				      .layout = layout_copy(&live->layout),
				      .n = live->globals.n};
	live->snapshots = snapshot;
	snapshot->globals = calloc(snapshot->n + 1, sizeof(*snapshot->globals));
	if (!snapshot->globals)
		abort();
	for (unsigned i = 0; i < snapshot->n; i++)
		snapshot->globals[i] = copy_of(&live->globals.v[i]);
}

void snapshot_end(struct live *live, struct snapshot *snapshot, bool keep_changes)
{
	live->snapshots = snapshot->outer;
	if (!keep_changes) {
		struct snapshot now = {NULL, live->layout, live->globals.v, live->globals.n};

		live->layout = snapshot->layout;
		live->globals.v = snapshot->globals;
		live->globals.n = snapshot->n;
		live->globals.capacity = snapshot->n + 1;
		*snapshot = now;
	}
	globals_prune_maps(live);
	for (unsigned i = 0; i < snapshot->n; i++)
		release(&snapshot->globals[i]);
	free(snapshot->globals);
	arena_free(snapshot->layout.arena);
}

/* ---- what a unit says of them ------------------------------------------------------------------- */

/* The user's own, whose type something has decided: not merely taken to be a number. */
static bool is_learnt(struct live *live, const struct symbol *symbol)
{
	if (!symbol->decl || !symbol->decl->range.source || symbol->decl->range.source->tapset)
		return false;
	return symbol->is_array || symbol->type_range.source || globals_find(live, symbol->name);
}

static bool moved(const struct unit_global *from, const struct unit_global *to)
{
	if (from->is_array != to->is_array)
		return true;
	return from->is_array ? strcmp(from->map, to->map) != 0 : from->offset != to->offset;
}

const char *globals_reset_by(struct live *live, const struct live_unit *unit)
{
	const struct unit *made = unit->compile.unit;

	for (unsigned i = 0; i < made->globals.n; i++) {
		const struct live_global *known = globals_find(live, made->globals.v[i].name);

		if (known && unit->compile.program->globals.v[i]->decl &&
		    moved(&known->description, &made->globals.v[i]))
			return made->globals.v[i].name;
	}
	return NULL;
}

static void tell_reset(struct live *live, const struct unit_global *from,
		       const struct unit_global *to)
{
	char *was = value_type_text(from), *is = value_type_text(to);

	answer_reset(live, to->name);
	if (strcmp(was, is))
		say(live, "global %s is reset: it was %s, now it is %s\n", to->name, was, is);
	else
		say(live, "global %s is reset: its data has another form now\n", to->name);
	free(was);
	free(is);
}

static void take(struct live_global *global, const struct unit_global *from, bool locked)
{
	release(global);
	global->description = *from;
	global->description.name = strdup(from->name);
	global->description.map = from->map ? strdup(from->map) : NULL;
	global->description.init = NULL;
	global->locked |= locked;
	global->retyped = false;
}

void globals_learn(struct live *live, const struct live_unit *unit)
{
	const struct unit *made = unit->compile.unit;

	for (unsigned i = 0; i < made->globals.n; i++) {
		const struct symbol *symbol = unit->compile.program->globals.v[i];
		const struct unit_global *from = &made->globals.v[i];
		struct live_global *known;

		if (!is_learnt(live, symbol))
			continue;
		known = globals_find(live, from->name);
		if (known && moved(&known->description, from))
			tell_reset(live, &known->description, from);
		take(known ? known : add(live), from, symbol->locked);
	}
}

/* ---- clear ------------------------------------------------------------------------------------------- */

static void clear_array(int fd, unsigned key_bytes)
{
	void *key = malloc(key_bytes);

	while (key && bpf_map_get_next_key(fd, NULL, key) == 0)
		if (bpf_map_delete_elem(fd, key))
			break;
	free(key);
}

static void clear_scalar(struct live *live, const struct unit_global *global)
{
	char *at = (char *)live->maps.shared + global->offset;
	struct stat_cell empty = {.min = INT64_MAX, .max = INT64_MIN};

	memset(at, 0, global->size);
	if (global->type == TYPE_STATS)
		memcpy(at, &empty, sizeof(empty));
}

bool globals_clear(struct live *live, const char *name)
{
	const struct live_global *global = globals_find(live, name);
	int fd;

	if (!global)
		return items_find(live, ITEM_GLOBAL, name) != NULL;
	if (!global->description.is_array) {
		clear_scalar(live, &global->description);
		return true;
	}
	fd = shared_maps_find(&live->maps, global->description.map);
	if (fd >= 0)
		clear_array(fd, global->description.key_bytes);
	return true;
}
