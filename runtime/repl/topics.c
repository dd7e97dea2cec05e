/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a word of the language, a function, an alias or a kind of probe is. */
#include <string.h>

#include "runtime/repl/commands.h"

bool help_topic(struct live *live, const char *word)
{
	say_error(live, "nothing is known about '%s'", word);
	return false;
}
