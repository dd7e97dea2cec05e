/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands between "%(" and "%?". Internal to compiler/syntax. */
#ifndef SPILE_SYNTAX_CONDITION_H
#define SPILE_SYNTAX_CONDITION_H

#include "compiler/syntax/token.h"

/*
 * Reads a condition and decides it. Returns the kind of the token after it: TOKEN_THEN, or,
 * with an error reported, whatever ended it: TOKEN_ELSE, TOKEN_CLOSE or TOKEN_END.
 */
int condition_read(struct tokens *tokens, struct syntax *syntax, bool *taken);

/* tokens.c: */
struct token tokens_raw(struct tokens *tokens); /* nothing expanded */
/*
 * Expanded, but for arguments that were not given, and what ends the condition.
 * depth: tokens_depth() where the condition begins.
 */
struct token tokens_next_in_condition(struct tokens *tokens, unsigned depth);
unsigned tokens_depth(const struct tokens *tokens); /* conditionals being read */
const char *tokens_argument(struct tokens *tokens, int64_t number); /* NULL: not given */

#endif
