/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Intrinsics: the bodies of tapset functions. Their meaning is documented in tapsets/; their
 * signatures follow from the declarations there, as handler.h says.
 */
#ifndef SPILE_HANDLER_FUNCTIONS_H
#define SPILE_HANDLER_FUNCTIONS_H

#include "runtime/handler/handler.h"

/* context.stp */
i64 fn_pid(struct run *run);
i64 fn_tid(struct run *run);
i64 fn_ppid(struct run *run);
i64 fn_pgrp(struct run *run);
i64 fn_sid(struct run *run);
i64 fn_uid(struct run *run);
i64 fn_gid(struct run *run);
i64 fn_euid(struct run *run);
i64 fn_egid(struct run *run);
i64 fn_cpu(struct run *run);
void fn_execname(struct run *run, char *dst, u32 size);
void fn_pexecname(struct run *run, char *dst, u32 size);

#endif
