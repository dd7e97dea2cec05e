/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the passes of semantic analysis share: the state of one resolution, the tables of names,
 * walking trees, and the passes themselves in the order in which semantic_resolve() runs them.
 * Nothing outside compiler/semantic/ includes this.
 */
#ifndef SPILE_SEMANTIC_PASSES_H
#define SPILE_SEMANTIC_PASSES_H

#include "compiler/semantic/program.h"

/* ---- tables of names ---------------------------------------------------------------------- */

/* A map from names to anything, in an arena. Zeroed: empty. */
struct name_map {
	struct name_slot *slots;
	unsigned n, size;
};
/* The value's place, made (with NULL in it) when there is none. */
void **name_map_at(struct arena *arena, struct name_map *map, const char *name);
void *name_map_get(const struct name_map *map, const char *name);
/* Calls `each` for every name; the order is not defined. */
void name_map_each(const struct name_map *map,
		   void (*each)(const char *name, void *value, void *data), void *data);

/* A declared name; those of the same spelling are chained in the order of declaration. */
/* What a pointer points to, as @cast takes it; type NULL: not known. */
struct pointee {
	const char *name; /* of the variable */
	const char *type, *module;
	const char *elsewhere; /* the module for other bodies; NULL: nothing was passed yet */
	bool used; /* a parameter's, by `->` */
	struct pointee *origin; /* of the parameter that it was passed as */
	struct pointee *next;
};

struct declared_function {
	struct function_decl *decl;
	struct function *function; /* NULL until it is called */
	const struct source *source;
	struct pointee *pointees; /* what arguments point to, one a parameter; or NULL */
	struct pointee result;
	bool result_known, result_busy;
	struct declared_function *next;
};

struct declared_global {
	struct global_decl *decl;
	struct symbol *symbol;
	const struct source *source;
	bool reported; /* as unused */
	struct declared_global *next;
};

struct declared_alias {
	struct alias_decl *decl;
	const struct probe_point *name; /* one of decl->names */
	const struct source *source;
	struct declared_alias *next;
};

/* ---- the state of one resolution ------------------------------------------------------------- */

struct tapset_index;

/* A piece of a handler's body: from an alias or from the probe; names are looked up in source. */
struct part {
	struct stmt *body;
	const struct source *source;
	bool own; /* the probe's, not an alias' */
};
struct part_vec {
	VEC(struct part);
};

struct resolver {
	struct arena *arena;
	struct diags *diags;
	const struct semantic_options *options;
	struct program *program;
	struct probes *probes;
	struct {
		VEC(struct script_file *);
	} files; /* the user's first, then tapset files as they are needed */
	unsigned n_user_files;
	struct name_map functions; /* struct declared_function */
	struct name_map globals;   /* struct declared_global */
	struct declared_alias *aliases, **aliases_tail;
	struct {
		VEC(struct declared_function *);
	} called; /* functions in the order in which they were first called */
	struct pointee *pointees; /* what globals point to */
	struct tapset_index *tapsets; /* NULL until a name is looked up there */
	unsigned entries; /* counter for names of @entry's variables */
	struct name_map shapes; /* struct group (merge.c), by the text of resolved handlers */
	unsigned expansions; /* of aliases */
};

/* ---- walking trees: also into accesses and everything that the analysis added ------------------ */

/* Statements before what is below them, expressions after; either may be NULL. */
struct walk {
	stmt_fn stmt;
	expr_fn expr;
	void *data;
};
void walk_expr(const struct walk *walk, struct expr **place);
void walk_stmt(const struct walk *walk, struct stmt **place);
/* All bodies of the program: probes with their conditions, functions. */
void walk_program(const struct walk *walk, struct program *program);

/* reach.c: what a handler and its condition can come to, each function once; either may be NULL.
 * Functions have their indexes (callgraph_order()). */
struct reach {
	void (*expr)(struct expr *expr, void *data);
	void (*function)(struct function *function, void *data);
	void *data;
};
void reach_from(struct resolver *resolver, struct probe *probe, const struct reach *reach);

/* ---- the passes --------------------------------------------------------------------------------- */

/* names.c */
/* Declares what a file has, and reports what is declared twice. */
void names_declare(struct resolver *resolver, struct script_file *file);
/* Binds the names of a handler's parts and of its condition, or of a function's body. */
void names_bind_probe(struct resolver *resolver, struct probe *probe, const struct part_vec *parts,
		      const struct source *source);
void names_bind_function(struct resolver *resolver, struct function *function,
			 const struct source *source);

/* The text after "pragma" (and "=") where it stands as a comment of its own; NULL: it does not. */
const char *find_pragma(const char *text, const char *pragma);

/* permitted.c: reports a call of a function that there can not be, or only in guru mode. */
void permitted_check(struct resolver *resolver, const struct source *caller, const struct expr *call);

/* symbols.c: symbols and functions made from declarations, or by the compiler itself. */
struct symbol *symbol_new_global(struct resolver *resolver, struct declared_global *declared);
struct symbol *symbol_new_hidden(struct resolver *resolver, const char *name, struct range range);
/* The initial values of -G, when types are known. */
void symbols_take_given(struct resolver *resolver);
struct symbol *symbol_new_local(struct resolver *resolver, struct symbol_vec *locals,
				const char *name, struct range range);
/* The function of a declaration, made at its first use and then put into resolver->called. */
struct function *function_of(struct resolver *resolver, struct declared_function *declared);
/* For `x && exit()`: a function without a value as one whose value is 0. */
struct function *function_with_value(struct resolver *resolver, struct function *function);
struct expr *expr_of_symbol(struct arena *arena, struct symbol *symbol, struct range range);

/* tapsets.c: loads the tapset files that declare such a name; true when any was loaded. */
bool tapsets_load_function(struct resolver *resolver, const char *name);
bool tapsets_know_function(struct resolver *resolver, const char *name); /* loads nothing */
bool tapsets_load_global(struct resolver *resolver, const char *name);
/* Files with aliases that the point may mean. */
bool tapsets_load_aliases(struct resolver *resolver, const struct probe_point *point);
void tapsets_offer_functions(struct resolver *resolver, struct suggest *suggest);
/* Aliases by their first component. */
void tapsets_offer_aliases(struct resolver *resolver, struct suggest *suggest);

/* aliases.c: the probes of a file, as concrete probes with bound bodies, into the program. */
void aliases_expand_probe(struct resolver *resolver, struct probe_decl *decl,
			  const struct source *source);

/* The family's statements in the language (probe->guard, probe->prologue) as a part. */
bool part_of_family(struct resolver *resolver, const struct probe *probe, const char *text,
		    struct part *part);

/*
 * sizes.c: types by module, "" is the file that the probe is in, or the kernel. `probe` may be
 * NULL (functions). NULL after a message.
 */
struct ctype;
struct btf_file;
struct ctype *types_find(struct resolver *resolver, struct probe *probe, const char *module,
			 const char *name, struct range range);
/* The kernel's types if that is the module; NULL with *is_meant after a message. */
const struct btf_file *types_of_kernel(struct resolver *resolver, const struct probe *probe,
				       const char *module, struct range range, bool *is_meant);
/* "no type 'x' in the debug information of ...". */
void types_report_missing(struct resolver *resolver, struct probe *probe, const char *module,
			  const char *what, const char *name, struct range range);
/* @cast_module_sizeof() becomes a number, 0 after a message. */
void sizeof_resolve(struct resolver *resolver, struct probe *probe, struct expr **place);
/* probewrite.c: @probewrite() becomes a number. */
void probewrite_resolve(struct resolver *resolver, struct part_vec *parts);
/* enums.c: @enum() becomes a number, @enumname() a choice among strings. */
void enum_resolve(struct resolver *resolver, struct probe *probe, struct expr **place);
/* The value of a constant of the kernel's enumerations; false: there is none of that name. */
bool enum_of_kernel(struct resolver *resolver, const char *name, int64_t *value);

/* targets.c: @defined, target variables, @entry; folds constants on the way (dead branches). */
void targets_resolve_probe(struct resolver *resolver, struct probe *probe, struct part_vec *parts);
void targets_resolve_function(struct resolver *resolver, struct declared_function *declared);
/* What the function's value points to. */
struct pointee targets_result(struct resolver *resolver, struct declared_function *declared);

/* merge.c: a handler that was made since the mark becomes more sites of one that is the same. */
struct merge_mark {
	unsigned probes, globals, entries;
};
struct merge_mark merge_mark(const struct resolver *resolver);
void merge_probe(struct resolver *resolver, const struct merge_mark *mark);

/* constants.c: @const() becomes a number, or embedded C. */
void const_resolve(struct resolver *resolver, struct expr **place);

/* counters.c: @perf() becomes a call. */
void counter_resolve(struct resolver *resolver, struct expr **place);
/* Counters that no probe declares, or that are read where no thread counts; behind usage.c. */
void counters_check(struct resolver *resolver);

/* autocast.c: what values of the script point to, by what was assigned to them last. */
struct casting {
	struct resolver *resolver;
	const struct probe *probe; /* whose body it is; NULL: a function's */
	struct pointee *known;     /* locals and parameters */
	unsigned returns;
	struct pointee result;     /* of a function */
};
/* Starts a function's body: what its parameters point to in the calls seen so far. */
void autocast_begin(struct casting *casting, struct declared_function *function);
/* Take note of an assignment, a call, a value returned: their operands are resolved. */
void autocast_learn(struct casting *casting, const struct expr *assign);
void autocast_call(struct casting *casting, const struct expr *call);
void autocast_return(struct casting *casting, const struct expr *value);
struct pointee autocast_pointee(struct casting *casting, const struct expr *expr);
/* Makes p->member a @cast; false, and reported, when nobody knows what p points to. */
bool autocast_resolve(struct casting *casting, struct expr *expr);

/* fold.c: computes what is constant; the operands are already folded. */
void fold_expr(struct resolver *resolver, struct expr **place);

/* prints.c: formats into directives (before types); what depends on types (after). */
void prints_parse(struct resolver *resolver);
void prints_complete(struct resolver *resolver);
enum value_type directive_argument_type(enum directive_kind kind);

/* foreach.c: `v` in foreach (v = [k] in statistics) stands for the element. */
void foreach_rewrite_values(struct resolver *resolver);

/* types.c */
/* embedded.c: %{ C %} inside of a body becomes a call. */
/* Whether it may stand here; false after a message. */
bool embedded_allowed(struct resolver *resolver, struct range range);
struct expr *embedded_value(struct resolver *resolver, struct expr *expr);
void embedded_statement(struct resolver *resolver, struct stmt *stmt);
void placement_check(struct resolver *resolver); /* placement.c */
void types_infer(struct resolver *resolver);

/* callgraph.c: false, and reported, when calls are nested deeper than the passes can follow. */
bool callgraph_order(struct resolver *resolver);

/* deadcode.c: also orders the functions, chooses homes, and collects how symbols are used. */
void deadcode_remove(struct resolver *resolver);

/* usage.c: read, written, deleted, what statistics are asked for; sleepable probes. */
void usage_collect(struct resolver *resolver);

/* homes.c: handlers of the tracer that look at the kernel's memory are the kernel's. */
void homes_choose(struct resolver *resolver);
void home_move_to_kernel(struct probe *probe);

/* live.c: what a live session knows of a global, before types are inferred; the form of its data,
 * before bounds are. Nothing is done without a session. */
void live_seed(struct resolver *resolver, struct symbol *symbol);
void live_settle(struct resolver *resolver);

/* placeless.c: probe->placeless. */
void placeless_find(struct resolver *resolver);

void bounds_infer(struct resolver *resolver);
void locks_assign(struct resolver *resolver);
void regexes_compile(struct resolver *resolver);

#endif
