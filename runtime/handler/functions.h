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


/* string.stp */
i64 fn_strlen(struct run *run, const char *text);
void fn_substr(struct run *run, char *dst, u32 size, const char *text, i64 start, i64 length);
i64 fn_stringat(struct run *run, const char *text, i64 position);
i64 fn_strpos(struct run *run, const char *in, const char *wanted);
void fn_str_replace(struct run *run, char *dst, u32 size, const char *in, const char *wanted,
		    const char *with);
i64 fn_strtol(struct run *run, const char *text, i64 base);
i64 fn_span(struct run *run, const char *in, const char *set, i64 inside);
void fn_text_strn(struct run *run, char *dst, u32 size, const char *text, i64 most, i64 quoted);

#endif
