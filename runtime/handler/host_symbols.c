/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The library's functions by name. The list is made from the BPF bitcode, so that a function
 * that only one home has does not link.
 */
#include <stddef.h>
#include <string.h>

#define SYMBOL(name) extern char name[];
#include "runtime/handler/host_symbols.inc"
#undef SYMBOL

void *host_symbol(const char *name);

void *host_symbol(const char *name)
{
	static const struct {
		const char *name;
		void *address;
	} symbols[] = {
#define SYMBOL(name) {#name, name},
#include "runtime/handler/host_symbols.inc"
	};

	for (size_t i = 0; i < sizeof(symbols) / sizeof(*symbols); i++)
		if (strcmp(symbols[i].name, name) == 0)
			return symbols[i].address;
	return NULL;
}
