/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * .statement(ADDRESS).absolute: an address of a running process, in whatever it has mapped there.
 */
#include "compiler/debuginfo/paths.h"
#include "compiler/probes/process.h"

static bool report(struct process_point *process, const char *message, const char *help)
{
	if (process->optional)
		return true;
	diag_error(process->probes->diags, process->point->components.v[process->first].range, "%s",
		   message);
	if (help)
		diag_help(process->probes->diags, "%s", help);
	return false;
}

static bool address_of_offset(const struct dso *dso, uint64_t offset, uint64_t *address)
{
	for (unsigned i = 0; i < dso->segments.n; i++) {
		const struct dso_segment *segment = &dso->segments.v[i];

		if (!segment->executable || offset - segment->offset >= segment->file_size)
			continue;
		*address = offset - segment->offset + segment->address;
		return true;
	}
	return false;
}

bool process_expand_absolute(struct process_point *process, uint64_t address)
{
	struct arena *arena = process->probes->arena;
	int pid = process->pid ? process->pid : process->running;
	const char *path, *error;
	uint64_t offset;

	if (!pid && !process->files.v[0]->relocatable)
		return process_expand_address(process, address);
	if (!pid)
		return report(process, "where this file will be loaded is not known",
			      "name a running process: process(PID), or leave .absolute out for an "
			      "address of the file");
	path = paths_of_address(arena, pid, address, &offset, &error);
	if (!path)
		return report(process, error, NULL);
	process->files.v[0] = debuginfo_open(process->debuginfo, path, &error);
	if (!process->files.v[0])
		return report(process, arena_printf(arena, "'%s': %s", path, error), NULL);
	if (!address_of_offset(process->files.v[0], offset, &address))
		return report(process, arena_printf(arena, "that address is not in the code of %s",
						    path), NULL);
	return process_expand_address(process, address);
}
