/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The dynamic loader's cache, /etc/ld.so.cache: library name -> file.
 */
#ifndef SPILE_DEBUGINFO_LDCACHE_H
#define SPILE_DEBUGINFO_LDCACHE_H

#include "compiler/debuginfo/paths.h"

/* The file of a library name for this machine, or NULL. */
const char *ldcache_find(struct arena *arena, const char *name);
/* Appends the files whose library name matches; false when none does. */
bool ldcache_glob(struct arena *arena, const char *pattern, struct path_vec *out);
/* Offers every library name. */
void ldcache_offer(struct arena *arena, struct suggest *suggest);

#endif
