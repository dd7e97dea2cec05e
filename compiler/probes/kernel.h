/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the families of the kernel share: its BTF, opened once a compilation, the functions and
 * tracepoints that it describes, and how their arguments are reached.
 */
#ifndef SPILE_PROBES_KERNEL_H
#define SPILE_PROBES_KERNEL_H

#include "compiler/debuginfo/btf.h"
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

/* The BTF of the running kernel, or NULL: *error (may be NULL) tells why. */
const struct btf_file *kernel_btf(struct probes *probes, const char **error);

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
 * Resolves a target whose name is parameter `index` of a CONTEXT_ARGS probe: sets access and
 * type. False after a message.
 */
bool kernel_resolve_argument(struct probes *probes, const struct kernel_function *function,
			     unsigned index, struct expr *expr);

/* Targets that do not depend on the probe: @cast, @var, ... NULL after a message. */
struct expr *kernel_resolve_common(struct probes *probes, struct probe *probe, struct expr *expr);

/* ---- text in the language (text.c) ----------------------------------------------------------- */

/* Parses an expression that a family made up; its nodes get the range. */
struct expr *text_parse_expr(struct probes *probes, const char *text, struct range range);
/* Resolves the targets in an expression that a family made up. False after a message. */
bool text_resolve_targets(struct probes *probes, struct probe *probe, struct expr **expr);

void kernel_release(struct probes *probes);

#endif
