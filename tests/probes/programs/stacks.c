/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Known chains of calls: main > outer > middle > leaf, a recursion, a function that is inlined,
 * and code that the program makes itself and describes in /tmp/perf-PID.map.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define KEEP __attribute__((noinline, noclone))

volatile int sink;

KEEP int leaf(int x)
{
	sink = x;
	return x;
}

KEEP int middle(int x)
{
	return leaf(x + 1) + 1;
}

KEEP int outer(int x)
{
	return middle(2 * x) + 1;
}

KEEP int deep(int n)
{
	return n ? deep(n - 1) + 1 : leaf(0) + 1;
}

static inline __attribute__((always_inline)) int inside(int x)
{
	return leaf(x) + 2;
}

KEEP int around(int x)
{
	return inside(x + 3) + 4;
}

/* push %rbp; mov %rsp,%rbp; call *%rdi; pop %rbp; ret */
static const unsigned char code[] = {0x55, 0x48, 0x89, 0xe5, 0xff, 0xd7, 0x5d, 0xc3};

KEEP void called(void)
{
	sink = leaf(7);
}

static void run_made_code(void)
{
	void (*made)(void (*)(void));
	char path[64];
	FILE *map;
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memcpy(page, code, sizeof(code));
	mprotect(page, 4096, PROT_READ | PROT_EXEC);
	snprintf(path, sizeof(path), "/tmp/perf-%d.map", getpid());
	map = fopen(path, "w");
	if (!map)
		exit(1);
	fprintf(map, "%lx %zx made code\n", (unsigned long)page, sizeof(code));
	fclose(map);
	memcpy(&made, &page, sizeof(made));
	made(called);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "chain";

	if (!strcmp(what, "deep"))
		return deep(argc > 2 ? atoi(argv[2]) : 5) < 0;
	if (!strcmp(what, "inline"))
		return around(1) < 0;
	if (!strcmp(what, "made"))
		return run_made_code(), 0;
	for (int i = 0; i < 3; i++)
		outer(i);
	return 0;
}
