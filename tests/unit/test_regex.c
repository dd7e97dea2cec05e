/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Regular expressions against libc's: random patterns on random texts, and what libc's do not
 * have.
 */
#include <regex.h>

#include "compiler/semantic/regex.h"
#include "tests/unit/test.h"

static struct arena *arena;

static struct dfa *compile(const char *pattern, bool captures)
{
	const char *error;
	unsigned at;
	struct dfa *dfa = regex_compile(arena, pattern, captures, &error, &at);

	if (!dfa)
		printf("# '%s': %s at %u\n", pattern, error, at);
	return dfa;
}

static bool matches(const char *pattern, const char *text)
{
	struct dfa *dfa = compile(pattern, false);

	return dfa && regex_match_text(dfa, text, NULL, NULL);
}

static const char *group(const char *pattern, const char *text, unsigned n)
{
	struct dfa *dfa = compile(pattern, true);
	u16 trace[256], position[2 * REGEX_GROUPS];

	if (!dfa || !regex_match_text(dfa, text, trace, position))
		return "no match";
	if (position[2 * n] == REGEX_NO_POSITION)
		return "unset";
	return arena_strndup(arena, text + position[2 * n],
			     (size_t)(position[2 * n + 1] - position[2 * n]));
}

static const char *error_of(const char *pattern)
{
	const char *error;
	unsigned at;

	regex_compile(arena, pattern, false, &error, &at);
	return error ? arena_printf(arena, "%u: %s", at, error) : "none";
}

/* ---- random patterns, from one seed ------------------------------------------------------------ */

static uint32_t seed = 1;

enum { DEPTH = 2 };

static unsigned pick(unsigned n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static void add(char *pattern, const char *text)
{
	if (strlen(pattern) + strlen(text) < 200)
		strcat(pattern, text);
}

static void random_pattern(char *pattern, unsigned depth);

static void random_atom(char *pattern, unsigned depth)
{
	static const char *const atoms[] = { "a", "b", "c", "a", "b", ".", "[ab]", "[^a]", "[a-b]",
					     "[[:alpha:]]", "\\.", "ab", "[]a]", "[^]b]" };

	if (depth && pick(4) == 0) {
		add(pattern, "(");
		random_pattern(pattern, depth - 1);
		add(pattern, ")");
		return;
	}
	add(pattern, atoms[pick(sizeof(atoms) / sizeof(atoms[0]))]);
}

/* Anchors at the top only: glibc forgets those in groups that are repeated with {m,n}. */
static void random_pattern(char *pattern, unsigned depth)
{
	static const char *const repeats[] = { "*", "+", "?", "{2}", "{0,2}", "{1,}", "", "", "", "" };
	unsigned n = 1 + pick(4);

	if (depth == DEPTH && pick(10) == 0)
		add(pattern, "^");
	for (unsigned i = 0; i < n; i++) {
		random_atom(pattern, depth);
		add(pattern, repeats[pick(sizeof(repeats) / sizeof(repeats[0]))]);
		if (i + 1 < n && pick(6) == 0)
			add(pattern, "|");
	}
	if (depth == DEPTH && pick(10) == 0)
		add(pattern, "$");
}

static void random_text(char *text)
{
	unsigned n = pick(12);

	for (unsigned i = 0; i < n; i++)
		text[i] = "aabbc.]x"[pick(8)];
	text[n] = 0;
}

static bool agrees(const struct dfa *plain, const struct dfa *capturing, const char *text,
		   const regex_t *libc)
{
	u16 trace[64], position[2 * REGEX_GROUPS];
	regmatch_t at;
	bool wanted = regexec(libc, text, 1, &at, 0) == 0;

	if (regex_match_text(plain, text, NULL, NULL) != wanted ||
	    regex_match_text(capturing, text, trace, position) != wanted)
		return false;
	return !wanted || (position[0] == at.rm_so && position[1] == at.rm_eo);
}

/* Compares one pattern on some texts: the number of texts; *different: on how many. */
static unsigned compare(const char *pattern, const regex_t *libc, unsigned *different)
{
	const struct dfa *plain = compile(pattern, false), *capturing = compile(pattern, true);
	char text[16];

	if (!plain || !capturing) /* too large: that is said above */
		return 0;
	for (unsigned k = 0; k < 20; k++) {
		random_text(text);
		if (agrees(plain, capturing, text, libc))
			continue;
		(*different)++;
		printf("# '%s' on '%s' differs\n", pattern, text);
	}
	return 20;
}

TEST(random_patterns_match_as_in_libc)
{
	unsigned different = 0, compared = 0;

	for (unsigned i = 0; i < 2000; i++) {
		char pattern[256] = "";
		regex_t libc;

		arena = arena_new();
		random_pattern(pattern, DEPTH);
		if (!regcomp(&libc, pattern, REG_EXTENDED)) {
			compared += compare(pattern, &libc, &different);
			regfree(&libc);
		}
		arena_free(arena);
	}
	CHECK(compared > 2000 * 20 * 98 / 100);
	CHECK_INT(different, 0);
}

TEST(simple_matches)
{
	arena = arena_new();
	CHECK(matches("", ""));
	CHECK(matches("", "x"));
	CHECK(matches("b", "abc"));
	CHECK(!matches("^b", "abc"));
	CHECK(matches("^a.*c$", "abc"));
	CHECK(!matches("^a.*c$", "abcd"));
	CHECK(matches("^$", ""));
	CHECK(!matches("^$", "x"));
	CHECK(matches("x{3}", "xxx"));
	CHECK(!matches("^x{3}$", "xxxx"));
	CHECK(matches("^x{2,3}$", "xxx"));
	CHECK(matches("a\\.b", "a.b"));
	CHECK(!matches("a\\.b", "axb"));
	CHECK(matches("^\\w+\\s\\d+$", "abc_1 42"));
	CHECK(matches("[\xc3\xa9]", "\xc3\xa9"));
	CHECK(matches("^(foo|bar|baz)+$", "foobazbar"));
	CHECK(!matches("^(foo|bar|baz)+$", "foobazbarx"));
	CHECK(matches("{", "{"));
	arena_free(arena);
}

TEST(groups_are_captured)
{
	arena = arena_new();
	CHECK_STR(group("([a-z]+)=([0-9]+)", "  key=42;", 0), "key=42");
	CHECK_STR(group("([a-z]+)=([0-9]+)", "  key=42;", 1), "key");
	CHECK_STR(group("([a-z]+)=([0-9]+)", "  key=42;", 2), "42");
	CHECK_STR(group("a|(b)", "a", 1), "unset");
	CHECK_STR(group("a|(b)", "xb", 1), "b");
	CHECK_STR(group("^(.*)/([^/]*)$", "/usr/lib/libc.so", 1), "/usr/lib");
	CHECK_STR(group("^(.*)/([^/]*)$", "/usr/lib/libc.so", 2), "libc.so");
	CHECK_STR(group("(a*)(a*)", "aaa", 1), "aaa");
	CHECK_STR(group("(a*)(a*)", "aaa", 2), "");
	CHECK_STR(group("(ab)*", "ababx", 1), "ab");
	CHECK_STR(group("(?:ab)*(x)", "ababx", 1), "x");
	CHECK_STR(group("x*", "aaa", 0), "");
	CHECK_STR(group("(b$)", "ab", 1), "b");
	CHECK_STR(group("abcd|b", "abce", 0), "b");
	CHECK_STR(group("abcd|b", "abcd", 0), "abcd");
	CHECK_STR(group("q", "aaa", 0), "no match");
	CHECK_INT(compile("(a)(b)(?:c)", false)->n_groups, 3);
	arena_free(arena);
}

TEST(bad_patterns_are_reported)
{
	arena = arena_new();
	CHECK_STR(error_of("(a"), "2: '(' without its ')'");
	CHECK_STR(error_of("[a"), "2: '[' without its ']'");
	CHECK_STR(error_of("*a"), "0: there is nothing to repeat here");
	CHECK_STR(error_of("a\\"), "2: '\\' at the end");
	CHECK_STR(error_of("[z-a]"), "4: this range ends before it starts");
	CHECK_STR(error_of("[[:foo:]]"), "1: unknown character class in brackets");
	CHECK(strstr(error_of("(a|b)*a(a|b){20}"), "too many states") != NULL);
	CHECK(strstr(error_of("((a{1000}){1000}){1000}"), "too large") != NULL);
	arena_free(arena);
}

TEST_MAIN()
