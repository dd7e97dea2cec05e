/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arenas are lists of blocks; an allocation that does not fit gets a block of its own size. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/syntax/arena.h"

enum { BLOCK_SIZE = 64 * 1024, ALIGNMENT = 16 };

struct block {
	struct block *next;
	size_t size, used;
	_Alignas(ALIGNMENT) char data[];
};

struct arena {
	struct block *blocks; /* the first one is filled */
};

static void *check_memory(void *memory)
{
	if (memory)
		return memory;
	fputs("spile: out of memory\n", stderr);
	abort();
}

struct arena *arena_new(void)
{
	return check_memory(calloc(1, sizeof(struct arena)));
}

void arena_free(struct arena *arena)
{
	struct block *block, *next;

	if (!arena)
		return;
	for (block = arena->blocks; block; block = next) {
		next = block->next;
		free(block);
	}
	free(arena);
}

static struct block *block_new(size_t size)
{
	struct block *block = check_memory(calloc(1, sizeof(*block) + size));

	block->size = size;
	return block;
}

static void *alloc_big(struct arena *arena, size_t size)
{
	struct block *block = block_new(size);

	block->used = size;
	if (arena->blocks) { /* keep filling the first one */
		block->next = arena->blocks->next;
		arena->blocks->next = block;
	} else {
		arena->blocks = block;
	}
	return block->data;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct block *block = arena->blocks;
	void *memory;

	if (size > SIZE_MAX / 2)
		check_memory(NULL);
	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (size > BLOCK_SIZE / 4)
		return alloc_big(arena, size);
	if (!block || block->size - block->used < size) {
		block = block_new(BLOCK_SIZE);
		block->next = arena->blocks;
		arena->blocks = block;
	}
	memory = block->data + block->used;
	block->used += size;
	return memory;
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
	char *copy = arena_alloc(arena, len + 1);

	if (len)
		memcpy(copy, text, len);
	return copy;
}

void *arena_copy(struct arena *arena, const void *data, size_t size)
{
	return memcpy(arena_alloc(arena, size), data, size);
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return arena_strndup(arena, text, strlen(text));
}

char *arena_vprintf(struct arena *arena, const char *format, va_list args)
{
	va_list again;
	char *text;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0)
		return arena_strdup(arena, format);
	text = arena_alloc(arena, (size_t)len + 1);
	vsnprintf(text, (size_t)len + 1, format, args);
	return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = arena_vprintf(arena, format, args);
	va_end(args);
	return text;
}

void *arena_grow(struct arena *arena, void *old, unsigned *capacity, size_t item_size)
{
	unsigned grown = *capacity ? *capacity * 2 : 4;
	void *new;

	if (grown <= *capacity)
		check_memory(NULL);
	new = arena_alloc(arena, grown * item_size);
	if (*capacity)
		memcpy(new, old, *capacity * item_size);
	*capacity = grown;
	return new;
}
