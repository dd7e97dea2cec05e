/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes every system call that can be made without harm, between two marks (a close(-100) and a
 * close(-101)): with all bits set, with nothing, and those that have commands with each of them.
 * None of them succeeds in changing anything that lasts.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CALLS = 451 };

/* Those that end, stop or change the program or the machine whatever they are given. */
static const int harmful[] = {
	SYS_rt_sigreturn, SYS_pause, SYS_fork, SYS_vfork, SYS_exit, SYS_exit_group, SYS_vhangup,
	335, 336, /* uretprobe, uprobe */
	SYS_sync, SYS_reboot, SYS_restart_syscall, SYS_clone, SYS_msgget,
};
/* Those that do so when all is 0; or make something that stays. */
static const int harmful_nothing[] = {
	SYS_read, SYS_select, SYS_pselect6, SYS_ppoll, SYS_sethostname, SYS_setdomainname, SYS_seccomp,
	SYS_ptrace, SYS_msgrcv, SYS_shmat, SYS_kexec_load, SYS_acct, SYS_kill, SYS_semget, SYS_shmget, SYS_close,
	SYS_close_range, SYS_rt_sigtimedwait, SYS_setsid, SYS_brk,
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int is_among(int number, const int *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == number)
			return 1;
	return 0;
}

static void all_calls(void)
{
	for (int i = 0; i < CALLS; i++) {
		if (is_among(i, harmful, COUNT(harmful)) || (i > 334 && i < 424))
			continue;
		syscall(i, -1L, -1L, -1L, -1L, -1L, -1L);
		if (!is_among(i, harmful_nothing, COUNT(harmful_nothing)))
			syscall(i, 0L, 0L, 0L, 0L, 0L, 0L);
	}
}

/* The commands of calls: `at` is the argument that has them, the others are -1. */
static const struct {
	int number, at, from, to;
} commands[] = {
	{SYS_fcntl, 1, 0, 40}, {SYS_fcntl, 1, 1024, 1042}, {SYS_madvise, 2, 0, 30},
	{SYS_bpf, 0, 0, 36}, {SYS_keyctl, 0, 0, 18}, {SYS_keyctl, 0, 19, 33}, {SYS_ptrace, 0, 1, 34},
	{SYS_ptrace, 0, 0x4200, 0x4212},
	{SYS_socket, 0, 0, 48}, {SYS_socket, 1, 0, 12}, {SYS_setsockopt, 1, 0, 70},
	{SYS_semctl, 2, 0, 22}, {SYS_msgctl, 1, 0, 16}, {SYS_shmctl, 1, 0, 18}, {SYS_lseek, 2, 0, 6},
	{SYS_io_uring_register, 1, 0, 30}, {SYS_fsconfig, 1, 0, 10}, {SYS_kcmp, 2, 0, 10},
	{SYS_waitid, 0, 0, 5}, {SYS_getrlimit, 0, 0, 18}, {SYS_prlimit64, 1, 0, 18},
	{SYS_sched_setscheduler, 1, 0, 9}, {SYS_clock_settime, 0, 0, 14}, {SYS_membarrier, 0, 1, 4},
	{SYS_fadvise64, 3, 0, 7}, {SYS_rt_sigprocmask, 0, 0, 4}, {SYS_setitimer, 0, 0, 4},
	{SYS_getpriority, 0, 0, 4}, {SYS_shutdown, 1, 0, 4}, {SYS_ioprio_set, 0, 0, 5},
	{SYS_epoll_ctl, 1, 0, 5}, {SYS_mbind, 2, 0, 7}, {SYS_flock, 1, 0, 20},
	{SYS_tgkill, 2, 0, 68}, {SYS_process_madvise, 3, 0, 30}, {SYS_seccomp, 0, 2, 5},
	{SYS_sysfs, 0, 0, 5}, {SYS_landlock_add_rule, 1, 0, 3}, {SYS_futex, 1, 2, 14},
	{SYS_arch_prctl, 0, 0x1000, 0x1001}, {SYS_arch_prctl, 0, 0x1011, 0x1025},
	{SYS_quotactl_fd, 1, 0, 3}, {SYS_getrusage, 0, -3, 3}, {SYS_add_key, 4, -9, 1},
};

static void all_commands(void)
{
	for (size_t i = 0; i < COUNT(commands); i++)
		for (int command = commands[i].from; command < commands[i].to; command++) {
			long a[6] = {-1, -1, -1, -1, -1, -1};

			a[commands[i].at] = command;
			syscall(commands[i].number, a[0], a[1], a[2], a[3], a[4], a[5]);
		}
}

/* Options of sockets, and of protocols. */
static void all_options(void)
{
	static const int levels[] = {0, 1, 6, 17, 41, 263, 270};

	for (size_t i = 0; i < COUNT(levels); i++)
		for (int option = 0; option < 80; option++)
			syscall(SYS_setsockopt, -1, levels[i], option, "abcd", 4);
}

/* One flag after the other. */
static const struct {
	int number, at;
} flagged[] = {
	{SYS_open, 1}, {SYS_mmap, 3}, {SYS_mprotect, 2}, {SYS_sendto, 3}, {SYS_unshare, 0},
	{SYS_mount, 3}, {SYS_umount2, 1}, {SYS_inotify_add_watch, 2}, {SYS_fanotify_init, 0},
	{SYS_fanotify_mark, 1}, {SYS_fanotify_mark, 2}, {SYS_statx, 2}, {SYS_statx, 3},
	{SYS_fallocate, 1}, {SYS_sync_file_range, 3}, {SYS_move_mount, 4}, {SYS_open_tree, 2},
	{SYS_fsmount, 2}, {SYS_fspick, 2}, {SYS_mount_setattr, 2}, {SYS_name_to_handle_at, 4},
	{SYS_linkat, 4}, {SYS_renameat2, 4}, {SYS_memfd_create, 1}, {SYS_preadv2, 5},
	{SYS_wait4, 2}, {SYS_io_uring_enter, 3}, {SYS_perf_event_open, 4}, {SYS_seccomp, 1},
	{SYS_mlock2, 2}, {SYS_shmat, 2}, {SYS_msgsnd, 3}, {SYS_splice, 5}, {SYS_finit_module, 2},
	{SYS_kexec_file_load, 4}, {SYS_swapon, 1}, {SYS_pidfd_open, 1}, {SYS_close_range, 2},
	{SYS_move_pages, 5}, {SYS_mremap, 3}, {SYS_getrandom, 2}, {SYS_timerfd_create, 1},
	{SYS_timerfd_settime, 1}, {SYS_epoll_create1, 0}, {SYS_mknod, 1}, {SYS_chmod, 1},
	{SYS_userfaultfd, 0}, {SYS_accept4, 3}, {SYS_execveat, 4}, {SYS_clock_nanosleep, 1},
	{SYS_get_mempolicy, 4}, {SYS_mbind, 5}, {SYS_mbind, 2}, {SYS_membarrier, 1}, {SYS_faccessat, 2},
	{SYS_setxattr, 4}, {SYS_delete_module, 1}, {SYS_kexec_load, 3}, {SYS_setns, 1},
};

static void all_flags(void)
{
	for (size_t i = 0; i < COUNT(flagged); i++)
		for (int bit = 0; bit < 32; bit++) {
			long a[6] = {-1, -1, -1, -1, -1, -1};

			a[flagged[i].at] = (long)(1ul << bit);
			if (flagged[i].number == SYS_unshare)
				a[0] |= 1; /* nothing is */
			syscall(flagged[i].number, a[0], a[1], a[2], a[3], a[4], a[5]);
		}
}

static void all_requests(void)
{
	static const int types[] = {0x12, 0x54, 0x89, 'f', 'X', 0x94, 'P', 'R', 'T', 'i'};

	for (size_t i = 0; i < COUNT(types); i++)
		for (int nr = 0; nr < 256; nr++)
			syscall(SYS_ioctl, -1, types[i] << 8 | nr, -1L);
}

int main(int argc, char **argv)
{
	char c = argc > 1 ? argv[1][0] : 'a';

	close(-100);
	if (c == 'a')
		all_calls();
	if (c == 'c')
		all_commands();
	if (c == 'o')
		all_options();
	if (c == 'f')
		all_flags();
	if (c == 'i')
		all_requests();
	close(-101);
	return 0;
}
