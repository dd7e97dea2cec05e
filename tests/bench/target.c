/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the benchmarks trace: `target call N` calls bench_function() N times, `target syscall N`
 * makes N system calls. Prints the nanoseconds that one took, on average.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int bench_function(int x); /* in another object, so that the call goes through the PLT */

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
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
	else
		for (long i = 0; i < n; i++)
			syscall(SYS_getppid);
	printf("%.1f\n", (now() - start) / n);
	return 0;
}
