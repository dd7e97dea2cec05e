/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changing what armed probes are made of. All that depends on a change is compiled first; only
 * when all of that has worked is anything switched, and then each probe by one store in its
 * gate, so that no hit is lost or counted twice.
 */
#include <stdlib.h>
#include <string.h>

#include "runtime/repl/live.h"

struct change {
	struct live_probe **probes;
	struct live_unit **units; /* their successors */
	unsigned n;
};

static struct live_unit *build_next(struct live *live, struct live_probe *probe, bool *ok)
{
	struct live_unit *unit = unit_begin(live);

	*ok = unit_parse(unit, probe->text, probe->origin) &&
	      unit_build(live, unit, (int)probe->gate) &&
	      (!probe->enabled || (attach_all(&unit->attachments, &unit->loaded, &unit->diags) &&
				   attach_watches_set(&unit->attachments, DIAG_ERROR)));
	if (!*ok) {
		say_error(live, "probe %u would not work any more:", probe->number);
		say_diags(live, &unit->diags, NULL);
	}
	return unit;
}

static void switch_probe(struct live *live, struct live_probe *probe, struct live_unit *unit)
{
	probe->unit = unit;
	probe_gate(live, probe, probe->enabled);
	if (probe->enabled)
		loop_add_timers(live, probe);
}

/* The change's units are the old ones now. */
static void end_old(struct live *live, struct change *change)
{
	struct attachments **attachments = calloc(change->n + 1, sizeof(*attachments));

	if (!attachments)
		abort();
	for (unsigned i = 0; i < change->n; i++)
		attachments[i] = &change->units[i]->attachments;
	attach_undo_many(attachments, change->n);
	free(attachments);
	loop_drain(live);
	for (unsigned i = 0; i < change->n; i++) {
		struct live_probe *probe = change->probes[i];

		unit_counts(change->units[i], &probe->past_hits, &probe->past_ns);
		unit_end(change->units[i]);
	}
}

static bool build_all(struct live *live, struct change *change)
{
	for (unsigned i = 0; i < change->n; i++) {
		bool ok;

		change->units[i] = build_next(live, change->probes[i], &ok);
		if (!ok)
			return false;
		globals_learn(live, change->units[i]);
	}
	return true;
}

static void change_finish(struct live *live, struct change *change, bool ok)
{
	for (unsigned i = 0; i < change->n; i++) {
		struct live_unit *old = change->probes[i]->unit;

		if (ok) {
			switch_probe(live, change->probes[i], change->units[i]);
			change->units[i] = old;
		} else {
			unit_end(change->units[i]);
		}
	}
	if (ok)
		end_old(live, change);
	free(change->probes);
	free(change->units);
}

bool probes_arm_again(struct live *live,
		      bool (*needs)(struct live *live, const struct live_probe *probe, void *data),
		      void *data, unsigned *n)
{
	struct change change = {
		.probes = calloc(live->probes.n + 1, sizeof(*change.probes)),
		.units = calloc(live->probes.n + 1, sizeof(*change.units)),
	};
	struct snapshot before;
	bool ok;

	if (!change.probes || !change.units)
		abort();
	for (unsigned i = 0; i < live->probes.n; i++)
		if (needs(live, live->probes.v[i], data))
			change.probes[change.n++] = live->probes.v[i];
	*n = change.n;
	snapshot_take(live, &before);
	ok = build_all(live, &change);
	snapshot_end(live, &before, ok);
	change_finish(live, &change, ok);
	return ok;
}

/* ---- globals that moved -------------------------------------------------------------------------- */

static bool uses_old_place(const struct unit_global *global, const struct symbol *symbol,
			   const struct live_global *known)
{
	if (!known || !symbol->decl || (symbol->decl->range.source &&
					symbol->decl->range.source->tapset))
		return false;
	if (known->locked && !symbol->locked && symbol->written)
		return true;
	if (global->is_array != known->description.is_array)
		return true;
	return global->is_array ? strcmp(global->map, known->description.map) != 0
				: global->offset != known->description.offset;
}

static bool follows(struct live *live, const struct live_probe *probe, void *data)
{
	const struct unit *unit = probe->unit->compile.unit;

	(void)data;
	for (unsigned i = 0; i < unit->globals.n; i++)
		if (uses_old_place(&unit->globals.v[i], probe->unit->compile.program->globals.v[i],
				   globals_find(live, unit->globals.v[i].name)))
			return true;
	return false;
}

bool probes_follow_globals(struct live *live, unsigned *n)
{
	return probes_arm_again(live, follows, NULL, n);
}

/* ---- declarations ----------------------------------------------------------------------------------- */

static bool depends(struct live *live, const struct live_probe *probe, void *data)
{
	return text_depends(live, probe->text, data);
}

static struct item *counterpart(const struct item_list *list, const struct item *item)
{
	for (unsigned i = 0; i < list->n; i++)
		if (item_same(list->v[i], item))
			return list->v[i];
	return NULL;
}

static bool same_text(const struct item *a, const struct item *b)
{
	char *x = text_trimmed(a->text), *y = text_trimmed(b->text);
	bool same = !strcmp(x, y);

	free(x);
	free(y);
	return same;
}

static void add_counterparts(struct item_list *list, const struct item_list *added,
			     const struct item *old)
{
	for (unsigned i = 0; i < added->n; i++)
		if (item_same(added->v[i], old) && !list_has(list, added->v[i]))
			item_list_add(list, added->v[i]);
}

/* What is declared anew takes the old one's place; overloads in one input stay together. */
static struct item_list joined(const struct item_list *old, const struct item_list *added)
{
	struct item_list list = {0};

	for (unsigned i = 0; i < old->n; i++) {
		if (counterpart(added, old->v[i]))
			add_counterparts(&list, added, old->v[i]);
		else
			item_list_add(&list, old->v[i]);
	}
	for (unsigned i = 0; i < added->n; i++)
		if (!list_has(&list, added->v[i]))
			item_list_add(&list, added->v[i]);
	return list;
}

static void forget_changed_globals(struct live *live, const struct item_list *added)
{
	for (unsigned i = 0; i < added->n; i++) {
		const struct item *old = counterpart(&live->items, added->v[i]);

		if (old && added->v[i]->kind == ITEM_GLOBAL && !same_text(old, added->v[i]))
			globals_reconsider(live, added->v[i]->name);
	}
}

/* Whether all functions make sense with what is there now. */
static bool check(struct live *live)
{
	struct live_unit *unit = unit_begin(live);
	bool ok = unit_check(live, unit);

	if (!ok) {
		unit->diags.no_warnings = true;
		say_diags(live, &unit->diags, NULL);
	}
	unit_end(unit);
	return ok;
}

static void tell_declared(struct live *live, const struct item_list *added,
			  const struct item_list *before, unsigned again)
{
	static const char *const kinds[] = {"global", "function", "alias", "macro", "embedded C"};

	answer_kind(live, "declarations");
	answer_add(live, "rearmed", json_object_new_int64(again));
	for (unsigned i = 0; i < added->n; i++) {
		const struct item *item = added->v[i];
		bool known = item->kind != ITEM_EMBEDDED && counterpart(before, item);

		say(live, "%s %s%s\n", kinds[item->kind],
		    item->kind == ITEM_EMBEDDED ? "" : item->name, known ? ": redefined" : "");
	}
	if (again)
		say(live, "%u probe%s armed again\n", again, again == 1 ? "" : "s");
}

static void free_left_out(const struct item_list *all, const struct item_list *kept)
{
	for (unsigned i = 0; i < all->n; i++)
		if (!list_has(kept, all->v[i]))
			item_free(all->v[i]);
}

bool probes_declare(struct live *live, struct item_list *added)
{
	struct item_list before = live->items;
	struct snapshot snapshot;
	unsigned again = 0, followed = 0;
	bool ok;

	snapshot_take(live, &snapshot);
	forget_changed_globals(live, added);
	live->items = joined(&before, added);
	ok = check(live) && probes_arm_again(live, depends, added, &again) &&
	     probes_follow_globals(live, &followed);
	snapshot_end(live, &snapshot, ok);
	if (ok) {
		tell_declared(live, added, &before, again + followed);
		free_left_out(&before, &live->items);
		item_list_release(&before);
	} else {
		item_list_release(&live->items);
		live->items = before;
		free_left_out(added, &before);
	}
	return ok;
}

/* ---- dropping ---------------------------------------------------------------------------------------- */

static bool is_needed(struct live *live, struct item *item)
{
	struct item_list one = {.v = &item, .n = 1};

	for (unsigned i = 0; i < live->probes.n; i++)
		if (text_depends(live, live->probes.v[i]->text, &one)) {
			say_error(live, "probe %u uses '%s'", live->probes.v[i]->number, item->name);
			return true;
		}
	for (unsigned i = 0; i < live->items.n; i++)
		if (strcmp(live->items.v[i]->name, item->name) &&
		    text_depends(live, live->items.v[i]->text, &one)) {
			say_error(live, "'%s' uses '%s'", live->items.v[i]->name, item->name);
			return true;
		}
	return false;
}

bool items_drop(struct live *live, const char *name)
{
	unsigned kept = 0, n = live->items.n;

	for (unsigned i = 0; i < n; i++)
		if (!strcmp(live->items.v[i]->name, name) && is_needed(live, live->items.v[i]))
			return false;
	for (unsigned i = 0; i < n; i++) {
		if (strcmp(live->items.v[i]->name, name))
			live->items.v[kept++] = live->items.v[i];
		else
			item_free(live->items.v[i]);
	}
	live->items.n = kept;
	globals_drop(live, name);
	if (kept == n)
		say_error(live, "there is no probe and no declaration '%s'", name);
	return kept != n;
}
