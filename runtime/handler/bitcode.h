/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The handler library as BPF bitcode, for the code generator to link into a script's module.
 *
 * How to link it: internalise everything but the programs, drop what is not used, and only then
 * give the functions whose names begin with HANDLER_GLOBAL external linkage again: the verifier
 * checks those once a program, so neither their signature nor their being calls may change.
 */
#ifndef SPILE_HANDLER_BITCODE_H
#define SPILE_HANDLER_BITCODE_H

#include <stdbool.h>

#define HANDLER_GLOBAL "global_"

extern const char handler_bitcode[], handler_bitcode_end[];

/* Whether the library has a function of that name, without reading the bitcode. */
bool handler_has(const char *name);

#endif
