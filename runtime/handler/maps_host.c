/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arrays in the tracer home: the same maps, through bpf(2).
 */
#include <alloca.h>
#include <bpf/bpf.h>
#include <errno.h>

#include "runtime/handler/home.h"
#include "runtime/handler/host.h"

static u64 next_sequence(void)
{
	return __sync_fetch_and_add(&home_shared()->sequence, 1) + 1;
}

/* Reads the element into `value` (value_size bytes). */
static int map_has(struct host_map *map, const void *key, void *value)
{
	return bpf_map_lookup_elem(map->fd, key, value) == 0;
}

/* Writes an element that was (has) or was not there. */
static int map_put(struct host_map *map, const void *key, u64 *value, int has)
{
	if (!has)
		value[0] = next_sequence();
	return bpf_map_update_elem(map->fd, key, value, BPF_ANY) ? -ENOSPC : 0;
}

i64 map_get_long(struct run *run, void *map, const void *key)
{
	u64 value[2];

	(void)run;
	return map_has(map, key, value) ? (i64)value[1] : 0;
}

i64 map_contains(struct run *run, void *map, const void *key)
{
	(void)run;
	return map_has(map, key, alloca(((struct host_map *)map)->value_size));
}

int map_set_long(struct run *run, void *map, const void *key, i64 value)
{
	u64 element[2];
	int has = map_has(map, key, element);

	(void)run;
	element[1] = (u64)value;
	return map_put(map, key, element, has);
}

int map_add(struct run *run, void *map, const void *key, i64 delta, i64 *result)
{
	u64 element[2] = {0, 0};
	int has = map_has(map, key, element);

	(void)run;
	element[1] += (u64)delta;
	*result = (i64)element[1];
	return map_put(map, key, element, has);
}

void map_get_string(struct run *run, void *map, const void *key, char *dst, u32 size)
{
	char *value = alloca(((struct host_map *)map)->value_size);

	(void)run;
	if (map_has(map, key, value))
		home_copy_string(dst, size, (u64)(value + 8));
	else
		*dst = 0;
}

int map_set_string(struct run *run, void *map, const void *key, const char *text, u32 size)
{
	u32 value_size = ((struct host_map *)map)->value_size;
	char *value = alloca(value_size);
	int has = map_has(map, key, value);

	(void)run;
	home_zero(value + 8, value_size - 8);
	home_copy_string(value + 8, size, (u64)text);
	return map_put(map, key, (u64 *)value, has);
}

int map_delete(struct run *run, void *map, const void *key)
{
	(void)run;
	bpf_map_delete_elem(((struct host_map *)map)->fd, key);
	return 0;
}

void map_clear(struct run *run, void *map)
{
	struct host_map *it = map;
	void *key = alloca(it->key_size);

	(void)run;
	while (!bpf_map_get_next_key(it->fd, NULL, key))
		if (bpf_map_delete_elem(it->fd, key) && errno != ENOENT)
			break;
}

void map_evict(struct run *run, void *map)
{
	struct host_map *it = map;
	char *key = alloca(it->key_size), *oldest = alloca(it->key_size);
	char *value = alloca(it->value_size);
	const void *before = NULL;
	u64 least = ~0ull;

	(void)run;
	while (!bpf_map_get_next_key(it->fd, before, key)) {
		before = key;
		if (bpf_map_lookup_elem(it->fd, key, value) || *(u64 *)value >= least)
			continue;
		least = *(u64 *)value;
		memcpy(oldest, key, it->key_size);
	}
	if (before)
		bpf_map_delete_elem(it->fd, oldest);
}

/* ---- statistics ------------------------------------------------------------------------------ */

int map_stat_add(struct run *run, void *map, const void *key, i64 value,
		 const struct stat_shape *shape)
{
	u32 size = ((struct host_map *)map)->value_size;
	char *element = alloca(size);
	int has = map_has(map, key, element);

	if (!has)
		stat_init((struct stat_cell *)(element + 8), size - 8);
	stat_add(run, (struct stat_cell *)(element + 8), value, shape);
	return map_put(map, key, (u64 *)element, has);
}

int map_stat_get(struct run *run, void *map, const void *key, struct stat_cell *to, u32 stat_size)
{
	char *element = alloca(((struct host_map *)map)->value_size);

	(void)run;
	if (map_has(map, key, element)) {
		home_copy(to, stat_size, (u64)(element + 8));
		return 0;
	}
	stat_init(to, stat_size);
	return -ENOENT;
}
