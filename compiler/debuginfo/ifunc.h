/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions whose code the loader chooses by the processor (STT_GNU_IFUNC).
 */
#ifndef SPILE_DEBUGINFO_IFUNC_H
#define SPILE_DEBUGINFO_IFUNC_H

#include "compiler/debuginfo/elf.h"

/*
 * The address of the code that is chosen on this machine; 0: not known. It is known for the
 * libraries that Spile itself runs with (libc among them), whose resolvers have run here: code
 * of other files is never executed to find out.
 */
uint64_t ifunc_choice(const struct dso *dso, const struct dso_symbol *symbol);

#endif
