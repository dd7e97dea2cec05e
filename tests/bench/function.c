/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The traced function, in a shared library. It begins with an ordinary prologue. */
int bench_function(int x);

__attribute__((noinline, optimize("no-omit-frame-pointer"))) int bench_function(int x)
{
	volatile int y = x;

	return y + 1;
}

/* Begins with an instruction that the kernel does not execute itself. */
int bench_slow_entry(int x);
__asm__(".globl bench_slow_entry\n.type bench_slow_entry, @function\n"
	"bench_slow_entry: mov %edi, %eax\n push %rbx\n lea 1(%rax), %ebx\n mov %ebx, %eax\n"
	"pop %rbx\n ret\n.size bench_slow_entry, . - bench_slow_entry\n");
