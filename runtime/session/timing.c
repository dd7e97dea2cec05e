/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What handlers cost. */
#include "runtime/session/timing.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <inttypes.h>

int timing_start(void)
{
	int fd = bpf_enable_stats(BPF_STATS_RUN_TIME);

	return fd < 0 ? -errno : fd;
}

void timing_counts(const struct loaded_handler *handler, uint64_t *hits, uint64_t *ns)
{
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof(info);

	*hits = handler->runs;
	*ns = handler->run_ns;
	if (handler->prog_fd < 0 || bpf_obj_get_info_by_fd(handler->prog_fd, &info, &size))
		return;
	*hits = info.run_cnt;
	*ns = info.run_time_ns;
}

void timing_print(const struct loaded *loaded, FILE *out)
{
	fprintf(out, "%12s %12s %12s  %s\n", "hits", "avg ns", "total us", "probe");
	for (unsigned i = 0; i < loaded->unit->handlers.n; i++) {
		const struct unit_handler *handler = &loaded->unit->handlers.v[i];
		uint64_t hits, ns;

		timing_counts(&loaded->handlers[i], &hits, &ns);
		fprintf(out, "%12" PRIu64 " %12" PRIu64 " %12" PRIu64 "  %s (%s)%s\n", hits,
			hits ? ns / hits : 0, ns / 1000, handler->name, handler->position,
			handler->home == HOME_TRACER ? " in the tracer" : "");
	}
}
