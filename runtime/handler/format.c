/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Conversions of sprintf: each makes its text in the work buffer b, then appends it.
 */
#include "runtime/handler/character.h"
#include "runtime/handler/home.h"

/* Copies the text in b behind what is in dst; the new length. */
static inline INLINE u32 format_append(char *dst, u32 size, u32 at, u64 text)
{
	u64 place = BOUND(at, WORK_MASK);
	u32 room = (u32)BOUND(size - place, WORK_MASK);

	return at + home_copy_string(dst + place, room, text) - 1;
}

/* ---- numbers ---------------------------------------------------------------------------------- */

struct format {
	struct frame *frame;
};

/*
 * Where the parts of a converted number end; each may be empty:
 *   | spaces | sign or 0x | zeros | digits | spaces |
 */
enum {
	STATE_VALUE,
	STATE_BASE,
	STATE_DIGITS, /* digits, lowest first, are in a */
	STATE_SPACES,
	STATE_PREFIX,
	STATE_ZEROS,
	STATE_PREFIX_TEXT, /* one character a byte */
};

static long digits_turn(u32 i, struct format *format)
{
	struct work *work = &format->frame->work;
	u64 value = work->state[STATE_VALUE], base = work->state[STATE_BASE] & 0xff;
	u64 letter = (work->state[STATE_BASE] >> 8) & 0xff, digit;

	if (!base)
		return 1;
	digit = value % base;
	work->a[BOUND(i, WORK_MASK)] = (char)(digit < 10 ? '0' + digit : letter + digit - 10);
	work->state[STATE_VALUE] = value / base;
	work->state[STATE_DIGITS] = i + 1;
	return value / base == 0;
}

static long number_turn(u32 i, struct format *format)
{
	struct work *work = &format->frame->work;
	u64 digits = work->state[STATE_DIGITS], zeros = work->state[STATE_ZEROS];
	u64 spaces = work->state[STATE_SPACES];
	char c = ' ';

	if (i >= zeros && i < zeros + digits)
		c = work->a[BOUND(digits - 1 - (i - zeros), WORK_MASK)];
	else if (i >= work->state[STATE_PREFIX] && i < zeros)
		c = '0';
	else if (i >= spaces && i < work->state[STATE_PREFIX])
		c = (char)(work->state[STATE_PREFIX_TEXT] >> ((i - spaces) * 8 & 63));
	work->b[BOUND(i, WORK_MASK)] = c;
	return 0;
}

static inline INLINE u64 limit(i64 n)
{
	return n < 0 ? 0 : n > MAX_STRING ? MAX_STRING : (u64)n;
}

/* Lays the parts out and writes them; the length. */
static inline INLINE u32 number_write(struct frame *frame, u64 prefix, u32 prefix_length, u32 flags,
				      i32 width, i32 precision)
{
	struct format format = {frame};
	struct work *work = &frame->work;
	u64 digits = work->state[STATE_DIGITS], wide = limit(width), least = limit(precision);
	u64 zeros = least > digits ? least - digits : 0, used = digits + prefix_length, spaces;

	if (precision < 0 && (flags & FORMAT_ZERO) && !(flags & FORMAT_LEFT) && wide > used)
		zeros = wide - used;
	used += zeros;
	spaces = wide > used ? wide - used : 0;
	used += spaces;
	work->state[STATE_SPACES] = flags & FORMAT_LEFT ? 0 : spaces;
	work->state[STATE_PREFIX] = work->state[STATE_SPACES] + prefix_length;
	work->state[STATE_ZEROS] = work->state[STATE_PREFIX] + zeros;
	work->state[STATE_PREFIX_TEXT] = prefix;
	home_loop((u32)used, number_turn, &format);
	work->b[BOUND(used, WORK_MASK)] = 0;
	return (u32)used;
}

static inline INLINE u32 base_of(u32 conversion)
{
	switch (conversion) {
	case 'o':
		return 8;
	case 'x':
	case 'p':
		return 16 | 'a' << 8;
	case 'X':
		return 16 | 'A' << 8;
	default:
		return 10;
	}
}

/* The sign, or what # puts in front; its length. */
static inline INLINE u32 prefix_of(i64 value, u32 conversion, u32 flags, u64 *text)
{
	*text = 0;
	if (conversion == 'd') {
		*text = value < 0 ? '-' : flags & FORMAT_PLUS ? '+' : flags & FORMAT_SPACE ? ' ' : 0;
		return *text ? 1 : 0;
	}
	if (conversion == 'p' || (conversion == 'x' && (flags & FORMAT_ALTERNATE) && value))
		*text = '0' | 'x' << 8;
	else if (conversion == 'X' && (flags & FORMAT_ALTERNATE) && value)
		*text = '0' | 'X' << 8;
	return *text > 0xff ? 2 : *text ? 1 : 0;
}

/* The octal 0 is a digit: what the precision asks for counts it. */
static inline INLINE void leading_zero(struct work *work)
{
	work->a[BOUND(work->state[STATE_DIGITS], WORK_MASK)] = '0';
	work->state[STATE_DIGITS]++;
}

/* what: conversion | flags << 8 */
GLOBAL u32 global_format_number(struct frame *frame, i64 value, u32 what, i32 width, i32 precision)
{
	struct format format = {frame};
	u32 conversion = what & 0xff, flags = what >> 8, prefix_length;
	u64 prefix;

	if (!frame)
		return 0;
	prefix_length = prefix_of(value, conversion, flags, &prefix);
	frame->work.state[STATE_VALUE] = conversion == 'd' && value < 0 ? -(u64)value : (u64)value;
	frame->work.state[STATE_BASE] = base_of(conversion);
	frame->work.state[STATE_DIGITS] = 0;
	if (value || precision)
		home_loop(24, digits_turn, &format);
	if (conversion == 'o' && (flags & FORMAT_ALTERNATE) && (value || !precision))
		leading_zero(&frame->work);
	return number_write(frame, prefix, prefix_length, flags, width, precision);
}

/* ---- text in a field ---------------------------------------------------------------------------- */

static long spaces_turn(u32 i, struct format *format)
{
	struct work *work = &format->frame->work;

	work->b[BOUND(work->at + i, WORK_MASK)] = ' ';
	return 0;
}

/* Puts n bytes of text at `text` into a field in b; the length. */
static inline INLINE u32 field_write(struct frame *frame, u64 text, u32 n, u32 flags, i32 width)
{
	struct format format = {frame};
	u32 wide = (u32)limit(width), pad = wide > n ? wide - n : 0;

	frame->work.at = flags & FORMAT_LEFT ? n : 0;
	home_loop(pad, spaces_turn, &format);
	home_copy(frame->work.b + (flags & FORMAT_LEFT ? 0 : BOUND(pad, WORK_MASK / 2)),
		  (u32)BOUND(n, WORK_MASK / 2), text);
	frame->work.b[BOUND(n + pad, WORK_MASK)] = 0;
	return n + pad;
}

GLOBAL u32 global_format_string(struct frame *frame, u64 text, u32 flags, i32 width, i32 precision)
{
	u32 n, most = at_most(precision < 0 ? MAX_STRING : limit(precision), MAX_STRING);

	if (!frame)
		return 0;
	n = home_copy_string(frame->work.a, most + 1, text) - 1;
	return field_write(frame, home_address(frame, frame->work.a), n, flags, width);
}

/* ---- characters, raw bytes ------------------------------------------------------------------------ */

/* The n low bytes of *text without the zeros, which no string can hold; how many are left. */
static inline INLINE u32 squeeze(u64 *text, u32 n)
{
	u64 from = *text, to = 0;
	u32 kept = 0;

	for (u32 i = 0; i < 8; i++) {
		u64 byte = i < n ? from >> (i * 8) & 0xff : 0;

		to |= byte << (kept * 8 & 63);
		kept += byte != 0;
	}
	*text = to;
	return kept;
}

/* what: conversion | flags << 8 */
GLOBAL u32 global_format_character(struct frame *frame, i64 value, u32 what, i32 width, i32 precision)
{
	u32 flags = what >> 8, n = 1, kept;
	u64 text = (u64)value;

	if (!frame)
		return 0;
	if ((what & 0xff) == 'b') {
		n = character_binary_size(width, precision);
		width = -1; /* the field is filled with zeros */
	} else if (flags & FORMAT_ALTERNATE) {
		n = character_escape((u32)value, &text);
	}
	kept = squeeze(&text, n);
	*(u64 *)frame->work.a = text;
	return field_write(frame, home_address(frame, frame->work.a), kept, flags,
			   width > 0 ? width - (i32)(n - kept) : width);
}

/* ---- memory --------------------------------------------------------------------------------------- */

enum { MEMORY_WIDE, MEMORY_START, MEMORY_LENGTH, MEMORY_HEX, MEMORY_TO };

/* Bytes without the zeros: from a to a. */
static long memory_squeeze_turn(u32 i, struct format *format)
{
	struct work *work = &format->frame->work;
	char c = work->a[BOUND(i, WORK_MASK)];

	work->a[BOUND(work->state[MEMORY_TO], WORK_MASK)] = c;
	work->state[MEMORY_TO] += c != 0;
	return 0;
}

static inline INLINE char hex_digit(u32 nibble)
{
	return (char)(nibble < 10 ? '0' + nibble : 'a' + nibble - 10);
}

static long memory_turn(u32 i, struct format *format)
{
	struct work *work = &format->frame->work;
	u64 at = (u64)i - work->state[MEMORY_START];
	char c = ' ';

	if (at < work->state[MEMORY_LENGTH] && work->state[MEMORY_HEX])
		c = hex_digit((u8)work->a[BOUND(at / 2, WORK_MASK)] >> (at & 1 ? 0 : 4) & 15);
	else if (at < work->state[MEMORY_LENGTH])
		c = work->a[BOUND(at, WORK_MASK)];
	work->b[BOUND(i, WORK_MASK)] = c;
	return 0;
}

/* Lays out the `length` bytes that are in a: b's text. what: conversion | flags << 8 */
GLOBAL u32 global_format_memory(struct frame *frame, u32 what, u32 length, i32 width)
{
	struct format format = {frame};
	u64 wide = limit(width), pad, lost;
	u32 flags = what >> 8;

	if (!frame)
		return 0;
	frame->work.state[MEMORY_HEX] = (what & 0xff) == 'M';
	frame->work.state[MEMORY_TO] = length;
	if ((what & 0xff) == 'M') {
		length *= 2;
	} else {
		frame->work.state[MEMORY_TO] = 0;
		home_loop(at_most(length, MAX_STRING), memory_squeeze_turn, &format);
		lost = length - frame->work.state[MEMORY_TO];
		length -= (u32)lost;
		wide = wide > lost ? wide - lost : 0;
	}
	length = at_most(length, MAX_STRING);
	pad = wide > length ? wide - length : 0;
	frame->work.state[MEMORY_START] = flags & FORMAT_LEFT ? 0 : pad;
	frame->work.state[MEMORY_LENGTH] = length;
	home_loop(at_most(length + pad, MAX_STRING), memory_turn, &format);
	frame->work.b[BOUND(at_most(length + pad, MAX_STRING), WORK_MASK)] = 0;
	return length;
}

/* ---- the interface ---------------------------------------------------------------------------------- */

INLINE u32 format_long(struct run *run, char *dst, u32 size, u32 at, i64 value, u32 conversion,
		       u32 flags, i32 width, i32 precision)
{
	u32 what = conversion | flags << 8;

	if (conversion == 'c' || conversion == 'b')
		global_format_character(run->frame, value, what, width, precision);
	else
		global_format_number(run->frame, value, what, width, precision);
	return format_append(dst, size, at, (u64)run->frame->work.b);
}

INLINE u32 format_string(struct run *run, char *dst, u32 size, u32 at, const char *text, u32 flags,
			 i32 width, i32 precision)
{
	if (width <= 0 && precision < 0)
		return format_append(dst, size, at, (u64)text);
	global_format_string(run->frame, home_address(run->frame, text), flags, width, precision);
	return format_append(dst, size, at, (u64)run->frame->work.b);
}

INLINE u32 format_memory(struct run *run, char *dst, u32 size, u32 at, u64 address, u32 what, u32 user,
			 i32 width, i32 precision)
{
	u32 length = precision < 0 ? 1 : at_most((u64)precision, MAX_STRING);

	if (home_read_memory(run->frame, length, address, user)) {
		run->error_arg = (i64)address;
		handler_raise(run, "read fault");
		return at;
	}
	global_format_memory(run->frame, what, length, width);
	return format_append(dst, size, at, (u64)run->frame->work.b);
}

INLINE u32 format_literal(struct run *run, char *dst, u32 size, u32 at, const char *text, u32 length)
{
	(void)run;
	(void)length;
	return format_append(dst, size, at, (u64)text);
}
