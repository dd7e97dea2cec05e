# SPDX-License-Identifier: GPL-2.0-or-later
# Grammar and scanner: add "compiler/syntax/grammar.tab.c" to nodist_libcompiler_a_SOURCES,
# "compiler/syntax/grammar.tab.h" to BUILT_SOURCES, both to CLEANFILES, grammar.y to EXTRA_DIST.

libcompiler_a_SOURCES += \
	compiler/syntax/arena.c \
	compiler/syntax/arena.h \
	compiler/syntax/ast.c \
	compiler/syntax/ast.h \
	compiler/syntax/diag.c \
	compiler/syntax/diag.h \
	compiler/syntax/source.c \
	compiler/syntax/suggest.c \
	compiler/syntax/syntax.h \
	compiler/syntax/visit.c
