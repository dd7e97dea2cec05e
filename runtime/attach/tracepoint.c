/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel tracepoints, in three ways: as tracefs events (the formatted record), raw (the
 * arguments), and by BTF (the arguments with types), which fentry and fexit share.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>

#include "compiler/debuginfo/kernel_callers.h"
#include "runtime/attach/attach.h"
#include "runtime/load/kernel_abi.h"

/* The id of "system:name" in tracefs, -1: there is no such event. */
static long tracepoint_id(const char *event)
{
	static const char *const roots[] = {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"};
	const char *colon = strchr(event, ':');
	char path[512];
	long id = -1;

	for (unsigned i = 0; colon && id < 0 && i < 2; i++) {
		snprintf(path, sizeof(path), "%s/events/%.*s/%s/id", roots[i],
			 (int)(colon - event), event, colon + 1);
		id = attach_read_number(path);
	}
	return id;
}

bool attach_tracepoints(struct attachments *attachments, unsigned handler, unsigned first,
			unsigned n)
{
	const struct site *sites = attach_handler(attachments, handler)->sites;

	for (unsigned i = first; i < first + n; i++) {
		long id = tracepoint_id(sites[i].symbol);
		struct perf_event_attr attr = {
			.type = PERF_TYPE_TRACEPOINT,
			.config = (uint64_t)id,
			.sample_period = 1,
		};
		int error = id < 0 ? -ENOENT
				   : attach_perf_link(attachments, handler, i, &attr, -1, 0);

		if (error)
			attach_refused(attachments, handler, i, strerror(-error));
	}
	return true;
}

/* The cookie, which older kernels do not take, is only needed to tell several sites apart. */
bool attach_raw_tracepoints(struct attachments *attachments, unsigned handler, unsigned first,
			    unsigned n)
{
	const struct site *sites = attach_handler(attachments, handler)->sites;

	for (unsigned i = first; i < first + n; i++) {
		struct abi_raw_tracepoint attr = {
			.name = (uintptr_t)sites[i].symbol,
			.prog_fd = (uint32_t)attachments->loaded->handlers[handler].prog_fd,
			.cookie = i,
		};
		int link = abi_bpf(BPF_RAW_TRACEPOINT_OPEN, &attr, i ? sizeof(attr) : 16);

		if (link < 0)
			attach_refused(attachments, handler, i, strerror(errno));
		else
			attach_keep(attachments, link);
	}
	return true;
}

/* A function that has no place for the call is the one reason that its errno does not tell. */
static const char *why_refused(struct arena *arena, const struct site *site, int error)
{
	bool function = site->kind == ATTACH_FENTRY || site->kind == ATTACH_FEXIT;

	if (!function || error != EBUSY)
		return strerror(error);
	return arena_printf(arena, "the kernel is built so that it can not be traced there "
			    "(notrace); %s", kernel_callers_help(arena, site->symbol));
}

/* What it is attached to was fixed when the program was loaded: one site a program. */
bool attach_tracing(struct attachments *attachments, unsigned handler, unsigned first, unsigned n)
{
	int link = bpf_raw_tracepoint_open(NULL, attachments->loaded->handlers[handler].prog_fd);

	if (link < 0)
		attach_refused(attachments, handler, first,
			       why_refused(attachments->diags->arena,
					   &attach_handler(attachments, handler)->sites[first],
					   -link));
	else
		attach_keep(attachments, link);
	for (unsigned i = first + 1; i < first + n; i++)
		attach_refused(attachments, handler, i, strerror(ENOTSUP));
	return true;
}
