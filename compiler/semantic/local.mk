# SPDX-License-Identifier: GPL-2.0-or-later

libcompiler_a_SOURCES += \
	compiler/semantic/program.h
