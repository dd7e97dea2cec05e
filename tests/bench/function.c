/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The traced function, in a shared library. It begins with an ordinary prologue. */
int bench_function(int x);

__attribute__((noinline, optimize("no-omit-frame-pointer"))) int bench_function(int x)
{
	volatile int y = x;

	return y + 1;
}
