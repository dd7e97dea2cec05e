/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Completion by TAB. */
#include <stdio.h>

#include <readline/readline.h>

#include "runtime/repl/live.h"

void completion_start(struct live *live)
{
	(void)live;
}
