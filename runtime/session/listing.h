/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What there is to probe and to call (-l, -L, --dump-...), and what was loaded (-p4).
 */
#ifndef SPILE_SESSION_LISTING_H
#define SPILE_SESSION_LISTING_H

#include "runtime/load/object.h"
#include "runtime/present/output.h"
#include "runtime/session/compile.h"

/* -l, -L: false after a diagnostic (nothing matches). */
bool listing_points(struct compile *compile, struct output *out);
/* --dump-probe-types */
void listing_probe_types(struct output *out);
/* --dump-functions, --dump-probe-aliases: of the tapsets. False after a diagnostic. */
bool listing_functions(struct compile *compile, struct output *out);
bool listing_aliases(struct compile *compile, struct output *out);
/* -p4 */
void listing_programs(const struct loaded *loaded, struct output *out);

#endif
