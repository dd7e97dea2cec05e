/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signals to oneself, a child that ends, memory that is mapped, touched and given back.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void handler(int sig)
{
	(void)sig;
}

int main(void)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
	sigset_t set, pending;
	volatile char *page;
	int status;
	pid_t child;

	sigaddset(&action.sa_mask, SIGINT);
	sigaction(SIGUSR1, &action, NULL);
	kill(getpid(), SIGUSR1);
	kill(getpid(), SIGURG);
	syscall(SYS_tgkill, getpid(), gettid(), SIGUSR1);
	syscall(SYS_tkill, gettid(), SIGUSR1);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	kill(getpid(), SIGUSR2);
	sigpending(&pending);

	page = mmap((void *)0x20000000, 8192, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	page[4096] = 1;
	printf("handler %p pending %d\n", (void *)handler, sigismember(&pending, SIGUSR2));
	fflush(stdout);
	child = fork();
	if (!child) {
		page[4097] = 2; /* shared until now */
		page[1] = page[0]; /* of the page of zeros */
		_exit(7);
	}
	waitpid(child, &status, 0);
	munmap((void *)page, 8192);
	if (sbrk(0x3000) == (void *)-1)
		return 1;
	printf("child %d parent %d\n", child, getpid());
	return 0;
}
