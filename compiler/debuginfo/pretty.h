/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pretty printing: `$x$` and `$x$$` as text in the language, an sprintf of the parts.
 */
#ifndef SPILE_DEBUGINFO_PRETTY_H
#define SPILE_DEBUGINFO_PRETTY_H

#include "compiler/debuginfo/ctype.h"

/*
 * 'sprintf("{.a=%i, .b={...}}", $x->a)' for base "$x" of type `type`; `deep`: members of members
 * too ("$x$$"). A pointer to a structure is followed once. Text of C strings is read with
 * user_string_quoted() or kernel_string_quoted().
 */
const char *pretty_value(struct arena *arena, const char *base, struct ctype *type, bool deep,
			 bool user);

/* Whether the value of a text in the language can be read: what can not be is shown as "?". */
struct pretty_reader {
	bool (*can_read)(void *data, const char *text);
	void *data;
};

/* The same in steps, for several values in one sprintf. */
struct pretty_parts {
	struct arena *arena;
	bool user;
	const char *format; /* so far */
	const char *args;   /* so far: ", $x->a, ..." */
	unsigned n;
	const struct pretty_reader *reader; /* NULL: all can be */
	/* While members of base classes and anonymous ones are shown: the structure that they are in,
	 * and how far. */
	struct ctype *outer;
	uint64_t offset;
};
void pretty_append(struct pretty_parts *parts, const char *base, struct ctype *type, bool deep);
/* 'sprintf("...", ...)' of the parts. */
const char *pretty_finish(const struct pretty_parts *parts);

#endif
