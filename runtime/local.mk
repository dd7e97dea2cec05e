# SPDX-License-Identifier: GPL-2.0-or-later
# The program itself: uncomment when runtime/spile.c is there.

# bin_PROGRAMS += spile
# spile_SOURCES = runtime/spile.c
# spile_LDADD = $(SPILE_LIBS)
