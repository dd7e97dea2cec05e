/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which files a name in a probe point means.
 */
#ifndef SPILE_DEBUGINFO_PATHS_H
#define SPILE_DEBUGINFO_PATHS_H

#include "compiler/debuginfo/elf.h"

struct path_vec {
	VEC(const char *);
	const char *script; /* a script that one of them was found for as its interpreter, or NULL */
};

/*
 * process("NAME"): with a '/' the file, or those a glob pattern matches; without one what the
 * shell would find in $PATH, else what the loader would load for that library name. A script
 * stands for its interpreter. Appends absolute paths without symbolic links, each once. False
 * with *error when nothing is there; `suggest` is offered names of the same kind when not NULL.
 */
struct suggest;
bool paths_of_process(struct arena *arena, const char *name, struct path_vec *out,
		      const char **error, struct suggest *suggest);

/* The library that the loader finds for `name` ("libc.so.6"), or NULL. */
const char *paths_of_library(struct arena *arena, const char *name);

/*
 * .library("NAME") of a program: those of the libraries it is linked with (and they with) whose
 * path or name matches the glob, else the file of that name.
 */
bool paths_of_linked(struct debuginfo *debuginfo, struct dso *program, const char *name,
		     struct path_vec *out, const char **error, struct suggest *suggest);

/* The executable of a running process, as a path that can be opened from here. NULL: *error. */
const char *paths_of_pid(struct arena *arena, int pid, const char **error);
/* Files mapped executable by the process whose path or name matches the glob. */
bool paths_of_mapped(struct arena *arena, int pid, const char *name, struct path_vec *out,
		     const char **error, struct suggest *suggest);
/* The file that the process has mapped at an address, and the place in it. NULL: *error. */
const char *paths_of_address(struct arena *arena, int pid, uint64_t address, uint64_t *offset,
			     const char **error);

#endif
