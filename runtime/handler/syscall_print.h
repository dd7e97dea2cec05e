/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Printing the arguments of system calls in the kernel: the text being made, its building
 * blocks, and the table as data without pointers.
 *
 * The text grows in frame->work.a, what it is made from is in frame->work.b. Functions nest at
 * most three deep here, since the kernel allows eight frames for everything.
 */
#ifndef SPILE_HANDLER_SYSCALL_PRINT_H
#define SPILE_HANDLER_SYSCALL_PRINT_H

#include <stdbool.h>

#include "runtime/handler/home.h"

enum kind {
#define KIND(name) KIND_##name,
#include "compiler/probes/syscalls.inc"
#undef KIND
};

enum flag_table {
#define FLAG_TABLE(name, unknown, first, n) TABLE_##name,
#include "compiler/probes/syscalls.inc"
#undef FLAG_TABLE
	FLAG_TABLES
};

enum structure {
#define STRUCTURE(name, size, first, n) STRUCTURE_##name,
#include "compiler/probes/syscalls.inc"
#undef STRUCTURE
};

/* ---- the table ---------------------------------------------------------------------------------- */

enum {
	CALLS = 512,	     /* a power of two over the greatest number */
	FLAGS = 4096,	     /* a power of two over the number of flags */
	ROWS = 1024,	     /* a power of two over the number of calls and their cases */
	CASES = 512,
	TABLES = 256,
	NAMES = 65536,	     /* a power of two over the length of all names */
	TEXT_MOST = 4095,    /* of what is made; a power of two - 1; a name may come behind */
	BYTES = 1024,	     /* of user memory that are looked at, at most */
	CUT = 32,	     /* bytes of a string or buffer that are shown */
	STRUCTURE_MOST = 256, /* a power of two over the size of any in structures.table */
};

struct argument {
	u8 kind, out, param;
};
struct row {
	u8 n;
	struct argument args[8]; /* 6 and room for any index below 8 */
};
static const struct row rows[ROWS] = {
#define ARG(name, kind, out, param) {kind, out, param}
#define ROW(n, ...) {n, {__VA_ARGS__}},
#include "compiler/probes/syscalls.inc"
#undef ROW
#undef ARG
};

enum { RESULT_FLAGS = 0x8000 }; /* with the table: several of its names */

struct call_entry {
	u16 row, first_case, cases, known, result_names;
};
static const struct call_entry calls[CALLS] = {
#define SYSCALL_ROW(number, row, first, n, names) [number] = {row, first, n, 1, names},
#include "compiler/probes/syscalls.inc"
#undef SYSCALL_ROW
};

/* A call whose argument `at` is `value` in the bits of the mask has that row. */
struct case_entry {
	u32 mask, value;
	u16 row, at;
};
static const struct case_entry cases[CASES] = {
#define CASE(at, mask, value, row, is_cut) {mask, value, row, at},
#include "compiler/probes/syscalls.inc"
#undef CASE
};

static const u16 call_names[CALLS] = {
#define SYSCALL_TEXT(number, offset, length) [number] = offset,
#include "compiler/probes/syscalls.inc"
#undef SYSCALL_TEXT
};

struct flag_entry {
	u64 value, mask;
};
static const struct flag_entry flags[FLAGS] = {
#define FLAG(name, value, mask) {(u64)(value), (u64)(mask)},
#include "compiler/probes/syscalls.inc"
#undef FLAG
};
static const u16 flag_names[FLAGS] = {
#define FLAG_TEXT(offset) offset,
#include "compiler/probes/syscalls.inc"
#undef FLAG_TEXT
};

struct table_entry {
	u16 first, n;
};
static const struct table_entry tables[TABLES] = {
#define FLAG_TABLE(name, unknown, first, n) {first, n},
#include "compiler/probes/syscalls.inc"
#undef FLAG_TABLE
};
static const u16 table_names[TABLES] = {
#define FLAG_TABLE_TEXT(offset) offset,
#include "compiler/probes/syscalls.inc"
#undef FLAG_TABLE_TEXT
};

static const char names[NAMES] =
#define TEXT(text) text "\0"
#include "compiler/probes/syscalls.inc"
#undef TEXT
	;

/* ---- the state ------------------------------------------------------------------------------------ */

struct print {
	u64 args[8];
	i64 result;
	u64 done;  /* the call has returned: what it wrote is there */
	u64 row;   /* of rows[]: what the arguments are */
	u64 value; /* of flags: all; left: those without a name so far; some: a name was printed */
	u64 left, some, first;
	u64 length; /* of bytes[] */
	u64 count;  /* of a list */
	u64 some_results;
	u64 message[7]; /* struct msghdr */
	u64 structure_size, member_first, some_members;
	char structure[STRUCTURE_MOST + 64];
	char digits[32];
	char bytes[BYTES + 64];
};
_Static_assert(sizeof(struct print) <= WORK_SIZE, "struct print fits into a work buffer");

#define PRINT(frame) ((struct print *)(frame)->work.b)

struct printing {
	struct frame *frame;
};

static inline INLINE bool is_error(i64 result)
{
	return result < 0 && result >= -4095;
}

/* The call has returned, and was no failure. */
static inline INLINE bool has_succeeded(const struct print *print)
{
	return print->done && !is_error(print->result);
}

/* ---- text ------------------------------------------------------------------------------------------- */

/* Where the text ends, at most TEXT_MOST: without a jump, for the verifier's sake. */
static inline INLINE u64 text_end(struct frame *frame)
{
	u64 at = BOUND(frame->work.at, ~0ull);
	u64 beyond = BOUND(TEXT_MOST - at, ~0ull) >> 63;

	beyond = BOUND(beyond, 1);
	return BOUND(at | -beyond, TEXT_MOST);
}

/* For loops' turns, which are deep already. */
static inline INLINE void put_here(struct frame *frame, const char *text)
{
	u64 at = text_end(frame);

	frame->work.at = at + home_copy_string(frame->work.a + at, 128, (u64)text) - 1;
}

GLOBAL int global_put(struct frame *frame, u64 text)
{
	if (frame)
		put_here(frame, (const char *)text);
	return 0;
}

static inline INLINE void put(struct frame *frame, const char *text)
{
	global_put(frame, home_address(frame, text));
}

static inline INLINE void put_char(struct frame *frame, char c)
{
	u64 at = text_end(frame);

	*(u16 *)(frame->work.a + at) = (u8)c; /* and a NUL */
	frame->work.at = at + 1;
}

static inline INLINE void put_name(struct frame *frame, u32 offset)
{
	put_here(frame, names + BOUND(offset, NAMES - 1));
}

/* 'd' 'u' 'x' 'o'; 'x' and 'o' have their prefix. Calls nothing: its callers are deep already. */
GLOBAL int global_put_number(struct frame *frame, u64 value, u32 conversion)
{
	u64 base = conversion == 'x' ? 16 : conversion == 'o' ? 8 : 10;
	struct print *print;
	u32 n = 0;

	if (!frame)
		return 0;
	print = PRINT(frame);
	if (conversion == 'd' && (i64)value < 0) {
		put_char(frame, '-');
		value = -value;
	}
	if ((conversion == 'x' || conversion == 'o') && value)
		put_char(frame, '0');
	if (conversion == 'x' && value)
		put_char(frame, 'x');
	for (u32 i = 0; i < 22; i++) {
		u64 digit = value % base;

		print->digits[i] = (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
		value /= base;
		n = i + 1;
		if (!value)
			break;
	}
	for (u32 i = 0; i < 22; i++) {
		if (i >= n)
			break;
		put_char(frame, print->digits[BOUND(n - 1 - i, 31)]);
	}
	return 0;
}

static inline INLINE void put_decimal(struct frame *frame, i64 value)
{
	global_put_number(frame, (u64)value, 'd');
}

static inline INLINE void put_unsigned(struct frame *frame, u64 value)
{
	global_put_number(frame, value, 'u');
}

static inline INLINE void put_hex(struct frame *frame, u64 value)
{
	global_put_number(frame, value, 'x');
}

static inline INLINE void put_pointer(struct frame *frame, u64 value)
{
	if (value)
		put_hex(frame, value);
	else
		put(frame, "NULL");
}

/* "name=" and a number */
static inline INLINE void put_field(struct frame *frame, const char *name, i64 value)
{
	put(frame, name);
	put_decimal(frame, value);
}

/* ---- flags ------------------------------------------------------------------------------------------ */

static long exact_turn(u32 i, struct printing *printing)
{
	struct print *print = PRINT(printing->frame);
	u64 at = BOUND(print->first + i, FLAGS - 1);

	if (flags[at].value != print->value)
		return 0;
	put_name(printing->frame, flag_names[at]);
	print->some = 1;
	return 1;
}

static long flag_turn(u32 i, struct printing *printing)
{
	struct print *print = PRINT(printing->frame);
	u64 at = BOUND(print->first + i, FLAGS - 1);
	u64 value = flags[at].value, mask = flags[at].mask;

	if (mask ? (print->left & mask) != value : print->value != value)
		return 0;
	if (print->some)
		put_char(printing->frame, '|');
	put_name(printing->frame, flag_names[at]);
	print->left &= ~mask;
	print->some = 1;
	return 0;
}

/* One name of the table (`exact`; 2: of 64 bits), or several of them. */
GLOBAL int global_put_flags(struct frame *frame, u32 table, u64 value, u32 exact)
{
	struct printing printing = {frame};
	u64 at = BOUND(table, TABLES - 1);
	struct print *print;

	if (!frame)
		return 0;
	print = PRINT(frame);
	print->value = print->left = value;
	print->some = 0;
	print->first = tables[at].first;
	home_loop(tables[at].n, exact ? exact_turn : flag_turn, &printing);
	if (exact ? print->some != 0 : print->some && !print->left)
		return 0;
	if (!exact && !value) {
		put_char(frame, '0');
		return 0;
	}
	if (print->some)
		put_char(frame, '|');
	global_put_number(frame, exact == 1 ? (u32)print->left : print->left, 'x');
	if (!print->some && names[BOUND(table_names[at], NAMES - 1)]) {
		put(frame, " /* ");
		put_name(frame, table_names[at]);
		put(frame, " */");
	}
	return 0;
}

/* ---- user memory ------------------------------------------------------------------------------------ */

/* Reads a structure into bytes[]; false: not readable, and its address was printed. */
static inline INLINE bool fetch(struct frame *frame, u64 address, u32 size)
{
	if (address && !bpf_probe_read_user(PRINT(frame)->bytes, size, (const void *)address))
		return true;
	put_pointer(frame, address);
	return false;
}

#define FIELD(frame, type, offset) (*(const type *)(PRINT(frame)->bytes + (offset)))

/* One byte of a C literal; octal is as short as what follows allows. */
static long quote_turn(u32 i, struct printing *printing)
{
	struct frame *frame = printing->frame;
	struct print *print = PRINT(frame);
	u8 c = (u8)print->bytes[BOUND(i, BYTES - 1)];
	u8 next = (u8)print->bytes[BOUND(i + 1, BYTES - 1)];
	bool wide = i + 1 < print->length && next >= '0' && next <= '9';

	if (c >= 32 && c < 127) {
		if (c == '"' || c == '\\')
			put_char(frame, '\\');
		put_char(frame, (char)c);
		return 0;
	}
	put_char(frame, '\\');
	if (c >= 9 && c <= 13) {
		put_char(frame, c == 9 ? 't' : c == 10 ? 'n' : c == 11 ? 'v' : c == 12 ? 'f' : 'r');
		return 0;
	}
	if (wide || c >= 64)
		put_char(frame, (char)('0' + (c >> 6)));
	if (wide || c >= 8)
		put_char(frame, (char)('0' + (c >> 3 & 7)));
	put_char(frame, (char)('0' + (c & 7)));
	return 0;
}

/* What is in bytes[], in quotes. */
static inline INLINE void put_quoted(struct frame *frame, u32 length, bool cut)
{
	struct printing printing = {frame};

	PRINT(frame)->length = length;
	put_char(frame, '"');
	home_loop(length, quote_turn, &printing);
	put(frame, cut ? "\"..." : "\"");
}

/* A string; most: CUT, or 0 for all of it. */
GLOBAL int global_put_string(struct frame *frame, u64 address, u32 most)
{
	long n;

	if (!frame)
		return 0;
	n = address ? read_user_string(PRINT(frame)->bytes, BYTES, address) : -1;
	if (n < 1)
		put_pointer(frame, address);
	else if (most && n - 1 > most)
		put_quoted(frame, most, true);
	else
		put_quoted(frame, at_most((u64)n - 1, BYTES - 1), n == BYTES);
	return 0;
}

/* Bytes that are no text: "\x12\xff". */
static long hex_turn(u32 i, struct printing *printing)
{
	struct frame *frame = printing->frame;
	u8 c = (u8)PRINT(frame)->bytes[BOUND(i, BYTES - 1)];

	put_char(frame, '\\');
	put_char(frame, 'x');
	put_char(frame, (char)(c >> 4 < 10 ? '0' + (c >> 4) : 'a' - 10 + (c >> 4)));
	put_char(frame, (char)((c & 15) < 10 ? '0' + (c & 15) : 'a' - 10 + (c & 15)));
	return 0;
}

GLOBAL int global_put_hex_buffer(struct frame *frame, u64 address, u64 length)
{
	struct printing printing = {frame};
	u32 n = at_most(length, CUT);

	if (!frame)
		return 0;
	if (!address || bpf_probe_read_user(PRINT(frame)->bytes, (u32)BOUND(n, 63), (const void *)address)) {
		put_pointer(frame, address);
		return 0;
	}
	put_char(frame, '"');
	home_loop(n, hex_turn, &printing);
	put(frame, length > CUT ? "\"..." : "\"");
	return 0;
}

GLOBAL int global_put_buffer(struct frame *frame, u64 address, u64 length)
{
	u32 n = at_most(length, CUT);

	if (!frame)
		return 0;
	if (!address || bpf_probe_read_user(PRINT(frame)->bytes, (u32)BOUND(n, 63), (const void *)address))
		put_pointer(frame, address);
	else
		put_quoted(frame, n, length > CUT);
	return 0;
}

#endif
