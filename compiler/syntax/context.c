/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between the preprocessor and the grammar: what a token is depends on where it stands. Adjacent
 * string literals become one; in a probe point, "sys*" is one word; after a "." or "->" a keyword
 * is a name; "{" opens alternatives, or the body. Braces that are left open are closed before the
 * next declaration, so that one mistake stays one message.
 */
#include <string.h>

#include "compiler/syntax/token.h"
#include "compiler/syntax/grammar.tab.h"

void context_init(struct context *context, struct syntax *syntax, struct tokens *tokens,
		  bool interactive)
{
	memset(context, 0, sizeof(*context));
	context->syntax = syntax;
	context->tokens = tokens;
	context->interactive = interactive;
}

static struct token *peek(struct context *context, unsigned at)
{
	while (context->n_ahead <= at)
		context->ahead[context->n_ahead++] = tokens_next(context->tokens);
	return &context->ahead[at];
}

const struct token *context_peek(struct context *context)
{
	return peek(context, 0);
}

static struct token take(struct context *context)
{
	struct token token = *peek(context, 0);

	context->n_ahead--;
	memmove(context->ahead, context->ahead + 1, context->n_ahead * sizeof(*context->ahead));
	return token;
}

/* ---- words ------------------------------------------------------------------------------ */

static bool is_word(int kind)
{
	return kind >= T_NAME && kind <= T_LIMIT; /* the keywords lie between */
}

struct text {
	VEC(char);
};

static void append(struct context *context, struct text *text, const char *more, unsigned length)
{
	struct arena *arena = context->syntax->arena;

	while (text->n + length + 1 > text->capacity)
		text->v = arena_grow(arena, text->v, &text->capacity, 1);
	memcpy(text->v + text->n, more, length);
	text->n += length;
	text->v[text->n] = 0;
}

static void join_strings(struct context *context, struct token *first)
{
	struct text text = {0};
	struct token next;

	if (peek(context, 0)->kind != T_STRING)
		return;
	append(context, &text, first->text, first->length);
	while (peek(context, 0)->kind == T_STRING) {
		next = take(context);
		append(context, &text, next.text, next.length);
		first->range = range_join(first->range, next.range);
	}
	first->text = text.v;
	first->length = text.n;
}

static bool is_glob_part(const struct token *token)
{
	return is_word(token->kind) || token->kind == '*' || token->kind == T_NUMBER;
}

/* Does the next token go on with the word before it? A "?" at the end of a word does not. */
static bool continues_word(struct context *context)
{
	const struct token *next = peek(context, 0);

	if (next->space_before)
		return false;
	if (next->kind == '?')
		return !peek(context, 1)->space_before && is_glob_part(peek(context, 1));
	return is_glob_part(next);
}

static void append_token(struct context *context, struct text *text, const struct token *token)
{
	char sign = (char)token->kind;

	if (token->kind == '*' || token->kind == '?')
		append(context, text, &sign, 1);
	else
		append(context, text, token->text, token->length);
}

static void join_word(struct context *context, struct token *first)
{
	struct text text = {0};
	struct token next;

	first->error = NULL;
	if (first->kind != '*' && !continues_word(context)) {
		first->kind = T_NAME;
		return;
	}
	append_token(context, &text, first);
	while (continues_word(context)) {
		next = take(context);
		append_token(context, &text, &next);
		first->range = range_join(first->range, next.range);
	}
	first->kind = T_NAME;
	first->text = text.v;
	first->length = text.n;
}

/* ---- probe points ----------------------------------------------------------------------- */

static bool expects_word(const struct context *context)
{
	switch (context->last) {
	case '.':
	case T_GROUP_OPEN:
		return true;
	case ',':
		return context->groups > 0;
	default:
		return false;
	}
}

static bool opens_group(struct context *context)
{
	switch (context->last) {
	case '.':
	case ',':
	case '=':
	case T_PROBE:
	case T_ADD_ASSIGN:
	case T_GROUP_OPEN:
		return true;
	default:
		return peek(context, 0)->kind == '.' && peek(context, 1)->kind != '.';
	}
}

static void adjust_point_brace(struct context *context, struct token *token)
{
	if (token->kind == '}' && context->groups) {
		token->kind = T_GROUP_CLOSE;
		context->groups--;
	} else if (token->kind == '{' && opens_group(context)) {
		token->kind = T_GROUP_OPEN;
		context->groups++;
	} else {
		context->in_point = false;
	}
}

static bool is_point_word(const struct context *context, const struct token *token)
{
	if (token->kind == T_NAME || token->kind == T_LIMIT || token->kind == '*')
		return true;
	return expects_word(context) && (is_word(token->kind) || token->kind == T_NUMBER);
}

static void adjust_in_point(struct context *context, struct token *token)
{
	if (token->kind == '(') {
		context->point_parens++;
	} else if (context->point_parens) {
		context->point_parens -= token->kind == ')';
	} else if (token->kind == '{' || token->kind == '}') {
		adjust_point_brace(context, token);
	} else if (is_point_word(context, token)) {
		join_word(context, token);
	}
}

/* ---- everywhere else -------------------------------------------------------------------- */

/* After these a keyword is a name. */
static bool is_member(const struct context *context)
{
	return context->last == T_ARROW || context->last == T_DOT || context->last == '.';
}

/* "->b.c" with nothing around the dot: a member. "a . b": a concatenation. */
static void adjust_dot(struct context *context, struct token *token)
{
	if (!context->after_pretty && !token->space_before && is_word(peek(context, 0)->kind) &&
	    !peek(context, 0)->space_before && peek(context, 1)->kind != '(')
		token->kind = T_DOT;
}

static void adjust(struct context *context, struct token *token)
{
	if (token->kind == T_STRING)
		join_strings(context, token);
	if (context->in_point)
		adjust_in_point(context, token);
	if (token->kind == T_PROBE && (context->in_point || !is_member(context))) {
		context->in_point = true;
		context->point_parens = context->groups = 0;
		return;
	}
	if (context->in_point && !context->point_parens)
		return;
	if (token->kind == '.')
		adjust_dot(context, token);
	else if (is_word(token->kind) && is_member(context))
		token->kind = T_NAME;
}

/* ---- braces ----------------------------------------------------------------------------- */

bool token_starts_declaration(const struct token *token)
{
	switch (token->kind) {
	case T_PROBE:
	case T_FUNCTION:
	case T_GLOBAL:
	case T_PRIVATE:
	case TOKEN_END:
		return true;
	default:
		return false;
	}
}

bool token_starts_statement(const struct token *token)
{
	switch (token->kind) {
	case ';':
	case '{':
	case '}':
	case T_IF:
	case T_WHILE:
	case T_FOR:
	case T_FOREACH:
	case T_RETURN:
	case T_DELETE:
	case T_BREAK:
	case T_CONTINUE:
	case T_NEXT:
	case T_TRY:
		return true;
	case T_NAME:
	case T_DOLLAR:
	case T_EMBEDDED:
		return token->line_start;
	default:
		return token_starts_declaration(token);
	}
}

static const char *describe_declaration(const struct token *token)
{
	return token->kind == TOKEN_END ? "the end of the script"
	       : token->text            ? token->text
					: "this";
}

/* Not the first thing on its line, or not at the line's beginning. */
static bool is_indented(const struct token *token)
{
	struct range at = token->range;

	return at.source && at.start && at.source->text[at.start - 1] != '\n';
}

/* A declaration, or the end, inside a body: the closing braces that are missing come first. */
static bool supply_braces(struct context *context, const struct token *token)
{
	struct diags *diags = context->syntax->diags;

	if (token_starts_declaration(token) && !is_indented(token))
		context->misplaced = false;
	if (!context->missing_braces) {
		if (!context->braces.n || !token_starts_declaration(token))
			return false;
		if (token->kind == TOKEN_END)
			context->incomplete = true;
		if (token->kind != TOKEN_END || !tokens_unclosed(context->tokens)) {
			diag_error(diags, token->range, "expected '}' before %s",
				   describe_declaration(token));
			diag_note(diags, context->braces.v[context->braces.n - 1],
				  "this '{' is not closed");
			if (token->kind != TOKEN_END && is_indented(token))
				diag_help(diags, "or does it stand in the wrong place? Declarations "
						 "are made outside of handlers and functions");
			context->misplaced = token->kind != TOKEN_END && is_indented(token);
		}
		context->missing_braces = context->braces.n;
	}
	context->missing_braces--;
	context->braces.n--;
	return true;
}

static void count_nesting(struct context *context, const struct token *token)
{
	switch (token->kind) {
	case '{':
		VEC_PUSH(context->syntax->arena, &context->braces, token->range);
		/* fall through */
	case '(':
	case '[':
	case T_GROUP_OPEN:
		if (++context->nesting <= MAX_NESTING)
			break;
		diag_error(context->syntax->diags, token->range,
			   "nested too deeply: at most %d levels are possible", MAX_NESTING);
		context->too_deep = true;
		break;
	case '}':
		if (context->braces.n)
			context->braces.n--;
		/* fall through */
	case ')':
	case ']':
	case T_GROUP_CLOSE:
		if (context->nesting)
			context->nesting--;
		break;
	}
}

/* $$vars and $x$ are strings: a dot after them cannot lead to a member. */
static bool ends_pretty(const struct token *token)
{
	if (token->kind == T_PRETTY)
		return true;
	if (token->kind != T_DOLLAR && token->kind != T_NAME)
		return false;
	return *token->text == '$' || (token->length && token->text[token->length - 1] == '$');
}

static bool closes_nothing(struct context *context, const struct token *token)
{
	if (token->kind != '}' || context->braces.n)
		return false;
	if (context->misplaced)
		return true;
	diag_error(context->syntax->diags, token->range, "this '}' closes nothing");
	context->wrong = true;
	return true;
}

struct token context_next(struct context *context)
{
	struct token token = *peek(context, 0);

	if (!context->in_point && !is_member(context) && supply_braces(context, &token)) {
		token.range.end = token.range.start;
		token.kind = '}';
		context->nesting = context->braces.n;
		return token;
	}
	token = take(context);
	adjust(context, &token);
	while (closes_nothing(context, &token)) {
		token = take(context);
		adjust(context, &token);
	}
	count_nesting(context, &token);
	if (token.kind == T_NUMBER && token.error)
		diag_error(context->syntax->diags, token.range, "%s", token.error);
	context->last = token.kind;
	context->after_pretty = ends_pretty(&token);
	return token;
}

/* ---- after an error --------------------------------------------------------------------- */

static void skip_to(struct context *context, bool (*stop)(const struct token *token))
{
	struct token token;

	context->in_point = false;
	while (!context->too_deep) {
		if (stop(peek(context, 0)) &&
		    !(is_word(peek(context, 0)->kind) && is_member(context)))
			return;
		token = take(context);
		count_nesting(context, &token);
		context->last = token.kind;
	}
}

/* Up to the end of the parentheses that are open. */
static void skip_parens(struct context *context)
{
	while (context->nesting > context->braces.n && !context->too_deep) {
		const struct token *next = peek(context, 0);
		struct token token;

		if (next->kind != ';' && token_starts_statement(next))
			return;
		token = take(context);
		count_nesting(context, &token);
		context->last = token.kind;
	}
}

static bool may_follow(const struct token *token)
{
	return token->kind == T_NAME || token_starts_statement(token);
}

void context_skip_statement(struct context *context)
{
	if (context_parens(context)) {
		skip_parens(context);
		if (may_follow(peek(context, 0))) {
			context->nesting = context->braces.n;
			return;
		}
	}
	skip_to(context, token_starts_statement);
	context->nesting = context->braces.n;
}

bool context_parens(const struct context *context)
{
	return context->nesting > context->braces.n;
}

void context_forget_parens(struct context *context)
{
	context->nesting = context->braces.n;
}

void context_skip_group(struct context *context)
{
	unsigned outside = context->braces.n;

	while (context->braces.n >= outside && outside && !context->too_deep) {
		struct token token;

		if (token_starts_declaration(peek(context, 0)))
			return;
		token = take(context);
		count_nesting(context, &token);
		context->last = token.kind;
	}
	context_skip_statement(context);
}

void context_skip_declaration(struct context *context)
{
	skip_to(context, token_starts_declaration);
	context->braces.n = context->nesting = 0;
}
