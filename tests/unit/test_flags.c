/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of flags against the system's headers.
 */
#include <asm/prctl.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/io_uring.h>
#include <linux/netlink.h>
#include <linux/futex.h>
#include <linux/loop.h>
#include <linux/magic.h>
#include <linux/membarrier.h>
#include <linux/memfd.h>
#include <linux/openat2.h>
#include <linux/perf_event.h>
#include <linux/random.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <linux/stat.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <termios.h>
#include <errno.h>
#include <unistd.h>

#include "compiler/probes/syscall_table.h"
#include "tests/unit/test.h"

static const struct {
	const char *name;
	int64_t system, ours;
} flags[] = {
#define FLAG(name, system, ours) {name, (int64_t)(int)(system), (int64_t)(int)(ours)},
#include "tests/unit/flags.inc"
#undef FLAG
};

TEST(flags_have_the_system_s_values)
{
	unsigned n = sizeof(flags) / sizeof(flags[0]);

	CHECK(n > 500);
	for (unsigned i = 0; i < n; i++)
		if (!CHECK_INT(flags[i].ours, flags[i].system))
			printf("# this is %s\n", flags[i].name);
}

static const char *name_of(unsigned number)
{
	for (unsigned i = 0; i < syscall_table_size; i++)
		if (syscall_table[i].number == number)
			return syscall_table[i].name;
	return NULL;
}

TEST(calls_have_the_system_s_numbers)
{
	CHECK_STR(name_of(SYS_read), "read");
	CHECK_STR(name_of(SYS_epoll_pwait), "epoll_pwait");
	CHECK_STR(name_of(SYS_rseq), "rseq");
	CHECK_STR(name_of(SYS_pidfd_send_signal), "pidfd_send_signal");
	CHECK_STR(name_of(SYS_futex_waitv), "futex_waitv");
}

TEST(calls_are_in_order_and_complete)
{
	for (unsigned i = 1; i < syscall_table_size; i++)
		CHECK(syscall_table[i - 1].number < syscall_table[i].number);
	for (unsigned number = 0; number <= SYS_rseq; number++)
		CHECK(name_of(number) != NULL);
	for (unsigned number = SYS_pidfd_send_signal; number <= SYS_futex_waitv; number++)
		CHECK(name_of(number) != NULL);
}

/* The parameter is a table of flags or a structure. */
static bool names_table(enum syscall_kind kind)
{
	return kind == KIND_e || kind == KIND_f || kind == KIND_le || kind == KIND_lf ||
	       kind == KIND_fm || kind == KIND_s || kind == KIND_sz;
}

/* Cases look at arguments that there are, and have no more of them than the call. */
TEST(cases_are_of_their_calls)
{
	struct syscall_case one;

	for (unsigned i = 0; i < syscall_table_size; i++)
		for (unsigned k = 0; syscall_table_case(&syscall_table[i], k, &one); k++) {
			CHECK(one.n <= syscall_table[i].n && one.at < syscall_table[i].n);
			CHECK((one.value & ~one.mask) == 0);
		}
}

/* A parameter that names another argument names one that is there. */
TEST(parameters_name_arguments)
{
	for (unsigned i = 0; i < syscall_table_size; i++) {
		const struct syscall_entry *entry = &syscall_table[i];

		CHECK(entry->n <= 6);
		for (unsigned k = 0; k < entry->n; k++)
			if (!names_table(entry->args[k].kind))
				CHECK(entry->args[k].param < (int)entry->n || !entry->args[k].param);
	}
}

TEST_MAIN()
