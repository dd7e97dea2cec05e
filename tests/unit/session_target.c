// SPDX-License-Identifier: GPL-2.0-or-later
/* A program to trace: calls work() as often as it is told, then exits with the status it is told. */
#include <stdlib.h>

__attribute__((noinline)) int work(int i)
{
	__asm__ volatile("" : "+r"(i));
	return i;
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 0;

	for (int i = 0; i < n; i++)
		work(i);
	return argc > 2 ? atoi(argv[2]) : 0;
}
