/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes some hundred different system calls, with arguments and results that do not change from
 * run to run, between two marks (a close(-100) and a close(-101)).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/openat2.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/sysinfo.h>
#include <sys/timerfd.h>
#include <sys/times.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <grp.h>
#include <time.h>
#include <unistd.h>

static char buffer[4096], text[] = "a \"text\"\n\t\\ of bytes: \1\2 and more than 32 of them";

static void files(void)
{
	struct stat st;
	struct iovec iov[2] = {{text, 5}, {text + 5, 3}};
	struct timespec times[2] = {{1, 2}, {3, 4}};
	int fd, fds[2];

	mkdir("dir", 0755);
	mkdirat(AT_FDCWD, "dir/sub", 0700);
	fd = syscall(SYS_open, "dir/file", O_RDWR | O_CREAT | O_TRUNC, 0640);
	write(fd, text, sizeof(text) - 1);
	writev(fd, iov, 2);
	pwrite(fd, text, 4, 100);
	lseek(fd, 0, SEEK_SET);
	read(fd, buffer, 10);
	pread(fd, buffer, 4, 2);
	readv(fd, iov, 2);
	fsync(fd);
	fdatasync(fd);
	ftruncate(fd, 50);
	truncate("dir/file", 40);
	fchmod(fd, 0600);
	chmod("dir/file", 0644);
	syscall(SYS_fstat, fd, &st);
	syscall(SYS_stat, "dir/file", &st);
	syscall(SYS_lstat, "dir/none", &st);
	syscall(SYS_newfstatat, AT_FDCWD, "dir/file", &st, AT_SYMLINK_NOFOLLOW);
	flock(fd, LOCK_EX | LOCK_NB);
	fcntl(fd, F_GETFL);
	fcntl(fd, F_SETFL, O_RDWR | O_APPEND);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	fcntl(fd, F_DUPFD_CLOEXEC, 20);
	dup2(fd, 30);
	dup3(fd, 31, O_CLOEXEC);
	close(30);
	fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 8192);
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	utimensat(AT_FDCWD, "dir/file", times, 0);
	access("dir/file", R_OK | W_OK);
	faccessat(AT_FDCWD, "dir/none", F_OK, 0);
	link("dir/file", "dir/link");
	symlink("file", "dir/symbolic");
	readlink("dir/symbolic", buffer, sizeof(buffer));
	rename("dir/link", "dir/renamed");
	renameat2(AT_FDCWD, "dir/renamed", AT_FDCWD, "dir/file", RENAME_NOREPLACE);
	unlink("dir/renamed");
	unlinkat(AT_FDCWD, "dir/sub", AT_REMOVEDIR);
	unlink("dir/symbolic");
	unlink("dir/file");
	rmdir("dir");
	mknod("fifo", S_IFIFO | 0640, 0);
	mknod("/nonexistent/device", S_IFCHR | 0600, 0x0103);
	unlink("fifo");
	umask(022);
	openat(AT_FDCWD, "/dev/null", O_RDONLY | O_DIRECTORY);
	pipe2(fds, O_CLOEXEC | O_NONBLOCK);
	getcwd(buffer, sizeof(buffer));
	chdir("/nonexistent");
}

static void memory(void)
{
	char *page = mmap((void *)0x20000000, 8192, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	mprotect(page, 4096, PROT_READ);
	madvise(page, 8192, MADV_DONTNEED);
	mlock(page, 4096);
	munlock(page, 4096);
	msync(page, 4096, MS_SYNC);
	munmap(page, 8192);
	memfd_create("name", MFD_CLOEXEC);
}

static void sockets(void)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(9)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(9),
				   .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	struct sockaddr_un un = {.sun_family = AF_UNIX, .sun_path = "/nonexistent/socket"};
	struct pollfd poll_fd = {.events = POLLIN | POLLOUT};
	struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.u64 = 5};
	int fd, epoll, pair[2], one = 1;

	inet_pton(AF_INET, "127.0.0.1", &in.sin_addr);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(fd, IPPROTO_IP, IP_TTL, &one, sizeof(one));
	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	connect(fd, (void *)&in, sizeof(in));
	connect(fd, (void *)&in6, sizeof(in6));
	listen(fd, 5);
	shutdown(fd, SHUT_RDWR);
	fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	connect(fd, (void *)&un, sizeof(un));
	bind(fd, (void *)&un, sizeof(un));
	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	sendto(pair[0], text, 5, MSG_NOSIGNAL, NULL, 0);
	recvfrom(pair[1], buffer, 100, MSG_PEEK | MSG_DONTWAIT, NULL, NULL);
	poll_fd.fd = pair[1];
	syscall(SYS_poll, &poll_fd, 0, 0);
	epoll = epoll_create1(EPOLL_CLOEXEC);
	epoll_ctl(epoll, EPOLL_CTL_ADD, pair[1], &event);
	epoll_ctl(epoll, EPOLL_CTL_DEL, pair[1], NULL);
	eventfd(3, EFD_CLOEXEC | EFD_NONBLOCK);
	inotify_init1(IN_CLOEXEC);
}

static void processes(void)
{
	struct sigaction action = {.sa_handler = SIG_IGN};
	struct itimerval timer = {{0, 0}, {0, 0}};
	struct itimerspec spec = {{0, 0}, {100, 5}};
	struct timespec little = {0, 1000};
	struct rlimit limit;
	sigset_t set;
	int fd, status, word = 0;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	syscall(SYS_rt_sigaction, SIGUSR2, NULL, NULL, 8);
	sigaction(SIGUSR2, &action, NULL);
	kill(-999999, 0);
	syscall(SYS_tgkill, 999999, 999999, SIGTERM);
	setitimer(ITIMER_REAL, &timer, NULL);
	fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	timerfd_settime(fd, 0, &spec, NULL);
	clock_nanosleep(CLOCK_MONOTONIC, 0, &little, NULL);
	syscall(SYS_nanosleep, &little, NULL);
	syscall(SYS_clock_getres, CLOCK_MONOTONIC, &little);
	getrlimit(RLIMIT_NOFILE, &limit);
	getpriority(PRIO_PROCESS, 0);
	sched_yield();
	prctl(PR_SET_NAME, "renamed");
	syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	syscall(SYS_futex, &word, FUTEX_WAIT, 1, NULL, NULL, 0);
	getuid();
	getegid();
	setresuid(-1, -1, -1);
	wait4(-1, &status, WNOHANG, NULL);
	getrandom(buffer, 0, GRND_NONBLOCK);
}

/* What systems, processes and devices tell of themselves. */
static void answers(void)
{
	struct statfs fs;
	struct utsname name;
	struct winsize size;
	cpu_set_t cpus;
	gid_t groups[4] = {0};
	stack_t stack;
	int one = 1, fd = open("/dev/null", O_RDWR), fds[2], n;

	syscall(SYS_statfs, "/proc", &fs);
	syscall(SYS_statfs, "/nonexistent", &fs);
	syscall(SYS_uname, &name);
	syscall(SYS_sched_setaffinity, 0, 0, &cpus);
	CPU_ZERO(&cpus);
	syscall(SYS_sched_getaffinity, 0, 128, &cpus);
	setgroups(0, groups);
	getgroups(4, groups);
	sigaltstack(NULL, &stack);
	prctl(PR_SET_NAME, "renamed");
	prctl(PR_GET_NAME, buffer);
	prctl(PR_SET_PDEATHSIG, SIGHUP);
	prctl(PR_GET_DUMPABLE);
	prctl(PR_SET_DUMPABLE, 1);
	prctl(PR_CAPBSET_READ, 7);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	pipe2(fds, 0);
	ioctl(fds[0], FIONBIO, &one);
	ioctl(fds[0], FIONREAD, &n);
	ioctl(fd, TIOCGWINSZ, &size);
	ioctl(fd, TCGETS, buffer);
	ioctl(fd, FIOCLEX);
	ioctl(fd, 0x1234, buffer);
	listxattr("/dev/null", NULL, 0);
	getxattr("/dev/null", "user.none", buffer, 16);
	syscall(SYS_times, NULL);
}

static void waiting(void)
{
	struct iovec iov = {text, 6};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	struct epoll_event event = {.events = EPOLLIN, .data.u64 = 7};
	struct open_how how = {.flags = O_RDONLY | O_CLOEXEC, .resolve = RESOLVE_BENEATH};
	struct pollfd polled[3] = {{.events = POLLIN}, {.events = POLLIN}, {-1, POLLIN, 0}};
	struct timespec times[2] = {{0, UTIME_NOW}, {0, UTIME_OMIT}}, none = {0, 0};
	siginfo_t info;
	int pair[2], epoll, status;
	pid_t child;

	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	sendmsg(pair[0], &msg, MSG_NOSIGNAL);
	epoll = epoll_create1(0);
	epoll_ctl(epoll, EPOLL_CTL_ADD, pair[1], &event);
	syscall(SYS_epoll_wait, epoll, &event, 4, 0);
	polled[0].fd = pair[0];
	polled[1].fd = pair[1];
	syscall(SYS_poll, polled, 3, 0);
	syscall(SYS_ppoll, polled, 1, &none, NULL, 8);
	iov.iov_len = 50;
	iov.iov_base = buffer;
	recvmsg(pair[1], &msg, MSG_DONTWAIT);
	syscall(SYS_epoll_wait, epoll, &event, 4, 0);
	utimensat(AT_FDCWD, "/nonexistent", times, 0);
	syscall(SYS_openat2, AT_FDCWD, "nonexistent", &how, sizeof(how));
	child = fork();
	if (!child)
		_exit(3);
	waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT);
	wait4(child, &status, 0, NULL);
	child = fork();
	if (!child) {
		kill(getpid(), SIGTERM);
		_exit(0);
	}
	wait4(child, &status, 0, NULL);
	child = fork();
	if (!child)
		pause();
	wait4(child, &status, WNOHANG, NULL);
	kill(child, SIGKILL);
	wait4(child, &status, __WALL, NULL);
}

int main(void)
{
	memset(buffer, 0, sizeof(buffer));
	close(-100);
	files();
	memory();
	sockets();
	processes();
	answers();
	waiting();
	close(-101);
	return 0;
}
