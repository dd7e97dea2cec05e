/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls with a relative operand: looked for at every byte, whether or not an instruction begins. */
#include <stdlib.h>
#include <string.h>

#include "compiler/debuginfo/calls.h"

enum { CALL = 0xe8, CALL_SIZE = 5, MAX_CODE = 64 << 20 };

static bool is_code(const struct dso *dso, uint64_t address)
{
	uint64_t offset;

	return dso_code_offset(dso, address, &offset);
}

static void read_segment(struct dso *dso, const struct dso_segment *segment, const char *file,
			 size_t size)
{
	const unsigned char *code = (const unsigned char *)file + segment->offset;

	if (segment->offset > size || segment->file_size > size - segment->offset ||
	    segment->file_size > MAX_CODE)
		return;
	for (uint64_t at = 0; at + CALL_SIZE <= segment->file_size; at++) {
		struct dso_call call = { .back = segment->address + at + CALL_SIZE };
		int32_t distance;

		if (code[at] != CALL)
			continue;
		memcpy(&distance, code + at + 1, sizeof(distance));
		call.target = call.back + (uint64_t)(int64_t)distance;
		if (is_code(dso, call.target))
			VEC_PUSH(dso->debuginfo->arena, &dso->calls, call);
	}
}

static int by_target(const void *one, const void *other)
{
	const struct dso_call *a = one, *b = other;

	return a->target < b->target ? -1 : a->target > b->target;
}

static void read_calls(struct dso *dso)
{
	size_t size = 0;
	const char *file = elf_rawfile(dso->elf, &size);

	dso->calls_read = true;
	for (unsigned i = 0; file && i < dso->segments.n; i++)
		if (dso->segments.v[i].executable)
			read_segment(dso, &dso->segments.v[i], file, size);
	if (dso->calls.n)
		qsort(dso->calls.v, dso->calls.n, sizeof(*dso->calls.v), by_target);
}

const struct dso_call *dso_calls_to(struct dso *dso, uint64_t target, unsigned *n)
{
	unsigned low = 0, high;

	if (!dso->calls_read)
		read_calls(dso);
	high = dso->calls.n;
	while (low < high) {
		unsigned middle = low + (high - low) / 2;

		if (dso->calls.v[middle].target < target)
			low = middle + 1;
		else
			high = middle;
	}
	for (*n = 0; low + *n < dso->calls.n && dso->calls.v[low + *n].target == target;)
		++*n;
	return *n ? dso->calls.v + low : NULL;
}
