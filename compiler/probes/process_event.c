/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * process.begin, .end, .thread.begin, .thread.end, .syscall: what the kernel knows of processes.
 */
#include "compiler/probes/process.h"

bool process_expand_event(struct process_point *process)
{
	diag_error(process->probes->diags, process->point->range,
		   "'process.%s' is not supported yet", process->point->components.v[1].name);
	return false;
}
