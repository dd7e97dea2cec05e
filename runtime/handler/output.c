/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records: written into the frame's out[], sent when that is full and when the handler ends.
 *
 * A record that is larger than out[] goes out in parts: each but the last has RECORD_MORE in
 * its kind, each but the first is RECORD_CONTINUED. When a part finds no room in the ring
 * buffer, the rest is dropped too, and the record counts as one lost.
 */
#include "runtime/handler/home.h"

enum { HEAD = sizeof(struct record) };

static inline INLINE void out_count_lost(struct frame *frame, u64 records, u64 bytes)
{
	frame->lost += records;
	__sync_fetch_and_add(&home_shared()->lost_records, records);
	__sync_fetch_and_add(&home_shared()->lost_bytes, bytes);
}

/* Sends all of out[]. 0, or -1: lost, and counted. */
GLOBAL int global_out_send(struct frame *frame)
{
	u64 length, records;
	long result = -1;

	if (!frame)
		return -1;
	length = frame->out_length;
	records = frame->records;
	if (length > FRAME_OUT)
		length = FRAME_OUT;
	if (!frame->dropped)
		result = home_send(frame, frame->out, (u32)length);
	if (result < 0)
		out_count_lost(frame, records, length);
	frame->out_length = 0;
	frame->records = 0;
	return result < 0 ? -1 : 0;
}

/* Puts a record's head at the end of out[]. */
static inline INLINE void out_head(struct frame *frame, u32 kind, u32 id, u32 probe)
{
	u64 at = BOUND(frame->out_length, OUT_MASK);
	struct record *record = (struct record *)(frame->out + at);

	record->size = HEAD;
	record->kind = (u16)kind;
	record->slot = (u16)frame->slot;
	record->id = id;
	record->probe = probe;
	frame->record = at;
	frame->out_length = at + HEAD;
}

/* Sends what there is of the record, and goes on in a new one. */
GLOBAL int global_out_split(struct frame *frame)
{
	struct record *record;
	u32 id, probe;

	if (!frame)
		return -1;
	record = (struct record *)(frame->out + BOUND(frame->record, OUT_MASK));
	record->size = (u32)(frame->out_length - frame->record);
	record->kind |= RECORD_MORE;
	id = record->id;
	probe = record->probe;
	if (global_out_send(frame) < 0)
		frame->dropped = 1;
	out_head(frame, RECORD_CONTINUED, id, probe);
	return 0;
}

GLOBAL int global_out_begin(struct frame *frame, u32 kind, u32 id, u32 probe, u32 most)
{
	if (!frame)
		return -1;
	if (frame->out_length + HEAD + most > FRAME_OUT && frame->out_length)
		global_out_send(frame);
	out_head(frame, kind, id, probe);
	frame->records++;
	return 0;
}

INLINE void out_begin(struct run *run, u32 kind, u32 id, u32 most)
{
	global_out_begin(run->frame, kind, id, run->probe, most);
}

INLINE void out_long(struct run *run, i64 value)
{
	struct frame *frame = run->frame;
	u64 at = frame->out_length;

	if (at > FRAME_OUT - 8) {
		global_out_split(frame);
		at = frame->out_length;
	}
	*(i64 *)(frame->out + BOUND(at, OUT_MASK)) = value;
	frame->out_length = at + 8;
}

/* The end of a string or memory argument of n bytes at `at`: its length in front, zeros behind. */
static inline INLINE void out_text_end(struct frame *frame, u64 at, u32 n)
{
	*(u32 *)(frame->out + BOUND(at, OUT_MASK)) = n;
	*(u64 *)(frame->out + BOUND(at, OUT_MASK) + 4 + BOUND(n, WORK_MASK)) = 0;
	frame->out_length = at + ALIGN8(4 + n);
}

static inline INLINE u64 out_text_begin(struct frame *frame, u32 bound)
{
	if (frame->out_length + 4 + bound + 8 > FRAME_OUT)
		global_out_split(frame);
	return frame->out_length;
}

GLOBAL int global_out_string(struct frame *frame, u64 text, u32 bound)
{
	u32 n;
	u64 at;

	if (!frame)
		return -1;
	bound = at_most(bound, MAX_STRING);
	at = out_text_begin(frame, bound);
	n = home_copy_string(frame->out + BOUND(at, OUT_MASK) + 4, bound + 1, text) - 1;
	out_text_end(frame, at, n);
	return 0;
}

INLINE void out_string(struct run *run, const char *text, u32 bound)
{
	global_out_string(run->frame, home_address(run->frame, text), bound);
}

/* length bytes (at most MAX_STRING) from memory that is known to be readable. */
GLOBAL int global_out_bytes(struct frame *frame, u64 address, u32 length)
{
	u64 at;

	if (!frame)
		return -1;
	length = at_most(length, MAX_STRING);
	at = out_text_begin(frame, length);
	home_copy(frame->out + BOUND(at, OUT_MASK), length, address);
	frame->out_length = at + length;
	return 0;
}

INLINE void out_stat(struct run *run, const struct stat_cell *cell, u32 buckets)
{
	u64 address = home_address(run->frame, cell);
	u32 left = (u32)sizeof(*cell) + buckets * 8;

	for (u32 part = 0; part < 16; part++) {
		u32 n = left < MAX_STRING ? left : MAX_STRING;

		if (!n)
			break;
		global_out_bytes(run->frame, address, n);
		address += n;
		left -= n;
	}
}

INLINE void out_end(struct run *run)
{
	struct frame *frame = run->frame;
	u64 at = BOUND(frame->record, OUT_MASK);

	((struct record *)(frame->out + at))->size = (u32)(frame->out_length - at);
	if (frame->dropped) {
		global_out_send(frame);
		frame->dropped = 0;
	}
}

/* After a read fault the record is taken back, as far as it has not been sent yet. */
INLINE void out_end_or_drop(struct run *run)
{
	struct frame *frame = run->frame;
	u64 at = BOUND(frame->record, OUT_MASK);

	if (!run->error || ((struct record *)(frame->out + at))->kind == RECORD_CONTINUED) {
		out_end(run);
		return;
	}
	frame->out_length = at;
	frame->records--;
}
