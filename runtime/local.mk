# SPDX-License-Identifier: GPL-2.0-or-later
# The program itself.

bin_PROGRAMS += spile
spile_SOURCES = runtime/spile.c
spile_LDADD = $(SPILE_LIBS) -lz
# At a fixed address: LLVM's tables need no relocation at every start (3 ms, 10 MB).
spile_LDFLAGS = $(AM_LDFLAGS) -no-pie

# Handlers read and write words where they happen to lie.
runtime/handler/handler_host.$(OBJEXT): AM_CFLAGS += -fno-sanitize=alignment
