/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A buffered file descriptor that remembers its first error. */
#include "runtime/present/output.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "runtime/present/rotate.h"

enum { OUTPUT_CAPACITY = 1 << 20 };

static unsigned terminal_columns(int fd)
{
	struct winsize size;

	if (isatty(fd) && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
		return size.ws_col;
	return OUTPUT_WIDE;
}

int output_open(struct output *out, int fd)
{
	*out = (struct output){.fd = fd, .capacity = OUTPUT_CAPACITY};
	out->columns = terminal_columns(fd);
	out->elision = OUTPUT_ELISION;
	out->buffer = malloc(out->capacity);
	return out->buffer ? 0 : -ENOMEM;
}

/* A descriptor that somebody else made non-blocking is waited for. */
static int write_some(struct output *out, const char *data, size_t length)
{
	struct pollfd wait = {.fd = out->fd, .events = POLLOUT};
	ssize_t n = write(out->fd, data, length);

	if (n >= 0)
		return (int)n;
	if (errno == EAGAIN)
		poll(&wait, 1, -1);
	else if (errno != EINTR)
		out->error = errno;
	return 0;
}

/* The next part of the output that goes into one file: whole lines, as far as they fit. */
static size_t next_part(struct output *out, const char *data, size_t length)
{
	struct rotate *rotate = out->rotate;
	size_t room = rotate ? rotate_room(rotate, length) : length;
	const char *end;

	if (room == length)
		return length;
	end = memrchr(data, '\n', room);
	if (end)
		return (size_t)(end + 1 - data);
	if (!rotate->written) /* a line that no file is large enough for */
		return room;
	out->fd = rotate_open(rotate, out->fd);
	if (out->fd < 0)
		out->error = errno;
	return 0;
}

static void write_first(struct output *out, size_t length)
{
	size_t done = 0;

	while (done < length && !out->error) {
		size_t part = next_part(out, out->buffer + done, length - done);
		size_t written = part ? (size_t)write_some(out, out->buffer + done, part) : 0;

		done += written;
		if (out->rotate)
			out->rotate->written += written;
	}
	out->length -= length;
	memmove(out->buffer, out->buffer + length, out->length);
}

void output_flush(struct output *out)
{
	write_first(out, out->length);
}

/* Makes room. Whole lines go out: the traced command may write to the same place. */
static void write_lines(struct output *out)
{
	const char *end = memrchr(out->buffer, '\n', out->length);

	write_first(out, end ? (size_t)(end + 1 - out->buffer) : out->length);
}

void output_close(struct output *out)
{
	output_flush(out);
	free(out->buffer);
	out->buffer = NULL;
}

char *output_reserve(struct output *out, size_t most)
{
	if (out->capacity - out->length < most)
		write_lines(out);
	if (out->capacity - out->length < most)
		output_flush(out);
	return out->buffer + out->length;
}

void output_write(struct output *out, const void *data, size_t length)
{
	const char *from = data;

	while (length) {
		size_t part = length < OUTPUT_RESERVE ? length : OUTPUT_RESERVE;

		memcpy(output_reserve(out, part), from, part);
		out->length += part;
		from += part;
		length -= part;
	}
}

void output_text(struct output *out, const char *text)
{
	output_write(out, text, strlen(text));
}

void output_pad(struct output *out, char with, size_t count)
{
	while (count) {
		size_t part = count < OUTPUT_RESERVE ? count : OUTPUT_RESERVE;

		memset(output_reserve(out, part), with, part);
		out->length += part;
		count -= part;
	}
}

void output_printf(struct output *out, const char *format, ...)
{
	va_list args;
	char *to = output_reserve(out, OUTPUT_RESERVE);
	int n;

	va_start(args, format);
	n = vsnprintf(to, OUTPUT_RESERVE, format, args);
	va_end(args);
	if (n > 0)
		out->length += (size_t)n < OUTPUT_RESERVE ? (size_t)n : OUTPUT_RESERVE - 1;
}
