# SPDX-License-Identifier: GPL-2.0-or-later

libruntime_a_SOURCES += \
	runtime/repl/ahead.c \
	runtime/repl/answer.c \
	runtime/repl/commands.c \
	runtime/repl/commands.h \
	runtime/repl/complete.c \
	runtime/repl/complete.h \
	runtime/repl/edit.c \
	runtime/repl/evaluate.c \
	runtime/repl/files.c \
	runtime/repl/globals.c \
	runtime/repl/help.c \
	runtime/repl/input.c \
	runtime/repl/items.c \
	runtime/repl/list.c \
	runtime/repl/live.h \
	runtime/repl/loop.c \
	runtime/repl/place.c \
	runtime/repl/place.h \
	runtime/repl/probes.c \
	runtime/repl/redefine.c \
	runtime/repl/repl.c \
	runtime/repl/repl.h \
	runtime/repl/save.c \
	runtime/repl/screen.c \
	runtime/repl/statement.c \
	runtime/repl/tab.c \
	runtime/repl/target.c \
	runtime/repl/topics.c \
	runtime/repl/unit.c \
	runtime/repl/values.c \
	runtime/repl/watch.c \
	runtime/repl/words.c \
	runtime/repl/words.h
