/* SPDX-License-Identifier: GPL-2.0-or-later */
/* system(): commands that a script has the shell run. */
#ifndef SPILE_SESSION_SHELL_H
#define SPILE_SESSION_SHELL_H

/*
 * Starts `/bin/sh -c command` and does not wait for it; nobody has to. 0, or an errno.
 */
int shell_run(const char *command);

#endif
