/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The processes that are there when a session begins.
 */
#ifndef SPILE_SESSION_RUNNING_H
#define SPILE_SESSION_RUNNING_H

#include <sys/types.h>

/*
 * In the order of their numbers, without Spile itself, threads of the kernel, and `but` (a command
 * that does not run yet; 0: none). *n of them; to be freed.
 */
pid_t *running_processes(pid_t but, unsigned *n);

#endif
