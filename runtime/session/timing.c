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

static void print_handler(const struct loaded *loaded, const struct unit_handler *handler, FILE *out)
{
	const struct stat_cell *cell =
		(const void *)((const char *)loaded->shared + handler->timing_offset);
	int64_t count = (int64_t)cell->count;

	if (!count)
		fprintf(out, "%12d %12s %12s %12s %12s", 0, "", "", "", "");
	else
		fprintf(out, "%12" PRId64 " %12" PRId64 " %12" PRId64 " %12" PRId64 " %12" PRId64,
			count, cell->min, cell->sum / count, cell->max, cell->sum / 1000);
	fprintf(out, "  %s (%s)%s\n", handler->name, handler->position,
		handler->home == HOME_TRACER ? " in the tracer" : "");
}

void timing_print(const struct loaded *loaded, FILE *out)
{
	fprintf(out, "%12s %12s %12s %12s %12s  %s\n", "hits", "min ns", "avg ns", "max ns",
		"total us", "probe");
	for (unsigned i = 0; i < loaded->unit->handlers.n; i++)
		if (loaded->unit->handlers.v[i].timing_offset)
			print_handler(loaded, &loaded->unit->handlers.v[i], out);
}
