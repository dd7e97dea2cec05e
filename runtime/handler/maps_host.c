/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arrays in the tracer home: the same maps, through bpf(2).
 */
#include <alloca.h>
#include <bpf/bpf.h>
#include <errno.h>

#include "runtime/handler/home.h"
#include "runtime/handler/host.h"

/* Of an element that comes and goes while it is changed. */
enum { HOST_TRIES = 100 };

static u64 next_sequence(void)
{
	return __sync_fetch_and_add(&home_shared()->sequence, 1) + 1;
}

/* Reads the element into `value` (value_size bytes). */
static int map_has(struct host_map *map, const void *key, void *value)
{
	return bpf_map_lookup_elem(map->fd, key, value) == 0;
}

/*
 * Writes an element that was (has) or was not there: in place when the kernel may be at it, or
 * as a new one if nobody else makes it meanwhile.
 */
static int map_put(struct host_map *map, const void *key, u64 *value, int has)
{
	if (!has)
		value[0] = next_sequence();
	if (!op_ready(map))
		return bpf_map_update_elem(map->fd, key, value, BPF_ANY) ? -ENOSPC : 0;
	for (int i = 0; i < HOST_TRIES; i++) {
		if (op_copy(map, key, value) > 0)
			return 0;
		if (!has)
			value[0] = next_sequence();
		if (!bpf_map_update_elem(map->fd, key, value, BPF_NOEXIST))
			return 0;
		if (errno != EEXIST)
			return -ENOSPC;
	}
	return -EAGAIN;
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

/* Adds in place to 8 bytes of an element that is made as `made` when there is none. */
static int map_add_shared(struct host_map *map, const void *key, u32 offset, u64 delta, u64 *made,
			  u64 *before)
{
	for (int i = 0; i < HOST_TRIES; i++) {
		int done = op_add(map, key, offset, delta, before);

		if (done)
			return done < 0 ? -EAGAIN : 0;
		made[0] = next_sequence();
		if (bpf_map_update_elem(map->fd, key, made, BPF_NOEXIST) && errno != EEXIST)
			return -ENOSPC;
	}
	return -EAGAIN;
}

int map_add(struct run *run, void *map, const void *key, i64 delta, i64 *result)
{
	u64 element[2] = {0, 0}, before = 0;
	int has, error;

	(void)run;
	if (op_ready(map)) {
		error = map_add_shared(map, key, 8, (u64)delta, element, &before);
		*result = (i64)(before + (u64)delta);
		return error;
	}
	has = map_has(map, key, element);
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

enum { CELL = 8 }; /* where a statistics cell is in a value */
#define CELL_FIELD(name) (CELL + (u32)offsetof(struct stat_cell, name))

/* Lowers (direction -1) or raises (1) an extreme in place. */
static void stat_extreme_shared(struct host_map *map, const void *key, u32 offset, i64 value,
				int direction, i64 now)
{
	while (direction < 0 ? value < now : value > now) {
		u64 before;

		if (op_exchange(map, key, offset, (u64)now, (u64)value, &before) <= 0 ||
		    (i64)before == now)
			return;
		now = (i64)before;
	}
}

/* A cell with only this value in it says what is to be added to the element's. */
static int map_stat_add_shared(struct host_map *map, const void *key, i64 value,
			       const struct stat_cell *one, u32 buckets, u64 *made)
{
	u64 before, carry;
	int error = map_add_shared(map, key, CELL_FIELD(count), 1, made, &before);

	if (error)
		return error;
	op_add(map, key, CELL_FIELD(sum), (u64)value, &before);
	stat_extreme_shared(map, key, CELL_FIELD(min), value, -1, INT64_MAX);
	stat_extreme_shared(map, key, CELL_FIELD(max), value, 1, INT64_MIN);
	if (one->squares_low) {
		op_add(map, key, CELL_FIELD(squares_low), one->squares_low, &before);
		carry = before + one->squares_low < before;
		op_add(map, key, CELL_FIELD(squares_high), one->squares_high + carry, &before);
	}
	for (u32 i = 0; i < buckets; i++)
		if (one->buckets[i])
			op_add(map, key, CELL_FIELD(buckets) + i * 8, 1, &before);
	return 0;
}

int map_stat_add(struct run *run, void *map, const void *key, i64 value,
		 const struct stat_shape *shape)
{
	struct host_map *it = map;
	char *element = alloca(it->value_size), *made = alloca(it->value_size);
	struct stat_cell *cell = (struct stat_cell *)(element + CELL);
	int has;

	stat_init((struct stat_cell *)(made + CELL), it->value_size - CELL);
	if (op_ready(map)) {
		stat_init(cell, it->value_size - CELL);
		stat_add(run, cell, value, shape);
		return map_stat_add_shared(map, key, value, cell, shape->buckets, (u64 *)made);
	}
	has = map_has(map, key, element);
	if (!has)
		memcpy(element, made, it->value_size);
	stat_add(run, cell, value, shape);
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
