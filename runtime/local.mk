# SPDX-License-Identifier: GPL-2.0-or-later
# The program itself. All of the runtime is linked in: handlers of the tracer home, linked at run
# time, find the handler library by name.

# bin_PROGRAMS += spile
# spile_SOURCES = runtime/spile.c
# spile_LDADD = $(SPILE_LIBS)
