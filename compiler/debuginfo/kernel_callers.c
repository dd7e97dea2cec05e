/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who calls a function of the kernel: the running kernel's code, as /proc/kcore shows it, is
 * searched for direct calls (and jumps at a function's end) that lead there. A call is a byte and
 * the distance in four, so that what is no instruction hardly ever fits.
 */
#include "compiler/debuginfo/kernel_callers.h"

#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CALL = 0xe8, JUMP = 0xe9, CALL_LENGTH = 5, MOST_SEGMENTS = 64, MOST_SHOWN = 4 };

struct code_symbol {
	uint64_t address;
	const char *name;
};

struct code {
	VEC(struct code_symbol);
	uint64_t start, end; /* of the kernel's own code */
};

/* "ffffffff81000000 T name"; those of modules have a fourth word, and end it. */
static void read_symbols(struct arena *arena, struct code *code)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	char *line = NULL;
	size_t size = 0;

	while (file && getline(&line, &size, file) > 0) {
		char *at, *name, type;
		struct code_symbol symbol = {.address = strtoull(line, &at, 16)};

		if (strchr(line, '['))
			break;
		type = *at ? at[1] : 0;
		if (!type || !strchr("tTwW", type) || at[2] != ' ')
			continue;
		name = at + 3;
		name[strcspn(name, "\n")] = 0;
		symbol.name = arena_strdup(arena, name);
		if (!strcmp(name, "_stext"))
			code->start = symbol.address;
		if (!strcmp(name, "_etext"))
			code->end = symbol.address;
		VEC_PUSH(arena, code, symbol);
	}
	free(line);
	if (file)
		fclose(file);
}

/* The bytes of [start, end), from the segment of /proc/kcore that has them. */
static unsigned char *read_code(const struct code *code)
{
	int kcore = open("/proc/kcore", O_RDONLY | O_CLOEXEC);
	size_t length = code->end - code->start;
	unsigned char *bytes = NULL;
	Elf64_Phdr segment[MOST_SEGMENTS];
	Elf64_Ehdr head;

	if (kcore < 0 || pread(kcore, &head, sizeof(head), 0) != (ssize_t)sizeof(head))
		goto out;
	if (head.e_phnum > MOST_SEGMENTS)
		head.e_phnum = MOST_SEGMENTS;
	if (pread(kcore, segment, head.e_phnum * sizeof(*segment), (off_t)head.e_phoff) < 0)
		goto out;
	for (unsigned i = 0; i < head.e_phnum && !bytes; i++) {
		uint64_t from = segment[i].p_vaddr, there = code->start - from;

		if (segment[i].p_type != PT_LOAD || code->start < from ||
		    there + length > segment[i].p_memsz)
			continue;
		bytes = malloc(length);
		if (bytes && pread(kcore, bytes, length, (off_t)(segment[i].p_offset + there)) !=
				     (ssize_t)length) {
			free(bytes);
			goto nothing;
		}
	}
	goto out;
nothing:
	bytes = NULL;
out:
	if (kcore >= 0)
		close(kcore);
	return bytes;
}

/* The last symbol at or below the address; kallsyms is in the order of addresses. */
static const char *function_at(const struct code *code, uint64_t address)
{
	unsigned low = 0, high = code->n;

	while (high - low > 1) {
		unsigned middle = (low + high) / 2;

		if (code->v[middle].address <= address)
			low = middle;
		else
			high = middle;
	}
	return code->v[low].name;
}

struct callers {
	const char *last; /* calls of one function follow each other */
	const char *shown[MOST_SHOWN];
	unsigned n;
};

static void add_caller(struct callers *callers, const char *name)
{
	if (callers->last == name)
		return;
	callers->last = name;
	if (callers->n < MOST_SHOWN)
		callers->shown[callers->n] = name;
	callers->n++;
}

static void search(const struct code *code, const unsigned char *bytes, uint64_t target,
		   struct callers *callers)
{
	uint64_t length = code->end - code->start;

	for (uint64_t i = 0; i + CALL_LENGTH <= length; i++) {
		int32_t distance;

		if (bytes[i] != CALL && bytes[i] != JUMP)
			continue;
		memcpy(&distance, bytes + i + 1, sizeof(distance));
		if (code->start + i + CALL_LENGTH + (uint64_t)(int64_t)distance == target)
			add_caller(callers, function_at(code, code->start + i));
	}
}

static uint64_t address_of(const struct code *code, const char *name)
{
	for (unsigned i = 0; i < code->n; i++)
		if (!strcmp(code->v[i].name, name))
			return code->v[i].address;
	return 0;
}

static const char *as_text(struct arena *arena, const struct callers *callers)
{
	const char *text = "";

	for (unsigned i = 0; i < callers->n && i < MOST_SHOWN; i++)
		text = arena_printf(arena, "%s%s%s", text, i ? ", " : "", callers->shown[i]);
	return callers->n > MOST_SHOWN
		       ? arena_printf(arena, "%s and %u others", text, callers->n - MOST_SHOWN)
		       : text;
}

const char *kernel_callers_help(struct arena *arena, const char *name)
{
	struct callers callers = {.n = 0};
	struct code code = {.n = 0};
	unsigned char *bytes = NULL;
	uint64_t target;

	read_symbols(arena, &code);
	target = address_of(&code, name);
	if (target && code.start < code.end)
		bytes = read_code(&code);
	if (!bytes)
		return "probe a function that calls it (which ones can not be told: there is no "
		       "/proc/kcore, CONFIG_PROC_KCORE, or it can not be read)";
	search(&code, bytes, target, &callers);
	free(bytes);
	if (!callers.n)
		return "nothing in the kernel calls it by its name: it is called through pointers "
		       "or from modules, or is inlined";
	return arena_printf(arena, "probe a function that calls it: %s", as_text(arena, &callers));
}
