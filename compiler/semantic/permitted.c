/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions that SystemTap has and BPF can not have are declared in tapsets by name, so that a call
 * is told why, and what to write instead. What they have for a body is a comment in embedded C:
 * "impossible: BPF can not stop the machine; exit() ends the session".
 *
 * Others change the process or the machine, and need guru mode; the comment is "guru".
 */
#include <string.h>

#include "compiler/semantic/passes.h"

/* "reason; what to write instead" up to the end of the comment. */
static void report_impossible(struct resolver *resolver, const struct expr *call, const char *text)
{
	const char *end = strstr(text, "*/"), *help = strstr(text, "; ");
	const char *stop = help && help < end ? help : end;

	text += strspn(text, ": \n\t");
	while (end > text && strchr(" \n\t", end[-1]))
		end--;
	stop = stop > end ? end : stop;
	diag_error(resolver->diags, call->range, "%s() is not possible: %.*s", call->call.name,
		   (int)(stop - text), text);
	if (stop < end)
		diag_help(resolver->diags, "%.*s", (int)(end - stop - 2), stop + 2);
}

void permitted_check(struct resolver *resolver, const struct source *caller,
		     const struct expr *call)
{
	const struct function *callee = call->call.n_candidates ? call->call.candidates[0] : NULL;
	const char *text, *impossible;

	if (!callee || callee->decl->body->kind != STMT_EMBEDDED ||
	    !callee->decl->body->range.source->tapset)
		return;
	text = callee->decl->body->embedded;
	impossible = find_pragma(text, "impossible");
	if (impossible)
		report_impossible(resolver, call, impossible);
	else if (find_pragma(text, "guru") && !resolver->options->guru && !caller->guru) {
		diag_error(resolver->diags, call->range, "%s() needs guru mode", call->call.name);
		diag_help(resolver->diags, "run with -g if you trust this script");
	}
}
