/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One walk over the text: strings, braces, where the last probe point began. */
#include "runtime/repl/place.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

struct walk {
	const char *text;
	size_t cursor;
	bool in_string, in_comment;
	size_t string;      /* where the string begins, after the quote */
	bool in_points;     /* between `probe` and `{` */
	size_t points;      /* where the list of points, or the last one of it, begins */
	size_t first, body; /* of the last probe: its points, and where its body begins */
	int depth;          /* of braces */
};

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool keyword_at(const struct walk *walk, size_t at, const char *word)
{
	size_t length = strlen(word);

	return at + length <= walk->cursor && !strncmp(walk->text + at, word, length) &&
	       (at == 0 || !is_word(walk->text[at - 1])) && !is_word(walk->text[at + length]) &&
	       at + length < walk->cursor;
}

static size_t after_blanks(const struct walk *walk, size_t at)
{
	while (at < walk->cursor && isspace((unsigned char)walk->text[at]))
		at++;
	return at;
}

static void step_code(struct walk *walk, size_t at)
{
	switch (walk->text[at]) {
	case '"':
		walk->in_string = true;
		walk->string = at + 1;
		break;
	case '{':
		if (walk->in_points)
			walk->body = at;
		walk->in_points = false;
		walk->depth++;
		break;
	case '}':
		if (--walk->depth <= 0)
			walk->first = walk->body = 0;
		break;
	case ',':
	case '=':
		if (walk->in_points)
			walk->points = after_blanks(walk, at + 1);
		break;
	default:
		if (!walk->depth && keyword_at(walk, at, "probe")) {
			walk->in_points = true;
			walk->points = walk->first = after_blanks(walk, at + strlen("probe"));
		}
		break;
	}
}

static void walk_text(struct walk *walk, size_t from)
{
	for (size_t at = from; at < walk->cursor; at++) {
		char c = walk->text[at];

		if (walk->in_string) {
			if (c == '\\')
				at++;
			else if (c == '"')
				walk->in_string = false;
		} else {
			step_code(walk, at);
		}
	}
}

static void copy_text(char *to, const struct walk *walk, size_t from, size_t end)
{
	size_t length = end > from ? end - from : 0;

	if (length >= PLACE_TEXT)
		length = PLACE_TEXT - 1;
	memcpy(to, walk->text + from, length);
	to[length] = 0;
}

/* name("here: the name, and the point before it. False: a string that is no such argument. */
static bool find_component(const struct walk *walk, struct cursor_place *place)
{
	size_t end = walk->string - 1, start;

	while (end > walk->points && isspace((unsigned char)walk->text[end - 1]))
		end--;
	if (end <= walk->points || walk->text[end - 1] != '(')
		return false;
	start = --end;
	while (start > walk->points && is_word(walk->text[start - 1]))
		start--;
	if (end - start >= sizeof(place->component))
		return false;
	snprintf(place->component, sizeof(place->component), "%.*s", (int)(end - start),
		 walk->text + start);
	copy_text(place->point, walk, walk->points, start);
	return true;
}

/* Back over what can be part of a name, a $variable with its path, or a component. */
static size_t word_start(const struct walk *walk, size_t least)
{
	size_t at = walk->cursor;

	while (at > least) {
		char c = walk->text[at - 1];

		if (c == '>' && at - 1 > least && walk->text[at - 2] == '-')
			at -= 2;
		else if (is_word(c) || c == '$' || c == '@')
			at--;
		else
			break;
	}
	return at;
}

static void place_point(const struct walk *walk, struct cursor_place *place)
{
	size_t at = walk->cursor;

	while (at > walk->points && (is_word(walk->text[at - 1]) || walk->text[at - 1] == '*'))
		at--;
	place->kind = PLACE_POINT;
	place->word = at;
	copy_text(place->point, walk, walk->points, at);
}

/* Over what stands between parentheses, from behind the closing one to the opening one. */
static size_t opening(const char *text, size_t end, size_t least)
{
	int depth = 0;
	bool quoted = false;

	for (size_t at = end; at-- > least;) {
		quoted ^= text[at] == '"';
		if (quoted)
			continue;
		depth += (text[at] == ')') - (text[at] == '(');
		if (!depth)
			return at;
	}
	return least;
}

/* Whether what opens at `at` is an argument list of `name`. */
static bool is_call_of(const struct walk *walk, size_t at, const char *name)
{
	size_t length = strlen(name);

	return at >= length && !strncmp(walk->text + at - length, name, length);
}

/* @cast(pointer, "TYPE", "PROGRAM"), @var("NAME", "PROGRAM"): which string this is. */
static enum place_kind string_kind(const struct walk *walk)
{
	unsigned commas = 0;
	bool quoted = false;
	int depth = 0;

	for (size_t at = walk->string - 1; at-- > 0;) {
		char c = walk->text[at];

		quoted ^= c == '"';
		if (quoted)
			continue;
		depth += (c == ')') - (c == '(');
		commas += !depth && c == ',';
		if (depth >= 0)
			continue;
		if (is_call_of(walk, at, "@cast"))
			return commas == 1 ? PLACE_TYPE : commas == 2 ? PLACE_PROGRAM : PLACE_STRING;
		return is_call_of(walk, at, "@var") && commas == 1 ? PLACE_PROGRAM : PLACE_STRING;
	}
	return PLACE_STRING;
}

static void place_body(const struct walk *walk, struct cursor_place *place)
{
	if (walk->body > walk->first && walk->depth > 0)
		copy_text(place->point, walk, walk->first, walk->body);
}

static void place_string(const struct walk *walk, struct cursor_place *place)
{
	place->word = walk->string;
	place->kind = walk->in_points && find_component(walk, place) ? PLACE_ARGUMENT
								     : PLACE_STRING;
	if (place->kind != PLACE_STRING)
		return;
	place->kind = string_kind(walk);
	place_body(walk, place);
}

/* @cast(...)-> or @var(...)-> in front of what could be members. */
static void place_members(const struct walk *walk, struct cursor_place *place, size_t start)
{
	size_t at = place->word, open;

	if (at <= start || walk->text[at - 1] != ')' || strncmp(walk->text + at, "->", 2))
		return;
	open = opening(walk->text, at, start);
	if (!is_call_of(walk, open, "@cast") && !is_call_of(walk, open, "@var"))
		return;
	while (open > start && walk->text[open - 1] != '@')
		open--;
	copy_text(place->subject, walk, open - 1, at);
}

static void place_code(const struct walk *walk, struct cursor_place *place, size_t start)
{
	place->word = word_start(walk, start);
	place->kind = place->word == start ? PLACE_START : PLACE_CODE;
	place_body(walk, place);
	place_members(walk, place, start);
}

void cursor_place_find(struct cursor_place *place, const char *text, size_t cursor,
		       bool (*is_command)(const char *word, size_t length))
{
	struct walk walk = {.text = text, .cursor = cursor};
	size_t start = after_blanks(&walk, 0), end = start;

	*place = (struct cursor_place){.kind = PLACE_START};
	while (end < cursor && islower((unsigned char)text[end]))
		end++;
	if (end < cursor && isspace((unsigned char)text[end]) && end - start < 16 &&
	    is_command(text + start, end - start)) {
		snprintf(place->command, sizeof(place->command), "%.*s", (int)(end - start),
			 text + start);
		start = after_blanks(&walk, end);
		walk.in_points = !strcmp(place->command, "list") || !strcmp(place->command, "vars");
		walk.points = start;
	}
	walk_text(&walk, start);
	if (walk.in_string) {
		place_string(&walk, place);
	} else if (walk.in_points) {
		place_point(&walk, place);
	} else {
		place_code(&walk, place, start);
		if (*place->command)
			place->kind = PLACE_COMMAND;
	}
}
