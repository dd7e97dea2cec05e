/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of commands, and those that have a file of their own. */
#ifndef SPILE_REPL_COMMANDS_H
#define SPILE_REPL_COMMANDS_H

#include "runtime/repl/live.h"

struct command {
	const char *name, *args, *help;
	/* args: without blanks around them, to be changed at will; false after an error was said. */
	bool (*run)(struct live *live, char *args);
};

extern const struct command commands[]; /* the last one has no name */

bool help(struct live *live, char *args);   /* help.c */
bool help_topic(struct live *live, char *word); /* topics.c */
bool list(struct live *live, char *args);   /* list.c */
bool vars(struct live *live, char *args);
bool watch(struct live *live, char *args);  /* watch.c */
bool shell(struct live *live, char *args);  /* save.c */

/* Without a terminal nobody could stop it. */
enum { WATCH_TURNS = 3 };

#endif
