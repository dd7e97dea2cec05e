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

UNIT_TESTS += tests/unit/test_floats
tests_unit_test_floats_SOURCES = tests/unit/test_floats.c
tests_unit_test_floats_LDADD = libruntime.a $(COMPILER_LIBS) $(LLVM_LIBS) -lm

UNIT_TESTS += tests/unit/test_present
tests_unit_test_present_SOURCES = tests/unit/test_present.c
tests_unit_test_present_LDADD = libruntime.a $(COMPILER_LIBS) $(JSON_LIBS)

# The linker of host objects, and an object for it. (Compiled without sanitizers: as LLVM makes
# them.)
UNIT_TESTS += tests/unit/test_host_object
tests_unit_test_host_object_SOURCES = tests/unit/test_host_object.c
tests_unit_test_host_object_LDADD = libruntime.a
EXTRA_DIST += tests/unit/host_object_input.c
CLEANFILES += tests/unit/host_object_input.o
tests/unit/host_object_input.o: tests/unit/host_object_input.c
	$(AM_V_CC)$(MKDIR_P) $(@D) && $(CC) -O2 -fPIC -fno-builtin -c -o $@ $<
tests/unit/test_host_object.$(OBJEXT): tests/unit/host_object_input.o

# Load, attach and session, with handlers written by hand for both homes.
UNIT_TESTS += tests/unit/test_session
tests_unit_test_session_SOURCES = tests/unit/test_session.c
tests_unit_test_session_LDADD = libruntime.a $(COMPILER_LIBS) $(JSON_LIBS)
check_PROGRAMS += tests/unit/session_target
tests_unit_session_target_SOURCES = tests/unit/session_target.c
EXTRA_DIST += tests/unit/session_kernel.c tests/unit/session_tracer.c
CLEANFILES += tests/unit/session_kernel.o tests/unit/session_tracer.o
tests/unit/session_kernel.o: tests/unit/session_kernel.c $(handler_headers) $(handler_parts)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(CLANG) $(HANDLER_CFLAGS) -Wno-unused-function -c -o $@ $<
tests/unit/session_tracer.o: tests/unit/session_tracer.c $(handler_headers)
	$(AM_V_CC)$(MKDIR_P) $(@D) && $(CC) -O2 -fPIC -I$(top_srcdir) -c -o $@ $<
tests/unit/test_session.$(OBJEXT): tests/unit/session_kernel.o tests/unit/session_tracer.o \
	tests/unit/session_target

UNIT_TESTS += tests/unit/test_options
tests_unit_test_options_SOURCES = tests/unit/test_options.c
tests_unit_test_options_LDADD = libruntime.a $(COMPILER_LIBS) $(JSON_LIBS)

UNIT_TESTS += tests/unit/test_regex
tests_unit_test_regex_SOURCES = tests/unit/test_regex.c
tests_unit_test_regex_LDADD = $(COMPILER_LIBS)

UNIT_TESTS += tests/unit/test_semantic
tests_unit_test_semantic_SOURCES = tests/unit/test_semantic.c
tests_unit_test_semantic_LDADD = $(COMPILER_LIBS)

UNIT_TESTS += tests/unit/test_variables
tests_unit_test_variables_SOURCES = tests/unit/test_variables.c tests/unit/live.h
tests_unit_test_variables_LDADD = $(COMPILER_LIBS)
EXTRA_DIST += tests/probes/programs/values.c

UNIT_TESTS += tests/unit/test_insn
tests_unit_test_insn_SOURCES = tests/unit/test_insn.c
tests_unit_test_insn_LDADD = libruntime.a
UNIT_TESTS += tests/unit/test_debuginfo_broken
tests_unit_test_debuginfo_broken_SOURCES = tests/unit/test_debuginfo_broken.c tests/unit/live.h \
	tests/fuzz/look.h
tests_unit_test_debuginfo_broken_LDADD = $(COMPILER_LIBS)

UNIT_TESTS += tests/unit/test_syntax
tests_unit_test_syntax_SOURCES = tests/unit/test_syntax.c
tests_unit_test_syntax_LDADD = libcompiler.a

UNIT_TESTS += tests/unit/test_probes
tests_unit_test_probes_SOURCES = tests/unit/test_probes.c
tests_unit_test_probes_LDADD = $(COMPILER_LIBS)

# The tables of system calls and their flags against the system's headers.
UNIT_TESTS += tests/unit/test_flags
tests_unit_test_flags_SOURCES = tests/unit/test_flags.c
tests_unit_test_flags_LDADD = libcompiler.a
EXTRA_DIST += tests/unit/flags.awk
CLEANFILES += tests/unit/flags.inc
tests/unit/flags.inc: $(srcdir)/tests/unit/flags.awk $(srcdir)/compiler/probes/flags.table
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(AWK) -f $(srcdir)/tests/unit/flags.awk \
		$(srcdir)/compiler/probes/flags.table >$@.tmp && mv $@.tmp $@
tests/unit/test_flags.$(OBJEXT): tests/unit/flags.inc compiler/probes/syscalls.inc

UNIT_TESTS += tests/unit/test_store
tests_unit_test_store_SOURCES = tests/unit/test_store.c
tests_unit_test_store_LDADD = $(COMPILER_LIBS)
