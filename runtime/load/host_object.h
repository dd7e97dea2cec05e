/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A linker for one relocatable ELF object of the host (x86-64): the tracer home's code becomes
 * part of this process. Memory is never writable and executable at once.
 *
 * What the object may hold: .text, .rodata, .data, .bss sections of any names; the relocations
 * of position-independent code (small code model). Thread-local and common symbols are errors.
 */
#ifndef SPILE_LOAD_HOST_OBJECT_H
#define SPILE_LOAD_HOST_OBJECT_H

#include <stddef.h>

struct host_object;

/* The address of a symbol that the object does not define, or NULL. */
typedef void *host_resolve(void *data, const char *name);

/*
 * Links `size` bytes of ELF; they are not needed afterwards. NULL on failure with a text in
 * `error`.
 */
struct host_object *host_object_load(const void *elf, size_t size, host_resolve *resolve,
				     void *data, char *error, size_t error_size);
/* The address of a global symbol that the object defines, or NULL. */
void *host_object_symbol(const struct host_object *object, const char *name);
void host_object_free(struct host_object *object); /* unmaps the code; NULL is allowed */

#endif
