/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runtime/symbols/fold.h"

#include <bpf/bpf.h>
#include <stdlib.h>
#include <string.h>

/* What stands before a value in its element. */
enum { SEQUENCE = 8 };

struct fold {
	struct symbols *symbols;
	const struct unit_global *global;
	int fd;
	char *keys; /* those with tokens */
	unsigned n, capacity;
};

/* A token of a single address or text to be shown: not the process that a stack is of. */
static bool has_name(const char *text)
{
	for (; (text = strchr(text, DEFER)); text++)
		if (text[1] != DEFER_PROCESS)
			return true;
	return false;
}

static bool key_has_name(const struct unit_global *global, const char *key)
{
	for (unsigned i = 0; i < global->n_keys; i++)
		if (global->key_type[i] == TYPE_STRING && has_name(key + global->key_offset[i]))
			return true;
	return false;
}

static bool may_have_names(const struct unit_global *global)
{
	if (!global->is_array)
		return false;
	for (unsigned i = 0; i < global->n_keys; i++)
		if (global->key_type[i] == TYPE_STRING && global->key_size[i] > DEFER_TOKEN)
			return true;
	return global->type == TYPE_STRING;
}

static bool keep_key(struct fold *fold, const char *key)
{
	size_t stride = fold->global->key_bytes;

	if (fold->n == fold->capacity) {
		unsigned capacity = fold->capacity ? 2 * fold->capacity : 64;
		char *grown = realloc(fold->keys, capacity * stride);

		if (!grown)
			return false;
		fold->keys = grown;
		fold->capacity = capacity;
	}
	memcpy(fold->keys + fold->n++ * stride, key, stride);
	return true;
}

static void collect(struct fold *fold)
{
	char *key = malloc(fold->global->key_bytes);
	const void *before = NULL;

	while (key && !bpf_map_get_next_key(fold->fd, before, key)) {
		before = key;
		if ((fold->global->type == TYPE_STRING || key_has_name(fold->global, key)) &&
		    !keep_key(fold, key))
			break;
	}
	free(key);
}

static void expand_text(struct symbols *symbols, char *text, size_t size)
{
	size_t length = strnlen(text, size - 1);
	const char *name;

	if (!has_name(text))
		return;
	name = symbols_expand(symbols, text, &length);
	if (length > size - 1)
		length = size - 1;
	memcpy(text, name, length);
	memset(text + length, 0, size - length);
}

static void merge_cells(struct stat_cell *to, const struct stat_cell *from, unsigned buckets)
{
	to->count += from->count;
	to->sum += from->sum;
	to->min = from->min < to->min ? from->min : to->min;
	to->max = from->max > to->max ? from->max : to->max;
	to->squares_low += from->squares_low;
	to->squares_high += from->squares_high + (to->squares_low < from->squares_low);
	for (unsigned i = 0; i < buckets; i++)
		to->buckets[i] += from->buckets[i];
}

/* Adds what `from` has to `to`: both are elements. */
static void merge(const struct unit_global *global, char *to, const char *from)
{
	uint64_t mine, other;
	int64_t a, b;

	memcpy(&mine, to, 8);
	memcpy(&other, from, 8);
	if (global->type == TYPE_STATS) {
		merge_cells((struct stat_cell *)(to + SEQUENCE),
			    (const struct stat_cell *)(from + SEQUENCE), global->buckets);
	} else if (global->type == TYPE_LONG && !global->assigned) {
		memcpy(&a, to + SEQUENCE, 8);
		memcpy(&b, from + SEQUENCE, 8);
		a += b;
		memcpy(to + SEQUENCE, &a, 8);
	} else if (other > mine) {
		memcpy(to + SEQUENCE, from + SEQUENCE, global->value_bytes - SEQUENCE);
	}
	if (other < mine)
		memcpy(to, &other, 8);
}

static void fold_element(struct fold *fold, char *key, char *value, char *there)
{
	const struct unit_global *global = fold->global;
	bool moves = key_has_name(global, key);

	if (moves ? bpf_map_lookup_and_delete_elem(fold->fd, key, value)
		  : bpf_map_lookup_elem(fold->fd, key, value))
		return;
	if (!moves && !has_name(value + SEQUENCE))
		return;
	for (unsigned i = 0; i < global->n_keys; i++)
		if (global->key_type[i] == TYPE_STRING)
			expand_text(fold->symbols, key + global->key_offset[i],
				    global->key_size[i]);
	if (global->type == TYPE_STRING)
		expand_text(fold->symbols, value + SEQUENCE, global->value_bytes - SEQUENCE);
	if (moves && !bpf_map_lookup_elem(fold->fd, key, there))
		merge(global, value, there);
	bpf_map_update_elem(fold->fd, key, value, BPF_ANY);
}

void fold_array(struct symbols *symbols, const struct unit_global *global, int fd)
{
	struct fold fold = {.symbols = symbols, .global = global, .fd = fd};
	char *value, *there;

	if (!symbols || fd < 0 || !may_have_names(global))
		return;
	value = malloc(global->value_bytes);
	there = malloc(global->value_bytes);
	collect(&fold);
	for (unsigned i = 0; value && there && i < fold.n; i++)
		fold_element(&fold, fold.keys + i * global->key_bytes, value, there);
	free(value);
	free(there);
	free(fold.keys);
}

void fold_arrays(struct symbols *symbols, const struct loaded *loaded)
{
	const struct unit *unit = loaded->unit;

	for (unsigned i = 0; i < unit->globals.n; i++)
		fold_array(symbols, &unit->globals.v[i], loaded->map_fds[i]);
}
