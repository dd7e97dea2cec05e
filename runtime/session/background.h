/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -F: the session goes on in the background. The process that was started stays until the probes
 * are there, so that errors are seen where they are made and its exit status is theirs.
 */
#ifndef SPILE_SESSION_BACKGROUND_H
#define SPILE_SESSION_BACKGROUND_H

#include <stdbool.h>

struct background {
	int ready; /* says when the probes are there; -1: this is no session in the background */
};

/* Returns in the background only; false: that was not possible (errno). */
bool background_start(struct background *background);

/*
 * The probes are there: the process that was started prints the session's number and ends.
 * What is still to be said goes to `out`.
 */
void background_ready(struct background *background, int out);

#endif
