/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System V's shared memory, semaphores and queues, clocks, queued signals and memory nodes, between
 * two marks (a close(-100) and a close(-101)): calls that tell structures.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static siginfo_t info;
static sigset_t set;

static void queues(void)
{
	struct shmid_ds memory;
	struct semid_ds semaphores;
	struct msqid_ds messages;
	struct shminfo limits;
	struct shm_info used;
	struct seminfo semaphore_limits;
	struct msginfo message_limits;
	int id = shmget(IPC_PRIVATE, 4096, 0600 | IPC_CREAT);

	shmctl(id, IPC_STAT, &memory);
	memory.shm_perm.mode = 0640;
	shmctl(id, IPC_SET, &memory);
	shmctl(id, IPC_INFO, (void *)&limits);
	shmctl(id, SHM_INFO, (void *)&used);
	shmctl(id, IPC_RMID, NULL);
	shmctl(-1, IPC_STAT, &memory);
	id = semget(IPC_PRIVATE, 2, 0600);
	semctl(id, 0, IPC_STAT, &semaphores);
	semctl(id, 0, IPC_SET, &semaphores);
	semctl(id, 0, IPC_INFO, &semaphore_limits);
	semctl(id, 0, IPC_RMID, NULL);
	id = msgget(IPC_PRIVATE, 0600);
	msgctl(id, IPC_STAT, &messages);
	msgctl(id, IPC_SET, &messages);
	msgctl(id, IPC_INFO, (void *)&message_limits);
	msgctl(id, IPC_RMID, NULL);
}

static void clocks(void)
{
	static struct timex state;

	adjtimex(&state);
	clock_adjtime(CLOCK_MONOTONIC, &state);
	state.modes = ADJ_FREQUENCY | ADJ_TICK;
	state.tick = 1;
	syscall(SYS_adjtimex, &state);
	syscall(SYS_adjtimex, NULL);
}

static void wait_for_signal(const struct timespec *timeout)
{
	syscall(SYS_rt_sigtimedwait, &set, &info, timeout, 8);
}

static void queue(int signal, int code)
{
	memset(&info, 0, sizeof(info));
	info.si_signo = signal;
	info.si_code = code;
	info.si_pid = 77;
	info.si_uid = 5;
	info.si_value.sival_int = 9;
	syscall(SYS_rt_sigqueueinfo, getpid(), signal, &info);
}

static void signals(void)
{
	static const struct timespec now;
	struct itimerval alarm = {{0, 0}, {0, 1000}};
	struct itimerspec soon = {{0, 0}, {0, 1000}};
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
	int timer, child;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGRTMIN);
	sigaddset(&set, SIGALRM);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	queue(SIGUSR1, SI_QUEUE);
	wait_for_signal(&now);
	info.si_signo = 0;
	syscall(SYS_rt_tgsigqueueinfo, getpid(), getpid(), SIGRTMIN, &info);
	wait_for_signal(&now);
	wait_for_signal(&now);
	queue(SIGUSR1, SI_TKILL);
	wait_for_signal(&now);
	kill(getpid(), SIGUSR1);
	wait_for_signal(&now);
	setitimer(ITIMER_REAL, &alarm, NULL);
	wait_for_signal(NULL);
	event.sigev_value.sival_int = 8;
	timer_create(CLOCK_MONOTONIC, &event, (timer_t *)&timer);
	syscall(SYS_timer_settime, 0, 0, &soon, NULL);
	wait_for_signal(NULL);
	child = fork();
	if (!child)
		_exit(3);
	wait_for_signal(NULL);
	syscall(SYS_waitid, P_PID, child, &info, WEXITED, NULL);
	syscall(SYS_waitid, P_ALL, 0, &info, WEXITED, NULL);
	syscall(SYS_pidfd_send_signal, -1, SIGUSR1, &info, 0);
	syscall(SYS_pidfd_send_signal, -1, 0, NULL, 0);
}

/* Signals that only the kernel may send: none is, to a process that there is not. */
static void causes(void)
{
	static const struct {
		int signal, code;
	} all[] = {{SIGSEGV, 1}, {SIGSEGV, 4}, {SIGBUS, 2}, {SIGFPE, 4}, {SIGILL, 1}, {SIGTRAP, 1},
		   {SIGIO, 1}, {SIGCHLD, 2}, {SIGUSR1, 99}, {SIGUSR1, 0}};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		memset(&info, 0, sizeof(info));
		info.si_signo = all[i].signal;
		info.si_code = all[i].code;
		info.si_pid = 0x1234;
		info.si_status = SIGKILL;
		syscall(SYS_rt_sigqueueinfo, -1, all[i].signal, &info);
	}
}

static void nodes(void)
{
	unsigned long mask[2] = {1, 0};
	int mode;

	syscall(SYS_set_mempolicy, 2, mask, 64);
	syscall(SYS_get_mempolicy, &mode, mask, 64, NULL, 0);
	syscall(SYS_get_mempolicy, &mode, mask, 128, NULL, 4);
	syscall(SYS_mbind, NULL, 0, 2, mask, 65, 0);
	mask[0] = ~0ul;
	syscall(SYS_migrate_pages, -1, 128, mask, mask);
	syscall(SYS_set_mempolicy, 2, mask, 0);
	syscall(SYS_set_mempolicy, 2, NULL, 0);
}

int main(void)
{
	close(-100);
	queues();
	clocks();
	signals();
	causes();
	nodes();
	close(-101);
	return 0;
}
