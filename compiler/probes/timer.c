/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Periodic timers: timer.s(n) ... timer.ns(n), timer.hz(n), timer.jiffies(n), each with
 * .randomize(m). They run in the tracer; timer.profile, which runs on every CPU, is perf.c's.
 */
#include <time.h>

#include "compiler/probes/families.h"

#define NS_PER_SECOND 1000000000LL

enum unit { UNIT_FIXED, UNIT_HERTZ, UNIT_JIFFIES };

#define PATTERNS(name) "timer." name "(number)", "timer." name "(number).randomize(number)"

/* Two patterns a unit, in the order of units[]. */
static const char *const patterns[] = {
	PATTERNS("s"),  PATTERNS("sec"),  PATTERNS("ms"), PATTERNS("msec"),    PATTERNS("us"),
	PATTERNS("usec"), PATTERNS("ns"), PATTERNS("nsec"), PATTERNS("jiffies"), PATTERNS("hz"),
	NULL,
};

static const struct {
	enum unit unit;
	int64_t ns;
} units[] = {
	{UNIT_FIXED, NS_PER_SECOND}, {UNIT_FIXED, NS_PER_SECOND}, {UNIT_FIXED, 1000000},
	{UNIT_FIXED, 1000000},       {UNIT_FIXED, 1000},	  {UNIT_FIXED, 1000},
	{UNIT_FIXED, 1},	     {UNIT_FIXED, 1},		  {UNIT_JIFFIES, 0},
	{UNIT_HERTZ, 0},
};

/* The length of the kernel's tick: the resolution of its coarse clock. */
static int64_t jiffy_ns(void)
{
	struct timespec resolution;

	if (clock_getres(CLOCK_MONOTONIC_COARSE, &resolution) || resolution.tv_sec ||
	    !resolution.tv_nsec)
		return NS_PER_SECOND / 250;
	return resolution.tv_nsec;
}

/* Nanoseconds of `number` units; -1 when that is not a time from 1 ns to 292 years. */
static int64_t period_ns(unsigned unit, int64_t number)
{
	int64_t ns = units[unit].ns, result;

	if (number <= 0)
		return -1;
	if (units[unit].unit == UNIT_HERTZ)
		return number <= NS_PER_SECOND ? NS_PER_SECOND / number : -1;
	if (units[unit].unit == UNIT_JIFFIES)
		ns = jiffy_ns();
	return __builtin_mul_overflow(ns, number, &result) ? -1 : result;
}

static bool read_jitter(struct probes *probes, const struct probe_point *point, unsigned unit,
			struct site *site)
{
	struct range range = point->components.v[2].range;
	int64_t number = 0, jitter;

	point_number(point, 2, &number);
	jitter = number ? period_ns(unit, number) : 0;
	if (units[unit].unit == UNIT_HERTZ) {
		diag_error(probes->diags, range, "'timer.hz' can not be randomized");
		diag_help(probes->diags, "use timer.ms(n).randomize(m) or timer.us(n).randomize(m)");
		return false;
	}
	if (jitter < 0 || (uint64_t)jitter >= site->period) {
		diag_error(probes->diags, range,
			   "'randomize' takes a number from 0 to less than the timer's own");
		return false;
	}
	site->jitter = (uint64_t)jitter;
	return true;
}

static bool timer_expand(struct probes *probes, const struct probe_point *point, unsigned pattern,
			 bool uses_targets, bool optional, struct probe_vec *out)
{
	struct probe *probe = probe_new(probes, &family_timer, point);
	struct site site = {.kind = ATTACH_TIMER, .pp = probe->name};
	const struct point_component *component = &point->components.v[1];
	int64_t number = 0, period;

	(void)uses_targets;
	(void)optional;
	point_number(point, 1, &number);
	period = period_ns(pattern / 2, number);
	if (period < 0) {
		diag_error(probes->diags, component->range, "'timer.%s' takes a number from 1%s",
			   component->name,
			   units[pattern / 2].unit == UNIT_HERTZ ? " to 1000000000" : "");
		return false;
	}
	site.period = (uint64_t)period;
	if (pattern % 2 && !read_jitter(probes, point, pattern / 2, &site))
		return false;
	probe->home = HOME_TRACER;
	probe->context = CONTEXT_NONE;
	VEC_PUSH(probes->arena, &probe->sites, site);
	VEC_PUSH(probes->arena, out, probe);
	return true;
}

const struct probe_family family_timer = {
	.name = "timer",
	.slot = SLOT_TIMER,
	.patterns = patterns,
	.expand = timer_expand,
};
