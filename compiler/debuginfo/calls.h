/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls in machine code. One implementation an architecture.
 */
#ifndef SPILE_DEBUGINFO_CALLS_H
#define SPILE_DEBUGINFO_CALLS_H

#include "compiler/debuginfo/elf.h"

/*
 * The calls in the file's code whose instruction tells `target`: *n of them. What only looks like
 * one is among them, too: `back` is then no return address. All code is looked at once a file.
 */
const struct dso_call *dso_calls_to(struct dso *dso, uint64_t target, unsigned *n);

#endif
