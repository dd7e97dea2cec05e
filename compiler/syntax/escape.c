/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The escapes of string literals. */
#include <string.h>

#include "compiler/syntax/token.h"

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 16;
}

/* A run of at most `max` digits; returns where it ends. */
static const char *decode_digits(const char *at, const char *end, int base, int max, unsigned *value)
{
	for (*value = 0; max && at < end && digit_value(*at) < base; at++, max--)
		*value = *value * (unsigned)base + (unsigned)digit_value(*at);
	return at;
}

static const char *decode_number(const char *at, const char *end, char *out, const char **error)
{
	const char *start = at;
	unsigned value;

	if (*at == 'x') {
		at = decode_digits(at + 1, end, 16, 2, &value);
		if (at == start + 1)
			*error = "\\x needs hexadecimal digits";
	} else {
		at = decode_digits(at, end, 8, 3, &value);
	}
	if (value > 255)
		*error = "this octal escape is greater than \\377";
	else if (!value && !*error)
		*error = "a string cannot hold a NUL character";
	*out = (char)value;
	return at;
}

const char *escape_decode(struct arena *arena, const char *text, unsigned length,
			  unsigned *decoded, const char **error)
{
	static const char letters[] = "abtnvfr", meanings[] = "\a\b\t\n\v\f\r";
	char *copy = arena_alloc(arena, length + 1), *out = copy;
	const char *end = text + length, *found;

	while (text < end) {
		if (*text != '\\') {
			*out++ = *text++;
			continue;
		}
		text++;
		if (text == end)
			break;
		found = strchr(letters, *text);
		if (*text == 'x' || (*text >= '0' && *text <= '7')) {
			text = decode_number(text, end, out++, error);
			continue;
		}
		if (found && *found)
			*out++ = meanings[found - letters];
		else if (*text != '\n') /* a line that goes on */
			*out++ = *text;
		text++;
	}
	*decoded = (unsigned)(out - copy);
	return copy;
}
