/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Static marks, written as <sys/sdt.h> would: a nop, and a note that tells where it is, which
 * semaphore it has and where its arguments are.
 */
#include <stdio.h>
#include <unistd.h>

__asm__(".pushsection .stapsdt.base,\"aG\",\"progbits\",.stapsdt.base,comdat\n"
	".weak _.stapsdt.base\n.hidden _.stapsdt.base\n"
	"_.stapsdt.base: .space 1\n.size _.stapsdt.base, 1\n.popsection\n");

#define MARK(provider, name, semaphore, args, ...)                                                 \
	__asm__ volatile("990: nop\n"                                                              \
			 ".pushsection .note.stapsdt,\"\",\"note\"\n.balign 4\n"                   \
			 ".4byte 992f-991f, 994f-993f, 3\n"                                        \
			 "991: .asciz \"stapsdt\"\n992: .balign 4\n"                               \
			 "993: .8byte 990b\n.8byte _.stapsdt.base\n.8byte " semaphore "\n"         \
			 ".asciz \"" provider "\"\n.asciz \"" name "\"\n.asciz \"" args "\"\n"     \
			 "994: .balign 4\n.popsection\n" ::__VA_ARGS__)

__attribute__((section(".probes"), used)) unsigned short marks_counted_semaphore;

static int number = 77;
struct box {
	long pad;
	int values[4];
};

int main(int argc, char **argv)
{
	struct box box = { 5, { 10, -20, 30, 40 } };
	unsigned short small = 65535;
	signed char negative = -7;

	for (int i = 0; i < 3; i++) {
		MARK("marks", "loop", "0", "-4@%0 8@%1 2@%2 -1@%3", "r"(i), "r"(&box),
		     "m"(small), "q"(negative));
		MARK("marks", "memory", "0", "-4@%0 -4@%1 -4@%2", "m"(number),
		     "m"(box.values[1]), "i"(-3));
		if (*(volatile unsigned short *)&marks_counted_semaphore)
			MARK("marks", "counted", "marks_counted_semaphore", "-4@%0", "r"(i));
	}
	MARK("other", "loop", "0", "");
	printf("semaphore %d\n", marks_counted_semaphore);
	return argc > 100 || !argv;
}
