/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Instructions that must not be probed. One file an architecture (insn_x86_64.c).
 */
#ifndef SPILE_ATTACH_INSN_H
#define SPILE_ATTACH_INSN_H

#include <stddef.h>

enum { INSN_BYTES = 16 }; /* the longest instruction, and more */

/* Why the kernel cannot be trusted with a probe on the instruction at `bytes`; NULL: it can. */
const char *insn_unsafe(const unsigned char *bytes, size_t n);

#endif
