/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looking at types.
 */
#include <string.h>

#include "compiler/debuginfo/ctype.h"

/* Broken debuginfo may make a type refer to itself. */
enum { MAX_DEPTH = 64 };

struct ctype *ctype_new(struct arena *arena, enum ctype_kind kind, const char *name, uint64_t size)
{
	struct ctype *type = ARENA_NEW(arena, struct ctype);

	type->kind = kind;
	type->name = name;
	type->size = size;
	return type;
}

struct ctype *ctype_filled(struct arena *arena, struct ctype *type)
{
	void (*fill)(struct arena *, struct ctype *) = type->fill;

	type->fill = NULL;
	if (fill)
		fill(arena, type);
	return type;
}

struct ctype *ctype_strip(struct arena *arena, struct ctype *type)
{
	for (unsigned depth = 0; type && depth < MAX_DEPTH; depth++) {
		if (type->kind != CTYPE_TYPEDEF && type->kind != CTYPE_QUALIFIED)
			return type;
		type = ctype_filled(arena, type)->target;
	}
	return ctype_new(arena, CTYPE_VOID, "void", 0);
}

struct ctype *ctype_target(struct arena *arena, struct ctype *type)
{
	struct ctype *target = ctype_filled(arena, type)->target;

	return target ? target : ctype_new(arena, CTYPE_VOID, "void", 0);
}

static uint64_t size_of(struct arena *arena, struct ctype *type, unsigned depth)
{
	uint64_t element;

	type = ctype_strip(arena, type);
	if (type->kind != CTYPE_ARRAY || type->size || depth > MAX_DEPTH)
		return type->size;
	element = size_of(arena, ctype_target(arena, type), depth + 1);
	if (element && type->count > UINT64_MAX / element)
		return 0;
	return element * type->count;
}

uint64_t ctype_size(struct arena *arena, struct ctype *type)
{
	return size_of(arena, type, 0);
}

bool ctype_is_aggregate(const struct ctype *stripped)
{
	return stripped->kind == CTYPE_STRUCT || stripped->kind == CTYPE_UNION ||
	       stripped->kind == CTYPE_ARRAY;
}

/* ---- members ------------------------------------------------------------------------------ */

/* `found` is in the type of `member`; now from where that is. */
static void go_through(struct arena *arena, struct ctype_member *found,
		       const struct ctype_member *member)
{
	struct ctype_hop *hop;

	if (member->locate) {
		hop = ARENA_NEW(arena, struct ctype_hop);
		*hop = (struct ctype_hop){ .locate = member->locate, .next = found->hops };
		found->hops = hop;
	} else if (found->hops) {
		found->hops->bit_offset += member->bit_offset;
	} else {
		found->bit_offset += member->bit_offset;
	}
	found->is_virtual_base |= member->is_virtual_base && !member->locate;
}

static bool find_member(struct arena *arena, struct ctype *type, const char *name,
			struct ctype_member *found, unsigned depth)
{
	type = ctype_filled(arena, ctype_strip(arena, type));
	if (depth > MAX_DEPTH || (type->kind != CTYPE_STRUCT && type->kind != CTYPE_UNION))
		return false;
	for (unsigned i = 0; i < type->members.n; i++) {
		const struct ctype_member *member = &type->members.v[i];

		if (member->name && !strcmp(member->name, name)) {
			*found = *member;
			found->declared = member;
			return true;
		}
	}
	for (unsigned i = 0; i < type->members.n; i++) {
		const struct ctype_member *member = &type->members.v[i];

		if (member->name || !find_member(arena, member->type, name, found, depth + 1))
			continue;
		go_through(arena, found, member);
		return true;
	}
	return false;
}

bool ctype_find_member(struct arena *arena, struct ctype *type, const char *name,
		       struct ctype_member *found)
{
	return find_member(arena, type, name, found, 0);
}

static void each_member(struct arena *arena, struct ctype *type, unsigned depth,
			void (*each)(void *data, const char *name), void *data)
{
	type = ctype_filled(arena, ctype_strip(arena, type));
	if (depth > MAX_DEPTH)
		return;
	for (unsigned i = 0; i < type->members.n; i++) {
		if (type->members.v[i].name)
			each(data, type->members.v[i].name);
		else
			each_member(arena, type->members.v[i].type, depth + 1, each, data);
	}
}

void ctype_each_member(struct arena *arena, struct ctype *type,
		       void (*each)(void *data, const char *name), void *data)
{
	each_member(arena, type, 0, each, data);
}

static void offer(void *data, const char *name)
{
	suggest_offer(data, name);
}

void ctype_offer_members(struct arena *arena, struct ctype *type, struct suggest *suggest)
{
	each_member(arena, type, 0, offer, suggest);
}

struct name_list {
	struct arena *arena;
	const char *text;
	unsigned n;
};

static void list(void *data, const char *name)
{
	struct name_list *names = data;

	if (names->n++ < 20)
		names->text = arena_printf(names->arena, "%s%s%s", names->text,
					   *names->text ? ", " : "", name);
	else if (names->n == 21)
		names->text = arena_printf(names->arena, "%s, ...", names->text);
}

const char *ctype_list_members(struct arena *arena, struct ctype *type)
{
	struct name_list names = { .arena = arena, .text = "" };

	each_member(arena, type, 0, list, &names);
	return names.text;
}

/* ---- spelling ----------------------------------------------------------------------------- */

static const char *tagged(struct arena *arena, const char *tag, const struct ctype *type)
{
	if (type->is_class && type->name)
		return type->name;
	return arena_printf(arena, "%s %s", tag, type->name ? type->name : "{...}");
}

static const char *spell(struct arena *arena, struct ctype *type, const char *inner, unsigned depth);

/* "int" and "*" make "int *"; pointers are not parted: "int **". */
static const char *join(struct arena *arena, const char *base, const char *inner)
{
	return *inner ? arena_printf(arena, "%s %s", base, inner) : base;
}

static const char *spell_pointer(struct arena *arena, struct ctype *type, const char *inner,
				 unsigned depth)
{
	struct ctype *target = ctype_target(arena, type);
	const char *star = type->kind == CTYPE_POINTER ? "*" : "&";

	if (target->kind == CTYPE_ARRAY || target->kind == CTYPE_FUNCTION)
		inner = arena_printf(arena, "(%s%s)", star, inner);
	else
		inner = arena_printf(arena, "%s%s", star, inner);
	return spell(arena, target, inner, depth + 1);
}

static const char *spell_array(struct arena *arena, struct ctype *type, const char *inner,
			       unsigned depth)
{
	struct ctype *target = ctype_target(arena, type);
	const char *bounds = type->count ? arena_printf(arena, "[%llu]",
							(unsigned long long)type->count) : "[]";

	return spell(arena, target, arena_printf(arena, "%s%s", inner, bounds), depth + 1);
}

static const char *spell_qualified(struct arena *arena, struct ctype *type, const char *inner,
				   unsigned depth)
{
	struct ctype *target = ctype_target(arena, type);

	if (target->kind == CTYPE_POINTER)
		return spell(arena, target, join(arena, type->name, inner), depth + 1);
	return arena_printf(arena, "%s %s", type->name, spell(arena, target, inner, depth + 1));
}

static const char *spell(struct arena *arena, struct ctype *type, const char *inner, unsigned depth)
{
	if (depth > MAX_DEPTH)
		return join(arena, "?", inner);
	switch (type->kind) {
	case CTYPE_POINTER:
	case CTYPE_REFERENCE:
		return spell_pointer(arena, type, inner, depth);
	case CTYPE_ARRAY:
		return spell_array(arena, type, inner, depth);
	case CTYPE_FUNCTION:
		return spell(arena, ctype_target(arena, type), arena_printf(arena, "%s(...)", inner),
			     depth + 1);
	case CTYPE_QUALIFIED:
		return spell_qualified(arena, type, inner, depth);
	case CTYPE_STRUCT:
		return join(arena, tagged(arena, "struct", type), inner);
	case CTYPE_UNION:
		return join(arena, tagged(arena, "union", type), inner);
	case CTYPE_ENUM:
		return join(arena, tagged(arena, "enum", type), inner);
	default:
		return join(arena, type->name ? type->name : "void", inner);
	}
}

const char *ctype_spell(struct arena *arena, struct ctype *type)
{
	return type ? spell(arena, type, "", 0) : "void";
}
