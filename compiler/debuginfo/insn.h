/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Instructions at probe sites. One implementation an architecture.
 */
#ifndef SPILE_DEBUGINFO_INSN_H
#define SPILE_DEBUGINFO_INSN_H

#include "compiler/debuginfo/elf.h"

/*
 * Linux refuses uprobes on vector instructions, with which some functions begin. Such an
 * instruction changes nothing that a probe at the function's entry reads, so the one behind it
 * serves as well. Returns the first address at or behind `address` that can be probed in its
 * stead, or `address` itself when there is none.
 */
uint64_t insn_probeable_entry(const struct dso *dso, uint64_t address);

/*
 * Whether a jump at or behind `address` in the function [low, high) goes back to it or to before
 * it: the address is in a loop.
 */
bool insn_is_in_loop(const struct dso *dso, uint64_t low, uint64_t high, uint64_t address);

/* Whether a jump in the function [low, high) goes to the address. */
bool insn_is_jumped_to(const struct dso *dso, uint64_t low, uint64_t high, uint64_t address);

/*
 * Whether the instructions from `from` on come to `to`, at most 4 KB behind, without a jump; calls
 * by address (of memcpy) come back.
 */
bool insn_is_straight(const struct dso *dso, uint64_t from, uint64_t to);

/*
 * The next call in [*at, high) to an address that the instruction tells: *target, and in *at the
 * address behind it. False: there is none.
 */
bool insn_next_call(const struct dso *dso, uint64_t *at, uint64_t high, uint64_t *target);

#endif
