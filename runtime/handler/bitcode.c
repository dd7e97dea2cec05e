/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Embeds handler.bc, which the build makes before it compiles this, at the top of its directory.
 */
#include "runtime/handler/bitcode.h"

#include <stddef.h>
#include <string.h>

__asm__(".section .rodata\n"
	".globl handler_bitcode, handler_bitcode_end\n"
	".balign 16\n"
	"handler_bitcode:\n"
	".incbin \"runtime/handler/handler.bc\"\n"
	"handler_bitcode_end:\n"
	".byte 0\n"
	".previous\n");

bool handler_has(const char *name)
{
	static const char *const names[] = {
#define SYMBOL(name) #name,
#include "runtime/handler/host_symbols.inc"
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}
