/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Macro definitions, as tokens.c expands them. Internal to compiler/syntax. */
#ifndef SPILE_SYNTAX_MACRO_H
#define SPILE_SYNTAX_MACRO_H

#include "compiler/syntax/token.h"

struct macro {
	const char *name;
	struct range range; /* of the name */
	bool has_parameters;
	struct {
		VEC(const char *);
	} parameters;
	struct token_vec body;
};

struct macro_table {
	VEC(struct macro *);
};

struct macro *macro_find(const struct macro_table *table, const char *name); /* table: or NULL */
/* Replaces one of the same name. */
void macro_add(struct arena *arena, struct macro_table *table, struct macro *macro);
/* The text of the macros that every script has, unless it defines its own of that name. */
const char *macro_prelude(void);

#endif
