/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * foreach in the kernel home: a snapshot of an array's keys, made a heap by what they are to be
 * sorted by, and taken from its top one by one. A loop with a limit does not pay for the rest.
 *
 * The maps serve all arrays that are iterated in the kernel; the loader sizes them (sizes in
 * iterate.h): entries for the largest such array, for each of the loops at a time.
 */
#include "runtime/handler/home.h"
#include "runtime/handler/iterate.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct iterator);
} spile_iterators SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct iterate_order);
} spile_iterate_order SEC(".maps");

/* Value: the key, then the string to be sorted by when that is the element's value. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, 4);
	__uint(value_size, 8);
} spile_iterate_keys SEC(".maps");

static inline INLINE struct iterator *iterator_of(u32 handle)
{
	return bpf_map_lookup_elem(&spile_iterators, &handle);
}

static inline INLINE u32 place_of(const struct iterator *iterator, u64 i)
{
	return (u32)(iterator->start + i);
}

static inline INLINE struct iterate_order *order_of(const struct iterator *iterator, u64 i)
{
	u32 place = place_of(iterator, i);

	return bpf_map_lookup_elem(&spile_iterate_order, &place);
}

/* ---- the order of two ---------------------------------------------------------------------------- */

struct text_compare {
	u64 a, b;
	i64 result;
};

/*
 * The bit of the first NUL in eight bytes of text, or 0. An element's value keeps what a longer
 * one has left behind its NUL.
 */
static inline INLINE u64 word_nul(u64 word)
{
	u64 zeros = (word - 0x0101010101010101) & ~word & 0x8080808080808080;

	return zeros & -zeros;
}

static inline INLINE u64 word_text(u64 word)
{
	u64 nul = word_nul(word);

	return nul ? word & ((nul >> 7) - 1) : word;
}

static long text_turn(u32 i, struct text_compare *compare)
{
	u64 a = 0, b = 0;

	bpf_probe_read_kernel(&a, 8, (const void *)(compare->a + i * 8));
	bpf_probe_read_kernel(&b, 8, (const void *)(compare->b + i * 8));
	compare->result = word_compare(word_text(a), word_text(b));
	return compare->result || word_nul(a);
}

/* A pointer becomes a number on its way through a map. */
static inline INLINE u64 text_address(volatile u64 *cell, const void *element, u64 offset)
{
	*cell = (u64)element;
	return *cell + offset;
}

/* Of two elements' strings. */
static inline INLINE i64 compare_texts(struct iterator *iterator, u64 a, u64 b)
{
	u32 place_a = place_of(iterator, a), place_b = place_of(iterator, b);
	const char *x = bpf_map_lookup_elem(&spile_iterate_keys, &place_a);
	const char *y = bpf_map_lookup_elem(&spile_iterate_keys, &place_b);
	struct text_compare compare = {.result = 0};

	if (!x || !y)
		return 0;
	compare.a = text_address(&iterator->address[0], x, iterator->text_offset);
	compare.b = text_address(&iterator->address[1], y, iterator->text_offset);
	bpf_loop((u32)(iterator->text_size / 8), text_turn, &compare, 0);
	return compare.result;
}

/* 1 when a comes before b. */
static inline INLINE u64 is_before(struct iterator *iterator, const struct iterate_order *a,
				   const struct iterate_order *b)
{
	if (a->order != b->order)
		return a->order < b->order;
	if (iterator->text_size) {
		i64 result = compare_texts(iterator, a->element, b->element);

		if (result)
			return (result < 0) == (iterator->direction > 0);
	}
	return a->sequence < b->sequence;
}

/* ---- the heap: the first is at its top -------------------------------------------------------------- */

/* One step down of the element at iterator->at, in a heap of iterator->heap elements. */
static long sift_turn(u32 i, u32 *handle)
{
	struct iterator *iterator = iterator_of(*handle);
	struct iterate_order *parent, *child, *other, moved;
	u64 at;

	(void)i;
	if (!iterator)
		return 1;
	at = iterator->at * 2 + 1;
	if (at >= iterator->heap)
		return 1;
	parent = order_of(iterator, iterator->at);
	child = order_of(iterator, at);
	if (!parent || !child)
		return 1;
	if (at + 1 < iterator->heap) {
		other = order_of(iterator, at + 1);
		if (!other)
			return 1;
		if (is_before(iterator, other, child)) {
			child = other;
			at++;
		}
	}
	if (!is_before(iterator, child, parent))
		return 1;
	moved = *parent;
	*parent = *child;
	*child = moved;
	iterator->at = at;
	return 0;
}

enum { HEAP_DEPTH = 32 };

static long heap_turn(u32 i, u32 *handle)
{
	struct iterator *iterator = iterator_of(*handle);

	if (!iterator)
		return 1;
	iterator->at = iterator->heap / 2 - 1 - i;
	bpf_loop(HEAP_DEPTH, sift_turn, handle, 0);
	return 0;
}

GLOBAL int global_iterate_sort(u32 handle)
{
	struct iterator *iterator = iterator_of(handle);

	if (!iterator)
		return -1;
	iterator->heap = iterator->count;
	bpf_loop((u32)(iterator->heap / 2), heap_turn, &handle, 0);
	return 0;
}

/* Takes the top: it goes behind the heap. */
static long take_turn(u32 i, u32 *handle)
{
	struct iterator *iterator = iterator_of(*handle);
	struct iterate_order *top, *last, moved;

	(void)i;
	if (!iterator || !iterator->heap)
		return 1;
	iterator->heap--;
	top = order_of(iterator, 0);
	last = order_of(iterator, iterator->heap);
	if (!top || !last)
		return 1;
	moved = *top;
	*top = *last;
	*last = moved;
	iterator->at = 0;
	bpf_loop(HEAP_DEPTH, sift_turn, handle, 0);
	return iterator->heap <= iterator->wanted;
}

/* The index in spile_iterate_keys of key i, or -1. */
GLOBAL i64 global_iterate_take(u32 handle, u32 i)
{
	struct iterator *iterator = iterator_of(handle);
	struct iterate_order *order;

	if (!iterator || i >= iterator->count)
		return -1;
	iterator->wanted = iterator->count - 1 - i;
	if (iterator->heap > iterator->wanted)
		bpf_loop(i + 1, take_turn, &handle, 0);
	order = order_of(iterator, iterator->wanted);
	return order ? place_of(iterator, order->element) : -1;
}

/* ---- the snapshot ------------------------------------------------------------------------------------- */

/* The shape in 64-bit fields, which the verifier keeps track of on the stack. */
struct collect {
	u64 handle;
	u64 key_size, by, key_offset, string, stat, descending;
};

static inline INLINE i64 stat_value(const struct stat_cell *cell, u64 op)
{
	switch (op) {
	case ITERATE_SUM:
		return cell->sum;
	case ITERATE_MIN:
		return cell->min;
	case ITERATE_MAX:
		return cell->max;
	case ITERATE_AVERAGE:
		return stat_average(cell);
	default:
		return (i64)cell->count;
	}
}

/* What to sort by, as an unsigned number: of a string, its first bytes. */
static inline INLINE u64 order_value(const struct collect *collect, const char *key,
				     const char *value)
{
	u64 first = 0, offset = BOUND(collect->key_offset, WORK_MASK);
	u64 signed_order = 1ull << 63, order;

	if (collect->by == ITERATE_INSERTION)
		order = *(const u64 *)value;
	else if (collect->string) {
		bpf_probe_read_kernel(&first, 8, collect->by == ITERATE_VALUE ? value + 8
									       : key + offset);
		order = __builtin_bswap64(word_text(first));
	} else if (collect->by == ITERATE_KEY) {
		bpf_probe_read_kernel(&first, 8, key + offset);
		order = first ^ signed_order;
	} else
		order = (u64)stat_value((const struct stat_cell *)(value + 8), collect->stat) ^
			signed_order;
	return collect->descending ? ~order : order;
}

static long collect_turn(void *map, const char *key, const char *value, struct collect *collect)
{
	u32 handle = (u32)collect->handle, place;
	struct iterator *iterator = iterator_of(handle);
	struct iterate_order *order;
	u64 n;
	char *to;

	(void)map;
	if (!iterator)
		return 1;
	n = iterator->count;
	place = place_of(iterator, n);
	to = bpf_map_lookup_elem(&spile_iterate_keys, &place);
	order = order_of(iterator, n);
	if (!to || !order)
		return 1;
	bpf_probe_read_kernel(to, collect->key_size, key);
	if (collect->string && collect->by == ITERATE_VALUE)
		bpf_probe_read_kernel(to + collect->key_size, collect->string, value + 8);
	order->order = order_value(collect, key, value);
	order->sequence = *(const u64 *)value;
	order->element = n;
	iterator->count = n + 1;
	return 0;
}

/* A handle, or -16 (EBUSY). */
GLOBAL i64 global_iterate_claim(u32 text_offset, u32 text_size, i32 direction)
{
	for (u32 handle = 0; handle < ITERATE_MOST_HANDLES; handle++) {
		struct iterator *iterator = iterator_of(handle);

		if (!iterator)
			break;
		if (__sync_lock_test_and_set(&iterator->busy, 1))
			continue;
		iterator->count = 0;
		iterator->text_offset = text_offset;
		iterator->text_size = text_size;
		iterator->direction = direction;
		return handle;
	}
	return -16;
}

INLINE i64 iterate_begin(struct run *run, void *map, const struct iterate_shape *shape)
{
	struct collect collect = {
		.key_size = shape->key_size,
		.by = shape->by,
		.key_offset = shape->key_offset,
		.string = shape->string,
		.stat = shape->stat,
		.descending = shape->direction < 0,
	};
	i64 handle = global_iterate_claim(shape->by == ITERATE_KEY ? shape->key_offset
								   : shape->key_size,
					  shape->string, shape->direction);

	(void)run;
	if (handle < 0)
		return handle;
	collect.handle = (u64)handle;
	bpf_for_each_map_elem(map, collect_turn, &collect, 0);
	global_iterate_sort((u32)handle);
	return handle;
}

INLINE u32 iterate_count(struct run *run, i64 handle)
{
	struct iterator *iterator = iterator_of((u32)handle);

	(void)run;
	return iterator ? (u32)iterator->count : 0;
}

INLINE int iterate_key(struct run *run, i64 handle, u32 i, void *key, u32 key_size)
{
	i64 taken = global_iterate_take((u32)handle, i);
	u32 place = (u32)taken;
	const void *from;

	(void)run;
	if (taken < 0)
		return NOT_FOUND;
	from = bpf_map_lookup_elem(&spile_iterate_keys, &place);
	if (!from)
		return NOT_FOUND;
	home_copy(key, key_size, (u64)from);
	return 0;
}

INLINE void iterate_end(struct run *run, i64 handle)
{
	struct iterator *iterator = iterator_of((u32)handle);

	(void)run;
	if (iterator)
		*(volatile u64 *)&iterator->busy = 0;
}
