/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Handlers that are run, not fired. */
#include "runtime/session/run.h"

#include <bpf/bpf.h>
#include <stdlib.h>
#include <time.h>

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

int run_handler(struct loaded *loaded, unsigned handler)
{
	char no_registers[256] = {0}; /* so returnval() and its kin are 0, as in the tracer */
	struct loaded_handler *code = &loaded->handlers[handler];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = no_registers,
		    .ctx_size_in = sizeof(no_registers));

	if (code->function) {
		uint64_t began = now_ns();

		code->function(NULL);
		code->run_ns += now_ns() - began;
		code->runs++;
		return 0;
	}
	return bpf_prog_test_run_opts(code->prog_fd, &opts);
}

static bool has_kind(const struct unit_handler *handler, enum attach_kind kind)
{
	for (unsigned i = 0; i < handler->n_sites; i++)
		if (handler->sites[i].kind == kind)
			return true;
	return false;
}

unsigned *run_order(const struct unit *unit, enum attach_kind kind, unsigned *n)
{
	unsigned *order = calloc(unit->handlers.n + 1, sizeof(*order)), count = 0;

	for (unsigned i = 0; order && i < unit->handlers.n; i++) {
		unsigned at = count;

		if (!has_kind(&unit->handlers.v[i], kind))
			continue;
		for (; at && unit->handlers.v[order[at - 1]].order > unit->handlers.v[i].order; at--)
			order[at] = order[at - 1];
		order[at] = i;
		count++;
	}
	*n = count;
	return order;
}
