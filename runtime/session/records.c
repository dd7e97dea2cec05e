/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From records to what the user sees. */
#include "runtime/session/records.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/handler/handler.h"
#include "runtime/present/format.h"
#include "runtime/present/histogram.h"
#include "runtime/present/json.h"
#include "runtime/session/shell.h"
#include "runtime/symbols/symbols.h"

/* Lines for a person go to stderr, after what was printed before them. */
static void put_message(struct records *records, const char *kind, const char *label,
			const char *text, const char *where, const char *probe)
{
	if (records->hooks.message) {
		records->hooks.message(records->hooks.data, kind, label, text, where, probe);
		return;
	}
	output_flush(records->out);
	if (records->json) {
		json_message(records->out, kind, text, where, probe);
		return;
	}
	fprintf(stderr, "%s: %s%s%s", label, text, where ? " at " : "", where ? where : "");
	if (probe)
		fprintf(stderr, " in probe %s", probe);
	fputc('\n', stderr);
}

void records_warn(struct records *records, const char *format, ...)
{
	char text[1024];
	va_list args;

	if (records->no_warnings)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	put_message(records, "warning", "WARNING", text, NULL, NULL);
}

void records_error(struct records *records, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	put_message(records, "error", "ERROR", text, NULL, NULL);
}

static void print_record(struct records *records, const struct record *head,
			 struct packed_args args)
{
	const struct unit *unit = records->unit;

	if (head->id >= unit->formats.n) {
		records->malformed++;
		return;
	}
	records->printed++;
	if (!records->json) {
		format_record(records->out, &unit->formats.v[head->id], args);
		return;
	}
	records->scratch.length = 0;
	records->scratch.symbols = records->out->symbols;
	format_record(&records->scratch, &unit->formats.v[head->id], args);
	json_print(records->out, records->scratch.buffer, records->scratch.length);
}

static void hist_record(struct records *records, const struct record *head,
			struct packed_args args)
{
	const struct unit *unit = records->unit;
	const struct stat_cell *cell = (const struct stat_cell *)args.at;
	const struct unit_hist *hist;

	if (head->id >= unit->hists.n) {
		records->malformed++;
		return;
	}
	hist = &unit->hists.v[head->id];
	if ((size_t)(args.end - args.at) < sizeof(*cell) + 8 * histogram_buckets(hist)) {
		records->malformed++;
		return;
	}
	records->printed++;
	if (records->json)
		json_histogram(records->out, hist, cell);
	else
		histogram_print(records->out, hist, cell->buckets, records->out->elision);
}

/* The message's one place for a number: %d, %u or 0x%x. */
static void fill_in(char *text, size_t size, const char *message, int64_t argument)
{
	const char *place = strchr(message, '%');
	int before = place ? (int)(place - message) : 0;

	if (!place)
		snprintf(text, size, "%s", message);
	else if (place[1] == 'd')
		snprintf(text, size, "%.*s%" PRId64 "%s", before, message, argument, place + 2);
	else if (place[1] == 'u')
		snprintf(text, size, "%.*s%" PRIu64 "%s", before, message, (uint64_t)argument,
			 place + 2);
	else if (place[1] == 'x')
		snprintf(text, size, "%.*s%" PRIx64 "%s", before, message, (uint64_t)argument,
			 place + 2);
	else
		snprintf(text, size, "%s", message);
}

/* The handler of a probe number; NULL: another unit's. */
static const struct unit_handler *handler_of(const struct records *records, uint32_t probe)
{
	const struct unit *unit = records->unit;

	probe -= unit->first_handler;
	return probe < unit->handlers.n ? &unit->handlers.v[probe] : NULL;
}

/* Where a handler was when it was stopped. */
static const char *state_position(const struct unit *unit, const struct unit_handler *handler,
				  int64_t state, const char *otherwise)
{
	for (unsigned i = 0; handler && i < unit->states.n; i++) {
		const struct unit_state *at = &unit->states.v[i];

		if (at->home == handler->home && at->state == state &&
		    (at->handler == NO_HANDLER || &unit->handlers.v[at->handler] == handler))
			return at->position;
	}
	return otherwise;
}

static void error_record(struct records *records, const struct record *head,
			 struct packed_args args)
{
	int64_t argument = packed_long(&args);
	const struct unit_handler *handler = handler_of(records, head->probe);
	const char *position = handler ? handler->position : NULL;
	const struct unit_error *site = NULL;
	char text[1024], full[1200];
	uint32_t id = head->id & ~(uint32_t)ERROR_PLACED;
	const char *message;
	size_t length;

	message = packed_string(&args, &length);
	message = symbols_expand(records->out->symbols, message, &length);
	if (id && id <= records->unit->errors.n)
		site = &records->unit->errors.v[id - 1];
	if (length)
		snprintf(text, sizeof(text), "%.*s", (int)length, message);
	else
		fill_in(text, sizeof(text), site && site->message ? site->message : "", argument);
	snprintf(full, sizeof(full), "%s%s%s", text, site && site->near ? " near " : "",
		 site && site->near ? site->near : "");
	records->errors++;
	if (records->quiet_errors)
		return;
	position = site ? site->position : position;
	if (site && site->at_state)
		position = state_position(records->unit, handler, argument, position);
	put_message(records, "error", "ERROR", full, position, handler ? handler->name : NULL);
}

static void text_record(struct records *records, const struct record *head,
			struct packed_args args)
{
	size_t length;
	const char *text = packed_string(&args, &length);
	char *copy;

	text = symbols_expand(records->out->symbols, text, &length);
	copy = strndup(text, length);

	if (head->kind == RECORD_WARN) {
		records->warnings++;
		if (copy && !records->no_warnings)
			put_message(records, "warning", "WARNING", copy, NULL, NULL);
	} else if (copy) {
		put_message(records, "log", "LOG", copy, NULL, NULL);
	}
	free(copy);
}

/* Text for the output; log() has a newline behind it. */
static void output_record(struct records *records, struct packed_args args, bool newline)
{
	size_t length;
	const char *text = packed_string(&args, &length);

	text = symbols_expand(records->out->symbols, text, &length);
	records->printed++;
	if (records->json) {
		json_print(records->out, text, length);
		return;
	}
	output_write(records->out, text, length);
	if (newline)
		output_write(records->out, "\n", 1);
}

/* What the script has printed before stands before what the command prints. */
static void system_record(struct records *records, struct packed_args args)
{
	size_t length;
	const char *text = packed_string(&args, &length);
	char *command;
	int error;

	text = symbols_expand(records->out->symbols, text, &length);
	command = strndup(text, length);
	output_flush(records->out);
	error = command ? shell_run(command) : ENOMEM;
	if (error)
		records_warn(records, "system(\"%.100s\"): %s", command ? command : "",
			     strerror(error));
	free(command);
}

/* A line is a message: the kernel takes about a thousand bytes. */
static void kernel_log_record(struct records *records, const struct record *head,
			      struct packed_args args)
{
	size_t length;
	const char *text = packed_string(&args, &length), *end;
	int log = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	char line[960];

	text = symbols_expand(records->out->symbols, text, &length);
	if (log < 0)
		records_warn(records, "printk(): /dev/kmsg: %s", strerror(errno));
	for (end = text + length; log >= 0 && text < end; text++) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		int n = snprintf(line, sizeof(line), "<%u>%.*s\n", head->id & 7,
				 (int)((newline ? newline : end) - text), text);

		if (write(log, line, (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1) < 0)
			break;
		text = newline ? newline : end;
	}
	if (log >= 0)
		close(log);
}

static void one_record(struct records *records, const struct record *head, const char *args,
		       const char *end)
{
	struct packed_args packed = {args, end};

	if (records->hooks.take && records->hooks.take(records->hooks.data, head, args, end))
		return;
	switch (head->kind) {
	case RECORD_PRINT:
		print_record(records, head, packed);
		break;
	case RECORD_HIST:
		hist_record(records, head, packed);
		break;
	case RECORD_ERROR:
		error_record(records, head, packed);
		break;
	case RECORD_WARN:
		text_record(records, head, packed);
		break;
	case RECORD_LOG:
		output_record(records, packed, true);
		break;
	case RECORD_TEXT:
		output_record(records, packed, false);
		break;
	case RECORD_SYSTEM:
		system_record(records, packed);
		break;
	case RECORD_KERNEL_LOG:
		kernel_log_record(records, head, packed);
		break;
	case RECORD_ABORT:
	case RECORD_EXIT:
		records->exit_asked = true;
		break;
	default:
		records->malformed++;
		break;
	}
}

/* ---- records in parts ----------------------------------------------------------------------- */

static struct partial *partial_of(struct records *records, unsigned slot)
{
	if (slot >= records->n_partials) {
		struct partial *grown = realloc(records->partials, (slot + 1) * sizeof(*grown));

		if (!grown)
			return NULL;
		memset(grown + records->n_partials, 0,
		       (slot + 1 - records->n_partials) * sizeof(*grown));
		records->partials = grown;
		records->n_partials = slot + 1;
	}
	return &records->partials[slot];
}

static bool partial_add(struct partial *partial, const char *bytes, size_t length)
{
	if (partial->capacity - partial->length < length) {
		size_t capacity = 2 * (partial->length + length);
		char *grown = realloc(partial->bytes, capacity);

		if (!grown)
			return false;
		partial->bytes = grown;
		partial->capacity = capacity;
	}
	memcpy(partial->bytes + partial->length, bytes, length);
	partial->length += length;
	return true;
}

/* The first part says what the record is; a later one without its first is dropped. */
static void part_of_record(struct records *records, const struct record *head, const char *args,
			   const char *end)
{
	struct partial *partial = partial_of(records, head->slot);
	unsigned kind = head->kind & ~RECORD_MORE;

	if (!partial)
		return;
	if (kind != RECORD_CONTINUED) {
		partial->head = *head;
		partial->head.kind = (u16)kind;
		partial->length = 0;
	} else if (!partial->head.kind) {
		records->malformed++;
		return;
	}
	if (!partial_add(partial, args, (size_t)(end - args)))
		partial->head.kind = 0;
	if (head->kind & RECORD_MORE)
		return;
	one_record(records, &partial->head, partial->bytes, partial->bytes + partial->length);
	partial->head.kind = 0;
}

void records_feed(void *context, const void *data, size_t size)
{
	struct records *records = context;
	const char *at = data, *end = at + size;

	while ((size_t)(end - at) >= sizeof(struct record)) {
		const struct record *head = (const struct record *)at;
		const char *args = at + sizeof(*head), *next = at + head->size;

		if (head->size < sizeof(*head) || head->size > (size_t)(end - at)) {
			records->malformed++;
			return;
		}
		if (head->kind & RECORD_MORE || head->kind == RECORD_CONTINUED)
			part_of_record(records, head, args, next);
		else
			one_record(records, head, args, next);
		at = next;
	}
}

void records_release(struct records *records)
{
	for (unsigned i = 0; i < records->n_partials; i++)
		free(records->partials[i].bytes);
	free(records->partials);
	records->partials = NULL;
	records->n_partials = 0;
}
