/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * .data(address or "symbol").write and .rw: hardware watchpoints on a program's memory.
 */
#include <dirent.h>
#include <stdlib.h>
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

/* What is added to the file's addresses in the process. */
static bool load_bias(const struct dso *dso, int pid, uint64_t *bias)
{
	char name[64], line[4352];
	unsigned long start, offset, inode;
	bool found = false;
	FILE *maps;

	snprintf(name, sizeof(name), "/proc/%d/maps", pid);
	maps = fopen(name, "re");
	while (maps && !found && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%*x %*s %lx %*s %lu", &start, &offset, &inode) != 3 ||
		    inode != dso->inode)
			continue;
		for (unsigned i = 0; i < dso->segments.n && !found; i++) {
			const struct dso_segment *segment = &dso->segments.v[i];

			found = (segment->offset & ~4095ULL) == offset;
			*bias = start - (segment->address & ~4095ULL);
		}
	}
	if (maps)
		fclose(maps);
	return found;
}

static bool relocate(struct process_point *process, struct dso *dso, int pid, struct site *site)
{
	uint64_t bias;

	if (!dso->relocatable)
		return true;
	if (!pid) {
		refuse(process, process->first, "where this file will be loaded is not known before it runs");
		diag_help(process->probes->diags, "name a running process: process(PID) or -x");
		return false;
	}
	if (!load_bias(dso, pid, &bias))
		return refuse(process, process->first, "the process has not loaded this file");
	site->address += bias;
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

/* ---- who ---------------------------------------------------------------------------------- */

/* A watchpoint is of one thread: one site for each that there is; threads to come inherit it. */
static bool add_threads(struct process_point *process, struct probe *probe, int pid,
			const struct site *site)
{
	char name[64];
	struct dirent *entry;
	DIR *tasks;

	snprintf(name, sizeof(name), "/proc/%d/task", pid);
	tasks = opendir(name);
	while (tasks && (entry = readdir(tasks))) {
		struct site thread = *site;

		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		thread.pid = atoi(entry->d_name);
		VEC_PUSH(process->probes->arena, &probe->sites, thread);
	}
	if (tasks)
		closedir(tasks);
	return probe->sites.n > 0 || refuse(process, 0, "the process has no threads any more");
}

bool process_expand_data(struct process_point *process)
{
	struct probes *probes = process->probes;
	struct dso *dso = process->files.v[0];
	struct process_site *place = ARENA_NEW(probes->arena, struct process_site);
	struct site site = { .kind = ATTACH_BREAKPOINT, .length = 8, .path = dso->path };
	const char *name = point_string(process->point, process->first);
	int pid = process->pid ? process->pid : probes->target.path ? 0 : probes->target.pid;
	int64_t address;
	struct probe *probe;

	if (name && !find_symbol(process, dso, name, &site))
		return process->optional;
	if (point_number(process->point, process->first, &address))
		site.address = (uint64_t)address;
	else if (!relocate(process, dso, pid, &site))
		return process->optional;
	if (!set_length(process, &site))
		return false;
	site.access_mode = process_is(process, process->point->components.n - 1, "rw") ? 1 : 2;
	probe = probe_new(probes, &family_process, process->point);
	site.pp = probe->name;
	place->dso = dso;
	probe->home = HOME_KERNEL;
	probe->context = CONTEXT_PERF;
	probe->user = true;
	probe->family_data = place;
	VEC_PUSH(probes->arena, process->out, probe);
	if (pid)
		return add_threads(process, probe, pid, &site);
	VEC_PUSH(probes->arena, &probe->sites, site);
	probe->prologue = process_program_guard(process);
	return true;
}
