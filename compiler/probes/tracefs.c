/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading tracefs. Fields whose first byte is below 8 are left out: BPF programs find a pointer
 * of the kernel's there instead.
 */
#include "compiler/probes/tracefs.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_READABLE_BYTE = 8 };

const char *tracefs_path(void)
{
	static const char *const places[] = {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"};
	char path[PATH_MAX];

	for (unsigned i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(path, sizeof(path), "%s/events", places[i]);
		if (!access(path, R_OK | X_OK))
			return places[i];
	}
	return NULL;
}

/* ---- formats -------------------------------------------------------------------------------- */

/* Sizes of the elements of dynamic arrays, whose fields only tell the descriptor's. */
static unsigned type_size(const char *type)
{
	static const struct {
		const char *name;
		unsigned size;
	} sizes[] = {
		{"char", 1},	       {"unsigned char", 1}, {"u8", 1},	      {"__u8", 1},
		{"uint8_t", 1},	       {"u16", 2},	     {"__u16", 2},    {"short", 2},
		{"unsigned short", 2}, {"u32", 4},	     {"__u32", 4},    {"int", 4},
		{"unsigned int", 4},   {"unsigned", 4},	     {"s32", 4},      {"u64", 8},
		{"__u64", 8},	       {"long", 8},	     {"unsigned long", 8}, {"s64", 8},
		{"uint64_t", 8},       {"unsigned long long", 8},
	};

	if (strchr(type, '*'))
		return sizeof(void *);
	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		if (!strcmp(type, sizes[i].name))
			return sizes[i].size;
	return 0;
}

static bool take_prefix(char **text, const char *prefix)
{
	size_t length = strlen(prefix);

	if (strncmp(*text, prefix, length))
		return false;
	*text += length;
	return true;
}

static void trim_end(char *text)
{
	size_t n = strlen(text);

	while (n && isspace((unsigned char)text[n - 1]))
		text[--n] = '\0';
}

/* Cuts "unsigned long args[6]" into type, name and number of elements. */
static bool read_declaration(struct arena *arena, char *text, struct trace_field *field)
{
	char *name, *bracket;

	trim_end(text);
	bracket = strchr(text, '[');
	field->is_array = bracket != NULL;
	if (field->kind == TRACE_NUMBER && bracket) { /* name[n] */
		field->elements = (unsigned)strtoul(bracket + 1, NULL, 10);
		*bracket = '\0';
	}
	name = text + strlen(text);
	while (name > text && (isalnum((unsigned char)name[-1]) || name[-1] == '_'))
		name--;
	if (!*name || name == text)
		return false;
	field->name = arena_strdup(arena, name);
	*name = '\0';
	bracket = strchr(text, '[');
	if (bracket) /* type[] */
		*bracket = '\0';
	trim_end(text);
	field->type = arena_strdup(arena, text);
	return true;
}

static void set_layout(struct trace_field *field)
{
	bool scalar = field->size == 1 || field->size == 2 || field->size == 4 || field->size == 8;

	if (field->kind == TRACE_NUMBER && (field->is_array || !scalar || field->offset % field->size))
		field->kind = TRACE_BYTES;
	if (!field->is_array)
		return;
	field->is_text = !strcmp(field->type, "char") || !strcmp(field->type, "const char");
	field->element_size = field->kind == TRACE_BYTES && field->elements
				      ? field->size / field->elements
				      : type_size(field->type);
}

/* One line of a format file: "field:TYPE NAME; offset:N; size:N; signed:N;". */
static bool read_field(struct arena *arena, char *line, struct trace_field *field)
{
	char *end;
	int is_signed = 0;

	while (isspace((unsigned char)*line))
		line++;
	if (!take_prefix(&line, "field:") || !(end = strchr(line, ';')))
		return false;
	*end = '\0';
	memset(field, 0, sizeof(*field));
	if (sscanf(end + 1, " offset:%u; size:%u; signed:%d;", &field->offset, &field->size,
		   &is_signed) < 2)
		return false;
	field->is_signed = is_signed != 0;
	if (take_prefix(&line, "__data_loc "))
		field->kind = TRACE_DATA_LOC;
	else if (take_prefix(&line, "__rel_loc "))
		field->kind = TRACE_REL_LOC;
	if (!field->size || field->offset < FIRST_READABLE_BYTE ||
	    !read_declaration(arena, line, field))
		return false;
	set_layout(field);
	return true;
}

struct trace_event *tracefs_event(struct arena *arena, const char *system, const char *name,
				  const char **error)
{
	const char *root = tracefs_path();
	struct trace_event *event;
	struct trace_field field;
	char path[PATH_MAX], *line = NULL;
	size_t capacity = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/events/%s/%s/format", root ? root : "", system, name);
	file = fopen(path, "re");
	if (!file) {
		*error = strerror(errno);
		return NULL;
	}
	event = ARENA_NEW(arena, struct trace_event);
	event->system = arena_strdup(arena, system);
	event->name = arena_strdup(arena, name);
	while (getline(&line, &capacity, file) >= 0 && strncmp(line, "print fmt:", 10))
		if (read_field(arena, line, &field))
			VEC_PUSH(arena, event, field);
	free(line);
	fclose(file);
	return event;
}

const struct trace_field *trace_event_field(const struct trace_event *event, const char *name)
{
	for (unsigned i = 0; i < event->n; i++)
		if (!strcmp(event->v[i].name, name))
			return &event->v[i];
	return NULL;
}

/* ---- lists ---------------------------------------------------------------------------------- */

static bool is_pattern(const char *text)
{
	return strpbrk(text, "*?[") != NULL;
}

static bool event_exists(const char *root, const char *system, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/events/%s/%s/format", root, system, name);
	return !access(path, F_OK);
}

static void list_system(struct arena *arena, const char *root, const char *system,
			const char *name, struct trace_name_vec *out)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *dir;

	if (!is_pattern(name)) {
		struct trace_name found = {arena_strdup(arena, system), arena_strdup(arena, name)};

		if (event_exists(root, system, name))
			VEC_PUSH(arena, out, found);
		return;
	}
	snprintf(path, sizeof(path), "%s/events/%s", root, system);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		struct trace_name found;

		if (entry->d_name[0] == '.' || fnmatch(name, entry->d_name, 0) ||
		    !event_exists(root, system, entry->d_name))
			continue;
		found.system = arena_strdup(arena, system);
		found.name = arena_strdup(arena, entry->d_name);
		VEC_PUSH(arena, out, found);
	}
	if (dir)
		closedir(dir);
}

static int compare_names(const void *a, const void *b)
{
	const struct trace_name *left = a, *right = b;
	int order = strcmp(left->system, right->system);

	return order ? order : strcmp(left->name, right->name);
}

void tracefs_list(struct arena *arena, const char *system, const char *name,
		  struct trace_name_vec *out)
{
	const char *root = tracefs_path();
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *dir;

	if (!root || strchr(name, '/') || (system && strchr(system, '/')))
		return;
	if (system && !is_pattern(system)) {
		list_system(arena, root, system, name, out);
	} else {
		snprintf(path, sizeof(path), "%s/events", root);
		dir = opendir(path);
		while (dir && (entry = readdir(dir))) {
			if (entry->d_name[0] == '.' || entry->d_type != DT_DIR ||
			    !strcmp(entry->d_name, "ftrace") ||
			    (system && fnmatch(system, entry->d_name, 0)) ||
			    (!system && is_pattern(name) && !strcmp(entry->d_name, "syscalls")))
				continue;
			list_system(arena, root, entry->d_name, name, out);
		}
		if (dir)
			closedir(dir);
	}
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), compare_names);
}
