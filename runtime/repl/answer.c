/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the session says. A person gets text; a program that asked with --json gets one object
 * for each input, in which the same text is a member.
 */
#include <stdlib.h>
#include <string.h>

#include "runtime/present/json.h"
#include "runtime/repl/live.h"

void answer_begin(struct live *live, struct json_object *id)
{
	if (!live->json)
		return;
	live->answer = json_object_new_object();
	json_object_object_add(live->answer, "type", json_object_new_string("answer"));
	if (id)
		json_object_object_add(live->answer, "id", json_object_get(id));
	json_object_object_add(live->answer, "ok", json_object_new_boolean(true));
}

void answer_end(struct live *live, bool ok)
{
	if (!live->answer)
		return;
	json_object_object_add(live->answer, "ok", json_object_new_boolean(ok));
	json_line(live->out, live->answer);
	live->answer = NULL;
}

void answer_kind(struct live *live, const char *kind)
{
	if (live->answer)
		json_object_object_add(live->answer, "kind", json_object_new_string(kind));
}

void answer_add(struct live *live, const char *name, struct json_object *value)
{
	if (live->answer)
		json_object_object_add(live->answer, name, value);
	else
		json_object_put(value);
}

/* A global that lost its data: a member of the list "reset". */
void answer_reset(struct live *live, const char *name)
{
	struct json_object *array;

	if (!live->answer)
		return;
	if (!json_object_object_get_ex(live->answer, "reset", &array)) {
		array = json_object_new_array();
		json_object_object_add(live->answer, "reset", array);
	}
	json_object_array_add(array, json_object_new_string(name));
}

static void add_text(struct live *live, const char *member, const char *text)
{
	struct json_object *old = NULL;
	struct output *out = live->out;
	char *all;

	if (!live->answer) {
		if (live->json)
			json_message(out, "note", text, NULL, NULL);
		else
			output_text(out, text);
		return;
	}
	json_object_object_get_ex(live->answer, member, &old);
	if (asprintf(&all, "%s%s", old ? json_object_get_string(old) : "", text) < 0)
		abort();
	json_object_object_add(live->answer, member, json_object_new_string(all));
	free(all);
}

void say(struct live *live, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		abort();
	va_end(args);
	add_text(live, "text", text);
	free(text);
}

/* To the screen where it is one; else to stderr, after what went before. */
static void put_error(struct live *live, const char *text)
{
	if (live->json) {
		add_text(live, "error", text);
	} else if (live->terminal) {
		output_text(live->out, text);
	} else {
		output_flush(live->out);
		fputs(text, stderr);
	}
}

void say_error(struct live *live, const char *format, ...)
{
	va_list args;
	char *text, *line;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		abort();
	va_end(args);
	if (asprintf(&line, "%serror:%s %s\n", live->color ? "\033[1;31m" : "",
		     live->color ? "\033[0m" : "", text) < 0)
		abort();
	put_error(live, line);
	free(line);
	free(text);
}

/* ---- diagnostics ------------------------------------------------------------------------------------ */

static bool is_wanted(const struct diag *diag, const struct source *only)
{
	return !only || diag->level == DIAG_ERROR || !diag->range.source ||
	       diag->range.source == only;
}

static struct json_object *json_diag(const struct diag *diag)
{
	static const char *const levels[] = {"error", "warning", "note"};
	struct json_object *object = json_object_new_object();
	unsigned line, column;

	json_object_object_add(object, "level", json_object_new_string(levels[diag->level]));
	json_object_object_add(object, "message", json_object_new_string(diag->message));
	if (diag->help)
		json_object_object_add(object, "help", json_object_new_string(diag->help));
	if (!diag->range.source)
		return object;
	source_position(diag->range.source, diag->range.start, &line, &column);
	json_object_object_add(object, "source", json_object_new_string(diag->range.source->name));
	json_object_object_add(object, "line", json_object_new_int64(line));
	json_object_object_add(object, "column", json_object_new_int64(column));
	json_object_object_add(object, "length",
			       json_object_new_int64(diag->range.end - diag->range.start));
	return object;
}

static void add_json(struct live *live, const struct diags *diags)
{
	struct json_object *array;

	if (!json_object_object_get_ex(live->answer, "diagnostics", &array)) {
		array = json_object_new_array();
		json_object_object_add(live->answer, "diagnostics", array);
	}
	for (unsigned i = 0; i < diags->n; i++)
		json_object_array_add(array, json_diag(&diags->v[i]));
}

static void print_diags(struct live *live, const struct diags *diags)
{
	char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);

	if (!stream)
		abort();
	diags_print(diags, stream, live->color);
	fclose(stream);
	put_error(live, text);
	free(text);
}

void say_diags(struct live *live, const struct diags *diags, const struct source *only)
{
	struct diags wanted = *diags;

	wanted.n = 0;
	wanted.v = calloc(diags->n + 1, sizeof(*wanted.v));
	if (!wanted.v)
		abort();
	for (unsigned i = 0; i < diags->n; i++)
		if (is_wanted(&diags->v[i], only))
			wanted.v[wanted.n++] = diags->v[i];
	if (wanted.n && live->answer)
		add_json(live, &wanted);
	else if (wanted.n)
		print_diags(live, &wanted);
	free(wanted.v);
}
