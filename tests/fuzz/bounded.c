/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a fuzz target for a while, the same way each time: every file of its corpus (the
 * directory FUZZ_CORPUS), whole, and changed a few hundred times by a generator with a fixed seed.
 */
#include <dirent.h>

#include "tests/unit/test.h"
#include "tests/fuzz/fuzz.h"

enum { ROUNDS = 300 /* changed versions of each file */, MAX_FILE = 65536, MAX_CHANGES = 6 };

struct bytes {
	uint8_t v[2 * MAX_FILE];
	size_t n;
};

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 11;
}

static size_t below(uint64_t *state, size_t limit)
{
	return limit ? next_random(state) % limit : 0;
}

static void erase(struct bytes *bytes, size_t at, size_t length)
{
	if (length > bytes->n - at)
		length = bytes->n - at;
	memmove(bytes->v + at, bytes->v + at + length, bytes->n - at - length);
	bytes->n -= length;
}

static void insert(struct bytes *bytes, size_t at, const void *what, size_t length)
{
	if (bytes->n + length > sizeof(bytes->v))
		return;
	memmove(bytes->v + at + length, bytes->v + at, bytes->n - at);
	memcpy(bytes->v + at, what, length);
	bytes->n += length;
}

/* One change: a byte replaced, a piece erased, a piece repeated elsewhere, or a token put in. */
static void change(struct bytes *bytes, uint64_t *state)
{
	static const char *const tokens[] = {"(", ")", "{", "}", "[", "]", "%(", "%)", "%?", "%:",
					     "@",  "$", "\"", "/*", "*", "?", ".",  "->", "in ", "if ",
					     "probe ", "@define a %(", "@a", "$1", "@2", "%{", "%}"};
	uint8_t piece[32];
	size_t at = below(state, bytes->n), from, length = below(state, sizeof(piece)) + 1;
	const char *token = tokens[below(state, sizeof(tokens) / sizeof(*tokens))];

	switch (below(state, 4)) {
	case 0:
		if (bytes->n)
			bytes->v[at] = (uint8_t)next_random(state);
		break;
	case 1:
		erase(bytes, at, length);
		break;
	case 2:
		from = below(state, bytes->n);
		if (from + length > bytes->n)
			break;
		memcpy(piece, bytes->v + from, length);
		insert(bytes, at, piece, length);
		break;
	default:
		insert(bytes, at, token, strlen(token));
	}
}

static void run_target(const struct bytes *bytes)
{
	uint8_t *exact = malloc(bytes->n ? bytes->n : 1); /* so that a byte too far is seen */

	memcpy(exact, bytes->v, bytes->n);
	LLVMFuzzerTestOneInput(exact, bytes->n);
	free(exact);
}

static bool load(const char *path, struct bytes *bytes)
{
	FILE *in = fopen(path, "r");

	if (!in)
		return false;
	bytes->n = fread(bytes->v, 1, MAX_FILE, in);
	fclose(in);
	return true;
}

static unsigned run_file(const char *path)
{
	static struct bytes original, changed;
	uint64_t state = 0x9e3779b97f4a7c15;
	unsigned i;
	size_t changes;

	if (!load(path, &original))
		return 0;
	run_target(&original);
	for (i = 0; i < ROUNDS; i++) {
		changed.n = original.n;
		memcpy(changed.v, original.v, original.n);
		for (changes = below(&state, MAX_CHANGES) + 1; changes; changes--)
			change(&changed, &state);
		run_target(&changed);
	}
	return 1;
}

TEST(corpus_and_near_it)
{
	struct dirent **names;
	char path[1024];
	unsigned files = 0;
	int i, n = scandir(FUZZ_CORPUS, &names, NULL, alphasort);

	REQUIRE(n >= 0);
	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", FUZZ_CORPUS, names[i]->d_name);
		if (names[i]->d_name[0] != '.')
			files += run_file(path);
		free(names[i]);
	}
	free(names);
	CHECK(files > 0);
}

TEST_MAIN()
