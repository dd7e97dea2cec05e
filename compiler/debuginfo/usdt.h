/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Static marks in a file: the notes that <sys/sdt.h> leaves in section .note.stapsdt.
 */
#ifndef SPILE_DEBUGINFO_USDT_H
#define SPILE_DEBUGINFO_USDT_H

#include "compiler/debuginfo/elf.h"

struct usdt_note {
	const char *provider, *name;
	uint64_t address;          /* of the marked instruction */
	uint64_t semaphore_offset; /* in the file; 0: it has none */
	const char *args;          /* "-4@%edi 8@8(%rsp)" */
};

struct usdt_vec {
	VEC(struct usdt_note);
};

/* All marks of a file, in the file's order; broken notes are left out. */
void usdt_read(struct dso *dso, struct usdt_vec *out);

/*
 * One argument of a mark, in the syntax of the assembler's operands:
 * constant, register, or memory at symbol + base + index * scale + offset.
 */
enum usdt_kind { USDT_CONST, USDT_REGISTER, USDT_MEMORY };
struct usdt_argument {
	enum usdt_kind kind;
	unsigned size;      /* bytes */
	bool is_signed, is_float;
	int64_t offset;     /* constant, or displacement */
	int base, index;    /* DWARF register numbers; -1: none; USDT_REGISTER: base */
	bool base_is_ip;    /* symbol(%rip): offset is a virtual address */
	unsigned scale;
	unsigned shift;     /* USDT_REGISTER: 8 for %ah and its kin */
	const char *symbol; /* whose address is added, or NULL */
};

/*
 * Reads the arguments of a note. Returns how many there are; those that are not understood
 * have size 0. At most `max` are stored.
 */
unsigned usdt_parse(struct arena *arena, const char *args, struct usdt_argument *out, unsigned max);

#endif
