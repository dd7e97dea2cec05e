/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Probes of kernel functions: one perf event a site, or one kprobe.multi link a handler, where
 * the kernel has it.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/attach/attach.h"

static const char *refusal(const struct site *site, int error)
{
	if (error == EILSEQ)
		return "no instruction of the kernel begins there";
	if (error == EINVAL && !site->symbol)
		return "the kernel has no code there, or keeps probes out of it";
	return strerror(error);
}

/* Nothing is missed in silence: where the kernel does not count, that is said. */
static void warn_of_misses(struct attachments *attachments, unsigned handler)
{
	const struct unit_handler *which = attach_handler(attachments, handler);

	if (attachments->states[handler].known || attachments->diags->no_warnings ||
	    attach_tells_missed(attachments, handler))
		return;
	diag_warning(attachments->diags, (struct range){0},
		     "probe %s (%s): by kretprobe, this kernel misses returns while more calls are "
		     "under way than it has room for (one a processor, or a few), and does not tell "
		     "(Linux 6.7 does); fexit misses none", which->name, which->position);
}

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
			attach_refused(attachments, handler, i, refusal(&sites[i], -error));
	}
	if (sites[first].kind == ATTACH_KRETPROBE)
		warn_of_misses(attachments, handler);
	return true;
}

struct functions {
	const char **symbols;
	__u64 *cookies; /* index of the site */
	bool is_return;
};

/* One function that the kernel refuses takes its whole link with it: it is found by halving. */
static void attach_functions(struct attachments *attachments, unsigned handler,
			     const struct functions *functions, unsigned first, unsigned n)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts,
		    .kprobe_multi.flags = functions->is_return ? BPF_F_KPROBE_MULTI_RETURN : 0,
		    .kprobe_multi.cnt = n,
		    .kprobe_multi.syms = functions->symbols + first,
		    .kprobe_multi.cookies = functions->cookies + first);
	int link = bpf_link_create(attachments->loaded->handlers[handler].prog_fd, 0,
				   BPF_TRACE_KPROBE_MULTI, &opts);

	if (link >= 0) {
		attach_keep(attachments, link);
	} else if (n == 1) {
		attach_refused(attachments, handler, (unsigned)functions->cookies[first],
			       strerror(-link));
	} else {
		attach_functions(attachments, handler, functions, first, n / 2);
		attach_functions(attachments, handler, functions, first + n / 2, n - n / 2);
	}
}

bool attach_kprobes_multi(struct attachments *attachments, unsigned handler, unsigned first,
			  unsigned n)
{
	const struct site *sites = attach_handler(attachments, handler)->sites;
	struct functions functions = {
		.symbols = calloc(n, sizeof(*functions.symbols)),
		.cookies = calloc(n, sizeof(*functions.cookies)),
		.is_return = sites[first].kind == ATTACH_KRETPROBE_MULTI,
	};
	bool ok = functions.symbols && functions.cookies;

	for (unsigned i = 0; ok && i < n; i++) {
		functions.symbols[i] = sites[first + i].symbol;
		functions.cookies[i] = first + i;
	}
	if (ok)
		attach_functions(attachments, handler, &functions, 0, n);
	else
		diag_error(attachments->diags, (struct range){0}, "out of memory");
	free(functions.symbols);
	free(functions.cookies);
	return ok;
}
