/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runtime/present/width.h"

#include <stdint.h>

struct span {
	uint32_t first, last;
};

/* East Asian wide and full-width characters, and pictures. */
static const struct span wide[] = {
	{0x1100, 0x115f}, {0x2e80, 0x303e}, {0x3041, 0xa4cf}, {0xa960, 0xa97c}, {0xac00, 0xd7a3},
	{0xf900, 0xfaff}, {0xfe30, 0xfe6f}, {0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x1f300, 0x1f64f},
	{0x1f680, 0x1f6ff}, {0x1f900, 0x1faff}, {0x20000, 0x3fffd},
};
/* What combines with the character before, or is not seen. */
static const struct span none[] = {
	{0x0300, 0x036f}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x200b, 0x200f}, {0x20d0, 0x20ff},
	{0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff},
};

static int is_in(uint32_t c, const struct span *spans, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c >= spans[i].first && c <= spans[i].last)
			return 1;
	return 0;
}

static size_t width_of(uint32_t c)
{
	if (c < 0x300)
		return 1;
	if (is_in(c, none, sizeof(none) / sizeof(*none)))
		return 0;
	return is_in(c, wide, sizeof(wide) / sizeof(*wide)) ? 2 : 1;
}

/* The character that begins at `at`, and how many bytes it has; 1 where it is none. */
static size_t decode(const unsigned char *at, size_t left, uint32_t *c)
{
	size_t more = *at >= 0xf0 ? 3 : *at >= 0xe0 ? 2 : *at >= 0xc0 ? 1 : 0;

	*c = *at;
	if (!more || more >= left || *at > 0xf7)
		return 1;
	*c = *at & (0x3fu >> more);
	for (size_t i = 1; i <= more; i++) {
		if ((at[i] & 0xc0) != 0x80) {
			*c = *at;
			return 1;
		}
		*c = *c << 6 | (at[i] & 0x3f);
	}
	return more + 1;
}

size_t text_width(const char *text, size_t length)
{
	size_t width = 0;
	uint32_t c;

	for (size_t at = 0; at < length; width += width_of(c))
		at += decode((const unsigned char *)text + at, length - at, &c);
	return width;
}
