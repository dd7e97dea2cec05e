/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A value, shown again and again in the same place. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "runtime/present/width.h"
#include "runtime/repl/commands.h"

/* The cursor to where the last showing began, and everything below gone. */
static void go_back(struct live *live, unsigned lines)
{
	if (lines && live->terminal && !live->dumb)
		output_printf(live->out, "\033[%uA\033[J", lines);
}

/* Of the screen, that a line takes: more than one when it is too wide. */
static unsigned height_of(const struct output *out, const char *line, size_t length)
{
	size_t width = text_width(line, length);

	return width ? (unsigned)((width + out->columns - 1) / out->columns) : 1;
}

/* What is left of the screen below one line; 0: no matter. */
static unsigned screen_height(const struct live *live)
{
	struct winsize size;

	if (!live->terminal || live->dumb || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		return 0;
	return size.ws_row > 2 ? size.ws_row - 2U : 0;
}

/*
 * Lines of the screen since `from`. The cursor can't go back to what has left the screen: there are
 * no more than fit.
 */
static unsigned fit(struct live *live, size_t from)
{
	unsigned lines = 0, most = screen_height(live);
	struct output *out = live->out;

	for (size_t i = from; i < out->length;) {
		const char *line = out->buffer + i;
		const char *end = memchr(line, '\n', out->length - i);
		size_t length = end ? (size_t)(end - line) : out->length - i;
		unsigned height = height_of(out, line, length);

		if (most && lines + height > most) {
			out->length = i;
			output_text(out, "... and more than fits on the screen\n");
			return lines + 1;
		}
		lines += height;
		i += length + 1;
	}
	return lines;
}

static bool show(struct live *live, const char *text, unsigned *lines)
{
	size_t from;
	bool ok;

	screen_flush(live);
	go_back(live, *lines);
	from = live->out->length;
	ok = statement_run(live, text, "<watch>");
	*lines = fit(live, from);
	screen_flush(live);
	return ok;
}

/* Until the time has come or a key, Ctrl-C, says that it is enough; output of handlers moves on. */
static void pass(struct live *live, double until, unsigned *lines)
{
	uint64_t printed = live->records.printed;

	while (!live->quit && !live->interrupted && seconds_now() < until)
		loop_turn(live, -1, (int)((until - seconds_now()) * 1000) + 1);
	if (live->records.printed != printed)
		*lines = 0;
}

bool watch(struct live *live, char *args)
{
	char *end;
	double interval = strtod(args, &end);
	bool ok = true, given = end != args && (*end == ' ' || *end == 's' || *end == '\t');
	unsigned lines = 0, turns = 0;

	if (given)
		args = end + (*end == 's');
	if (!given || !(interval > 0))
		interval = 1;
	args += strspn(args, " \t");
	if (!*args) {
		say_error(live, "watch wants an expression: watch 2 calls");
		return false;
	}
	live->interrupted = false;
	while (ok && !live->quit && !live->interrupted) {
		ok = show(live, args, &lines);
		if (!live->terminal && ++turns == WATCH_TURNS)
			break;
		if (ok)
			pass(live, seconds_now() + interval, &lines);
	}
	if (live->interrupted && live->terminal)
		say(live, "\n");
	live->interrupted = false;
	return ok;
}
