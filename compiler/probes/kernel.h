/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the families of the kernel share: its BTF, opened once a compilation, the functions and
 * tracepoints that it describes, and how their arguments are reached.
 */
#ifndef SPILE_PROBES_KERNEL_H
#define SPILE_PROBES_KERNEL_H

#include "compiler/debuginfo/btf.h"
#include "compiler/debuginfo/kernel_file.h"
#include "compiler/probes/families.h"

struct kernel_parameter {
	const char *name; /* "" when BTF does not tell */
	uint32_t type;
};

/* A function's or a tracepoint's prototype. */
struct kernel_function {
	const struct btf_file *btf;
	uint32_t id;     /* of the FUNC; 0: not found */
	uint32_t result; /* type */
	VEC(struct kernel_parameter);
};

struct kernel_module {
	const char *name;
	struct btf_file *btf; /* NULL: has none */
};

/* A file with debug information that was looked for. */
struct kernel_code_file {
	const char *module; /* NULL: the kernel itself */
	struct dso *dso;    /* NULL: there is none */
	struct kernel_file_problem problem;
};

/* Sorted names of functions, read when they are first asked for. */
struct kernel_names {
	VEC(const char *);
	bool known;
};

/* What is kept for a compilation, in slot SLOT_KERNEL. */
struct kernel_state {
	struct btf_file *vmlinux;
	const char *error; /* why there is none */
	struct symbols *symbols; /* NULL: not read yet */
	struct kernel_names traceable, blacklisted;
	struct {
		VEC(struct kernel_module);
	} modules;
	struct {
		VEC(struct kernel_code_file);
	} files;
};
struct kernel_state *kernel_state(struct probes *probes);

/* The BTF of the running kernel, or NULL: *error (may be NULL) tells why. */
const struct btf_file *kernel_btf(struct probes *probes, const char **error);

/* The BTF of a module, of vmlinux for NULL; NULL when there is none, also for patterns. */
const struct btf_file *kernel_module_btf(struct probes *probes, const char *module);
/* A function's prototype; ->id is 0 when BTF has none. `module` NULL: vmlinux. */
void kernel_find_function(struct probes *probes, const char *name, const char *module,
			  struct kernel_function *function);
/*
 * Whether this kernel attaches fentry (fexit: `at_return`) programs to the function: asked by
 * loading one that does nothing. `module` NULL: it is in vmlinux.
 */
bool kernel_can_trampoline(struct probes *probes, const struct kernel_function *function,
			   const char *module, bool at_return);

/* Functions can be attached to at all: by kprobes, or where ftrace has its calls. */
bool kernel_can_probe_functions(struct probes *probes);
/* One link can hold many functions (kprobe.multi: Linux 5.18 with CONFIG_FPROBE). */
bool kernel_has_kprobe_multi(void);
/*
 * Why a function that is there can not be probed, in words; NULL when nothing is known against
 * it. multi: by kprobe.multi, which puts no breakpoint there.
 */
const char *kernel_function_trouble(struct probes *probes, const char *name, bool multi);

/*
 * Whether one program can be attached to several raw tracepoints and tell which one it was
 * (Linux 6.10).
 */
bool kernel_can_tell_raw_tracepoints(void);

/* The tracepoint can be attached to as a raw one: BTF knows it. */
bool kernel_tracepoint_exists(struct probes *probes, const char *name);
/* Its arguments, without the first, which is the kernel's own. ->id is 0 when there are none. */
void kernel_find_tracepoint(struct probes *probes, const char *name,
			    struct kernel_function *function);

/* Index of the parameter with that name, or -1. */
int kernel_function_parameter(const struct kernel_function *function, const char *name);
const char *kernel_type_spelling(struct probes *probes, const struct kernel_function *function,
				 uint32_t type);

/*
 * Resolves a target whose base is the value that `access` leaves, of type `type` of `btf`: walks
 * its path, replaces $x$ and $x$$ by the text. NULL after a message.
 */
struct expr *kernel_resolve_value(struct probes *probes, struct probe *probe,
				  const struct btf_file *btf, uint32_t type,
				  const struct access *access, struct expr *expr);
/* Pushes a word of a trampoline's context, which holds a value of that type. */
void kernel_access_word(struct arena *arena, const struct btf_file *btf, uint32_t type, unsigned word,
			struct access *access);
/* The same for parameter `index` of a CONTEXT_ARGS probe. */
struct expr *kernel_resolve_argument(struct probes *probes, struct probe *probe,
				     const struct kernel_function *function, unsigned index,
				     struct expr *expr);
/* Where argument `index` is in the context, in 8-byte words; index n: behind the last. */
unsigned kernel_argument_word(const struct kernel_function *function, unsigned index);

/*
 * Targets that do not depend on the probe: @cast and @var of the kernel's types and variables.
 * `probe` may be NULL (functions, timers). NULL after a message.
 */
struct expr *kernel_resolve_common(struct probes *probes, struct probe *probe, struct expr *expr);

/* "a=1 b=0x7f ..." of all parameters, resolved: $$parms. */
struct expr *kernel_resolve_parms(struct probes *probes, struct probe *probe,
				  const struct kernel_function *function, struct expr *expr);

/* ---- probes of functions (kernel.c, kernel_variables.c) ---------------------------------------- */

struct process_site;

/* family_data */
struct kernel_data {
	struct kernel_function function; /* ->id is 0 when BTF does not know it */
	const char *module;              /* NULL: vmlinux */
	struct process_site *site;       /* by debug information, or NULL: not known, or not asked */
	bool site_tried;
	bool trampoline;                 /* fentry, fexit */
};

struct expr *kernel_resolve(struct probes *probes, struct probe *probe, struct expr *expr);
void kernel_variables(struct probes *probes, struct probe *probe, struct variable_vec *out);

/* ---- symbols (kallsyms.c) ----------------------------------------------------------------------- */

struct kernel_symbol {
	const char *name;
	uint64_t address;
	char type;          /* as nm prints it: 't' 'T' code, 'd' 'D' 'b' 'B' 'r' 'R' data */
	const char *module; /* NULL: vmlinux */
};

/*
 * The kernel's symbols, read once a compilation (tens of milliseconds); NULL when they can't be
 * read. *n: how many.
 */
const struct kernel_symbol *kernel_symbols(struct probes *probes, unsigned *n);
const struct kernel_symbol *kernel_symbol_find(struct probes *probes, const char *name,
					       const char *module);
/* How many functions of the kernel and its modules have the name. */
unsigned kernel_symbols_named(struct probes *probes, const char *name);
/* The code that an address is in, or NULL. */
const struct kernel_symbol *kernel_symbol_at(struct probes *probes, uint64_t address);
static inline bool kernel_symbol_is_code(const struct kernel_symbol *symbol)
{
	return symbol->type == 't' || symbol->type == 'T' || symbol->type == 'w' ||
	       symbol->type == 'W';
}

/* Whether kallsyms tells where variables are (CONFIG_KALLSYMS_ALL); a help message if not. */
bool kernel_symbols_have_variables(struct probes *probes);

/* ---- what only debug information tells (kernel_code.c) ---------------------------------------- */

/* The debug information of the kernel (module NULL) or of a module; NULL with *problem. */
struct dso *kernel_code_file(struct probes *probes, const char *module,
			     struct kernel_file_problem *problem);
/* Help messages: where it was looked for, what to install. */
void kernel_code_explain(struct probes *probes, const struct kernel_file_problem *problem);
/* A module with code that was loaded; not for patterns. */
bool kernel_module_is_loaded(struct probes *probes, const char *module);
/* The error that it is not. */
void kernel_report_module(struct probes *probes, const char *module, struct range range);
struct process_point;
/* Opens the files that kernel.… or module("m").… means. False after a message, or if optional. */
bool kernel_code_start(struct process_point *process);
/* A function of the debug information by where its entry is. False: there is none, or not that. */
bool kernel_code_function(struct probes *probes, const char *module, uint64_t loaded,
			  struct process_site *site);
/* The place of a probe of family_kernel where the debug information tells it, or NULL. */
const struct process_site *kernel_probe_site(const struct probe *probe);
/*
 * Why a place in the code can not be probed, in words; NULL: nothing is known against it. *loaded:
 * where it is.
 */
const char *kernel_code_trouble(struct probes *probes, const struct process_site *site,
				uint64_t *loaded);

/* ---- text in the language (text.c) ----------------------------------------------------------- */

/* Parses an expression that a family made up; its nodes get the range. */
struct expr *text_parse_expr(struct probes *probes, const char *text, struct range range);
/* Resolves the targets in an expression that a family made up. False after a message. */
bool text_resolve_targets(struct probes *probes, struct probe *probe, struct expr **expr);
/* The target as text, without its last `drop` components: "$x->a". */
const char *text_of_target(struct arena *arena, const struct expr *expr, unsigned drop);

void kernel_release(struct probes *probes);

#endif
