/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The automatic display of results. */
#include "runtime/present/globals.h"

#include <bpf/bpf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/present/histogram.h"
#include "runtime/present/json.h"
#include "runtime/symbols/symbols.h"

/* Elements of an array, each its key and then its value as the map has them. */
struct elements {
	const struct unit_global *global;
	char *bytes;
	unsigned n, capacity;
	size_t stride;
};

/* A map's value begins with the element's sequence number. */
enum { SEQUENCE_BYTES = 8 };

static bool is_result(const struct unit_global *global)
{
	return global->written_in_script && !global->read_in_script &&
	       !global->is_private_to_compiler;
}

static char *element_add(struct elements *elements)
{
	if (elements->n == elements->capacity) {
		unsigned capacity = elements->capacity ? 2 * elements->capacity : 64;
		char *grown = realloc(elements->bytes, capacity * elements->stride);

		if (!grown)
			return NULL;
		elements->bytes = grown;
		elements->capacity = capacity;
	}
	return elements->bytes + elements->n++ * elements->stride;
}

static void read_elements(struct elements *elements, int fd)
{
	const struct unit_global *global = elements->global;
	char *key = NULL, *next;

	elements->stride = ALIGN8(global->key_bytes) + ALIGN8(global->value_bytes);
	while ((next = element_add(elements))) {
		key = elements->n > 1 ? next - elements->stride : NULL;
		if (bpf_map_get_next_key(fd, key, next))
			break;
		if (bpf_map_lookup_elem(fd, next, next + ALIGN8(global->key_bytes)))
			break;
	}
	if (elements->n)
		elements->n--;
}

static const void *element_value(const struct unit_global *global, const char *element)
{
	return element + ALIGN8(global->key_bytes) + SEQUENCE_BYTES;
}

static int compare_made(const struct unit_global *global, const char *a, const char *b)
{
	uint64_t x, y;

	memcpy(&x, a + ALIGN8(global->key_bytes), sizeof(x));
	memcpy(&y, b + ALIGN8(global->key_bytes), sizeof(y));
	return x < y ? -1 : x > y;
}

/* The greatest first; among equals, the one that was made first. */
static int compare_elements(const void *a, const void *b, void *context)
{
	const struct unit_global *global = context;
	const void *left = element_value(global, a), *right = element_value(global, b);
	int64_t x, y;
	int order;

	if (global->type == TYPE_STRING) {
		order = strcmp(right, left);
		return order ? order : compare_made(global, a, b);
	}
	memcpy(&x, left, sizeof(x)); /* a long, or a cell's count */
	memcpy(&y, right, sizeof(y));
	return x < y ? 1 : x > y ? -1 : compare_made(global, a, b);
}

/* ---- as text -------------------------------------------------------------------------------- */

static void put_string(struct output *out, const char *text)
{
	size_t length = strlen(text);

	text = symbols_expand(out->symbols, text, &length);
	output_text(out, "\"");
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			output_printf(out, "\\%c", c);
		else if (c == '\n')
			output_text(out, "\\n");
		else if (c < 32 || c == 127)
			output_printf(out, "\\%03o", c);
		else
			output_write(out, text, 1);
	}
	output_text(out, "\"");
}

static void put_key(struct output *out, const struct unit_global *global, const char *key)
{
	output_text(out, "[");
	for (unsigned i = 0; i < global->n_keys; i++) {
		const char *member = key + global->key_offset[i];

		if (i)
			output_text(out, ",");
		if (global->key_type[i] == TYPE_STRING)
			put_string(out, member);
		else
			output_printf(out, "%" PRId64, *(const int64_t *)member);
	}
	output_text(out, "]");
}

static void put_histogram(struct output *out, const struct unit_global *global,
			  const struct stat_cell *cell)
{
	struct unit_hist hist = {
		.op = global->stat_ops & 1u << STAT_HIST_LINEAR ? STAT_HIST_LINEAR : STAT_HIST_LOG,
		.low = global->hist_low,
		.high = global->hist_high,
		.width = global->hist_width,
	};

	if (global->buckets)
		histogram_print(out, &hist, cell->buckets, out->elision);
}

static void put_stats(struct output *out, const struct unit_global *global,
		      const struct stat_cell *cell)
{
	output_printf(out, " @count=%#" PRIx64, cell->count);
	if (cell->count)
		output_printf(out, " @min=%#" PRIx64 " @max=%#" PRIx64 " @sum=%#" PRIx64
			      " @avg=%#" PRIx64, (uint64_t)cell->min, (uint64_t)cell->max,
			      (uint64_t)cell->sum,
			      (uint64_t)(cell->sum / (int64_t)cell->count));
	output_text(out, "\n");
	put_histogram(out, global, cell);
}

static void put_value(struct output *out, const struct unit_global *global, const void *value)
{
	if (global->type == TYPE_STATS) {
		put_stats(out, global, value);
		return;
	}
	output_text(out, "=");
	if (global->type == TYPE_STRING)
		put_string(out, value);
	else
		output_printf(out, "0x%" PRIx64, *(const uint64_t *)value);
	output_text(out, "\n");
}

static void put_elements(struct output *out, const struct elements *elements)
{
	const struct unit_global *global = elements->global;

	for (unsigned i = 0; i < elements->n; i++) {
		const char *element = elements->bytes + i * elements->stride;

		output_text(out, global->name);
		put_key(out, global, element);
		put_value(out, global, element_value(global, element));
	}
}

/* ---- as JSON -------------------------------------------------------------------------------- */

static struct json_object *json_string(struct symbols *symbols, const char *text)
{
	size_t length = strlen(text);

	text = symbols_expand(symbols, text, &length);
	return json_text(text, length);
}

static struct json_object *json_value(struct symbols *symbols, const struct unit_global *global,
				      const void *value)
{
	if (global->type == TYPE_STATS)
		return json_stats(value);
	if (global->type == TYPE_STRING)
		return json_string(symbols, value);
	return json_object_new_int64(*(const int64_t *)value);
}

static struct json_object *json_key(struct symbols *symbols, const struct unit_global *global,
				      const char *key)
{
	struct json_object *array = json_object_new_array();

	for (unsigned i = 0; i < global->n_keys; i++) {
		const char *member = key + global->key_offset[i];

		json_object_array_add(array, global->key_type[i] == TYPE_STRING
						     ? json_string(symbols, member)
						     : json_object_new_int64(
							       *(const int64_t *)member));
	}
	return array;
}

static struct json_object *json_elements(struct symbols *symbols, const struct elements *elements)
{
	const struct unit_global *global = elements->global;
	struct json_object *array = json_object_new_array();

	for (unsigned i = 0; i < elements->n; i++) {
		const char *element = elements->bytes + i * elements->stride;
		struct json_object *object = json_object_new_object();

		json_object_object_add(object, "key", json_key(symbols, global, element));
		json_object_object_add(object, "value",
				       json_value(symbols, global,
						  element_value(global, element)));
		json_object_array_add(array, object);
	}
	return array;
}

/* ---- both ----------------------------------------------------------------------------------- */

static void print_array(struct output *out, const struct unit_global *global, int fd,
			struct json_object *object)
{
	struct elements elements = {.global = global};

	read_elements(&elements, fd);
	if (elements.n)
		qsort_r(elements.bytes, elements.n, elements.stride, compare_elements,
			(void *)global);
	if (object)
		json_object_object_add(object, "elements", json_elements(out->symbols, &elements));
	else
		put_elements(out, &elements);
	free(elements.bytes);
}

static void print_scalar(struct output *out, const struct loaded *loaded,
			 const struct unit_global *global, struct json_object *object)
{
	char *value = malloc(global->size);

	if (!value)
		return;
	loaded_scalar(loaded, global, value);
	if (object) {
		json_object_object_add(object, "value", json_value(out->symbols, global, value));
	} else {
		output_text(out, global->name);
		put_value(out, global, value);
	}
	free(value);
}

void globals_print(struct output *out, const struct loaded *loaded, bool json)
{
	for (unsigned i = 0; i < loaded->unit->globals.n; i++) {
		const struct unit_global *global = &loaded->unit->globals.v[i];
		struct json_object *object = NULL;

		if (!is_result(global))
			continue;
		if (json) {
			object = json_object_new_object();
			json_object_object_add(object, "type", json_object_new_string("global"));
			json_object_object_add(object, "name",
					       json_object_new_string(global->name));
		}
		if (global->is_array)
			print_array(out, global, loaded->map_fds[i], object);
		else
			print_scalar(out, loaded, global, object);
		if (object)
			json_line(out, object);
	}
}
