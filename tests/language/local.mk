# SPDX-License-Identifier: GPL-2.0-or-later

check_PROGRAMS += tests/language/driver
tests_language_driver_SOURCES = tests/language/driver.c

LANGUAGE_TESTS = \
	tests/language/expressions.test

EXTRA_DIST += tests/language/run $(LANGUAGE_TESTS)
