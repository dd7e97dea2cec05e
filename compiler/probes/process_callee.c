/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * .callee("g") and .callees: functions when they are called from a certain one.
 *
 * What was inlined into the caller is found there. A call that is left is known by the address
 * it returns to: the probe is at the callee's entry, with a guard that compares what is on top
 * of the stack, counted from the entry, so that the load address does not matter.
 */
#include <string.h>

#include "compiler/probes/process.h"

struct callee_search {
	struct process_point *process;
	const char *pattern;
	const struct process_site *caller;
	bool only_calls; /* .call, .return */
	struct process_site_vec *sites;
	struct suggest suggest;
};

/* Where the function that a call names begins: told by itself, or by the symbol of that name. */
static bool entry_of(struct callee_search *search, Dwarf_Die *function, uint64_t *entry)
{
	struct dso *dso = search->caller->dso;
	const struct dso_symbol *symbol;
	Dwarf_Attribute attr;
	const char *name;

	if (!dwarf_entrypc(function, entry) && *entry)
		return true;
	name = dwarf_formstring(dwarf_attr_integrate(function, DW_AT_linkage_name, &attr));
	symbol = dso_find_symbol(dso, name ? name : dwarf_diename(function) ?
				 dwarf_diename(function) : "");
	if (!symbol || symbol->kind != DSO_FUNCTION)
		return false;
	*entry = symbol->address;
	return true;
}

/* The address behind the call instruction; false for jumps (tail calls), which do not return. */
static bool return_address(Dwarf_Die *call, uint64_t *address)
{
	Dwarf_Attribute attr;

	if (dwarf_hasattr(call, DW_AT_call_tail_call) || dwarf_hasattr(call, DW_AT_GNU_tail_call))
		return false;
	if (dwarf_attr(call, DW_AT_call_return_pc, &attr))
		return !dwarf_formaddr(&attr, address);
	return dwarf_tag(call) == DW_TAG_GNU_call_site && !dwarf_lowpc(call, address);
}

static bool called_function(Dwarf_Die *call, Dwarf_Die *function)
{
	Dwarf_Attribute attr;

	return (dwarf_attr(call, DW_AT_call_origin, &attr) ||
		dwarf_attr(call, DW_AT_abstract_origin, &attr)) &&
	       dwarf_formref_die(&attr, function);
}

static bool wanted_name(struct callee_search *search, Dwarf_Die *function)
{
	struct arena *arena = search->process->probes->arena;

	suggest_offer(&search->suggest, dwarf_function_name(arena, function));
	return dwarf_function_matches(arena, function, search->pattern);
}

static void add_call(struct callee_search *search, Dwarf_Die *call)
{
	struct process_point *process = search->process;
	struct process_site site = { .dso = search->caller->dso, .at_entry = true };
	struct dwarf_function *function;
	Dwarf_Die callee;
	uint64_t back;

	if (!called_function(call, &callee) || !wanted_name(search, &callee) ||
	    !entry_of(search, &callee, &site.address) || !return_address(call, &back))
		return;
	function = dwarf_function_at(dwarf_file_of(site.dso), site.address, false);
	if (function && function->entry == site.address)
		site = process_site_of(process->probes->arena, site.dso, function);
	else
		site.function = dwarf_function_name(process->probes->arena, &callee);
	site.is_return = process_is(process, process->point->components.n - 1, "return");
	site.is_call = true;
	site.returns_to = (int64_t)(back - site.address);
	VEC_PUSH(process->probes->arena, search->sites, site);
}

static void add_inlined(struct callee_search *search, Dwarf_Die *die)
{
	struct dso *dso = search->caller->dso;
	struct dwarf_function function = { .die = *die, .inlined = true };

	if (search->only_calls || !wanted_name(search, die) ||
	    dwarf_entrypc(die, &function.entry))
		return;
	VEC_PUSH(search->process->probes->arena, search->sites,
		 process_site_of(search->process->probes->arena, dso, &function));
}

static void find_callees(struct callee_search *search, Dwarf_Die *parent, unsigned depth)
{
	Dwarf_Die die;
	int status = depth < 64 ? dwarf_child(parent, &die) : 1;

	for (; !status; status = dwarf_siblingof(&die, &die)) {
		switch (dwarf_tag(&die)) {
		case DW_TAG_lexical_block:
			find_callees(search, &die, depth + 1);
			break;
		case DW_TAG_inlined_subroutine:
			add_inlined(search, &die);
			break;
		case DW_TAG_call_site:
		case DW_TAG_GNU_call_site:
			add_call(search, &die);
			break;
		}
	}
}

static bool depth_is_one(struct process_point *process)
{
	int64_t depth;

	if (!process_is(process, process->first + 1, "callees") ||
	    !point_number(process->point, process->first + 1, &depth) || depth == 1)
		return true;
	diag_error(process->probes->diags, process->point->components.v[process->first + 1].range,
		   "callees of callees are not supported yet: the depth can only be 1");
	return false;
}

static bool report_none(struct callee_search *search, const struct source_place *place)
{
	struct process_point *process = search->process;

	if (process->optional)
		return true;
	diag_error(process->probes->diags, process->point->components.v[process->first + 1].range,
		   "the debug information knows no call of '%s' in function '%s'", search->pattern,
		   place->function);
	if (suggest_best(&search->suggest))
		suggest_help(&search->suggest, process->probes->diags);
	else
		diag_help(process->probes->diags, "calls are only described in optimised code; calls "
			  "through pointers and into other files are not known");
	return false;
}

bool process_expand_callee(struct process_point *process, const struct source_place *place)
{
	struct process_site_vec callers = { .n = 0 }, sites = { .n = 0 };
	struct callee_search search = { .process = process, .sites = &sites };

	if (!depth_is_one(process))
		return false;
	search.pattern = point_string(process->point, process->first + 1);
	search.pattern = search.pattern ? search.pattern : "*";
	search.only_calls = process->point->components.n > process->first + 2;
	suggest_start(&search.suggest, search.pattern);
	process_find_functions(process, place, true, &callers);
	if (!callers.n)
		return process_report_missing(process, place);
	for (unsigned i = 0; i < callers.n; i++) {
		search.caller = &callers.v[i];
		if (callers.v[i].has_scope)
			find_callees(&search, &callers.v[i].scope, 0);
	}
	return sites.n ? process_add_sites(process, &sites) : report_none(&search, place);
}
