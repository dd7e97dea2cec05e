/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * x86-64. The kernel looks at the opcode of a probed instruction to see whether it can emulate
 * it, without looking at how it is encoded: with a VEX or EVEX prefix the same opcode is another
 * instruction (EVEX 7a is vpbroadcastb, 7a alone is jp), and the traced program goes astray.
 * Where that does not happen, it refuses most of them; and what it refuses is told here first,
 * because one such site makes it refuse all that are attached with it.
 */
#include "runtime/attach/insn.h"

#include <string.h>

const char *insn_unsafe(const unsigned char *bytes, size_t n)
{
	static const unsigned char taken[] = {0x66, 0x67, 0xf2, 0xf3, 0x64, 0x65};
	static const unsigned char refused[] = {0xf0, 0x26, 0x2e, 0x36, 0x3e};
	size_t i = 0;

	while (i < n && memchr(taken, bytes[i], sizeof(taken)))
		i++;
	if (i == n)
		return NULL;
	if (bytes[i] == 0x62 || bytes[i] == 0xc4 || bytes[i] == 0xc5)
		return "it begins with an AVX instruction, which the kernel cannot step over";
	if (memchr(refused, bytes[i], sizeof(refused)))
		return "it begins with a prefix (lock, segment) that the kernel does not take";
	return NULL;
}
