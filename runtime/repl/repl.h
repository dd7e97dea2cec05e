/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interactive mode: one session in which probes are added, looked at, changed and dropped
 * while the system runs. doc/repl.md is its manual.
 */
#ifndef SPILE_REPL_REPL_H
#define SPILE_REPL_REPL_H

#include "runtime/load/features.h"
#include "runtime/present/output.h"
#include "runtime/session/options.h"
#include "runtime/session/target.h"

/*
 * Reads standard input to its end, on a terminal with readline. The target (of -c or -x) may be
 * none; it is the caller's to release. The exit status: 0, or 1 when the session could not be
 * made, or when an input that did not come from a terminal had an error.
 */
int repl_run(const struct options *options, struct features *features,
	     struct command_target *target, struct output *out);

#endif
