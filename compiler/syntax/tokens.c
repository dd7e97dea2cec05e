/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The preprocessor: a stream of tokens in which conditionals are decided, macros expanded and
 * the script's arguments pasted. A part that is not taken is skipped unread, whatever is in it.
 *
 * A token that an expansion makes shows the place of the macro's use as its range, and keeps
 * its own place in `origin`.
 */
#include <string.h>

#include "compiler/syntax/macro.h"
#include "compiler/syntax/condition.h"
#include "compiler/syntax/grammar.tab.h"

enum { MAX_EXPANSION = 2000000 /* tokens */, MAX_CONDITIONALS = 200 };

/* A macro's body or one of its arguments, being read. */
struct frame {
	const struct token *v;
	unsigned n, at;
	bool is_body;
	struct range use;			/* is_body: where the macro was used */
	const struct environment *environment; /* is_body */
	bool space_before, line_start;		/* of the first token */
};

/* The arguments of one use of a macro; `outer`: of the macro in whose body it is used. */
struct environment {
	const struct macro *macro;
	const struct token_vec *arguments;
	const struct environment *outer;
};

struct conditional {
	struct range range;
};

struct tokens {
	struct syntax *syntax;
	struct scanner *scanner;
	const struct source *source;
	struct macro_table local, prelude;
	struct {
		VEC(struct frame);
	} frames;
	struct {
		VEC(struct conditional);
	} conditionals; /* whose taken part is being read */
	unsigned conditions; /* being read, one within the other */
	unsigned expanded;
	bool interactive, incomplete, wrong, unclosed, defined_macro, stop;
};

static struct arena *arena_of(struct tokens *tokens)
{
	return tokens->syntax->arena;
}

static struct diags *diags_of(struct tokens *tokens)
{
	return tokens->syntax->diags;
}

/* ---- the raw stream --------------------------------------------------------------------- */

static struct token end_token(struct tokens *tokens)
{
	unsigned end = (unsigned)tokens->source->length;

	return (struct token){.kind = TOKEN_END, .range = {tokens->source, end, end}};
}

static struct token frame_next(struct frame *frame)
{
	struct token token = frame->v[frame->at];

	token.line_start = false;
	if (!frame->at++) {
		token.space_before = frame->space_before;
		token.line_start = frame->line_start;
	}
	if (!frame->is_body)
		return token;
	if (!token.origin.source)
		token.origin = token.range;
	token.range = frame->use;
	token.environment = frame->environment;
	return token;
}

struct token tokens_raw(struct tokens *tokens)
{
	struct frame *frame;

	while (tokens->frames.n && !tokens->stop) {
		frame = &tokens->frames.v[tokens->frames.n - 1];
		if (frame->at == frame->n) {
			tokens->frames.n--;
			continue;
		}
		if (++tokens->expanded == MAX_EXPANSION) {
			diag_error(diags_of(tokens), frame->v[frame->at].range,
				   "macros expand to too much text");
			tokens->stop = true;
		}
		return frame_next(frame);
	}
	return tokens->stop ? end_token(tokens) : scanner_next(tokens->scanner);
}

static void push_frame(struct tokens *tokens, struct frame frame)
{
	if (frame.n)
		VEC_PUSH(arena_of(tokens), &tokens->frames, frame);
}

/* ---- $1 @1 $# @# ------------------------------------------------------------------------ */

static struct token string_token(struct token token, const char *text)
{
	token.kind = T_STRING;
	token.text = text;
	token.length = (unsigned)strlen(text);
	return token;
}

static struct token number_token(struct tokens *tokens, struct token token, unsigned number)
{
	token.kind = T_NUMBER;
	token.number = number;
	token.text = arena_printf(arena_of(tokens), "%u", number);
	token.length = (unsigned)strlen(token.text);
	return token;
}

/* The text of an argument is scanned anew; its tokens stand where the "$1" stands. */
static void paste_argument(struct tokens *tokens, struct token use, const char *text)
{
	struct source *source = source_from_text(arena_of(tokens), "<argument>", text);
	struct scanner *scanner = scanner_open(arena_of(tokens), source);
	struct token_vec pasted = {0};
	struct token token;

	for (token = scanner_next(scanner); token.kind; token = scanner_next(scanner)) {
		if (token.kind >= TOKEN_ARGUMENT && token.kind <= TOKEN_ARGUMENT_COUNT_STRING) {
			token.kind = TOKEN_ERROR;
			token.error = "an argument cannot refer to arguments";
		}
		token.origin = token.range;
		token.range = use.range;
		VEC_PUSH(arena_of(tokens), &pasted, token);
	}
	scanner_close(scanner);
	push_frame(tokens, (struct frame){
				   .v = pasted.v,
				   .n = pasted.n,
				   .space_before = use.space_before,
				   .line_start = use.line_start,
			   });
}

const char *tokens_argument(struct tokens *tokens, int64_t number)
{
	const struct syntax_options *options = tokens->syntax->options;

	if (number < 1 || number > options->n_args)
		return NULL;
	return options->args[number - 1];
}

static void report_no_argument(struct tokens *tokens, const struct token *token)
{
	unsigned n = tokens->syntax->options->n_args;

	diag_error(diags_of(tokens), token->range,
		   n ? "there is no argument %d: the script was given %u"
		     : "there is no argument %d: the script was given none",
		   (int)token->number, n);
	if (token->number < 1)
		diag_help(diags_of(tokens), "the first argument is $1");
	else
		diag_help(diags_of(tokens), "arguments follow the script on the command line; "
				    "'%%( $# >= %d %%? ... %%: ... %%)' asks for their number",
			  (int)token->number);
}

/* Replaces an argument token; false when what it stands for is in a frame now, or nothing. */
static bool expand_argument(struct tokens *tokens, struct token *token)
{
	const char *text;

	if (token->kind == TOKEN_ARGUMENT_COUNT) {
		*token = number_token(tokens, *token, tokens->syntax->options->n_args);
		return true;
	}
	if (token->kind == TOKEN_ARGUMENT_COUNT_STRING) {
		text = arena_printf(arena_of(tokens), "%u", tokens->syntax->options->n_args);
		*token = string_token(*token, text);
		return true;
	}
	text = tokens_argument(tokens, token->number);
	if (!text) {
		report_no_argument(tokens, token);
		text = "0"; /* something to go on with */
	}
	if (token->kind == TOKEN_ARGUMENT_STRING) {
		*token = string_token(*token, text);
		return true;
	}
	paste_argument(tokens, *token, text);
	return false;
}

/* ---- conditionals ----------------------------------------------------------------------- */

static void report_unclosed(struct tokens *tokens, struct range range)
{
	tokens->incomplete = true;
	diag_error(diags_of(tokens), range, "this '%%(' has no '%%)'");
}

/* Reads on to the end of this part of a conditional: TOKEN_ELSE, TOKEN_CLOSE or TOKEN_END. */
static int skip_part(struct tokens *tokens, bool stop_at_else)
{
	unsigned depth = 0;
	struct token token;

	for (;;) {
		token = tokens_raw(tokens);
		if (token.kind == TOKEN_END)
			return TOKEN_END;
		if (token.kind == TOKEN_IF)
			depth++;
		else if (token.kind == TOKEN_CLOSE && !depth--)
			return TOKEN_CLOSE;
		else if (token.kind == TOKEN_ELSE && !depth && stop_at_else)
			return TOKEN_ELSE;
	}
}

static void begin_conditional(struct tokens *tokens, struct range range)
{
	bool taken = false;
	int last;

	if (tokens->conditionals.n + tokens->conditions >= MAX_CONDITIONALS) {
		diag_error(diags_of(tokens), range, "conditionals are nested too deeply");
		tokens->stop = true;
		return;
	}
	tokens->conditions++;
	last = condition_read(tokens, tokens->syntax, &taken);
	tokens->conditions--;
	if (last == TOKEN_CLOSE) /* wrong, and said so */
		return;
	if (last == TOKEN_THEN && !taken)
		last = skip_part(tokens, true);
	if (last == TOKEN_THEN || last == TOKEN_ELSE)
		VEC_PUSH(arena_of(tokens), &tokens->conditionals, ((struct conditional){range}));
	else if (last == TOKEN_END)
		report_unclosed(tokens, range);
}

static void end_conditional(struct tokens *tokens, const struct token *token)
{
	struct range range;

	if (!tokens->conditionals.n) {
		diag_error(diags_of(tokens), token->range, "this '%s' belongs to no '%%('",
			   token->kind == TOKEN_CLOSE ? "%)" : "%:");
		return;
	}
	range = tokens->conditionals.v[--tokens->conditionals.n].range;
	if (token->kind == TOKEN_ELSE && skip_part(tokens, false) == TOKEN_END)
		report_unclosed(tokens, range);
}

/* ---- @define ---------------------------------------------------------------------------- */

static void check_parameter(struct tokens *tokens, const struct macro *macro,
			    const struct token *token)
{
	for (unsigned i = 0; i < macro->parameters.n; i++)
		if (!strcmp(macro->parameters.v[i], token->text))
			diag_error(diags_of(tokens), token->range,
				   "the macro '%s' has two parameters '%s'", macro->name,
				   token->text);
}

static bool read_parameters(struct tokens *tokens, struct macro *macro, struct token *token)
{
	macro->has_parameters = true;
	do {
		*token = tokens_raw(tokens);
		if (token->kind == ')' && !macro->parameters.n)
			break;
		if (token->kind < T_NAME || token->kind > T_LIMIT)
			return false;
		check_parameter(tokens, macro, token);
		VEC_PUSH(arena_of(tokens), &macro->parameters, token->text);
		*token = tokens_raw(tokens);
	} while (token->kind == ',');
	if (token->kind != ')')
		return false;
	*token = tokens_raw(tokens);
	return true;
}

static bool read_body(struct tokens *tokens, struct macro *macro)
{
	unsigned depth = 0;
	struct token token;

	for (;;) {
		token = tokens_raw(tokens);
		if (token.kind == TOKEN_END)
			return false;
		if (token.kind == TOKEN_IF)
			depth++;
		else if (token.kind == TOKEN_CLOSE && !depth--)
			return true;
		VEC_PUSH(arena_of(tokens), &macro->body, token);
	}
}

static struct macro_table *library_of(struct syntax *syntax)
{
	if (!syntax->library_macros)
		syntax->library_macros = ARENA_NEW(syntax->arena, struct macro_table);
	return syntax->library_macros;
}

static void check_new(struct tokens *tokens, const struct macro *macro)
{
	const struct macro *old = macro_find(&tokens->local, macro->name);
	int64_t number;

	if (operator_find(macro->name, &number) || !strcmp(macro->name, "define"))
		diag_error(diags_of(tokens), macro->range,
			   "'@%s' is an operator of the language", macro->name);
	if (!old)
		return;
	diag_error(diags_of(tokens), macro->range, "the macro '%s' is defined twice", macro->name);
	diag_note(diags_of(tokens), old->range, "the first definition is here");
}

static void define_macro(struct tokens *tokens)
{
	struct macro *macro = ARENA_NEW(arena_of(tokens), struct macro);
	struct token token = tokens_raw(tokens);

	macro->name = token.text;
	macro->range = token.range;
	if (token.kind < T_NAME || token.kind > T_LIMIT) {
		tokens->incomplete |= token.kind == TOKEN_END;
		diag_error(diags_of(tokens), token.range, "'@define' needs a name");
		return;
	}
	token = tokens_raw(tokens);
	if ((token.kind == '(' && !read_parameters(tokens, macro, &token)) ||
	    token.kind != TOKEN_IF) {
		tokens->incomplete |= token.kind == TOKEN_END;
		diag_error(diags_of(tokens), token.range,
			   "a macro is written '@define %s(a, b) %%( ... %%)'", macro->name);
		return;
	}
	if (!read_body(tokens, macro)) {
		report_unclosed(tokens, token.range);
		return;
	}
	check_new(tokens, macro);
	tokens->defined_macro = true;
	macro_add(arena_of(tokens),
		  tokens->interactive ? library_of(tokens->syntax) : &tokens->local, macro);
}

/* ---- uses of macros --------------------------------------------------------------------- */

static const struct token_vec *find_parameter(const struct token *token)
{
	const struct environment *environment = token->environment;
	unsigned i;

	if (!environment)
		return NULL;
	for (i = 0; i < environment->macro->parameters.n; i++)
		if (!strcmp(environment->macro->parameters.v[i], token->text))
			return &environment->arguments[i];
	return NULL;
}

static void read_prelude(struct tokens *tokens)
{
	struct syntax syntax = *tokens->syntax;
	struct source *source = source_from_text(syntax.arena, "<prelude>", macro_prelude());

	syntax.library_macros = &tokens->prelude;
	syntax_parse_macros(&syntax, source);
}

static const struct macro *find_macro(struct tokens *tokens, const char *name)
{
	const struct macro *macro = macro_find(&tokens->local, name);

	if (!macro)
		macro = macro_find(tokens->syntax->library_macros, name);
	if (macro || tokens->syntax->library_macros == &tokens->prelude)
		return macro;
	if (!tokens->prelude.n)
		read_prelude(tokens);
	return macro_find(&tokens->prelude, name);
}

static int nesting_of(int kind)
{
	switch (kind) {
	case '(':
	case '[':
	case '{':
	case TOKEN_IF:
		return 1;
	case ')':
	case ']':
	case '}':
	case TOKEN_CLOSE:
		return -1;
	default:
		return 0;
	}
}

/* The arguments of a use of `macro`, up to the ")": split at commas that nothing encloses. */
static bool read_arguments(struct tokens *tokens, const struct macro *macro,
			   struct token_vec *arguments, unsigned *n)
{
	unsigned wanted = macro->parameters.n;
	struct token token;
	int depth = 0;

	*n = 1;
	for (;;) {
		token = tokens_raw(tokens);
		if (token.kind == TOKEN_END)
			return false;
		if (!depth && token.kind == ')')
			break;
		if (!depth && token.kind == ',') {
			++*n;
			continue;
		}
		depth += nesting_of(token.kind);
		if (*n <= wanted)
			VEC_PUSH(arena_of(tokens), &arguments[*n - 1], token);
		else if (!wanted)
			*n = 2; /* something where nothing belongs */
	}
	if (!wanted)
		--*n;
	return true;
}

static bool read_use(struct tokens *tokens, const struct macro *macro, struct token *use,
		     struct token_vec *arguments)
{
	struct token open = tokens_raw(tokens);
	unsigned given;

	if (open.kind != '(') {
		tokens->incomplete |= open.kind == TOKEN_END;
		diag_error(diags_of(tokens), use->range, "the macro '@%s' needs its arguments in '()'",
			   macro->name);
		return false;
	}
	if (!read_arguments(tokens, macro, arguments, &given)) {
		tokens->incomplete = true;
		diag_error(diags_of(tokens), use->range, "the arguments of '@%s' never end",
			   macro->name);
		return false;
	}
	if (given == macro->parameters.n)
		return true;
	diag_error(diags_of(tokens), use->range, "the macro '@%s' takes %u argument%s, not %u",
		   macro->name, macro->parameters.n, macro->parameters.n == 1 ? "" : "s", given);
	diag_note(diags_of(tokens), macro->range, "it is defined here");
	return false;
}

static bool is_recursive(const struct macro *macro, const struct environment *environment)
{
	for (; environment; environment = environment->outer)
		if (environment->macro == macro)
			return true;
	return false;
}

static void expand_macro(struct tokens *tokens, const struct macro *macro, struct token *use)
{
	struct environment *environment = ARENA_NEW(arena_of(tokens), struct environment);
	struct token_vec *arguments =
		ARENA_ARRAY(arena_of(tokens), struct token_vec, macro->parameters.n);

	if (is_recursive(macro, use->environment)) {
		diag_error(diags_of(tokens), use->range, "the macro '@%s' uses itself",
			   macro->name);
		diag_note(diags_of(tokens), macro->range, "it is defined here");
		return;
	}
	if (macro->has_parameters && !read_use(tokens, macro, use, arguments))
		return;
	environment->macro = macro;
	environment->arguments = arguments;
	environment->outer = use->environment;
	push_frame(tokens, (struct frame){
				   .v = macro->body.v,
				   .n = macro->body.n,
				   .is_body = true,
				   .use = use->range,
				   .environment = environment,
				   .space_before = use->space_before,
				   .line_start = use->line_start,
			   });
}

static void report_unknown(struct tokens *tokens, const struct token *token)
{
	const struct macro_table *tables[] = {&tokens->local, tokens->syntax->library_macros};
	struct suggest suggest;
	unsigned i, j;

	suggest_start(&suggest, token->text);
	operator_offer_all(&suggest);
	for (i = 0; i < 2; i++)
		for (j = 0; tables[i] && j < tables[i]->n; j++)
			suggest_offer(&suggest, tables[i]->v[j]->name);
	diag_error(diags_of(tokens), token->range, "there is no operator or macro '@%s'",
		   token->text);
	if (suggest_best(&suggest))
		diag_help(diags_of(tokens), "did you mean '@%s'?", suggest_best(&suggest));
	if (token->origin.source)
		diag_note(diags_of(tokens), token->origin, "it comes from here");
}

/* True when `token` has become an operator; else what it stands for is in a frame now. */
static bool expand_at(struct tokens *tokens, struct token *token)
{
	const struct token_vec *argument = find_parameter(token);
	const struct macro *macro;

	if (argument) {
		push_frame(tokens, (struct frame){
					   .v = argument->v,
					   .n = argument->n,
					   .space_before = token->space_before,
					   .line_start = token->line_start,
				   });
		return false;
	}
	if (!strcmp(token->text, "define")) {
		define_macro(tokens);
		return false;
	}
	token->kind = operator_find(token->text, &token->number);
	if (token->kind)
		return true;
	macro = find_macro(tokens, token->text);
	if (macro) {
		expand_macro(tokens, macro, token);
		return false;
	}
	report_unknown(tokens, token);
	token->kind = T_NAME; /* something to go on with */
	return true;
}

/* ---- the stream ------------------------------------------------------------------------- */

static bool is_argument(const struct token *token)
{
	return token->kind >= TOKEN_ARGUMENT && token->kind <= TOKEN_ARGUMENT_COUNT_STRING;
}

/* Reports what the scanner found wrong; false when the token is of no use. */
static bool check_token(struct tokens *tokens, const struct token *token)
{
	if (!token->error || token->kind == T_NUMBER) /* "2x" may be part of a probe's name */
		return true;
	tokens->unclosed |= strstr(token->error, "never closed") != NULL;
	if (token->kind == TOKEN_ERROR && strstr(token->error, "never closed"))
		tokens->incomplete = true;
	else
		tokens->wrong = true;
	diag_error(diags_of(tokens), token->range, "%s", token->error);
	return token->kind != TOKEN_ERROR;
}

/* Handles what is the preprocessor's; true when `token` is one for the grammar. */
static bool process(struct tokens *tokens, struct token *token)
{
	switch (token->kind) {
	case TOKEN_IF:
		begin_conditional(tokens, token->range);
		return false;
	case TOKEN_ELSE:
	case TOKEN_CLOSE:
		end_conditional(tokens, token);
		return false;
	case TOKEN_THEN:
		diag_error(diags_of(tokens), token->range, "this '%%?' belongs to no '%%('");
		return false;
	case TOKEN_AT:
		return expand_at(tokens, token);
	case TOKEN_END:
		if (tokens->conditionals.n)
			report_unclosed(tokens, tokens->conditionals.v[0].range);
		tokens->conditionals.n = 0;
		return true;
	default:
		return is_argument(token) ? expand_argument(tokens, token)
					  : check_token(tokens, token);
	}
}

struct token tokens_next(struct tokens *tokens)
{
	struct token token;

	do
		token = tokens_raw(tokens);
	while (!process(tokens, &token));
	return token;
}

static bool is_missing(struct tokens *tokens, const struct token *token)
{
	return (token->kind == TOKEN_ARGUMENT || token->kind == TOKEN_ARGUMENT_STRING) &&
	       !tokens_argument(tokens, token->number);
}

/* Whether the token ends the condition, rather than a part of a conditional within it. */
static bool ends_condition(struct tokens *tokens, const struct token *token, unsigned depth)
{
	if (token->kind == TOKEN_ELSE || token->kind == TOKEN_CLOSE)
		return tokens->conditionals.n <= depth;
	return token->kind == TOKEN_END || token->kind == TOKEN_THEN || tokens->stop;
}

unsigned tokens_depth(const struct tokens *tokens)
{
	return tokens->conditionals.n;
}

struct token tokens_next_in_condition(struct tokens *tokens, unsigned depth)
{
	struct token token;

	do {
		token = tokens_raw(tokens);
		if (ends_condition(tokens, &token, depth) || is_missing(tokens, &token))
			return token;
	} while (!process(tokens, &token));
	return token;
}

struct tokens *tokens_open(struct syntax *syntax, const struct source *source, bool interactive)
{
	struct tokens *tokens = ARENA_NEW(syntax->arena, struct tokens);

	tokens->syntax = syntax;
	tokens->source = source;
	tokens->interactive = interactive;
	tokens->scanner = scanner_open(syntax->arena, source);
	return tokens;
}

bool tokens_incomplete(const struct tokens *tokens)
{
	return tokens->incomplete;
}

bool tokens_wrong(const struct tokens *tokens)
{
	return tokens->wrong;
}

bool tokens_unclosed(const struct tokens *tokens)
{
	return tokens->unclosed;
}

bool tokens_defined_macro(const struct tokens *tokens)
{
	return tokens->defined_macro;
}

void tokens_close(struct tokens *tokens)
{
	scanner_close(tokens->scanner);
}

void syntax_parse_macros(struct syntax *syntax, const struct source *source)
{
	struct tokens *tokens = tokens_open(syntax, source, true);
	struct token token;

	library_of(syntax);
	while ((token = tokens_next(tokens)).kind)
		if (syntax->diags->errors < 20)
			diag_error(syntax->diags, token.range,
				   "a macro library holds only '@define'");
	tokens_close(tokens);
}
