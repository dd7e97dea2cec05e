/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A unit: what code generation hands to the runtime, plain data that can be kept in the compile
 * cache. Everything is allocated from one arena; indexes tie the parts together.
 */
#ifndef SPILE_CODEGEN_UNIT_H
#define SPILE_CODEGEN_UNIT_H

#include "compiler/semantic/program.h"

/* Where a handler's code is. */
struct unit_handler {
	const char *symbol;   /* program name in the BPF object, function in the host object */
	enum home home;
	enum context_kind context;
	bool sleepable;
	bool needs_frame;
	const char *name;     /* for messages: the probe point (pn) */
	const char *position; /* "script.stp:3:1" */
	int64_t order;        /* begin, end, error */
	bool companion;       /* not the script's: saves values for another one, or a tapset's */
	/*
	 * `if` on the probe point: a function of the host object, int32_t f(void *): whether the
	 * sites are to be armed now. NULL: always. The handler looks too, so that a site that is
	 * still attached does nothing wrong.
	 */
	const char *condition;
	uint64_t timing_offset; /* of a stat_cell of ns per hit in spile_globals, 0: none */
	unsigned n_sites;
	const struct site *sites;
};

struct unit_format {
	unsigned n_directives;
	const struct directive *directives;
	enum value_type *arg_types; /* of the packed arguments, '*' among them; n_args */
	unsigned n_args;
};

/* A statistics value printed from a handler: print(@hist_log(x)). */
struct unit_hist {
	enum stat_op op;
	int64_t low, high, width;
};

/* An error that a handler can raise: index + 1 is run->error. */
struct unit_error {
	const char *message;  /* may hold one %d, %u or 0x%x for error_arg (64-bit); NULL: ERROR_PLACED */
	const char *position; /* "script.stp:3:7" */
	const char *near;     /* "operator '/'", "identifier '$x'" */
	bool at_state;        /* error_arg is a state of the handler's home, and where it was */
};

/* A point where a loop or a call goes on (codegen/resume.c), and its place in the script. */
struct unit_state {
	enum home home;
	unsigned handler;     /* whose state it is; NO_HANDLER: a function's */
	uint32_t state;
	const char *position;
};
enum { NO_HANDLER = 0xffffffffu };

struct unit_global {
	const char *name;
	enum value_type type;
	bool is_array;
	unsigned n_keys;
	enum value_type key_type[MAX_KEYS];
	unsigned key_offset[MAX_KEYS], key_size[MAX_KEYS]; /* within the key, in bytes */
	unsigned key_bytes, value_bytes; /* of the map */
	unsigned max_entries;
	bool wrap;
	bool recent; /* a map that drops what was not used for longest */
	bool is_private_to_compiler;
	/* In spile_globals. Scalars: the value; arrays that wrap: the word to make room under. */
	uint64_t offset;
	uint64_t lock_offset; /* of the lock word in spile_globals, 0: none */
	unsigned cells;       /* spread over so many, one a processor, from `offset` on; else 1 */
	unsigned stride;      /* from one of them to the next */
	unsigned size;
	unsigned bound;
	const char *map;      /* arrays: name of the map */
	unsigned stat_ops;
	int64_t hist_low, hist_high, hist_width;
	unsigned buckets;
	bool read_in_script;  /* printed at exit automatically when never read (as stap does) */
	bool written_in_script;
	bool assigned;        /* with plain =, not only added to */
	bool kernel_written;  /* arrays: kernel handlers write it while the tracer may */
	bool reused;          /* arrays: elements' memory may be preallocated and reused at once */
	const struct expr *init; /* literal for scalars that are not zero */
	bool fresh;           /* made by this unit: its part of globals_init is to be copied in */
};

struct unit {
	struct arena *arena;
	const void *kernel_object; /* ELF BPF object, or NULL when no handler is in the kernel */
	size_t kernel_object_size;
	const void *host_object;   /* ELF relocatable for the host, or NULL */
	size_t host_object_size;
	struct {
		VEC(struct unit_handler);
	} handlers;
	struct {
		VEC(struct unit_format);
	} formats;
	struct {
		VEC(struct unit_hist);
	} hists;
	struct {
		VEC(struct unit_error);
	} errors;
	struct {
		VEC(struct unit_state);
	} states;
	struct {
		VEC(struct unit_global);
	} globals;
	/*
	 * The spile_globals section: its size and its content at the start (struct shared zeroed,
	 * scalars initialised). Without a kernel object the runtime makes it in ordinary memory,
	 * and the arrays' maps with bpf_map_create (BPF_MAP_TYPE_HASH, BPF_F_NO_PREALLOC unless
	 * `reused`).
	 */
	uint64_t globals_size;
	void *globals_init;
	struct limits limits;
	bool defers_names;         /* strings may hold tokens for names of addresses (abi.h) */
	bool walks_kernel;         /* a handler looks at frames of the kernel's stack */
	unsigned iterations;       /* loops over arrays that a handler of the kernel is in at a time */
	unsigned first_handler;    /* number of handlers.v[0] in records' `probe` */
	const char *ir;            /* -p3: text of both modules */
	bool from_store;           /* no code had to be made: all of it was kept from before */
};

/*
 * Where the globals of a live session are, across the units that are compiled one after another
 * into it: a global that keeps its name and its layout keeps its place (scalars: the offset in
 * spile_globals; arrays: the map's name). A new place is where nothing is `taken`.
 */
struct layout_entry {
	const char *name;
	const char *shape;    /* type, keys, sizes as text: equal when the data can be kept */
	uint64_t offset, lock_offset;
	uint64_t size;
	const char *map;
};
struct extent {
	uint64_t start, end;
};
struct globals_layout {
	struct arena *arena;
	uint64_t capacity;    /* size of spile_globals, fixed for the session */
	uint64_t first, end;  /* what of it is for globals */
	unsigned serial;      /* of the next map */
	bool full;            /* a place was not to be had */
	struct {
		VEC(struct extent);
	} taken;
	struct {
		VEC(struct layout_entry);
	} entries;
};

struct store; /* store.h */

struct codegen_options {
	struct store *store; /* where objects are kept from run to run, or NULL */
	struct globals_layout *layout; /* of a live session, or NULL */
	struct codegen_ready **ready;  /* or NULL; *ready is NULL once it has been used up */
	/*
	 * A u32 in spile_globals: handlers do nothing unless it is first_handler + 1, so that one
	 * store turns a unit on, off, or into its successor. 0: there is none.
	 */
	uint64_t gate_offset;
	uint64_t counters_offset; /* of a struct probe_counters in spile_globals; 0: there is none */
	unsigned first_handler; /* added to handlers' numbers in run->probe and in records */
	bool keep_ir;   /* for -p3 */
	unsigned verify; /* run LLVM's verifier on the modules (debug builds, tests) */
	bool timing;     /* count and time every handler (unit_handler.timing_offset) */
};

/*
 * What the making of a unit begins with that does not depend on it: so it can be done ahead of
 * time, also in another thread. NULL: it cannot be had.
 */
struct codegen_ready *codegen_ready_new(void);
void codegen_ready_free(struct codegen_ready *ready); /* NULL is allowed */

/* Makes the unit; NULL after a diagnostic (what the language allows is never refused here). */
struct unit *codegen_unit(struct arena *arena, struct diags *diags, const struct program *program,
			  const struct codegen_options *options);

/* Releases LLVM's process-wide state (for leak checkers). */
void codegen_shutdown(void);

#endif
