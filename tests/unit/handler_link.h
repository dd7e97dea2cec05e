/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPILE_TESTS_UNIT_HANDLER_LINK_H
#define SPILE_TESTS_UNIT_HANDLER_LINK_H

#include <llvm-c/Types.h>

/* The BPF object of a module of bitcode and the library; NULL on failure. */
LLVMMemoryBufferRef handler_link(const char *start, const char *end);

#endif
