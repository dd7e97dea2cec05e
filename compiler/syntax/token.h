/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tokens, and the three stages that they pass on the way to the grammar:
 *
 *     scanner.l ──► tokens.c ──► context.c ──► grammar.y
 *     characters    conditionals,  adjacent strings joined, wildcards and keywords
 *                   macros, $1 @1  in probe points, unclosed braces
 *
 * Internal to compiler/syntax.
 */
#ifndef SPILE_SYNTAX_TOKEN_H
#define SPILE_SYNTAX_TOKEN_H

#include "compiler/syntax/syntax.h"

/* Kinds that only the preprocessor sees; all others are grammar.y's, the end of input is 0. */
enum {
	TOKEN_END = 0,
	TOKEN_ERROR = 2000,    /* `error` says what is wrong */
	TOKEN_IF,	       /* %( */
	TOKEN_THEN,	       /* %? */
	TOKEN_ELSE,	       /* %: */
	TOKEN_CLOSE,	       /* %) */
	TOKEN_ARGUMENT,	       /* $1: number */
	TOKEN_ARGUMENT_STRING, /* @1: number */
	TOKEN_ARGUMENT_COUNT,  /* $# */
	TOKEN_ARGUMENT_COUNT_STRING, /* @# */
	TOKEN_AT,	       /* @name: an operator, a macro, a macro's parameter or @define */
};

struct environment; /* tokens.c: the macro arguments in force where a token stands */

struct token {
	int kind;
	bool line_start;   /* first on its line */
	bool space_before;
	unsigned length;   /* of text */
	const char *text;  /* names without their sigil; strings decoded */
	int64_t number;    /* also the stat_op, binary_op, ... of operators */
	struct range range;
	struct range origin; /* where a macro's body or an argument has it; source NULL: nowhere */
	const char *doc;     /* the kernel-doc comment in front */
	const char *error;   /* what is wrong with it */
	const struct environment *environment;
};

struct token_vec {
	VEC(struct token);
};

/* ---- scanner.l -------------------------------------------------------------------------- */

struct scanner;

struct scanner *scanner_open(struct arena *arena, const struct source *source);
struct token scanner_next(struct scanner *scanner);
void scanner_close(struct scanner *scanner);

/* Decodes the text between two quotes. Sets *error for what cannot be in a string. */
const char *escape_decode(struct arena *arena, const char *text, unsigned length,
			  unsigned *decoded, const char **error);

/* ---- tokens.c --------------------------------------------------------------------------- */

struct tokens;

/* `interactive`: macros are kept in syntax->library_macros, and may be redefined. */
struct tokens *tokens_open(struct syntax *syntax, const struct source *source, bool interactive);
struct token tokens_next(struct tokens *tokens);
bool tokens_incomplete(const struct tokens *tokens); /* the end came inside something */
bool tokens_unclosed(const struct tokens *tokens); /* a string or comment was, and it was said */
bool tokens_wrong(const struct tokens *tokens); /* whatever may follow */
bool tokens_defined_macro(const struct tokens *tokens);
void tokens_close(struct tokens *tokens);

/* macros.c: `@name` that is an operator of the language: its token kind, or 0. */
int operator_find(const char *name, int64_t *number);
void operator_offer_all(struct suggest *suggest);

/* ---- context.c -------------------------------------------------------------------------- */

enum { MAX_NESTING = 500, LOOKAHEAD = 4 };

struct context {
	struct syntax *syntax;
	struct tokens *tokens;
	struct token ahead[LOOKAHEAD];
	unsigned n_ahead;
	int last; /* the kind of the token before */
	bool after_pretty;
	bool in_point;
	unsigned point_parens, groups;
	bool misplaced; /* the last declaration was inside of a body: what follows it is of that body */
	unsigned nesting;
	struct {
		VEC(struct range);
	} braces;
	unsigned missing_braces;
	bool interactive, incomplete, wrong;
	bool too_deep;
};

void context_init(struct context *context, struct syntax *syntax, struct tokens *tokens,
		  bool interactive);
struct token context_next(struct context *context);
const struct token *context_peek(struct context *context); /* the next one, unread */
/* After a syntax error: discards tokens up to one that can start something new. */
void context_skip_statement(struct context *context);
void context_skip_declaration(struct context *context);
void context_skip_group(struct context *context); /* behind a '{': up to its '}', and on */
/* Are there open parentheses or brackets? They can be forgotten, when a statement is given up. */
bool context_parens(const struct context *context);
void context_forget_parens(struct context *context);
bool token_starts_statement(const struct token *token);
bool token_starts_declaration(const struct token *token);

#endif
