/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a Thompson automaton to the table of a deterministic one. See regex.h for the method and
 * the layout.
 */
#include <stdlib.h>
#include <string.h>

#include "compiler/semantic/regex.h"

enum {
	MAX_STATES = 20000,
	MAX_BACK = 400000,   /* entries */
	ITEM_MARK = 0xfffe,  /* between threads of different starts */
	ITEM_RESTART = 0xfffd, /* a match may also start after the next byte */
};

struct item {
	u32 pc; /* an instruction that waits for a byte or the end, a mark, the restart */
	u32 origin, borders;
};

struct list {
	VEC(struct item);
};

struct state {
	const u16 *items;
	unsigned n;
	struct state *next; /* same hash */
	unsigned index;
};

enum { HASH_SIZE = 4096 };

struct builder {
	struct arena *arena;
	const struct regex_program *program;
	bool captures;
	const char *error;

	u8 class_of[256], sample[256]; /* a byte of each class */
	unsigned classes, shift;

	struct {
		VEC(struct state *);
	} states;
	struct state *hash[HASH_SIZE];
	struct {
		VEC(u16);
	} next;
	struct {
		VEC(struct regex_accept);
	} accept;
	struct {
		VEC(u32);
	} back_at;
	struct {
		VEC(struct regex_back);
	} back;
	struct list begin;

	unsigned *seen, stamp; /* by instruction: already in the list being made */
	struct item *stack;
};

/* ---- classes of bytes that no set tells apart ---------------------------------------------------- */

static bool in_set(const struct regex_set *set, unsigned byte)
{
	return set->bit[byte / 8] >> byte % 8 & 1;
}

static void split_classes(struct builder *builder, const struct regex_set *set)
{
	unsigned inside[256], n = builder->classes;

	memset(inside, 0xff, sizeof(inside));
	for (unsigned byte = 1; byte < 256; byte++) {
		unsigned class = builder->class_of[byte];
		bool outside_too = false;

		if (!in_set(set, byte))
			continue;
		if (inside[class] == ~0u) {
			for (unsigned other = 1; other < 256 && !outside_too; other++)
				outside_too = builder->class_of[other] == class &&
					      !in_set(set, other);
			inside[class] = outside_too ? n++ : class;
		}
		builder->class_of[byte] = (u8)inside[class];
	}
	builder->classes = n;
}

static void find_classes(struct builder *builder)
{
	memset(builder->class_of, 1, sizeof(builder->class_of));
	builder->class_of[0] = 0;
	builder->classes = 2;
	for (unsigned i = 0; i < builder->program->sets.n; i++)
		split_classes(builder, &builder->program->sets.v[i]);
	for (unsigned byte = 0; byte < 256; byte++)
		builder->sample[builder->class_of[byte]] = (u8)byte;
	while (1u << builder->shift < builder->classes)
		builder->shift++;
}

/* ---- lists of threads ------------------------------------------------------------------------------- */

static void push(struct builder *builder, struct list *list, u32 pc, u32 origin, u32 borders)
{
	struct item item = { pc, origin, borders };

	VEC_PUSH(builder->arena, list, item);
}

/*
 * Adds what can be reached from `pc` without a byte, in the order of priority. True when that
 * is a match.
 */
static bool follow(struct builder *builder, struct list *list, struct item from, bool at_start,
		   bool at_end)
{
	unsigned depth = 0;
	bool matched = false;

	builder->stack[depth++] = from;
	while (depth) {
		struct item item = builder->stack[--depth];
		const struct regex_insn *insn = &builder->program->insns.v[item.pc];

		if (builder->seen[item.pc] == builder->stamp)
			continue;
		builder->seen[item.pc] = builder->stamp;
		switch (insn->op) {
		case REGEX_SPLIT:
			builder->stack[depth++] = (struct item){ insn->y, item.origin, item.borders };
			builder->stack[depth++] = (struct item){ insn->x, item.origin, item.borders };
			break;
		case REGEX_JUMP:
			builder->stack[depth++] = (struct item){ insn->x, item.origin, item.borders };
			break;
		case REGEX_BORDER:
			builder->stack[depth++] = (struct item){ item.pc + 1, item.origin,
								 item.borders | 1u << insn->x };
			break;
		case REGEX_BEGIN:
			if (at_start)
				builder->stack[depth++] = (struct item){ item.pc + 1, item.origin,
									 item.borders };
			break;
		case REGEX_END:
			if (at_end)
				builder->stack[depth++] = (struct item){ item.pc + 1, item.origin,
									 item.borders };
			else
				push(builder, list, item.pc, item.origin, item.borders);
			break;
		case REGEX_SET:
			push(builder, list, item.pc, item.origin, item.borders);
			break;
		case REGEX_MATCH:
			matched = true;
			push(builder, list, item.pc, item.origin, item.borders);
			break;
		}
	}
	return matched;
}

static void push_mark(struct builder *builder, struct list *list)
{
	if (list->n && list->v[list->n - 1].pc != ITEM_MARK)
		push(builder, list, ITEM_MARK, REGEX_NONE, 0);
}

static void drop_last_mark(struct list *list)
{
	if (list->n && list->v[list->n - 1].pc == ITEM_MARK)
		list->n--;
}

/* The list after a byte; true: a match (which captures have in the list). */
static bool advance(struct builder *builder, const struct state *state, u8 byte, struct list *out)
{
	const struct regex_program *program = builder->program;
	bool matched = false;

	out->n = 0;
	builder->stamp++;
	for (unsigned i = 0; i < state->n; i++) {
		u32 pc = state->items[i];
		struct item item = { pc + 1, i, 0 };

		if ((pc == ITEM_MARK || pc == ITEM_RESTART) && matched)
			break;
		if (pc == ITEM_MARK) {
			push_mark(builder, out);
		} else if (pc == ITEM_RESTART) {
			push_mark(builder, out);
			item = (struct item){ 0, REGEX_NONE, 0 };
			matched |= follow(builder, out, item, false, false);
			drop_last_mark(out);
			if (!matched)
				push(builder, out, ITEM_RESTART, REGEX_NONE, 0);
		} else if (program->insns.v[pc].op == REGEX_SET &&
			   in_set(&program->sets.v[program->insns.v[pc].x], byte)) {
			matched |= follow(builder, out, item, false, false);
		}
	}
	drop_last_mark(out);
	return matched;
}

/* ---- states --------------------------------------------------------------------------------------------- */

static int by_pc(const void *a, const void *b)
{
	u32 left = ((const struct item *)a)->pc, right = ((const struct item *)b)->pc;

	return left < right ? -1 : left > right;
}

/* What the match ends with when the text ends in this state. */
static void find_accept(struct builder *builder, const struct state *state,
			struct regex_accept *accept)
{
	const struct regex_program *program = builder->program;
	struct list reached = { .n = 0 };

	accept->thread = accept->end_thread = REGEX_NONE;
	for (unsigned i = 0; i < state->n; i++) {
		u32 pc = state->items[i];
		struct item item = { pc + 1, 0, 0 };

		if (pc == ITEM_MARK || pc == ITEM_RESTART)
			continue;
		if (program->insns.v[pc].op == REGEX_MATCH) {
			accept->thread = (u16)i;
			if (accept->end_thread == REGEX_NONE)
				accept->end_thread = (u16)i;
		}
		if (program->insns.v[pc].op != REGEX_END || accept->end_thread != REGEX_NONE)
			continue;
		builder->stamp++;
		reached.n = 0;
		if (!follow(builder, &reached, item, false, true))
			continue;
		accept->end_thread = (u16)i;
		for (unsigned k = 0; k < reached.n; k++)
			if (program->insns.v[reached.v[k].pc].op == REGEX_MATCH)
				accept->end_borders = reached.v[k].borders;
	}
}

static unsigned hash_items(const u16 *items, unsigned n)
{
	unsigned hash = 2166136261u;

	for (unsigned i = 0; i < n; i++)
		hash = (hash ^ items[i]) * 16777619u;
	return (hash ^ hash >> 13) % HASH_SIZE;
}

static struct state *state_add(struct builder *builder, const u16 *items, unsigned n)
{
	struct state *state = ARENA_NEW(builder->arena, struct state);
	struct regex_accept accept = { .thread = REGEX_NONE };

	state->items = items;
	state->n = n;
	state->index = builder->states.n;
	VEC_PUSH(builder->arena, &builder->states, state);
	find_accept(builder, state, &accept);
	VEC_PUSH(builder->arena, &builder->accept, accept);
	for (unsigned i = 0; i < 1u << builder->shift; i++) {
		VEC_PUSH(builder->arena, &builder->next, 0);
		if (builder->captures)
			VEC_PUSH(builder->arena, &builder->back_at, 0);
	}
	if (builder->states.n > MAX_STATES)
		builder->error = "the expression needs too many states";
	return state;
}

/* The state of a list of threads, known or new. */
static unsigned state_of(struct builder *builder, struct list *list)
{
	u16 *items;
	unsigned hash;

	if (!list->n)
		return REGEX_DEAD;
	if (!builder->captures)
		qsort(list->v, list->n, sizeof(*list->v), by_pc);
	items = ARENA_ARRAY(builder->arena, u16, list->n);
	for (unsigned i = 0; i < list->n; i++)
		items[i] = (u16)list->v[i].pc;
	hash = hash_items(items, list->n);
	for (struct state *at = builder->hash[hash]; at; at = at->next)
		if (at->n == list->n && !memcmp(at->items, items, at->n * sizeof(*items)))
			return at->index;
	{
		struct state *state = state_add(builder, items, list->n);

		state->next = builder->hash[hash];
		builder->hash[hash] = state;
		return state->index;
	}
}

static void remember_origins(struct builder *builder, unsigned slot, const struct list *list)
{
	builder->back_at.v[slot] = builder->back.n;
	for (unsigned i = 0; i < list->n; i++) {
		struct regex_back back = { list->v[i].borders, list->v[i].origin };

		VEC_PUSH(builder->arena, &builder->back, back);
	}
	if (builder->back.n > MAX_BACK)
		builder->error = "the expression needs too much memory";
}

static void build_transitions(struct builder *builder, unsigned index, struct list *list)
{
	for (unsigned class = 0; class < builder->classes && !builder->error; class++) {
		unsigned slot = index << builder->shift | class, to;
		bool matched;

		if (!class) {
			bool ends = builder->accept.v[index].end_thread != REGEX_NONE;

			builder->next.v[slot] =
				ends && !builder->captures ? REGEX_ACCEPT : REGEX_DEAD;
			continue;
		}
		matched = advance(builder, builder->states.v[index], builder->sample[class], list);
		if (matched && !builder->captures)
			to = REGEX_ACCEPT;
		else
			to = state_of(builder, list);
		builder->next.v[slot] = (u16)to;
		if (builder->captures && to != REGEX_DEAD)
			remember_origins(builder, slot, list);
	}
}

static unsigned build_start(struct builder *builder)
{
	struct item from = { 0, REGEX_NONE, 0 };
	bool matched;

	state_add(builder, NULL, 0); /* REGEX_DEAD */
	state_add(builder, NULL, 0); /* REGEX_ACCEPT */
	for (unsigned class = 0; class < builder->classes; class++)
		builder->next.v[REGEX_ACCEPT << builder->shift | class] =
			builder->captures ? REGEX_DEAD : REGEX_ACCEPT;
	builder->stamp++;
	matched = follow(builder, &builder->begin, from, true, false);
	if (matched && !builder->captures)
		return REGEX_ACCEPT;
	if (!matched)
		push(builder, &builder->begin, ITEM_RESTART, REGEX_NONE, 0);
	return state_of(builder, &builder->begin);
}

static unsigned build(struct builder *builder)
{
	struct list list = { .n = 0 };
	unsigned n = builder->program->insns.n, start;

	builder->seen = ARENA_ARRAY(builder->arena, unsigned, n + 1);
	builder->stack = ARENA_ARRAY(builder->arena, struct item, 2 * n + 2);
	find_classes(builder);
	start = build_start(builder);
	for (unsigned i = 2; i < builder->states.n && !builder->error; i++)
		build_transitions(builder, i, &list);
	return start;
}

/* ---- the image -------------------------------------------------------------------------------------------- */

static u32 reserve(struct regex_image *header, size_t bytes)
{
	u32 at = header->size;

	header->size += (u32)ALIGN8(bytes);
	return at;
}

static const struct regex_image *make_image(struct builder *builder, unsigned start)
{
	struct regex_image header = { .size = sizeof(header),
				      .states = builder->states.n,
				      .shift = builder->shift,
				      .start = start,
				      .n_back = builder->back.n,
				      .n_begin = builder->begin.n };
	u32 entries = 1;
	char *image;

	while (entries < builder->next.n)
		entries *= 2;
	header.next_mask = entries - 1;
	memcpy(header.class_of, builder->class_of, sizeof(header.class_of));
	header.next = reserve(&header, entries * sizeof(u16));
	if (builder->captures) {
		unsigned groups = builder->program->groups;

		header.groups = groups < REGEX_GROUPS ? groups : REGEX_GROUPS;
		header.accept = reserve(&header, builder->accept.n * sizeof(struct regex_accept));
		header.back_at = reserve(&header, builder->back_at.n * sizeof(u32));
		header.back = reserve(&header, builder->back.n * sizeof(struct regex_back));
		header.begin = reserve(&header, builder->begin.n * sizeof(u32));
	}
	image = arena_alloc(builder->arena, header.size);
	memcpy(image, &header, sizeof(header));
	memcpy(image + header.next, builder->next.v, builder->next.n * sizeof(u16));
	if (!builder->captures)
		return (const struct regex_image *)image;
	memcpy(image + header.accept, builder->accept.v,
	       builder->accept.n * sizeof(struct regex_accept));
	memcpy(image + header.back_at, builder->back_at.v, builder->back_at.n * sizeof(u32));
	if (builder->back.n)
		memcpy(image + header.back, builder->back.v,
		       builder->back.n * sizeof(struct regex_back));
	for (unsigned i = 0; i < builder->begin.n; i++)
		((u32 *)(image + header.begin))[i] = builder->begin.v[i].borders;
	return (const struct regex_image *)image;
}

struct dfa *regex_compile(struct arena *arena, const char *pattern, bool captures,
			  const char **error, unsigned *at)
{
	struct regex_program program = { .arena = arena };
	struct builder *builder = ARENA_NEW(arena, struct builder);
	struct dfa *dfa = ARENA_NEW(arena, struct dfa);
	unsigned start;

	regex_parse(&program, pattern);
	*error = program.error;
	*at = program.error_at;
	if (program.error)
		return NULL;
	builder->arena = arena;
	builder->program = &program;
	builder->captures = captures;
	start = build(builder);
	*error = builder->error;
	if (builder->error)
		return NULL;
	dfa->pattern = pattern;
	dfa->n_groups = program.groups;
	dfa->image = make_image(builder, start);
	dfa->groups = dfa->image->groups;
	return dfa;
}

/* ---- the walk ------------------------------------------------------------------------------------------------- */

static void set_borders(u32 borders, u16 at, unsigned groups, u16 *position)
{
	for (unsigned i = 0; i < 2 * groups; i++)
		if (borders >> i & 1 && position[i] == REGEX_NO_POSITION)
			position[i] = at;
}

/* Back from the end of the match; the borders nearest to the end count. */
static void walk_back(const struct regex_image *image, const char *text, const u16 *trace,
		      unsigned end, u32 thread, u16 *position)
{
	const char *base = (const char *)image;
	const u32 *back_at = (const u32 *)(base + image->back_at);
	const struct regex_back *back = (const struct regex_back *)(base + image->back);
	const u32 *begin = (const u32 *)(base + image->begin);

	for (unsigned at = end; at > 0 && thread != REGEX_NONE; at--) {
		u8 byte = (u8)text[at - 1];
		u32 slot = (u32)trace[at - 1] << image->shift | image->class_of[byte];
		const struct regex_back *step = &back[back_at[slot] + thread];

		set_borders(step->borders, (u16)at, image->groups, position);
		thread = step->thread;
	}
	if (thread != REGEX_NONE)
		set_borders(begin[thread], 0, image->groups, position);
}

static bool match_captures(const struct regex_image *image, const char *text, u16 *trace,
			   u16 *position)
{
	const struct regex_accept *accept =
		(const struct regex_accept *)((const char *)image + image->accept);
	u32 state = image->start, thread = REGEX_NONE, borders = 0;
	unsigned end = 0;

	for (unsigned i = 0; state != REGEX_DEAD; i++) {
		u32 found = text[i] ? accept[state].thread : accept[state].end_thread;

		trace[i] = (u16)state;
		if (found != REGEX_NONE) {
			thread = found;
			end = i;
			borders = text[i] ? 0 : accept[state].end_borders;
		}
		if (!text[i])
			break;
		state = regex_next(image, state, (u8)text[i]);
	}
	if (thread == REGEX_NONE)
		return false;
	for (unsigned i = 0; i < 2 * image->groups; i++)
		position[i] = REGEX_NO_POSITION;
	set_borders(borders, (u16)end, image->groups, position);
	walk_back(image, text, trace, end, thread, position);
	return true;
}

bool regex_match_text(const struct dfa *dfa, const char *text, u16 *trace, u16 *position)
{
	u32 state = dfa->image->start;

	if (dfa->image->groups)
		return match_captures(dfa->image, text, trace, position);
	do
		state = regex_next(dfa->image, state, (u8)*text++);
	while (state > REGEX_ACCEPT);
	return state == REGEX_ACCEPT;
}
