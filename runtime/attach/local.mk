# SPDX-License-Identifier: GPL-2.0-or-later

libruntime_a_SOURCES += \
	runtime/attach/attach.c \
	runtime/attach/attach.h \
	runtime/attach/counter.c \
	runtime/attach/descriptors.c \
	runtime/attach/insn.h \
	runtime/attach/insn_x86_64.c \
	runtime/attach/kprobe.c \
	runtime/attach/missed.c \
	runtime/attach/perf.c \
	runtime/attach/timer.c \
	runtime/attach/tracepoint.c \
	runtime/attach/uprobe.c \
	runtime/attach/watch.c
