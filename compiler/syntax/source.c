/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sources: reading them, and where in them a byte is. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/syntax/syntax.h"

/* Offsets are `unsigned` everywhere; a script of this size is a mistake anyway. */
enum { MAX_SOURCE = 256 * 1024 * 1024 };

struct buffer {
	VEC(char);
};

static int buffer_fill(struct arena *arena, struct buffer *buffer, int fd)
{
	char chunk[16384];
	ssize_t got;

	while ((got = read(fd, chunk, sizeof(chunk)))) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return errno;
		if (buffer->n + (size_t)got > MAX_SOURCE)
			return EFBIG;
		while (buffer->n + (size_t)got + 1 > buffer->capacity)
			buffer->v = arena_grow(arena, buffer->v, &buffer->capacity, 1);
		memcpy(buffer->v + buffer->n, chunk, (size_t)got);
		buffer->n += (unsigned)got;
	}
	return 0;
}

/* What some editors write in front of UTF-8. */
static const char byte_order_mark[] = "\xef\xbb\xbf";

static struct source *source_new(struct arena *arena, const char *name, const char *text,
				 size_t length)
{
	struct source *source = ARENA_NEW(arena, struct source);

	source->name = arena_strdup(arena, name);
	source->text = text;
	source->length = length;
	return source;
}

struct source *source_read(struct arena *arena, const char *path, const char **error)
{
	bool standard_input = !strcmp(path, "-");
	struct buffer buffer = {0};
	struct stat status;
	int fd, err = 0;

	fd = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		*error = arena_strdup(arena, strerror(errno));
		return NULL;
	}
	if (!fstat(fd, &status) && S_ISREG(status.st_mode) && status.st_size < MAX_SOURCE) {
		buffer.capacity = (unsigned)status.st_size + 1;
		buffer.v = arena_alloc(arena, buffer.capacity);
	}
	err = buffer_fill(arena, &buffer, fd);
	if (!standard_input)
		close(fd);
	if (err) {
		*error = arena_strdup(arena, strerror(err));
		return NULL;
	}
	if (!buffer.v)
		return source_new(arena, standard_input ? "<stdin>" : path, "", 0);
	buffer.v[buffer.n] = 0;
	if (!strncmp(buffer.v, byte_order_mark, sizeof(byte_order_mark) - 1)) {
		buffer.v += sizeof(byte_order_mark) - 1;
		buffer.n -= sizeof(byte_order_mark) - 1;
	}
	return source_new(arena, standard_input ? "<stdin>" : path, buffer.v, buffer.n);
}

struct source *source_from_text(struct arena *arena, const char *name, const char *text)
{
	size_t length = strlen(text);

	return source_new(arena, name, arena_strndup(arena, text, length), length);
}

void source_position(const struct source *source, unsigned offset, unsigned *line,
		     unsigned *column)
{
	const char *at = source->text, *end = at + offset, *newline;

	if (offset > source->length)
		end = at + source->length;
	*line = 1;
	while ((newline = memchr(at, '\n', (size_t)(end - at)))) {
		++*line;
		at = newline + 1;
	}
	*column = (unsigned)(end - at) + 1;
}

struct range range_join(struct range from, struct range to)
{
	if (!from.source)
		return to;
	if (from.source != to.source)
		return from;
	if (to.start < from.start)
		from.start = to.start;
	if (to.end > from.end)
		from.end = to.end;
	return from;
}
