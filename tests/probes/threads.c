/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `threads T N`: T threads call counted() N times each. */
#include <pthread.h>
#include <stdlib.h>

int counted(int x);

/* Begins with a nop, which the kernel need not step over: the tests are ten times as quick. */
__attribute__((noinline, patchable_function_entry(1))) int counted(int x)
{
	__asm__ volatile("" : "+r"(x));
	return x + 1;
}

static long calls;

static void *work(void *unused)
{
	(void)unused;
	for (long i = 0; i < calls; i++)
		counted((int)i);
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread[64];
	int n = argc == 3 ? atoi(argv[1]) : 0;

	if (n < 1 || n > 64)
		return 2;
	calls = atol(argv[2]);
	for (int i = 0; i < n; i++)
		if (pthread_create(&thread[i], NULL, work, NULL) != 0)
			return 1;
	for (int i = 0; i < n; i++)
		pthread_join(thread[i], NULL);
	return 0;
}
