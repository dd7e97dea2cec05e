/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The set of ELF files that a compilation has opened, each of them once.
 *
 * A file is opened by path and known by device and inode, so that two paths of one file give
 * one `struct dso`. All memory is in the arena given to debuginfo_new(); file descriptors and
 * libelf/libdw handles are released by debuginfo_free().
 */
#ifndef SPILE_DEBUGINFO_DEBUGINFO_H
#define SPILE_DEBUGINFO_DEBUGINFO_H

#include "compiler/syntax/arena.h"

#include <stdbool.h>

struct dso;

struct debuginfo {
	struct arena *arena;
	const char *debug_path;  /* directories with separate debug files, ':' between; "/usr/lib/debug" */
	const char *cache_dir;   /* for name indexes; NULL: no cache */
	/* Called while debuginfod downloads (bytes so far, bytes in all or 0); may be NULL. */
	void (*progress)(void *data, const char *what, long done, long total);
	void *progress_data;
	/* Called before a file is opened: somebody may be at it in another thread. Or NULL. */
	void (*wait)(void *data);
	void *wait_data;
	bool hurry; /* set while somebody waits for that thread: it leaves the index for later */
	struct {
		VEC(struct dso *);
	} files;
};

struct debuginfo *debuginfo_new(struct arena *arena);
void debuginfo_free(struct debuginfo *debuginfo); /* NULL is allowed */

/* The file at `path`, opened now or before. NULL with *error: what is wrong with it. */
struct dso *debuginfo_open(struct debuginfo *debuginfo, const char *path, const char **error);

#endif
