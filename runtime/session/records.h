/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records as handlers sent them become output: text on the output, errors and warnings on
 * stderr; or, with --json, one object a line for each.
 */
#ifndef SPILE_SESSION_RECORDS_H
#define SPILE_SESSION_RECORDS_H

#include "compiler/codegen/unit.h"
#include "runtime/handler/abi.h"
#include "runtime/present/output.h"

/* A record that comes in parts. */
struct partial {
	struct record head;
	char *bytes;
	size_t length, capacity;
};

/* What somebody else wants to do with records; either may be NULL. */
struct records_hooks {
	/* True: it has taken the record, nothing else is done with it. */
	bool (*take)(void *data, const struct record *head, const char *args, const char *end);
	/* An error or a warning, instead of a line on stderr. */
	void (*message)(void *data, const char *kind, const char *label, const char *text,
			const char *where, const char *probe);
	void *data;
};

struct records {
	struct records_hooks hooks;
	const struct unit *unit;
	struct output *out;
	struct output scratch; /* text on its way into JSON */
	bool json;
	bool no_warnings;
	bool quiet_errors;     /* those of handlers are only counted */
	bool exit_asked;       /* RECORD_EXIT or RECORD_ABORT came */
	uint64_t printed;      /* records */
	uint64_t errors;
	uint64_t warnings;
	uint64_t malformed;    /* dropped: not as abi.h draws them */
	struct partial *partials; /* by slot */
	unsigned n_partials;
};

/* Takes one sample: one or more records. */
void records_feed(void *records, const void *data, size_t size);
void records_release(struct records *records);

/* Messages of the session itself, in the form that the user asked for. */
void records_warn(struct records *records, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void records_error(struct records *records, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
