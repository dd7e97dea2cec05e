/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The resolved program: what semantic analysis makes of the trees and what code generation
 * turns into one module a home.
 *
 * Order of the passes (compiler/semantic/): aliases and probe points become concrete probes
 * (compiler/probes/), names are bound to symbols and functions (reading tapset files by need),
 * target variables are resolved by the probe's family, constants are folded, types are
 * inferred, dead code is dropped, string bounds are inferred, locks are assigned.
 */
#ifndef SPILE_SEMANTIC_PROGRAM_H
#define SPILE_SEMANTIC_PROGRAM_H

#include "compiler/probes/probe.h"
#include "compiler/syntax/syntax.h"

enum { MAX_KEYS = 10 };

enum symbol_scope { SYMBOL_GLOBAL, SYMBOL_LOCAL, SYMBOL_PARAMETER };

struct symbol {
	const char *name;
	struct range range; /* of the declaration, or of the first use of a local */
	enum symbol_scope scope;
	unsigned index; /* in program->globals, or in its function's or probe's locals */

	enum value_type type; /* of the scalar, or of an array's elements */
	unsigned bound;       /* strings: greatest length without the NUL */
	bool untyped;         /* nothing says which type it or a key has: taken for a number */
	bool is_array;
	unsigned n_keys;
	enum value_type key_type[MAX_KEYS];
	unsigned key_bound[MAX_KEYS];
	struct range type_range; /* where the type was learnt, for messages */
	struct range key_range;  /* where the number of keys was learnt */

	/* Globals only: */
	struct global_decl *decl;  /* NULL for those made by the compiler (@entry) */
	unsigned max_entries;      /* arrays: the written size or MAXMAPENTRIES */
	bool wrap;
	bool recent;               /* what was not used for longest makes room: @entry's store */
	const struct expr *init;   /* literal or NULL */
	unsigned stat_ops;         /* statistics: 1 << enum stat_op of all that is asked for */
	int64_t hist_low, hist_high, hist_width; /* when STAT_HIST_LINEAR is asked for */
	unsigned variance_shift;
	bool read, written;        /* by anything that is kept */
	bool assigned;             /* with plain =, not only added to */
	bool deleted;              /* elements are deleted: map memory must not be reused early */
	bool kernel_written;       /* written by a handler of the kernel home */
	bool tracer_written;
	bool locked;               /* some handler takes its lock */
	bool spread;               /* handlers of the kernel only add to it, the tracer reads it */
};

struct symbol_vec {
	VEC(struct symbol *);
};

struct function {
	const char *name;
	struct function_decl *decl;
	struct symbol_vec parameters;
	struct symbol_vec locals;
	enum value_type type;   /* of the result; TYPE_VOID when it has none */
	unsigned bound;         /* of a string result */
	int bound_parameter;    /* a string result is no longer than this argument; -1: `bound` */
	struct stmt *body;      /* this function's own copy; NULL for intrinsics */
	const char *intrinsic;  /* name in the handler library, or NULL. See doc/architecture.md */
	const char *embedded;   /* C text of %{ %}, or NULL */
	bool pure;              /* no side effects: may be dropped */
	bool fallible;          /* may raise an error */
	bool uses_next;         /* contains `next`: another overload may be tried */
	bool recursive;         /* part of a cycle of calls */
	bool used;
	unsigned index;         /* in program->functions */
};

struct dfa; /* semantic/regex.h */

/* -D names that the language defines, and their values. */
struct limits {
	int64_t max_action;      /* MAXACTION: statements, loop turns and calls of one hit */
	int64_t max_nesting;     /* MAXNESTING: depth of recursion */
	int64_t max_map_entries; /* MAXMAPENTRIES */
	int64_t max_string;      /* MAXSTRINGLEN: bytes, without the NUL */
	int64_t max_errors;      /* MAXERRORS */
	int64_t max_skipped;     /* MAXSKIPPED */
	int64_t max_try_lock;    /* MAXTRYLOCK */
	int64_t hist_elision;    /* HIST_ELISION: empty buckets shown beside others; < 0: all */
	unsigned given;          /* for limits_given() */
};

struct program {
	struct arena *arena;
	struct diags *diags;
	struct limits limits;
	bool guru;
	bool skip_bad_variables; /* target variables that can not be read are 0 */
	struct symbol_vec globals;
	struct {
		VEC(struct function *);
	} functions; /* the used ones, callees before callers where not recursive */
	struct probe_vec probes; /* concrete, with resolved bodies; those without sites dropped */
	struct probes *families; /* the families' context: for -L; freed by program_release() */
	struct {
		VEC(struct dfa *);
	} dfas;
	struct {
		VEC(const char *);
	} embedded; /* C text of top-level %{ %}, in order, when embedded C is used */
};

/*
 * What the programs before have learnt about the globals of a live session (the user's own, not
 * those of tapsets).
 */
struct known_global {
	const char *name;
	enum value_type type;
	bool is_array, locked;
	unsigned n_keys;
	enum value_type key_type[MAX_KEYS];
	unsigned stat_ops;
	int64_t hist_low, hist_high, hist_width;
};
struct live_globals {
	VEC(struct known_global);
};

/* Where the handlers of begin, end, error and timers run. */
enum begin_home {
	BEGIN_CHOSEN, /* in the tracer, or in the kernel when they look at its memory */
	BEGIN_TRACER,
	BEGIN_KERNEL,
};

struct semantic_options {
	const char *const *tapset_dirs; /* searched in order, NULL-terminated: -I, then built in */
	struct limits limits;
	bool guru;
	enum begin_home begin_home; /* --begin */
	bool keep_unused;    /* -u: no elimination */
	bool exact_entry;    /* --exact-entry: sites stay at the first instruction */
	enum kernel_way kernel_way; /* --attach */
	bool skip_bad_variables; /* --skip-badvars: target variables that are not there are 0 */
	bool listing;        /* -l, -L */
	bool looks_only;     /* -p1 ... -p4, -l: nothing is attached */
	int verbose;
	void *debuginfo;     /* a struct debuginfo that outlives the program, or NULL */
	const struct live_globals *live; /* the program joins a live session; NULL: it is alone */
	struct syntax *syntax;
	struct probe_target target; /* -c / -x */
};

/*
 * Resolves parsed files (the user's script first, more in a REPL). Returns the program, also
 * when errors were reported, for -p2 and the REPL; the caller looks at diags->errors.
 */
struct program *semantic_resolve(struct arena *arena, struct diags *diags,
				 const struct semantic_options *options,
				 struct script_file *const *files, unsigned n_files);

/* Releases what the probe families hold (open files); the rest goes with the arena. */
void program_release(struct program *program);

/*
 * Reads the macro libraries (*.stpm) of the tapset directories into syntax->library_macros, in
 * the order of the directories. To be called before the script is parsed.
 */
void semantic_load_macros(struct syntax *syntax, const char *const *tapset_dirs);

/* -p2: globals, functions, probes and sites, with types. */
void program_print(FILE *out, const struct program *program);

void limits_default(struct limits *limits);
/* "MAXACTION=1000": false when the name is unknown or the value is not a number in its range. */
bool limits_define(struct limits *limits, const char *definition);
/* "MAXACTION=1000": whether there is such a limit, and what it may be. */
bool limits_range(const char *definition, int64_t *least, int64_t *most);
/* Whether limits_define() has set it. */
bool limits_given(const struct limits *limits, const char *name);

#endif
