/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * foreach in the tracer home: a snapshot of an array's keys and what they are sorted by.
 */
#include <bpf/bpf.h>
#include <errno.h>

#include "runtime/handler/home.h"
#include "runtime/handler/host.h"
#include "runtime/handler/iterate.h"

enum { HOST_ITERATIONS = 64 };

/* An element in a snapshot: this, its key, its value. */
struct host_element {
	u64 sequence;
	char bytes[];
};

struct host_iteration {
	struct host_element **elements;
	char *memory;
	struct iterate_shape shape;
	u32 count, busy;
};

static struct host_iteration host_iterations[HOST_ITERATIONS];

/* ---- the order -------------------------------------------------------------------------------------- */

static i64 element_value(const struct host_element *element, const struct iterate_shape *shape)
{
	const char *value = element->bytes + shape->key_size + 8;
	const struct stat_cell *cell = (const struct stat_cell *)value;

	switch (shape->stat) {
	case ITERATE_SUM:
		return cell->sum;
	case ITERATE_MIN:
		return cell->min;
	case ITERATE_MAX:
		return cell->max;
	case ITERATE_AVERAGE:
		return stat_average(cell);
	default:
		return *(const i64 *)value;
	}
}

static int compare_longs(i64 a, i64 b)
{
	return a < b ? -1 : a > b;
}

static int compare_by(const struct host_element *a, const struct host_element *b,
		      const struct iterate_shape *shape)
{
	u32 offset = shape->by == ITERATE_KEY ? shape->key_offset : shape->key_size + 8;

	if (shape->by == ITERATE_INSERTION)
		return 0;
	if (shape->string)
		return strncmp(a->bytes + offset, b->bytes + offset, shape->string);
	if (shape->by == ITERATE_KEY)
		return compare_longs(*(const i64 *)(a->bytes + offset),
				     *(const i64 *)(b->bytes + offset));
	return compare_longs(element_value(a, shape), element_value(b, shape));
}

static int compare_elements(const void *left, const void *right, void *context)
{
	const struct host_element *a = *(struct host_element *const *)left;
	const struct host_element *b = *(struct host_element *const *)right;
	const struct iterate_shape *shape = context;
	int result = compare_by(a, b, shape);

	if (result)
		return shape->direction < 0 ? -result : result;
	if (shape->by == ITERATE_INSERTION && shape->direction < 0)
		return a->sequence > b->sequence ? -1 : a->sequence < b->sequence;
	return a->sequence < b->sequence ? -1 : a->sequence > b->sequence;
}

/* ---- the snapshot ----------------------------------------------------------------------------------- */

static size_t element_size(const struct iterate_shape *shape)
{
	return sizeof(struct host_element) + ALIGN8(shape->key_size) + ALIGN8(shape->value_size);
}

/* Reads elements key by key: what is deleted meanwhile is left out. */
static void iteration_collect(struct host_iteration *it, const struct host_map *map)
{
	size_t size = element_size(&it->shape);
	u32 key_size = it->shape.key_size;
	char *last = NULL, *next = alloca(key_size), *key = alloca(key_size);

	while (it->count < map->max_entries && !bpf_map_get_next_key(map->fd, last, next)) {
		struct host_element *element = (void *)(it->memory + it->count * size);

		memcpy(key, next, key_size);
		last = key;
		memcpy(element->bytes, key, key_size);
		if (bpf_map_lookup_elem(map->fd, key, element->bytes + key_size))
			continue;
		element->sequence = *(u64 *)(element->bytes + key_size);
		it->elements[it->count++] = element;
	}
}

static void iteration_free(struct host_iteration *it)
{
	free(it->elements);
	free(it->memory);
	memset(it, 0, sizeof(*it));
}

i64 iterate_begin(struct run *run, void *map, const struct iterate_shape *shape)
{
	const struct host_map *from = map;
	struct host_iteration *it = host_iterations;

	(void)run;
	while (it < host_iterations + HOST_ITERATIONS && it->busy)
		it++;
	if (it == host_iterations + HOST_ITERATIONS)
		return -EBUSY;
	it->shape = *shape;
	it->elements = calloc(from->max_entries, sizeof(*it->elements));
	it->memory = calloc(from->max_entries, element_size(shape));
	if (!it->elements || !it->memory) {
		iteration_free(it);
		return -ENOMEM;
	}
	it->busy = 1;
	iteration_collect(it, from);
	qsort_r(it->elements, it->count, sizeof(*it->elements), compare_elements, &it->shape);
	return it - host_iterations;
}

static struct host_iteration *iteration_of(i64 handle)
{
	if (handle < 0 || handle >= HOST_ITERATIONS || !host_iterations[handle].busy)
		return NULL;
	return &host_iterations[handle];
}

u32 iterate_count(struct run *run, i64 handle)
{
	const struct host_iteration *it = iteration_of(handle);

	(void)run;
	return it ? it->count : 0;
}

int iterate_key(struct run *run, i64 handle, u32 i, void *key, u32 key_size)
{
	const struct host_iteration *it = iteration_of(handle);

	(void)run;
	if (!it || i >= it->count)
		return -ENOENT;
	memcpy(key, it->elements[i]->bytes, key_size);
	return 0;
}

void iterate_end(struct run *run, i64 handle)
{
	struct host_iteration *it = iteration_of(handle);

	(void)run;
	if (it)
		iteration_free(it);
}
