/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What DWARF says about one ELF file: found where users have it, opened when first asked for.
 *
 * It is looked for in the file itself, in the build-ID directories, by .gnu_debuglink, and from
 * debuginfod servers when $DEBUGINFOD_URLS names some.
 */
#ifndef SPILE_DEBUGINFO_DWARF_H
#define SPILE_DEBUGINFO_DWARF_H

#include <dwarf.h>
#include <elfutils/libdw.h>

#include "compiler/debuginfo/elf.h"

struct dwarf_index; /* index.h */

struct dwarf_file {
	struct dso *dso;
	Elf *elf;     /* the file with .debug_info; dso->elf when it is not a separate one */
	int fd;       /* of the separate file, or -1 */
	Dwarf *dwarf; /* NULL: there is no DWARF */
	Elf *alt_elf; /* what dwz took out of several files */
	Dwarf *alt;
	int alt_fd;
	Dwarf_CFI *eh_frame; /* of the file itself; read when first asked for */
	bool eh_frame_read;
	const char *path;    /* of the file with .debug_info */
	const char *looked;  /* where it was looked for, for messages */
	struct dwarf_index *index;
};

/* Never NULL; look at ->dwarf. */
struct dwarf_file *dwarf_file_of(struct dso *dso);
void dwarf_file_close(struct dwarf_file *file); /* NULL is allowed */
/* The ELF file whose .symtab is that of the dso: its own or the separate debug file. May be NULL. */
Elf *dwarf_file_symbols(struct dso *dso);

#endif
