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

/* "f", "f@VERSION" */
static bool is_meant(struct arena *arena, const struct dso_plt *entry, const char *pattern)
{
	const char *at = *pattern ? strchr(pattern + 1, '@') : NULL;
	const char *version;

	if (!at)
		return !fnmatch(pattern, entry->name, 0);
	version = at[1] == '@' ? at + 2 : at + 1;
	return entry->version && !fnmatch(version, entry->version, 0) &&
	       !fnmatch(arena_strndup(arena, pattern, (size_t)(at - pattern)), entry->name, 0);
}

static const char *offered(struct arena *arena, const struct dso_plt *entry, bool versions)
{
	return versions && entry->version ? arena_printf(arena, "%s@%s", entry->name, entry->version)
					  : entry->name;
}

static void find_entries(struct process_point *process, struct dso *dso, const char *pattern,
			 struct process_site_vec *sites, struct suggest *suggest)
{
	bool is_return = process_is(process, process->point->components.n - 1, "return");
	struct arena *arena = process->probes->arena;

	dso_read_plt(dso);
	for (unsigned i = 0; i < dso->plt.n; i++) {
		const struct dso_plt *entry = &dso->plt.v[i];
		struct process_site site = { .dso = dso, .address = entry->address,
					     .plt = entry->name, .is_return = is_return };

		suggest_offer(suggest, offered(arena, entry, strchr(pattern, '@') != NULL));
		if (is_meant(arena, entry, pattern) && !has_site(sites, dso, entry->address))
			VEC_PUSH(arena, sites, site);
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
	else if (process->files.v[0]->plt.n < 2)
		diag_help(process->probes->diags, "it is linked statically, or was compiled to call "
			  "directly (-fno-plt)");
	return false;
}
