/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System calls that take structures, between two marks (a close(-100) and a close(-101)); what
 * they print does not change from run to run.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/io_uring.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <linux/sched/types.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static void tasks(void)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct none[2] = {{1, 0, 0}, {0}};
	struct sched_attr attr = {.size = sizeof(attr)};
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
	int timer;

	syscall(SYS_capget, &head, NULL);
	syscall(SYS_capset, &head, none); /* more effective than permitted: EPERM */
	syscall(SYS_sched_getattr, 0, &attr, sizeof(attr), 0);
	attr.sched_policy = 3; /* SCHED_BATCH, which <sched.h> has, that has another sched_param */
	attr.sched_flags = 1;
	syscall(SYS_sched_setattr, 0, &attr, 0);
	syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer);
	event.sigev_value.sival_int = 5;
	event.sigev_notify = SIGEV_NONE;
	syscall(SYS_timer_create, CLOCK_REALTIME, &event, &timer);
	syscall(SYS_timer_create, CLOCK_REALTIME, NULL, &timer);
}

static void queues(void)
{
	struct mq_attr attr = {0, 5, 64, 0}, old;
	struct sembuf changes[2] = {{0, 1, 0}, {1, -2, SEM_UNDO | IPC_NOWAIT}};
	struct {
		long type;
		char text[8];
	} message = {3, "abc"};
	int queue = (int)syscall(SYS_mq_open, "spile.test", O_RDWR | O_CREAT | O_NONBLOCK, 0600, &attr);
	int id;

	syscall(SYS_mq_open, "spile.none", O_RDONLY);
	syscall(SYS_mq_getsetattr, queue, NULL, &old);
	syscall(SYS_mq_unlink, "spile.test");
	id = semget(IPC_PRIVATE, 2, IPC_CREAT | 0600);
	semctl(id, 1, SETVAL, 3);
	syscall(SYS_semtimedop, id, changes, 2, NULL);
	semctl(id, 1, GETVAL);
	semctl(id, 0, IPC_RMID);
	id = msgget(IPC_PRIVATE, 0600);
	msgsnd(id, &message, 4, 0);
	msgrcv(id, &message, 8, 0, MSG_NOERROR);
	msgctl(id, IPC_RMID, NULL);
}

/* A message with two descriptors, and one of who sends it. */
static void send_controls(int socket, struct iovec *iov)
{
	char space[CMSG_SPACE(2 * sizeof(int)) + CMSG_SPACE(sizeof(int))] = {0};
	struct msghdr msg = {.msg_iov = iov, .msg_iovlen = 1, .msg_control = space,
			     .msg_controllen = sizeof(space)};
	struct cmsghdr *control = CMSG_FIRSTHDR(&msg);

	control->cmsg_level = SOL_SOCKET;
	control->cmsg_type = SCM_RIGHTS;
	control->cmsg_len = CMSG_LEN(2 * sizeof(int));
	((int *)CMSG_DATA(control))[1] = 2;
	control = CMSG_NXTHDR(&msg, control);
	control->cmsg_level = SOL_SOCKET;
	control->cmsg_type = SCM_RIGHTS;
	control->cmsg_len = CMSG_LEN(sizeof(int));
	sendmsg(socket, &msg, 0);
}

/* A packet that the socket has sent to itself, and through which interface it came. */
static void receive_with_information(int udp)
{
	struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	struct ip_mreq group = {{htonl(0xe0000005)}, {htonl(INADDR_LOOPBACK)}};
	socklen_t length = sizeof(here);
	char text[4], space[256];
	struct iovec iov = {text, sizeof(text)};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = space,
			     .msg_controllen = sizeof(space)};
	int on = 1;

	syscall(SYS_bind, udp, &here, length);
	getsockname(udp, (struct sockaddr *)&here, &length);
	setsockopt(udp, SOL_IP, IP_PKTINFO, &on, sizeof(on));
	setsockopt(udp, SOL_IP, IP_RECVTTL, &on, sizeof(on));
	setsockopt(udp, SOL_IP, IP_RECVTOS, &on, sizeof(on));
	sendto(udp, "x", 1, 0, (struct sockaddr *)&here, length);
	recvmsg(udp, &msg, MSG_DONTWAIT);
	setsockopt(udp, SOL_IP, IP_ADD_MEMBERSHIP, &group, sizeof(group));
}

static void sockets(void)
{
	char one[16], two[16], space[256];
	struct iovec out[2] = {{"hello", 5}, {"you", 3}}, in[2] = {{one, 16}, {two, 16}};
	struct mmsghdr sent[2] = {{{0, 0, out, 1, 0, 0, 0}, 0}, {{0, 0, out, 2, 0, 0, 0}, 0}};
	struct mmsghdr received[2] = {{{0, 0, in, 1, 0, 0, 0}, 0}, {{0, 0, in + 1, 1, 0, 0, 0}, 0}};
	struct msghdr msg = {.msg_iov = in, .msg_iovlen = 1, .msg_control = space,
			     .msg_controllen = sizeof(space)};
	struct linger linger = {1, 2};
	int pair[2], on = 1, udp, netlink;

	socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
	sendmmsg(pair[0], sent, 2, 0);
	recvmmsg(pair[1], received, 2, MSG_DONTWAIT, NULL);
	sendmmsg(-1, NULL, 0, 0);
	send_controls(pair[0], out);
	recvmsg(pair[1], &msg, 0);
	udp = socket(AF_INET, SOCK_DGRAM, 0);
	setsockopt(udp, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	receive_with_information(udp);
	netlink = socket(AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT);
	setsockopt(netlink, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
}

static void terminals(void)
{
	int terminal = posix_openpt(O_RDWR);
	struct termios modes;

	tcgetattr(terminal, &modes);
	cfmakeraw(&modes);
	syscall(SYS_ioctl, terminal, TCSETSW, &modes);
	tcgetattr(-1, &modes);
}

static void programs(void)
{
	struct bpf_insn code[2] = {{.code = 0xb7}, {.code = 0x95}};
	struct perf_event_attr event = {.type = PERF_TYPE_SOFTWARE, .size = sizeof(event),
		.config = PERF_COUNT_SW_PAGE_FAULTS, .sample_period = 1, .disabled = 1,
		.exclude_kernel = 1, .sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID};
	struct io_uring_params ring = {.flags = IORING_SETUP_CLAMP};
	union bpf_attr attr = {.map_type = BPF_MAP_TYPE_HASH, .key_size = 4, .value_size = 8,
		.max_entries = 5, .map_name = "spile_test"};
	struct bpf_prog_info info = {0};
	int map = (int)syscall(SYS_bpf, BPF_MAP_CREATE, &attr, 72), program, key = 1;
	long value = 7;

	memset(&attr, 0, sizeof(attr));
	attr.map_fd = (unsigned)map;
	attr.key = (long)&key;
	attr.value = (long)&value;
	attr.flags = BPF_NOEXIST;
	syscall(SYS_bpf, BPF_MAP_UPDATE_ELEM, &attr, 32);
	attr.flags = 0;
	syscall(SYS_bpf, BPF_MAP_GET_NEXT_KEY, &attr, 24);
	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
	attr.insns = (long)code;
	attr.insn_cnt = 2;
	attr.license = (long)"GPL";
	program = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, 128);
	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = (unsigned)program;
	attr.info.info_len = 80;
	attr.info.info = (long)&info;
	syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, 16);
	memset(&attr, 0, sizeof(attr));
	attr.start_id = 0x7ffffff0;
	syscall(SYS_bpf, BPF_PROG_GET_NEXT_ID, &attr, 12);
	attr.pathname = (long)"/sys/fs/bpf/none";
	syscall(SYS_bpf, BPF_OBJ_GET, &attr, 16);
	syscall(SYS_perf_event_open, &event, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	syscall(SYS_io_uring_setup, 4, &ring);
}

int main(void)
{
	close(-100);
	tasks();
	queues();
	sockets();
	terminals();
	programs();
	close(-101);
	return 0;
}
