# SPDX-License-Identifier: GPL-2.0-or-later

check_PROGRAMS += tests/language/driver
tests_language_driver_SOURCES = tests/language/driver.c

LANGUAGE_TESTS = \
	tests/language/aggregates.test \
	tests/language/arrays.test \
	tests/language/context.test \
	tests/language/conversions.test \
	tests/language/deep.test \
	tests/language/diagnostics.test \
	tests/language/embedded.test \
	tests/language/errors.test \
	tests/language/expressions.test \
	tests/language/floats.test \
	tests/language/foreach.test \
	tests/language/functions.test \
	tests/language/globals.test \
	tests/language/histograms.test \
	tests/language/literals.test \
	tests/language/macros.test \
	tests/language/nesting.test \
	tests/language/order.test \
	tests/language/preprocessor.test \
	tests/language/print.test \
	tests/language/printf.test \
	tests/language/probes.test \
	tests/language/regex.test \
	tests/language/statements.test \
	tests/language/strings.test \
	tests/language/tapsets.test \
	tests/language/time.test \
	tests/language/try.test

EXTRA_DIST += tests/language/run tests/language/formats $(LANGUAGE_TESTS)
