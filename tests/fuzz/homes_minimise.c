/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A failing script made shorter: lines and whole blocks are dropped while it fails as it did. */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/homes.h"

struct lines {
	const char **v;
	unsigned n;
};

struct search {
	struct arena *arena;
	bool (*fails)(void *context, const char *script);
	void *context;
};

static struct lines lines_split(struct arena *arena, const char *text)
{
	struct lines lines = {arena_alloc(arena, (strlen(text) + 1) * sizeof *lines.v), 0};

	while (*text) {
		size_t size = strcspn(text, "\n");

		lines.v[lines.n++] = arena_strndup(arena, text, size);
		text += size + (text[size] == '\n');
	}
	return lines;
}

/* The text without the lines from..to-1, and without the line `without` (or ~0u). */
static char *lines_join(struct arena *arena, const struct lines *lines, unsigned from, unsigned to,
			unsigned without)
{
	size_t size = 1;
	char *text, *end;
	unsigned i;

	for (i = 0; i < lines->n; i++)
		size += strlen(lines->v[i]) + 1;
	end = text = arena_alloc(arena, size);
	for (i = 0; i < lines->n; i++)
		if ((i < from || i >= to) && i != without)
			end = stpcpy(stpcpy(end, lines->v[i]), "\n");
	return text;
}

static bool opens(const char *line)
{
	size_t size = strlen(line);

	return size && line[size - 1] == '{';
}

static bool is_second(const char *line)
{
	line += strspn(line, "\t");
	return !strncmp(line, "else", 4) || !strncmp(line, "catch", 5);
}

/* After the line that closes the block which opens at `from`. */
static unsigned block_end(const struct lines *lines, unsigned from)
{
	unsigned depth = 0, i;

	for (i = from; i < lines->n; i++) {
		if (opens(lines->v[i]))
			depth++;
		else if (!strcmp(lines->v[i] + strspn(lines->v[i], "\t"), "}") && --depth == 0)
			return i + 1;
	}
	return lines->n;
}

/* Lines from..to-1 and `without` are dropped if the script fails all the same. */
static bool try_drop(struct search *search, struct lines *lines, unsigned from, unsigned to,
		     unsigned without)
{
	char *text;

	text = lines_join(search->arena, lines, from, to, without);
	if (!search->fails(search->context, text))
		return false;
	*lines = lines_split(search->arena, text);
	return true;
}

/* Drops what stands at line i: the statement, its else or catch, or only the block around it. */
static bool drop_at(struct search *search, struct lines *lines, unsigned i)
{
	unsigned end = block_end(lines, i);

	if (!opens(lines->v[i]))
		return try_drop(search, lines, i, i + 1, ~0u);
	if (end < lines->n && is_second(lines->v[end])) {
		if (try_drop(search, lines, i, block_end(lines, end), ~0u) ||
		    try_drop(search, lines, end - 1, block_end(lines, end), i))
			return true;
	}
	return try_drop(search, lines, i, end, ~0u) || try_drop(search, lines, end - 1, end, i);
}

/* Halves, quarters ... of the lines that stand at no depth: quick for large scripts. */
static void drop_runs(struct search *search, struct lines *lines)
{
	unsigned size, i;

	for (size = lines->n / 2; size > 1; size /= 2)
		for (i = 0; i + size <= lines->n;)
			if (!try_drop(search, lines, i, i + size, ~0u))
				i += size;
}

char *minimise_script(struct arena *arena, const char *script,
		      bool (*fails)(void *context, const char *script), void *context)
{
	struct search search = {arena, fails, context};
	struct lines lines = lines_split(arena, script);
	bool dropped = true;
	unsigned i;

	while (dropped) {
		dropped = false;
		drop_runs(&search, &lines);
		for (i = 0; i < lines.n;)
			if (drop_at(&search, &lines, i))
				dropped = true;
			else
				i++;
	}
	return lines_join(arena, &lines, 0, 0, ~0u);
}
