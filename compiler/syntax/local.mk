# SPDX-License-Identifier: GPL-2.0-or-later
libcompiler_a_SOURCES += \
	compiler/syntax/arena.c \
	compiler/syntax/arena.h \
	compiler/syntax/ast.c \
	compiler/syntax/ast.h \
	compiler/syntax/build.c \
	compiler/syntax/build_decl.c \
	compiler/syntax/build_stmt.c \
	compiler/syntax/build_target.c \
	compiler/syntax/condition.c \
	compiler/syntax/condition.h \
	compiler/syntax/context.c \
	compiler/syntax/diag.c \
	compiler/syntax/diag.h \
	compiler/syntax/escape.c \
	compiler/syntax/expected.c \
	compiler/syntax/expected.h \
	compiler/syntax/foreign.c \
	compiler/syntax/macro.c \
	compiler/syntax/macro.h \
	compiler/syntax/parse.c \
	compiler/syntax/parse.h \
	compiler/syntax/print.c \
	compiler/syntax/print_expr.c \
	compiler/syntax/source.c \
	compiler/syntax/suggest.c \
	compiler/syntax/syntax.h \
	compiler/syntax/token.h \
	compiler/syntax/tokens.c \
	compiler/syntax/visit.c

nodist_libcompiler_a_SOURCES += \
	compiler/syntax/grammar.tab.c \
	compiler/syntax/scanner.lex.c

BUILT_SOURCES += compiler/syntax/grammar.tab.h
CLEANFILES += \
	compiler/syntax/grammar.tab.c \
	compiler/syntax/grammar.tab.h \
	compiler/syntax/scanner.lex.c
EXTRA_DIST += compiler/syntax/grammar.y compiler/syntax/scanner.l
