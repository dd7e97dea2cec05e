/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runtime/load/prime.h"

#include <bpf/bpf.h>
#include <sched.h>
#include <stdlib.h>

static bool needs_it(const struct loaded *loaded, unsigned i)
{
	const struct unit_global *global = &loaded->unit->globals.v[i];

	return global->map && global->fresh && !global->reused && loaded->map_fds[i] >= 0;
}

/* One element comes and goes; nobody else has the array yet. */
static void prime_here(const struct loaded *loaded)
{
	for (unsigned i = 0; i < loaded->unit->globals.n; i++) {
		const struct unit_global *global = &loaded->unit->globals.v[i];
		void *element;

		if (!needs_it(loaded, i))
			continue;
		element = calloc(1, global->key_bytes + global->value_bytes);
		if (element && !bpf_map_update_elem(loaded->map_fds[i], element,
						    (char *)element + global->key_bytes,
						    BPF_NOEXIST))
			bpf_map_delete_elem(loaded->map_fds[i], element);
		free(element);
	}
}

void prime_maps(const struct loaded *loaded)
{
	cpu_set_t before, one;
	bool any = false;

	for (unsigned i = 0; i < loaded->unit->globals.n; i++)
		any |= needs_it(loaded, i);
	if (!any || sched_getaffinity(0, sizeof(before), &before))
		return;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		if (CPU_ISSET(cpu, &before) && !sched_setaffinity(0, sizeof(one), &one))
			prime_here(loaded);
	}
	sched_setaffinity(0, sizeof(before), &before);
}
