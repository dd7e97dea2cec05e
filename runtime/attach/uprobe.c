/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * User-space probes. Where the kernel has uprobe_multi, all sites of one handler in one file
 * are one link; else each is a perf event.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/attach/attach.h"
#include "runtime/attach/insn.h"
#include "runtime/load/kernel_abi.h"

/* Sites of one file and process, as the kernel takes them. */
struct group {
	const char *path;
	int32_t pid;
	bool is_return;
	unsigned n;
	unsigned long *offsets, *ref_ctr_offsets;
	uint64_t *cookies; /* index of the site */
	bool has_ref_ctr;
};

static int link_multi(struct attachments *attachments, unsigned handler, const struct group *group,
		      unsigned first, unsigned n)
{
	struct abi_link_uprobe_multi attr = {
		.prog_fd = (uint32_t)attachments->loaded->handlers[handler].prog_fd,
		.attach_type = ABI_TRACE_UPROBE_MULTI,
		.path = (uintptr_t)group->path,
		.offsets = (uintptr_t)(group->offsets + first),
		.cookies = (uintptr_t)(group->cookies + first),
		.count = n,
		.multi_flags = group->is_return ? ABI_UPROBE_MULTI_RETURN : 0,
		.pid = (uint32_t)group->pid,
	};
	int link;

	if (group->has_ref_ctr)
		attr.ref_ctr_offsets = (uintptr_t)(group->ref_ctr_offsets + first);
	link = abi_bpf(BPF_LINK_CREATE, &attr, sizeof(attr));
	if (link < 0)
		return -errno;
	attach_keep(attachments, link);
	return 0;
}

/* One site that the kernel refuses takes its whole link with it: it is found by halving. */
static void attach_group(struct attachments *attachments, unsigned handler,
			 const struct group *group, unsigned first, unsigned n)
{
	int error = link_multi(attachments, handler, group, first, n);

	if (!error)
		return;
	if (n == 1) {
		attach_refused(attachments, handler, (unsigned)group->cookies[first], strerror(-error));
		return;
	}
	attach_group(attachments, handler, group, first, n / 2);
	attach_group(attachments, handler, group, first + n / 2, n - n / 2);
}

static bool same_group(const struct group *group, const struct site *site)
{
	return group->pid == site->pid && !strcmp(group->path, site->path);
}

/* Says which sites of [first, end) must not be attached; they are done with. */
static void refuse_unsafe(struct attachments *attachments, unsigned handler, unsigned first,
			  unsigned end, bool *done)
{
	const struct site *sites = attach_handler(attachments, handler)->sites;
	const char *path = NULL, *why;
	unsigned char bytes[INSN_BYTES];
	int fd = -1;

	for (unsigned i = first; i < end; i++) {
		ssize_t n;

		if (!path || strcmp(path, sites[i].path)) {
			if (fd >= 0)
				close(fd);
			path = sites[i].path;
			fd = open(path, O_RDONLY | O_CLOEXEC);
		}
		n = pread(fd, bytes, sizeof(bytes), (off_t)sites[i].offset);
		why = n > 0 ? insn_unsafe(bytes, (size_t)n) : NULL;
		if (why)
			attach_refused(attachments, handler, i, why);
		done[i] = why;
	}
	if (fd >= 0)
		close(fd);
}

/* Takes the sites of [first, end) that are like `first` and not `done` yet. */
static void collect_group(struct group *group, const struct site *sites, unsigned first,
			  unsigned end, bool *done)
{
	group->path = sites[first].path;
	group->pid = sites[first].pid;
	group->is_return = sites[first].kind == ATTACH_URETPROBE;
	group->n = 0;
	group->has_ref_ctr = false;
	for (unsigned i = first; i < end; i++) {
		if (done[i] || !same_group(group, &sites[i]))
			continue;
		done[i] = true;
		group->offsets[group->n] = sites[i].offset;
		group->ref_ctr_offsets[group->n] = sites[i].ref_ctr_offset;
		group->has_ref_ctr |= sites[i].ref_ctr_offset != 0;
		group->cookies[group->n++] = i;
	}
}

static bool attach_multi(struct attachments *attachments, unsigned handler, unsigned first,
			 unsigned n, bool *done)
{
	const struct site *sites = attach_handler(attachments, handler)->sites;
	unsigned end = first + n;
	struct group group = {
		.offsets = calloc(n, sizeof(*group.offsets)),
		.ref_ctr_offsets = calloc(n, sizeof(*group.ref_ctr_offsets)),
		.cookies = calloc(n, sizeof(*group.cookies)),
	};
	bool ok = group.offsets && group.ref_ctr_offsets && group.cookies;

	for (unsigned i = first; ok && i < end; i++) {
		if (done[i])
			continue;
		collect_group(&group, sites, i, end, done);
		attach_group(attachments, handler, &group, 0, group.n);
	}
	free(group.offsets);
	free(group.ref_ctr_offsets);
	free(group.cookies);
	return ok;
}

/* The uprobe PMU: bit 0 of config is "return", its upper half the semaphore's offset. */
static bool attach_singly(struct attachments *attachments, unsigned handler, unsigned first,
			  unsigned n, const bool *done)
{
	const struct site *sites = attach_handler(attachments, handler)->sites;
	long type = attach_read_number("/sys/bus/event_source/devices/uprobe/type");

	for (unsigned i = first; i < first + n; i++) {
		struct perf_event_attr attr = {
			.type = (uint32_t)type,
			.config = (sites[i].kind == ATTACH_URETPROBE) |
				  sites[i].ref_ctr_offset << 32,
			.uprobe_path = (uintptr_t)sites[i].path,
			.probe_offset = sites[i].offset,
		};
		int pid = sites[i].pid ? sites[i].pid : -1, error;

		if (done[i])
			continue;
		error = attach_perf_link(attachments, handler, i, &attr, pid, pid < 0 ? 0 : -1);
		if (error)
			attach_refused(attachments, handler, i, strerror(-error));
	}
	return true;
}

bool attach_uprobes(struct attachments *attachments, unsigned handler, unsigned first, unsigned n)
{
	bool *done = calloc(first + n, sizeof(*done)), ok = done;

	if (ok) {
		refuse_unsafe(attachments, handler, first, first + n, done);
		ok = attachments->loaded->handlers[handler].uprobe_multi
			     ? attach_multi(attachments, handler, first, n, done)
			     : attach_singly(attachments, handler, first, n, done);
	}
	if (!ok)
		diag_error(attachments->diags, (struct range){0}, "out of memory");
	free(done);
	return ok;
}
