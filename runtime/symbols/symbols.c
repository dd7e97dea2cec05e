/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tokens become text. */
#include "runtime/symbols/symbols.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/handler/abi.h"
#include "runtime/symbols/mmap_events.h"
#include "runtime/symbols/resolve.h"

/* Names that were asked for lately, by token. */
struct remembered {
	char token[DEFER_TOKEN + 1];
	char *text;
};

enum { REMEMBERED = 4096, MOST_LINES = 32 };

struct symbols {
	struct spaces *spaces;
	struct mmap_events *events;
	struct resolver *resolver;
	struct remembered remembered[REMEMBERED];
	char *text; /* the expanded one */
	size_t length, capacity;
};

struct symbols *symbols_new(int target_pid)
{
	struct symbols *symbols = calloc(1, sizeof(*symbols));

	if (!symbols)
		return NULL;
	symbols->spaces = spaces_new();
	symbols->resolver = symbols->spaces ? resolver_new(symbols->spaces) : NULL;
	if (!symbols->resolver) {
		symbols_free(symbols);
		return NULL;
	}
	resolver_set_target(symbols->resolver, target_pid);
	symbols->events = mmap_events_open();
	spaces_read_all(symbols->spaces);
	return symbols;
}

void symbols_free(struct symbols *symbols)
{
	if (!symbols)
		return;
	mmap_events_close(symbols->events);
	resolver_free(symbols->resolver);
	spaces_free(symbols->spaces);
	for (unsigned i = 0; i < REMEMBERED; i++)
		free(symbols->remembered[i].text);
	free(symbols->text);
	free(symbols);
}

void symbols_set_target(struct symbols *symbols, int target_pid)
{
	if (symbols)
		resolver_set_target(symbols->resolver, target_pid);
}

void symbols_update(struct symbols *symbols)
{
	if (symbols && symbols->events)
		mmap_events_drain(symbols->events, symbols->spaces);
}

bool symbols_deferred(const char *text, size_t length)
{
	return memchr(text, DEFER, length) != NULL;
}

/* ---- the text being made ----------------------------------------------------------------------- */

static void put(struct symbols *symbols, const char *text, size_t length)
{
	if (symbols->capacity - symbols->length <= length) {
		size_t capacity = 2 * (symbols->length + length) + 256;
		char *grown = realloc(symbols->text, capacity);

		if (!grown)
			return;
		symbols->text = grown;
		symbols->capacity = capacity;
	}
	memcpy(symbols->text + symbols->length, text, length);
	symbols->length += length;
	symbols->text[symbols->length] = 0;
}

static void put_format(struct symbols *symbols, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void put_format(struct symbols *symbols, const char *format, ...)
{
	char *text;
	va_list args;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0)
		return;
	put(symbols, text, (size_t)n);
	free(text);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

/* "main+0x8", or what is known instead. */
static void put_place(struct symbols *symbols, const struct resolved *at, uint64_t address)
{
	if (at->name)
		put_format(symbols, "%s+0x%" PRIx64, at->name, at->offset);
	else
		put_format(symbols, "0x%" PRIx64, address);
}

/* "main+0x8/0x30 [prog]" */
static void put_data(struct symbols *symbols, const struct resolved *at, uint64_t address)
{
	put_place(symbols, at, address);
	if (at->name && at->size)
		put_format(symbols, "/0x%" PRIx64, at->size);
	if (at->module && at->name)
		put_format(symbols, " [%s]", at->module);
	else if (at->module)
		put_format(symbols, " [%s+0x%" PRIx64 "]", at->module, at->module_offset);
}

/* ---- single addresses ---------------------------------------------------------------------------- */

static void put_source(struct symbols *symbols, int kind, const struct resolved *at,
		       uint64_t address)
{
	struct source_line lines[1];

	if (!resolver_lines(symbols->resolver, at, lines, 1))
		put_format(symbols, "0x%" PRIx64, address);
	else if (kind == DEFER_LINE)
		put_format(symbols, "%d", lines[0].line);
	else if (kind == DEFER_FILE)
		put_format(symbols, "%s", lines[0].file);
	else
		put_format(symbols, "%s:%d", lines[0].file, lines[0].line);
}

/* False: nothing that would stay true was found. */
static bool put_address(struct symbols *symbols, int kind, const struct process *process,
			uint64_t address)
{
	struct resolved at = resolver_find(symbols->resolver, process, address, 0);

	switch (kind) {
	case DEFER_NAME:
		if (at.name)
			put(symbols, at.name, strlen(at.name));
		else
			put_format(symbols, "0x%" PRIx64, address);
		break;
	case DEFER_DATA:
		put_data(symbols, &at, address);
		break;
	case DEFER_MODULE:
		put_format(symbols, "%s", at.module ? base_name(at.module) : "<unknown>");
		break;
	default:
		put_source(symbols, kind, &at, address);
		break;
	}
	return at.name && at.dso;
}

/* "PID,CODE" or nothing; the character behind it. */
static const char *parse_process(const char *at, struct process *process)
{
	char *end;

	*process = (struct process){0};
	process->pid = (int)strtoul(at, &end, 16);
	if (end == at || *end != ',')
		return at;
	process->code = strtoull(end + 1, &end, 16);
	return end;
}

/* ---- stacks ------------------------------------------------------------------------------------- */

static void put_inlined(struct symbols *symbols, const struct source_line *line)
{
	put_format(symbols, " %18s : %s", "(inlined)", line->function);
	if (line->file)
		put_format(symbols, " at %s:%d", line->file, line->line);
	put(symbols, "\n", 1);
}

static void put_frame_lines(struct symbols *symbols, const struct resolved *at, uint64_t address)
{
	struct source_line lines[MOST_LINES];
	unsigned n = resolver_lines(symbols->resolver, at, lines, MOST_LINES);

	for (unsigned i = 0; i + 1 < n; i++)
		put_inlined(symbols, &lines[i]);
	put_format(symbols, " 0x%016" PRIx64 " : ", address);
	put_place(symbols, at, address);
	if (at->name && at->size)
		put_format(symbols, "/0x%" PRIx64, at->size);
	if (n && lines[n - 1].file)
		put_format(symbols, " at %s:%d", lines[n - 1].file, lines[n - 1].line);
	if (at->module)
		put_format(symbols, " [%s]", at->module);
	put(symbols, "\n", 1);
}

static void put_frame(struct symbols *symbols, int kind, const struct resolved *at,
		      uint64_t address)
{
	switch (kind) {
	case DEFER_STACK_BRIEF:
		put_place(symbols, at, address);
		break;
	case DEFER_STACK_SIMPLE:
		put_place(symbols, at, address);
		if (at->module)
			put_format(symbols, " [%s]", base_name(at->module));
		break;
	case DEFER_STACK_FILE_LINE:
		put_frame_lines(symbols, at, address);
		return;
	default:
		put_format(symbols, " 0x%016" PRIx64 " : ", address);
		put_data(symbols, at, address);
		break;
	}
	put(symbols, "\n", 1);
}

/* The kernel's way to the handler itself, which a stack at a tracepoint begins with. */
static bool is_tracer(const struct resolved *at)
{
	static const char *const names[] = {"bpf_prog_", "bpf_trace_run", "__bpf_trace_",
					    "__traceiter_", "bpf_trampoline_", "bpf_get_stack"};

	for (unsigned i = 0; at->name && i < sizeof(names) / sizeof(*names); i++)
		if (!strncmp(at->name, names[i], strlen(names[i])))
			return true;
	return false;
}

enum { MOST_FRAMES = STACK_DEPTH + 1, TRACER_FRAMES = 8 };

/* Addresses as 0x... with anything between them; whose they are. */
static unsigned parse_stack(const char *text, const char *end, uint64_t *addresses,
			    struct process *process)
{
	unsigned n = 0;

	*process = (struct process){0};
	for (const char *at = text; at < end;) {
		if (at[0] == DEFER && at[1] == DEFER_PROCESS) {
			at = parse_process(at + 2, process);
		} else if (at[0] == '0' && at[1] == 'x') {
			char *behind;
			uint64_t address = strtoull(at + 2, &behind, 16);

			if (n < MOST_FRAMES)
				addresses[n++] = address;
			at = behind;
		} else {
			at++;
		}
	}
	return n;
}

static void put_stack(struct symbols *symbols, int kind, const char *text, const char *end)
{
	uint64_t addresses[MOST_FRAMES];
	struct process process;
	unsigned n = parse_stack(text, end, addresses, &process), first = 0;

	for (unsigned i = 0; i < n && i < TRACER_FRAMES && (int64_t)addresses[i] < 0; i++) {
		struct resolved at = resolver_find(symbols->resolver, &process, addresses[i],
						   i ? 1 : 0);

		if (is_tracer(&at))
			first = i + 1;
	}
	for (unsigned i = first; i < n && addresses[i]; i++) {
		struct resolved at = resolver_find(symbols->resolver, &process, addresses[i],
						   i ? 1 : 0);

		/* A frame pointer that was none led here. */
		if (i > first && (at.nowhere || (process.pid && (int64_t)addresses[i] < 0)))
			break;
		put_frame(symbols, kind, &at, addresses[i]);
	}
}

/* ---- tokens -------------------------------------------------------------------------------------- */

static struct remembered *remembered_of(struct symbols *symbols, const char *token, size_t length)
{
	unsigned hash = 5381;

	for (size_t i = 0; i < length; i++)
		hash = hash * 33 + (unsigned char)token[i];
	return &symbols->remembered[(hash ^ hash >> 13) % REMEMBERED];
}

static void remember(struct remembered *slot, const char *token, size_t length, const char *text)
{
	free(slot->text);
	slot->text = strdup(text);
	memcpy(slot->token, token, length);
	slot->token[length] = 0;
}

/* [at, end]: a token with its DEFER and DEFER_END. */
static bool expand_address(struct symbols *symbols, const char *at, const char *end)
{
	size_t length = (size_t)(end + 1 - at), before = symbols->length;
	struct remembered *slot = remembered_of(symbols, at, length);
	const char *behind;
	struct process process;
	char *stop;
	uint64_t address;

	if (slot->text && !strncmp(slot->token, at, length) && !slot->token[length]) {
		put(symbols, slot->text, strlen(slot->text));
		return true;
	}
	behind = parse_process(at + 2, &process);
	if (*behind != ':')
		return false;
	address = strtoull(behind + 1, &stop, 16);
	if (stop != end)
		return false;
	if (put_address(symbols, at[1], &process, address))
		remember(slot, at, length, symbols->text + before);
	return true;
}

/* The character behind the token at `at`, or NULL: it is none. */
static const char *expand_token(struct symbols *symbols, const char *at, const char *text_end)
{
	size_t left = (size_t)(text_end - at);
	const char *end;
	struct process process;

	if (left < 2)
		return NULL;
	if (at[1] >= 'A' && at[1] <= 'Z') {
		end = memchr(at, DEFER_STACK_END, left);
		put_stack(symbols, at[1], at + 2, end ? end : text_end);
		return end ? end + 1 : text_end;
	}
	end = memchr(at, DEFER_END, left < DEFER_TOKEN ? left : DEFER_TOKEN);
	if (!end || !strchr("ndmfgli", at[1]))
		return NULL;
	if (at[1] == DEFER_PROCESS)
		return parse_process(at + 2, &process) == end ? end + 1 : NULL;
	return expand_address(symbols, at, end) ? end + 1 : NULL;
}

const char *symbols_expand(struct symbols *symbols, const char *text, size_t *length)
{
	const char *at = text, *end = text + *length, *token;
	char *copy;

	if (!symbols || !symbols_deferred(text, *length))
		return text;
	copy = strndup(text, *length); /* numbers are read up to what ends them */
	if (!copy)
		return text;
	symbols_update(symbols);
	symbols->length = 0;
	put(symbols, "", 0);
	end = copy + strlen(copy);
	for (at = copy; at < end && (token = memchr(at, DEFER, (size_t)(end - at)));) {
		const char *behind;

		put(symbols, at, (size_t)(token - at));
		behind = expand_token(symbols, token, end);
		if (!behind)
			put(symbols, token, 1);
		at = behind ? behind : token + 1;
	}
	put(symbols, at, (size_t)(end - at));
	free(copy);
	*length = symbols->length;
	return symbols->text ? symbols->text : "";
}

void symbols_expand_into(void *symbols, const char *text, char *to, uint32_t size)
{
	size_t length = strlen(text);

	text = symbols_expand(symbols, text, &length);
	snprintf(to, size, "%.*s", (int)length, text);
}
