/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The limits that scripts run under and that -D changes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/semantic/program.h"

static const struct limit {
	const char *name;
	size_t offset;
	int64_t value, least, most;
} limit_table[] = {
	{ "MAXACTION", offsetof(struct limits, max_action), 100000, 0, INT64_MAX },
	{ "MAXNESTING", offsetof(struct limits, max_nesting), 32, 1, 120 },
	{ "MAXMAPENTRIES", offsetof(struct limits, max_map_entries), 2048, 1, 1 << 28 },
	{ "MAXSTRINGLEN", offsetof(struct limits, max_string), 512, 1, 4096 },
	{ "MAXERRORS", offsetof(struct limits, max_errors), 0, 0, INT64_MAX },
	{ "MAXSKIPPED", offsetof(struct limits, max_skipped), 100, 0, INT64_MAX },
	{ "MAXTRYLOCK", offsetof(struct limits, max_try_lock), 1000, 1, 1 << 23 },
	{ "HIST_ELISION", offsetof(struct limits, hist_elision), 2, -1000000, 1000000 },
};

enum {
	LIMITS = sizeof(limit_table) / sizeof(limit_table[0]),
	LONGEST = 4095, /* string: 4096 is said with the NUL in mind */
};

static int64_t *limit_place(struct limits *limits, const struct limit *limit)
{
	return (int64_t *)((char *)limits + limit->offset);
}

void limits_default(struct limits *limits)
{
	limits->given = 0;
	for (unsigned i = 0; i < LIMITS; i++)
		*limit_place(limits, &limit_table[i]) = limit_table[i].value;
}

bool limits_given(const struct limits *limits, const char *name)
{
	for (unsigned i = 0; i < LIMITS; i++)
		if (!strcmp(limit_table[i].name, name))
			return limits->given & 1u << i;
	return false;
}

static const struct limit *limit_of(const char *definition)
{
	size_t length = strcspn(definition, "=");

	for (unsigned i = 0; i < LIMITS; i++)
		if (strlen(limit_table[i].name) == length &&
		    !memcmp(limit_table[i].name, definition, length))
			return &limit_table[i];
	return NULL;
}

bool limits_range(const char *definition, int64_t *least, int64_t *most)
{
	const struct limit *limit = limit_of(definition);

	if (!limit)
		return false;
	*least = limit->least;
	*most = limit->most;
	return true;
}

bool limits_define(struct limits *limits, const char *definition)
{
	const struct limit *limit = limit_of(definition);
	const char *equals = strchr(definition, '=');
	long long value;
	char *end;

	if (!limit || !equals || !equals[1])
		return false;
	errno = 0;
	value = strtoll(equals + 1, &end, 0);
	if (*end || errno || value < limit->least || value > limit->most)
		return false;
	*limit_place(limits, limit) = value;
	limits->given |= 1u << (limit - limit_table);
	if (limits->max_string > LONGEST)
		limits->max_string = LONGEST;
	return true;
}
