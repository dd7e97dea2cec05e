/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How deep the functions of a BPF object call each other, and how much stack they take, as the
 * verifier of Linux 6.1 counts it.
 */
#ifndef SPILE_CODEGEN_DEPTH_H
#define SPILE_CODEGEN_DEPTH_H

#include <stdbool.h>

#include "compiler/codegen/store.h"

struct depth {
	unsigned frames; /* of functions, the program itself among them */
	unsigned stack;  /* bytes */
};

/* Of the worst program of the object; of each of the two alone. What is no object has none. */
struct depth depth_measure(struct arena *arena, struct bytes object);

/* Every verifier grants so much. */
bool depth_allowed(struct depth depth);

#endif
