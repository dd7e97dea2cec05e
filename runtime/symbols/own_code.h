/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Code of the kernel that is on the stack between a handler and the place that it traces. The
 * handler library leaves its frames out, by address (symbols_bpf.c).
 */
#ifndef SPILE_SYMBOLS_OWN_CODE_H
#define SPILE_SYMBOLS_OWN_CODE_H

#include "compiler/codegen/unit.h"
#include "runtime/handler/abi.h"

/*
 * Fills in shared->own_code for the tracepoints of the unit, when its handlers walk the kernel's
 * stack; reads /proc/kallsyms for that. Without it those stacks begin in the handler.
 */
void own_code_find(struct shared *shared, const struct unit *unit);

#endif
