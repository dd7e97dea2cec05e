# SPDX-License-Identifier: GPL-2.0-or-later

libcompiler_a_SOURCES += \
	compiler/probes/access.c \
	compiler/probes/access.h \
	compiler/probes/basic.c \
	compiler/probes/families.h \
	compiler/probes/kernel.h \
	compiler/probes/kernel_access.c \
	compiler/probes/kernel_btf.c \
	compiler/probes/probe.h \
	compiler/probes/probes.c \
	compiler/probes/process.c \
	compiler/probes/process.h \
	compiler/probes/process_event.c \
	compiler/probes/process_function.c \
	compiler/probes/process_mark.c \
	compiler/probes/process_plt.c \
	compiler/probes/process_sites.c \
	compiler/probes/process_variables.c \
	compiler/probes/text.c \
	compiler/probes/timer.c \
	compiler/probes/trace.c \
	compiler/probes/tracefs.c \
	compiler/probes/tracefs.h
