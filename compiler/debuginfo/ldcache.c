/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads /etc/ld.so.cache (dl-cache.h of glibc describes it, format "glibc-ld.so.cache1.1"):
 *
 *     +--------------------+----------+-----------+---------+------------------------+---------
 *     | magic and version  | u32      | u32 size  | u8[20]  | entries                | strings
 *     | 20 bytes           | entries  | of strings|         | i32 flags, u32 name,   |
 *     |                    |          |           |         | u32 path, u32, u64     |
 *     +--------------------+----------+-----------+---------+------------------------+---------
 *
 * Offsets of names and paths count from the start of the magic.
 */
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/debuginfo/ldcache.h"
#include "compiler/syntax/diag.h"

static const char magic[] = "glibc-ld.so.cache1.1";

enum { HEADER_SIZE = 48, FLAG_X86_64_ELF_LIBC6 = 0x0303 };

struct entry {
	int32_t flags;
	uint32_t name, path, os;
	uint64_t hwcap;
};

struct cache {
	void *map;
	size_t map_size;
	const char *start; /* of the magic */
	size_t size;
	uint32_t n;
};

static bool cache_open(struct cache *cache)
{
	int fd = open("/etc/ld.so.cache", O_RDONLY | O_CLOEXEC);
	struct stat st;

	cache->map = MAP_FAILED;
	if (fd < 0)
		return false;
	if (!fstat(fd, &st) && st.st_size > HEADER_SIZE) {
		cache->map_size = (size_t)st.st_size;
		cache->map = mmap(NULL, cache->map_size, PROT_READ, MAP_PRIVATE, fd, 0);
	}
	close(fd);
	if (cache->map == MAP_FAILED)
		return false;
	cache->start = memmem(cache->map, cache->map_size, magic, strlen(magic));
	cache->size = cache->start ?
			      cache->map_size - (size_t)(cache->start - (char *)cache->map) : 0;
	if (cache->size < HEADER_SIZE)
		return false;
	memcpy(&cache->n, cache->start + strlen(magic), sizeof(cache->n));
	return (uint64_t)cache->n * sizeof(struct entry) + HEADER_SIZE <= cache->size;
}

static void cache_close(struct cache *cache)
{
	if (cache->map != MAP_FAILED)
		munmap(cache->map, cache->map_size);
}

static const char *cache_text(const struct cache *cache, uint32_t offset)
{
	if (offset >= cache->size || !memchr(cache->start + offset, 0, cache->size - offset))
		return NULL;
	return cache->start + offset;
}

/* Entry i, when it is a library of this machine. */
static bool cache_entry(const struct cache *cache, uint32_t i, const char **name, const char **path)
{
	struct entry entry;

	memcpy(&entry, cache->start + HEADER_SIZE + (size_t)i * sizeof(entry), sizeof(entry));
	if (entry.flags != FLAG_X86_64_ELF_LIBC6)
		return false;
	*name = cache_text(cache, entry.name);
	*path = cache_text(cache, entry.path);
	return *name && *path;
}

const char *ldcache_find(struct arena *arena, const char *wanted)
{
	const char *name, *path, *found = NULL;
	struct cache cache;

	if (cache_open(&cache))
		for (uint32_t i = 0; i < cache.n && !found; i++)
			if (cache_entry(&cache, i, &name, &path) && !strcmp(name, wanted))
				found = arena_strdup(arena, path);
	cache_close(&cache);
	return found;
}

static void add_real(struct arena *arena, const char *path, struct path_vec *out)
{
	char *real = realpath(path, NULL);

	for (unsigned i = 0; real && i < out->n; i++) {
		if (strcmp(out->v[i], real))
			continue;
		free(real);
		return;
	}
	if (real)
		VEC_PUSH(arena, out, arena_strdup(arena, real));
	free(real);
}

bool ldcache_glob(struct arena *arena, const char *pattern, struct path_vec *out)
{
	const char *name, *path;
	unsigned before = out->n;
	struct cache cache;

	if (cache_open(&cache))
		for (uint32_t i = 0; i < cache.n; i++)
			if (cache_entry(&cache, i, &name, &path) && !fnmatch(pattern, name, 0))
				add_real(arena, path, out);
	cache_close(&cache);
	return out->n > before;
}

void ldcache_offer(struct arena *arena, struct suggest *suggest)
{
	const char *name, *path;
	struct cache cache;

	if (cache_open(&cache))
		for (uint32_t i = 0; i < cache.n; i++)
			if (cache_entry(&cache, i, &name, &path))
				suggest_offer(suggest, arena_strdup(arena, name));
	cache_close(&cache);
}
