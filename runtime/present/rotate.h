/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -S: output goes to FILE.0, and to FILE.1 when that is full, and so on; the oldest go when there
 * are more than so many.
 */
#ifndef SPILE_PRESENT_ROTATE_H
#define SPILE_PRESENT_ROTATE_H

#include <stddef.h>
#include <stdint.h>

struct rotate {
	const char *path;
	uint64_t size;    /* a file's, in bytes */
	unsigned keep;    /* files; 0: all */
	unsigned number;  /* of the next file */
	uint64_t written; /* to this one */
};

/* Opens the first file, or the next one instead of `fd` (-1: none); -1 and errno. */
int rotate_open(struct rotate *rotate, int fd);

/* How much of `length` bytes fits into this file; 0: the next one is due. */
size_t rotate_room(const struct rotate *rotate, size_t length);

#endif
