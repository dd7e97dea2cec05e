/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the process family share. One point is taken apart once (process.c), and
 * handed to the file that knows its kind of place: functions and statements, marks, events.
 */
#ifndef SPILE_PROBES_PROCESS_H
#define SPILE_PROBES_PROCESS_H

#include "compiler/debuginfo/dwarf.h"
#include "compiler/debuginfo/usdt.h"
#include "compiler/probes/families.h"
#include "compiler/probes/process_place.h"

struct process_point {
	struct probes *probes;
	const struct probe_point *point;
	bool uses_targets, optional;
	struct probe_vec *out;
	struct debuginfo *debuginfo;
	int32_t pid;          /* process(PID), else 0 */
	int32_t running;      /* the process of -x, where the point means the target; else 0 */
	bool kernel;          /* kernel.… or module("m").…: files are the kernel's */
	bool any;             /* bare `process` without a target: every process */
	const char *library;  /* of .library("..."), or NULL */
	const char *script;   /* the file that the name means, where its interpreter is meant */
	unsigned first;       /* the component behind those that name the file */
	struct {
		VEC(struct dso *);
	} files;
	struct {
		VEC(struct dso *);
	} programs;           /* those of process("PATH") in front of .library */
};

/* A place in a file where a probe can be put; what `probe->family_data` points to. */
struct process_site {
	struct dso *dso;
	uint64_t address;      /* of the probed instruction */
	const char *function;  /* name, or NULL */
	const char *source;    /* "file.c:12", or NULL */
	bool has_scope;        /* DWARF is known: */
	Dwarf_Die scope;       /* DW_TAG_subprogram or DW_TAG_inlined_subroutine */
	bool at_entry;         /* at the first instruction of a function: the calling convention
				  says where arguments are, and nothing has changed yet */
	bool is_return;
	bool golang;           /* code in Go: debuginfo/golang.h */
	const char *entered;   /* Go: the condition that the function is entered there, or NULL */
	bool has_view;         /* known (see struct dwarf_position): */
	unsigned view;
	bool inlined;
	bool copying;          /* inlined code that begins with copies of its arguments */
	const struct usdt_note *mark; /* .mark probes */
	const char *plt;       /* .plt probes: the name of the entry */
	const char *label;     /* .label probes: its name */
	const char *caller;    /* .callee, .callees: who calls it, "main@file.c:12", or NULL */
	const char *guard;     /* .callee: a condition in the language, which holds for calls from
				  the callers that are meant, or NULL */
	const struct probe_family *event_family; /* begin, end, syscall: whose probe it was made of */
	void *event_data;
	bool is_syscall;
	bool watched;          /* .data: it is memory, and any code may be at it */
};

struct process_site_vec {
	VEC(struct process_site);
	unsigned *slots; /* hash of addresses, while sites of functions are gathered */
	size_t n_slots;
	const char *unresolved; /* a function that matched, but whose code is chosen at run time */
};

/* The component i names `name` (no wildcards here). */
bool process_is(const struct process_point *process, unsigned component, const char *name);

/*
 * Makes probes of sites: one for all, or one for each when the body has target variables.
 * Sites that cannot be attached are reported. `label`: what stands in the concrete point, e.g.
 * "function", made with process_site's name and source.
 */
bool process_add_sites(struct process_point *process, const struct process_site_vec *sites);

bool process_expand_function(struct process_point *process);
/* .function(ADDRESS) and kin: an address of the point's file. */
bool process_expand_address(struct process_point *process, uint64_t address);
bool process_expand_absolute(struct process_point *process, uint64_t address);
bool process_expand_statement(struct process_point *process, const struct source_place *place);
/* The places of the wanted lines. */
void process_find_statements(struct process_point *process, const struct source_place *place,
			     struct process_site_vec *sites);
bool process_expand_label(struct process_point *process, const struct source_place *place);
bool process_expand_callee(struct process_point *process, const struct source_place *place);
bool process_expand_mark(struct process_point *process);
bool process_expand_plt(struct process_point *process);
bool process_expand_data(struct process_point *process);
bool process_expand_event(struct process_point *process);
/* A guard that only tasks which run one of the point's files pass, or NULL. */
const char *process_program_guard(const struct process_point *process);

/*
 * The entries (also of inlined instances) of the functions that match; with their scopes when
 * asked for, or when the body has target variables.
 */
void process_find_functions(struct process_point *process, const struct source_place *place,
			    bool with_scope, struct process_site_vec *sites);
struct process_site process_site_of(struct arena *arena, struct dso *dso,
				    struct dwarf_function *function);
/* "file.c:12" of a function's declaration, or NULL. */
const char *process_source(struct arena *arena, Dwarf_Die *function);
/* "f" of "ns::f". */
const char *process_last_name(const char *pattern);
/* The message that no function matches; the result of expanding the point. */
bool process_report_missing(struct process_point *process, const struct source_place *place);
/* The function was compiled without optimisation, as far as can be told. */
bool process_is_plain(Dwarf_Die *function);
/* The variable's only place is in the function's own frame: not before the prologue's end. */
bool process_is_in_frame(Dwarf_Die *function, Dwarf_Die *variable);

/*
 * Where a probe at a function's entry is put: at `address`, or a little behind; and the condition
 * that the function is entered there, or NULL.
 */
uint64_t process_probed_entry(struct dso *dso, uint64_t address, const char **entered);
/* What the family says of goroutines: probe.h. */
bool process_goroutine(struct probes *probes, struct probe *probe, struct access *access);

/* Restricts the probe to what its point names, by a guard in front of the body. */
void process_add_guard(struct process_point *process, struct probe *probe);
/* $$name of a probe whose first site has that name. */
struct expr *process_site_name(struct arena *arena, const struct probe *probe, const char *name,
			       struct range range);

/* The files that are known; they are opened when one is first asked for. */
struct debuginfo *probes_debuginfo(struct probes *probes);

/* The file that @var or @cast names: `own` for "", else as process("...") and libraries. NULL: none. */
void process_report_module(struct diags *diags, struct range range, const char *module);
struct dso *process_open_module(struct probes *probes, struct dso *own, const char *module);
/*
 * A type or a constant of an enumeration in the debug information of a module: the probe's own
 * for "", that of its unit first; for types "a:b" names alternatives. NULL or false: none there.
 */
struct ctype *process_find_type(struct probes *probes, struct probe *probe, const char *modules,
				const char *name);
bool process_find_enumerator(struct probes *probes, struct probe *probe, const char *module,
			     const char *name, int64_t *value);
/* @cast with a module of user space; `probe` may be NULL (a function), or of any family. */
struct expr *process_resolve_cast(struct probes *probes, struct probe *probe, struct expr *expr);
/* @var of a file that is named; `probe` may be NULL (a function), or of any family. */
struct expr *process_resolve_var(struct probes *probes, struct probe *probe, struct expr *expr);
/* @var of one of the kernel's files. */
struct expr *process_resolve_var_of(struct probes *probes, struct probe *probe, struct dso *dso,
				    struct expr *expr);
/* @var or @cast in a probe of the family, also of the kernel's. */
struct expr *process_resolve_named(struct probes *probes, struct probe *probe, struct expr *expr);
/* A call that is worth where the file is loaded, or fails. NULL after a message. */
struct expr *process_load_base(struct probes *probes, const struct dso *dso, struct range range);
/* The stack pointer behind the return: as at the return, and by call frame information. */
bool process_frame(struct probes *probes, struct probe *probe, struct access *access);
struct expr *process_resolve_mark(struct probes *probes, struct probe *probe, struct expr *expr);
struct expr *process_resolve_event(struct probes *probes, struct probe *probe, struct expr *expr);
void process_event_variables(struct probes *probes, struct probe *probe, struct variable_vec *out);
void process_mark_variables(struct probes *probes, struct probe *probe, struct variable_vec *out);
struct expr *process_resolve(struct probes *probes, struct probe *probe, struct expr *target);
void process_variables(struct probes *probes, struct probe *probe, struct variable_vec *out);

#endif
