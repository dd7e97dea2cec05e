# SPDX-License-Identifier: GPL-2.0-or-later

libcompiler_a_SOURCES += \
	compiler/codegen/array.c \
	compiler/codegen/assign.c \
	compiler/codegen/call.c \
	compiler/codegen/codegen.c \
	compiler/codegen/depth.c \
	compiler/codegen/depth.h \
	compiler/codegen/embedded.c \
	compiler/codegen/embedded_text.c \
	compiler/codegen/error.c \
	compiler/codegen/expr.c \
	compiler/codegen/foreach.c \
	compiler/codegen/frame.c \
	compiler/codegen/function.c \
	compiler/codegen/gen.h \
	compiler/codegen/guard.c \
	compiler/codegen/handler.c \
	compiler/codegen/library.c \
	compiler/codegen/live.c \
	compiler/codegen/module.c \
	compiler/codegen/nesting.c \
	compiler/codegen/object.c \
	compiler/codegen/pieces.c \
	compiler/codegen/places.c \
	compiler/codegen/print.c \
	compiler/codegen/regex.c \
	compiler/codegen/resume.c \
	compiler/codegen/sites.c \
	compiler/codegen/stats.c \
	compiler/codegen/stmt.c \
	compiler/codegen/store.c \
	compiler/codegen/store.h \
	compiler/codegen/target.c \
	compiler/codegen/unit.h
