/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text in, tree out: the preprocessor's token stream in front of a push parser.
 */
#ifndef SPILE_SYNTAX_SYNTAX_H
#define SPILE_SYNTAX_SYNTAX_H

#include "compiler/syntax/ast.h"

/* What preprocessor conditionals and $1 / @1 / $# / @# are answered from. */
struct macro_table; /* @define macros; those of .stpm files are shared by all files */

struct syntax_options {
	const char *const *args; /* the script's arguments: $1 is args[0] */
	unsigned n_args;
	const char *kernel_version; /* "6.1.0" for kernel_v */
	const char *kernel_release; /* "6.1.0-18-amd64" for kernel_vr */
	const char *arch;           /* "x86_64" */
	const char *runtime;        /* "bpf" */
	const char *language_version; /* systemtap_v and --compatible: "5.0" */
	bool guru;
	/* CONFIG_X of the running kernel: "y", "m", a value, or NULL; may itself be NULL. */
	const char *(*config)(void *data, const char *name);
	void *config_data;
};

struct syntax {
	struct arena *arena;
	struct diags *diags;
	const struct syntax_options *options;
	struct macro_table *library_macros; /* from .stpm files, NULL when there are none */
};

/* Reads a file whole; NULL with *error set (errno text, "is a directory", ...) on failure. */
struct source *source_read(struct arena *arena, const char *path, const char **error);
struct source *source_from_text(struct arena *arena, const char *name, const char *text);

/* Parses one source. Always returns a tree, of what could be parsed; look at diags->errors. */
struct script_file *syntax_parse(struct syntax *syntax, const struct source *source);

/* Parses a .stpm macro library: adds its @define macros to syntax->library_macros. */
void syntax_parse_macros(struct syntax *syntax, const struct source *source);

/*
 * For the REPL. An input is a declaration list, a statement list or an expression.
 * INPUT_INCOMPLETE: no error so far, and more text is needed (nothing is reported then).
 */
enum input_kind {
	INPUT_EMPTY,
	INPUT_INCOMPLETE,
	INPUT_ERROR,
	INPUT_DECLARATIONS, /* *file */
	INPUT_STATEMENTS,   /* *body: a STMT_BLOCK; a lone expression is one STMT_EXPR */
};
enum input_kind syntax_parse_input(struct syntax *syntax, const struct source *source,
				   struct script_file **file, struct stmt **body);

#endif
