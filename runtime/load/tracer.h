/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tracer home's half of loading: links the host object against the script's globals, its
 * arrays and the handler library.
 */
#ifndef SPILE_LOAD_TRACER_H
#define SPILE_LOAD_TRACER_H

#include "runtime/load/object.h"

/* Part of unit_load, after the maps are there. False after a diagnostic. */
bool tracer_link(struct loaded *loaded, struct diags *diags);
void tracer_unlink(struct loaded *loaded);

#endif
