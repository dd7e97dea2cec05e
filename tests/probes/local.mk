# SPDX-License-Identifier: GPL-2.0-or-later

EXTRA_DIST += \
	tests/probes/bad-input.sh \
	tests/probes/casts.sh \
	tests/probes/programs/nfs.sh \
	tests/probes/programs/nodes.c \
	tests/probes/cache.sh \
	tests/probes/concurrency.sh \
	tests/probes/conditions.sh \
	tests/probes/counts.sh \
	tests/probes/go.sh \
	tests/probes/guru-functions.sh \
	tests/probes/moved-sites.sh \
	tests/probes/namespaces.sh \
	tests/probes/nothing-stays.sh \
	tests/probes/output.sh \
	tests/probes/programs/cells.c \
	tests/probes/programs/entries.c \
	tests/probes/printing.sh \
	tests/probes/probe-points.sh \
	tests/probes/run \
	tests/probes/scale.sh \
	tests/probes/session.sh \
	tests/probes/task-functions.sh \
	tests/probes/threads.c \
	tests/probes/wide-strings.sh

EXTRA_DIST += \
	tests/probes/programs/calls.c \
	tests/probes/programs/kinds.c \
	tests/probes/programs/kinds.go \
	tests/probes/programs/classes.cc \
	tests/probes/programs/loops.c \
	tests/probes/programs/marks.c \
	tests/probes/programs/plugin.c \
	tests/probes/programs/returns.c \
	tests/probes/programs/shapes.rs \
	tests/probes/programs/ticker.c \
	tests/probes/user-calls.sh \
	tests/probes/user-classes.sh \
	tests/probes/user-debuginfo.sh \
	tests/probes/user-entry-values.sh \
	tests/probes/user-marks.sh \
	tests/probes/user-modules.sh \
	tests/probes/user-processes.sh \
	tests/probes/user-returns.sh \
	tests/probes/user-thread-local.sh \
	tests/probes/user-types.sh \
	tests/probes/user-variables.sh \
	tests/probes/user-writing.sh

EXTRA_DIST += \
	tests/probes/kernel-aliases.sh \
	tests/probes/kernel-block.sh \
	tests/probes/kernel-debuginfo.sh \
	tests/probes/programs/module/build \
	tests/probes/programs/module/probed.c \
	tests/probes/kernel-events.sh \
	tests/probes/kernel-functions.sh \
	tests/probes/kernel-tasks.sh \
	tests/probes/kernel-network.sh \
	tests/probes/kernel-nfs.sh \
	tests/probes/kernel-tapsets.sh \
	tests/probes/programs/signals.c \
	tests/probes/programs/traffic.c \
	tests/probes/programs/compat.c \
	tests/probes/programs/server.c \
	tests/probes/programs/syscalls.c \
	tests/probes/syscalls.sh

EXTRA_DIST += \
	tests/probes/kernel-stacks.sh \
	tests/probes/programs/stacks.c \
	tests/probes/programs/stacks.cc \
	tests/probes/symbols.sh

EXTRA_DIST += \
	tests/probes/kernel-packets.sh \
	tests/probes/kernel-rpc.sh \
	tests/probes/kernel-scsi.sh \
	tests/probes/kernel-terminals.sh \
	tests/probes/programs/packets.py \
	tests/probes/programs/terminal.py
