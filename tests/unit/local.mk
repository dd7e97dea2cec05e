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

# The handler library, in both homes: its cases are compiled for each.
UNIT_TESTS += tests/unit/test_handler
tests_unit_test_handler_SOURCES = tests/unit/test_handler.c tests/unit/handler_cases.c \
	tests/unit/handler_cases.h tests/unit/handler_link.c tests/unit/handler_link.h
tests_unit_test_handler_LDADD = libruntime.a $(COMPILER_LIBS) $(LLVM_LIBS)
CLEANFILES += tests/unit/handler_cases.bc
tests/unit/handler_cases.bc: tests/unit/handler_cases.c tests/unit/handler_cases.h $(handler_headers)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(CLANG) $(HANDLER_CFLAGS) -emit-llvm -c -o $@ $<
tests/unit/test_handler.$(OBJEXT): tests/unit/handler_cases.bc
