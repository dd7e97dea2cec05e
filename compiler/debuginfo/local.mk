# SPDX-License-Identifier: GPL-2.0-or-later

libcompiler_a_SOURCES += \
	compiler/debuginfo/btf.c \
	compiler/debuginfo/btf.h
