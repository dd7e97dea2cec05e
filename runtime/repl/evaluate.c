/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an input is, and who does it. */
#include <stdlib.h>
#include <string.h>

#include "runtime/repl/live.h"

bool evaluate_incomplete(struct live *live, const char *text)
{
	struct script_file *file;
	struct live_unit *unit;
	struct stmt *body;
	bool incomplete;

	if (command_is(live, text))
		return false;
	unit = unit_begin(live);
	incomplete = syntax_parse_input(&unit->compile.syntax,
					source_from_text(unit->arena, "<input>", text), &file,
					&body) == INPUT_INCOMPLETE;
	unit_end(unit);
	return incomplete;
}

/* Declarations join first, all at once; then the probes are armed in their order. */
static bool declare(struct live *live, const struct script_file *file, const struct source *source)
{
	struct item_list items = {0};
	bool ok = true;

	items_of_macros(&items, source);
	items_of_file(&items, file, source);
	if (items.n)
		ok = probes_declare(live, &items);
	item_list_release(&items);
	for (unsigned i = 0; ok && i < file->probes.n; i++) {
		struct range range = file->probes.v[i]->range;
		unsigned start = text_start(source, range.start);
		char *text = text_slice(source, start, range.end);

		ok = probes_add(live, text, source->name);
		free(text);
	}
	return ok;
}

static bool language(struct live *live, const char *text, const char *origin)
{
	struct live_unit *unit = unit_begin(live);
	struct source *source = source_from_text(unit->arena, origin, text);
	struct script_file *file;
	struct stmt *body;
	bool ok = true;

	switch (syntax_parse_input(&unit->compile.syntax, source, &file, &body)) {
	case INPUT_EMPTY:
		break;
	case INPUT_INCOMPLETE:
		say_error(live, "the input ends in the middle of something");
		ok = false;
		break;
	case INPUT_ERROR:
		say_diags(live, &unit->diags, NULL);
		ok = false;
		break;
	case INPUT_DECLARATIONS:
		ok = declare(live, file, source);
		break;
	case INPUT_STATEMENTS:
		ok = statement_run(live, text, origin);
		break;
	}
	unit_end(unit);
	return ok;
}

static enum input_kind kind_of(struct live *live, const char *text)
{
	struct live_unit *unit = unit_begin(live);
	struct script_file *file;
	struct stmt *body;
	enum input_kind kind = syntax_parse_input(&unit->compile.syntax,
						  source_from_text(unit->arena, "<input>", text),
						  &file, &body);

	unit_end(unit);
	return kind;
}

/* ---- several inputs ---------------------------------------------------------------------------- */

/* The next input of the text: whole lines. The lines before are there as empty ones, so that
 * positions are those in all. Malloc'ed; NULL: there is no more. */
static char *next_input(struct live *live, const char *text, size_t *at)
{
	char *input = malloc(strlen(text) + 2);
	size_t length = 0;

	if (!input)
		abort();
	for (size_t i = 0; i < *at; i++)
		if (text[i] == '\n')
			input[length++] = '\n';
	if (!text[*at]) {
		free(input);
		return NULL;
	}
	do {
		size_t line = strcspn(text + *at, "\n");

		memcpy(input + length, text + *at, line);
		length += line;
		input[length++] = '\n';
		input[length] = 0;
		*at += line + (text[*at + line] == '\n');
	} while (text[*at] && evaluate_incomplete(live, input));
	return input;
}

/* Whether it is more than a script: there are commands or statements between declarations. */
static bool is_mixed(struct live *live, const char *text)
{
	size_t at = 0;
	bool mixed = false;
	char *input;

	while (!mixed && (input = next_input(live, text, &at))) {
		mixed = command_is(live, input) || kind_of(live, input) == INPUT_STATEMENTS;
		free(input);
	}
	return mixed;
}

bool evaluate_all(struct live *live, const char *text, const char *origin)
{
	char *trimmed = text_trimmed(text), *input;
	bool one = !strchr(trimmed, '\n') ||
		   (!command_is(live, trimmed) && kind_of(live, trimmed) != INPUT_ERROR), ok = true;
	size_t at = 0;

	free(trimmed);
	if (one || !is_mixed(live, text))
		return evaluate(live, text, origin);
	while (ok && (input = next_input(live, text, &at))) {
		ok = evaluate(live, input, origin);
		free(input);
	}
	return ok;
}

/* ---- one --------------------------------------------------------------------------------------- */

bool evaluate(struct live *live, const char *text, const char *origin)
{
	bool ok = true;

	if (!command_run(live, text, &ok))
		ok = language(live, text, origin);
	if (live->terminal)
		live->interrupted = false; /* it is dealt with */
	live->failures += !ok;
	return ok;
}
