/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * $variables of user-space probes.
 */
#include "compiler/probes/process.h"

struct expr *process_resolve(struct probes *probes, struct probe *probe, struct expr *target)
{
	(void)probe;
	diag_error(probes->diags, target->range, "target variables are not supported here yet");
	return NULL;
}

void process_variables(struct probes *probes, struct probe *probe, struct variable_vec *out)
{
	(void)probes, (void)probe, (void)out;
}
