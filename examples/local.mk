# SPDX-License-Identifier: GPL-2.0-or-later

dist_examples_DATA = \
	examples/README.md \
	examples/bash-commands.stp \
	examples/bash-functions.stp \
	examples/curl-transfers.stp \
	examples/go-http-handlers.stp \
	examples/tls-data.stp \
	examples/malloc-leaks.stp \
	examples/name-lookups.stp \
	examples/signals-sent.stp \
	examples/threads-started.stp \
	examples/call-flow.stp \
	examples/on-cpu-times.stp \
	examples/bytes-by-process.stp \
	examples/syncs.stp \
	examples/nginx-requests.stp \
	examples/python-collections.stp \
	examples/python-exceptions.stp \
	examples/python-imports.stp \
	examples/redis-commands.stp \
	examples/sqlite-statements.stp \
	examples/block-latency.stp \
	examples/exec-arguments.stp \
	examples/files-opened.stp \
	examples/futex-waits.stp \
	examples/off-cpu.stp \
	examples/malloc-stacks.stp \
	examples/off-cpu-stacks.stp \
	examples/lock-hold-times.stp \
	examples/page-fault-functions.stp \
	examples/page-faults.stp \
	examples/profile-functions.stp \
	examples/run-queue-latency.stp \
	examples/syscalls-by-process.stp \
	examples/tcp-connections.stp \
	examples/tcp-retransmits.stp \
	examples/calls-per-second.stp \
	examples/context-switches.stp \
	examples/failed-syscalls.stp \
	examples/function-counts.stp \
	examples/function-latency.stp \
	examples/limits-and-errors.stp \
	examples/malloc-sizes.stp \
	examples/new-processes.stp \
	examples/process-lifetimes.stp \
	examples/slow-calls.stp \
	examples/syscall-latency.stp \
	examples/syscalls-by-name.stp

examplesdir = $(docdir)/examples
