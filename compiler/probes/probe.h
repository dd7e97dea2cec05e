/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Probes and the families they come from. A family is one file here that fills in one
 * `struct probe_family`; nothing else knows how a kind of probe point is spelt, where its sites
 * are, or what its $variables mean. The run-time twin of a family is in runtime/attach/.
 */
#ifndef SPILE_PROBES_PROBE_H
#define SPILE_PROBES_PROBE_H

#include "compiler/probes/access.h"

struct program;
struct function;
struct symbol;
struct probe_family;

enum home { HOME_KERNEL, HOME_TRACER };

/* How a site is attached; runtime/attach/ has one entry for each. */
enum attach_kind {
	ATTACH_BEGIN,     /* once, when all is armed, in `order` */
	ATTACH_END,       /* once, at the end of a session that had no error */
	ATTACH_ERROR,     /* once, at the end of one that had */
	ATTACH_NEVER,
	ATTACH_RUNNING,   /* once for each process that is there, behind begin, in its name */
	ATTACH_TIMER,     /* every `period` ns (+- `jitter`), in the tracer */
	ATTACH_UPROBE,    /* path, offset, (ref_ctr_offset, pid) */
	ATTACH_URETPROBE,
	ATTACH_KPROBE,    /* symbol + offset, or address */
	ATTACH_KRETPROBE,
	ATTACH_KPROBE_MULTI, /* symbol: all functions of a handler in one link */
	ATTACH_KRETPROBE_MULTI,
	ATTACH_FENTRY,    /* symbol, (module), btf_id */
	ATTACH_FEXIT,
	ATTACH_TRACEPOINT, /* "system:name" in symbol: tracefs event */
	ATTACH_RAW_TRACEPOINT, /* symbol */
	ATTACH_TP_BTF,    /* symbol, btf_id */
	ATTACH_PERF,      /* perf_type, perf_config, period or frequency; pid */
	ATTACH_COUNTER,   /* perf_type, perf_config, counter: read by others, program on symbol */
	ATTACH_BREAKPOINT, /* address, length, access mode: hardware watchpoint */
	ATTACH_KINDS
};

/* The context that the handler's program gets; decides what REGISTER, ARGUMENT ... mean. */
enum context_kind {
	CONTEXT_NONE,       /* begin, timers */
	CONTEXT_PT_REGS,    /* uprobe, kprobe */
	CONTEXT_ARGS,       /* u64 args[]: fentry, fexit, raw and BTF tracepoints */
	CONTEXT_TRACEPOINT, /* the tracefs record */
	CONTEXT_PERF,       /* struct bpf_perf_event_data */
	CONTEXT_SYSCALL,    /* BPF_PROG_TYPE_SYSCALL: test runs */
};

struct site {
	enum attach_kind kind;
	const char *path;       /* ELF file */
	uint64_t offset;        /* in the file, for uprobes; from symbol, for kprobes */
	uint64_t address;       /* virtual address in the file, or kernel address */
	uint32_t moved;         /* bytes behind the function's entry, for speed (process_move.c) */
	uint64_t ref_ctr_offset; /* USDT semaphore's file offset, 0: none */
	const char *symbol;     /* function or event name */
	const char *module;     /* kernel module or NULL */
	const char *source;     /* "file.c:120" or NULL, for probefunc() and -l */
	int32_t pid;            /* only this process; 0: all */
	uint32_t btf_id;
	uint32_t argument_words; /* FENTRY, FEXIT: 8 bytes each; the result is behind them; of a
				    uprobe in Go: ARGUMENTS_OF_GO, else 0 */
	bool return_on_top;     /* uprobes: the stack pointer is at the return address */
	uint32_t perf_type;
	uint64_t perf_config;
	uint64_t period;        /* ns for timers, events for perf */
	uint64_t frequency;     /* perf: hertz, when not 0 */
	uint64_t jitter;
	uint32_t counter;       /* its number */
	uint32_t length, access_mode; /* breakpoints: bytes; 1 read/write (rw), 2 write */
	bool relocated;         /* breakpoints: `address` is from where a process has `offset` of
				   `path`; else it is the process' own */
	const char *pp;         /* the concrete probe point of this site: pp() */
	const char *function;   /* ppfunc(), probefunc() or NULL */
};

struct probe {
	const struct probe_family *family;
	struct expr *at_return; /* while an @var of a .return probe is resolved: the address of that
				   variable, saved at the entry */
	const struct probe_point *point; /* the concrete point ("process("/bin/x").function("f")") */
	const char *name;       /* pn(): the point or alias as the script wrote it */
	struct {
		VEC(struct site);
	} sites;                /* one program serves all; which one fired is the cookie */
	struct {
		VEC(struct site);
	} entries;              /* of .return that is probed at the function's own instructions:
				   where its calls begin; none: at the sites */
	enum home home;
	enum context_kind context;
	bool is_return;         /* $return, returnval() are possible */
	bool user;              /* register state is of user space */
	bool shared;            /* .return: all sites of the point, none of which has variables */
	int64_t order;          /* begin(n), end(n), error(n) */
	struct range range;     /* of the probe in the script, for messages */
	void *family_data;      /* what the family needs to resolve $variables at this site */
	struct expr *condition; /* `if` on the probe point, for arming on the fly, or NULL */
	/*
	 * NULL, or statements in the language that run before the script's own, like an alias'
	 * prologue: guards (`if ($nr != 3) next`) and the variables that the point documents
	 * (`name = "close"`). Semantic analysis parses it and puts it first in the body, before
	 * names are bound and targets resolved; assignments that the body does not use are
	 * dropped like any other dead code.
	 */
	const char *prologue;
	/*
	 * NULL, or such statements that stand even before the values saved by @entry() are taken,
	 * and also in the companion that saves them: what the probe is not for is not saved.
	 */
	const char *guard;
	const char *entry_guard; /* of a .return probe: such a guard of its companion only */
	bool prologue_only;     /* the script's own statements are never run */

	/* filled in by semantic analysis: */
	struct stmt *body;
	struct {
		VEC(struct symbol *);
	} locals;
	struct {
		VEC(struct symbol *);
	} locks;                /* globals whose lock the handler takes, in index order */
	bool sleepable;         /* reads user memory */
	bool aliased;           /* name is that of an alias */
	bool companion;         /* made by the compiler, to save values for a .return probe */
	bool placeless;         /* can't tell at which of a function's first instructions it runs */
	unsigned index;         /* in program->probes */
};

struct probe_vec {
	VEC(struct probe *);
};

/* -c / -x */
struct probe_target {
	int32_t pid;      /* 0: none */
	const char *path; /* executable of -c or of -x's process */
};

/* How functions of the kernel are attached to: --attach. */
enum kernel_way { KERNEL_WAY_AUTO, KERNEL_WAY_KPROBE, KERNEL_WAY_MULTI, KERNEL_WAY_FENTRY };

/* What families get to work with. */
struct probes {
	struct arena *arena;
	struct diags *diags;
	struct probe_target target;
	bool guru;
	int verbose;
	enum kernel_way kernel_way;
	bool listing;     /* -l: a probe for each point that a pattern stands for */
	bool looks_only;  /* nothing will be attached: points that can not be are fine, too */
	void *debuginfo;  /* struct debuginfo: opened files, indexes, BTF */
	bool debuginfo_lent; /* not to be freed with this */
	void *family_state[16]; /* one slot a family, indexed by its `slot`; released with it */
};

struct variable { /* for -L and completion */
	const char *name; /* "$x" */
	const char *type; /* C spelling */
};
struct variable_vec {
	VEC(struct variable);
};
struct name_vec {
	VEC(const char *);
};

struct probe_family {
	const char *name;
	unsigned slot;
	/*
	 * The points it takes, e.g. "process(string).function(string).return"; "(?)" marks an
	 * optional argument. NULL-terminated. Used for matching (points_match in probes.c), for
	 * --dump-probe-types, for suggestions and completion.
	 */
	const char *const *patterns;
	/*
	 * Makes concrete probes from a point that matched patterns[pattern], wildcards expanded,
	 * and appends them to *out with sites, home, context filled in. A point that matches
	 * nothing is an error with suggestions, unless `optional`: then nothing is appended.
	 * Probes whose body cannot differ may share one struct probe with many sites; the body
	 * is looked at for that: `uses_targets` says that it mentions $variables, or @entry() where
	 * the family does not share that.
	 */
	bool (*expand)(struct probes *probes, const struct probe_point *point, unsigned pattern,
		       bool uses_targets, bool optional, struct probe_vec *out);
	/*
	 * Resolves an EXPR_TARGET in the body of `probe`: returns the same expression with
	 * ->target->access and ->type filled in, or another expression that replaces it
	 * (pretty printing becomes an sprintf). NULL: not possible, reported in diags (which
	 * may be a scratch list: @defined). May be NULL: the family has no variables.
	 */
	struct expr *(*resolve)(struct probes *probes, struct probe *probe, struct expr *target);
	/* @entry() of values that are no target variables does not need a probe a site. */
	bool shares_entry;
	/*
	 * Leaves in *access what tells a thread's calls that are under way apart: the same at a
	 * function's entry and at its return. False: not known here. May be NULL: never.
	 */
	bool (*frame)(struct probes *probes, struct probe *probe, struct access *access);
	/*
	 * Leaves in *access what the calls of the probe's function belong to, where that is not the
	 * thread: a goroutine. May be NULL: never.
	 */
	bool (*goroutine)(struct probes *probes, struct probe *probe, struct access *access);
	/* The variables visible at the probe. May be NULL. */
	void (*variables)(struct probes *probes, struct probe *probe, struct variable_vec *out);
	/*
	 * The single points that a pattern stands for when they are one probe with one site
	 * (syscall.open*), for -l; none: the probe is just its sites. May be NULL.
	 */
	void (*points)(struct probes *probes, const struct probe *probe, struct name_vec *out);
	void (*release)(struct probes *probes); /* the family's state; may be NULL */
};

extern const struct probe_family *const probe_families[]; /* NULL-terminated, probes.c */

/* What a body needs of its sites. */
enum target_use { USES_NO_TARGETS, USES_ENTRY /* @entry(), no variables */, USES_TARGETS };

/*
 * Finds the family of a point (no aliases here: semantic/aliases.c expands those first) and
 * expands it. Reports unknown points with suggestions. Returns false on error.
 */
bool probes_expand(struct probes *probes, const struct probe_point *point, enum target_use use,
		   bool optional, struct probe_vec *out);
/* False and nothing reported: no family takes a point of this shape. */
bool probes_point_known(const struct probe_point *point);

/* Whether it is one of those that there is a reason not to have; probes_expand() tells it. */
bool probes_point_refused(const struct probe_point *point);
void probes_release(struct probes *probes);

/* Helpers for families: argument of component i, or NULL / the default. */
const char *point_string(const struct probe_point *point, unsigned component);
bool point_number(const struct probe_point *point, unsigned component, int64_t *number);
struct probe *probe_new(struct probes *probes, const struct probe_family *family,
			const struct probe_point *point);

#endif
