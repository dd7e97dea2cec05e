/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Probe points made by hand, for tests of the probe families.
 */
#ifndef SPILE_TESTS_UNIT_POINT_H
#define SPILE_TESTS_UNIT_POINT_H

#include <stdarg.h>
#include <string.h>

#include "compiler/probes/families.h"

struct points {
	struct arena *arena;
	struct diags diags;
	struct probes probes;
	struct probe_vec out;
};

static inline void points_open(struct points *points)
{
	memset(points, 0, sizeof(*points));
	points->arena = arena_new();
	points->diags.arena = points->arena;
	points->probes.arena = points->arena;
	points->probes.diags = &points->diags;
}

static inline void points_close(struct points *points)
{
	probes_release(&points->probes);
	arena_free(points->arena);
}

static inline void point_add(struct points *points, struct probe_point *point, const char *name,
			     struct expr *argument)
{
	struct point_component component = { .name = name, .argument = argument };

	VEC_PUSH(points->arena, &point->components, component);
}

static inline bool takes_argument(const char *name)
{
	static const char *const names[] = { "process", "library", "function", "statement", "mark",
					     "provider", "label", "callee", "plt", NULL };

	for (unsigned i = 0; names[i]; i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

/*
 * "process", "ls", "function", "f", "return", NULL: the point process("ls").function("f").return.
 * An argument of NULL is no argument. Sets uses_targets from points->probes.verbose == -1.
 */
static inline bool points_expand(struct points *points, const char *name, ...)
{
	struct range nowhere = { 0 };
	struct probe_point *point = ARENA_NEW(points->arena, struct probe_point);
	va_list args;

	va_start(args, name);
	for (; name; name = va_arg(args, const char *)) {
		const char *text = takes_argument(name) ? va_arg(args, const char *) : NULL;

		point_add(points, point, name,
			  text ? expr_string(points->arena, text, nowhere) : NULL);
	}
	va_end(args);
	points->out.n = 0;
	return probes_expand(&points->probes, point, points->probes.verbose < 0 ? USES_TARGETS : USES_NO_TARGETS, false, &points->out);
}

static inline bool points_expand_pid(struct points *points, int pid, const char *place,
				     const char *name)
{
	struct range nowhere = { 0 };
	struct probe_point *point = ARENA_NEW(points->arena, struct probe_point);

	point_add(points, point, "process", expr_number(points->arena, pid, nowhere));
	point_add(points, point, place, expr_string(points->arena, name, nowhere));
	points->out.n = 0;
	return probes_expand(&points->probes, point, points->probes.verbose < 0 ? USES_TARGETS : USES_NO_TARGETS, false, &points->out);
}

#endif
