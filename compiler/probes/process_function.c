/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * .function(...): the code of functions, by symbols and by DWARF.
 */
#include <string.h>

#include "compiler/probes/process.h"

static void add_site(struct process_point *process, struct process_site_vec *sites,
		     const struct process_site *site)
{
	for (unsigned i = 0; i < sites->n; i++)
		if (sites->v[i].dso == site->dso && sites->v[i].address == site->address)
			return;
	VEC_PUSH(process->probes->arena, sites, *site);
}

static bool is_code(const struct dso_symbol *symbol)
{
	return symbol->kind == DSO_FUNCTION || symbol->kind == DSO_IFUNC;
}

static void find_by_symbols(struct process_point *process, struct dso *dso, const char *pattern,
			    struct process_site_vec *sites)
{
	bool exported = process_is(process, process->first + 1, "exported");

	dso_read_symbols(dso);
	for (unsigned i = 0; i < dso->symbols.n; i++) {
		struct dso_symbol *symbol = &dso->symbols.v[i];
		struct process_site site = { .dso = dso, .address = symbol->address,
					     .at_entry = true };

		if (!is_code(symbol) || (exported && !symbol->exported) ||
		    !symbol_matches(dso, symbol, pattern))
			continue;
		site.function = symbol_plain(dso, symbol);
		site.is_return = process_is(process, process->point->components.n - 1, "return");
		add_site(process, sites, &site);
	}
}

static bool report_missing(struct process_point *process, const char *pattern)
{
	struct diags *diags = process->probes->diags;
	struct suggest suggest;

	if (process->optional)
		return true;
	suggest_start(&suggest, pattern);
	for (unsigned f = 0; f < process->files.n; f++) {
		struct dso *dso = process->files.v[f];

		for (unsigned i = 0; i < dso->symbols.n; i++)
			if (is_code(&dso->symbols.v[i]))
				suggest_offer(&suggest, symbol_plain(dso, &dso->symbols.v[i]));
	}
	diag_error(diags, process->point->components.v[process->first].range,
		   "no function '%s' in %s", pattern, process->files.v[0]->path);
	suggest_help(&suggest, diags);
	return false;
}

bool process_expand_function(struct process_point *process)
{
	const char *pattern = point_string(process->point, process->first);
	struct process_site_vec sites = { .n = 0 };

	for (unsigned i = 0; i < process->files.n; i++)
		find_by_symbols(process, process->files.v[i], pattern, &sites);
	if (!sites.n)
		return report_missing(process, pattern);
	return process_add_sites(process, &sites);
}
