/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A fuzz target: one function, called by libFuzzer (make fuzz) or by bounded.c (make check). */
#ifndef SPILE_TESTS_FUZZ_FUZZ_H
#define SPILE_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
