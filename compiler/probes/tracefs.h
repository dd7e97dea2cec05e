/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What tracefs says about trace events: which there are, and what is in their records.
 */
#ifndef SPILE_PROBES_TRACEFS_H
#define SPILE_PROBES_TRACEFS_H

#include <stdbool.h>

#include "compiler/syntax/arena.h"

enum trace_field_kind {
	TRACE_NUMBER,   /* 1, 2, 4 or 8 bytes */
	TRACE_BYTES,    /* an array or a structure inside the record: its address is the value */
	TRACE_DATA_LOC, /* a u32: the array's offset in the record, and its length << 16 */
	TRACE_REL_LOC,  /* the same, its offset counted from behind the u32 */
};

struct trace_field {
	const char *name;
	const char *type;  /* C spelling of the field, or of an array's elements */
	enum trace_field_kind kind;
	unsigned offset, size; /* in the record */
	bool is_signed;
	bool is_array;
	bool is_text;          /* an array of char */
	unsigned element_size; /* of an array, 0: not known */
	unsigned elements;     /* of a TRACE_BYTES array, 0: not known */
};

struct trace_event {
	const char *system, *name;
	VEC(struct trace_field); /* without the common_ fields, which programs can't read */
};

struct trace_name {
	const char *system, *name;
};
struct trace_name_vec {
	VEC(struct trace_name);
};

/* Where tracefs is mounted, or NULL. */
const char *tracefs_path(void);

/* Reads events/SYSTEM/NAME/format; NULL with *error set when there is no such file. */
struct trace_event *tracefs_event(struct arena *arena, const char *system, const char *name,
				  const char **error);

/*
 * Appends the events whose system and name match the patterns (fnmatch), sorted. `system` NULL:
 * any, except "syscalls" unless the name is spelt out. A pattern without wildcards costs no
 * directory scan.
 */
void tracefs_list(struct arena *arena, const char *system, const char *name,
		  struct trace_name_vec *out);

/* The field with that name, or NULL. */
const struct trace_field *trace_event_field(const struct trace_event *event, const char *name);

#endif
