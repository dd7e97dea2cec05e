/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's own word on what processes map, fork and execute: perf events of all CPUs.
 */
#ifndef SPILE_SYMBOLS_MMAP_EVENTS_H
#define SPILE_SYMBOLS_MMAP_EVENTS_H

#include "runtime/symbols/spaces.h"

struct mmap_events;

/* Events from now on; NULL when the kernel refuses them. */
struct mmap_events *mmap_events_open(void);
void mmap_events_close(struct mmap_events *events); /* NULL is allowed */
/* Tells `spaces` what has happened until now, in the order of time. */
void mmap_events_drain(struct mmap_events *events, struct spaces *spaces);

#endif
