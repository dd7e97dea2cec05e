# SPDX-License-Identifier: GPL-2.0-or-later
# Fuzz targets. `make check` runs each for a moment (bounded.c), `make fuzz` with libFuzzer for
# FUZZ_SECONDS; what that finds is added to the corpus, once it is mended.

FUZZ_SECONDS = 60
FUZZ_CFLAGS = -std=gnu11 -g -O1 -fsanitize=fuzzer,address,undefined \
	-fno-sanitize-recover=undefined -fno-omit-frame-pointer -D_GNU_SOURCE

EXTRA_DIST += tests/fuzz/syntax

UNIT_TESTS += tests/fuzz/bounded_syntax
tests_fuzz_bounded_syntax_SOURCES = tests/fuzz/bounded.c tests/fuzz/fuzz.h tests/fuzz/fuzz_syntax.c
tests_fuzz_bounded_syntax_CPPFLAGS = $(AM_CPPFLAGS) \
	-DFUZZ_CORPUS='"$(abs_top_srcdir)/tests/fuzz/syntax"'
tests_fuzz_bounded_syntax_LDADD = libcompiler.a

fuzz_syntax_sources = tests/fuzz/fuzz_syntax.c \
	$(filter compiler/syntax/%.c,$(libcompiler_a_SOURCES) $(nodist_libcompiler_a_SOURCES))

tests/fuzz/fuzz_syntax: $(fuzz_syntax_sources)
	$(AM_V_CC)$(MKDIR_P) $(@D) && $(CLANG) $(FUZZ_CFLAGS) -I$(top_srcdir) -I$(top_builddir) \
		-o $@ $^

EXTRA_DIST += tests/fuzz/semantic

UNIT_TESTS += tests/fuzz/bounded_semantic
tests_fuzz_bounded_semantic_SOURCES = tests/fuzz/bounded.c tests/fuzz/fuzz.h \
	tests/fuzz/fuzz_semantic.c
tests_fuzz_bounded_semantic_CPPFLAGS = $(AM_CPPFLAGS) \
	-DFUZZ_CORPUS='"$(abs_top_srcdir)/tests/fuzz/semantic"'
tests_fuzz_bounded_semantic_LDADD = $(COMPILER_LIBS)

fuzz_semantic_sources = tests/fuzz/fuzz_semantic.c \
	$(filter compiler/syntax/%.c compiler/semantic/%.c compiler/probes/%.c \
	compiler/debuginfo/%.c,$(libcompiler_a_SOURCES) $(nodist_libcompiler_a_SOURCES))

tests/fuzz/fuzz_semantic: $(fuzz_semantic_sources)
	$(AM_V_CC)$(MKDIR_P) $(@D) && $(CLANG) $(FUZZ_CFLAGS) $(AM_CPPFLAGS) -o $@ $^ \
		$(filter-out libcompiler.a,$(COMPILER_LIBS))
CLEANFILES += tests/fuzz/fuzz_semantic

# Broken programs: `make check` breaks some (tests/unit/test_debuginfo_broken.c), `make fuzz-elf
# FUZZ_SECONDS=600` ever more, beginning with programs of a few compilers and formats.
fuzz_elf_sources = tests/fuzz/fuzz_elf.c \
	$(filter compiler/syntax/%.c compiler/semantic/%.c compiler/probes/%.c \
	compiler/debuginfo/%.c,$(libcompiler_a_SOURCES) $(nodist_libcompiler_a_SOURCES))
EXTRA_DIST += tests/fuzz/fuzz_elf.c tests/fuzz/look.h tests/fuzz/elf-seeds

tests/fuzz/fuzz_elf: $(fuzz_elf_sources) tests/fuzz/look.h tests/unit/live.h
	$(AM_V_CC)$(MKDIR_P) $(@D) && $(CLANG) $(FUZZ_CFLAGS) $(AM_CPPFLAGS) -o $@ \
		$(filter %.c,$^) $(filter-out libcompiler.a,$(COMPILER_LIBS))
CLEANFILES += tests/fuzz/fuzz_elf

.PHONY: fuzz-elf
fuzz-elf: tests/fuzz/fuzz_elf
	CC="$(CC)" CLANG="$(CLANG)" $(top_srcdir)/tests/fuzz/elf-seeds \
		$(abs_top_srcdir)/tests/probes/programs tests/fuzz/elf
	$(MKDIR_P) tests/fuzz/found
	cd tests/fuzz/found && XDG_CACHE_HOME=$$PWD/cache ../fuzz_elf -timeout=20 \
		-max_total_time=$(FUZZ_SECONDS) -max_len=100000 -rss_limit_mb=3000 . ../elf

.PHONY: fuzz
fuzz: tests/fuzz/fuzz_syntax tests/fuzz/fuzz_semantic
	$(MKDIR_P) tests/fuzz/found
	cd tests/fuzz/found && ../fuzz_syntax -max_total_time=$(FUZZ_SECONDS) -max_len=4096 \
		-timeout=10 . $(abs_top_srcdir)/tests/fuzz/syntax
	cd tests/fuzz/found && ../fuzz_semantic -max_total_time=$(FUZZ_SECONDS) -max_len=4096 \
		-timeout=10 . $(abs_top_srcdir)/tests/fuzz/semantic
CLEANFILES += tests/fuzz/fuzz_syntax

# Random scripts that must run alike in every home. `make check` runs those of a few seeds
# (tests/fuzz/run), `make fuzz-homes SECONDS=600` ever new ones.
SECONDS = 600

check_PROGRAMS += tests/fuzz/homes
tests_fuzz_homes_SOURCES = tests/fuzz/homes.c tests/fuzz/homes.h tests/fuzz/homes_generate.c \
	tests/fuzz/homes_generator.h tests/fuzz/homes_expressions.c tests/fuzz/homes_program.c \
	tests/fuzz/homes_arrays.c tests/fuzz/homes_known.c tests/fuzz/homes_minimise.c
tests_fuzz_homes_LDADD = libcompiler.a
EXTRA_DIST += tests/fuzz/run

.PHONY: fuzz-homes
fuzz-homes: spile tests/fuzz/homes
	$(MKDIR_P) tests/fuzz/found
	tests/fuzz/homes --seconds=$(SECONDS) --out=tests/fuzz/found "$$(date +%s)000"
