/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where thread-local variables are.
 */
#ifndef SPILE_DEBUGINFO_TLS_H
#define SPILE_DEBUGINFO_TLS_H

#include "compiler/debuginfo/dwarf.h"
#include "compiler/probes/access.h"

/*
 * Appends steps that leave the address of what is at `offset` in the thread-local block of
 * position's file, for the current thread. NULL, or why that is not possible.
 */
const char *tls_push_address(struct dwarf_position *position, uint64_t offset,
			     struct access *access);

#endif
