/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session: from armed probes to the last result. Owns the event loop, the order of handlers,
 * the life of the target.
 *
 *   begin handlers (STARTING) -> the target goes, probes fire (RUNNING) -> exit() or a signal or
 *   the target's end (STOPPING): what is under way is printed -> end or error handlers (ENDING)
 *   -> globals that nobody printed -> the summary
 */
#ifndef SPILE_SESSION_SESSION_H
#define SPILE_SESSION_SESSION_H

#include "runtime/attach/attach.h"
#include "runtime/present/output.h"
#include "runtime/session/target.h"

struct session_options {
	double timeout;      /* -T: seconds; 0: none */
	bool json;
	bool no_warnings;    /* -w */
	bool quiet_errors;   /* handlers that fail are only counted */
	bool no_globals;     /* nothing is printed that the script does not print */
	int verbose;
	int namespaces_of;   /* the process that ns_pid() and its kin count like; 0: Spile */
};

/*
 * Runs a session to its end. Meanwhile signals do what signals.h says; before and after, they
 * end the process, which leaves nothing behind. The exit status: 0, or 1 after an error.
 */
int session_run(struct loaded *loaded, struct attachments *attachments,
		struct command_target *target, struct output *out,
		const struct session_options *options);

#endif
