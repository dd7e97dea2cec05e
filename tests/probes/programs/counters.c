/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does things that the kernel counts, in two threads, and prints what getrusage() says of each:
 * "touch FAULTS", "nap SWITCHES", "spin NANOSECONDS".
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>

enum { PAGE = 4096, PAGES = 400 };

static volatile long sink;

__attribute__((noinline)) void touch(char *memory, int pages)
{
	for (int i = 0; i < pages; i++)
		memory[(long)i * PAGE] = 1;
	sink = pages;
}

__attribute__((noinline)) void nap(int times)
{
	/* Less may be over on a slow machine before the thread could give the processor away. */
	struct timespec time = {0, 50000000};

	for (int i = 0; i < times; i++)
		nanosleep(&time, NULL);
	sink = times;
}

__attribute__((noinline)) void spin(long turns)
{
	for (long i = 0; i < turns; i++)
		sink = i;
}

static long faults(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_minflt + usage.ru_majflt;
}

static long switches(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_nvcsw + usage.ru_nivcsw;
}

static long cpu_time(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return time.tv_sec * 1000000000 + time.tv_nsec;
}

static void *work(void *say)
{
	char *memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long before;

	madvise(memory, PAGES * PAGE, MADV_NOHUGEPAGE);
	for (int pages = 100; pages <= PAGES; pages += 150) {
		before = faults();
		touch(memory, pages);
		before = faults() - before;
		if (say)
			printf("touch %ld\n", before);
	}
	before = switches();
	nap(10);
	before = switches() - before;
	if (say)
		printf("nap %ld\n", before);
	before = cpu_time();
	spin(20000000);
	before = cpu_time() - before;
	if (say)
		printf("spin %ld\n", before);
	return NULL;
}

int main(void)
{
	static int yes;
	pthread_t other;

	touch((char *)&yes, 1);
	pthread_create(&other, NULL, work, NULL);
	work(&yes);
	pthread_join(other, NULL);
	return 0;
}
