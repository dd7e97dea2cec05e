/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All functions of a file by name: what the walk over a large file's DWARF found, kept in a cache
 * directory under the file's build ID, so that listings and globs need the walk only once.
 */
#ifndef SPILE_DEBUGINFO_INDEX_H
#define SPILE_DEBUGINFO_INDEX_H

#include "compiler/debuginfo/dwarf.h"

struct index_entry {
	uint64_t entry;   /* address */
	uint64_t die;     /* offset in .debug_info of the function or inlined instance */
	uint32_t name;    /* strings: DW_AT_name, */
	uint32_t plain;   /* the qualified name, */
	uint32_t linkage; /* the mangled name or "", */
	uint32_t file;    /* the source file of the declaration or "" */
	uint32_t line;
	uint32_t inlined;
};

struct dwarf_index {
	unsigned n;
	const struct index_entry *entries; /* by entry, out-of-line functions before inlined ones */
	const char *strings;
};

/*
 * The file's index, read from the cache or, when it is wanted `for_all` names, made (and cached
 * when the file is large). NULL: there is none; the file has no DWARF, or of a kind that is not
 * indexed (split units).
 */
const struct dwarf_index *index_of(struct dwarf_file *file, bool for_all);
/* Whether looking through those units (flags by number) takes about as long as making the index. */
bool index_is_worth(struct dwarf_file *file, const bool *units);

/* The out-of-line function that begins at `address`, or NULL. */
const struct index_entry *index_at(const struct dwarf_index *index, uint64_t address);

/* The same as dwarf_function_matches(). */
bool index_matches(const struct dwarf_index *index, const struct index_entry *entry,
		   const char *pattern);

#endif
