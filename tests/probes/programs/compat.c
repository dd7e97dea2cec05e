/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes getppid (64 there, semget here) by the 32-bit interface a hundred times. */
int main(void)
{
	for (int i = 0; i < 100; i++) {
		long result = 64;

		__asm__ volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
		if (result < 0)
			return 77; /* this kernel has no such interface */
	}
	return 0;
}
