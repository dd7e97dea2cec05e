/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * .callee("g") and .callees(n): functions when they are called from a certain one.
 */
#include "compiler/probes/process.h"

bool process_expand_callee(struct process_point *process, const struct source_place *place)
{
	(void)place;
	diag_error(process->probes->diags, process->point->range, "'.callee' is not supported yet");
	return false;
}
