/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types of BTF in the one model of types (ctype.h).
 */
#ifndef SPILE_DEBUGINFO_BTF_CTYPE_H
#define SPILE_DEBUGINFO_BTF_CTYPE_H

#include "compiler/debuginfo/btf.h"
#include "compiler/debuginfo/ctype.h"

/* Type `id` of the file, which must outlive it; 0 is void. Never NULL. */
struct ctype *btf_ctype(struct arena *arena, const struct btf_file *file, uint32_t id);

/*
 * A type by the name that scripts use: "struct task_struct", "task_struct", "union x", "enum y",
 * "size_t", "unsigned long", each with any number of * behind. NULL: there is none.
 */
struct ctype *btf_ctype_find(struct arena *arena, const struct btf_file *file, const char *name);

#endif
