/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events that the kernel has kept from handlers: because a handler was running already where they
 * happened (programs count those), because a breakpoint was hit within another, or because more
 * calls were under way than a return probe has room for (links count those, from Linux 6.7).
 */
#include <bpf/bpf.h>

#include "runtime/attach/attach.h"
#include "runtime/load/kernel_abi.h"

static uint64_t missed_by_link(const struct attachments *attachments,
			       const struct attach_link *link)
{
	enum attach_kind kind = attach_handler(attachments, link->handler)->sites[0].kind;
	bool multi = kind == ATTACH_KPROBE_MULTI || kind == ATTACH_KRETPROBE_MULTI;
	union abi_link_info info = {0};
	uint32_t size = sizeof(info);

	if (!multi && kind != ATTACH_KPROBE && kind != ATTACH_KRETPROBE)
		return 0;
	if (bpf_obj_get_info_by_fd(link->fd, &info, &size)) /* a perf event is no link */
		return 0;
	return multi ? info.kprobe_multi.missed : info.kprobe.missed;
}

bool attach_tells_missed(const struct attachments *attachments, unsigned handler)
{
	union abi_link_info info = {0};
	uint32_t size = sizeof(info);

	for (unsigned i = 0; i < attachments->links.n; i++)
		if (attachments->links.v[i].handler == handler &&
		    !bpf_obj_get_info_by_fd(attachments->links.v[i].fd, &info, &size))
			return size >= sizeof(info);
	return true;
}

static uint64_t missed_by_program(int fd)
{
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof(info);

	return fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size) ? 0 : info.recursion_misses;
}

void attach_missed_forget(struct attachments *attachments, const struct attach_link *link)
{
	attachments->missed += missed_by_link(attachments, link);
}

uint64_t attach_missed(const struct attachments *attachments)
{
	const struct loaded *loaded = attachments->loaded;
	uint64_t missed = attachments->missed;

	for (unsigned i = 0; i < loaded->unit->handlers.n; i++)
		missed += missed_by_program(loaded->handlers[i].prog_fd);
	for (unsigned i = 0; i < attachments->links.n; i++)
		missed += missed_by_link(attachments, &attachments->links.v[i]);
	return missed;
}
