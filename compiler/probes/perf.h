/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counters of events, for perf.c and for semantic analysis. */
#ifndef SPILE_PROBES_PERF_H
#define SPILE_PROBES_PERF_H

#include "compiler/probes/kernel.h"

/* The function of the tapsets that reads a counter, which @perf() becomes a call of. */
#define PERF_COUNT "__perf_count"

/* The probes that keep a counter of the event, named by the last component of the point. */
bool perf_counter_expand(struct probes *probes, const struct probe_point *point,
			 const struct site *event, struct probe_vec *out);

/* The call that @perf("name") stands for; NULL after a message. */
struct expr *perf_counter_read(struct probes *probes, const struct expr *expr);

/*
 * When all is expanded and resolved: reports counters that are read and not declared, and any in a
 * live session, whose probes are compiled apart from each other.
 */
void perf_counters_check(struct probes *probes, bool live);

#endif
