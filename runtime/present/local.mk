# SPDX-License-Identifier: GPL-2.0-or-later

libruntime_a_SOURCES += \
	runtime/present/format.c \
	runtime/present/format.h \
	runtime/present/globals.c \
	runtime/present/globals.h \
	runtime/present/histogram.c \
	runtime/present/histogram.h \
	runtime/present/json.c \
	runtime/present/json.h \
	runtime/present/output.c \
	runtime/present/output.h \
	runtime/present/rotate.c \
	runtime/present/rotate.h \
	runtime/present/width.c \
	runtime/present/width.h
