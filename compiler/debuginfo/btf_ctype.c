/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From BTF to the model of types, a level at a time: what is behind a type is made when asked for.
 */
#include <string.h>

#include "compiler/debuginfo/btf_ctype.h"

static const struct btf_type *type_of(const struct ctype *type)
{
	return btf_file_type(type->source, (uint32_t)type->id[0]);
}

static void fill_members(struct arena *arena, struct ctype *type, const struct btf_type *from)
{
	const struct btf_member *members = btf_type_members(from);
	bool has_bits = BTF_INFO_KFLAG(from->info);

	for (unsigned i = 0; i < BTF_INFO_VLEN(from->info); i++) {
		const char *name = btf_file_name(type->source, members[i].name_off);
		struct ctype_member member = {
			.name = *name ? name : NULL,
			.type = btf_ctype(arena, type->source, members[i].type),
			.bit_offset = members[i].offset,
		};

		if (has_bits) {
			member.bit_offset = BTF_MEMBER_BIT_OFFSET(members[i].offset);
			member.bit_size = BTF_MEMBER_BITFIELD_SIZE(members[i].offset);
		}
		VEC_PUSH(arena, &type->members, member);
	}
}

static void fill_enumerators(struct arena *arena, struct ctype *type, const struct btf_type *from)
{
	const struct btf_enum *small = (const struct btf_enum *)(from + 1);
	const struct btf_enum64 *large = (const struct btf_enum64 *)(from + 1);
	bool is_large = BTF_INFO_KIND(from->info) == BTF_KIND_ENUM64;

	for (unsigned i = 0; i < BTF_INFO_VLEN(from->info); i++) {
		struct ctype_enumerator enumerator;

		if (is_large) {
			enumerator.name = btf_file_name(type->source, large[i].name_off);
			enumerator.value = (int64_t)((uint64_t)large[i].val_hi32 << 32 |
						     large[i].val_lo32);
		} else {
			enumerator.name = btf_file_name(type->source, small[i].name_off);
			enumerator.value = type->is_signed ? small[i].val
							   : (int64_t)(uint32_t)small[i].val;
		}
		VEC_PUSH(arena, &type->enumerators, enumerator);
	}
}

static void fill(struct arena *arena, struct ctype *type)
{
	const struct btf_type *from = type_of(type);
	const struct btf_array *array = (const struct btf_array *)(from + 1);

	switch (type->kind) {
	case CTYPE_STRUCT:
	case CTYPE_UNION:
		if (!type->incomplete)
			fill_members(arena, type, from);
		break;
	case CTYPE_ENUM:
		fill_enumerators(arena, type, from);
		break;
	case CTYPE_ARRAY:
		type->target = btf_ctype(arena, type->source, array->type);
		type->count = array->nelems;
		break;
	default:
		type->target = btf_ctype(arena, type->source, from->type);
	}
}

static void set_integer(struct ctype *type, const struct btf_type *from)
{
	unsigned encoding = BTF_INT_ENCODING(*(const uint32_t *)(from + 1));

	type->is_signed = encoding & BTF_INT_SIGNED;
	type->is_bool = encoding & BTF_INT_BOOL;
	type->is_char = encoding & BTF_INT_CHAR ||
			(type->name && strstr(type->name, "char") && from->size == 1);
}

static enum ctype_kind kind_of(const struct btf_type *type)
{
	switch (BTF_INFO_KIND(type->info)) {
	case BTF_KIND_INT:
		return CTYPE_INT;
	case BTF_KIND_PTR:
		return CTYPE_POINTER;
	case BTF_KIND_ARRAY:
		return CTYPE_ARRAY;
	case BTF_KIND_STRUCT:
		return CTYPE_STRUCT;
	case BTF_KIND_UNION:
		return CTYPE_UNION;
	case BTF_KIND_FWD:
		return BTF_INFO_KFLAG(type->info) ? CTYPE_UNION : CTYPE_STRUCT;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return CTYPE_ENUM;
	case BTF_KIND_TYPEDEF:
		return CTYPE_TYPEDEF;
	case BTF_KIND_CONST:
	case BTF_KIND_VOLATILE:
		return CTYPE_QUALIFIED;
	case BTF_KIND_FUNC_PROTO:
		return CTYPE_FUNCTION;
	case BTF_KIND_FLOAT:
		return CTYPE_FLOAT;
	default:
		return CTYPE_VOID;
	}
}

static const char *qualifier(const struct btf_type *type)
{
	switch (BTF_INFO_KIND(type->info)) {
	case BTF_KIND_CONST:
		return "const";
	case BTF_KIND_VOLATILE:
		return "volatile";
	default:
		return NULL;
	}
}

/* A structure that is only declared here may be defined elsewhere: in vmlinux, for a module. */
static uint32_t find_definition(const struct btf_file *file, uint32_t id)
{
	const struct btf_type *type = btf_file_type(file, id);
	uint32_t definition;

	if (!type || BTF_INFO_KIND(type->info) != BTF_KIND_FWD)
		return id;
	definition = btf_file_find_any(file, btf_file_name(file, type->name_off),
				       BTF_INFO_KFLAG(type->info) ? BTF_KIND_UNION
								  : BTF_KIND_STRUCT);
	return definition ? definition : id;
}

static uint64_t array_size(const struct btf_file *file, const struct btf_type *type)
{
	uint64_t count = 1;

	for (unsigned depth = 0; depth < 16; depth++) {
		const struct btf_array *array = (const struct btf_array *)(type + 1);
		uint32_t id = array->type;

		count *= array->nelems;
		type = btf_file_skip(file, &id);
		if (!type)
			return 0;
		if (BTF_INFO_KIND(type->info) == BTF_KIND_PTR)
			return count * sizeof(uint64_t);
		if (BTF_INFO_KIND(type->info) != BTF_KIND_ARRAY)
			return count * type->size;
	}
	return 0;
}

/* Through what says nothing about values: restrict and type tags. */
static uint32_t skip_tags(const struct btf_file *file, uint32_t id)
{
	const struct btf_type *type = btf_file_type(file, id);

	while (type && (BTF_INFO_KIND(type->info) == BTF_KIND_RESTRICT ||
			BTF_INFO_KIND(type->info) == BTF_KIND_TYPE_TAG)) {
		id = type->type;
		type = btf_file_type(file, id);
	}
	return id;
}

struct ctype *btf_ctype(struct arena *arena, const struct btf_file *file, uint32_t id)
{
	uint32_t defined = find_definition(file, skip_tags(file, id));
	const struct btf_type *from = btf_file_type(file, defined);
	enum ctype_kind kind = from ? kind_of(from) : CTYPE_VOID;
	struct ctype *type;
	const char *name;

	if (kind == CTYPE_VOID)
		return ctype_new(arena, CTYPE_VOID, NULL, 0);
	name = btf_file_name(file, from->name_off);
	type = ctype_new(arena, kind, kind == CTYPE_QUALIFIED ? qualifier(from) : *name ? name : NULL,
			 0);
	type->source = file;
	type->id[0] = defined;
	type->fill = fill;
	switch (BTF_INFO_KIND(from->info)) {
	case BTF_KIND_INT:
		set_integer(type, from);
		type->fill = NULL;
		type->size = from->size;
		break;
	case BTF_KIND_FLOAT:
		type->fill = NULL;
		type->size = from->size;
		break;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		type->is_signed = BTF_INFO_KFLAG(from->info);
		type->size = from->size;
		break;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		type->size = from->size;
		break;
	case BTF_KIND_FWD:
		type->incomplete = true;
		break;
	case BTF_KIND_PTR:
		type->size = sizeof(uint64_t);
		break;
	case BTF_KIND_ARRAY:
		type->size = array_size(file, from);
		break;
	default:
		break;
	}
	return type;
}

/* ---- by name --------------------------------------------------------------------------------------- */

static uint32_t find_named(const struct btf_file *file, const char *name)
{
	static const struct {
		const char *keyword;
		unsigned kind;
	} words[] = {
		{"struct ", BTF_KIND_STRUCT},
		{"union ", BTF_KIND_UNION},
		{"enum ", BTF_KIND_ENUM},
		{"enum ", BTF_KIND_ENUM64},
	};
	static const unsigned plain[] = {BTF_KIND_TYPEDEF, BTF_KIND_INT, BTF_KIND_STRUCT,
					 BTF_KIND_UNION, BTF_KIND_ENUM, BTF_KIND_ENUM64};
	bool keyword = false;
	uint32_t id = 0;

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t length = strlen(words[i].keyword);

		if (strncmp(name, words[i].keyword, length))
			continue;
		keyword = true;
		id = id ? id : btf_file_find_any(file, name + length, words[i].kind);
	}
	for (unsigned i = 0; !keyword && !id && i < sizeof(plain) / sizeof(plain[0]); i++)
		id = btf_file_find_any(file, name, plain[i]);
	return id;
}

struct ctype *btf_ctype_find(struct arena *arena, const struct btf_file *file, const char *name)
{
	size_t length = strlen(name);
	unsigned stars = 0;
	struct ctype *type;
	uint32_t id;
	char *base;

	if (!strncmp(name, "const ", 6))
		return btf_ctype_find(arena, file, name + 6);
	while (length && (name[length - 1] == '*' || name[length - 1] == ' '))
		stars += name[--length] == '*';
	base = arena_strndup(arena, name, length);
	id = find_named(file, base);
	if (!id && strcmp(base, "void"))
		return NULL;
	type = btf_ctype(arena, file, id);
	for (; stars; stars--) {
		struct ctype *pointer = ctype_new(arena, CTYPE_POINTER, NULL, sizeof(uint64_t));

		pointer->target = type;
		type = pointer;
	}
	return type;
}
