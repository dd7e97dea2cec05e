/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arrays whose elements are allocated as they come: each CPU has a small store of them that the
 * kernel fills up after a look into it, but not before an interrupt handler is over. A new
 * array's store holds one large element; a handler that makes two would fail ("array overflow").
 * So the tracer takes one out on each CPU, and what is filled up then lasts.
 */
#ifndef SPILE_LOAD_PRIME_H
#define SPILE_LOAD_PRIME_H

#include "runtime/load/object.h"

void prime_maps(const struct loaded *loaded);

#endif
