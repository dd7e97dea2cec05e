/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Readline's side of completion. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/readline.h>

#include "runtime/repl/complete.h"

/* Readline's callbacks have no context. */
static struct live *tab_live;

static void find(struct completion *completion)
{
	struct live *live = tab_live;
	char *text;

	if (asprintf(&text, "%s%s", live->begun ? live->begun : "", rl_line_buffer) < 0)
		abort();
	*completion = (struct completion){.live = live, .arena = arena_new(),
					  .files = files_get(live)};
	files_settle(completion->files);
	complete(completion, text,
		 strlen(text) - strlen(rl_line_buffer) + (size_t)rl_point);
	free(text);
}

/* Nothing but what we say ends a word: it is replaced as a whole. */
static char *word_break(void)
{
	return (char *)"";
}

static size_t common_prefix(const struct completion *completion)
{
	const char *first = completion->names.v[0];
	const char *last = completion->names.v[completion->names.n - 1];
	size_t length = 0;

	while (first[length] && first[length] == last[length])
		length++;
	return length;
}

/* For the list on the screen: only what follows the last dot, slash or arrow differs. */
static char **matches_of(const struct completion *completion, const char *before)
{
	char **matches = calloc(completion->names.n + 2, sizeof(*matches));

	if (!matches)
		abort();
	if (asprintf(&matches[0], "%s%.*s", before, (int)common_prefix(completion),
		     completion->names.v[0]) < 0)
		abort();
	for (unsigned i = 0; completion->names.n > 1 && i < completion->names.n; i++)
		matches[i + 1] = strdup(completion->names.v[i]);
	return matches;
}

/*
 * In callback mode readline lists a hundred thousand names without asking: no more than a screen
 * of them is shown, and how many more there are. (completion-query-items 0: all.)
 */
static void display(char **matches, int n, int longest)
{
	int rows, columns, shown = n;
	char *after;

	rl_get_screen_size(&rows, &columns);
	if (rl_completion_query_items > 0 && n >= rl_completion_query_items) {
		int across = columns / (longest + 2), down = rows - 3;

		shown = (across > 1 ? across : 1) * (down > 1 ? down : 1);
		shown = shown < n ? shown : n;
	}
	after = matches[shown + 1];
	matches[shown + 1] = NULL;
	rl_display_match_list(matches, shown, longest);
	matches[shown + 1] = after;
	if (shown < n)
		fprintf(rl_outstream, "... and %d more\n", n - shown);
	rl_forced_update_display();
}

static char **attempt(const char *text, int start, int end)
{
	struct completion completion;
	char **matches = NULL, *before;
	size_t before_line;

	(void)text;
	(void)end;
	rl_attempted_completion_over = 1;
	rl_completion_append_character = 0;
	find(&completion);
	before_line = tab_live->begun ? strlen(tab_live->begun) : 0;
	if (completion.names.n && completion.start >= before_line + (size_t)start) {
		before = strndup(rl_line_buffer + start,
				 completion.start - before_line - (size_t)start);
		matches = matches_of(&completion, before);
		free(before);
		if (completion.names.n == 1 && completion.in_string &&
		    completion.names.v[0][strlen(completion.names.v[0]) - 1] != '/')
			rl_completion_append_character = '"';
	}
	files_put(completion.files);
	arena_free(completion.arena);
	return matches;
}

void completion_answer(struct live *live, const char *text, size_t cursor)
{
	struct json_object *names = json_object_new_array();
	struct completion completion = {.live = live, .arena = arena_new(),
					.files = files_get(live)};

	files_settle(completion.files);
	complete(&completion, text, cursor);
	for (unsigned i = 0; i < completion.names.n; i++)
		json_object_array_add(names, json_object_new_string(completion.names.v[i]));
	answer_kind(live, "completion");
	answer_add(live, "start", json_object_new_int64((int64_t)completion.start));
	answer_add(live, "names", names);
	files_put(completion.files);
	arena_free(completion.arena);
}

void completion_start(struct live *live)
{
	tab_live = live;
	rl_attempted_completion_function = attempt;
	rl_completion_word_break_hook = word_break;
	rl_completion_display_matches_hook = display;
	rl_completer_quote_characters = NULL;
	rl_sort_completion_matches = 0;
}
