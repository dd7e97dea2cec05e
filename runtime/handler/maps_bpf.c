/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arrays in the kernel home. All inline, since a map must be a constant where a helper gets it.
 *
 * An element is made with NOEXIST and then changed in place, so that of two CPUs that make the
 * same one neither loses its update.
 */
#include "runtime/handler/home.h"

enum { NO_SPACE = -28, NOT_FOUND = -2, EXISTS = -17 };

/* A map's value, when it is a long. */
struct long_value {
	u64 sequence;
	i64 value;
};

static inline INLINE u64 next_sequence(void)
{
	return __sync_fetch_and_add(&home_shared()->sequence, 1) + 1;
}

INLINE i64 map_get_long(struct run *run, void *map, const void *key)
{
	struct long_value *element = bpf_map_lookup_elem(map, key);

	(void)run;
	return element ? element->value : 0;
}

INLINE i64 map_contains(struct run *run, void *map, const void *key)
{
	(void)run;
	/* Two questions would become one, of pointers that the verifier may not see or-ed. */
	return (i64)BOUND(bpf_map_lookup_elem(map, key) ? 1 : 0, 1);
}

INLINE int map_set_long(struct run *run, void *map, const void *key, i64 value)
{
	struct long_value *element = bpf_map_lookup_elem(map, key), made;

	(void)run;
	if (!element) {
		made.sequence = next_sequence();
		made.value = value;
		if (!bpf_map_update_elem(map, key, &made, BPF_NOEXIST))
			return 0;
		element = bpf_map_lookup_elem(map, key);
		if (!element)
			return NO_SPACE;
	}
	*(volatile i64 *)&element->value = value;
	return 0;
}

INLINE int map_add(struct run *run, void *map, const void *key, i64 delta, i64 *result)
{
	struct long_value *element = bpf_map_lookup_elem(map, key), made;

	(void)run;
	if (!element) {
		made.sequence = next_sequence();
		made.value = *result = delta;
		if (!bpf_map_update_elem(map, key, &made, BPF_NOEXIST))
			return 0;
		element = bpf_map_lookup_elem(map, key);
		if (!element)
			return NO_SPACE;
	}
	*result = __sync_fetch_and_add(&element->value, delta) + delta;
	return 0;
}

INLINE void map_get_string(struct run *run, void *map, const void *key, char *dst, u32 size)
{
	char *element = bpf_map_lookup_elem(map, key);

	(void)run;
	if (element)
		home_copy_string(dst, size, (u64)(element + 8));
	else
		*dst = 0;
}

INLINE int map_set_string(struct run *run, void *map, const void *key, const char *text, u32 size)
{
	char *element = bpf_map_lookup_elem(map, key), *made;

	if (!element) {
		made = run->frame->work.a;
		*(u64 *)made = next_sequence();
		home_copy_string(made + 8, size, (u64)text);
		if (!bpf_map_update_elem(map, key, made, BPF_NOEXIST))
			return 0;
		element = bpf_map_lookup_elem(map, key);
		if (!element)
			return NO_SPACE;
	}
	home_copy_string(element + 8, size, (u64)text);
	return 0;
}

INLINE int map_delete(struct run *run, void *map, const void *key)
{
	(void)run;
	bpf_map_delete_elem(map, key);
	return 0;
}

static long clear_turn(void *map, const void *key, void *value, void *context)
{
	(void)value;
	(void)context;
	bpf_map_delete_elem(map, key);
	return 0;
}

INLINE void map_clear(struct run *run, void *map)
{
	(void)run;
	bpf_for_each_map_elem(map, clear_turn, 0, 0);
}

static long oldest_turn(void *map, const void *key, void *value, void *context)
{
	u64 *least = context, sequence = *(u64 *)value;

	(void)map;
	(void)key;
	if (sequence < *least)
		*least = sequence;
	return 0;
}

static long evict_turn(void *map, const void *key, void *value, void *context)
{
	if (*(u64 *)value != *(u64 *)context)
		return 0;
	bpf_map_delete_elem(map, key);
	return 1;
}

INLINE void map_evict(struct run *run, void *map)
{
	u64 least = ~0ull;

	(void)run;
	bpf_for_each_map_elem(map, oldest_turn, &least, 0);
	bpf_for_each_map_elem(map, evict_turn, &least, 0);
}

/* ---- statistics ------------------------------------------------------------------------------ */

static inline INLINE u32 shape_size(const struct stat_shape *shape)
{
	return (u32)sizeof(struct stat_cell) + shape->buckets * 8;
}

/* A new element's value, in the work buffer. */
static inline INLINE char *stat_element(struct run *run, const struct stat_shape *shape)
{
	char *made = run->frame->work.a;

	stat_init((struct stat_cell *)(made + 8), shape_size(shape));
	*(u64 *)made = next_sequence();
	return made;
}

INLINE int map_stat_add(struct run *run, void *map, const void *key, i64 value,
			const struct stat_shape *shape)
{
	char *element = bpf_map_lookup_elem(map, key);

	if (!element) {
		bpf_map_update_elem(map, key, stat_element(run, shape), BPF_NOEXIST);
		element = bpf_map_lookup_elem(map, key);
		if (!element)
			return NO_SPACE;
	}
	stat_add(run, (struct stat_cell *)(element + 8), value, shape);
	return 0;
}

INLINE int map_stat_get(struct run *run, void *map, const void *key, struct stat_cell *to,
			u32 stat_size)
{
	char *element = bpf_map_lookup_elem(map, key);

	(void)run;
	if (element) {
		home_copy(to, stat_size, (u64)(element + 8));
		return 0;
	}
	stat_init(to, stat_size);
	return NOT_FOUND;
}
