/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command of -c and what it starts, stopped where a program has just been loaded, so that
 * watchpoints are set before it does anything. That takes ptrace: it is done only for scripts
 * with such watchpoints, and a process is let go when all of them are set in it.
 */
#ifndef SPILE_SESSION_FOLLOW_H
#define SPILE_SESSION_FOLLOW_H

#include "runtime/attach/attach.h"
#include "runtime/session/target.h"

struct tracee;

struct follow {
	struct attachments *attachments;
	struct command_target *target;
	struct tracee *tracees;
	int fd; /* readable when one of them has stopped or ended; -1: nobody is followed */
};

/*
 * To be called before the command passes its gate, and with a `follow` of which fd is -1. Follows
 * nobody when there is no command or no watchpoint that needs it. False: a diagnostic tells why
 * the command can not be traced.
 */
bool follow_start(struct follow *follow, struct attachments *attachments,
		  struct command_target *target);
/* When fd is readable. False: a watchpoint could not be set; diags of the attachments tell. */
bool follow_turn(struct follow *follow);
void follow_stop(struct follow *follow);

#endif
