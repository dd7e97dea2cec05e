/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A quick way through the DIEs of a unit, to those of functions that have code.
 *
 * libdw looks at each attribute of each DIE, through several calls. This goes by what the
 * abbreviations say of sizes, so that most DIEs are one addition, and knows nothing of DWARF but
 * how long things are. It does not guess: where anything is unusual or inconsistent it gives up,
 * and libdw tells what there is.
 */
#ifndef SPILE_DEBUGINFO_SCAN_H
#define SPILE_DEBUGINFO_SCAN_H

#include "compiler/debuginfo/dwarf.h"

/* A DIE of a subprogram or an inlined subroutine that tells addresses. */
struct scanned {
	const unsigned char *die;    /* in .debug_info */
	const unsigned char *origin; /* what its DW_AT_abstract_origin refers to, or NULL */
	uint64_t entry;              /* or 0: ask libdw */
	bool inlined;
};

struct scan {
	struct arena *arena;
	struct {
		VEC(struct scanned); /* those of one unit, outer ones before what they hold */
	} found;
	Elf_Data *info, *abbrev;    /* the sections; NULL: they are not there */
	struct scan_shapes *shapes; /* of the last abbreviations, kept for the next unit */
};

struct scan *dwarf_scan_new(struct arena *arena, struct dwarf_file *file);
/* Finds the functions of a unit of that file. False: it is nothing for this, or not sound. */
bool dwarf_scan_functions(struct scan *scan, const struct dwarf_unit *unit);

#endif
