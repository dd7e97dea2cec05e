/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a file is loaded, asked when a handler runs.
 */
#ifndef SPILE_DEBUGINFO_LOAD_BASE_H
#define SPILE_DEBUGINFO_LOAD_BASE_H

#include "compiler/debuginfo/elf.h"
#include "compiler/syntax/ast.h"

/*
 * A call of tapsets/modules.stp's function: what is added to the file's addresses in the process
 * that runs. NULL: the file has nothing that it could be known by.
 */
struct expr *load_base_call(const struct dso *dso, struct range range);

#endif
