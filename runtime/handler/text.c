/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions of strings. A source is copied to the work buffer a first, a second one to c; what
 * is made goes to b, and from there to its destination.
 */
#include "runtime/handler/character.h"
#include "runtime/handler/home.h"

struct text {
	struct frame *frame;
};

/* The third buffer is the slack of out[], which keeps nothing. */
static inline INLINE char *text_c(struct frame *frame)
{
	return frame->out + FRAME_OUT;
}

/* Copies a string to a; its length. */
GLOBAL u32 global_text_load(struct frame *frame, u64 text)
{
	return frame ? home_copy_string(frame->work.a, MAX_STRING + 1, text) - 1 : 0;
}

INLINE i64 fn_strlen(struct run *run, const char *text)
{
	return global_text_load(run->frame, home_address(run->frame, text));
}

INLINE void fn_substr(struct run *run, char *dst, u32 size, const char *text, i64 start, i64 length)
{
	u64 n = global_text_load(run->frame, home_address(run->frame, text));

	*dst = 0;
	if (start < 0 || length <= 0 || (u64)start >= n)
		return;
	if ((u64)length < size)
		size = (u32)length + 1;
	home_copy_string(dst, at_most(size, WORK_MASK),
			 (u64)(run->frame->work.a + BOUND(start, WORK_MASK)));
}

INLINE i64 fn_stringat(struct run *run, const char *text, i64 position)
{
	u64 n = global_text_load(run->frame, home_address(run->frame, text));

	if (position < 0) {
		run->error_arg = position;
		handler_raise(run, "string position is negative");
		return 0;
	}
	if ((u64)position >= n)
		return 0;
	return (u8)run->frame->work.a[BOUND(position, WORK_MASK)];
}

/* ---- finding ----------------------------------------------------------------------------------------- */

/* work.state while a text is searched. */
enum { FIND_LENGTH, FIND_WANTED, FIND_MASK, FIND_WORD, FIND_AT, FIND_FROM, FIND_TO };

static long find_rest_turn(u32 i, struct text *text)
{
	struct frame *frame = text->frame;
	struct work *work = &frame->work;
	u64 at = 8 + (u64)i;

	if (at >= work->state[FIND_WANTED]) {
		work->at = 1;
		return 1;
	}
	return work->a[BOUND(work->state[FIND_AT] + at, WORK_MASK)] !=
	       text_c(frame)[BOUND(at, WORK_MASK)];
}

static long find_turn(u32 i, struct text *text)
{
	struct work *work = &text->frame->work;
	u64 at = work->state[FIND_FROM] + i, word;

	work->state[FIND_AT] = at;
	if (at + work->state[FIND_WANTED] > work->state[FIND_LENGTH])
		return 1;
	word = *(u64 *)(work->a + BOUND(at, WORK_MASK));
	if ((word & work->state[FIND_MASK]) != work->state[FIND_WORD])
		return 0;
	work->at = 0;
	home_loop(MAX_STRING, find_rest_turn, text);
	return work->at != 0;
}

/* Makes a the text to search, c what to search for. 0 when that is empty. */
static inline INLINE u32 find_start(struct frame *frame, u64 in, u64 wanted)
{
	struct work *work = &frame->work;
	u64 n = home_copy_string(text_c(frame), MAX_STRING, wanted) - 1;

	*(u64 *)(text_c(frame) + BOUND(n, MAX_STRING - 1)) = 0;
	work->state[FIND_LENGTH] = home_copy_string(work->a, MAX_STRING + 1, in) - 1;
	work->state[FIND_WANTED] = n;
	work->state[FIND_MASK] = n >= 8 ? ~0ull : (1ull << (n * 8 & 63)) - 1;
	work->state[FIND_WORD] = *(u64 *)text_c(frame);
	work->state[FIND_FROM] = 0;
	work->state[FIND_TO] = 0;
	return (u32)n;
}

/* The place of the next occurrence, from state[FIND_FROM] on; or the text's length. */
static inline INLINE u64 find_next(struct text *text)
{
	struct work *work = &text->frame->work;

	work->at = 0;
	home_loop(MAX_STRING, find_turn, text);
	return work->at ? work->state[FIND_AT] : work->state[FIND_LENGTH];
}

GLOBAL i64 global_strpos(struct frame *frame, u64 in, u64 wanted)
{
	struct text text = {frame};

	if (!frame || !find_start(frame, in, wanted))
		return 0;
	find_next(&text);
	return frame->work.at ? (i64)frame->work.state[FIND_AT] : -1;
}

INLINE i64 fn_strpos(struct run *run, const char *in, const char *wanted)
{
	struct frame *frame = run->frame;

	return global_strpos(frame, home_address(frame, in), home_address(frame, wanted));
}

/* ---- replacing --------------------------------------------------------------------------------------- */

/* Appends n bytes at `from` to b, as far as there is room. */
static inline INLINE void replace_append(struct work *work, u64 from, u64 n)
{
	u64 to = work->state[FIND_TO];

	if (to + n > MAX_STRING)
		n = to < MAX_STRING ? MAX_STRING - to : 0;
	home_copy(work->b + BOUND(to, MAX_STRING - 1), (u32)BOUND(n, WORK_MASK), from);
	work->state[FIND_TO] = to + n;
}

struct replace {
	struct text text;
	u64 with, length;
};

static long replace_turn(u32 i, struct replace *replace)
{
	struct work *work = &replace->text.frame->work;
	u64 from = work->state[FIND_FROM], to = find_next(&replace->text);
	u64 found = work->at;

	(void)i;
	replace_append(work, (u64)(work->a + BOUND(from, WORK_MASK)), to - from);
	if (!found)
		return 1;
	replace_append(work, replace->with, replace->length);
	work->state[FIND_FROM] = to + work->state[FIND_WANTED];
	return 0;
}

/* Leaves the result in b. */
GLOBAL u32 global_str_replace(struct frame *frame, u64 in, u64 wanted, u64 with)
{
	struct replace replace = {{frame}, with, 0};

	if (!frame)
		return 0;
	replace.length = home_copy_string(frame->work.b, MAX_STRING + 1, with) - 1;
	if (!find_start(frame, in, wanted))
		return home_copy_string(frame->work.b, MAX_STRING + 1, in) - 1;
	home_loop(MAX_STRING, replace_turn, &replace);
	frame->work.b[BOUND(frame->work.state[FIND_TO], WORK_MASK)] = 0;
	return (u32)frame->work.state[FIND_TO];
}

INLINE void fn_str_replace(struct run *run, char *dst, u32 size, const char *in, const char *wanted,
			   const char *with)
{
	struct frame *frame = run->frame;

	global_str_replace(frame, home_address(frame, in), home_address(frame, wanted),
			   home_address(frame, with));
	home_copy_string(dst, size, (u64)frame->work.b);
}

/* ---- numbers ------------------------------------------------------------------------------------------ */

enum { NUMBER_VALUE, NUMBER_BASE, NUMBER_AT };

static inline INLINE u32 digit_of(u8 c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'z' ? c - 'a' + 10u : 255;
}

static long number_read_turn(u32 i, struct text *text)
{
	struct work *work = &text->frame->work;
	u32 digit = digit_of((u8)work->a[BOUND(work->state[NUMBER_AT] + i, WORK_MASK)]);

	if (digit >= work->state[NUMBER_BASE])
		return 1;
	work->state[NUMBER_VALUE] = work->state[NUMBER_VALUE] * work->state[NUMBER_BASE] + digit;
	return 0;
}

static inline INLINE u8 text_byte(struct frame *frame, u64 at)
{
	return (u8)frame->work.a[BOUND(at, WORK_MASK)];
}

GLOBAL i64 global_strtol(struct frame *frame, u64 in, u64 base)
{
	struct text text = {frame};
	u64 at, minus;

	if (!frame)
		return 0;
	home_copy_string(frame->work.a, 128, in);
	minus = text_byte(frame, 0) == '-';
	at = minus || text_byte(frame, 0) == '+';
	if ((base == 16 || base == 0) && text_byte(frame, at) == '0' &&
	    (text_byte(frame, at + 1) | 0x20) == 'x') {
		at += 2;
		base = 16;
	} else if (base == 0)
		base = text_byte(frame, at) == '0' ? 8 : 10;
	if (base < 2 || base > 36)
		return 0; /* as in C: there are no such digits */
	frame->work.state[NUMBER_VALUE] = 0;
	frame->work.state[NUMBER_BASE] = base;
	frame->work.state[NUMBER_AT] = at;
	home_loop(120, number_read_turn, &text);
	return minus ? -(i64)frame->work.state[NUMBER_VALUE] : (i64)frame->work.state[NUMBER_VALUE];
}

INLINE i64 fn_strtol(struct run *run, const char *text, i64 base)
{
	return global_strtol(run->frame, home_address(run->frame, text), (u64)base);
}

/* ---- characters of a set -------------------------------------------------------------------------------- */

static long set_turn(u32 i, struct text *text)
{
	struct work *work = &text->frame->work;
	char c = text_c(text->frame)[BOUND(i, WORK_MASK)];

	if (!c)
		return 1;
	work->state[1] = c == (char)work->state[0];
	return work->state[1] != 0;
}

static long span_turn(u32 i, struct text *text)
{
	struct work *work = &text->frame->work;
	char c = work->a[BOUND(i, WORK_MASK)];

	work->state[2] = i;
	if (!c)
		return 1;
	work->state[0] = (u8)c;
	work->state[1] = 0;
	home_loop(MAX_STRING, set_turn, text);
	return work->state[1] != work->state[3];
}

/* Characters at the start of `in` that are (inside 1) or are not (0) in the set. */
GLOBAL i64 global_span(struct frame *frame, u64 in, u64 set, u64 inside)
{
	struct text text = {frame};

	if (!frame)
		return 0;
	home_copy_string(frame->work.a, MAX_STRING + 1, in);
	home_copy_string(text_c(frame), MAX_STRING, set);
	frame->work.state[3] = inside;
	home_loop(MAX_STRING + 1, span_turn, &text);
	return (i64)frame->work.state[2];
}

INLINE i64 fn_span(struct run *run, const char *in, const char *set, i64 inside)
{
	struct frame *frame = run->frame;

	return global_span(frame, home_address(frame, in), home_address(frame, set), inside != 0);
}

/* ---- escapes -------------------------------------------------------------------------------------------- */

enum { ESCAPE_LENGTH, ESCAPE_TO, ESCAPE_MOST, ESCAPE_CUT };

/* As within quotes; a double quote is escaped, too. The length. */
static inline INLINE u32 escape_text(u8 c, u64 *text)
{
	if (c != '"')
		return character_escape(c, text);
	*text = '\\' | '"' << 8;
	return 2;
}

static long escape_turn(u32 i, struct text *text)
{
	struct work *work = &text->frame->work;
	u64 to = work->state[ESCAPE_TO], escape;
	u32 n;

	if (i >= work->state[ESCAPE_LENGTH])
		return 1;
	n = escape_text((u8)work->a[BOUND(i, WORK_MASK)], &escape);
	if (to + n > work->state[ESCAPE_MOST]) {
		work->state[ESCAPE_CUT] = 1;
		return 1;
	}
	*(u64 *)(work->b + BOUND(to, WORK_MASK)) = escape;
	to += n;
	work->state[ESCAPE_TO] = to;
	return 0;
}

/*
 * Makes b the n bytes in a, escaped, in at most `most` bytes; with quotes around these when
 * `quoted`, and then dots when it was cut. The length.
 */
GLOBAL u32 global_escape(struct frame *frame, u32 n, u32 most, u32 quoted)
{
	struct text text = {frame};
	struct work *work;
	u64 to;

	if (!frame)
		return 0;
	work = &frame->work;
	quoted = quoted ? 1 : 0;
	most = at_most(most, MAX_STRING);
	work->b[0] = '"';
	work->state[ESCAPE_LENGTH] = n;
	work->state[ESCAPE_TO] = quoted;
	work->state[ESCAPE_MOST] = most + quoted;
	work->state[ESCAPE_CUT] = 0;
	home_loop(MAX_STRING, escape_turn, &text);
	to = work->state[ESCAPE_TO];
	if (quoted) {
		*(u64 *)(work->b + BOUND(to, WORK_MASK)) = '"' | 0x2e2e2e00;
		to += work->state[ESCAPE_CUT] ? 4 : 1;
	}
	work->b[BOUND(to, WORK_MASK)] = 0;
	return (u32)to;
}

/* The most bytes that were asked for (0: no limit) and fit, with quotes and dots behind. */
static inline INLINE u32 escape_most(u32 size, i64 asked, u32 quoted)
{
	u32 room = size - 1, around = quoted ? 5 : 0;

	room = room > around ? room - around : 0;
	return asked > 0 && asked < room ? (u32)asked : room;
}

INLINE void fn_text_strn(struct run *run, char *dst, u32 size, const char *text, i64 most, i64 quoted)
{
	struct frame *frame = run->frame;
	u32 n = global_text_load(frame, home_address(frame, text));

	global_escape(frame, n, escape_most(size, most, quoted != 0), quoted != 0);
	home_copy_string(dst, size, (u64)frame->work.b);
}
