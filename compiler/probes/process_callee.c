/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * .callee("g") and .callees: functions when they are called from a certain one.
 *
 * What was inlined into the caller is found there. A call that is left is known by the address
 * it returns to: the probe is at the callee's entry, with a guard that compares what is on top
 * of the stack, and for callees of callees what call frame information finds below.
 */
#include <string.h>

#include "compiler/debuginfo/insn.h"
#include "compiler/debuginfo/kernel_file.h"
#include "compiler/probes/process.h"

struct callee_search {
	struct process_point *process;
	const char *pattern;
	struct dso *dso;
	const char *caller; /* "main@file.c:12", whose calls are being looked at */
	bool only_calls; /* .call, .return */
	struct process_site_vec *sites;
	bool incomplete; /* something is left out: the frames are not described, or it is too much */
	struct suggest suggest;
};

enum { STACK_POINTER = 7, FRAME_POINTER = 6, MAX_DEPTH = 8, MAX_SITES = 2000 };

static bool wanted_name(struct callee_search *search, Dwarf_Die *function)
{
	struct arena *arena = search->process->probes->arena;

	suggest_offer(&search->suggest, dwarf_function_name(arena, function));
	return dwarf_function_matches(arena, function, search->pattern);
}

/* ---- who called ----------------------------------------------------------------------------- */

/* Where the calls return to that have led to a site, the last one first. */
struct callers {
	const struct callers *outer;
	uint64_t back;
};

/* The frame of a function as texts in the language. */
struct frame_text {
	const char *sp, *fp, *cfa;
};

/* "@uderef" or "@kderef" */
static char memory_of(const struct dso *dso)
{
	return dso->kernel ? 'k' : 'u';
}

static bool describe_frame(struct callee_search *search, uint64_t address, struct frame_text *frame)
{
	struct arena *arena = search->process->probes->arena;
	struct dwarf_frame_rules rules = { .cfa_offset = 0 };

	if (!dwarf_frame_rules_at(dwarf_file_of(search->dso), address, &rules) ||
	    (rules.cfa_register != STACK_POINTER && rules.cfa_register != FRAME_POINTER))
		return false;
	frame->cfa = arena_printf(arena, "(%s + %lld)",
				  rules.cfa_register == STACK_POINTER ? frame->sp : frame->fp,
				  (long long)rules.cfa_offset);
	frame->sp = frame->cfa;
	if (rules.fp_saved)
		frame->fp = arena_printf(arena, "@%cderef(8, %s + %lld)", memory_of(search->dso),
					 frame->cfa, (long long)rules.fp_offset);
	return true;
}

/* What is compared with the return address: see guard_of(). */
static const char *text_of_back(struct callee_search *search, uint64_t back, uint64_t base)
{
	struct arena *arena = search->process->probes->arena;
	uint64_t loaded = 0;
	bool per_cpu;

	if (!search->dso->kernel)
		return arena_printf(arena, "@uregister(16) + %lld", (long long)(back - base));
	kernel_file_loaded(search->dso, back, &loaded, &per_cpu);
	return arena_printf(arena, "%lld", (long long)loaded);
}

/*
 * The condition that those calls have led to the site. Return addresses are counted from the probed
 * instruction, so that the load address does not matter; those of the kernel are known. False: the frames are not described.
 */
static bool guard_of(struct callee_search *search, struct process_site *site,
		     const struct callers *callers)
{
	struct arena *arena = search->process->probes->arena;
	char of = memory_of(site->dso);
	const char *sp = arena_printf(arena, "@%cregister(7)", of);
	struct frame_text frame = { .sp = sp, .fp = arena_printf(arena, "@%cregister(6)", of) };
	const char *entered;
	uint64_t base = site->inlined ? site->address :
					process_probed_entry(site->dso, site->address, &entered);
	uint64_t address = site->address;

	for (const struct callers *at = callers; at; at = at->outer) {
		if (!site->inlined && at == callers)
			frame.cfa = frame.sp = arena_printf(arena, "(%s + 8)", sp);
		else if (!describe_frame(search, address, &frame))
			return false;
		site->guard = arena_printf(arena, "%s%s@%cderef(8, %s - 8) == %s",
					   site->guard ? site->guard : "",
					   site->guard ? " && " : "", of, frame.cfa,
					   text_of_back(search, at->back, base));
		address = at->back - 1;
	}
	return true;
}

/* ---- finding -------------------------------------------------------------------------------- */

static bool is_known(const struct callee_search *search, const struct process_site *site)
{
	for (unsigned i = 0; i < search->sites->n; i++) {
		const struct process_site *other = &search->sites->v[i];

		if (other->address == site->address && other->dso == site->dso &&
		    other->inlined == site->inlined &&
		    !strcmp(other->guard ? other->guard : "", site->guard ? site->guard : ""))
			return true;
	}
	return false;
}

static void add_site(struct callee_search *search, struct process_site *site,
		     const struct callers *callers)
{
	if (search->sites->n >= MAX_SITES || !guard_of(search, site, callers)) {
		search->incomplete = true;
		return;
	}
	site->caller = search->caller;
	if (!is_known(search, site))
		VEC_PUSH(search->process->probes->arena, search->sites, *site);
}

static void find_callees(struct callee_search *search, Dwarf_Die *caller,
			 const struct callers *callers, int64_t depth);

static void add_call(struct callee_search *search, Dwarf_Die *callee, uint64_t entry, uint64_t back,
		     const struct callers *callers, int64_t depth)
{
	struct process_point *process = search->process;
	struct arena *arena = process->probes->arena;
	struct dwarf_function *function = dwarf_function_at(dwarf_file_of(search->dso), entry, false);
	struct process_site site = { .dso = search->dso, .address = entry, .at_entry = true };
	struct callers *inner = ARENA_NEW(arena, struct callers);
	Dwarf_Die die;

	*inner = (struct callers){ callers, back };
	if (function && function->entry == entry)
		site = process_site_of(arena, site.dso, function);
	else
		site.function = dwarf_function_name(arena, callee);
	site.is_return = process_is(process, process->point->components.n - 1, "return");
	if (wanted_name(search, callee))
		add_site(search, &site, inner);
	if (depth <= 1 || !site.has_scope)
		return;
	die = site.scope;
	find_callees(search, &die, inner, depth - 1);
}

static void add_inlined(struct callee_search *search, Dwarf_Die *die, const struct callers *callers,
			int64_t depth)
{
	struct dwarf_function function = { .die = *die, .inlined = true };
	struct process_site site;

	if (!search->only_calls && wanted_name(search, die) &&
	    dwarf_entry(die, &function.entry)) {
		site = process_site_of(search->process->probes->arena, search->dso, &function);
		add_site(search, &site, callers);
	}
	if (depth > 1)
		find_callees(search, die, callers, depth - 1);
}

/* Inlined functions, and calls as optimised code describes them. */
static void find_described(struct callee_search *search, Dwarf_Die *parent, unsigned nesting,
			   const struct callers *callers, int64_t depth)
{
	Dwarf_Die die, callee;
	int status = nesting < 64 ? dwarf_child(parent, &die) : 1;
	uint64_t entry, back;

	for (; !status; status = dwarf_siblingof(&die, &die)) {
		switch (dwarf_tag(&die)) {
		case DW_TAG_lexical_block:
			find_described(search, &die, nesting + 1, callers, depth);
			break;
		case DW_TAG_inlined_subroutine:
			add_inlined(search, &die, callers, depth);
			break;
		case DW_TAG_call_site:
		case DW_TAG_GNU_call_site:
			if (dwarf_call_origin(&die, &callee) &&
			    dwarf_function_entry(search->dso, &callee, &entry) &&
			    dwarf_call_back(&die, &back))
				add_call(search, &callee, entry, back, callers, depth);
			break;
		}
	}
}

/* Calls that the code itself tells; those of inlined functions are theirs. */
static void find_in_code(struct callee_search *search, Dwarf_Die *caller,
			 const struct callers *callers, int64_t depth)
{
	struct dwarf_file *file = dwarf_file_of(search->dso);
	Dwarf_Addr base, low, high;
	ptrdiff_t offset = 0;

	while ((offset = dwarf_ranges(caller, offset, &base, &low, &high)) > 0) {
		uint64_t at = low, target;

		while (insn_next_call(search->dso, &at, high, &target)) {
			struct dwarf_function *from = dwarf_function_at(file, at - 1, true);
			struct dwarf_function *to = dwarf_function_at(file, target, false);
			Dwarf_Die callee;

			if (!from || from->die.addr != caller->addr || !to || to->entry != target)
				continue;
			callee = to->die;
			add_call(search, &callee, target, at, callers, depth);
		}
	}
}

static void find_callees(struct callee_search *search, Dwarf_Die *caller,
			 const struct callers *callers, int64_t depth)
{
	struct arena *arena = search->process->probes->arena;
	const char *outer = search->caller, *source = process_source(arena, caller);

	search->caller = arena_printf(arena, "%s%s%s", dwarf_function_name(arena, caller),
				      source ? "@" : "", source ? source : "");
	find_described(search, caller, 0, callers, depth);
	find_in_code(search, caller, callers, depth);
	search->caller = outer;
}

/* ---- the whole ------------------------------------------------------------------------------ */

static bool depth_of(struct process_point *process, int64_t *depth)
{
	*depth = 1;
	if (!process_is(process, process->first + 1, "callees") ||
	    !point_number(process->point, process->first + 1, depth) ||
	    (*depth >= 1 && *depth <= MAX_DEPTH))
		return true;
	diag_error(process->probes->diags, process->point->components.v[process->first + 1].range,
		   "the depth of callees can be 1 to %d", MAX_DEPTH);
	return false;
}

static bool report_none(struct callee_search *search, const struct source_place *place)
{
	struct process_point *process = search->process;

	if (process->optional)
		return true;
	diag_error(process->probes->diags, process->point->components.v[process->first + 1].range,
		   "no call of '%s' in function '%s' is known", search->pattern, place->function);
	if (search->incomplete)
		diag_help(process->probes->diags, "there is no simple call frame information for it");
	else if (suggest_best(&search->suggest))
		suggest_help(&search->suggest, process->probes->diags);
	else
		diag_help(process->probes->diags, "calls through pointers and into other files are "
			  "not known");
	return false;
}

bool process_expand_callee(struct process_point *process, const struct source_place *place)
{
	struct process_site_vec callers = { .n = 0 }, sites = { .n = 0 };
	struct callee_search search = { .process = process, .sites = &sites };
	int64_t depth;

	if (!depth_of(process, &depth))
		return false;
	search.pattern = point_string(process->point, process->first + 1);
	search.pattern = search.pattern ? search.pattern : "*";
	search.only_calls = process->point->components.n > process->first + 2;
	suggest_start(&search.suggest, search.pattern);
	process_find_functions(process, place, true, &callers);
	if (!callers.n)
		return process_report_missing(process, place);
	for (unsigned i = 0; i < callers.n; i++) {
		Dwarf_Die scope = callers.v[i].scope;

		search.dso = callers.v[i].dso;
		if (callers.v[i].has_scope)
			find_callees(&search, &scope, NULL, depth);
	}
	return sites.n ? process_add_sites(process, &sites) : report_none(&search, place);
}
