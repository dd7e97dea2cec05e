/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The debug information of the running kernel and of its loaded modules: found where packages and
 * builds have it, and only taken when its build ID is that of what runs.
 *
 * A module is a relocatable file whose sections are loaded anywhere: it is laid out like a linker
 * would (relocate.h), and `loaded` of its segments tells where each part is. All else that knows DWARF
 * works with the addresses of that layout.
 */
#ifndef SPILE_DEBUGINFO_KERNEL_FILE_H
#define SPILE_DEBUGINFO_KERNEL_FILE_H

#include "compiler/debuginfo/elf.h"

/* Why there is none. */
struct kernel_file_problem {
	const char *what;   /* "it was not found", ... */
	const char *looked; /* the places, or NULL */
	const char *help;   /* what to install, or NULL */
};

/*
 * The kernel's file (module NULL), or that of a loaded module, by its name or by the path of its
 * .ko; opened once. It has DWARF. NULL with *problem.
 */
struct dso *kernel_file_open(struct debuginfo *debuginfo, const char *module,
			     struct kernel_file_problem *problem);

/* "foo-bar.ko", "/lib/foo-bar.ko": foo_bar, as the kernel calls it. */
const char *kernel_file_module(struct arena *arena, const char *name);

/*
 * Where an address of a kernel's file is when the kernel runs. per_cpu: it is an offset in the
 * block that each processor has. False: it is in no part that stays in memory.
 */
bool kernel_file_loaded(const struct dso *dso, uint64_t address, uint64_t *loaded, bool *per_cpu);
/* The address in the file of what is loaded there; not of what each processor has. */
bool kernel_file_address(const struct dso *dso, uint64_t loaded, uint64_t *address);

#endif
