/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A unit made live: its BPF object loaded into the kernel, the shared section mapped, its host
 * object linked into this process. Nothing is attached here.
 *
 * Everything is owned by the process through descriptors and mappings; unit_unload (or the
 * death of the process) gives it all back.
 */
#ifndef SPILE_LOAD_OBJECT_H
#define SPILE_LOAD_OBJECT_H

#include "compiler/codegen/unit.h"
#include "runtime/handler/abi.h"
#include "runtime/load/features.h"
#include "runtime/load/shared_maps.h"

struct bpf_object;
struct host_object;
struct host_map;

struct loaded_handler {
	int prog_fd;               /* kernel home, else -1 */
	unsigned insns;            /* as loaded */
	unsigned verified_insns;   /* what the verifier walked, 0: the kernel does not say */
	bool uprobe_multi;         /* loaded for a uprobe_multi link */
	int (*function)(void *ctx); /* tracer home, else NULL */
	int (*condition)(void *);  /* whether its sites are wanted now; NULL: always */
	uint64_t runs, run_ns;     /* tracer home: how often and how long it ran */
};

struct loaded {
	const struct unit *unit;
	struct features *features;
	struct shared_maps *maps;  /* of a live session, whose `shared` it is; NULL: its own */
	struct bpf_object *object; /* NULL: no handler is in the kernel */
	struct host_object *host;  /* NULL: none is in the tracer */
	struct loaded_handler *handlers; /* by unit->handlers index */
	struct shared *shared;     /* the start of spile_globals */
	size_t shared_bytes;
	int ring_fd;               /* -1: none */
	size_t ring_bytes;
	int *map_fds;              /* by unit->globals index; -1 for scalars */
	struct host_map *host_maps; /* likewise: arrays as the tracer's handlers reach them */
	char *log;                 /* what libbpf and the verifier said */
};

struct load_options {
	struct features *features;
	uint64_t ring_bytes;       /* a power of two, or 0: the default */
	struct shared_maps *maps;  /* of the live session that the unit joins, or NULL */
	int verbose;               /* >= 2: the verifier's whole log goes with a rejection */
};

/*
 * Loads; false after diagnostics. `loaded` must be zeroed and is to be given to unit_unload in
 * either case.
 */
bool unit_load(struct loaded *loaded, const struct unit *unit, struct diags *diags,
	       const struct load_options *options);
void unit_unload(struct loaded *loaded);

/* Copies the value of a scalar global, global->size bytes: of one that is spread, of all cells. */
void loaded_scalar(const struct loaded *loaded, const struct unit_global *global, void *value);

#endif
