/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls as optimised code describes them: where they return to, whom they call, and which end a
 * function by a jump.
 */
#include <stdlib.h>

#include "compiler/debuginfo/dwarf.h"

enum { MAX_NESTING = 64, MAX_REACHED = 64 };

static bool is_tail_call(Dwarf_Die *call)
{
	return dwarf_hasattr(call, DW_AT_call_tail_call) || dwarf_hasattr(call, DW_AT_GNU_tail_call);
}

bool dwarf_call_back(Dwarf_Die *call, uint64_t *back)
{
	Dwarf_Attribute attr;

	if (is_tail_call(call))
		return false;
	if (dwarf_attr(call, DW_AT_call_return_pc, &attr))
		return !dwarf_formaddr(&attr, back);
	return dwarf_tag(call) == DW_TAG_GNU_call_site && !dwarf_lowpc(call, back);
}

bool dwarf_call_origin(Dwarf_Die *call, Dwarf_Die *function)
{
	Dwarf_Attribute attr;

	return (dwarf_attr(call, DW_AT_call_origin, &attr) ||
		dwarf_attr(call, DW_AT_abstract_origin, &attr)) &&
	       dwarf_formref_die(&attr, function);
}

bool dwarf_function_entry(struct dso *dso, Dwarf_Die *function, uint64_t *entry)
{
	const struct dso_symbol *symbol;
	Dwarf_Attribute attr;
	const char *name;

	if (dwarf_entry(function, entry))
		return true;
	name = dwarf_formstring(dwarf_attr_integrate(function, DW_AT_linkage_name, &attr));
	symbol = dso_find_symbol(dso, name ? name : dwarf_diename(function) ?
				 dwarf_diename(function) : "");
	if (!symbol || symbol->kind != DSO_FUNCTION)
		return false;
	*entry = symbol->address;
	return true;
}

/* ---- calls by where they return to ----------------------------------------------------------- */

static bool is_call(Dwarf_Die *die)
{
	return dwarf_tag(die) == DW_TAG_call_site || dwarf_tag(die) == DW_TAG_GNU_call_site;
}

static void read_below(struct dwarf_unit *unit, Dwarf_Die *parent, unsigned nesting)
{
	struct dwarf_call call;
	int status = nesting < MAX_NESTING ? dwarf_child(parent, &call.die) : 1;

	for (; !status; status = dwarf_siblingof(&call.die, &call.die)) {
		if (!is_call(&call.die))
			read_below(unit, &call.die, nesting + 1);
		else if (dwarf_call_back(&call.die, &call.back))
			VEC_PUSH(unit->file->dso->debuginfo->arena, &unit->calls, call);
	}
}

static int by_back(const void *one, const void *other)
{
	const struct dwarf_call *a = one, *b = other;

	return a->back < b->back ? -1 : a->back > b->back;
}

static void read_calls(struct dwarf_unit *unit)
{
	unit->calls_read = true;
	read_below(unit, &unit->die, 0);
	if (unit->calls.n)
		qsort(unit->calls.v, unit->calls.n, sizeof(*unit->calls.v), by_back);
}

Dwarf_Die *dwarf_call_at(struct dwarf_unit *unit, uint64_t back)
{
	struct dwarf_call wanted = { .back = back }, *found;

	if (!unit->calls_read)
		read_calls(unit);
	found = unit->calls.n ? bsearch(&wanted, unit->calls.v, unit->calls.n,
					sizeof(*unit->calls.v), by_back) : NULL;
	return found ? &found->die : NULL;
}

/* ---- jumps at the end of functions ------------------------------------------------------------- */

struct reached {
	struct dwarf_file *file;
	uint64_t start;
	bool doubt; /* or it has come to start */
	unsigned n;
	uint64_t entries[MAX_REACHED];
};

static void reach(struct reached *reached, uint64_t entry)
{
	if (entry == reached->start || reached->n == MAX_REACHED)
		reached->doubt = true;
	for (unsigned i = 0; i < reached->n; i++)
		if (reached->entries[i] == entry)
			return;
	if (!reached->doubt)
		reached->entries[reached->n++] = entry;
}

/* A function that other files may replace is not known. */
static bool is_replaceable(struct dso *dso, uint64_t entry)
{
	const struct dso_symbol *symbol = dso_symbol_at(dso, entry);

	return dso->is_library && (!symbol || symbol->exported);
}

static void look_at_jump(struct reached *reached, Dwarf_Die *call)
{
	struct dso *dso = reached->file->dso;
	Dwarf_Die function;
	uint64_t entry;

	if (!dwarf_call_origin(call, &function) || !dwarf_function_entry(dso, &function, &entry) ||
	    is_replaceable(dso, entry))
		reached->doubt = true;
	else
		reach(reached, entry);
}

static void look_below(struct reached *reached, Dwarf_Die *parent, unsigned nesting)
{
	Dwarf_Die die;
	int status = nesting < MAX_NESTING ? dwarf_child(parent, &die) : 1;

	reached->doubt |= nesting == MAX_NESTING;
	for (; !status && !reached->doubt; status = dwarf_siblingof(&die, &die)) {
		if (!is_call(&die))
			look_below(reached, &die, nesting + 1);
		else if (is_tail_call(&die))
			look_at_jump(reached, &die);
	}
}

static bool tells_all_jumps(Dwarf_Die *function)
{
	static const unsigned attributes[] = {
		DW_AT_call_all_calls, DW_AT_call_all_tail_calls, DW_AT_GNU_all_call_sites,
		DW_AT_GNU_all_tail_call_sites,
	};

	for (unsigned i = 0; i < sizeof(attributes) / sizeof(*attributes); i++)
		if (dwarf_hasattr_integrate(function, attributes[i]))
			return true;
	return false;
}

static void look_at_function(struct reached *reached, struct dwarf_function *function)
{
	if (tells_all_jumps(&function->die))
		look_below(reached, &function->die, 0);
	else
		reached->doubt = true;
}

bool dwarf_may_reenter(struct dwarf_file *file, struct dwarf_function *function)
{
	struct reached reached = { .file = file, .start = function->entry };

	look_at_function(&reached, function);
	for (unsigned i = 0; i < reached.n && !reached.doubt; i++) {
		struct dwarf_function *next = dwarf_function_at(file, reached.entries[i], false);

		if (next && next->entry == reached.entries[i])
			look_at_function(&reached, next);
		else
			reached.doubt = true;
	}
	return reached.doubt;
}
