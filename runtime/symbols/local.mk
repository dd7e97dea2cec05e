# SPDX-License-Identifier: GPL-2.0-or-later

libruntime_a_SOURCES += \
	runtime/symbols/fold.c \
	runtime/symbols/fold.h \
	runtime/symbols/mmap_events.c \
	runtime/symbols/mmap_events.h \
	runtime/symbols/own_code.c \
	runtime/symbols/own_code.h \
	runtime/symbols/resolve.c \
	runtime/symbols/resolve.h \
	runtime/symbols/spaces.c \
	runtime/symbols/spaces.h \
	runtime/symbols/symbols.c \
	runtime/symbols/symbols.h \
	runtime/symbols/tables.c \
	runtime/symbols/tables.h
