/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The traced process: a command that waits before its exec until the probes are armed (-c), or
 * one that runs already (-x).
 */
#ifndef SPILE_SESSION_TARGET_H
#define SPILE_SESSION_TARGET_H

#include <stdbool.h>
#include <sys/types.h>

#include "compiler/probes/probe.h"

struct command_target {
	pid_t pid;        /* 0: none */
	int pidfd;        /* readable when the process is dead; -1: none */
	bool ours;        /* a command of -c */
	int gate;         /* closing it after a byte lets the command run; -1 */
	int report;       /* the command's exec tells its errno here; -1 */
	bool exec_failed; /* known after target_reap */
	int exec_error;
	bool reaped;      /* by who traced it */
	int status;       /* as waitpid gives it */
	const char *path; /* the executable, absolute */
	const char *command;
};

/* Starts `command` up to the gate; false after a diagnostic (a program that is not there). */
bool target_command(struct command_target *target, struct diags *diags, const char *command);
/* Takes the running process `pid`; false after a diagnostic (there is none). */
bool target_process(struct command_target *target, struct diags *diags, pid_t pid);
/* Lets the command run. */
void target_go(struct command_target *target);
/* After the pidfd is readable: fetches what became of it. */
void target_reap(struct command_target *target);
/* It has ended, and whoever waited for it tells what became of it. */
void target_ended(struct command_target *target, int status);
/* Ends a command that has not passed its gate; forgets everything else. */
void target_release(struct command_target *target);

#endif
