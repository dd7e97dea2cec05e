/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counters of events: one event a processor, in the map where handlers read it, and the program
 * that notes what each thread has counted. Counting begins when that is there.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/attach/attach.h"
#include "runtime/handler/abi.h"

/* pinned: it counts all the time, or not at all and says so. */
static int open_event(const struct site *site, int cpu)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = site->perf_type,
		.config = site->perf_config,
		.disabled = 1,
		.pinned = 1,
	};
	int event = (int)syscall(__NR_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);

	return event < 0 ? -errno : event;
}

static int open_events(struct attachments *attachments, const struct site *site)
{
	int map = bpf_object__find_map_fd_by_name(attachments->loaded->object, "spile_counters");
	int n = libbpf_num_possible_cpus(), error = -ENODEV;

	for (int cpu = 0; cpu < n; cpu++) {
		uint32_t at = (uint32_t)cpu * MAX_COUNTERS + site->counter;
		int event = open_event(site, cpu);

		if (event == -ENODEV) /* a processor that is not there */
			continue;
		if (event < 0)
			return event;
		attach_keep(attachments, event);
		error = bpf_map_update_elem(map, &at, &event, BPF_ANY);
		if (error)
			return error;
	}
	return error;
}

static int start_events(const struct attachments *attachments, unsigned first)
{
	for (unsigned i = first; i < attachments->links.n; i++)
		if (ioctl(attachments->links.v[i].fd, PERF_EVENT_IOC_ENABLE, 0))
			return -errno;
	return 0;
}

bool attach_counters(struct attachments *attachments, unsigned handler, unsigned first, unsigned n)
{
	const struct site *sites = attach_handler(attachments, handler)->sites;
	int program = attachments->loaded->handlers[handler].prog_fd;

	for (unsigned i = first; i < first + n; i++) {
		unsigned events = attachments->links.n;
		int error = open_events(attachments, &sites[i]), link = -1;

		if (!error)
			link = bpf_raw_tracepoint_open(sites[i].symbol, program);
		if (!error)
			error = link < 0 ? link : start_events(attachments, events);
		if (link >= 0)
			attach_keep(attachments, link);
		if (error)
			attach_refused(attachments, handler, i, attach_why_no_event(&sites[i], -error));
	}
	return true;
}
