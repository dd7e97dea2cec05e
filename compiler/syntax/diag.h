/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Diagnostics: what is wrong, where, why, and what to do now.
 *
 * Every tree node has a `struct range`, and every message about it shows
 *
 *     error: unknown function 'stlren'
 *       --> script.stp:3:7
 *      3 |   x = stlren(s)
 *        |       ^~~~~~
 *     help: did you mean 'strlen'?
 *
 * Messages are collected, not printed: the caller decides (main prints them, the REPL too, and
 * the tests compare them). Nothing here exits.
 */
#ifndef SPILE_SYNTAX_DIAG_H
#define SPILE_SYNTAX_DIAG_H

#include <stdbool.h>
#include <stdio.h>

#include "compiler/syntax/arena.h"

/* A text that is compiled: a script file, the argument of -e, a tapset file, a macro body. */
struct source {
	const char *name; /* as shown in messages: "script.stp", "<input>" for -e */
	const char *text; /* NUL-terminated; may contain NULs before text[length] */
	size_t length;
	bool tapset; /* from a tapset library: privileges and warnings differ */
	bool guru;   /* embedded C and its kin are allowed */
	size_t own_start, own_end; /* what is the user's of a made-up text; 0, 0: all */
};

/* A half-open byte range [start, end) of one source; source == NULL: "nowhere" (made up). */
struct range {
	const struct source *source;
	unsigned start, end;
};

struct range range_join(struct range from, struct range to); /* same source, from..to */

/* 1-based line and column (in bytes) of an offset. */
void source_position(const struct source *source, unsigned offset, unsigned *line,
		     unsigned *column);

enum diag_level { DIAG_ERROR, DIAG_WARNING, DIAG_NOTE };

struct diag {
	enum diag_level level;
	struct range range;
	const char *message;
	const char *help; /* NULL or what to do now, without "help:" */
};

struct diags {
	struct arena *arena;
	VEC(struct diag);
	unsigned errors;   /* number of DIAG_ERROR */
	unsigned max;      /* stop recording errors after so many (they still count); 0: 20 */
	bool no_warnings;  /* -w */
	bool warnings_are_errors; /* -W */
	/* For completion: gets the names of members where an unknown one stands; may be NULL. */
	void (*known)(void *data, const char *name);
	void *known_data;
};

void diag_error(struct diags *diags, struct range range, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void diag_warning(struct diags *diags, struct range range, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* A further place that explains the message before it ("previous definition is here"). */
void diag_note(struct diags *diags, struct range range, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Adds a "help:" line to the last message. */
void diag_help(struct diags *diags, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Suggestions. Offer every known name with suggest_offer(); suggest_best() returns the nearest
 * one (Damerau-Levenshtein, at most a third of the name's length away), or NULL.
 * suggest_help() adds "did you mean 'x'?" to the last message if there is one.
 */
struct suggest {
	const char *wanted;
	const char *best;
	unsigned distance;
};
void suggest_start(struct suggest *suggest, const char *wanted);
void suggest_offer(struct suggest *suggest, const char *name);
const char *suggest_best(const struct suggest *suggest);
void suggest_help(struct suggest *suggest, struct diags *diags);

/* Prints all messages in order, with source lines and carets; `color`: ANSI colours. */
void diags_print(const struct diags *diags, FILE *out, bool color);

/* What to write instead of a word of another language; false: it is none. */
bool foreign_help(struct diags *diags, const char *word);

#endif
