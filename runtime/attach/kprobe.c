/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probes of kernel functions by breakpoint: one perf event a site. */
#include <linux/perf_event.h>
#include <string.h>

#include "runtime/attach/attach.h"

bool attach_kprobes(struct attachments *attachments, unsigned handler, unsigned first, unsigned n)
{
	const struct site *sites = attach_handler(attachments, handler)->sites;
	long type = attach_read_number("/sys/bus/event_source/devices/kprobe/type");

	for (unsigned i = first; i < first + n; i++) {
		struct perf_event_attr attr = {
			.type = (uint32_t)type,
			.config = sites[i].kind == ATTACH_KRETPROBE,
			.kprobe_func = (uintptr_t)sites[i].symbol,
			.probe_offset = sites[i].symbol ? sites[i].offset : sites[i].address,
		};
		int error = attach_perf_link(attachments, handler, i, &attr, -1, 0);

		if (error)
			attach_refused(attachments, handler, i, strerror(-error));
	}
	return true;
}
