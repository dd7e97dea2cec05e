/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What to probe in place of a function of the kernel that can not be probed. */
#ifndef SPILE_DEBUGINFO_KERNEL_CALLERS_H
#define SPILE_DEBUGINFO_KERNEL_CALLERS_H

#include "compiler/syntax/arena.h"

/*
 * "probe a function that calls it: schedule, schedule_idle", by the running kernel's code; or why
 * it is not known who does. Takes tens of milliseconds: for messages.
 */
const char *kernel_callers_help(struct arena *arena, const char *name);

#endif
