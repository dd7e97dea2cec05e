# SPDX-License-Identifier: GPL-2.0-or-later
# The program itself.

bin_PROGRAMS += spile
spile_SOURCES = runtime/spile.c
spile_LDADD = $(SPILE_LIBS) -lz

# Handlers read and write words where they happen to lie.
runtime/handler/handler_host.$(OBJEXT): AM_CFLAGS += -fno-sanitize=alignment
