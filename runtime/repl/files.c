/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ELF and DWARF of the files that are probed, opened once for all units. A file that changes on
 * disk makes a new set; the old one stays for the units that were made from it.
 */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/debuginfo/elf.h"
#include "runtime/repl/live.h"

/* What compilations leave behind in a set is given back after so many. */
enum { MOST_USES = 500 };

static struct debug_files *files_new(void)
{
	struct debug_files *files = calloc(1, sizeof(*files));

	if (!files)
		abort();
	files->arena = arena_new();
	files->debuginfo = debuginfo_new(files->arena);
	clock_gettime(CLOCK_REALTIME, &files->made);
	files->users = 1;
	return files;
}

void files_put(struct debug_files *files)
{
	if (!files || --files->users)
		return;
	debuginfo_free(files->debuginfo);
	arena_free(files->arena);
	free(files);
}

static bool is_later(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

static bool has_changed(const struct debug_files *files)
{
	for (unsigned i = 0; i < files->debuginfo->files.n; i++) {
		const struct dso *dso = files->debuginfo->files.v[i];
		struct stat now;

		if (stat(dso->path, &now) || now.st_dev != dso->device ||
		    now.st_ino != dso->inode || is_later(&now.st_mtim, &files->made))
			return true;
	}
	return false;
}

struct debug_files *files_get(struct live *live)
{
	struct debug_files *files = live->debug;

	if (files && (files->uses >= MOST_USES || has_changed(files))) {
		files_put(files);
		files = NULL;
	}
	if (!files)
		live->debug = files = files_new();
	files->users++;
	files->uses++;
	return files;
}
