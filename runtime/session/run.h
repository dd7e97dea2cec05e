/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Running handlers that no event fires: begin, end, error, timers. In the tracer home they are
 * called; in the kernel home the kernel is asked to run them (BPF_PROG_TEST_RUN).
 */
#ifndef SPILE_SESSION_RUN_H
#define SPILE_SESSION_RUN_H

#include "runtime/load/object.h"

/* 0, or -errno: the kernel refused to run it. */
int run_handler(struct loaded *loaded, unsigned handler);

/* Indexes of the handlers with a site of that kind, by their order, then as written; *n of them.
 * To be freed. */
unsigned *run_order(const struct unit *unit, enum attach_kind kind, unsigned *n);

#endif
