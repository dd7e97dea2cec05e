/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How values look at the prompt: numbers as they are, strings quoted, arrays as tables, the
 * largest first, statistics as a line and a histogram.
 */
#include <bpf/bpf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/present/histogram.h"
#include "runtime/present/json.h"
#include "runtime/present/width.h"
#include "runtime/repl/live.h"
#include "runtime/symbols/fold.h"

void value_put_quoted(struct output *out, const char *text, size_t length)
{
	output_text(out, "\"");
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '"' || c == '\\')
			output_printf(out, "\\%c", c);
		else if (c == '\n')
			output_text(out, "\\n");
		else if (c == '\t')
			output_text(out, "\\t");
		else if (c < 32 || c == 127)
			output_printf(out, "\\%03o", c);
		else
			output_write(out, text + i, 1);
	}
	output_text(out, "\"");
}

void value_show_long(struct live *live, int64_t value)
{
	if (live->json)
		answer_add(live, "value", json_object_new_int64(value));
	else
		output_printf(live->out, "%" PRId64 "\n", value);
}

void value_show_string(struct live *live, const char *text, size_t length)
{
	text = symbols_expand(live->out->symbols, text, &length);
	if (live->json) {
		answer_add(live, "value", json_text(text, length));
		return;
	}
	value_put_quoted(live->out, text, length);
	output_text(live->out, "\n");
}

/* ---- statistics ------------------------------------------------------------------------------------ */

static int64_t average(const struct stat_cell *cell)
{
	return cell->count ? cell->sum / (int64_t)cell->count : 0;
}

static struct json_object *json_cell(const struct unit_hist *hist, const struct stat_cell *cell)
{
	struct json_object *object = json_stats(cell);

	json_add_buckets(object, hist, cell);
	return object;
}

void value_show_stats(struct live *live, const struct unit_hist *hist,
		      const struct stat_cell *cell, bool summary)
{
	struct output *out = live->out;

	if (live->json) {
		answer_add(live, "value", json_cell(hist, cell));
		return;
	}
	if (summary && !cell->count)
		output_text(out, "no values\n");
	if (!cell->count)
		return;
	if (summary)
		output_printf(out, "count %" PRIu64 "  min %" PRId64 "  avg %" PRId64
			      "  max %" PRId64 "  sum %" PRId64 "\n",
			      cell->count, cell->min, average(cell), cell->max, cell->sum);
	if (hist)
		histogram_print(out, hist, cell->buckets, out->elision);
}

static struct unit_hist hist_of(const struct unit_global *global)
{
	bool log = global->stat_ops & 1u << STAT_HIST_LOG;

	return (struct unit_hist){.op = log ? STAT_HIST_LOG : STAT_HIST_LINEAR,
				  .low = global->hist_low,
				  .high = global->hist_high,
				  .width = global->hist_width};
}

/* ---- the elements of an array ------------------------------------------------------------------------ */

enum { SEQUENCE_BYTES = 8 };

struct elements {
	const struct unit_global *global;
	char *bytes; /* keys and values, `stride` apart */
	unsigned n, capacity;
	size_t key_bytes, stride;
};

static char *element_new(struct elements *elements)
{
	if (elements->n == elements->capacity) {
		elements->capacity = elements->capacity ? 2 * elements->capacity : 64;
		elements->bytes = realloc(elements->bytes, elements->capacity * elements->stride);
		if (!elements->bytes)
			abort();
	}
	return elements->bytes + elements->n * elements->stride;
}

static const char *element_value(const struct elements *elements, const char *element)
{
	return element + elements->key_bytes + SEQUENCE_BYTES;
}

static int compare(const void *a, const void *b, void *data)
{
	const struct elements *elements = data;
	const char *left = element_value(elements, a), *right = element_value(elements, b);
	int64_t x, y;

	if (elements->global->type == TYPE_STRING)
		return strcmp(left, right);
	memcpy(&x, left, sizeof(x)); /* a long, or a cell's count */
	memcpy(&y, right, sizeof(y));
	if (x != y)
		return x < y ? 1 : -1;
	return memcmp(a, b, elements->global->key_bytes);
}

/* An array that others change is read as far as it goes: no key is followed twice. */
static void read_elements(struct live *live, const struct unit_global *global,
			  struct elements *elements)
{
	int fd = shared_maps_find(&live->maps, global->map);
	char *key = malloc(global->key_bytes + 1);
	bool first = true;

	fold_array(live->out->symbols, global, fd);
	*elements = (struct elements){.global = global, .key_bytes = ALIGN8(global->key_bytes)};
	elements->stride = elements->key_bytes + ALIGN8(global->value_bytes);
	while (fd >= 0 && elements->n < 2 * global->max_entries + 2) {
		char *next = element_new(elements);

		if (bpf_map_get_next_key(fd, first ? NULL : key, next))
			break;
		memcpy(key, next, global->key_bytes);
		first = false;
		if (bpf_map_lookup_elem(fd, next, next + elements->key_bytes) == 0)
			elements->n++;
	}
	free(key);
	if (elements->n)
		qsort_r(elements->bytes, elements->n, elements->stride, compare, elements);
}

unsigned value_elements(struct live *live, const struct live_global *global)
{
	struct elements elements;

	read_elements(live, &global->description, &elements);
	free(elements.bytes);
	return elements.n;
}

/* ---- tables -------------------------------------------------------------------------------------------- */

enum { MAX_COLUMNS = MAX_KEYS + 5, CELL_MOST = 4 * MAX_STRING + 3 };

struct table {
	unsigned columns, rows;
	bool right[MAX_COLUMNS];
	unsigned width[MAX_COLUMNS];
	char **cells;
};

static char *quoted(struct live *live, const char *text)
{
	size_t length = strlen(text);
	struct output memory = {.fd = -1, .capacity = CELL_MOST + OUTPUT_RESERVE};
	char *copy;

	memory.buffer = malloc(memory.capacity);
	if (!memory.buffer)
		abort();
	text = symbols_expand(live->out->symbols, text, &length);
	value_put_quoted(&memory, text, length);
	copy = strndup(memory.buffer, memory.length);
	free(memory.buffer);
	return copy;
}

static char *number(int64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64, value);
	return strdup(text);
}

static void put_cell(struct table *table, unsigned row, unsigned column, char *text, bool right)
{
	unsigned width = (unsigned)text_width(text, strlen(text));

	table->cells[row * table->columns + column] = text;
	table->right[column] = right;
	if (width > table->width[column])
		table->width[column] = width;
}

static void put_stat_cells(struct table *table, unsigned row, unsigned column,
			   const struct stat_cell *cell)
{
	const int64_t values[] = {(int64_t)cell->count, cell->count ? cell->min : 0, average(cell),
				  cell->count ? cell->max : 0, cell->sum};

	for (unsigned i = 0; i < 5; i++)
		put_cell(table, row, column + i, number(values[i]), true);
}

static void put_row(struct live *live, struct table *table, unsigned row, const struct elements *elements,
		    const char *element)
{
	const struct unit_global *global = elements->global;
	const char *value = element_value(elements, element);

	for (unsigned i = 0; i < global->n_keys; i++) {
		const char *member = element + global->key_offset[i];

		if (global->key_type[i] == TYPE_STRING)
			put_cell(table, row, i, quoted(live, member), false);
		else
			put_cell(table, row, i, number(*(const int64_t *)member), true);
	}
	if (global->type == TYPE_STATS)
		put_stat_cells(table, row, global->n_keys, (const struct stat_cell *)value);
	else if (global->type == TYPE_STRING)
		put_cell(table, row, global->n_keys, quoted(live, value), false);
	else
		put_cell(table, row, global->n_keys, number(*(const int64_t *)value), true);
}

static void put_header(struct table *table, const struct unit_global *global)
{
	static const char *const names[] = {"count", "min", "avg", "max", "sum"};

	for (unsigned i = 0; i < global->n_keys; i++)
		put_cell(table, 0, i, strdup(""), false);
	for (unsigned i = 0; i < 5; i++)
		put_cell(table, 0, global->n_keys + i, strdup(names[i]), true);
}

static void print_table(struct output *out, const struct table *table)
{
	for (unsigned row = 0; row < table->rows; row++) {
		for (unsigned column = 0; column < table->columns; column++) {
			const char *text = table->cells[row * table->columns + column];
			size_t width = text_width(text, strlen(text));
			size_t pad = table->width[column] > width ? table->width[column] - width : 0;
			bool last = column + 1 == table->columns;

			output_text(out, column ? "  " : "");
			if (table->right[column])
				output_pad(out, ' ', pad);
			output_text(out, text);
			if (!table->right[column] && !last)
				output_pad(out, ' ', pad);
		}
		output_text(out, "\n");
	}
}

/*
 * Columns that together are wider than the terminal: the widest of text is made narrower, and
 * what is longer in it stands out. So the rows of ordinary length stay on one line.
 */
static void fit_table(struct table *table, unsigned columns)
{
	enum { LEAST = 12 };

	for (;;) {
		unsigned all = 2 * (table->columns - 1), widest = 0;

		for (unsigned i = 0; i < table->columns; i++) {
			all += table->width[i];
			if (!table->right[i] && (table->right[widest] ||
						 table->width[i] > table->width[widest]))
				widest = i;
		}
		if (all <= columns || table->right[widest] || table->width[widest] <= LEAST)
			return;
		table->width[widest] -= table->width[widest] - LEAST < all - columns
						? table->width[widest] - LEAST : all - columns;
	}
}

static void show_array(struct live *live, const struct unit_global *global)
{
	bool stats = global->type == TYPE_STATS;
	struct elements elements;
	struct table table = {.columns = global->n_keys + (stats ? 5 : 1)};
	unsigned shown;

	read_elements(live, global, &elements);
	shown = live->rows && elements.n > live->rows ? live->rows : elements.n;
	table.rows = shown + stats;
	table.cells = calloc(table.rows * table.columns + 1, sizeof(*table.cells));
	if (!table.cells)
		abort();
	if (stats)
		put_header(&table, global);
	for (unsigned i = 0; i < shown; i++)
		put_row(live, &table, i + stats, &elements, elements.bytes + i * elements.stride);
	if (live->terminal)
		fit_table(&table, live->out->columns);
	if (elements.n)
		print_table(live->out, &table);
	else
		say(live, "%s is empty\n", global->name);
	if (shown < elements.n)
		say(live, "... %u more (set rows 0 shows all)\n", elements.n - shown);
	for (unsigned i = 0; i < table.rows * table.columns; i++)
		free(table.cells[i]);
	free(table.cells);
	free(elements.bytes);
}

/* ---- as JSON ------------------------------------------------------------------------------------------- */

static struct json_object *json_string(struct live *live, const char *text)
{
	size_t length = strlen(text);

	text = symbols_expand(live->out->symbols, text, &length);
	return json_text(text, length);
}

static struct json_object *json_value(struct live *live, const struct unit_global *global,
				      const void *value)
{
	struct unit_hist hist = hist_of(global);

	if (global->type == TYPE_STATS)
		return json_cell(&hist, value);
	if (global->type == TYPE_STRING)
		return json_string(live, value);
	return json_object_new_int64(*(const int64_t *)value);
}

static struct json_object *json_key(struct live *live, const struct unit_global *global,
				    const char *key)
{
	struct json_object *array = json_object_new_array();

	for (unsigned i = 0; i < global->n_keys; i++) {
		const char *member = key + global->key_offset[i];

		json_object_array_add(array, global->key_type[i] == TYPE_STRING
						     ? json_string(live, member)
						     : json_object_new_int64(
							       *(const int64_t *)member));
	}
	return array;
}

static struct json_object *json_array(struct live *live, const struct unit_global *global)
{
	struct json_object *array = json_object_new_array();
	struct elements elements;

	read_elements(live, global, &elements);
	for (unsigned i = 0; i < elements.n; i++) {
		const char *element = elements.bytes + i * elements.stride;
		struct json_object *object = json_object_new_object();

		json_object_object_add(object, "key", json_key(live, global, element));
		json_object_object_add(object, "value",
				       json_value(live, global, element_value(&elements, element)));
		json_object_array_add(array, object);
	}
	free(elements.bytes);
	return array;
}

struct json_object *value_json_global(struct live *live, const struct live_global *global)
{
	if (global->description.is_array)
		return json_array(live, &global->description);
	return json_value(live, &global->description,
			  (char *)live->maps.shared + global->description.offset);
}

/* ---- the whole ------------------------------------------------------------------------------------------- */

void value_show_global(struct live *live, const struct live_global *global)
{
	const struct unit_global *description = &global->description;
	const char *at = (const char *)live->maps.shared + description->offset;
	struct unit_hist hist = hist_of(description);

	if (live->json)
		answer_add(live, "value", value_json_global(live, global));
	else if (description->is_array)
		show_array(live, description);
	else if (description->type == TYPE_STATS)
		value_show_stats(live, &hist, (const struct stat_cell *)at, true);
	else if (description->type == TYPE_STRING)
		value_show_string(live, at, strlen(at));
	else
		value_show_long(live, *(const int64_t *)at);
}

char *value_type_text(const struct unit_global *global)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		abort();
	fputs(value_type_name(global->type), out);
	for (unsigned i = 0; i < global->n_keys; i++)
		fprintf(out, "%s%s", i ? ", " : " [", value_type_name(global->key_type[i]));
	if (global->is_array)
		fprintf(out, "], at most %u", global->max_entries);
	fclose(out);
	return text;
}
