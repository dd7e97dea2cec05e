/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Symbols from text: the kernel's own (/proc/kallsyms) and those that a compiler in a process
 * writes for its code (/tmp/perf-PID.map).
 */
#ifndef SPILE_SYMBOLS_TABLES_H
#define SPILE_SYMBOLS_TABLES_H

#include <stddef.h>
#include <stdint.h>

struct text_symbol {
	uint64_t address, size;
	const char *name;
	const char *module; /* NULL: the kernel itself, or a perf map */
};

/* By address; what has the same address is sorted so that the best name is first. */
struct text_table {
	char *text; /* the names are in it */
	struct text_symbol *symbols;
	size_t n;
};

/* Both leave an empty table when there is nothing to read. */
void table_read_kernel(struct text_table *table);
void table_read_perf_map(struct text_table *table, const char *path);
void table_free(struct text_table *table);
/* NULL: the address is in none. */
const struct text_symbol *table_find(const struct text_table *table, uint64_t address);
/* The address of a name, 0: there is none. */
uint64_t table_address(const struct text_table *table, const char *name);

#endif
