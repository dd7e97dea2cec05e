/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which function of a unit, inlined or not, is innermost at an address. Functions follow those
 * that hold them: of all that are at an address the last is meant. One sweep over the places where
 * code of one begins or ends tells it for every address.
 */
#include <stdlib.h>

#include "compiler/debuginfo/dwarf.h"

enum { MAX_RANGES = 1000000 };

struct span {
	uint64_t low, high;
	unsigned function;
};

struct sweep {
	struct arena *arena;
	struct {
		VEC(struct span);
	} spans; /* by low */
	struct {
		VEC(uint64_t);
	} edges;
	struct {
		VEC(struct span);
	} under; /* a heap: what has begun; the last function is the first element */
};

static void add_spans(struct sweep *sweep, const struct dwarf_function *function, unsigned number)
{
	Dwarf_Die die = function->die;
	Dwarf_Addr base, low, high;
	ptrdiff_t at = 0;
	unsigned n = 0;

	while ((at = dwarf_ranges(&die, at, &base, &low, &high)) > 0 && n++ < MAX_RANGES) {
		struct span span = { low, high, number };

		if (low >= high)
			continue;
		VEC_PUSH(sweep->arena, &sweep->spans, span);
		VEC_PUSH(sweep->arena, &sweep->edges, low);
		VEC_PUSH(sweep->arena, &sweep->edges, high);
	}
}

static int compare_spans(const void *left, const void *right)
{
	const struct span *a = left, *b = right;

	return a->low < b->low ? -1 : a->low > b->low;
}

static int compare_edges(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

static void heap_push(struct sweep *sweep, struct span span)
{
	unsigned at = sweep->under.n;

	VEC_PUSH(sweep->arena, &sweep->under, span);
	for (; at && sweep->under.v[(at - 1) / 2].function < span.function; at = (at - 1) / 2)
		sweep->under.v[at] = sweep->under.v[(at - 1) / 2];
	sweep->under.v[at] = span;
}

static void heap_pop(struct sweep *sweep)
{
	struct span last = sweep->under.v[--sweep->under.n], *v = sweep->under.v;
	unsigned at = 0, child, n = sweep->under.n;

	for (; (child = 2 * at + 1) < n; at = child) {
		if (child + 1 < n && v[child + 1].function > v[child].function)
			child++;
		if (v[child].function <= last.function)
			break;
		v[at] = v[child];
	}
	v[at] = last;
}

static void add_stretch(struct dwarf_unit *unit, struct sweep *sweep, uint64_t address)
{
	struct dwarf_stretch stretch = { address, NO_FUNCTION };

	while (sweep->under.n && sweep->under.v[0].high <= address)
		heap_pop(sweep);
	if (sweep->under.n)
		stretch.function = sweep->under.v[0].function;
	VEC_PUSH(sweep->arena, &unit->stretches, stretch);
}

static void read_stretches(struct dwarf_unit *unit)
{
	struct sweep sweep = { .arena = unit->file->dso->debuginfo->arena };
	unsigned next = 0;

	dwarf_read_functions(unit);
	for (unsigned i = 0; i < unit->functions.n; i++)
		add_spans(&sweep, &unit->functions.v[i], i);
	if (!sweep.edges.n)
		return;
	qsort(sweep.spans.v, sweep.spans.n, sizeof(*sweep.spans.v), compare_spans);
	qsort(sweep.edges.v, sweep.edges.n, sizeof(*sweep.edges.v), compare_edges);
	for (unsigned i = 0; i < sweep.edges.n; i++) {
		if (i && sweep.edges.v[i] == sweep.edges.v[i - 1])
			continue;
		for (; next < sweep.spans.n && sweep.spans.v[next].low <= sweep.edges.v[i]; next++)
			heap_push(&sweep, sweep.spans.v[next]);
		add_stretch(unit, &sweep, sweep.edges.v[i]);
	}
}

struct dwarf_function *dwarf_innermost(struct dwarf_unit *unit, uint64_t address)
{
	unsigned low = 0, high;

	if (!unit->stretches_read)
		read_stretches(unit);
	unit->stretches_read = true;
	for (high = unit->stretches.n; low < high;) {
		unsigned middle = low + (high - low) / 2;

		if (unit->stretches.v[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || unit->stretches.v[low - 1].function == NO_FUNCTION)
		return NULL;
	return &unit->functions.v[unit->stretches.v[low - 1].function];
}
