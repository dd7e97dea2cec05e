# SPDX-License-Identifier: GPL-2.0-or-later
# What is read in random programs is what they print (tests/values/check.py). `make check` runs a
# few seeds, `make fuzz-values VALUES_SECONDS=600` ever new ones; what fails is left in
# tests/values/found, with the program.
VALUES_SECONDS = 600

EXTRA_DIST += tests/values/run tests/values/check.py tests/values/generate.py

.PHONY: fuzz-values
fuzz-values: spile
	$(MKDIR_P) tests/values/found
	SPILE=$(abs_top_builddir)/spile CLANG='$(CLANG)' PYTHONDONTWRITEBYTECODE=1 \
		python3 $(srcdir)/tests/values/check.py --keep=tests/values/found \
		--seconds=$(VALUES_SECONDS) "$$(date +%s)000"
