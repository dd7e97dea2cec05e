/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Perf events: samples and counters. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>

#include "runtime/attach/attach.h"

int attach_everywhere(struct attachments *attachments, unsigned handler, unsigned site,
		      struct perf_event_attr *attr, int pid)
{
	int n = libbpf_num_possible_cpus(), error = -ENODEV;

	if (pid)
		return attach_perf_link(attachments, handler, site, attr, pid, -1);
	for (int cpu = 0; cpu < n; cpu++) {
		int one = attach_perf_link(attachments, handler, site, attr, -1, cpu);

		if (one && one != -ENODEV)
			return one;
		error = one ? error : 0;
	}
	return error;
}

const char *attach_why_no_event(const struct site *site, int error)
{
	bool hardware = site->perf_type == PERF_TYPE_HARDWARE ||
			site->perf_type == PERF_TYPE_HW_CACHE || site->perf_type == PERF_TYPE_RAW;

	return hardware && (error == ENOENT || error == EOPNOTSUPP || error == ENODEV)
		       ? "the processor has no such counter, or lets none be used (as in most virtual "
			 "machines); perf.sw.* and timer.profile work everywhere"
		       : strerror(error);
}

bool attach_perf_events(struct attachments *attachments, unsigned handler, unsigned first,
			unsigned n)
{
	const struct site *sites = attach_handler(attachments, handler)->sites;

	for (unsigned i = first; i < first + n; i++) {
		struct perf_event_attr attr = {
			.type = sites[i].perf_type,
			.config = sites[i].perf_config,
			.sample_period = sites[i].frequency ? sites[i].frequency : sites[i].period,
			.freq = sites[i].frequency != 0,
			.inherit = sites[i].pid != 0,
		};
		int error = attach_everywhere(attachments, handler, i, &attr, sites[i].pid);

		if (error)
			attach_refused(attachments, handler, i, attach_why_no_event(&sites[i], -error));
	}
	return true;
}
