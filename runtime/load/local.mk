# SPDX-License-Identifier: GPL-2.0-or-later

libruntime_a_SOURCES += \
	runtime/load/features.c \
	runtime/load/features.h \
	runtime/load/host_object.c \
	runtime/load/host_object.h \
	runtime/load/kernel_abi.h \
	runtime/load/object.c \
	runtime/load/object.h \
	runtime/load/prime.c \
	runtime/load/prime.h \
	runtime/load/shared_maps.c \
	runtime/load/shared_maps.h \
	runtime/load/tracer.c \
	runtime/load/tracer.h \
	runtime/load/verifier.c \
	runtime/load/verifier.h
