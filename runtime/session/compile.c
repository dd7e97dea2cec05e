/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the script's text to a unit. */
#include "runtime/session/compile.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "compiler/codegen/store.h"
#include "runtime/session/kernel_config.h"

#define LANGUAGE_VERSION "5.0"

static const struct range nowhere;

/*
 * Where the tapsets and examples are that belong to this binary: in the source tree while it
 * stands in its build directory, where they were installed otherwise.
 */
static const char *data_directory(struct arena *arena)
{
	char path[PATH_MAX], *slash;
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	const char *status;

	path[n > 0 ? n : 0] = 0;
	slash = strrchr(path, '/');
	if (!slash)
		return SPILE_PKGDATADIR;
	*slash = 0;
	status = arena_printf(arena, "%s/config.status", path);
	return access(status, F_OK) ? SPILE_PKGDATADIR : SPILE_SRCDIR;
}

static const char *const *tapset_dirs(struct arena *arena, struct diags *diags,
				      const struct options *options)
{
	unsigned n = options->tapset_dirs.n;
	const char **dirs = ARENA_ARRAY(arena, const char *, n + 3), **to = dirs + n;
	const char *more = getenv("SPILE_TAPSETS");

	for (unsigned i = 0; i < n; i++) {
		dirs[i] = options->tapset_dirs.v[i];
		if (access(dirs[i], R_OK | X_OK))
			diag_warning(diags, nowhere, "-I %s cannot be read: %m", dirs[i]);
	}
	if (more && *more)
		*to++ = more;
	*to = arena_printf(arena, "%s/tapsets", data_directory(arena));
	if (access(*to, R_OK))
		diag_warning(diags, nowhere, "the tapsets cannot be read: %s: %m", *to);
	return dirs;
}

/* "6.1.0-18-amd64" -> "6.1.0" */
static const char *version_of(struct arena *arena, const char *release)
{
	return arena_strndup(arena, release, strspn(release, "0123456789."));
}

void compile_start(struct compile *compile, struct arena *arena, struct diags *diags,
		   const struct options *options, const struct command_target *target)
{
	struct utsname system;
	const char *release;

	*compile = (struct compile){.arena = arena, .diags = diags, .options = options,
				    .target = target};
	diags->no_warnings = options->no_warnings;
	diags->warnings_are_errors = options->warnings_are_errors;
	uname(&system);
	release = arena_strdup(arena, system.release);
	compile->tapset_dirs = tapset_dirs(arena, diags, options);
	compile->syntax_options = (struct syntax_options){
		.args = options->args,
		.n_args = options->n_args,
		.kernel_version = version_of(arena, release),
		.kernel_release = release,
		.arch = arena_strdup(arena, system.machine),
		.runtime = "bpf",
		.language_version = options->language ? options->language : LANGUAGE_VERSION,
		.guru = options->guru,
		.config = kernel_config_lookup,
		.config_data = kernel_config_new(arena, release),
	};
	compile->syntax = (struct syntax){.arena = arena, .diags = diags,
					  .options = &compile->syntax_options};
}

/* --example: a name, with or without its ".stp". */
static const char *example_path(struct compile *compile, const char *name)
{
	const char *directory = data_directory(compile->arena);
	const char *path = arena_printf(compile->arena, "%s/examples/%s", directory, name);

	if (access(path, F_OK))
		path = arena_printf(compile->arena, "%s.stp", path);
	return path;
}

/* NULL without an error: there are only the scripts of -E. */
static const struct source *script_source(struct compile *compile)
{
	const struct options *options = compile->options;
	const char *path = options->script_path, *error = NULL;
	struct source *source = NULL;

	if (options->script_text) {
		source = source_from_text(compile->arena, "<input>", options->script_text);
	} else if (path) {
		if (options->example)
			path = example_path(compile, path);
		source = source_read(compile->arena, strcmp(path, "-") ? path : "/dev/stdin",
				     &error);
		if (!source)
			diag_error(compile->diags, nowhere, "cannot read '%s': %s", path, error);
	}
	if (source)
		source->guru = options->guru;
	return source;
}

static struct global_decl *find_global(const struct compile *compile, const char *name)
{
	for (unsigned f = 0; f < compile->files.n; f++) {
		const struct script_file *file = compile->files.v[f];

		for (unsigned i = 0; i < file->globals.n; i++)
			if (!strcmp(file->globals.v[i]->name, name))
				return file->globals.v[i];
	}
	return NULL;
}

static void suggest_global(struct compile *compile, const char *name)
{
	struct suggest suggest;

	suggest_start(&suggest, name);
	for (unsigned f = 0; f < compile->files.n; f++)
		for (unsigned i = 0; i < compile->files.v[f]->globals.n; i++)
			suggest_offer(&suggest, compile->files.v[f]->globals.v[i]->name);
	suggest_help(&suggest, compile->diags);
}

/* -G name=value */
static void set_global(struct compile *compile, const char *definition)
{
	const char *equals = strchr(definition, '='), *name;
	struct global_decl *global;

	if (!equals) {
		diag_error(compile->diags, nowhere, "-G wants NAME=VALUE, not '%s'", definition);
		return;
	}
	name = arena_strndup(compile->arena, definition, (size_t)(equals - definition));
	global = find_global(compile, name);
	if (global) {
		global->given = equals + 1;
		return;
	}
	diag_error(compile->diags, nowhere, "-G %s: the script has no global '%s'", definition,
		   name);
	suggest_global(compile, name);
}

static void parse_file(struct compile *compile, const struct source *source)
{
	VEC_PUSH(compile->arena, &compile->files, syntax_parse(&compile->syntax, source));
}

/* -E */
static void parse_more(struct compile *compile)
{
	const struct options *options = compile->options;

	for (unsigned i = 0; i < options->more_scripts.n; i++) {
		const char *name = arena_printf(compile->arena, "<input %u>", i + 2);
		struct source *source = source_from_text(compile->arena, name,
							 options->more_scripts.v[i]);

		source->guru = options->guru;
		parse_file(compile, source);
	}
}

bool compile_parse(struct compile *compile, const struct source *source)
{
	unsigned errors = compile->diags->errors;

	semantic_load_macros(&compile->syntax, compile->tapset_dirs);
	if (!source)
		source = script_source(compile);
	if (compile->diags->errors > errors)
		return false;
	if (source)
		parse_file(compile, source);
	parse_more(compile);
	for (unsigned i = 0; i < compile->options->globals.n; i++)
		set_global(compile, compile->options->globals.v[i]);
	return !compile->diags->errors;
}

bool compile_resolve(struct compile *compile)
{
	const struct options *options = compile->options;
	struct semantic_options semantic = {
		.tapset_dirs = compile->tapset_dirs,
		.limits = options->limits,
		.guru = options->guru,
		.begin_home = options->begin_home,
		.keep_unused = options->keep_unused,
		.exact_entry = options->exact_entry,
		.skip_bad_variables = options->skip_bad_variables,
		.kernel_way = options->kernel_way,
		.listing = options->mode == MODE_LIST,
		.looks_only = options->mode == MODE_LIST || options->last_pass < 5,
		.verbose = (int)options->verbose,
		.syntax = &compile->syntax,
		.target = {compile->target->pid, compile->target->path},
	};

	compile->program = semantic_resolve(compile->arena, compile->diags, &semantic,
					    compile->files.v, compile->files.n);
	if (!compile->diags->errors && !compile->program->probes.n)
		diag_error(compile->diags, nowhere, "the script has no probes");
	return !compile->diags->errors;
}

const char *compile_store_directory(const struct compile *compile)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (compile->options->no_cache)
		return NULL;
	if (cache && *cache == '/')
		return arena_printf(compile->arena, "%s/spile/objects", cache);
	if (home && *home == '/')
		return arena_printf(compile->arena, "%s/.cache/spile/objects", home);
	return NULL;
}

bool compile_generate(struct compile *compile)
{
	struct codegen_options options = {
		.store = store_open(compile->arena, compile_store_directory(compile)),
		.keep_ir = compile->options->last_pass == 3,
		.timing = compile->options->timing,
	};

	if (options.store)
		options.store->poisoned = compile->options->poison_cache;
	compile->unit = codegen_unit(compile->arena, compile->diags, compile->program, &options);
	return compile->unit && !compile->diags->errors;
}

void compile_end(struct compile *compile)
{
	if (compile->program)
		program_release(compile->program);
}
