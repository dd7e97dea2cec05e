# SPDX-License-Identifier: GPL-2.0-or-later

libruntime_a_SOURCES += \
	runtime/session/background.c \
	runtime/session/background.h \
	runtime/session/compile.c \
	runtime/session/compile.h \
	runtime/session/follow.c \
	runtime/session/follow.h \
	runtime/session/kernel_config.c \
	runtime/session/kernel_config.h \
	runtime/session/listing.c \
	runtime/session/listing.h \
	runtime/session/options.c \
	runtime/session/options.h \
	runtime/session/records.c \
	runtime/session/records.h \
	runtime/session/refused.c \
	runtime/session/refused.h \
	runtime/session/ring.c \
	runtime/session/ring.h \
	runtime/session/run.c \
	runtime/session/run.h \
	runtime/session/running.c \
	runtime/session/running.h \
	runtime/session/session.c \
	runtime/session/session.h \
	runtime/session/shell.c \
	runtime/session/shell.h \
	runtime/session/signals.c \
	runtime/session/signals.h \
	runtime/session/target.c \
	runtime/session/target.h \
	runtime/session/timing.c \
	runtime/session/timing.h
