/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a function's return address is while it has not made a frame yet (or never makes one):
 * what a walk along frame pointers does not see.
 */
#ifndef SPILE_DEBUGINFO_RETURN_SLOT_H
#define SPILE_DEBUGINFO_RETURN_SLOT_H

#include <stdint.h>

struct return_slots; /* the file asked about last, kept open */

/*
 * 1 + the distance in bytes of the return address from the stack pointer at `address` of the ELF
 * file at `path`, by its call frame information; 0 when the frame pointer tells, or nothing is
 * known. *slots: NULL at first.
 */
int64_t return_slot_at(struct return_slots **slots, const char *path, uint64_t address);
void return_slots_close(struct return_slots *slots); /* NULL is allowed */

#endif
