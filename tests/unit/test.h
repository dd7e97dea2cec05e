/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The unit tests' one header: a test is a function, a program is a list of them.
 *
 *	TEST(arena_aligns)
 *	{
 *		CHECK(p != NULL);
 *		CHECK_INT(p % 8, 0);
 *		CHECK_STR(text, "abc");
 *	}
 *	TEST_MAIN()
 *
 * A program prints a line a test, "ok NAME", "not ok NAME" or "skip NAME: reason", which
 * tests/run counts; a failed check prints "# file:line: what" first. A test goes on after a
 * failed check. Arguments name the tests to run; without, all run, in the file's order.
 */
#ifndef SPILE_TESTS_UNIT_TEST_H
#define SPILE_TESTS_UNIT_TEST_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct test {
	const char *name;
	void (*run)(void);
	struct test *next;
};

static struct test *test_first, **test_tail = &test_first;
static int test_failures;	     /* of the running test */
static const char *test_skip_reason; /* set: the running test is skipped */

#define TEST(name_)                                                                                \
	static void test_##name_(void);                                                            \
	__attribute__((constructor)) static void test_add_##name_(void)                            \
	{                                                                                          \
		static struct test self = {.name = #name_, .run = test_##name_};                   \
		*test_tail = &self;                                                                \
		test_tail = &self.next;                                                            \
	}                                                                                          \
	static void test_##name_(void)

#define CHECK(cond) test_check(!!(cond), __FILE__, __LINE__, #cond)
#define CHECK_INT(got, want) test_check_int((got), (want), __FILE__, __LINE__, #got)
#define CHECK_STR(got, want) test_check_str((got), (want), __FILE__, __LINE__, #got)
/* Ends the test here when a check fails: for what the rest depends on. */
#define REQUIRE(cond)                                                                              \
	do {                                                                                       \
		if (!CHECK(cond))                                                                  \
			return;                                                                    \
	} while (0)
#define SKIP(reason)                                                                               \
	do {                                                                                       \
		test_skip_reason = (reason);                                                       \
		return;                                                                            \
	} while (0)

__attribute__((unused)) static bool test_check(bool ok, const char *file, int line,
					       const char *what)
{
	if (!ok) {
		printf("# %s:%d: %s\n", file, line, what);
		test_failures++;
	}
	return ok;
}

__attribute__((unused)) static bool test_check_int(int64_t got, int64_t want, const char *file,
						   int line, const char *what)
{
	if (got == want)
		return true;
	printf("# %s:%d: %s is %" PRId64 ", not %" PRId64 "\n", file, line, what, got, want);
	test_failures++;
	return false;
}

__attribute__((unused)) static bool test_check_str(const char *got, const char *want,
						   const char *file, int line, const char *what)
{
	if (got && want && strcmp(got, want) == 0)
		return true;
	if (!got && !want)
		return true;
	printf("# %s:%d: %s is\n#   \"%s\", not\n#   \"%s\"\n", file, line, what,
	       got ? got : "(null)", want ? want : "(null)");
	test_failures++;
	return false;
}

static bool test_wanted(const struct test *test, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(test->name, argv[i]) == 0)
			return true;
	return argc < 2;
}

static bool test_run(const struct test *test)
{
	test_failures = 0;
	test_skip_reason = NULL;
	test->run();
	if (test_failures)
		printf("not ok %s\n", test->name);
	else if (test_skip_reason)
		printf("skip %s: %s\n", test->name, test_skip_reason);
	else
		printf("ok %s\n", test->name);
	fflush(stdout);
	return !test_failures;
}

#define TEST_MAIN()                                                                                \
	int main(int argc, char **argv)                                                            \
	{                                                                                          \
		bool good = true;                                                                  \
		for (struct test *test = test_first; test; test = test->next)                      \
			if (test_wanted(test, argc, argv))                                         \
				good &= test_run(test);                                            \
		return good ? EXIT_SUCCESS : EXIT_FAILURE;                                         \
	}

#endif
