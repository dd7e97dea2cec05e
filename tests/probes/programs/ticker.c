/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls tick() every 10 ms: `ticker TIMES [fork] [LIBRARY]`. With "fork" a child does it; with a
 * library, that is loaded first and its plugin_tick() called as well.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int total = 40;

__attribute__((noinline)) int tick(int n)
{
	__asm__ volatile("" : "+r"(n));
	total += n;
	return total;
}

int main(int argc, char **argv)
{
	int times = argc > 1 ? atoi(argv[1]) : 1;
	int (*plugin)(int) = NULL;

	if (argc > 2 && strcmp(argv[2], "fork")) {
		void *library;

		usleep(100000);
		library = dlopen(argv[2], RTLD_NOW);
		plugin = library ? (int (*)(int))dlsym(library, "plugin_tick") : NULL;
		if (!plugin)
			return 2;
	} else if (argc > 2 && fork()) {
		wait(NULL);
		return 0;
	}
	for (int i = 0; i < times; i++) {
		usleep(10000);
		tick(2);
		if (plugin)
			plugin(i);
	}
	return 0;
}
