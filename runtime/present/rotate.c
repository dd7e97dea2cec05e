/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runtime/present/rotate.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

static void name_of(const struct rotate *rotate, unsigned number, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s.%u", rotate->path, number);
}

int rotate_open(struct rotate *rotate, int fd)
{
	char path[PATH_MAX];

	if (fd >= 0)
		close(fd);
	name_of(rotate, rotate->number, path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return fd;
	if (rotate->keep && rotate->number >= rotate->keep) {
		name_of(rotate, rotate->number - rotate->keep, path);
		unlink(path);
	}
	rotate->number++;
	rotate->written = 0;
	return fd;
}

size_t rotate_room(const struct rotate *rotate, size_t length)
{
	uint64_t room = rotate->size > rotate->written ? rotate->size - rotate->written : 0;

	return length < room ? length : (size_t)room;
}
