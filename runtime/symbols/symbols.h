/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of addresses: deferred text (tokens that handlers left in strings, drawn in
 * runtime/handler/abi.h) becomes text for people.
 *
 * Where a process has mapped what is known from the start (spaces.h), so that addresses are
 * named also when the process is gone. Files are opened when a name in them is asked for, and
 * /proc/kallsyms is read once.
 */
#ifndef SPILE_SYMBOLS_SYMBOLS_H
#define SPILE_SYMBOLS_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct symbols;

/*
 * Begins to watch what processes map. target_pid: whose an address is that no process is known
 * of, 0: nobody's. NULL: out of memory. What the kernel refuses only makes names rarer.
 */
struct symbols *symbols_new(int target_pid);
void symbols_free(struct symbols *symbols); /* NULL is allowed */
void symbols_set_target(struct symbols *symbols, int target_pid);
/* Takes in what processes have mapped since; cheap, to be called now and then. */
void symbols_update(struct symbols *symbols);

/* Whether the text has tokens in it. */
bool symbols_deferred(const char *text, size_t length);
/*
 * The text with its tokens expanded, *length changed to its length; NUL-terminated. It stays
 * valid until the next call. `symbols` NULL, or no tokens: `text` itself.
 */
const char *symbols_expand(struct symbols *symbols, const char *text, size_t *length);

/* The same into a buffer, cut to size bytes with the NUL: a host_expand (handler/host.h). */
void symbols_expand_into(void *symbols, const char *text, char *to, uint32_t size);

#endif
