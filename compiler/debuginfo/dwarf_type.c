/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types as DWARF tells them.
 */
#include <string.h>

#include "compiler/debuginfo/ctype.h"
#include "compiler/debuginfo/dwarf.h"
#include "compiler/debuginfo/golang.h"

/* What a type keeps of where it comes from. */
struct origin {
	struct dwarf_file *file;
	Dwarf_Die die;
};

static bool attr_of(Dwarf_Die *die, unsigned name, Dwarf_Attribute *attr)
{
	return dwarf_attr_integrate(die, name, attr) != NULL;
}

static bool unsigned_of(Dwarf_Die *die, unsigned name, uint64_t *value)
{
	Dwarf_Attribute attr;
	Dwarf_Word word;

	if (!attr_of(die, name, &attr) || dwarf_formudata(&attr, &word))
		return false;
	*value = word;
	return true;
}

static bool flag_of(Dwarf_Die *die, unsigned name)
{
	Dwarf_Attribute attr;
	bool flag;

	return attr_of(die, name, &attr) && !dwarf_formflag(&attr, &flag) && flag;
}

/* The DIE that an attribute refers to. */
static bool die_of(Dwarf_Die *die, unsigned name, Dwarf_Die *to)
{
	Dwarf_Attribute attr;

	return attr_of(die, name, &attr) && dwarf_formref_die(&attr, to);
}

bool dwarf_constant(Dwarf_Attribute *attr, int64_t *value)
{
	unsigned form = dwarf_whatform(attr);
	Dwarf_Sword number;
	Dwarf_Word word;

	if (form == DW_FORM_sdata || form == DW_FORM_implicit_const) {
		if (dwarf_formsdata(attr, &number))
			return false;
		*value = number;
		return true;
	}
	if (dwarf_formudata(attr, &word))
		return false;
	*value = (int64_t)word;
	return true;
}

struct ctype *dwarf_type_of(struct dwarf_file *file, Dwarf_Die *die)
{
	Dwarf_Die type;

	if (!die_of(die, DW_AT_type, &type))
		return ctype_new(file->dso->debuginfo->arena, CTYPE_VOID, "void", 0);
	return dwarf_type_new(file, &type);
}

/* ---- structures --------------------------------------------------------------------------- */

/* Where a member starts, in bits. False: only known at run time. */
static bool member_offset(Dwarf_Die *die, unsigned bit_size, uint64_t *bits)
{
	Dwarf_Attribute attr;
	uint64_t value, storage;
	Dwarf_Op *ops;
	size_t n;

	*bits = 0;
	if (unsigned_of(die, DW_AT_data_bit_offset, bits))
		return true;
	if (attr_of(die, DW_AT_data_member_location, &attr)) {
		Dwarf_Word word;

		if (!dwarf_formudata(&attr, &word))
			*bits = word * 8;
		else if (!dwarf_getlocation(&attr, &ops, &n) && n == 1 &&
			 ops[0].atom == DW_OP_plus_uconst)
			*bits = ops[0].number * 8;
		else
			return false;
	}
	/* DWARF 2 counts a bit-field from the most significant end of its storage unit. */
	if (bit_size && unsigned_of(die, DW_AT_bit_offset, &value)) {
		if (!unsigned_of(die, DW_AT_byte_size, &storage)) {
			Dwarf_Die type;

			if (!die_of(die, DW_AT_type, &type) || dwarf_bytesize(&type) < 0)
				return false;
			storage = (uint64_t)dwarf_bytesize(&type);
		}
		*bits += storage * 8 - value - bit_size;
	}
	return true;
}

static bool is_static_member(Dwarf_Die *die)
{
	return flag_of(die, DW_AT_external) || flag_of(die, DW_AT_declaration);
}

static void add_member(struct arena *arena, struct dwarf_file *file, struct ctype *type,
		       Dwarf_Die *die, bool is_base)
{
	struct ctype_member member = { .is_base = is_base };
	uint64_t bit_size = 0;

	if (is_static_member(die))
		return;
	unsigned_of(die, DW_AT_bit_size, &bit_size);
	member.bit_size = bit_size < 64 ? (unsigned)bit_size : 64;
	member.name = is_base ? NULL : dwarf_diename(die);
	member.is_virtual_base = !member_offset(die, member.bit_size, &member.bit_offset);
	if (member.is_virtual_base)
		member.locate = dwarf_locate_base(file, die);
	member.type = dwarf_type_of(file, die);
	VEC_PUSH(arena, &type->members, member);
}

/* Members behind `n` are of that variant. */
static void set_variant(struct ctype *type, unsigned n, Dwarf_Die *variant)
{
	Dwarf_Attribute attr;
	int64_t value = 0;
	bool told = attr_of(variant, DW_AT_discr_value, &attr) && dwarf_constant(&attr, &value);

	for (; n < type->members.n; n++) {
		type->members.v[n].variant = told ? VARIANT_VALUE : VARIANT_DEFAULT;
		type->members.v[n].variant_value = value;
	}
}

static void add_members(struct arena *arena, struct dwarf_file *file, struct ctype *type,
			Dwarf_Die *parent, unsigned depth)
{
	Dwarf_Die die, discriminant;
	bool has_variants = dwarf_tag(parent) == DW_TAG_variant_part &&
			    die_of(parent, DW_AT_discr, &discriminant);
	int status = depth < 4 ? dwarf_child(parent, &die) : 1;

	for (; !status && type->members.n < 100000; status = dwarf_siblingof(&die, &die)) {
		unsigned n = type->members.n;

		switch (dwarf_tag(&die)) {
		case DW_TAG_member:
			add_member(arena, file, type, &die, false);
			if (has_variants && die.addr == discriminant.addr && type->members.n > n)
				type->members.v[n].name = CTYPE_VARIANT;
			break;
		case DW_TAG_inheritance:
			add_member(arena, file, type, &die, true);
			break;
		case DW_TAG_variant_part: /* Rust: one of several, at the same place */
		case DW_TAG_variant:
			add_members(arena, file, type, &die, depth + 1);
			if (has_variants)
				set_variant(type, n, &die);
			break;
		}
	}
}

static void fill_struct(struct arena *arena, struct ctype *type)
{
	struct origin origin = *(const struct origin *)type->source;

	add_members(arena, origin.file, type, &origin.die, 0);
}

/* ---- enums -------------------------------------------------------------------------------- */

static void fill_enum(struct arena *arena, struct ctype *type)
{
	struct origin origin = *(const struct origin *)type->source;
	Dwarf_Die die;
	int status = dwarf_child(&origin.die, &die);

	for (; !status; status = dwarf_siblingof(&die, &die)) {
		struct ctype_enumerator enumerator = { .name = dwarf_diename(&die) };
		Dwarf_Attribute attr;

		if (dwarf_tag(&die) != DW_TAG_enumerator || !enumerator.name ||
		    !attr_of(&die, DW_AT_const_value, &attr) ||
		    !dwarf_constant(&attr, &enumerator.value))
			continue;
		VEC_PUSH(arena, &type->enumerators, enumerator);
	}
}

static bool encoding_is_signed(uint64_t encoding)
{
	return encoding == DW_ATE_signed || encoding == DW_ATE_signed_char;
}

/* An enum's type is told by DW_AT_type, by DW_AT_encoding, or by a negative enumerator. */
static bool enum_is_signed(struct arena *arena, Dwarf_Die *die, struct ctype *type)
{
	Dwarf_Die base;
	uint64_t encoding;

	if (die_of(die, DW_AT_type, &base) && !dwarf_peel_type(&base, &base) &&
	    unsigned_of(&base, DW_AT_encoding, &encoding))
		return encoding_is_signed(encoding);
	if (unsigned_of(die, DW_AT_encoding, &encoding))
		return encoding_is_signed(encoding);
	ctype_filled(arena, type);
	for (unsigned i = 0; i < type->enumerators.n; i++)
		if (type->enumerators.v[i].value < 0)
			return true;
	return false;
}

/* ---- arrays ------------------------------------------------------------------------------- */

static bool bound_of(Dwarf_Die *die, unsigned name, int64_t *value)
{
	Dwarf_Attribute attr;

	return attr_of(die, name, &attr) && dwarf_constant(&attr, value);
}

static uint64_t dimension(Dwarf_Die *die)
{
	int64_t low = 0, high, count;

	if (bound_of(die, DW_AT_count, &count))
		return count > 0 ? (uint64_t)count : 0;
	if (!bound_of(die, DW_AT_upper_bound, &high))
		return 0;
	bound_of(die, DW_AT_lower_bound, &low);
	return high >= low && high < INT64_MAX ? (uint64_t)(high - low) + 1 : 0;
}

/* int a[2][3] is one DIE with two dimensions: an array of arrays here. */
static struct ctype *make_array(struct arena *arena, struct dwarf_file *file, Dwarf_Die *die)
{
	uint64_t dimensions[16];
	unsigned n = 0;
	struct ctype *type = dwarf_type_of(file, die);
	Dwarf_Die child;
	int status = dwarf_child(die, &child);

	for (; !status && n < 16; status = dwarf_siblingof(&child, &child))
		if (dwarf_tag(&child) == DW_TAG_subrange_type ||
		    dwarf_tag(&child) == DW_TAG_enumeration_type)
			dimensions[n++] = dimension(&child);
	if (!n)
		dimensions[n++] = 0;
	while (n-- > 0) {
		struct ctype *array = ctype_new(arena, CTYPE_ARRAY, NULL, 0);

		array->target = type;
		array->count = dimensions[n];
		array->is_vector = dwarf_hasattr_integrate(die, DW_AT_GNU_vector);
		type = array;
	}
	return type;
}

/* ---- the rest ----------------------------------------------------------------------------- */

static void fill_target(struct arena *arena, struct ctype *type)
{
	struct origin origin = *(const struct origin *)type->source;

	(void)arena;
	type->target = dwarf_type_of(origin.file, &origin.die);
}

static struct ctype *make_base(struct arena *arena, Dwarf_Die *die, const char *name, uint64_t size)
{
	struct ctype *type = ctype_new(arena, CTYPE_INT, name, size);
	uint64_t encoding = DW_ATE_unsigned;

	unsigned_of(die, DW_AT_encoding, &encoding);
	switch (encoding) {
	case DW_ATE_signed:
	case DW_ATE_unsigned:
	case DW_ATE_address:
		break;
	case DW_ATE_boolean:
		type->is_bool = true;
		break;
	case DW_ATE_signed_char:
	case DW_ATE_unsigned_char:
	case DW_ATE_UTF:
		type->is_char = true;
		break;
	default:
		type->kind = CTYPE_FLOAT;
	}
	type->is_signed = encoding_is_signed(encoding);
	return type;
}

static const char *qualifier(int tag)
{
	switch (tag) {
	case DW_TAG_const_type:
		return "const";
	case DW_TAG_volatile_type:
		return "volatile";
	case DW_TAG_restrict_type:
		return "restrict";
	case DW_TAG_atomic_type:
		return "_Atomic";
	default:
		return NULL;
	}
}

static bool speaks_c(Dwarf_Die *die)
{
	Dwarf_Die unit;

	if (!dwarf_diecu(die, &unit, NULL, NULL))
		return false;
	switch (dwarf_srclang(&unit)) {
	case DW_LANG_C:
	case DW_LANG_C89:
	case DW_LANG_C99:
	case DW_LANG_C11:
	case DW_LANG_Mips_Assembler:
		return true;
	default:
		return false;
	}
}

static struct ctype *make_struct(struct arena *arena, struct dwarf_file *file, Dwarf_Die *die,
				 enum ctype_kind kind, const char *name, uint64_t size)
{
	struct ctype *type = ctype_new(arena, kind, name, size);

	type->is_class = !speaks_c(die);
	type->is_string = golang_is_string(die);
	type->fill = fill_struct;
	if (flag_of(die, DW_AT_declaration)) {
		struct ctype *whole = name ? dwarf_find_type(file, NULL, name) : NULL;

		if (whole && (whole->kind == CTYPE_STRUCT || whole->kind == CTYPE_UNION))
			return whole;
		type->incomplete = true;
	}
	return type;
}

/* That of a function is an address, or a place in a table, and what to add to `this`. */
static struct ctype *make_pointer_to_member(struct arena *arena, struct dwarf_file *file,
					    Dwarf_Die *die, uint64_t size)
{
	struct ctype *type = dwarf_type_of(file, die);

	if (!size)
		size = type->kind == CTYPE_FUNCTION ? 16 : 8;
	return ctype_new(arena, CTYPE_INT, "pointer to member", size);
}

static struct ctype *make_type(struct dwarf_file *file, Dwarf_Die *die)
{
	struct arena *arena = file->dso->debuginfo->arena;
	const char *name = dwarf_diename(die);
	uint64_t size = 0;
	int tag = dwarf_tag(die);
	struct ctype *type;

	unsigned_of(die, DW_AT_byte_size, &size);
	switch (tag) {
	case DW_TAG_base_type:
		return make_base(arena, die, name, size);
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_interface_type:
		return make_struct(arena, file, die, CTYPE_STRUCT, name, size);
	case DW_TAG_union_type:
		return make_struct(arena, file, die, CTYPE_UNION, name, size);
	case DW_TAG_enumeration_type:
		type = ctype_new(arena, CTYPE_ENUM, name, size);
		type->is_class = !speaks_c(die);
		type->fill = fill_enum;
		return type;
	case DW_TAG_array_type:
		return make_array(arena, file, die);
	case DW_TAG_typedef:
		type = ctype_new(arena, CTYPE_TYPEDEF, name, 0);
		break;
	case DW_TAG_pointer_type:
		type = ctype_new(arena, CTYPE_POINTER, NULL, 8);
		break;
	case DW_TAG_reference_type:
	case DW_TAG_rvalue_reference_type:
		type = ctype_new(arena, CTYPE_REFERENCE, NULL, 8);
		break;
	case DW_TAG_ptr_to_member_type:
		return make_pointer_to_member(arena, file, die, size);
	case DW_TAG_subroutine_type:
		if (golang_made(die)) /* what a variable has is the address of a closure */
			return ctype_new(arena, CTYPE_POINTER, name, 8);
		type = ctype_new(arena, CTYPE_FUNCTION, NULL, 0);
		break;
	case DW_TAG_subrange_type:
		type = ctype_new(arena, CTYPE_TYPEDEF, name, 0);
		break;
	default:
		if (!qualifier(tag))
			return ctype_new(arena, CTYPE_VOID, name ? name : "void", 0);
		type = ctype_new(arena, CTYPE_QUALIFIED, qualifier(tag), 0);
	}
	type->fill = fill_target;
	return type;
}

struct ctype *dwarf_type_new(struct dwarf_file *file, Dwarf_Die *die)
{
	struct arena *arena = file->dso->debuginfo->arena;
	struct origin *origin = ARENA_NEW(arena, struct origin);
	Dwarf_Die unit;
	struct ctype *type;

	origin->file = file;
	origin->die = *die;
	if (die_of(die, DW_AT_signature, &unit) && dwarf_tag(&unit) == dwarf_tag(die))
		origin->die = unit;
	type = make_type(file, &origin->die);
	if (!type->source)
		type->source = origin;
	if (type->kind == CTYPE_ENUM && type->fill == fill_enum)
		type->is_signed = enum_is_signed(arena, &origin->die, type);
	return type;
}

Dwarf_Die *dwarf_type_die(const struct ctype *type)
{
	return &((struct origin *)type->source)->die;
}

/* ---- by name ------------------------------------------------------------------------------ */

struct wanted {
	const char *name; /* of the DIE */
	int tag;          /* DW_TAG_structure_type, ...; 0: any */
};

static bool is_wanted_tag(int tag, int wanted)
{
	if (wanted == DW_TAG_structure_type)
		return tag == DW_TAG_structure_type || tag == DW_TAG_class_type;
	if (wanted)
		return tag == wanted;
	return tag == DW_TAG_structure_type || tag == DW_TAG_class_type ||
	       tag == DW_TAG_union_type || tag == DW_TAG_enumeration_type ||
	       tag == DW_TAG_typedef || tag == DW_TAG_base_type;
}

static bool find_in(Dwarf_Die *parent, const struct wanted *wanted, unsigned depth, Dwarf_Die *found)
{
	Dwarf_Die die;
	int status = depth < 32 ? dwarf_child(parent, &die) : 1;

	for (; !status; status = dwarf_siblingof(&die, &die)) {
		int tag = dwarf_tag(&die);
		const char *name = dwarf_diename(&die);
		size_t length = name ? strlen(name) : 0;

		if (name && is_wanted_tag(tag, wanted->tag) && !strcmp(name, wanted->name) &&
		    !flag_of(&die, DW_AT_declaration)) {
			*found = die;
			return true;
		}
		if (tag == DW_TAG_namespace && (!name || (!strncmp(wanted->name, name, length) &&
							   !strncmp(wanted->name + length, "::", 2)))) {
			struct wanted inside = { wanted->name + (name ? length + 2 : 0),
						 wanted->tag };

			if (find_in(&die, &inside, depth + 1, found))
				return true;
		} else if (tag == DW_TAG_namespace &&
			   find_in(&die, wanted, depth + 1, found)) {
			return true;
		}
	}
	return false;
}

static const char *skip_word(const char *name, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(name, word, length) || name[length] != ' ')
		return NULL;
	name += length;
	return name + strspn(name, " ");
}

static struct wanted wanted_of(const char *name)
{
	static const struct {
		const char *word;
		int tag;
	} words[] = { { "struct", DW_TAG_structure_type }, { "class", DW_TAG_structure_type },
		      { "union", DW_TAG_union_type }, { "enum", DW_TAG_enumeration_type } };
	struct wanted wanted = { name, 0 };

	for (unsigned i = 0; i < 4; i++) {
		const char *rest = skip_word(name, words[i].word);

		if (rest)
			wanted = (struct wanted){ rest, words[i].tag };
	}
	return wanted;
}

static void offer_in(struct arena *arena, Dwarf_Die *parent, const struct wanted *wanted,
		     const char *prefix, unsigned depth, struct suggest *suggest)
{
	Dwarf_Die die;
	int status = depth < 32 ? dwarf_child(parent, &die) : 1;

	for (; !status; status = dwarf_siblingof(&die, &die)) {
		int tag = dwarf_tag(&die);
		const char *name = dwarf_diename(&die);

		if (!name || (tag != DW_TAG_namespace && !is_wanted_tag(tag, wanted->tag)))
			continue;
		name = *prefix ? arena_printf(arena, "%s%s", prefix, name) : name;
		if (tag == DW_TAG_namespace)
			offer_in(arena, &die, wanted, arena_printf(arena, "%s::", name), depth + 1,
				 suggest);
		else
			suggest_offer(suggest, name);
	}
}

const char *dwarf_nearest_type(struct dwarf_file *file, const char *name)
{
	struct arena *arena = file->dso->debuginfo->arena;
	struct wanted wanted = wanted_of(name);
	struct suggest suggest;

	suggest_start(&suggest, wanted.name);
	dwarf_read_units(file);
	for (unsigned i = 0; i < file->units.n; i++)
		offer_in(arena, &file->units.v[i].die, &wanted, "", 0, &suggest);
	if (!suggest_best(&suggest))
		return NULL;
	return arena_printf(arena, "%.*s%s", (int)(wanted.name - name), name,
			    suggest_best(&suggest));
}

static struct ctype *find_named(struct dwarf_file *file, struct dwarf_unit *unit, const char *name)
{
	struct wanted wanted = wanted_of(name);
	const char *last;
	bool *units;
	Dwarf_Die die;

	if (unit && find_in(&unit->die, &wanted, 0, &die))
		return dwarf_type_new(file, &die);
	last = strrchr(wanted.name, ':');
	units = dwarf_units_naming(file, last ? last + 1 : wanted.name);
	for (unsigned i = 0; i < file->units.n; i++)
		if (units[i] && find_in(&file->units.v[i].die, &wanted, 0, &die))
			return dwarf_type_new(file, &die);
	return NULL;
}

struct ctype *dwarf_find_type(struct dwarf_file *file, struct dwarf_unit *unit, const char *name)
{
	struct arena *arena = file->dso->debuginfo->arena;
	size_t length = strlen(name);
	struct ctype *type;
	unsigned stars = 0;
	const char *base;

	if (!file->dwarf)
		return NULL;
	while (skip_word(name, "const") || skip_word(name, "volatile"))
		name = skip_word(name, *name == 'c' ? "const" : "volatile");
	for (length = strlen(name); length && strchr(" *&", name[length - 1]); length--)
		stars += name[length - 1] != ' ';
	base = arena_strndup(arena, name, length);
	type = *base ? find_named(file, unit, base) : NULL;
	if (!type && !strcmp(base, "void"))
		type = ctype_new(arena, CTYPE_VOID, "void", 0);
	for (; type && stars; stars--) {
		struct ctype *pointer = ctype_new(arena, CTYPE_POINTER, NULL, 8);

		pointer->target = type;
		type = pointer;
	}
	return type;
}

/* ---- constants of enumerations -------------------------------------------------------------- */

static bool find_enumerator_in(Dwarf_Die *parent, const char *name, unsigned depth, int64_t *value)
{
	Dwarf_Die die;
	Dwarf_Attribute attr;
	int status = depth < 32 ? dwarf_child(parent, &die) : 1;

	for (; !status; status = dwarf_siblingof(&die, &die)) {
		const char *text;

		switch (dwarf_tag(&die)) {
		case DW_TAG_enumerator:
			text = dwarf_diename(&die);
			if (text && !strcmp(text, name) && attr_of(&die, DW_AT_const_value, &attr) &&
			    dwarf_constant(&attr, value))
				return true;
			break;
		case DW_TAG_enumeration_type:
		case DW_TAG_namespace:
		case DW_TAG_structure_type:
		case DW_TAG_class_type:
		case DW_TAG_union_type:
		case DW_TAG_subprogram:
		case DW_TAG_lexical_block:
			if (find_enumerator_in(&die, name, depth + 1, value))
				return true;
		}
	}
	return false;
}

bool dwarf_find_enumerator(struct dwarf_file *file, struct dwarf_unit *unit, const char *name,
			   int64_t *value)
{
	bool *units;

	if (!file->dwarf)
		return false;
	if (unit && find_enumerator_in(&unit->die, name, 0, value))
		return true;
	units = dwarf_units_naming(file, name);
	for (unsigned i = 0; i < file->units.n; i++)
		if (units[i] && find_enumerator_in(&file->units.v[i].die, name, 0, value))
			return true;
	return false;
}
