/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Feeds the push parser, reports what does not fit, and finds where to go on. */
#include <string.h>

#include "compiler/syntax/parse.h"
#include "compiler/syntax/grammar.tab.h"

enum { MAX_ERRORS = 100, SHOWN = 40 /* characters of a token in a message */ };

/* ---- errors ----------------------------------------------------------------------------- */

static const char *describe_token(struct parser *parser, const struct token *token)
{
	struct arena *arena = parser->syntax->arena;
	struct range at = token->origin.source ? token->origin : token->range;
	unsigned length = at.end - at.start;

	if (token->kind == TOKEN_END)
		return "the end of the script";
	if (token->kind == T_STRING)
		return "a string";
	if (token->kind == T_EMBEDDED)
		return "embedded C";
	if (length > SHOWN)
		return arena_printf(arena, "'%.*s...'", SHOWN, at.source->text + at.start);
	return arena_printf(arena, "'%.*s'", (int)length, at.source->text + at.start);
}

/* A word that stands where only declarations can stand. */
static void suggest_declaration(struct parser *parser)
{
	struct diags *diags = parser->syntax->diags;
	static const char *const words[] = {"probe", "function", "global", "private"};
	struct suggest suggest;
	unsigned i;

	suggest_start(&suggest, parser->current.text);
	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		suggest_offer(&suggest, words[i]);
	if (suggest_best(&suggest))
		suggest_help(&suggest, diags);
	else if (!parser->file->order.n)
		diag_help(diags, "statements belong in a handler: probe begin { ... }");
}

/* What is often meant by a token that does not fit. */
static void suggest_for(struct parser *parser, const char *expected)
{
	struct diags *diags = parser->syntax->diags;
	const struct token *token = &parser->current;

	if (parser->previous.kind == T_NAME && token->kind == T_NAME &&
	    foreign_help(diags, parser->previous.text))
		return;
	if (parser->context.in_point && context_parens(&parser->context)) {
		if (token->kind == T_NAME)
			diag_help(diags, "write it in quotes: \"%s\"", token->text);
	} else if (!parser->context.braces.n && !context_parens(&parser->context)) {
		if (token->kind == T_NAME && !foreign_help(diags, token->text))
			suggest_declaration(parser);
	} else if (token->kind == ',' && strstr(expected, "'in'")) {
		diag_help(diags, "several keys stand in brackets: foreach ([a, b] in array)");
	} else if (token->kind == ')' && !strcmp(expected, "';'")) {
		diag_help(diags, "write for (first; condition; next), or foreach (key in array)");
	} else if (!strcmp(expected, "'('") && parser->previous.kind != T_NAME) {
		diag_help(diags, "what follows '%s' stands in parentheses", parser->previous.text);
	} else if (token->kind == ':' && !*expected) {
		foreign_help(diags, "switch");
	}
}

static void note_origin(struct parser *parser)
{
	struct range origin = parser->current.origin;

	if (origin.source)
		diag_note(parser->syntax->diags, origin, "it comes from here");
}

void parse_report(struct parser *parser, const char *expected)
{
	struct token *token = &parser->current;
	struct diags *diags = parser->syntax->diags;

	if (token->kind != TOKEN_END)
		parser->at_end_only = false;
	parser->wants_value = strstr(expected, "an expression") != NULL;
	if (token->kind == T_ELSE && parser->half_skipped)
		return;
	parser->half_skipped = context_parens(&parser->context);
	if (parser->context.too_deep || parser->context.missing_braces ||
	    (token->kind == '}' && token->range.start == token->range.end) ||
	    (parser->context.misplaced && !parser->context.braces.n))
		return; /* said already */
	if (parser->string_unclosed) { /* it took the rest of its line */
		parser->string_unclosed = false;
		return;
	}
	if (*expected)
		diag_error(diags, token->range, "expected %s, found %s", expected,
			   describe_token(parser, token));
	else
		diag_error(diags, token->range, "unexpected %s",
			   token->kind == TOKEN_END ? "end of the script"
						    : describe_token(parser, token));
	suggest_for(parser, expected);
	note_origin(parser);
}

/* A token is kept for what comes next once: if it does not fit there either, it is dropped. */
static bool keep_token(struct parser *parser)
{
	bool first = parser->kept != parser->serial;

	parser->kept = parser->serial;
	if (!first && parser->current.kind == TOKEN_END)
		parser->stop = true;
	return first;
}

/* "x = {1, 2}": the braces are no block. */
static bool opens_group(struct parser *parser)
{
	return parser->current.kind == '{' && parser->wants_value;
}

bool parse_recover_statement(struct parser *parser)
{
	bool parens = context_parens(&parser->context);

	parser->skip_group = opens_group(parser);
	if (!parser->skip_group && !(parens && parser->current.kind == ';') &&
	    token_starts_statement(&parser->current) &&
	    (!token_starts_declaration(&parser->current) || parser->current.kind == TOKEN_END) &&
	    keep_token(parser)) {
		context_forget_parens(&parser->context);
		return false;
	}
	parser->skip_statement = true;
	return true;
}

bool parse_recover_declaration(struct parser *parser)
{
	if (token_starts_declaration(&parser->current) && keep_token(parser))
		return false;
	parser->skip_declaration = true;
	return true;
}

/* ---- feeding ---------------------------------------------------------------------------- */

static struct token next_token(struct parser *parser)
{
	if (parser->skip_declaration)
		context_skip_declaration(&parser->context);
	else if (parser->skip_group)
		context_skip_group(&parser->context);
	else if (parser->skip_statement)
		context_skip_statement(&parser->context);
	parser->skip_declaration = parser->skip_statement = parser->skip_group = false;
	return context_next(&parser->context);
}

static bool may_go_on(const struct parser *parser)
{
	return !parser->stop && !parser->context.too_deep &&
	       parser->syntax->diags->errors < MAX_ERRORS;
}

static void feed(struct parser *parser, int start)
{
	grammar_pstate *state = grammar_pstate_new();
	struct token first = context_next(&parser->context);
	struct range range = {first.range.source, 0, 0};
	GRAMMAR_STYPE value = {0};
	int status;

	if (!state) {
		diag_error(parser->syntax->diags, range, "out of memory");
		return;
	}
	status = grammar_push_parse(state, start, &value, &range, parser);
	parser->current = first;
	while (status == YYPUSH_MORE) {
		value.token = parser->current;
		range = parser->current.range;
		parser->serial++;
		parser->string_unclosed |= parser->current.kind == T_STRING &&
					   parser->current.error &&
					   tokens_unclosed(parser->context.tokens);
		status = grammar_push_parse(state, parser->current.kind, &value, &range, parser);
		if (!may_go_on(parser))
			break;
		if (status != YYPUSH_MORE)
			break;
		parser->previous = parser->current;
		parser->current = next_token(parser);
	}
	grammar_pstate_delete(state);
}

/* ---- entrances -------------------------------------------------------------------------- */

static bool check_text(struct syntax *syntax, const struct source *source)
{
	const char *nul = memchr(source->text, 0, source->length);
	struct range at = {source, 0, 0};

	if (!nul)
		return true;
	at.start = (unsigned)(nul - source->text);
	at.end = at.start + 1;
	diag_error(syntax->diags, at, "this is no script: it holds a NUL character");
	diag_help(syntax->diags, "is it a binary file?");
	return false;
}

static void parser_init(struct parser *parser, struct syntax *syntax, struct tokens *tokens,
			const struct source *source, bool interactive)
{
	memset(parser, 0, sizeof(*parser));
	parser->syntax = syntax;
	parser->file = ARENA_NEW(syntax->arena, struct script_file);
	parser->file->source = source;
	parser->at_end_only = true;
	context_init(&parser->context, syntax, tokens, interactive);
}

struct script_file *syntax_parse(struct syntax *syntax, const struct source *source)
{
	struct tokens *tokens;
	struct parser parser;

	parser_init(&parser, syntax, NULL, source, false);
	if (!check_text(syntax, source))
		return parser.file;
	tokens = parser.context.tokens = tokens_open(syntax, source, false);
	feed(&parser, T_START_FILE);
	tokens_close(tokens);
	if (!source->tapset && !syntax->diags->errors && !parser.file->order.n &&
	    !tokens_defined_macro(tokens))
		diag_error(syntax->diags, (struct range){source, 0, 0}, "the script is empty");
	return parser.file;
}

/* Did the input only lack its end? Then what was said about that is taken back. */
static bool is_incomplete(struct parser *parser, const struct diags *before)
{
	struct diags *diags = parser->syntax->diags;
	unsigned errors = diags->errors - before->errors;

	if (!errors || !parser->at_end_only || parser->context.wrong ||
	    tokens_wrong(parser->context.tokens))
		return false;
	if (!parser->context.incomplete && !tokens_incomplete(parser->context.tokens) &&
	    parser->current.kind != TOKEN_END)
		return false;
	diags->n = before->n;
	diags->errors = before->errors;
	return true;
}

static enum input_kind input_result(struct parser *parser, bool declarations,
				    struct script_file **file, struct stmt **body)
{
	if (declarations) {
		*file = parser->file;
		return INPUT_DECLARATIONS;
	}
	*body = parser->body;
	return INPUT_STATEMENTS;
}

enum input_kind syntax_parse_input(struct syntax *syntax, const struct source *source,
				   struct script_file **file, struct stmt **body)
{
	struct diags before = *syntax->diags;
	enum input_kind result;
	struct parser parser;
	const struct token *first;
	bool declarations;

	*file = NULL;
	*body = NULL;
	parser_init(&parser, syntax, NULL, source, true);
	if (!check_text(syntax, source))
		return INPUT_ERROR;
	parser.context.tokens = tokens_open(syntax, source, true);
	first = context_peek(&parser.context);
	declarations = first->kind == TOKEN_END ? tokens_defined_macro(parser.context.tokens)
						: token_starts_declaration(first);
	if (first->kind == TOKEN_END && !declarations && syntax->diags->errors == before.errors) {
		result = INPUT_EMPTY;
	} else {
		feed(&parser, declarations ? T_START_FILE : T_START_INPUT);
		if (is_incomplete(&parser, &before))
			result = INPUT_INCOMPLETE;
		else if (syntax->diags->errors > before.errors)
			result = INPUT_ERROR;
		else
			result = input_result(&parser, declarations, file, body);
	}
	tokens_close(parser.context.tokens);
	return result;
}
