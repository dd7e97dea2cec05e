/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions whose first instruction is slow to probe, with one behind it that is not. Those in
 * assembly have their ways around the first instruction; each is called 100 times.
 */
#include <stdio.h>

long plain(long), looped(long), entered_near(long), entered_far(long), by_table(long);
long two_names(long), into_near(long), into_far(long), reads_memory(long), again(long);

#define FUNCTION(name, body)                                                                       \
	".globl " name "\n.type " name ", @function\n" name ":\n" body ".size " name ", . - " name "\n"
#define BODY "push %rbx\n pop %rbx\n lea 1(%rdi), %rax\n ret\n"

__asm__(".text\n"
	FUNCTION("plain", "mov %rdi, %rax\n" BODY)
	/* back to the push, four times a call */
	FUNCTION("looped", "mov $4, %eax\n1: push %rbx\n pop %rbx\n dec %eax\n jne 1b\n"
			   "lea 1(%rdi), %rax\n ret\n")
	FUNCTION("entered_near", "mov %rdi, %rax\n.Lnear: " BODY)
	FUNCTION("into_near", "mov %rdi, %rcx\n jmp .Lnear\n")
	FUNCTION("entered_far", "mov %rdi, %rax\n.Lfar: " BODY)
	".skip 4096, 0xcc\n"
	FUNCTION("into_far", "mov %rdi, %rcx\n jmp .Lfar\n")
	/* the target stands in a register: back to the push, once a call */
	FUNCTION("by_table", "mov $1, %eax\n1: push %rbx\n pop %rbx\n dec %eax\n js 2f\n"
			     "lea 1b(%rip), %rcx\n jmp *%rcx\n2: lea 1(%rdi), %rax\n ret\n")
	FUNCTION("two_names", "mov %rdi, %rax\n.globl second_name\n.type second_name, @function\n"
			      "second_name: " BODY)
	FUNCTION("reads_memory", "mov (%rsp), %rax\n" BODY)
	/* back to the first instruction, twice a call */
	FUNCTION("again", "test %rdi, %rdi\n je 1f\n xor %edi, %edi\n jmp again\n1: mov $1, %eax\n ret\n")
	".section .note.GNU-stack,\"\",@progbits\n.text\n");

long second_name(long);

#define NOINLINE __attribute__((noinline))

NOINLINE long fib(long n)
{
	return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

/* A loop, once optimised. */
NOINLINE long sum(const long *v, long n, long so_far)
{
	__asm__ volatile("" ::: "memory");
	return n ? sum(v + 1, n - 1, so_far + *v) : so_far;
}

NOINLINE long tail(long n)
{
	__asm__ volatile("" ::: "memory");
	return fib(n);
}

NOINLINE long cold(long n)
{
	if (__builtin_expect(n < 0, 0)) {
		fprintf(stderr, "%ld\n", n);
		n = fib(-n) * tail(-n);
	}
	return n * 3;
}

NOINLINE long choose(long n)
{
	switch (n) {
	case 0: return tail(1);
	case 1: return fib(2) + 5;
	case 2: return sum(&n, 1, n);
	case 3: return cold(n) - 1;
	case 4: return n * 17;
	case 5: return tail(3) * 3;
	default: return fib(1);
	}
}

int main(void)
{
	long v[8] = {1, 2, 3, 4, 5, 6, 7, 8}, total = 0;

	for (long i = 0; i < 100; i++) {
		total += plain(i) + looped(i) + entered_near(i) + entered_far(i) + by_table(i);
		total += two_names(i) + reads_memory(i) + again(1);
		total += into_near(i) + into_far(i) + second_name(i);
		total += tail(5) + sum(v, i % 8, i) + cold(i) + choose(i % 8);
	}
	printf("%ld\n", total);
	return 0;
}
