/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Address spaces: what each process has mapped executable, and had when it was alive.
 *
 * At the start all processes are looked at in /proc; from then on the kernel tells each new
 * mapping, fork and exec of every process through perf events (mmap_events.h), which come in
 * order and are not lost when a process lives for a moment only.
 */
#ifndef SPILE_SYMBOLS_SPACES_H
#define SPILE_SYMBOLS_SPACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mapping {
	uint64_t start, end, offset; /* offset: in the file, of start */
	uint64_t inode;
	const char *path;            /* as the process saw it; "[vdso]", "//anon", "" */
};

/* One program that a process runs or ran. */
struct space {
	int pid;
	unsigned n, capacity;
	struct mapping *mappings; /* do not overlap */
	struct space *older;      /* what the process ran before, or NULL */
	struct space *next;       /* in the hash chain */
	struct space *left, *right; /* in the list of dead ones, the oldest first */
	bool dead;
	bool reread;              /* /proc was asked again after a miss */
};

struct spaces;

struct spaces *spaces_new(void); /* NULL: out of memory */
void spaces_free(struct spaces *spaces); /* NULL is allowed */
/* Reads /proc of all processes, or of one. */
void spaces_read_all(struct spaces *spaces);
void spaces_read(struct spaces *spaces, int pid);

void spaces_map(struct spaces *spaces, int pid, const struct mapping *mapping);
void spaces_fork(struct spaces *spaces, int parent, int child);
void spaces_exec(struct spaces *spaces, int pid);
void spaces_exit(struct spaces *spaces, int pid);

/* A path as a string that lives as long as `spaces`. */
const char *spaces_path(struct spaces *spaces, const char *path, size_t length);

/*
 * The mapping of the process that holds the address. code: where the code of its program begins,
 * which tells programs apart that it ran one after another; 0: its last one.
 */
const struct mapping *spaces_find(struct spaces *spaces, int pid, uint64_t code,
				  uint64_t address);
/* Something of the process' newest program is known. */
bool spaces_knows(struct spaces *spaces, int pid);
/*
 * The same when the process is not known: the mapping that all processes agree on which have
 * that address. NULL: there is none, or they do not. *pid: one of them.
 */
const struct mapping *spaces_find_any(struct spaces *spaces, uint64_t address, int *pid);

#endif
