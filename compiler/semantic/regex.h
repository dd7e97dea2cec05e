/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Regular expressions: POSIX extended syntax, compiled to a table that is walked with one
 * look-up a byte. The table is plain data without pointers; the layout below is shared with the
 * handler library, in every home.
 *
 * Syntax: . [] [^] [[:class:]] ^ $ ( ) | * + ? {m} {m,} {m,n}, \ before a special character;
 * also (?: ) for a group that captures nothing, and \w \W \s \S \d \D. Matching is by bytes; the
 * match is the leftmost, and of those the longest. Captures are greedy from left to right.
 *
 * How: a Thompson automaton, made deterministic by the subset construction. When captures are
 * asked for, a state is an ordered list of threads, in groups of the same start of match (as
 * RE2's DFA does for leftmost-longest), and every transition records, for each thread of the new
 * state, from which thread of the old one it came and which group borders it passed (D. Dubé and
 * M. Feeley, "Efficiently Building a Parse Tree From a Regular Expression", 2000). The walk
 * remembers the states that it went through; the captures are found by walking back.
 */
#ifndef SPILE_SEMANTIC_REGEX_H
#define SPILE_SEMANTIC_REGEX_H

#include "runtime/handler/abi.h"

enum {
	REGEX_DEAD = 0,   /* this state never matches */
	REGEX_ACCEPT = 1, /* without captures: this state has matched */
	REGEX_GROUPS = 10, /* captures that can be asked for: matched(0) .. matched(9) */
	REGEX_NONE = 0xffff, /* no thread */
	REGEX_NO_POSITION = 0xffff,
};

/*
 * The image; all offsets are in bytes from its start, each part is 8-aligned.
 *
 *   0                        next          accept         back_at          back      size
 *   | struct regex_image ... | u16 next[]  | accept[]     | u32 back_at[]  | back[]  |
 *
 * next: state' = next[state << shift | class_of[byte]], (next_mask + 1) entries, a power of two,
 * so that an index masked by next_mask is always inside. The NUL that ends the text is a byte
 * like any other, of class 0, and after it the state is REGEX_DEAD or REGEX_ACCEPT.
 *
 * Without captures (groups == 0) there is nothing else: a text matches when the walk comes to
 * REGEX_ACCEPT, which can be before its end; both states stay what they are for every byte.
 *
 *     state = image->start;
 *     do { c = text[i++]; state = next(state, c); } while (state > REGEX_ACCEPT);
 *     return state == REGEX_ACCEPT;
 *
 * With captures (groups: 1 + number of ( ) groups, at most REGEX_GROUPS), REGEX_ACCEPT is not
 * used, and the state before byte i (from 0) is kept as trace[i]. accept[state] says which thread
 * matches at this place, and which when the text ends here. The last place with a matching
 * thread is the end of the match; regex_captures() then walks back from there:
 *
 *     back[back_at[state << shift | class] + thread]
 *
 * is where the thread of the new state came from: a thread of the old state (REGEX_NONE: it
 * began here) and the group borders at the place between the two, bit 2g the start and bit 2g+1
 * the end of group g. The threads of the start state have their borders at begin[].
 */
struct regex_accept {
	u16 thread;     /* that has matched before the next byte, or REGEX_NONE */
	u16 end_thread; /* that matches when the text ends here, or REGEX_NONE */
	u32 end_borders; /* group borders that the latter passes at the end */
};

struct regex_back {
	u32 borders;
	u32 thread;
};

struct regex_image {
	u32 size;      /* of the image in bytes */
	u32 states;
	u32 shift;     /* log2 of the entries of a state in next[] and back_at[] */
	u32 next_mask;
	u32 start;     /* the start state */
	u32 groups;    /* 0: no captures */
	u32 next, accept, back_at, back, begin; /* offsets; all but `next` 0 without captures */
	u32 n_back, n_begin; /* entries */
	u32 spare[3];
	u8 class_of[256];
};

static inline u32 regex_next(const struct regex_image *image, u32 state, u8 byte)
{
	const u16 *next = (const u16 *)((const char *)image + image->next);

	return next[(state << image->shift | image->class_of[byte]) & image->next_mask];
}

#ifndef __bpf__

#include "compiler/syntax/diag.h"

/* A compiled expression. */
struct dfa {
	const char *pattern;
	unsigned groups; /* captures that the image can tell; 0: only whether it matches */
	unsigned n_groups; /* ( ) groups of the pattern, for ngroups(): 1 + their number */
	const struct regex_image *image;
};

/*
 * Compiles a pattern (NUL-terminated). NULL with *error (and *at, the offset in the pattern) when
 * it is not well formed, or needs more than 20 000 states or 4 MB.
 */
struct dfa *regex_compile(struct arena *arena, const char *pattern, bool captures,
			  const char **error, unsigned *at);

/*
 * The walk as the handler library does it: true when the text matches. With captures, starts and
 * ends of the groups go to position[2 * g] and position[2 * g + 1], REGEX_NO_POSITION: the group
 * took no part. trace: room for the length of the text + 1.
 */
bool regex_match_text(const struct dfa *dfa, const char *text, u16 *trace, u16 *position);

/* ---- between the two halves of the compiler ------------------------------------------------ */

enum regex_op {
	REGEX_SET,   /* a byte of sets[x] */
	REGEX_SPLIT, /* go on at x, and with less priority at y */
	REGEX_JUMP,  /* x */
	REGEX_BORDER, /* group border x */
	REGEX_BEGIN, /* only at the start of the text */
	REGEX_END,   /* only at its end */
	REGEX_MATCH,
};

struct regex_insn {
	enum regex_op op;
	unsigned x, y;
};

struct regex_set {
	u8 bit[32];
};

struct regex_program {
	struct arena *arena;
	struct {
		VEC(struct regex_insn);
	} insns;
	struct {
		VEC(struct regex_set);
	} sets;
	unsigned groups; /* 1 + number of ( ) */
	const char *error;
	unsigned error_at;
};

/* regex_parse.c: the automaton of a pattern; program->error is set when it is not well formed. */
void regex_parse(struct regex_program *program, const char *pattern);

#endif
#endif
