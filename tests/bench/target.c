/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the benchmarks trace: `target call N` calls bench_function() N times, `target slow N`
 * calls bench_slow_entry(), `target syscall N`
 * makes N system calls. Prints the nanoseconds that one took, on average: of processor time,
 * which a busy machine hardly changes, or with $BENCH_WALL of time that passed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int bench_function(int x); /* in another object, so that the call goes through the PLT */
int bench_slow_entry(int x);

static double now(void)
{
	struct timespec t;

	clock_gettime(getenv("BENCH_WALL") ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int argc, char **argv)
{
	long n = argc == 3 ? atol(argv[2]) : 0;
	double start;

	if (n <= 0)
		return 2;
	start = now();
	if (strcmp(argv[1], "call") == 0)
		for (long i = 0; i < n; i++)
			bench_function((int)i);
	else if (strcmp(argv[1], "slow") == 0)
		for (long i = 0; i < n; i++)
			bench_slow_entry((int)i);
	else
		for (long i = 0; i < n; i++)
			syscall(SYS_getppid);
	printf("%.1f\n", (now() - start) / n);
	return 0;
}
