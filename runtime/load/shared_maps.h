/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The maps of a live session: units come and go, these stay. There are the globals' section and
 * the ring buffer from the start; scratch and arrays join when the first unit brings them, and
 * are lent to every later one that has a map of that name.
 */
#ifndef SPILE_LOAD_SHARED_MAPS_H
#define SPILE_LOAD_SHARED_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler/syntax/diag.h"

struct bpf_object;
struct shared;

struct shared_map {
	char *name;
	int fd;
};

struct shared_maps {
	struct shared *shared; /* the globals' section, mapped */
	size_t shared_bytes;
	int globals_fd;        /* -1: without privileges; `shared` is then private memory */
	int ring_fd;           /* likewise */
	size_t ring_bytes;
	struct shared_map *maps;
	unsigned n, capacity;
};

/* Makes section and ring; false after a diagnostic. Whatever happens, close it. */
bool shared_maps_open(struct shared_maps *maps, size_t globals_bytes, uint64_t ring_bytes,
		      struct diags *diags);
void shared_maps_close(struct shared_maps *maps);

/* m0_calls, m1_lat, ...: the code generator's names of arrays; what the compiler has made for a
 * unit alone (own_...) is not shared. */
bool shared_maps_is_array(const char *name);
/* The map of that name, or -1. */
int shared_maps_find(const struct shared_maps *maps, const char *name);
/* Keeps a duplicate of fd under the name. False: out of memory or descriptors. */
bool shared_maps_keep(struct shared_maps *maps, const char *name, int fd);
/* Gives up every map that `keep` does not want. */
void shared_maps_prune(struct shared_maps *maps, bool (*keep)(void *data, const char *name),
		       void *data);

/* Before the object is loaded: it uses the session's maps. 0 or -errno. */
int shared_maps_lend(struct shared_maps *maps, struct bpf_object *object);
/* After: scratch and arrays that are new join. 0 or -errno. */
int shared_maps_adopt(struct shared_maps *maps, struct bpf_object *object);

#endif
