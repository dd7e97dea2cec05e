/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types of C and its kin, as far as they matter for reaching values: one model, fed by DWARF and
 * by BTF.
 *
 * A type is made shallow (kind, name, size) and filled in when somebody looks behind it: its
 * source's `fill` sets target, count, members, enumerators. Types live in an arena and may form
 * cycles (through pointers). Look at them only through the functions below.
 */
#ifndef SPILE_DEBUGINFO_CTYPE_H
#define SPILE_DEBUGINFO_CTYPE_H

#include "compiler/syntax/ast.h"

enum ctype_kind {
	CTYPE_VOID,      /* also what is not known at all (name tells) */
	CTYPE_INT,       /* is_signed, is_char, is_bool */
	CTYPE_FLOAT,
	CTYPE_ENUM,      /* is_signed; enumerators */
	CTYPE_POINTER,   /* target */
	CTYPE_REFERENCE, /* C++: a pointer that is never seen as one */
	CTYPE_ARRAY,     /* target: of the elements; count */
	CTYPE_STRUCT,    /* also class: members */
	CTYPE_UNION,
	CTYPE_TYPEDEF,   /* target */
	CTYPE_QUALIFIED, /* const, volatile, ...: name is the word, target */
	CTYPE_FUNCTION,  /* target: of the result */
};

struct ctype;
struct access;

/* Part of the way to a member: forward by bit_offset, then where `locate` leads from there. */
struct ctype_hop {
	uint64_t bit_offset;
	const struct access *locate;
	struct ctype_hop *next;
};

/* The name that the member gets which tells the variant. */
#define CTYPE_VARIANT "__variant"

struct ctype_member {
	const char *name;     /* NULL: anonymous, or a base class */
	struct ctype *type;
	uint64_t bit_offset;  /* from the start of the structure, little-endian */
	unsigned bit_size;    /* of a bit-field; 0: an ordinary member */
	bool is_base;         /* C++ base class */
	/* One of several at the same place (Rust): there while CTYPE_VARIANT has that value, or, by
	 * default, none of those of the others. */
	enum { VARIANT_NONE, VARIANT_VALUE, VARIANT_DEFAULT } variant;
	int64_t variant_value;
	bool is_virtual_base; /* its place is only known at run time, and: */
	/* Steps that make its address of the structure's; NULL: there is no way. */
	const struct access *locate;
	/* Of what ctype_find_member() finds: before bit_offset. */
	struct ctype_hop *hops;
	const struct ctype_member *declared;
};

struct ctype_enumerator {
	const char *name;
	int64_t value;
};

struct ctype {
	enum ctype_kind kind;
	const char *name;  /* without "struct"; NULL: anonymous */
	uint64_t size;     /* in bytes; 0: not known */
	bool is_signed, is_char, is_bool;
	bool is_class;     /* spelt without "struct" */
	bool is_string;    /* of Go: members str and len */
	bool incomplete;   /* only declared */
	bool is_vector;    /* an array that is passed like a register of the processor */

	/* behind fill(): */
	struct ctype *target; /* NULL: void */
	uint64_t count;       /* of an array's elements; 0: not known */
	struct {
		VEC(struct ctype_member);
	} members;
	struct {
		VEC(struct ctype_enumerator);
	} enumerators;

	/* of the source: */
	void (*fill)(struct arena *arena, struct ctype *type); /* NULL: filled */
	const void *source;
	uint64_t id[3];
};

struct ctype *ctype_new(struct arena *arena, enum ctype_kind kind, const char *name, uint64_t size);
/* Calls fill() if need be; returns `type`. */
struct ctype *ctype_filled(struct arena *arena, struct ctype *type);

/* Without typedefs and qualifiers; NULL becomes a CTYPE_VOID. Never NULL. */
struct ctype *ctype_strip(struct arena *arena, struct ctype *type);
/* What a pointer, reference, array, typedef or function refers to, not stripped. Never NULL. */
struct ctype *ctype_target(struct arena *arena, struct ctype *type);
/* In bytes, also of arrays and typedefs; 0: not known. */
uint64_t ctype_size(struct arena *arena, struct ctype *type);
bool ctype_is_aggregate(const struct ctype *stripped); /* structure, union or array */

/*
 * A member by name, also one inside anonymous members and base classes: *found with the offset
 * from the start of `type`, or from where found->hops lead. False when there is none.
 */
bool ctype_find_member(struct arena *arena, struct ctype *type, const char *name,
		       struct ctype_member *found);
/* Calls `each` with the names of all members that ctype_find_member() finds. */
void ctype_each_member(struct arena *arena, struct ctype *type,
		       void (*each)(void *data, const char *name), void *data);
/* Offers the names of all members that ctype_find_member() finds. */
void ctype_offer_members(struct arena *arena, struct ctype *type, struct suggest *suggest);
/* "a, b, c, ..." for messages. */
const char *ctype_list_members(struct arena *arena, struct ctype *type);

/* In C: "const struct foo *", "int [4]", "char (*)(...)". */
const char *ctype_spell(struct arena *arena, struct ctype *type);

#endif
