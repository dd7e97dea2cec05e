# SPDX-License-Identifier: GPL-2.0-or-later
# Unit tests of the pure parts. Each is a program over tests/unit/test.h:
#
#   UNIT_TESTS += tests/unit/test_arena
#   tests_unit_test_arena_SOURCES = tests/unit/test_arena.c
#   tests_unit_test_arena_LDADD = $(COMPILER_LIBS)

check_PROGRAMS += $(UNIT_TESTS)
EXTRA_DIST += tests/unit/test.h

UNIT_TESTS += tests/unit/test_test
tests_unit_test_test_SOURCES = tests/unit/test_test.c

UNIT_TESTS += tests/unit/test_process
tests_unit_test_process_SOURCES = tests/unit/test_process.c tests/unit/point.h
tests_unit_test_process_LDADD = $(COMPILER_LIBS)
