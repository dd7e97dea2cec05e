/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names that could stand at the cursor. */
#ifndef SPILE_REPL_COMPLETE_H
#define SPILE_REPL_COMPLETE_H

#include "compiler/debuginfo/elf.h"
#include "runtime/repl/live.h"
#include "runtime/repl/place.h"
#include "runtime/repl/words.h"

struct completion {
	struct live *live;
	struct arena *arena;
	struct debug_files *files;
	size_t start;      /* of the word, in the text */
	const char *word;
	const char *point; /* the probe point that the cursor is in or belongs to */
	const char *path;  /* "$x->": of members */
	bool in_string;
	struct {
		VEC(const char *);
	} names;           /* sorted, each once; they begin with the word */
};

/* Fills in the rest: for the cursor in the text. */
void complete(struct completion *completion, const char *text, size_t cursor);

/* Takes a name that begins with the word. */
void offer_with(struct completion *completion, const char *name, const char *suffix);
const char *point_path(struct completion *completion, const char *component);

#endif
