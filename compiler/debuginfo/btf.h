/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BTF as the kernel publishes it: /sys/kernel/btf/vmlinux and, on top of it, one file a module.
 *
 * A reader of its own, because a script needs a handful of the 130 000 types: the file is mapped,
 * one pass notes where each type starts, and a name is looked for in the string table first
 * (about 2 ms in all, where building an index of all types takes 40).
 *
 * Type numbers and name offsets are those of the kernel: a module's go on where vmlinux' end.
 */
#ifndef SPILE_DEBUGINFO_BTF_H
#define SPILE_DEBUGINFO_BTF_H

#include <linux/btf.h>

#include "compiler/syntax/arena.h"

struct btf_file;

#define BTF_VMLINUX "/sys/kernel/btf/vmlinux"

/*
 * Opens a BTF file; `base`: vmlinux' for a module's file, else NULL. The base must outlive it.
 * NULL with *error set to the reason ("No such file or directory", "not BTF") on failure.
 */
struct btf_file *btf_file_open(const char *path, const struct btf_file *base, const char **error);
void btf_file_close(struct btf_file *file);

/* The number of the type with that name and kind (BTF_KIND_*), in this file alone; 0: none. */
uint32_t btf_file_find(const struct btf_file *file, const char *name, unsigned kind);
/* The same, for vmlinux' types if the file itself has none. */
uint32_t btf_file_find_any(const struct btf_file *file, const char *name, unsigned kind);

/* A type by number; NULL for 0 (void) and for numbers that do not exist. */
const struct btf_type *btf_file_type(const struct btf_file *file, uint32_t id);
/* The name at an offset: "" when there is none. */
const char *btf_file_name(const struct btf_file *file, uint32_t offset);

/* Numbers of this file's own types: from the first, to before the last. */
uint32_t btf_file_first(const struct btf_file *file);
uint32_t btf_file_end(const struct btf_file *file);

/* Through typedef, const, volatile, restrict and type tags; *id is moved along. */
const struct btf_type *btf_file_skip(const struct btf_file *file, uint32_t *id);

/* Type `id` as C spells it ("struct task_struct *"), in the arena. */
const char *btf_file_spell(const struct btf_file *file, struct arena *arena, uint32_t id);

static inline const struct btf_param *btf_type_params(const struct btf_type *type)
{
	return (const struct btf_param *)(type + 1);
}
static inline const struct btf_member *btf_type_members(const struct btf_type *type)
{
	return (const struct btf_member *)(type + 1);
}

#endif
