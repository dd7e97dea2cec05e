/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where in a script the cursor is: what could stand there follows from it. Looks at the text
 * alone.
 */
#ifndef SPILE_REPL_PLACE_H
#define SPILE_REPL_PLACE_H

#include <stdbool.h>
#include <stddef.h>

enum place_kind {
	PLACE_START,    /* of an input: commands, too */
	PLACE_CODE,     /* statements and expressions */
	PLACE_POINT,    /* a component of a probe point */
	PLACE_ARGUMENT, /* the string of a component: process("... */
	PLACE_TYPE,     /* the type of a @cast, a string */
	PLACE_PROGRAM,  /* the last argument of @cast or @var */
	PLACE_STRING,   /* another string */
	PLACE_COMMAND,  /* the arguments of a command */
};

enum { PLACE_TEXT = 1024 };

struct cursor_place {
	enum place_kind kind;
	char command[16];
	size_t word;              /* offset of what is to be completed */
	char component[32];       /* PLACE_ARGUMENT: whose argument it is */
	char point[PLACE_TEXT];   /* POINT, ARGUMENT: the point up to the component; others: the
				     point of the probe that the code belongs to, or "" */
	char subject[PLACE_TEXT]; /* CODE: "@cast(p, \"t\")->" in front of the word, or "" */
};

/* is_command: whether a first word is one. */
void cursor_place_find(struct cursor_place *place, const char *text, size_t cursor,
		       bool (*is_command)(const char *word, size_t length));

#endif
