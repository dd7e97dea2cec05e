/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -t: how often each handler ran and how long it took, from the kernel's own statistics of BPF
 * programs and, for handlers of the tracer, from run_handler.
 */
#ifndef SPILE_SESSION_TIMING_H
#define SPILE_SESSION_TIMING_H

#include <stdio.h>

#include "runtime/load/object.h"

/* Makes the kernel count; the descriptor keeps it counting. -errno: not possible. */
int timing_start(void);
/* How often one handler ran, and for how long. */
void timing_counts(const struct loaded_handler *handler, uint64_t *hits, uint64_t *ns);
/* A line a handler; handlers of the kernel are counted since timing_start. */
void timing_print(const struct loaded *loaded, FILE *out);

#endif
