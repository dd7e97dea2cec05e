/* SPDX-License-Identifier: GPL-2.0-or-later */
/* That the unit tests' header reports a failure: a test that cannot fail proves nothing. */
#include "tests/unit/test.h"

TEST(checks_pass)
{
	CHECK(1 + 1 == 2);
	CHECK_INT(-7 / 2, -3);
	CHECK_STR("abc", "abc");
	CHECK_STR(NULL, NULL);
}

TEST(checks_fail)
{
	printf("# three failures are meant here:\n");
	bool any = CHECK(1 == 2) || CHECK_INT(1, 2) || CHECK_STR("a", "b");
	bool counted = test_failures == 3;
	test_failures = 0;
	CHECK(!any);
	CHECK(counted);
}

TEST_MAIN()
