/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * .plt: calls of other files' functions, where they leave this one.
 */
#include "compiler/probes/process.h"

bool process_expand_plt(struct process_point *process)
{
	diag_error(process->probes->diags, process->point->range, "'.plt' is not supported yet");
	return false;
}
