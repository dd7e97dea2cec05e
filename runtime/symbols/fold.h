/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arrays whose keys are names of addresses: the kernel makes an element for each address, and
 * the script means one for each name. Before handlers of the tracer look at such an array, its
 * elements get the names as keys, and those that turn out to be one are put together: counts
 * and sums are added, statistics merged; of values that were assigned the youngest element's is
 * kept.
 */
#ifndef SPILE_SYMBOLS_FOLD_H
#define SPILE_SYMBOLS_FOLD_H

#include "runtime/load/object.h"
#include "runtime/symbols/symbols.h"

/* Stacks stay as they are: their names wait until they are printed. */
void fold_arrays(struct symbols *symbols, const struct loaded *loaded);
/* One of them; fd: of its map. */
void fold_array(struct symbols *symbols, const struct unit_global *global, int fd);

#endif
