/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Structures that are described by a table (compiler/probes/structures.table), member by member.
 */
#ifndef SPILE_HANDLER_SYSCALL_MEMBERS_H
#define SPILE_HANDLER_SYSCALL_MEMBERS_H

#include "runtime/handler/syscall_print.h"

enum member_kind {
	MEMBER_literal, MEMBER_d, MEMBER_ld, MEMBER_u, MEMBER_lu, MEMBER_x, MEMBER_lx, MEMBER_p,
	MEMBER_e, MEMBER_f, MEMBER_g, MEMBER_o, MEMBER_path, MEMBER_text, MEMBER_caps, MEMBER_bit,
	MEMBER_version, MEMBER_perfconfig, MEMBER_perfperiod, MEMBER_precise,
};

enum { MEMBERS = 512, STRUCTURES = 64 }; /* powers of two over their numbers */

struct member {
	u16 offset;
	u8 bytes, kind, param, optional;
};
static const struct member members[MEMBERS] = {
#define MEMBER(offset, bytes, kind, param, optional) {offset, bytes, kind, param, optional},
#include "compiler/probes/syscalls.inc"
#undef MEMBER
};
static const u16 member_names[MEMBERS] = {
#define MEMBER_TEXT(offset) offset,
#include "compiler/probes/syscalls.inc"
#undef MEMBER_TEXT
};

struct structure_entry {
	u16 size, first, n;
};
static const struct structure_entry structures[STRUCTURES] = {
#define STRUCTURE(name, size, first, n) {size, first, n},
#include "compiler/probes/syscalls.inc"
#undef STRUCTURE
};

/* Eight bytes at an offset; a structure has room behind it. */
static inline INLINE u64 word_of(struct frame *frame, u32 offset)
{
	return *(const u64 *)(PRINT(frame)->structure + BOUND(offset, STRUCTURE_MOST - 1));
}

static inline INLINE u64 member_value(struct frame *frame, const struct member *member)
{
	u64 value = word_of(frame, member->offset);
	u32 spare = 64 - 8 * (member->bytes & 7 ? member->bytes & 7 : 8);

	switch (member->kind) {
	case MEMBER_d:
	case MEMBER_ld:
	case MEMBER_e:
		return (u64)((i64)(value << (spare & 63)) >> (spare & 63));
	case MEMBER_caps:
		return (u32)value | word_of(frame, member->offset + 12) << 32;
	case MEMBER_bit:
		return value >> (member->param & 63) & 1;
	default:
		return value << (spare & 63) >> (spare & 63);
	}
}

/* The characters of a member, up to a NUL. */
static inline INLINE void put_characters(struct frame *frame, u32 offset)
{
	put_char(frame, '"');
	put_here(frame, PRINT(frame)->structure + BOUND(offset, STRUCTURE_MOST - 1));
	put_char(frame, '"');
}

/* What perf_event_attr.config says depends on the type, the period on a bit. */
static inline INLINE void put_perf(struct frame *frame, u32 kind, u64 value)
{
	u32 type = (u32)word_of(frame, 0);

	if (kind == MEMBER_perfperiod) {
		put_here(frame, word_of(frame, 40) >> 10 & 1 ? "sample_freq=" : "sample_period=");
		global_put_number(frame, value, 'u');
	} else if (type < 2) {
		global_put_flags(frame, type ? TABLE_perfsw : TABLE_perfhw, value, 1);
	} else {
		global_put_number(frame, value, 'x');
	}
}

/* How far behind the event its sample may be: two bits. */
static inline INLINE void put_precise(struct frame *frame, u64 bits)
{
	u64 precise = bits >> 15 & 3;

	global_put_number(frame, precise, 'u');
	put_here(frame, precise == 0   ? " /* arbitrary skid */"
			: precise == 1 ? " /* constant skid */"
			: precise == 2 ? " /* requested to have 0 skid */"
				       : " /* must have 0 skid */");
}

static inline INLINE void put_version(struct frame *frame, u64 value)
{
	put_here(frame, "KERNEL_VERSION(");
	global_put_number(frame, value >> 16, 'u');
	put_here(frame, ", ");
	global_put_number(frame, value >> 8 & 0xff, 'u');
	put_here(frame, ", ");
	global_put_number(frame, value & 0xff, 'u');
	put_here(frame, ")");
}

static inline INLINE void put_member_value(struct frame *frame, const struct member *member, u64 value)
{
	switch (member->kind) {
	case MEMBER_d:
	case MEMBER_ld:
		global_put_number(frame, value, 'd');
		break;
	case MEMBER_x:
	case MEMBER_lx:
		global_put_number(frame, value, 'x');
		break;
	case MEMBER_o:
		global_put_number(frame, value, 'o');
		break;
	case MEMBER_p:
		put_here(frame, value ? "" : "NULL");
		if (value)
			global_put_number(frame, value, 'x');
		break;
	case MEMBER_e:
	case MEMBER_f:
	case MEMBER_g:
		if (value || member->kind != MEMBER_g)
			global_put_flags(frame, member->param, value, member->kind == MEMBER_e);
		break;
	case MEMBER_caps:
		global_put_flags(frame, TABLE_capset, value, 0);
		break;
	case MEMBER_path:
		global_put_string(frame, value, 0);
		break;
	case MEMBER_text:
		put_characters(frame, member->offset);
		break;
	case MEMBER_version:
		put_version(frame, value);
		break;
	case MEMBER_perfconfig:
	case MEMBER_perfperiod:
		put_perf(frame, member->kind, value);
		break;
	case MEMBER_precise:
		put_precise(frame, value);
		break;
	default:
		global_put_number(frame, value, 'u');
	}
}

static long member_turn(u32 i, struct printing *printing)
{
	struct frame *frame = printing->frame;
	u64 at = BOUND(PRINT(frame)->member_first + i, MEMBERS - 1);
	const struct member *member = &members[at];
	u64 value;

	if (member->kind == MEMBER_literal) {
		put_name(frame, member_names[at]);
		return 0;
	}
	if (member->offset + member->bytes > PRINT(frame)->structure_size)
		return 0;
	value = member_value(frame, member);
	if (member->optional && !value)
		return 0;
	if (PRINT(frame)->some_members)
		put_here(frame, ", ");
	PRINT(frame)->some_members = 1;
	put_name(frame, member_names[at]);
	put_member_value(frame, member, value);
	return 0;
}

/* A structure at an address; size: of it that there is, 0 for all. */
GLOBAL int global_put_members(struct frame *frame, u64 address, u32 structure, u32 size)
{
	struct printing printing = {frame};
	u64 at = BOUND(structure, STRUCTURES - 1);
	struct print *print;

	if (!frame)
		return 0;
	print = PRINT(frame);
	if (!size || size > structures[at].size)
		size = structures[at].size;
	if (!address || bpf_probe_read_user(print->structure, (u32)BOUND(size, STRUCTURE_MOST - 1),
					    (const void *)address)) {
		put_pointer(frame, address);
		return 0;
	}
	print->structure_size = size;
	print->some_members = 0;
	print->member_first = structures[at].first;
	put_char(frame, '{');
	home_loop(structures[at].n, member_turn, &printing);
	put_char(frame, '}');
	return 0;
}

#endif
