/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The limit of open descriptors. Where the kernel has no uprobe_multi a site takes two, and the
 * 1024 that a shell allows are soon too few; programs that use select(2) need that limit, though,
 * and so every child gets back what there was.
 */
#include <pthread.h>
#include <sys/resource.h>

#include "runtime/attach/attach.h"

enum { DESCRIPTORS_WANTED = 1 << 20 }; /* the kernel's own bound, fs.nr_open, unless it is changed */

/* A child's handler gets no argument. Written once, before there is a child that reads it. */
static struct rlimit before;

static void restore(void)
{
	setrlimit(RLIMIT_NOFILE, &before);
}

void attach_allow_descriptors(void)
{
	struct rlimit limit;

	if (before.rlim_max || getrlimit(RLIMIT_NOFILE, &before) ||
	    before.rlim_cur >= DESCRIPTORS_WANTED || pthread_atfork(NULL, NULL, restore))
		return;
	limit = (struct rlimit){DESCRIPTORS_WANTED, DESCRIPTORS_WANTED};
	if (before.rlim_max > DESCRIPTORS_WANTED)
		limit.rlim_max = before.rlim_max;
	if (!setrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit = (struct rlimit){before.rlim_max, before.rlim_max};
	setrlimit(RLIMIT_NOFILE, &limit);
}
