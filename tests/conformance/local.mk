# SPDX-License-Identifier: GPL-2.0-or-later

EXTRA_DIST += tests/conformance/report

conformance: all
	@BUILDDIR='$(abs_top_builddir)' bash $(srcdir)/tests/conformance/report >conformance.tmp
	mv conformance.tmp $(srcdir)/doc/conformance.md
.PHONY: conformance
