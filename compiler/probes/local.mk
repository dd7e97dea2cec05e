# SPDX-License-Identifier: GPL-2.0-or-later

libcompiler_a_SOURCES += \
	compiler/probes/access.h \
	compiler/probes/probe.h
