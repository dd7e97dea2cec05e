/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SIGINT, SIGTERM and SIGHUP: the first one asks the session to end, the second one ends the
 * process at once, whatever it is doing (it may be waiting for a reader of its output). One that
 * comes within a fifth of a second is no second one. SIGPIPE is ignored: writing fails instead.
 */
#ifndef SPILE_SESSION_SIGNALS_H
#define SPILE_SESSION_SIGNALS_H

/* A descriptor that becomes readable with the first signal; -1: errno tells. */
int signals_start(void);
/* As it was before; closes the descriptor. */
void signals_stop(int fd);

/* A descriptor that becomes readable when something happens to a child or a tracee; -1. */
int signals_children_start(void);
void signals_children_stop(int fd);

#endif
