/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stages of compilation in a row: text to tree to program to unit, stopping where -p says,
 * timed for -v.
 */
#ifndef SPILE_SESSION_COMPILE_H
#define SPILE_SESSION_COMPILE_H

#include "compiler/codegen/unit.h"
#include "runtime/session/options.h"
#include "runtime/session/target.h"

struct compile {
	struct arena *arena;
	struct diags *diags;
	const struct options *options;
	const struct command_target *target;
	const char *const *tapset_dirs; /* -I, then the built-in one; NULL-terminated */
	struct syntax_options syntax_options;
	struct syntax syntax;
	struct {
		VEC(struct script_file *);
	} files; /* the script and those of -E, after compile_parse */
	struct program *program;        /* after compile_resolve */
	struct unit *unit;              /* after compile_generate */
};

/* Fills in what the stages need. */
void compile_start(struct compile *compile, struct arena *arena, struct diags *diags,
		   const struct options *options, const struct command_target *target);
/* Each stage: false after errors in diags. compile_parse: `source` NULL: the script of the
 * options. */
bool compile_parse(struct compile *compile, const struct source *source);
bool compile_resolve(struct compile *compile);
bool compile_generate(struct compile *compile);
/* Where what was compiled is kept for the next time; NULL: nowhere. */
const char *compile_store_directory(const struct compile *compile);
/* Releases what is not in the arena. */
void compile_end(struct compile *compile);

#endif
