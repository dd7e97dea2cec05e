/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What ticker.c loads. */
static int calls = 100;

__attribute__((noinline)) int plugin_tick(int n)
{
	__asm__ volatile("" : "+r"(n));
	return calls++ + n;
}
