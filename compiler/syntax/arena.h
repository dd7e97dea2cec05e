/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arenas: memory that lives exactly as long as one compilation.
 *
 * Everything that a compilation makes (sources, trees, types, sites) is allocated from one
 * arena and freed with it. An arena is not thread-safe. Allocation never fails: the process
 * aborts with a message when memory is exhausted.
 */
#ifndef SPILE_SYNTAX_ARENA_H
#define SPILE_SYNTAX_ARENA_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena); /* frees everything allocated from it; NULL is allowed */

/* Zeroed memory of `size` bytes, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t size);
void *arena_copy(struct arena *arena, const void *data, size_t size); /* of `size` bytes at data */
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t len);
char *arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list args);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, n) ((type *)arena_alloc((arena), sizeof(type) * (size_t)(n)))

/*
 * A growable array whose storage is in an arena: `struct { VEC(T); } name` or, for the common
 * element types, the named vectors in ast.h. Elements are v[0] .. v[n - 1].
 */
#define VEC(type)                                                                                  \
	type *v;                                                                                   \
	unsigned n, capacity

#define VEC_PUSH(arena, vec, item)                                                                 \
	do {                                                                                       \
		__typeof__(vec) vec_ = (vec);                                                      \
		if (vec_->n == vec_->capacity)                                                     \
			vec_->v = arena_grow((arena), vec_->v, &vec_->capacity,                    \
					     sizeof(*vec_->v));                                    \
		vec_->v[vec_->n++] = (item);                                                       \
	} while (0)

/* Doubles *capacity (at least 4) and returns the array moved to its new place. */
void *arena_grow(struct arena *arena, void *old, unsigned *capacity, size_t item_size);

#endif
