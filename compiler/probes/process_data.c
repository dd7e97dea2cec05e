/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * .data(address or "symbol").write and .rw: hardware watchpoints on a program's memory.
 */
#include <string.h>

#include "compiler/probes/process.h"

static bool refuse(struct process_point *process, unsigned component, const char *message)
{
	diag_error(process->probes->diags, process->point->components.v[component].range, "%s",
		   message);
	return false;
}

/* ---- where -------------------------------------------------------------------------------- */

static bool find_symbol(struct process_point *process, struct dso *dso, const char *name,
			struct site *site)
{
	const struct dso_symbol *symbol = dso_find_symbol(dso, name);
	struct suggest suggest;

	if (symbol && symbol->kind == DSO_OBJECT) {
		site->address = symbol->address;
		site->length = (uint32_t)(symbol->size == 1 || symbol->size == 2 ||
					  symbol->size == 4 ? symbol->size : 8);
		return true;
	}
	diag_error(process->probes->diags, process->point->components.v[process->first].range,
		   "no variable '%s' in the symbols of %s", name, dso->path);
	suggest_start(&suggest, name);
	for (unsigned i = 0; i < dso->symbols.n; i++)
		if (dso->symbols.v[i].kind == DSO_OBJECT)
			suggest_offer(&suggest, dso->symbols.v[i].name);
	suggest_help(&suggest, process->probes->diags);
	return false;
}

/*
 * Where a file that is loaded anywhere will be is known when a process has it: the address is
 * told from that of its first segment.
 */
static bool relocate(struct process_point *process, struct dso *dso, struct site *site)
{
	const struct dso_segment *first = dso->segments.n ? &dso->segments.v[0] : NULL;

	if (!dso->relocatable)
		return true;
	if (!first || site->address < (first->address & ~4095ULL))
		return refuse(process, process->first, "this file has nothing that is loaded");
	site->relocated = true;
	site->offset = first->offset & ~4095ULL;
	site->address -= first->address & ~4095ULL;
	return true;
}

static bool set_length(struct process_point *process, struct site *site)
{
	unsigned at = process->first + 1;
	int64_t length;

	if (process_is(process, at, "length")) {
		point_number(process->point, at, &length);
		if (length != 1 && length != 2 && length != 4 && length != 8)
			return refuse(process, at, "a watchpoint is 1, 2, 4 or 8 bytes long");
		site->length = (uint32_t)length;
		if (site->address % site->length)
			return refuse(process, at,
				      "the address of a watchpoint is a multiple of its length");
	}
	while (site->address % site->length)
		site->length /= 2;
	return true;
}

bool process_expand_data(struct process_point *process)
{
	struct probes *probes = process->probes;
	struct dso *dso = process->files.v[0];
	struct process_site *place = ARENA_NEW(probes->arena, struct process_site);
	struct site site = { .kind = ATTACH_BREAKPOINT, .length = 8, .path = dso->path };
	const char *name = point_string(process->point, process->first);
	int64_t address;
	struct probe *probe;

	if (name && !find_symbol(process, dso, name, &site))
		return process->optional;
	if (point_number(process->point, process->first, &address))
		site.address = (uint64_t)address;
	else if (!relocate(process, dso, &site))
		return process->optional;
	if (!set_length(process, &site))
		return false;
	site.access_mode = process_is(process, process->point->components.n - 1, "rw") ? 1 : 2;
	probe = probe_new(probes, &family_process, process->point);
	site.pp = probe->name;
	place->dso = dso;
	place->watched = true;
	probe->home = HOME_KERNEL;
	probe->context = CONTEXT_PERF;
	probe->user = true;
	probe->family_data = place;
	VEC_PUSH(probes->arena, process->out, probe);
	site.pid = process->pid;
	VEC_PUSH(probes->arena, &probe->sites, site);
	if (!site.pid && !site.relocated)
		probe->prologue = process_program_guard(process);
	return true;
}
