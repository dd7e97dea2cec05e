/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tracer home's side of the handler library: what the runtime sets up before it calls
 * handlers that live in its own process.
 *
 * Generated host code calls the library by name (handler.h); the loader resolves the names with
 * host_symbol(). One thread runs handlers.
 */
#ifndef SPILE_HANDLER_HOST_H
#define SPILE_HANDLER_HOST_H

#include "runtime/handler/handler.h"

/* An array as the tracer reaches it: what `void *map` points to in generated host code. */
struct host_map {
	int fd;
	u32 key_size, value_size, max_entries;
	int shared;            /* the kernel home writes it, too: changes must be made in place */
	struct host_map_op *op; /* NULL; made at the first such change */
};

/* Frees what host code has made of the map (not its fd). */
void host_map_close(struct host_map *map);

/*
 * The mapped spile_globals section: must be set before any handler runs, and again when it
 * moves. Fills in what the tracer has to: shared->tai_offset, hz, tracer_pid, tracer_uid.
 */
void host_set_globals(struct shared *shared);
/* Whose numbers ns_pid() and its kin tell; at first Spile's own. */
void host_set_namespaces(struct shared *shared, int pid);

/* Where records go: `emit` gets whole records, in order, as a ring-buffer sample would be. */
void host_set_emit(void (*emit)(void *data, const void *records, u32 size), void *data);

/* Asked now and then while a handler loops: whether it is to end as if MAXACTION were reached. */
void host_set_interrupted(int (*interrupted)(void *data), void *data);

/*
 * Who expands deferred text (abi.h): writes `text` with its tokens expanded to `to`, cut to size
 * bytes with the NUL. NULL: nobody, tokens stay.
 */
typedef void host_expand(void *data, const char *text, char *to, u32 size);
void host_set_expand(host_expand *expand, void *data);

/*
 * Who runs, as far as handlers can tell (pid(), execname(), user_string() ...), until the next
 * call: process `pid`, or with 0 Spile itself.
 */
void host_set_task(int pid);

/* The address of a library function by name, NULL when there is none. */
void *host_symbol(const char *name);

/* Frees the frames; no handler may be running. */
void host_release(void);

#endif
