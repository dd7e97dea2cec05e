# SPDX-License-Identifier: GPL-2.0-or-later

libcompiler_a_SOURCES += \
	compiler/semantic/program.h \
	compiler/semantic/passes.h \
	compiler/semantic/aliases.c \
	compiler/semantic/autocast.c \
	compiler/semantic/bounds.c \
	compiler/semantic/callgraph.c \
	compiler/semantic/constants.c \
	compiler/semantic/counters.c \
	compiler/semantic/counters.c \
	compiler/semantic/deadcode.c \
	compiler/semantic/embedded.c \
	compiler/semantic/enums.c \
	compiler/semantic/fold.c \
	compiler/semantic/foreach.c \
	compiler/semantic/homes.c \
	compiler/semantic/limits.c \
	compiler/semantic/live.c \
	compiler/semantic/locks.c \
	compiler/semantic/maps.c \
	compiler/semantic/merge.c \
	compiler/semantic/names.c \
	compiler/semantic/permitted.c \
	compiler/semantic/placeless.c \
	compiler/semantic/placement.c \
	compiler/semantic/prints.c \
	compiler/semantic/probewrite.c \
	compiler/semantic/program_print.c \
	compiler/semantic/reach.c \
	compiler/semantic/regex.c \
	compiler/semantic/regex.h \
	compiler/semantic/regex_parse.c \
	compiler/semantic/regexes.c \
	compiler/semantic/resolve.c \
	compiler/semantic/sizes.c \
	compiler/semantic/symbols.c \
	compiler/semantic/tapsets.c \
	compiler/semantic/targets.c \
	compiler/semantic/types.c \
	compiler/semantic/usage.c \
	compiler/semantic/walk.c
