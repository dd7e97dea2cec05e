# SPDX-License-Identifier: GPL-2.0-or-later
# What is read in random programs is what they print (tests/values/check.py). `make check` runs a
# few seeds, `make fuzz-values VALUES_SECONDS=600` ever new ones; what fails is left in
# tests/values/found, with the program.
VALUES_SECONDS = 600

EXTRA_DIST += tests/values/run tests/values/check.py tests/values/generate.py tests/values/audit.py

# What is read at random places of a real program is what gdb reads there (tests/values/audit.py).
AUDIT_SEED = 1
AUDIT = /usr/bin/python3.11 -S -c 'import re, json; print(re.sub("a", "b", json.dumps({"a": [1, 2.5]})))'

.PHONY: audit-values
audit-values: spile
	SPILE=$(abs_top_builddir)/spile PYTHONDONTWRITEBYTECODE=1 \
		python3 $(srcdir)/tests/values/audit.py --seed=$(AUDIT_SEED) $(AUDIT)

.PHONY: fuzz-values
fuzz-values: spile
	$(MKDIR_P) tests/values/found
	SPILE=$(abs_top_builddir)/spile CLANG='$(CLANG)' PYTHONDONTWRITEBYTECODE=1 \
		python3 $(srcdir)/tests/values/check.py --keep=tests/values/found \
		--seconds=$(VALUES_SECONDS) "$$(date +%s)000"
