/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Formats packed arguments; must be fast: it is the tracer's cost of every line printed. */
#include "runtime/present/format.h"

#include <string.h>

#include "runtime/handler/abi.h"
#include "runtime/handler/character.h"
#include "runtime/symbols/symbols.h"

int64_t packed_long(struct packed_args *args)
{
	int64_t value = 0;

	if (args->end - args->at < 8)
		return 0;
	memcpy(&value, args->at, 8);
	args->at += 8;
	return value;
}

const char *packed_string(struct packed_args *args, size_t *length)
{
	size_t left = (size_t)(args->end - args->at);
	const char *text;
	uint32_t n;

	*length = 0;
	if (left < 4)
		return "";
	memcpy(&n, args->at, 4);
	if (n > left - 4)
		n = (uint32_t)(left - 4);
	text = args->at + 4;
	args->at += ALIGN8(4 + n) < left ? ALIGN8(4 + n) : left;
	*length = n;
	return text;
}

/* Digits of value, ending at `end`; returns where they begin. */
static char *digits(char *end, uint64_t value, unsigned base, const char *alphabet)
{
	do {
		*--end = alphabet[value % base];
		value /= base;
	} while (value);
	return end;
}

static char *decimal(char *end, uint64_t value)
{
	return digits(end, value, 10, "0123456789");
}

/* Sign or base prefix, then zeros up to the precision or width, then digits, padded. */
static void put_number(struct output *out, const char *prefix, const char *text, size_t length,
		       unsigned flags, int64_t width, int64_t precision)
{
	size_t prefix_length = strlen(prefix), zeros = 0, pad = 0;

	if (precision >= 0 && (size_t)precision > length)
		zeros = (size_t)precision - length;
	else if (precision < 0 && flags & DIRECTIVE_ZERO && !(flags & DIRECTIVE_LEFT) &&
		 width > (int64_t)(prefix_length + length))
		zeros = (size_t)width - prefix_length - length;
	if (width > (int64_t)(prefix_length + zeros + length))
		pad = (size_t)width - prefix_length - zeros - length;
	if (pad && !(flags & DIRECTIVE_LEFT))
		output_pad(out, ' ', pad);
	output_write(out, prefix, prefix_length);
	output_pad(out, '0', zeros);
	output_write(out, text, length);
	if (pad && flags & DIRECTIVE_LEFT)
		output_pad(out, ' ', pad);
}

static void put_integer(struct output *out, const struct directive *directive, unsigned flags,
			int64_t value, int64_t width, int64_t precision)
{
	char text[72], *end = text + sizeof(text), *at;
	const char *prefix = "";

	switch (directive->kind) {
	case DIRECTIVE_SIGNED:
		at = decimal(end, value < 0 ? -(uint64_t)value : (uint64_t)value);
		prefix = value < 0                  ? "-"
			 : flags & DIRECTIVE_PLUS  ? "+"
			 : flags & DIRECTIVE_SPACE ? " "
						    : "";
		break;
	case DIRECTIVE_OCTAL:
		at = value || precision ? digits(end, (uint64_t)value, 8, "01234567") : end;
		if (flags & DIRECTIVE_ALTERNATE && (value || at == end))
			*--at = '0';
		break;
	case DIRECTIVE_HEX:
	case DIRECTIVE_POINTER:
		at = digits(end, (uint64_t)value, 16, "0123456789abcdef");
		if (directive->kind == DIRECTIVE_POINTER || (flags & DIRECTIVE_ALTERNATE && value))
			prefix = "0x";
		break;
	case DIRECTIVE_HEX_UPPER:
		at = digits(end, (uint64_t)value, 16, "0123456789ABCDEF");
		if (flags & DIRECTIVE_ALTERNATE && value)
			prefix = "0X";
		break;
	default:
		at = decimal(end, (uint64_t)value);
		break;
	}
	if (!value && !precision && directive->kind != DIRECTIVE_OCTAL)
		at = end;
	put_number(out, prefix, at, (size_t)(end - at), flags, width, precision);
}

static void put_bytes(struct output *out, const char *text, size_t length, unsigned flags,
		      int64_t width)
{
	size_t pad = width > (int64_t)length ? (size_t)width - length : 0;

	if (pad && !(flags & DIRECTIVE_LEFT))
		output_pad(out, ' ', pad);
	output_write(out, text, length);
	if (pad && flags & DIRECTIVE_LEFT)
		output_pad(out, ' ', pad);
}

static void put_hex_bytes(struct output *out, const char *text, size_t length, unsigned flags,
			  int64_t width)
{
	static const char alphabet[] = "0123456789abcdef";
	size_t pad = width > (int64_t)(2 * length) ? (size_t)width - 2 * length : 0;

	if (pad && !(flags & DIRECTIVE_LEFT))
		output_pad(out, ' ', pad);
	for (size_t i = 0; i < length; i++) {
		char *to = output_reserve(out, 2);

		to[0] = alphabet[(unsigned char)text[i] >> 4];
		to[1] = alphabet[text[i] & 15];
		out->length += 2;
	}
	if (pad && flags & DIRECTIVE_LEFT)
		output_pad(out, ' ', pad);
}

/* %b: the value's low bytes as they lie in memory, behind zeros when the field is wider. */
static void put_binary(struct output *out, int64_t value, int64_t width, int64_t precision)
{
	int64_t size = character_binary_size(width, precision);

	if (width > size)
		output_pad(out, 0, (size_t)(width - size));
	output_write(out, &value, (size_t)size);
}

static void put_character(struct output *out, int64_t value, unsigned flags, int64_t width)
{
	u64 text = (u64)value;
	u32 length = flags & DIRECTIVE_ALTERNATE ? character_escape((u32)value, &text) : 1;

	put_bytes(out, (const char *)&text, length, flags, width);
}

/* A width or a precision that is an argument, cut to what there can be of text. */
static int64_t packed_width(struct packed_args *args)
{
	int64_t width = packed_long(args);

	return width < -MAX_STRING ? -MAX_STRING : width > MAX_STRING ? MAX_STRING : width;
}

static void put_directive(struct output *out, const struct directive *directive,
			  struct packed_args *args)
{
	int64_t width = directive->width, precision = directive->precision;
	unsigned flags = directive->flags;
	const char *text;
	size_t length;

	if (width == WIDTH_ARGUMENT) {
		width = packed_width(args);
		if (width < 0) {
			flags |= DIRECTIVE_LEFT;
			width = -width;
		}
	}
	if (precision == WIDTH_ARGUMENT)
		precision = packed_width(args);

	switch (directive->kind) {
	case DIRECTIVE_LITERAL:
		output_write(out, directive->text, directive->length);
		break;
	case DIRECTIVE_STRING:
		text = packed_string(args, &length);
		text = symbols_expand(out->symbols, text, &length);
		if (precision >= 0 && (size_t)precision < length)
			length = (size_t)precision;
		put_bytes(out, text, length, flags, width);
		break;
	case DIRECTIVE_MEMORY:
		text = packed_string(args, &length);
		put_bytes(out, text, length, flags, width);
		break;
	case DIRECTIVE_MEMORY_HEX:
		text = packed_string(args, &length);
		put_hex_bytes(out, text, length, flags, width);
		break;
	case DIRECTIVE_CHAR:
		put_character(out, packed_long(args), flags, width);
		break;
	case DIRECTIVE_BINARY:
		put_binary(out, packed_long(args), width, precision);
		break;
	default:
		put_integer(out, directive, flags, packed_long(args), width, precision);
		break;
	}
}

void format_record(struct output *out, const struct unit_format *format, struct packed_args args)
{
	for (unsigned i = 0; i < format->n_directives; i++)
		put_directive(out, &format->directives[i], &args);
}
