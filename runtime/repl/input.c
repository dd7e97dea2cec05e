/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines, from a terminal with readline or from a file, made to whole inputs. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "runtime/repl/live.h"
#include "runtime/repl/words.h"

#define PROMPT "spile> "
#define PROMPT_MORE "  ...> "

enum { HISTORY_LINES = 5000 };

/* Readline's callbacks have no context: what its line handler was given. */
static struct {
	char *line;
	bool done;
	struct live *live;
} reader;

/* ---- whole inputs -------------------------------------------------------------------------------- */

struct input {
	struct live *live;
	char *text;    /* the lines so far, NULL: none */
	size_t looked; /* the length at which it was last looked at */
};

/* So long an input is not looked at after each line. */
enum { LONG = 8 << 10 };

static void add_line(struct input *input, const char *line)
{
	char *all;

	if (asprintf(&all, "%s%s\n", input->text ? input->text : "", line) < 0)
		abort();
	free(input->text);
	input->text = all;
}

static void forget_lines(struct input *input)
{
	free(input->text);
	input->text = NULL;
	input->looked = 0;
}

/* To look at all of a long text after each of its lines takes too long, when more lines wait. */
static bool is_whole(struct input *input, const char *line, bool more)
{
	size_t length = strlen(input->text);

	if (more && length > LONG && *line != '}' && length < input->looked + input->looked / 8)
		return false;
	input->looked = length;
	return !evaluate_incomplete(input->live, input->text);
}

static void finish(struct input *input, struct json_object *id)
{
	char origin[32];
	bool ok;

	snprintf(origin, sizeof(origin), "<%u>", ++input->live->inputs);
	answer_begin(input->live, id);
	ok = evaluate_all(input->live, input->text, origin);
	probes_check_limits(input->live);
	answer_end(input->live, ok);
	loop_drain(input->live);
	screen_flush(input->live);
	forget_lines(input);
}

static void take_input(struct input *input, struct json_object *text, struct json_object *id)
{
	forget_lines(input);
	add_line(input, json_object_get_string(text));
	finish(input, id);
}

static void take_completion(struct input *input, struct json_object *request,
			    struct json_object *text, struct json_object *id)
{
	size_t length = strlen(json_object_get_string(text)), cursor = length;
	struct json_object *at;

	if (json_object_object_get_ex(request, "cursor", &at) && json_object_get_int64(at) >= 0 &&
	    (size_t)json_object_get_int64(at) < length)
		cursor = (size_t)json_object_get_int64(at);
	answer_begin(input->live, id);
	completion_answer(input->live, json_object_get_string(text), cursor);
	answer_end(input->live, true);
	screen_flush(input->live);
}

static void refuse_request(struct input *input, struct json_object *id)
{
	answer_begin(input->live, id);
	say_error(input->live, "a request has a member \"input\" or \"complete\", a string");
	answer_end(input->live, false);
	input->live->failures++;
	screen_flush(input->live);
}

/*
 * {"input": "...", "id": ...}: whole by itself, whatever was begun before. {"complete": "...",
 * "cursor": ...}: what TAB would offer.
 */
static bool take_request(struct input *input, const char *line)
{
	struct json_object *request, *text, *id = NULL;

	if (!input->live->json || line[0] != '{')
		return false;
	request = json_tokener_parse(line);
	if (!request)
		return false;
	json_object_object_get_ex(request, "id", &id);
	if (json_object_object_get_ex(request, "input", &text) &&
	    json_object_is_type(text, json_type_string))
		take_input(input, text, id);
	else if (json_object_object_get_ex(request, "complete", &text) &&
		 json_object_is_type(text, json_type_string))
		take_completion(input, request, text, id);
	else
		refuse_request(input, id);
	json_object_put(request);
	return true;
}

static bool is_blank(const char *text)
{
	return !text[strspn(text, " \t\n")];
}

static void take_line(struct input *input, const char *line, bool more)
{
	if (take_request(input, line) || (!input->text && is_blank(line)))
		return;
	add_line(input, line);
	if (is_whole(input, line, more))
		finish(input, NULL);
}

/* ---- the terminal ------------------------------------------------------------------------------------ */

static void on_line(char *line)
{
	reader.line = line;
	reader.done = true;
	rl_callback_handler_remove();
}

void input_hide_prompt(struct live *live)
{
	if (live->dumb)
		fputc('\n', rl_outstream);
	else
		rl_clear_visible_line();
	fflush(rl_outstream);
}

void input_show_prompt(struct live *live)
{
	(void)live;
	rl_on_new_line();
	rl_redisplay();
}

void input_resized(struct live *live)
{
	struct winsize size;

	if (!live->terminal)
		return;
	rl_resize_terminal();
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
		live->out->columns = size.ws_col;
}

/* Ctrl-C: what was typed is gone, the session is not. */
static void cancel_line(struct input *input)
{
	input->live->interrupted = false;
	forget_lines(input);
	rl_free_line_state();
	rl_callback_sigcleanup();
	fputs("^C\n", rl_outstream);
	rl_callback_handler_remove();
	reader.done = true;
	reader.line = strdup("");
}

/* The program that is typed last: process("PATH". */
static void warm_program(struct live *live)
{
	static const char before[] = "process(\"";
	char name[512];
	const char *at = rl_line_buffer, *next, *end;

	while ((next = strstr(at, before)))
		at = next + strlen(before);
	end = strchr(at, '"');
	if (at == rl_line_buffer || !end || (size_t)(end - at) >= sizeof(name))
		return;
	snprintf(name, sizeof(name), "%.*s", (int)(end - at), at);
	files_warm(live, name);
}

/*
 * Before TAB asks for them: the kernel's functions, some at a time. How long to wait for a key
 * before there is more to do, -1: forever.
 */
static int idle(struct live *live)
{
	warm_program(live);
	if (strstr(rl_line_buffer, "kernel.f") && words_read_kernel(live->words))
		return 0;
	return files_idle(live);
}

/* A line, NULL at the end; meanwhile events are served. */
static char *read_line(struct input *input)
{
	struct live *live = input->live;

	reader.done = false;
	reader.line = NULL;
	rl_callback_handler_install(input->text ? PROMPT_MORE : PROMPT, on_line);
	live->prompting = true;
	live->begun = input->text;
	while (!reader.done && !live->quit) {
		if (loop_turn(live, STDIN_FILENO, idle(live)))
			rl_callback_read_char();
		else if (live->interrupted)
			cancel_line(input);
	}
	live->prompting = false;
	if (!reader.done)
		rl_callback_handler_remove();
	return reader.line;
}

static bool keys_wait(void)
{
	struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};

	return poll(&fd, 1, 0) > 0;
}

static void remember(const char *text)
{
	char *copy = text_trimmed(text);
	HIST_ENTRY *last = history_length ? history_get(history_base + history_length - 1) : NULL;

	for (char *at = copy; *at; at++)
		if (*at == '\n')
			*at = ' ';
	if (*copy && (!last || strcmp(last->line, copy)))
		add_history(copy);
	free(copy);
}

static void open_history(struct live *live)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	char *directory = NULL, *path;

	using_history();
	stifle_history(HISTORY_LINES);
	if (state && *state ? asprintf(&directory, "%s/spile", state) < 0
			    : !home || asprintf(&directory, "%s/.local/state/spile", home) < 0)
		return;
	for (char *slash = strchr(directory + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		mkdir(directory, 0700);
		*slash = '/';
	}
	mkdir(directory, 0700);
	if (asprintf(&path, "%s/history", directory) >= 0) {
		live->history_path = path;
		read_history(path);
	}
	free(directory);
}

static void run_terminal(struct input *input)
{
	struct live *live = input->live;

	reader.live = live;
	rl_readline_name = "spile";
	rl_catch_signals = 0;
	rl_catch_sigwinch = 0;
	rl_outstream = stdout;
	open_history(live);
	completion_start(live);
	while (!live->quit) {
		char *line = read_line(input);

		if (!line)
			break;
		if (input->text || !is_blank(line)) {
			add_line(input, line);
			if (is_whole(input, line, keys_wait())) {
				remember(input->text);
				finish(input, NULL);
			}
		}
		free(line);
	}
	if (!live->quit && live->dumb)
		fputc('\n', stdout);
	fflush(stdout);
	if (live->history_path)
		write_history(live->history_path);
	free((char *)live->history_path);
}

/* ---- a file or a pipe ----------------------------------------------------------------------------------- */

struct lines {
	char *buffer;
	size_t length, capacity, at;
	bool end;
};

static void fill(struct lines *lines)
{
	ssize_t n;

	if (lines->capacity - lines->length < 4096) {
		lines->capacity = lines->capacity ? 2 * lines->capacity : 16384;
		lines->buffer = realloc(lines->buffer, lines->capacity);
		if (!lines->buffer)
			abort();
	}
	n = read(STDIN_FILENO, lines->buffer + lines->length, lines->capacity - lines->length - 1);
	if (n > 0)
		lines->length += (size_t)n;
	else if (n == 0 || errno != EINTR)
		lines->end = true;
}

/* The next line, without its newline; NULL: there is none yet, or none any more (end). */
static char *next_line(struct lines *lines)
{
	char *line, *end = lines->length > lines->at
				   ? memchr(lines->buffer + lines->at, '\n',
					    lines->length - lines->at)
				   : NULL;

	if (!end && !(lines->end && lines->at < lines->length))
		return NULL;
	if (!end)
		end = lines->buffer + lines->length;
	line = strndup(lines->buffer + lines->at, (size_t)(end - lines->buffer) - lines->at);
	lines->at = (size_t)(end - lines->buffer) + 1;
	if (lines->at >= lines->length)
		lines->at = lines->length = 0;
	return line;
}

static void run_file(struct input *input)
{
	struct live *live = input->live;
	struct lines lines = {0};

	while (!live->quit && !live->interrupted) {
		char *line = next_line(&lines);

		if (!line && lines.end)
			break;
		if (line)
			take_line(input, line, lines.length > 0);
		else if (loop_turn(live, STDIN_FILENO, files_idle(live)))
			fill(&lines);
		free(line);
	}
	if (input->text && !live->quit)
		finish(input, NULL);
	free(lines.buffer);
}

void input_run(struct live *live)
{
	struct input input = {.live = live};

	if (live->terminal)
		run_terminal(&input);
	else
		run_file(&input);
	forget_lines(&input);
}
