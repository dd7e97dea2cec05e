/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Histograms of statistics as bar charts:
 *
 *     value |-------------------------------------------------- count
 *         8 |                                                       0
 *        16 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@ 16689
 *
 * Up to `elision` empty buckets are shown on either side of the data, and at either end of a
 * longer empty range, which a line with '~' stands for. Bars are at most 50 wide, less on a
 * narrower terminal; one '@' stands for one sample, or for as many as that takes.
 */
#ifndef SPILE_PRESENT_HISTOGRAM_H
#define SPILE_PRESENT_HISTOGRAM_H

#include "compiler/codegen/unit.h"
#include "runtime/handler/abi.h"
#include "runtime/present/output.h"

/* The number of buckets of a cell that `hist` describes. */
unsigned histogram_buckets(const struct unit_hist *hist);
/* The smallest value that bucket i counts (the underflow bucket of a linear one: its bound). */
int64_t histogram_bound(const struct unit_hist *hist, unsigned i);
/* elision < 0: every bucket between the first and the last with data is shown. */
void histogram_print(struct output *out, const struct unit_hist *hist, const uint64_t *buckets,
		     int elision);

#endif
