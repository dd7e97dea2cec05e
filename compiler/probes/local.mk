# SPDX-License-Identifier: GPL-2.0-or-later

libcompiler_a_SOURCES += \
	compiler/probes/access.h \
	compiler/probes/basic.c \
	compiler/probes/families.h \
	compiler/probes/kernel.h \
	compiler/probes/kernel_access.c \
	compiler/probes/kernel_btf.c \
	compiler/probes/probe.h \
	compiler/probes/probes.c \
	compiler/probes/text.c \
	compiler/probes/timer.c \
	compiler/probes/trace.c \
	compiler/probes/tracefs.c \
	compiler/probes/tracefs.h
