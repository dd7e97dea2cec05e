/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What C libraries know of the thread-local blocks of libraries.
 */
#ifndef SPILE_DEBUGINFO_TLS_LIBRARY_H
#define SPILE_DEBUGINFO_TLS_LIBRARY_H

#include "compiler/debuginfo/dwarf.h"
#include "compiler/probes/access.h"

/*
 * *block: the address of the current thread's block of a module, whose number `module` leaves; an
 * error when the handler runs while the thread has no such block. NULL, or why the C library that
 * position's file is made for does not tell.
 */
const char *tls_library_block(struct dwarf_position *position, const struct access *module,
			      struct expr **block);

#endif
