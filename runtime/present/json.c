/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of JSON. */
#include "runtime/present/json.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/present/histogram.h"

/* The length of the UTF-8 sequence at `text`, 0: none. */
static size_t sequence(const unsigned char *text, size_t left)
{
	static const unsigned least[5] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n = text[0] < 0x80   ? 1
		   : text[0] < 0xc0 ? 0
		   : text[0] < 0xe0 ? 2
		   : text[0] < 0xf0 ? 3
		   : text[0] < 0xf8 ? 4
				    : 0;
	unsigned code;

	if (n < 2 || n > left)
		return n == 1 ? 1 : 0;
	code = text[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (text[i] & 0x3f);
	}
	return code < least[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? 0 : n;
}

struct json_object *json_text(const char *text, size_t length)
{
	char *clean = malloc(3 * length + 1), *to = clean;
	struct json_object *object;

	for (size_t i = 0; clean && i < length;) {
		size_t n = sequence((const unsigned char *)text + i, length - i);

		memcpy(to, n ? text + i : "\xef\xbf\xbd", n ? n : 3);
		to += n ? n : 3;
		i += n ? n : 1;
	}
	object = json_object_new_string_len(clean ? clean : "", (int)(clean ? to - clean : 0));
	free(clean);
	return object;
}

void json_line(struct output *out, struct json_object *object)
{
	output_text(out, json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
								     JSON_C_TO_STRING_NOSLASHESCAPE));
	output_write(out, "\n", 1);
	json_object_put(object);
}

static struct json_object *typed(const char *type)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "type", json_object_new_string(type));
	return object;
}

void json_print(struct output *out, const char *text, size_t length)
{
	struct json_object *object = typed("print");

	json_object_object_add(object, "text", json_text(text, length));
	json_line(out, object);
}

void json_message(struct output *out, const char *kind, const char *text, const char *position,
		  const char *probe)
{
	struct json_object *object = typed(kind);

	json_object_object_add(object, "message", json_text(text, strlen(text)));
	if (position)
		json_object_object_add(object, "position", json_text(position, strlen(position)));
	if (probe)
		json_object_object_add(object, "probe", json_text(probe, strlen(probe)));
	json_line(out, object);
}

static void add_stats(struct json_object *object, const struct stat_cell *cell)
{
	json_object_object_add(object, "count", json_object_new_int64((int64_t)cell->count));
	json_object_object_add(object, "sum", json_object_new_int64(cell->sum));
	if (!cell->count)
		return;
	json_object_object_add(object, "min", json_object_new_int64(cell->min));
	json_object_object_add(object, "max", json_object_new_int64(cell->max));
}

struct json_object *json_stats(const struct stat_cell *cell)
{
	struct json_object *object = json_object_new_object();

	add_stats(object, cell);
	return object;
}

void json_add_buckets(struct json_object *object, const struct unit_hist *hist,
		      const struct stat_cell *cell)
{
	struct json_object *buckets = json_object_new_array();

	for (unsigned i = 0; hist && i < histogram_buckets(hist); i++) {
		struct json_object *bucket;

		if (!cell->buckets[i])
			continue;
		bucket = json_object_new_object();
		json_object_object_add(bucket, "from",
				       json_object_new_int64(histogram_bound(hist, i)));
		json_object_object_add(bucket, "count",
				       json_object_new_int64((int64_t)cell->buckets[i]));
		json_object_array_add(buckets, bucket);
	}
	json_object_object_add(object, "buckets", buckets);
}

void json_histogram(struct output *out, const struct unit_hist *hist,
		    const struct stat_cell *cell)
{
	struct json_object *object = typed("histogram");

	json_object_object_add(object, "op",
			       json_object_new_string(hist->op == STAT_HIST_LOG ? "hist_log"
										: "hist_linear"));
	add_stats(object, cell);
	json_add_buckets(object, hist, cell);
	json_line(out, object);
}
