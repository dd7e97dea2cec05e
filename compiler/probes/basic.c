/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of a session: begin, end, error, with an order where one is given, and never.
 */
#include "compiler/probes/families.h"

static const enum attach_kind kinds[] = {ATTACH_BEGIN, ATTACH_END, ATTACH_ERROR, ATTACH_NEVER};

/* In the order of kinds[]. */
static const char *const patterns[] = {
	"begin(number?)",
	"end(number?)",
	"error(number?)",
	"never",
	NULL,
};

static bool basic_expand(struct probes *probes, const struct probe_point *point, unsigned pattern,
			 bool uses_targets, bool optional, struct probe_vec *out)
{
	struct probe *probe = probe_new(probes, &family_basic, point);
	struct site site = {.kind = kinds[pattern], .pp = probe->name};

	(void)uses_targets;
	(void)optional;
	probe->home = HOME_TRACER;
	probe->context = CONTEXT_NONE;
	point_number(point, 0, &probe->order);
	VEC_PUSH(probes->arena, &probe->sites, site);
	VEC_PUSH(probes->arena, out, probe);
	return true;
}

const struct probe_family family_basic = {
	.name = "basic",
	.slot = SLOT_BASIC,
	.patterns = patterns,
	.expand = basic_expand,
};
