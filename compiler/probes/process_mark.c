/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * .mark and .provider().mark: static marks that programs were built with.
 */
#include <fnmatch.h>
#include <string.h>

#include "compiler/probes/process.h"

static void find_marks(struct process_point *process, struct dso *dso, const char *provider,
		       const char *name, struct process_site_vec *sites, struct suggest *suggest)
{
	struct arena *arena = process->probes->arena;
	struct usdt_vec *notes = ARENA_NEW(arena, struct usdt_vec);

	usdt_read(dso, notes);
	for (unsigned i = 0; i < notes->n; i++) {
		const struct usdt_note *note = &notes->v[i];
		struct process_site site = { .dso = dso, .address = note->address, .mark = note };

		suggest_offer(suggest, note->name);
		if ((provider && fnmatch(provider, note->provider, 0)) ||
		    fnmatch(name, note->name, 0))
			continue;
		VEC_PUSH(arena, sites, site);
	}
}

bool process_expand_mark(struct process_point *process)
{
	bool has_provider = process_is(process, process->first, "provider");
	const char *provider = has_provider ? point_string(process->point, process->first) : NULL;
	unsigned at = process->first + has_provider;
	const char *name = point_string(process->point, at);
	struct process_site_vec sites = { .n = 0 };
	struct suggest suggest;

	suggest_start(&suggest, name);
	for (unsigned i = 0; i < process->files.n; i++)
		find_marks(process, process->files.v[i], provider, name, &sites, &suggest);
	if (sites.n)
		return process_add_sites(process, &sites);
	if (process->optional)
		return true;
	diag_error(process->probes->diags, process->point->components.v[at].range,
		   "no mark '%s'%s%s%s in %s", name, provider ? " of provider '" : "",
		   provider ? provider : "", provider ? "'" : "", process->files.v[0]->path);
	suggest_help(&suggest, process->probes->diags);
	return false;
}
