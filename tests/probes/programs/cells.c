/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that a probe changes; text in UTF-16 and UTF-32. */
#include <stdio.h>
#include <uchar.h>

struct cell {
	signed char c;
	short s;
	int i;
	long l;
	void *p;
	char text[16], part[16], arg[16];
};

__attribute__((noinline)) void take(struct cell *cell)
{
	__asm__ volatile("" : : "r"(cell) : "memory");
}

__attribute__((noinline)) void wide(const char16_t *two, const char32_t *four)
{
	__asm__ volatile("" : : "r"(two), "r"(four) : "memory");
}

int main(void)
{
	static const char16_t broken[] = {'a', 0xd800, 'b', 0}, cut[] = {0xd83d, 0};
	static const char32_t beyond[] = {'a', 0x110000, 0}, surrogate[] = {0xd800, 0};
	static struct cell cell = {
		1, 1, 1, 1, &cell, "aaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbb", "ccccccccccccccc",
	};

	take(&cell);
	printf("%d %d %d %ld %p %s %s %s\n", cell.c, cell.s, cell.i, cell.l, cell.p, cell.text, cell.part,
	       cell.arg);
	wide(u"plain", U"plain");
	wide(u"gr\u00fc\u00df \u20ac \U0001f600 \"\t\\", U"gr\u00fc\u00df \u20ac \U0001f600 \"\t\\");
	wide(u"", U"");
	wide(broken, beyond);
	wide(cut, surrogate);
	wide((const char16_t *)8, (const char32_t *)8);
	return 0;
}
