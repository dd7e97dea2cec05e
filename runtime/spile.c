/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spile: reads the options, calls the stages in their order, prints what they say.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "compiler/codegen/store.h"
#include "runtime/present/rotate.h"
#include "runtime/repl/repl.h"
#include "runtime/session/background.h"
#include "runtime/session/compile.h"
#include "runtime/session/listing.h"
#include "runtime/session/options.h"
#include "runtime/session/session.h"
#include "runtime/session/timing.h"

static struct spile {
	struct arena *arena;
	struct diags diags;
	struct options options;
	struct features features;
	struct command_target target;
	struct compile compile;
	struct loaded loaded;
	struct attachments attachments;
	struct output out;
	struct rotate rotate;
	struct background background;
	struct timespec stage_began;
} spile = {
	.target = {.pidfd = -1, .gate = -1, .report = -1},
	.loaded = {.ring_fd = -1},
	.out = {.fd = -1},
	.background = {.ready = -1},
};

static const struct range nowhere;

static bool use_color(void)
{
	if (spile.options.color == COLOR_AUTO)
		return isatty(STDERR_FILENO) && !getenv("NO_COLOR");
	return spile.options.color == COLOR_ALWAYS;
}

/* Prints what has been said since the last time. */
static void tell(void)
{
	diags_print(&spile.diags, stderr, use_color());
	spile.diags.n = spile.diags.errors = 0;
}

/* -v, -t: a line for the stage that is over. */
static void stage_done(const char *what)
{
	struct timespec now;
	double ms;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ms = (double)(now.tv_sec - spile.stage_began.tv_sec) * 1e3 +
	     (double)(now.tv_nsec - spile.stage_began.tv_nsec) / 1e6;
	spile.stage_began = now;
	if (spile.options.verbose || spile.options.timing)
		fprintf(stderr, "spile: %-8s %8.2f ms\n", what, ms);
}

/* The name of -o, a format of strftime(3). */
static const char *output_path(const char *format)
{
	char path[PATH_MAX];
	time_t now = time(NULL);
	struct tm local;

	if (!strchr(format, '%') || !localtime_r(&now, &local) ||
	    !strftime(path, sizeof(path), format, &local))
		return format;
	return arena_strdup(spile.arena, path);
}

static bool open_output(void)
{
	const char *path = spile.options.output ? output_path(spile.options.output) : NULL;
	bool rotates = spile.options.file_bytes != 0;
	int fd;

	spile.rotate = (struct rotate){.path = path, .size = spile.options.file_bytes,
				       .keep = spile.options.files};
	fd = rotates ? rotate_open(&spile.rotate, -1)
	     : path  ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)
		     : STDOUT_FILENO;
	if (fd < 0) {
		diag_error(&spile.diags, nowhere, "cannot write to '%s': %m", path);
		return false;
	}
	if (output_open(&spile.out, fd))
		return false;
	spile.out.rotate = rotates ? &spile.rotate : NULL;
	return true;
}

static bool find_target(void)
{
	if (spile.options.command)
		return target_command(&spile.target, &spile.diags, spile.options.command);
	if (spile.options.pid)
		return target_process(&spile.target, &spile.diags, spile.options.pid);
	return true;
}

/* Text that the compiler prints with stdio, in one go with what we print. */
static void print_tree(void)
{
	FILE *stream = fdopen(dup(spile.out.fd), "w");

	output_flush(&spile.out);
	if (!stream)
		return;
	if (spile.options.last_pass == 1)
		for (unsigned i = 0; i < spile.compile.files.n; i++)
			ast_print_file(stream, spile.compile.files.v[i]);
	else if (spile.options.last_pass == 2)
		program_print(stream, spile.compile.program);
	else
		fputs(spile.compile.unit->ir ? spile.compile.unit->ir : "", stream);
	if (fclose(stream))
		spile.out.error = errno;
}

/* Up to the pass that was asked for; true when there is more to do. */
static bool compile_passes(bool *ok)
{
	*ok = compile_parse(&spile.compile, NULL);
	stage_done("syntax");
	if (!*ok || spile.options.last_pass == 1)
		return false;
	*ok = compile_resolve(&spile.compile);
	stage_done("semantic");
	if (!*ok || spile.options.last_pass == 2)
		return false;
	*ok = compile_generate(&spile.compile);
	if (*ok && spile.options.verbose)
		fprintf(stderr, "spile: compile cache: %s\n",
			spile.compile.unit->from_store ? "hit" :
			spile.options.no_cache ? "off" : "miss");
	stage_done("codegen");
	return *ok && spile.options.last_pass > 3;
}

static bool load(void)
{
	struct load_options options = {
		.features = &spile.features,
		.ring_bytes = spile.options.ring_bytes,
		.verbose = (int)spile.options.verbose,
	};
	bool ok = unit_load(&spile.loaded, spile.compile.unit, &spile.diags, &options);

	stage_done("load");
	return ok;
}

/* -v: where sites are that are not at the entry of their function. */
static void tell_moved(const struct unit *unit)
{
	unsigned n = 0;

	for (unsigned i = 0; i < unit->handlers.n; i++) {
		const struct unit_handler *handler = &unit->handlers.v[i];

		for (unsigned s = 0; s < handler->n_sites; s++)
			if (handler->sites[s].moved && ++n <= 8)
				fprintf(stderr, "spile: %s: site moved %u bytes, to an instruction "
						"that the kernel emulates\n", handler->sites[s].pp,
					handler->sites[s].moved);
	}
	if (n > 8)
		fprintf(stderr, "spile: and %u more sites\n", n - 8);
}

static bool attach(void)
{
	bool ok = attach_all(&spile.attachments, &spile.loaded, &spile.diags);

	if (spile.target.gate < 0)
		ok = attach_watches_set(&spile.attachments, DIAG_ERROR) && ok;
	if (spile.options.verbose)
		attach_describe(&spile.attachments, stderr);
	stage_done("attach");
	if (spile.options.verbose)
		tell_moved(spile.loaded.unit);
	return ok;
}

static int session(void)
{
	struct session_options options = {
		.timeout = spile.options.timeout,
		.json = spile.options.json,
		.no_warnings = spile.options.no_warnings,
		.quiet_errors = spile.options.quiet_errors,
		.no_globals = spile.options.no_globals,
		.namespaces_of = spile.options.namespaces_of,
		.verbose = (int)spile.options.verbose,
	};
	int status;

	background_ready(&spile.background, spile.out.fd);
	status = session_run(&spile.loaded, &spile.attachments, &spile.target, &spile.out,
			     &options);

	stage_done("session");
	if (spile.options.timing)
		timing_print(&spile.loaded, stderr);
	return status;
}

static int run(void)
{
	bool ok, more;

	if (spile.options.background && spile.options.last_pass == 5 &&
	    !background_start(&spile.background)) {
		diag_error(&spile.diags, nowhere, "there can be no session in the background: %m");
		return 1;
	}
	if (spile.options.last_pass > 1 && !find_target())
		return 1;
	compile_start(&spile.compile, spile.arena, &spile.diags, &spile.options, &spile.target);
	more = compile_passes(&ok);
	tell();
	if (ok && !more)
		print_tree();
	if (!more)
		return !ok;
	if (!load())
		return 1;
	if (spile.options.last_pass == 4) {
		listing_programs(&spile.loaded, &spile.out);
		return 0;
	}
	if (!attach())
		return 1;
	tell();
	return session();
}

static int list(void)
{
	compile_start(&spile.compile, spile.arena, &spile.diags, &spile.options, &spile.target);
	switch (spile.options.mode) {
	case MODE_LIST:
		return !find_target() || !listing_points(&spile.compile, &spile.out);
	case MODE_DUMP_FUNCTIONS:
		return !listing_functions(&spile.compile, &spile.out);
	case MODE_DUMP_PROBE_ALIASES:
		return !listing_aliases(&spile.compile, &spile.out);
	default:
		listing_probe_types(&spile.out);
		return 0;
	}
}

static int clean_cache(void)
{
	struct store *store;

	spile.compile.arena = spile.arena;
	spile.compile.options = &spile.options;
	store = store_open(spile.arena, compile_store_directory(&spile.compile));
	printf("%u compiled scripts removed\n", store_clean(store));
	return 0;
}

static int dispatch(void)
{
	switch (spile.options.mode) {
	case MODE_HELP:
		options_help(stdout);
		return 0;
	case MODE_VERSION:
		printf("spile %s\n", PACKAGE_VERSION);
		return 0;
	case MODE_CONFIG:
		features_print(&spile.features, &spile.out);
		return 0;
	case MODE_CLEAN_CACHE:
		return clean_cache();
	case MODE_REPL:
		if (!find_target())
			return 1;
		return repl_run(&spile.options, &spile.features, &spile.target, &spile.out);
	case MODE_RUN:
		return run();
	default:
		return list();
	}
}

/* Whatever was begun is undone here, detaching first. */
static int finish(int status)
{
	tell();
	attach_undo(&spile.attachments);
	if (spile.loaded.unit)
		unit_unload(&spile.loaded);
	target_release(&spile.target);
	compile_end(&spile.compile);
	if (spile.out.buffer)
		output_close(&spile.out);
	if (spile.out.error && !status) {
		fprintf(stderr, "ERROR: output failed: %s\n", strerror(spile.out.error));
		status = 1;
	}
	arena_free(spile.arena);
	return status;
}

int main(int argc, char **argv)
{
	int status = 1;

	clock_gettime(CLOCK_MONOTONIC, &spile.stage_began);
	spile.arena = arena_new();
	spile.diags.arena = spile.arena;
	if (options_read(&spile.options, spile.arena, &spile.diags, argc, argv) && open_output())
		status = dispatch();
	return finish(status);
}
