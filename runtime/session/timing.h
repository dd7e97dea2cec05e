/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How often handlers ran and how long they took. -t: handlers count and time themselves, exactly
 * (unit_handler.timing_offset). The interactive mode: the kernel's statistics of BPF programs
 * and, for handlers of the tracer, run_handler's.
 */
#ifndef SPILE_SESSION_TIMING_H
#define SPILE_SESSION_TIMING_H

#include <stdio.h>

#include "runtime/load/object.h"

/* Makes the kernel count; the descriptor keeps it counting. -errno: not possible. */
int timing_start(void);
/* How often one handler ran, and for how long. */
void timing_counts(const struct loaded_handler *handler, uint64_t *hits, uint64_t *ns);
/* A line a handler of a unit that was compiled with codegen_options.timing. */
void timing_print(const struct loaded *loaded, FILE *out);

#endif
