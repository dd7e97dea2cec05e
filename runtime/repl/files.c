/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ELF and DWARF of the files that are probed, opened once for all units. A file that changes on
 * disk makes a new set; the old one stays for the units that were made from it.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/debuginfo/dwarf.h"
#include "compiler/debuginfo/index.h"
#include "compiler/debuginfo/paths.h"
#include "compiler/debuginfo/reach.h"
#include "runtime/repl/live.h"

/* What compilations leave behind in a set is given back after so many. */
enum { MOST_USES = 500 };

/* Seconds without an input after which what was left for later is taken up again. */
static const double PAUSE = 0.2;

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

/* ---- ahead of time ---------------------------------------------------------------------------- */

static void warm_file(struct debug_files *files, const char *name)
{
	struct path_vec paths = {0};
	const char *error;
	struct dso *dso = NULL;

	if (paths_of_process(files->arena, name, &paths, &error, NULL) && paths.n == 1)
		dso = debuginfo_open(files->debuginfo, paths.v[0], &error);
	if (!dso)
		return;
	dso_read_symbols(dso);
	reach_read_branches(dso);
	if (!dwarf_file_of(dso)->dwarf)
		return;
	dwarf_read_units(dso->dwarf);
	if (files->thorough)
		index_of(dso->dwarf, true);
}

static bool is_hurried(const struct debug_files *files)
{
	return __atomic_load_n(&files->debuginfo->hurry, __ATOMIC_RELAXED);
}

static void *warm(void *data)
{
	struct debug_files *files = data;

	while (files->next_warm < files->n_warm && !is_hurried(files)) {
		warm_file(files, files->warm[files->next_warm]);
		files->next_warm += !is_hurried(files);
	}
	__atomic_store_n(&files->warmed, true, __ATOMIC_RELEASE);
	return NULL;
}

void files_settle(struct debug_files *files)
{
	if (!files->warming || pthread_equal(pthread_self(), files->warmer))
		return;
	__atomic_store_n(&files->debuginfo->hurry, true, __ATOMIC_RELAXED);
	pthread_join(files->warmer, NULL);
	files->debuginfo->hurry = false;
	files->warming = files->warmed = false;
	files->settled = seconds_now();
}

static void wait_for_warmer(void *data)
{
	files_settle(data);
}

/* To look for debuginfo may mean to download it, which nobody has asked for. */
static bool may_download(void)
{
	const char *urls = getenv("DEBUGINFOD_URLS");

	return urls && *urls;
}

static bool is_noted(const struct debug_files *files, const char *name)
{
	for (unsigned i = 0; i < files->n_warm; i++)
		if (!strcmp(files->warm[i], name))
			return true;
	return false;
}

static void start_warmer(struct live *live, struct debug_files *files)
{
	files->thorough = live->terminal || live->json; /* who asks is slow enough */
	files->debuginfo->wait = wait_for_warmer;
	files->debuginfo->wait_data = files;
	files->warming = true; /* before there is a thread that looks at it */
	if (pthread_create(&files->warmer, NULL, warm, files))
		files->warming = false;
}

void files_warm(struct live *live, const char *name)
{
	struct debug_files *files = live->debug;

	if (!files)
		live->debug = files = files_new();
	if (__atomic_load_n(&files->warmed, __ATOMIC_ACQUIRE))
		files_settle(files);
	if (files->warming || files->n_warm == MOST_WARM || is_noted(files, name) ||
	    may_download())
		return;
	files->warm[files->n_warm++] = strdup(name);
	start_warmer(live, files);
}

int files_idle(struct live *live)
{
	struct debug_files *files = live->debug;
	double pause;

	if (!files || files->warming || files->next_warm >= files->n_warm)
		return -1;
	pause = PAUSE - (seconds_now() - files->settled);
	if (pause > 0)
		return 1 + (int)(pause * 1e3);
	start_warmer(live, files);
	return -1;
}

/* ---- life --------------------------------------------------------------------------------------- */

void files_put(struct debug_files *files)
{
	if (!files || --files->users)
		return;
	files_settle(files);
	for (unsigned i = 0; i < files->n_warm; i++)
		free(files->warm[i]);
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

	if (files && !files->warming && (files->uses >= MOST_USES || has_changed(files))) {
		files_put(files);
		files = NULL;
	}
	if (!files)
		live->debug = files = files_new();
	files->users++;
	files->uses++;
	return files;
}
