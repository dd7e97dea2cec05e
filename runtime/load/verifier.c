/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads libbpf's log of a failed load. */
#include "runtime/load/verifier.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* libbpf's print callback gets no context of the caller's: hence this one static. */
static struct {
	FILE *stream;
	char *text;
	size_t size;
	libbpf_print_fn_t before;
} collector;

static int collect(enum libbpf_print_level level, const char *format, va_list args)
{
	if (level == LIBBPF_DEBUG || !collector.stream)
		return 0;
	return vfprintf(collector.stream, format, args);
}

void verifier_log_start(void)
{
	collector.stream = open_memstream(&collector.text, &collector.size);
	collector.before = libbpf_set_print(collect);
}

char *verifier_log_take(void)
{
	char *text;

	libbpf_set_print(collector.before);
	if (collector.stream)
		fclose(collector.stream);
	text = collector.text ? collector.text : strdup("");
	memset(&collector, 0, sizeof(collector));
	if (!text)
		abort();
	return text;
}

/* The program that libbpf names as failed: "prog 'NAME': BPF program load failed: ...". */
static const struct unit_handler *failed_handler(struct arena *arena, const struct unit *unit,
						 const char *log)
{
	const char *mark = strstr(log, "BPF program load failed"), *line, *end;
	char *name;

	if (!mark)
		return NULL;
	for (line = mark; line > log && line[-1] != '\n';)
		line--;
	line = strchr(line, '\'');
	end = line && line < mark ? strchr(line + 1, '\'') : NULL;
	if (!end)
		return NULL;
	name = arena_strndup(arena, line + 1, (size_t)(end - line - 1));
	for (unsigned i = 0; i < unit->handlers.n; i++)
		if (!strcmp(unit->handlers.v[i].symbol, name))
			return &unit->handlers.v[i];
	return NULL;
}

/* A copy of the line that `at` points into. */
static const char *line_at(struct arena *arena, const char *log, const char *at)
{
	const char *end = strchr(at, '\n');

	while (at > log && at[-1] != '\n')
		at--;
	return arena_strndup(arena, at, end ? (size_t)(end - at) : strlen(at));
}

/* The verifier's verdict: the last line before its closing statistics. */
static const char *verdict(struct arena *arena, const char *log)
{
	const char *end = strstr(log, "\nprocessed "), *from;

	if (!end)
		return NULL;
	for (from = end; from > log && from[-1] != '\n';)
		from--;
	return arena_strndup(arena, from, (size_t)(end - from));
}

/* The last source line that the log shows before its end: "; text @ script.stp:3". */
static const char *last_source_line(struct arena *arena, const char *log)
{
	const char *at = log, *last = NULL;

	while ((at = strstr(at, "\n; "))) {
		last = at + 1;
		at++;
	}
	return last ? line_at(arena, log, last) + 2 : NULL;
}

static const char *reason_of(int error)
{
	switch (error) {
	case EPERM:
		return "not permitted: tracing needs root, or CAP_BPF and CAP_PERFMON";
	case EACCES:
	case EINVAL:
		return "the kernel's verifier refused it";
	case E2BIG:
		return "too big for the kernel's verifier";
	case ENOSPC:
		return "the verifier's log found no room";
	case ENOMEM:
		return "no memory";
	default:
		return strerror(error);
	}
}

void verifier_report(struct diags *diags, const struct unit *unit, const char *log, int error,
		     bool full)
{
	const struct unit_handler *handler = failed_handler(diags->arena, unit, log);
	const char *why = verdict(diags->arena, log), *where = last_source_line(diags->arena, log);
	struct range nowhere = {0};

	if (handler)
		diag_error(diags, nowhere, "probe %s (%s) cannot be loaded: %s", handler->name,
			   handler->position, reason_of(error));
	else
		diag_error(diags, nowhere, "the probes cannot be loaded: %s", reason_of(error));
	if (why)
		diag_note(diags, nowhere, "the verifier says: %s", why);
	if (where)
		diag_note(diags, nowhere, "at: %s", where);
	if (full)
		diag_note(diags, nowhere, "the whole log:\n%s", log);
	else if (why && strstr(why, "cannot use helper bpf_probe_write_user"))
		diag_help(diags, "this kernel does not let BPF programs write memory: it is locked down");
	else if (why)
		diag_help(diags, "-vv shows the verifier's whole log");
	else if (*log)
		diag_note(diags, nowhere, "libbpf says: %s", log);
}
