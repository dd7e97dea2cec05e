/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sites at function entries move to a cheaper instruction right behind, where a handler cannot
 * tell the difference (debuginfo/reach.h).
 *
 * A site that shares its instruction with one that has to stay is not moved: one trap serves both.
 */
#include <stdlib.h>
#include <string.h>

#include "compiler/debuginfo/reach.h"
#include "compiler/probes/process.h"

/* The windows of one file. */
struct moves {
	struct probes *probes;
	struct dso *dso;
	struct {
		VEC(struct reach_window);
	} windows;
};

static bool may_move(const struct probe *probe, const struct site *site)
{
	return probe->placeless && site->kind == ATTACH_UPROBE && !site->ref_ctr_offset;
}

/* f(data, probe, site) for each site in the file that may be moved, or for each that may not. */
static void each_site(const struct moves *moves, struct probe *const *list, unsigned n, bool movable,
		      void (*fn)(struct moves *moves, struct site *site), struct moves *data)
{
	for (unsigned i = 0; i < n; i++) {
		struct probe *probe = list[i];

		for (unsigned s = 0; probe->family == &family_process && s < probe->sites.n; s++) {
			struct site *site = &probe->sites.v[s];

			if (site->path && may_move(probe, site) == movable &&
			    !strcmp(site->path, moves->dso->path))
				fn(data, site);
		}
	}
}

static int compare_entries(const void *left, const void *right)
{
	const struct reach_window *a = left, *b = right;

	return a->entry < b->entry ? -1 : a->entry > b->entry;
}

static struct reach_window *find_window(const struct moves *moves, uint64_t entry)
{
	struct reach_window key = {.entry = entry};

	return moves->windows.n ? bsearch(&key, moves->windows.v, moves->windows.n, sizeof(key),
					  compare_entries) : NULL;
}

static void add_window(struct moves *moves, struct site *site)
{
	const struct dso_symbol *symbol = dso_symbol_at(moves->dso, site->address);
	struct reach_window window;

	if (symbol && symbol->address == site->address &&
	    reach_find_site(moves->dso, symbol->address, symbol->size, &window))
		VEC_PUSH(moves->probes->arena, &moves->windows, window);
}

static void drop_doubles(struct moves *moves)
{
	unsigned kept = 0;

	qsort(moves->windows.v, moves->windows.n, sizeof(*moves->windows.v), compare_entries);
	for (unsigned i = 0; i < moves->windows.n; i++)
		if (!kept || moves->windows.v[kept - 1].entry != moves->windows.v[i].entry)
			moves->windows.v[kept++] = moves->windows.v[i];
	moves->windows.n = kept;
}

static void keep_shared(struct moves *moves, struct site *site)
{
	struct reach_window *window = find_window(moves, site->address);

	if (window)
		window->entered = true;
}

static void move(struct moves *moves, struct site *site)
{
	const struct reach_window *window = find_window(moves, site->address);
	uint64_t offset;

	if (!window || window->entered || !dso_code_offset(moves->dso, window->site, &offset))
		return;
	site->moved = (uint32_t)(window->site - window->entry);
	site->address = window->site;
	site->offset = offset;
}

static void move_in_file(struct moves *moves, struct probe *const *list, unsigned n)
{
	each_site(moves, list, n, true, add_window, moves);
	if (!moves->windows.n)
		return;
	drop_doubles(moves);
	reach_check(moves->dso, moves->windows.v, moves->windows.n);
	each_site(moves, list, n, false, keep_shared, moves);
	each_site(moves, list, n, true, move, moves);
}

/* Without, nobody has waited for a thread that opens files ahead of time. */
static bool has_sites(struct probe *const *list, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (list[i]->family == &family_process && list[i]->sites.n)
			return true;
	return false;
}

void process_move_sites(struct probes *probes, struct probe *const *list, unsigned n)
{
	struct debuginfo *debuginfo = has_sites(list, n) ? probes->debuginfo : NULL;

	for (unsigned i = 0; debuginfo && i < debuginfo->files.n; i++) {
		struct moves moves = {.probes = probes, .dso = debuginfo->files.v[i]};

		move_in_file(&moves, list, n);
	}
}
