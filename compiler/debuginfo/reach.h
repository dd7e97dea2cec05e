/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which way code is entered: whether an instruction behind a function's first one can stand for it.
 *
 * Linux executes some instructions of user space itself when there is a probe on them (x86-64:
 * push, nop, jumps and calls with a relative operand); any other is stepped over in a copy, which
 * costs ten times as much. A function whose first instruction is of the other kind often has one of
 * the first kind right behind it.
 */
#ifndef SPILE_DEBUGINFO_REACH_H
#define SPILE_DEBUGINFO_REACH_H

#include "compiler/debuginfo/elf.h"

/* A function's entry, and the instruction that may stand for it. */
struct reach_window {
	uint64_t entry, site;
	bool entered; /* something may come to an address in (entry, site] without the entry */
};

/*
 * The nearest cheap instruction behind the function's entry that follows on instructions which
 * can neither fault nor jump, call or stop: window->site. False: the first instruction is cheap
 * itself, or there is none. One implementation an architecture.
 */
bool reach_find_site(const struct dso *dso, uint64_t entry, uint64_t size,
		     struct reach_window *window);

/*
 * Sets ->entered of each window that may be entered behind its entry: by a branch from anywhere
 * in the file, by a jump whose target is not known, by another symbol. When in doubt, it is set.
 */
void reach_check(struct dso *dso, struct reach_window *windows, unsigned n);

/* Looks through the file's code once, as reach_check() does when it first needs it. */
void reach_read_branches(struct dso *dso);

#endif
