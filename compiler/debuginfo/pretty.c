/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making the text that prints a value whole.
 */
#include <string.h>

#include "compiler/debuginfo/pretty.h"

/* sprintf takes 32 values, and a string of MAXSTRINGLEN bytes has no room for more. */
enum { MAX_VALUES = 30, MAX_ELEMENTS = 8, MAX_LEVELS = 6 };

static void add(struct pretty_parts *parts, const char *format)
{
	parts->format = arena_printf(parts->arena, "%s%s", parts->format, format);
}

static void add_value(struct pretty_parts *parts, const char *format, const char *arg)
{
	const struct pretty_reader *reader = parts->reader;

	if (reader && !reader->can_read(reader->data, arg)) {
		add(parts, "?");
		return;
	}
	add(parts, format);
	parts->args = arena_printf(parts->arena, "%s, %s", parts->args, arg);
	parts->n++;
}

static bool is_text(struct arena *arena, struct ctype *type)
{
	struct ctype *target = ctype_strip(arena, ctype_target(arena, type));

	return target->kind == CTYPE_INT && target->is_char && target->size == 1 && target->name &&
	       !strcmp(target->name, "char");
}

static void append(struct pretty_parts *parts, const char *base, struct ctype *type, bool deep,
		   unsigned level);

/* A derived class, or another base, has a member of that name: it would be shown in its stead. */
static bool is_hidden(const struct pretty_parts *parts, const struct ctype_member *member)
{
	struct ctype_member found;

	return !ctype_find_member(parts->arena, parts->outer, member->name, &found) ||
	       found.declared != member ||
	       (!found.hops && found.bit_offset != parts->offset + member->bit_offset);
}

static void append_member(struct pretty_parts *parts, const char *base,
			  const struct ctype_member *member, bool deep, unsigned level)
{
	struct arena *arena = parts->arena;
	uint64_t offset = parts->offset;
	struct ctype *outer = parts->outer;

	if (!member->name) {
		parts->offset += member->bit_offset;
		append(parts, base, member->type, true, level + 1);
		parts->offset = offset;
		return;
	}
	add(parts, arena_printf(arena, ".%s=", member->name));
	if (is_hidden(parts, member)) {
		add(parts, "?");
		return;
	}
	parts->outer = NULL;
	append(parts, arena_printf(arena, "%s->%s", base, member->name), member->type, deep, level + 1);
	parts->outer = outer;
	parts->offset = offset;
}

/*
 * Compilers make up members with names that no language has: "_vptr.Base"; and such without a name
 * that are no structures: which variant of a Rust enum it is.
 */
static bool is_shown(struct arena *arena, const struct ctype_member *member)
{
	if (!member->name)
		return ctype_is_aggregate(ctype_strip(arena, member->type));
	if (!strcmp(member->name, CTYPE_VARIANT))
		return false;
	return !strpbrk(member->name, ".$ <>") && *member->name;
}

/* "$x->__variant == 1", or for the default that it is none of the others. */
static const char *variant_condition(struct pretty_parts *parts, const char *base,
				     const struct ctype *type, const struct ctype_member *member)
{
	struct arena *arena = parts->arena;
	const char *text = NULL;

	if (member->variant == VARIANT_VALUE)
		return arena_printf(arena, "%s->" CTYPE_VARIANT " == 0x%llx", base,
				    (unsigned long long)member->variant_value);
	for (unsigned i = 0; i < type->members.n; i++)
		if (type->members.v[i].variant == VARIANT_VALUE)
			text = arena_printf(arena, "%s%s%s->" CTYPE_VARIANT " != 0x%llx",
					    text ? text : "", text ? " && " : "", base,
					    (unsigned long long)type->members.v[i].variant_value);
	return text ? text : "1";
}

/* Which of the variants is there only the handler knows. */
static void append_variant(struct pretty_parts *parts, const char *base, const struct ctype *type,
			   const struct ctype_member *member, bool deep, unsigned level)
{
	struct pretty_parts inner = *parts;

	inner.format = inner.args = "";
	inner.n = 0;
	append_member(&inner, base, member, deep, level);
	add_value(parts, "%s", arena_printf(parts->arena, "(%s ? %s : \"\")",
					    variant_condition(parts, base, type, member),
					    pretty_finish(&inner)));
}

static void append_struct(struct pretty_parts *parts, const char *base, struct ctype *type,
			  bool deep, unsigned level)
{
	const char *separator = "";

	ctype_filled(parts->arena, type);
	if (!parts->outer) {
		parts->outer = type;
		parts->offset = 0;
	}
	add(parts, "{");
	for (unsigned i = 0; i < type->members.n; i++) {
		if (!is_shown(parts->arena, &type->members.v[i]))
			continue;
		add(parts, separator);
		separator = type->members.v[i].variant ? "" : ", ";
		if (parts->n >= MAX_VALUES) {
			add(parts, "...");
			break;
		}
		if (type->members.v[i].is_virtual_base && !type->members.v[i].locate)
			add(parts, "?");
		else if (type->members.v[i].variant)
			append_variant(parts, base, type, &type->members.v[i], deep, level);
		else
			append_member(parts, base, &type->members.v[i], deep, level);
	}
	add(parts, "}");
}

static void append_array(struct pretty_parts *parts, const char *base, struct ctype *type,
			 bool deep, unsigned level)
{
	struct arena *arena = parts->arena;
	struct ctype *element = ctype_target(arena, type);
	uint64_t n = type->count < MAX_ELEMENTS ? type->count : MAX_ELEMENTS;

	if (is_text(arena, type) && type->count) {
		/* A byte is four when it is an octal number. */
		add_value(parts, "%s", arena_printf(arena, "%s_string_n_quoted(%s, %llu, %llu)",
						    parts->user ? "user" : "kernel", base,
						    (unsigned long long)type->count,
						    4 * (unsigned long long)type->count));
		return;
	}
	add(parts, "[");
	for (uint64_t i = 0; i < n && parts->n < MAX_VALUES; i++) {
		add(parts, i ? ", " : "");
		append(parts, arena_printf(arena, "%s[%llu]", base, (unsigned long long)i), element,
		       deep, level + 1);
	}
	if (!type->count || type->count > n)
		add(parts, n ? ", ..." : "...");
	add(parts, "]");
}

/* Of Go: as long as it says. */
static void append_string(struct pretty_parts *parts, const char *base)
{
	add_value(parts, "%s", arena_printf(parts->arena,
					    "user_string_n_quoted(%s->str, %s->len, 512)",
					    base, base));
}

static void append_pointer(struct pretty_parts *parts, const char *base, struct ctype *type)
{
	if (is_text(parts->arena, type))
		add_value(parts, "%s", arena_printf(parts->arena, parts->user ?
						    "user_string_quoted(%s)" :
						    "kernel_string_quoted(%s)", base));
	else
		add_value(parts, "%p", base);
}

static void append_int(struct pretty_parts *parts, const char *base, const struct ctype *type)
{
	if (type->size > 8)
		add(parts, "?");
	else if (type->kind == CTYPE_INT && type->is_char && type->name && !strcmp(type->name, "char"))
		add_value(parts, "'%c'", base);
	else
		add_value(parts, type->is_signed ? "%i" : "%u", base);
}

/* Level 0 is the value itself; `deep` is whether aggregates below level 0 are opened. */
static void append(struct pretty_parts *parts, const char *base, struct ctype *type, bool deep,
		   unsigned level)
{
	struct ctype *stripped = ctype_strip(parts->arena, type);
	bool open = (deep || !level) && level < MAX_LEVELS;

	if (stripped->kind == CTYPE_REFERENCE)
		stripped = ctype_strip(parts->arena, ctype_target(parts->arena, stripped));
	switch (stripped->kind) {
	case CTYPE_STRUCT:
	case CTYPE_UNION:
		if (stripped->is_string)
			append_string(parts, base);
		else if (open)
			append_struct(parts, base, stripped, deep, level);
		else
			add(parts, "{...}");
		return;
	case CTYPE_ARRAY:
		ctype_filled(parts->arena, stripped);
		if (open || is_text(parts->arena, stripped))
			append_array(parts, base, stripped, deep, level);
		else
			add(parts, "[...]");
		return;
	case CTYPE_POINTER:
		append_pointer(parts, base, stripped);
		return;
	case CTYPE_INT:
	case CTYPE_ENUM:
		append_int(parts, base, stripped);
		return;
	default:
		add(parts, "?");
	}
}

void pretty_append(struct pretty_parts *parts, const char *base, struct ctype *type, bool deep)
{
	struct ctype *stripped = ctype_strip(parts->arena, type), *target;

	if (stripped->kind == CTYPE_POINTER) {
		target = ctype_strip(parts->arena, ctype_target(parts->arena, stripped));
		if (target->kind == CTYPE_STRUCT || target->kind == CTYPE_UNION)
			stripped = target;
	}
	parts->outer = NULL;
	append(parts, base, stripped, deep, 0);
}

const char *pretty_finish(const struct pretty_parts *parts)
{
	return arena_printf(parts->arena, "sprintf(\"%s\"%s)", parts->format, parts->args);
}

const char *pretty_value(struct arena *arena, const char *base, struct ctype *type, bool deep,
			 bool user)
{
	struct pretty_parts parts = { .arena = arena, .user = user, .format = "", .args = "" };

	pretty_append(&parts, base, type, deep);
	return pretty_finish(&parts);
}
