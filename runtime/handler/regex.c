/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Regular expressions: the walk through the table that compiler/semantic/regex.h draws, a byte a
 * turn, and the way back that finds the captures. The text is in the work buffer a, the states
 * that the walk went through in b.
 */
#include "compiler/semantic/regex.h"
#include "runtime/handler/home.h"

struct walk {
	struct frame *frame;
	const struct regex_image *image;
};

/* work.state: */
enum { WALK_STATE, WALK_THREAD, WALK_STOP, WALK_BORDERS, WALK_BASE };

/* An entry of one of the image's tables; the tables' sizes are not known to the verifier. */
#define REGEX_ENTRY(walk, type, table, index)                                                      \
	({                                                                                         \
		type entry_;                                                                       \
		home_copy(&entry_, sizeof(entry_),                                                 \
			  (walk)->frame->work.state[WALK_BASE] + (walk)->image->table +            \
				  (u64)(index) * sizeof(type));                                    \
		entry_;                                                                            \
	})

static inline INLINE u8 walk_byte(const struct walk *walk, u64 at)
{
	return (u8)walk->frame->work.a[BOUND(at, WORK_MASK)];
}

static inline INLINE u32 walk_next(const struct walk *walk, u32 state, u8 byte)
{
	const struct regex_image *image = walk->image;
	u32 mask = image->next_mask;
	u64 slot = BOUND(state << (image->shift & 15) | image->class_of[byte], mask);

	return ((const u16 *)((const char *)image + image->next))[slot];
}

static long match_turn(u32 i, struct walk *walk)
{
	u64 *cell = &walk->frame->work.state[WALK_STATE];
	u32 state = walk_next(walk, (u32)*cell, walk_byte(walk, i));

	*cell = state;
	return state <= REGEX_ACCEPT;
}

/* ---- captures ----------------------------------------------------------------------------------- */

/* As match_turn, and keeps the states; remembers the last place where there was a match. */
static long capture_turn(u32 i, struct walk *walk)
{
	struct work *work = &walk->frame->work;
	u32 state = (u32)work->state[WALK_STATE], found;
	struct regex_accept accept = REGEX_ENTRY(walk, struct regex_accept, accept, state);
	u8 byte = walk_byte(walk, i);

	*(u16 *)(work->b + BOUND(i * 2, WORK_MASK)) = (u16)state;
	found = byte ? accept.thread : accept.end_thread;
	if (found != REGEX_NONE) {
		work->state[WALK_THREAD] = found;
		work->state[WALK_STOP] = i;
		work->state[WALK_BORDERS] = byte ? 0 : accept.end_borders;
	}
	if (!byte)
		return 1;
	state = walk_next(walk, state, byte);
	work->state[WALK_STATE] = state;
	return state == REGEX_DEAD;
}

static inline INLINE void set_borders(struct frame *frame, u32 borders, u64 at)
{
	for (u32 i = 0; i < 2 * REGEX_GROUPS; i++)
		if ((borders >> i & 1) && frame->matches.position[i] == REGEX_NO_POSITION)
			frame->matches.position[i] = (u16)at;
}

/* One step back, from the end of the match; the borders nearest to the end count. */
static long back_turn(u32 i, struct walk *walk)
{
	struct work *work = &walk->frame->work;
	u64 at = work->state[WALK_STOP] - i, slot;
	u16 state;
	struct regex_back back;

	if (work->state[WALK_THREAD] == REGEX_NONE)
		return 1;
	if (i >= work->state[WALK_STOP]) {
		set_borders(walk->frame, REGEX_ENTRY(walk, u32, begin, work->state[WALK_THREAD]), 0);
		return 1;
	}
	state = *(u16 *)(work->b + BOUND((at - 1) * 2, WORK_MASK));
	slot = (u64)state << (walk->image->shift & 15) |
	       walk->image->class_of[walk_byte(walk, at - 1)];
	slot = REGEX_ENTRY(walk, u32, back_at, slot) + work->state[WALK_THREAD];
	back = REGEX_ENTRY(walk, struct regex_back, back, slot);
	set_borders(walk->frame, back.borders, at);
	work->state[WALK_THREAD] = back.thread;
	return 0;
}

static inline INLINE i64 match_captures(struct walk *walk, u32 n)
{
	struct work *work = &walk->frame->work;
	struct matches *matches = &walk->frame->matches;

	work->state[WALK_BASE] = home_address(walk->frame, walk->image);
	work->state[WALK_THREAD] = REGEX_NONE;
	home_loop(n, capture_turn, walk);
	matches->groups = walk->image->groups;
	matches->failed = work->state[WALK_THREAD] == REGEX_NONE;
	if (matches->failed)
		return 0;
	for (u32 i = 0; i < 2 * REGEX_GROUPS; i++)
		matches->position[i] = REGEX_NO_POSITION;
	set_borders(walk->frame, (u32)work->state[WALK_BORDERS], work->state[WALK_STOP]);
	home_loop(n, back_turn, walk);
	home_copy_string(matches->text, sizeof(matches->text), (u64)work->a);
	return 1;
}

/* ---- the interface -------------------------------------------------------------------------------- */

/* `bound` is of no use: a text ends with its NUL. */
INLINE i64 regex_match(struct run *run, const void *dfa, const char *text, u32 bound)
{
	struct walk walk = {run->frame, dfa};
	u64 *state = &run->frame->work.state[WALK_STATE];
	u32 n = home_copy_string(run->frame->work.a, MAX_STRING, (u64)text);

	(void)bound;
	*state = walk.image->start;
	if (walk.image->groups)
		return match_captures(&walk, n);
	if (*state > REGEX_ACCEPT)
		home_loop(n, match_turn, &walk);
	return *state == REGEX_ACCEPT;
}

static inline INLINE u32 has_matches(struct run *run)
{
	const struct matches *matches = &run->frame->matches;

	if (matches->groups && !matches->failed)
		return 1;
	handler_raise(run, matches->groups ? "the last regular expression did not match"
					   : "no regular expression was matched yet");
	return 0;
}

INLINE i64 fn_ngroups(struct run *run)
{
	return has_matches(run) ? run->frame->matches.groups : 0;
}

INLINE void fn_matched(struct run *run, char *dst, u32 size, i64 n)
{
	const struct matches *matches = &run->frame->matches;
	u64 group = BOUND(n, 15);
	u32 start, end;

	*dst = 0;
	if (group >= REGEX_GROUPS)
		group = 0; /* that it is too great is said below */
	if (!has_matches(run))
		return;
	run->error_arg = n;
	if (n < 0 || n >= matches->groups) {
		handler_raise(run, "the last regular expression has no such group");
		return;
	}
	start = matches->position[group * 2];
	end = matches->position[group * 2 + 1];
	if (start == REGEX_NO_POSITION || end == REGEX_NO_POSITION || end < start)
		return;
	if (end - start + 1 < size)
		size = end - start + 1;
	home_copy_string(dst, at_most(size, WORK_MASK), (u64)(matches->text + BOUND(start, MAX_STRING - 1)));
}
