/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Points of user space: which sites they become.
 */
#include <unistd.h>

#include "compiler/probes/families.h"
#include "tests/unit/test.h"
#include "tests/unit/point.h"

TEST(function_of_library)
{
	struct points points;

	points_open(&points);
	REQUIRE(points_expand(&points, "process", "libc.so.6", "function", "malloc", NULL));
	CHECK_INT(points.out.n, 1);
	CHECK_INT(points.out.v[0]->sites.n, 1);
	CHECK_STR(points.out.v[0]->sites.v[0].function, "malloc");
	CHECK_INT(points.out.v[0]->sites.v[0].kind, ATTACH_UPROBE);
	CHECK(points.out.v[0]->sites.v[0].offset != 0);
	points_close(&points);
}

TEST(function_return)
{
	struct points points;

	points_open(&points);
	REQUIRE(points_expand(&points, "process", "libc.so.6", "function", "malloc", "return", NULL));
	CHECK_INT(points.out.v[0]->sites.v[0].kind, ATTACH_URETPROBE);
	CHECK(points.out.v[0]->is_return);
	points_close(&points);
}

TEST(function_glob)
{
	struct points points;

	points_open(&points);
	REQUIRE(points_expand(&points, "process", "libc.so.6", "function", "str*", NULL));
	CHECK_INT(points.out.n, 1);
	CHECK(points.out.v[0]->sites.n > 20);
	points_close(&points);
}

TEST(every_function_of_libc)
{
	struct points points;

	points_open(&points);
	CHECK(points_expand(&points, "process", "libc.so.6", "function", "*", "call", NULL));
	CHECK(points.out.n == 1 && points.out.v[0]->sites.n > 1000);
	CHECK_INT(points.diags.n, 0);
	points_close(&points);
}

TEST(function_by_path_variable)
{
	struct points points;

	points_open(&points);
	REQUIRE(points_expand(&points, "process", "ls", "library", "libc.so.6", "function", "malloc",
			      NULL));
	CHECK(strstr(points.out.v[0]->sites.v[0].path, "/libc") != NULL);
	points_close(&points);
}

TEST(missing_function_names_the_nearest)
{
	struct points points;

	points_open(&points);
	CHECK(!points_expand(&points, "process", "libc.so.6", "function", "mallocc", NULL));
	REQUIRE(points.diags.n == 1);
	CHECK(strstr(points.diags.v[0].message, "no function 'mallocc' in /") != NULL);
	CHECK_STR(points.diags.v[0].help, "did you mean 'malloc'?");
	points_close(&points);
}

TEST(missing_program_names_the_nearest)
{
	struct points points;

	points_open(&points);
	CHECK(!points_expand(&points, "process", "python33", "function", "main", NULL));
	REQUIRE(points.diags.n == 1);
	CHECK(strstr(points.diags.v[0].message, "no program 'python33' in $PATH") != NULL);
	CHECK(points.diags.v[0].help != NULL);
	points_close(&points);
}

TEST(bare_process_needs_a_target)
{
	struct points points;

	points_open(&points);
	CHECK(!points_expand(&points, "process", NULL, "function", "main", NULL));
	CHECK_INT(points.diags.n, 1);
	points.probes.target.path = "/proc/self/exe";
	CHECK(points_expand(&points, "process", NULL, "function", "main", NULL));
	points_close(&points);
}

TEST(not_an_elf_file)
{
	struct points points;

	points_open(&points);
	CHECK(!points_expand(&points, "process", "/etc/passwd", "function", "main", NULL));
	CHECK_STR(points.diags.v[0].message, "'/etc/passwd': not an ELF file");
	CHECK(!points_expand(&points, "process", "/etc", "function", "main", NULL));
	CHECK_STR(points.diags.v[1].message, "'/etc' is a directory");
	points_close(&points);
}

TEST(process_by_id)
{
	struct points points;

	points_open(&points);
	CHECK(points_expand_pid(&points, getpid(), "function", "main"));
	REQUIRE(points.out.n == 1);
	CHECK_INT(points.out.v[0]->sites.v[0].pid, getpid());
	CHECK(!points_expand_pid(&points, 999999999, "function", "main"));
	CHECK_STR(points.diags.v[0].message, "there is no process 999999999");
	points_close(&points);
}

TEST_MAIN()
