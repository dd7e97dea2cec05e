/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * .plt: calls of other files' functions, where they leave this one.
 */
#include <fnmatch.h>
#include <string.h>

#include "compiler/probes/process.h"

static bool has_site(const struct process_site_vec *sites, const struct dso *dso, uint64_t address)
{
	for (unsigned i = 0; i < sites->n; i++)
		if (sites->v[i].dso == dso && sites->v[i].address == address)
			return true;
	return false;
}

static void find_entries(struct process_point *process, struct dso *dso, const char *pattern,
			 struct process_site_vec *sites, struct suggest *suggest)
{
	bool is_return = process_is(process, process->point->components.n - 1, "return");

	dso_read_plt(dso);
	for (unsigned i = 0; i < dso->plt.n; i++) {
		const struct dso_plt *entry = &dso->plt.v[i];
		struct process_site site = { .dso = dso, .address = entry->address,
					     .plt = entry->name, .is_return = is_return };

		suggest_offer(suggest, entry->name);
		if (!fnmatch(pattern, entry->name, 0) && !has_site(sites, dso, entry->address))
			VEC_PUSH(process->probes->arena, sites, site);
	}
}

bool process_expand_plt(struct process_point *process)
{
	const char *given = point_string(process->point, process->first);
	const char *pattern = given ? given : "*";
	struct process_site_vec sites = { .n = 0 };
	struct suggest suggest;

	suggest_start(&suggest, pattern);
	for (unsigned i = 0; i < process->files.n; i++)
		find_entries(process, process->files.v[i], pattern, &sites, &suggest);
	if (sites.n)
		return process_add_sites(process, &sites);
	if (process->optional)
		return true;
	diag_error(process->probes->diags, process->point->components.v[process->first].range,
		   "%s calls no function '%s' through its linkage table",
		   process->files.v[0]->path, pattern);
	if (suggest_best(&suggest))
		suggest_help(&suggest, process->probes->diags);
	else if (!process->files.v[0]->plt.n)
		diag_help(process->probes->diags, "it has no such table: it is linked statically, or "
			  "was compiled to call directly (-fno-plt)");
	return false;
}
