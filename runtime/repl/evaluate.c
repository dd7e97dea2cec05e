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

/*
 * A script is one input; several inputs, one after another, are taken line by line as if they
 * had been typed.
 */
static bool is_one_input(struct live *live, const char *text)
{
	struct live_unit *unit;
	struct script_file *file;
	struct stmt *body;
	enum input_kind kind;

	if (!strchr(text, '\n') || command_is(live, text))
		return !strchr(text, '\n');
	unit = unit_begin(live);
	kind = syntax_parse_input(&unit->compile.syntax,
				  source_from_text(unit->arena, "<input>", text), &file, &body);
	unit_end(unit);
	return kind != INPUT_ERROR;
}

bool evaluate_all(struct live *live, const char *text, const char *origin)
{
	char *input = strdup(""), *trimmed = text_trimmed(text);
	bool ok = true, one = is_one_input(live, trimmed);
	unsigned lines = 0;

	free(trimmed);
	if (one) {
		free(input);
		return evaluate(live, text, origin);
	}
	while (ok && *text) {
		size_t length = strcspn(text, "\n");
		char *more;

		/* The lines before are empty ones, so that positions are those in the whole. */
		if (asprintf(&more, "%s%.*s\n", input, (int)length, text) < 0)
			abort();
		free(input);
		input = more;
		text += length + (text[length] == '\n');
		lines++;
		if (*text && evaluate_incomplete(live, input))
			continue;
		ok = evaluate(live, input, origin);
		input = realloc(input, lines + 1);
		if (!input)
			abort();
		memset(input, '\n', lines);
		input[lines] = 0;
	}
	free(input);
	return ok;
}

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
