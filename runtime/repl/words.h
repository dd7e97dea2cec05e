/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names that are not the session's own: what the tapsets declare, with what they say about it,
 * and the kernel's functions. Each list is made when it is first asked for.
 */
#ifndef SPILE_REPL_WORDS_H
#define SPILE_REPL_WORDS_H

#include "compiler/syntax/ast.h"

struct live;

enum word_kind { WORD_FUNCTION, WORD_ALIAS, WORD_GLOBAL };

struct word {
	enum word_kind kind;
	const char *name;
	const char *usage;   /* "strlen:long (s:string)" */
	const char *comment; /* the kernel-doc comment, or NULL */
	const char *file;
	const struct alias_decl *alias;
};

struct words {
	struct arena *arena;
	struct diags diags;
	struct {
		VEC(struct word);
	} v; /* by name */
	bool read;

	/* The kernel's functions: read bit by bit while nobody types. */
	int kallsyms; /* -1: not open */
	bool kernel_read;
	char *text;
	size_t length, capacity;
	const char **kernel;
	unsigned n_kernel;
};

struct words *words_new(void);
void words_free(struct words *words);

/* What the tapsets have. */
const struct words *words_of_tapsets(struct live *live);
/* Reads some more of the kernel's symbols; false when there are no more to read. */
bool words_read_kernel(struct words *words);
/* All of the kernel's functions, by name. */
const char **words_of_kernel(struct words *words, unsigned *n);

#endif
