/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What %c and %b make of a number, for printf (the tracer formats it) and for sprintf (the
 * handler does): up to eight bytes, the lowest of `*text` first. The result: how many.
 */
#ifndef SPILE_HANDLER_CHARACTER_H
#define SPILE_HANDLER_CHARACTER_H

#include "runtime/handler/abi.h"

/* %#c: printable characters as they are, the backslash doubled, others by name or in octal. */
static inline __attribute__((always_inline)) u32 character_escape(u32 c, u64 *text)
{
	static const char letters[] = "abtnvfr";

	c &= 0xff;
	*text = c;
	if (c >= 32 && c < 127 && c != '\\')
		return 1;
	*text = '\\' | (u64)c << 8;
	if (c == '\\')
		return 2;
	if (c >= 7 && c <= 13) {
		*text = '\\' | (u64)letters[c - 7] << 8;
		return 2;
	}
	*text = '\\' | (u64)('0' + (c >> 6)) << 8 | (u64)('0' + (c >> 3 & 7)) << 16 |
		(u64)('0' + (c & 7)) << 24;
	return 4;
}

/* %b: the precision says how many bytes, or else the width; 8 are the default and the most. */
static inline __attribute__((always_inline)) u32 character_binary_size(i64 width, i64 precision)
{
	i64 size = precision > 0 ? precision : width > 0 ? width : 8;

	return size > 8 ? 8 : (u32)size;
}

#endif
