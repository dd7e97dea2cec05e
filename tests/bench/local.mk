# SPDX-License-Identifier: GPL-2.0-or-later

EXTRA_DIST += \
	tests/bench/function.c \
	tests/bench/bench \
	tests/bench/first.py \
	tests/bench/keys.py \
	tests/bench/session.py \
	tests/bench/target.c

bench: all
	@BUILDDIR='$(abs_top_builddir)' CC='$(CC)' bash $(srcdir)/tests/bench/bench
.PHONY: bench
