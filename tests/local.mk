# SPDX-License-Identifier: GPL-2.0-or-later
# `make check` is one driver over all kinds of test: TESTS_TO_RUN="unit language" chooses among them.

EXTRA_DIST += tests/run tests/lib.sh

TESTS_TO_RUN =

check-local:
	+@SRCDIR='$(abs_top_srcdir)' BUILDDIR='$(abs_top_builddir)' UNIT_TESTS='$(UNIT_TESTS)' \
		CC='$(CC)' CLANG='$(CLANG)' bash $(srcdir)/tests/run $(TESTS_TO_RUN)

# What the tests need, built: so that they can be run by root and leave nothing of root's behind.
# After everything else, and not beside it: two makes in one directory overwrite each other's files.
check-programs: all
	+@$(MAKE) $(AM_MAKEFLAGS) $(check_PROGRAMS) $(check_DATA)
.PHONY: check-programs

# `make installcheck`: the installed program finds the tapsets that were installed with it.
installcheck-local:
	cd / && '$(DESTDIR)$(bindir)/spile' -p2 -e 'probe begin { println(strlen("abc")) }' | \
		grep -q 'strlen(s: string'
