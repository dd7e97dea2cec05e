/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls that do not end by a plain return: `returns N` recurs N deep, leaves calls by longjmp(),
 * ends calls by calls, and runs code on another stack.
 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>

#define KEEP(x) __asm__ volatile("" : "+r"(x))
#define PLAIN __attribute__((noinline, noclone))

int deep(int n);
int left(int n);
int even(int n);
int odd(int n);

static jmp_buf place;
static ucontext_t here, there;
static char stack[65536];

PLAIN int deep(int n)
{
	int below;

	KEEP(n);
	below = n ? deep(n - 1) : 1000;
	KEEP(n);
	return below + 1;
}

/* Calls 2 and 3 never return. */
PLAIN int left(int n)
{
	int below = 7;

	KEEP(n);
	if (n == 3)
		longjmp(place, 1);
	if (n != 1 || !setjmp(place))
		below = left(n + 1);
	KEEP(n);
	return below + 100 * n;
}

PLAIN int even(int n)
{
	KEEP(n);
	return n ? odd(n - 1) : 1;
}

PLAIN int odd(int n)
{
	KEEP(n);
	return n ? even(n - 1) : 0;
}

static void elsewhere(void)
{
	puts("there");
	swapcontext(&there, &here);
	puts("there again");
}

int main(int argc, char **argv)
{
	printf("%d\n", deep(argc > 1 ? atoi(argv[1]) : 1));
	printf("%d %d\n", left(1), left(1));
	printf("%d\n", even(6));
	getcontext(&there);
	there.uc_stack.ss_sp = stack;
	there.uc_stack.ss_size = sizeof(stack);
	there.uc_link = &here;
	makecontext(&there, elsewhere, 0);
	swapcontext(&here, &there);
	puts("here");
	swapcontext(&here, &there);
	puts("end");
	return 0;
}
