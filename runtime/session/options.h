/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line, read. Its letters mean what they mean to stap; --help shows them all.
 */
#ifndef SPILE_SESSION_OPTIONS_H
#define SPILE_SESSION_OPTIONS_H

#include "compiler/semantic/program.h"

enum mode {
	MODE_RUN,
	MODE_REPL,                /* -i, or nothing at all on a terminal */
	MODE_LIST,                /* -l, -L */
	MODE_HELP,
	MODE_VERSION,
	MODE_CONFIG,
	MODE_CLEAN_CACHE,
	MODE_DUMP_FUNCTIONS,
	MODE_DUMP_PROBE_TYPES,
	MODE_DUMP_PROBE_ALIASES,
};

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct options {
	enum mode mode;
	const char *script_text;  /* -e */
	const char *script_path;  /* else; "-": standard input */
	const char *list_point;   /* -l, -L */
	bool list_variables;      /* -L */
	struct {
		VEC(const char *);
	} more_scripts;           /* -E */
	const char *const *args;  /* the script's */
	unsigned n_args;
	const char *command;      /* -c */
	int pid;                  /* -x; 0: none */
	const char *output;       /* -o */
	uint64_t file_bytes;      /* -S: of a file of output; 0: there is one file */
	unsigned files;           /* -S: the newest that are kept; 0: all */
	bool background;          /* -F */
	unsigned last_pass;       /* -p: 1 ... 5 */
	unsigned verbose;         /* -v */
	double timeout;           /* -T, seconds */
	uint64_t ring_bytes;      /* -s; 0: the default */
	struct limits limits;     /* -D */
	struct {
		VEC(const char *);
	} tapset_dirs;            /* -I, in order */
	struct {
		VEC(const char *);
	} globals;                /* -G: "name=value" */
	bool guru;                /* -g */
	bool timing;              /* -t */
	bool no_warnings;         /* -w */
	bool warnings_are_errors; /* -W */
	bool keep_unused;         /* -u */
	bool json;
	enum begin_home begin_home; /* --begin */
	enum kernel_way kernel_way; /* --attach */
	bool no_cache;
	bool poison_cache;        /* nothing is read from it */
	bool quiet_errors;        /* --suppress-handler-errors */
	bool no_limits;           /* --suppress-time-limits */
	bool no_globals;          /* --no-global-var-display */
	bool skip_bad_variables;  /* --skip-badvars */
	bool example;             /* --example: the script is one of those */
	const char *language;     /* --compatible: the version that the script was written for */
	int namespaces_of; /* --target-namespaces=PID; 0: Spile's own */
	bool exact_entry;
	enum color color;
};

/* Reads argv; false after a diagnostic. What it keeps lives in the arena or in argv. */
bool options_read(struct options *options, struct arena *arena, struct diags *diags, int argc,
		  char **argv);
void options_help(FILE *out);

#endif
