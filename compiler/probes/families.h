/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every probe family there is, and the slot of its state in `struct probes`. A new family is a
 * file that defines its struct, a line here and a line in probes.c.
 */
#ifndef SPILE_PROBES_FAMILIES_H
#define SPILE_PROBES_FAMILIES_H

#include "compiler/probes/probe.h"

enum family_slot {
	SLOT_BASIC,
	SLOT_TIMER,
	SLOT_TRACE,
	SLOT_SYSCALL,
	SLOT_KERNEL, /* also the BTF that all kernel families use */
	SLOT_KERNEL_CODE,
	SLOT_PERF,
	SLOT_PROCESS,
	SLOT_REFUSED,
};

extern const struct probe_family family_basic; /* begin, end, error, never */
extern const struct probe_family family_kernel; /* kernel.function("vfs_read") and its kin */
extern const struct probe_family family_kernel_code; /* kernel.statement("f@file.c:12") and its kin */
extern const struct probe_family family_perf; /* timer.profile, perf.sw.page_faults, ... */
extern const struct probe_family family_process; /* process("x").function("f") and its kin */
extern const struct probe_family family_syscall; /* syscall.open, syscall.*.return */
extern const struct probe_family family_timer; /* timer.ms(n) and its kin */
extern const struct probe_family family_trace; /* kernel.trace("sched:sched_switch") */

/*
 * Moves sites of `placeless` probes from functions' entries to cheaper instructions that every
 * call passes exactly once. The probes are all that are attached together.
 */
void process_move_sites(struct probes *probes, struct probe *const *list, unsigned n);

/*
 * For every component of a pattern: its name and what argument it takes. Patterns are written
 *
 *     process(string).function(string).call      an argument of that type
 *     timer.ms(number).randomize(number)
 *     begin(number?)                             with or without the argument
 *     kernel.data(any).write                     a string or a number
 *     syscall.*.return                           any name, also one with wildcards
 */
enum pattern_argument { ARGUMENT_NONE, ARGUMENT_STRING, ARGUMENT_NUMBER, ARGUMENT_ANY };
struct pattern_component {
	const char *name; /* not NUL-terminated */
	unsigned length;
	enum pattern_argument argument;
	bool optional;
};

/* Reads the component at *pattern and moves *pattern behind it; false at the end. */
bool pattern_next(const char **pattern, struct pattern_component *component);

#endif
