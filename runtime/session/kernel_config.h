/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration of the running kernel, for %( CONFIG_X == "y" %? ... %): read when it is
 * first asked for.
 */
#ifndef SPILE_SESSION_KERNEL_CONFIG_H
#define SPILE_SESSION_KERNEL_CONFIG_H

#include "compiler/syntax/arena.h"

struct kernel_config;

struct kernel_config *kernel_config_new(struct arena *arena, const char *release);
/* The value of "CONFIG_X": "y", "m", a number, a text without its quotes; NULL: not set. `data`
 * is a struct kernel_config. */
const char *kernel_config_lookup(void *data, const char *name);

#endif
