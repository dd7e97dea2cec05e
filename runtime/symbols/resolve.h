/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of one address.
 */
#ifndef SPILE_SYMBOLS_RESOLVE_H
#define SPILE_SYMBOLS_RESOLVE_H

#include "compiler/debuginfo/dwarf.h"
#include "runtime/symbols/spaces.h"

struct resolver;

struct resolved {
	const char *name;         /* of the function, or NULL */
	uint64_t offset, size;    /* in the function and of it; size 0: not known */
	const char *module;       /* path of the file, the kernel's module, "kernel"; NULL: none */
	uint64_t module_offset;   /* in the file */
	struct dso *dso;          /* for lines; NULL: none */
	uint64_t dso_address;
	bool nowhere;             /* the process has no code there */
};

/* Whose address it is. */
struct process {
	int pid;       /* 0: not known */
	uint64_t code; /* where its program's code begins, 0: not known */
};

struct resolver *resolver_new(struct spaces *spaces); /* NULL: out of memory */
void resolver_free(struct resolver *resolver);         /* NULL is allowed */
void resolver_set_target(struct resolver *resolver, int pid);

/* back: bytes before the address that the name is of (1 for a return address, else 0). */
struct resolved resolver_find(struct resolver *resolver, const struct process *process,
			      uint64_t address, unsigned back);

/* A place in the source; functions that were inlined are told from the innermost outwards. */
struct source_line {
	const char *function; /* of an inlined instance; NULL: the function itself */
	const char *file;     /* NULL: not known */
	int line;
};
/* Fills at most `most` lines, the last one being the function's own; how many. */
unsigned resolver_lines(struct resolver *resolver, const struct resolved *resolved,
			struct source_line *lines, unsigned most);

#endif
