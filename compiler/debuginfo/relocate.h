/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Relocatable files (kernel modules) as files with addresses: what a linker would leave.
 */
#ifndef SPILE_DEBUGINFO_RELOCATE_H
#define SPILE_DEBUGINFO_RELOCATE_H

#include "compiler/syntax/arena.h"

/*
 * A copy of the file in memory, as a descriptor that the caller closes. Each section that is loaded
 * has an address, one behind the other in the order of the file; symbols, code, data and debug
 * information are relocated to that, references to other files are left as they are. What was
 * compressed is not. -1 with *error: what is wrong with the file.
 */
int relocate_file(struct arena *arena, int fd, const char **error);

#endif
