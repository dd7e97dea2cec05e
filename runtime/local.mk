# SPDX-License-Identifier: GPL-2.0-or-later
# The program itself.

bin_PROGRAMS += spile
spile_SOURCES = runtime/spile.c
spile_LDADD = $(SPILE_LIBS) -lz
