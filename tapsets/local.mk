# SPDX-License-Identifier: GPL-2.0-or-later
# Tapset files: add each to nobase_dist_pkgdata_DATA, as tapsets/context.stp.

nobase_dist_pkgdata_DATA += \
	tapsets/ansi.stp \
	tapsets/arguments.stp \
	tapsets/argv.stp \
	tapsets/byteorder.stp \
	tapsets/context-symbols.stp \
	tapsets/context.stp \
	tapsets/ctime.stp \
	tapsets/entry_values.stp \
	tapsets/errno.stp \
	tapsets/golang.stp \
	tapsets/indent.stp \
	tapsets/kernel_numbers.stp \
	tapsets/kernel_strings.stp \
	tapsets/logging.stp \
	tapsets/modules.stp \
	tapsets/namespaces.stp \
	tapsets/oneshot.stp \
	tapsets/process.stp \
	tapsets/queue_stats.stp \
	tapsets/random.stp \
	tapsets/regex.stp \
	tapsets/speculation.stp \
	tapsets/stacks.stp \
	tapsets/stopwatch.stp \
	tapsets/string.stp \
	tapsets/this.stp \
	tapsets/thread_blocks.stp \
	tapsets/timestamp.stp \
	tapsets/tokenize.stp \
	tapsets/ucontext.stp \
	tapsets/user_numbers.stp \
	tapsets/user_strings.stp

nobase_dist_pkgdata_DATA += tapsets/target.stp
nobase_dist_pkgdata_DATA += \
	tapsets/linux/inet.stp \
	tapsets/linux/ioblock.stp \
	tapsets/linux/ioblock_end.stp \
	tapsets/linux/irq.stp \
	tapsets/linux/memory.stp \
	tapsets/linux/memory_copy.stp \
	tapsets/linux/netdev.stp \
	tapsets/linux/perf_counters.stp \
	tapsets/linux/process.stp \
	tapsets/linux/scheduler.stp \
	tapsets/linux/signal.stp \
	tapsets/linux/socket.stp \
	tapsets/linux/syscalls.stp \
	tapsets/linux/syscalls_exec.stp \
	tapsets/linux/task.stp \
	tapsets/linux/tcp.stp \
	tapsets/linux/udp.stp \
	tapsets/linux/vfs.stp
nobase_dist_pkgdata_DATA += tapsets/errno.stpm tapsets/json.stpm tapsets/prometheus.stpm
nobase_dist_pkgdata_DATA += \
	tapsets/bytes.stp \
	tapsets/floatingpoint.stp \
	tapsets/guru.stp \
	tapsets/impossible.stp \
	tapsets/script.stp \
	tapsets/wide_strings.stp \
	tapsets/linux/ancestry.stp \
	tapsets/linux/dentry.stp \
	tapsets/linux/kernel_stack.stp \
	tapsets/linux/loadavg.stp \
	tapsets/linux/mib.stp \
	tapsets/linux/nfs.stp \
	tapsets/linux/nfsd.stp \
	tapsets/linux/nfsd_errors.stp \
	tapsets/linux/sunrpc.stp \
	tapsets/linux/numa.stp \
	tapsets/linux/pid.stp \
	tapsets/linux/proc_mem.stp \
	tapsets/linux/rlimit.stp \
	tapsets/linux/task_files.stp \
	tapsets/linux/task_time.stp
nobase_dist_pkgdata_DATA += \
	tapsets/linux/ipmib.stp \
	tapsets/linux/linuxmib.stp \
	tapsets/linux/mib-filters.stp \
	tapsets/linux/netfilter.stp \
	tapsets/linux/scsi-dispatch.stp \
	tapsets/linux/scsi.stp \
	tapsets/linux/tcpmib.stp \
	tapsets/linux/tty.stp
