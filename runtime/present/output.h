/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where results go: a file descriptor behind one large buffer. Nothing is written until the
 * buffer is full or output_flush() is called, which the session does whenever it goes to sleep.
 * The first failure (a full disk, a closed pipe) is kept in `error`; everything after it is
 * thrown away, so writers need not check.
 */
#ifndef SPILE_PRESENT_OUTPUT_H
#define SPILE_PRESENT_OUTPUT_H

#include <stdarg.h>
#include <stddef.h>

struct symbols;
struct rotate;

struct output {
	int fd;
	int error; /* errno of the first write that failed, or 0 */
	struct rotate *rotate; /* where there are several files; it owns fd then; else NULL */
	char *buffer;
	size_t length, capacity;
	struct symbols *symbols; /* for deferred names in strings; NULL: there are none */
	int elision; /* empty buckets of a histogram that are shown beside others; < 0: all */
	unsigned columns; /* width of the terminal; OUTPUT_WIDE where there is none */
};

enum { OUTPUT_WIDE = 10000, OUTPUT_ELISION = 2 };

/* Takes over nothing: `fd` stays the caller's. 0, or -ENOMEM. */
int output_open(struct output *out, int fd);
void output_flush(struct output *out);
void output_close(struct output *out); /* flushes, frees the buffer */

void output_write(struct output *out, const void *data, size_t length);
void output_text(struct output *out, const char *text);
void output_pad(struct output *out, char with, size_t count);
void output_printf(struct output *out, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/*
 * Room for `most` bytes at the buffer's end (most <= OUTPUT_RESERVE); the caller adds what it
 * wrote there to out->length.
 */
enum { OUTPUT_RESERVE = 65536 };
char *output_reserve(struct output *out, size_t most);

#endif
