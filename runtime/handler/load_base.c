/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a file is loaded in the process that runs, found in the process's own memory: the auxiliary
 * vector tells where the program and its loader are, and the program's dynamic section leads to
 * the loader's list of what it has mapped (struct r_debug of <link.h>), one list a namespace. A file
 * that is in several of them (dlmopen()) is not told apart.
 *
 * A place is only believed when 16 bytes of the file stand there: of its build ID, as the compiler
 * says. So it does not matter how a file is called, and which of several processes this is.
 */
#include "runtime/handler/home.h"

enum base_phase { BASE_AUXILIARY, BASE_HEADERS, BASE_DYNAMIC, BASE_NAMESPACE, BASE_MAP };
/* Of <elf.h>, which BPF can not include. */
enum { AUXILIARY_END, AUXILIARY_HEADERS = 3, AUXILIARY_N_HEADERS = 5, AUXILIARY_LOADER = 7 };
enum { HEADER_DYNAMIC = 2, HEADER_HEADERS = 6, DYNAMIC_END = 0, DYNAMIC_DEBUG = 21 };
enum { MOST_AUXILIARY = 40, MOST_HEADERS = 64, MOST_STEPS = 1 << 14, HEADER_SIZE = 56 };
/* No page begins there. */
enum { BASE_MISSING = -1, BASE_UNREADABLE = -2, BASE_TWICE = -3 };
/* Offsets in struct r_debug (the last one in glibc's since version 2) and struct link_map. */
enum { DEBUG_MAP = 8, DEBUG_NEXT = 40, MAP_NEXT = 24 };

/* In the work buffer a. */
struct base_walk {
	u64 where, first, second; /* the 16 bytes, and their address in the file; where 0: asks for
				     the address of the program headers instead */
	u64 headers_at;           /* address of the program headers in the file; 0: not loaded */
	u64 phase, at, left;
	u64 headers, n_headers, loader; /* of the auxiliary vector */
	u64 bias, dynamic;
	u64 debug;
	u64 found;
};

struct bases {
	struct frame *frame;
};

static inline INLINE struct base_walk *base_walk_of(struct frame *frame)
{
	return (struct base_walk *)frame->work.a;
}

/* 1, as it is found. */
static inline INLINE long base_try(struct base_walk *walk, u64 base, u32 waits)
{
	u64 word = 0;

	if (home_read_word(base + walk->where, waits, &word) || word != walk->first ||
	    home_read_word(base + walk->where + 8, waits, &word) || word != walk->second)
		return 0;
	walk->found = base;
	return 1;
}

static inline INLINE long base_stop(struct base_walk *walk, i64 why)
{
	walk->found = (u64)why;
	return 1;
}

static inline INLINE long base_is_found(const struct base_walk *walk)
{
	return (i64)walk->found >= 0;
}

/* What was found before is it. */
static inline INLINE long base_end(struct base_walk *walk, i64 why)
{
	return base_is_found(walk) ? 1 : base_stop(walk, why);
}

static inline INLINE long base_next(struct base_walk *walk, u64 phase, u64 at)
{
	walk->phase = phase;
	walk->at = at;
	return 0;
}

static inline INLINE long base_auxiliary(struct base_walk *walk, u32 waits)
{
	u64 type = AUXILIARY_END, value = 0;

	if (walk->at < MOST_AUXILIARY)
		home_auxiliary((u32)walk->at, &type, &value);
	walk->at++;
	if (type == AUXILIARY_HEADERS)
		walk->headers = value;
	if (type == AUXILIARY_N_HEADERS)
		walk->n_headers = value;
	if (type == AUXILIARY_LOADER)
		walk->loader = value;
	if (type != AUXILIARY_END)
		return 0;
	if (!walk->headers)
		return base_stop(walk, BASE_MISSING);
	if (!walk->where)
		return base_stop(walk, (i64)walk->headers);
	if (walk->headers_at && base_try(walk, walk->headers - walk->headers_at, waits))
		return 1;
	if (walk->loader && base_try(walk, walk->loader, waits))
		return 1;
	walk->left = walk->n_headers < MOST_HEADERS ? walk->n_headers : MOST_HEADERS;
	return base_next(walk, BASE_HEADERS, walk->headers);
}

/* One of the program's headers, or behind them. */
static inline INLINE long base_header(struct base_walk *walk, u32 waits)
{
	u64 type = 0, address = 0;

	if (!walk->left)
		return walk->dynamic ? base_next(walk, BASE_DYNAMIC, walk->dynamic + walk->bias)
				     : base_stop(walk, BASE_MISSING);
	if (home_read_word(walk->at, waits, &type) || home_read_word(walk->at + 16, waits, &address))
		return base_stop(walk, BASE_UNREADABLE);
	type &= 0xffffffff;
	if (type == HEADER_HEADERS)
		walk->bias = walk->headers - address;
	if (type == HEADER_DYNAMIC)
		walk->dynamic = address;
	walk->at += HEADER_SIZE;
	walk->left--;
	return 0;
}

static inline INLINE long base_dynamic(struct base_walk *walk, u32 waits)
{
	u64 tag = 0, value = 0;

	if (home_read_word(walk->at, waits, &tag) || home_read_word(walk->at + 8, waits, &value))
		return base_stop(walk, BASE_UNREADABLE);
	if (tag == DYNAMIC_END)
		return base_stop(walk, BASE_MISSING);
	walk->at += 16;
	return tag == DYNAMIC_DEBUG ? base_next(walk, BASE_NAMESPACE, value) : 0;
}

static inline INLINE long base_namespace(struct base_walk *walk, u32 waits)
{
	u64 first = 0;

	if (!walk->at)
		return base_end(walk, BASE_MISSING);
	walk->debug = walk->at;
	if (home_read_word(walk->debug + DEBUG_MAP, waits, &first))
		return base_stop(walk, BASE_UNREADABLE);
	return base_next(walk, BASE_MAP, first);
}

/* Whether the loader has another namespace behind this one: 0 no, its address, or what failed. */
static inline INLINE long base_more(u64 debug, u32 waits, u64 *next)
{
	u64 version = 0;

	*next = 0;
	return home_read_word(debug, waits, &version) ||
	       ((u32)version >= 2 && home_read_word(debug + DEBUG_NEXT, waits, next));
}

static inline INLINE long base_map(struct base_walk *walk, u32 waits)
{
	u64 next = 0, base = 0, before = walk->found;

	if (walk->at) {
		if (home_read_word(walk->at, waits, &base) ||
		    home_read_word(walk->at + MAP_NEXT, waits, &next))
			return base_stop(walk, BASE_UNREADABLE);
		walk->at = next;
		if (!base_try(walk, base, waits))
			return 0;
		walk->at = 0;
		return (i64)before >= 0 && before != base ? base_stop(walk, BASE_TWICE) : 0;
	}
	if (base_more(walk->debug, waits, &next))
		return base_stop(walk, BASE_UNREADABLE);
	return base_next(walk, BASE_NAMESPACE, next);
}

static inline INLINE long base_step(struct bases *bases, u32 waits)
{
	struct base_walk *walk = base_walk_of(bases->frame);

	switch (walk->phase) {
	case BASE_AUXILIARY:
		return base_auxiliary(walk, waits);
	case BASE_HEADERS:
		return base_header(walk, waits);
	case BASE_DYNAMIC:
		return base_dynamic(walk, waits);
	case BASE_NAMESPACE:
		return base_namespace(walk, waits);
	default:
		return base_map(walk, waits);
	}
}

static long base_turn(u32 i, struct bases *bases)
{
	(void)i;
	return base_step(bases, 0);
}

static long base_turn_waiting(u32 i, struct bases *bases)
{
	(void)i;
	return base_step(bases, 1);
}

/*
 * Where files were found last, by their bytes: tried first, and believed like any other place, so
 * that it does not matter if another process or file was meant. debug: of the loader's lists, which
 * must still be one; 0: it was found without them, and is in the process once.
 */
enum { BASE_HINTS = 64 };
struct base_hint {
	u64 base, debug;
} spile_base_hints[BASE_HINTS];

static inline INLINE struct base_hint *base_hint(u64 first)
{
	return &spile_base_hints[first & (BASE_HINTS - 1)];
}

static inline INLINE long base_still(struct base_walk *walk, const struct base_hint *hint)
{
	u64 next = 0;

	return hint->base && walk->where &&
	       (!hint->debug || (!base_more(hint->debug, 0, &next) && !next)) &&
	       base_try(walk, hint->base, 0);
}

static inline INLINE u64 base_find(struct frame *frame, const struct base_walk *wanted,
				   long (*turn)(u32 i, struct bases *bases))
{
	struct base_walk *walk = base_walk_of(frame);
	struct bases bases = {frame};
	struct base_hint hint = *base_hint(wanted->first);

	*walk = *wanted;
	walk->found = (u64)BASE_MISSING;
	if (base_still(walk, &hint))
		return hint.base;
	walk->found = (u64)BASE_MISSING;
	home_loop(MOST_STEPS, turn, &bases);
	if (walk->where && base_is_found(walk)) {
		hint.base = walk->found;
		hint.debug = walk->debug;
		*base_hint(wanted->first) = hint;
	}
	return walk->found;
}

GLOBAL u64 global_load_base(struct frame *frame, u64 where, u64 first, u64 second, u64 headers_at)
{
	struct base_walk wanted = {
		.where = where, .first = first, .second = second, .headers_at = headers_at};

	return frame ? base_find(frame, &wanted, base_turn) : (u64)BASE_MISSING;
}

GLOBAL u64 global_load_base_waiting(struct frame *frame, u64 where, u64 first, u64 second,
				    u64 headers_at)
{
	struct base_walk wanted = {
		.where = where, .first = first, .second = second, .headers_at = headers_at};

	return frame ? base_find(frame, &wanted, base_turn_waiting) : (u64)BASE_MISSING;
}

INLINE i64 fn_user_load_base(struct run *run, i64 where, i64 first, i64 second, i64 headers_at)
{
	return (i64)global_load_base(run->frame, (u64)where, (u64)first, (u64)second,
				     (u64)headers_at);
}

INLINE i64 fn_user_load_base_sleepable(struct run *run, i64 where, i64 first, i64 second,
				       i64 headers_at)
{
	return (i64)global_load_base_waiting(run->frame, (u64)where, (u64)first, (u64)second,
					     (u64)headers_at);
}
