/* SPDX-License-Identifier: GPL-2.0-or-later */
/* help: the commands, the words of the language, and what tapsets say of themselves. */
#include <stdlib.h>
#include <string.h>

#include "runtime/repl/commands.h"

static bool help_commands(struct live *live)
{
	for (const struct command *command = commands; command->name; command++) {
		char *usage;

		if (asprintf(&usage, "%s %s", command->name, command->args) < 0)
			abort();
		say(live, "  %-22s %s\n", usage, command->help);
		free(usage);
	}
	say(live, "Anything else is the language: probe, global, function; a statement or an "
		  "expression runs now.\n");
	return true;
}

bool help(struct live *live, char *args)
{
	if (!*args)
		return help_commands(live);
	for (const struct command *command = commands; command->name; command++)
		if (!strcmp(command->name, args)) {
			say(live, "%s %s: %s\n", command->name, command->args, command->help);
			return true;
		}
	return help_topic(live, args);
}
