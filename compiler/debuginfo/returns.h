/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a function's return may be probed. Linux replaces the return address on the stack when
 * the function is entered, which ends the program if that is something else, or is kept elsewhere.
 */
#ifndef SPILE_DEBUGINFO_RETURNS_H
#define SPILE_DEBUGINFO_RETURNS_H

#include "compiler/debuginfo/elf.h"

/* NULL, or why the return of the function at `address` must not be probed. */
const char *returns_unsafe(struct dso *dso, uint64_t address);

#endif
