/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading the names of places.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/probes/process_place.h"

/* Where the lines begin: at the last ':' or '+' of the file part that a number or '*' follows. */
static const char *find_lines(const char *file)
{
	size_t tail = strlen(file);

	while (tail && (isdigit((unsigned char)file[tail - 1]) || strchr(",-*", file[tail - 1])))
		tail--;
	if (!tail || !file[tail] || (file[tail - 1] != ':' && file[tail - 1] != '+'))
		return NULL;
	return file + tail - 1;
}

static bool read_number(const char **at, int *number)
{
	char *end;
	long value;

	if (!isdigit((unsigned char)**at))
		return false;
	value = strtol(*at, &end, 10);
	*at = end;
	*number = value > 100000000 ? 100000000 : (int)value;
	return true;
}

static bool read_ranges(struct arena *arena, const char *at, struct source_place *place)
{
	do {
		struct line_range range;

		if (!read_number(&at, &range.first))
			return false;
		range.last = range.first;
		if (*at == '-') {
			at++;
			if (!read_number(&at, &range.last) || range.last < range.first)
				return false;
		}
		VEC_PUSH(arena, &place->lines, range);
	} while (*at++ == ',');
	return !at[-1];
}

static bool read_lines(struct arena *arena, const char *at, struct source_place *place)
{
	bool relative = *at == '+' || at[1] == '+';

	at += at[1] == '+' ? 2 : 1;
	if (!strcmp(at, "*")) {
		place->kind = LINE_ALL;
		return true;
	}
	place->kind = relative ? LINE_RELATIVE : LINE_ABSOLUTE;
	return read_ranges(arena, at, place);
}

bool source_place_parse(struct arena *arena, struct diags *diags, struct range range,
			const char *text, struct source_place *place)
{
	const char *at = strchr(text, '@'), *lines;
	size_t length;

	*place = (struct source_place){ .function = text };
	if (!*text) {
		diag_error(diags, range, "the name of the function is empty");
		return false;
	}
	if (!at)
		return true;
	place->function = at == text ? "*" : arena_strndup(arena, text, (size_t)(at - text));
	lines = find_lines(at + 1);
	length = lines ? (size_t)(lines - at - 1) : strlen(at + 1);
	if (length && lines && at[length] == ':') /* "f.c:+3" */
		length--, lines--;
	place->file = arena_strndup(arena, at + 1, length);
	if (!*place->file || (lines && !read_lines(arena, lines, place))) {
		diag_error(diags, range, "'%s' is not a place in source code", text);
		diag_help(diags, "write \"function@file.c\", \"function@file.c:123\", \":10-20\", "
			  "\":*\" or \"+3\"");
		return false;
	}
	return true;
}
