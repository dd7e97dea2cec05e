/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A place: where an object is, as an access program and a type; and the way from there along
 * `->member[index]` to a value. Knows types (ctype.h) and accesses, but not whether DWARF, BTF
 * or something else told them.
 */
#ifndef SPILE_DEBUGINFO_PLACE_H
#define SPILE_DEBUGINFO_PLACE_H

#include "compiler/debuginfo/ctype.h"
#include "compiler/probes/access.h"

enum place_kind {
	PLACE_MEMORY, /* the program leaves the object's address */
	PLACE_VALUE,  /* the program leaves the object itself, in the low bits of the cell */
	PLACE_PIECES, /* parts of it are in different places */
};

/* Part of an object, in ascending order of bits. */
struct place_piece {
	enum place_kind kind;  /* MEMORY or VALUE */
	bool missing;          /* optimised away */
	struct access access;
	uint64_t bits;         /* size of the piece */
	unsigned bit_offset;   /* where it starts in the place that `access` tells */
};

struct place {
	enum place_kind kind;
	struct ctype *type;
	struct access access;
	bool user;            /* memory is read with ACCESS_READ_USER */
	bool not_addressable; /* computed: has no address even if in memory (implicit pointers) */
	uint64_t bit_offset;  /* of the object, from the start of the place */
	unsigned bit_size;    /* of a bit-field; 0: an ordinary object */
	struct {
		VEC(struct place_piece);
	} pieces;
	/* What a pointer points to when the pointer itself was optimised away: NULL, or */
	struct place *pointee;
};

/* Who asks: memory, messages, and the source range they are about. */
struct place_context {
	struct arena *arena;
	struct diags *diags;
	struct range range;
};

/* A place in memory whose address `access` leaves. */
struct place place_memory(struct ctype *type, const struct access *access, bool user);
/* A value that `access` leaves. */
struct place place_value(struct ctype *type, const struct access *access, bool user);

/* One step. False after a message: no such member, not a structure, not an array. */
bool place_member(const struct place_context *context, struct place *place, const char *name);
bool place_index(const struct place_context *context, struct place *place, struct expr *index);
/* Follows the pointer (or reference) that is there. */
bool place_dereference(const struct place_context *context, struct place *place);
/* All steps of target->path up to a trailing $ or $$. */
bool place_walk(const struct place_context *context, struct place *place,
		const struct target *target);

/*
 * The end of the way: *access leaves the value as a long. Integers, enums and pointers are
 * themselves; an array, and with target->address_of anything in memory, is its address.
 * Structures and floating point are errors. Fills in access->type_name and ->writable.
 */
bool place_finish(const struct place_context *context, struct place *place, bool address_of,
		  struct access *access);

/*
 * The whole for a target: walks, finishes, sets target->access and expr->type. Returns `expr`, or
 * NULL after a message. A trailing $ or $$ must have been replaced before.
 */
struct expr *place_resolve(const struct place_context *context, struct place *place,
			   struct expr *expr);

#endif
