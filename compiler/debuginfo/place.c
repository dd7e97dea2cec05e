/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Walking from an object to a part of it, and making its value.
 */
#include <string.h>

#include "compiler/debuginfo/place.h"

struct place place_memory(struct ctype *type, const struct access *access, bool user)
{
	return (struct place){ .kind = PLACE_MEMORY, .type = type, .access = *access, .user = user };
}

struct place place_value(struct ctype *type, const struct access *access, bool user)
{
	return (struct place){ .kind = PLACE_VALUE, .type = type, .access = *access, .user = user };
}

static void push(const struct place_context *context, struct place *place, enum access_op op,
		 int64_t operand, unsigned size, bool is_signed)
{
	access_push(context->arena, &place->access, op, operand, size, is_signed);
}


/* ---- reading ------------------------------------------------------------------------------ */

/* Bits [from, from + size) of what `access` leaves, appended to `to`. */
static void take_bits(const struct place_context *context, struct access *to, unsigned from,
		      unsigned size, bool is_signed)
{
	struct arena *arena = context->arena;

	if (from == 0 && (size == 8 || size == 16 || size == 32))
		access_push(arena, to, is_signed ? ACCESS_SIGN_EXTEND : ACCESS_ZERO_EXTEND, 0,
			    size / 8, is_signed);
	else if (from || size < 64)
		access_push(arena, to, ACCESS_BITS, from, size, is_signed);
}

static void append(struct arena *arena, struct access *to, const struct access *from)
{
	for (unsigned i = 0; i < from->steps.n; i++) {
		struct access_step step = from->steps.v[i];

		if (step.op == ACCESS_EXPR)
			step.operand += to->exprs.n;
		access_push(arena, to, step.op, step.operand, step.size, step.is_signed);
	}
	for (unsigned i = 0; i < from->exprs.n; i++)
		VEC_PUSH(arena, &to->exprs, from->exprs.v[i]);
	to->may_be_lost |= from->may_be_lost;
}

static unsigned read_size(unsigned bits)
{
	return bits <= 8 ? 1 : bits <= 16 ? 2 : bits <= 32 ? 4 : 8;
}

/* A bit-field of a packed structure may lie in nine bytes. */
static void read_nine_bytes(struct arena *arena, struct access *access, enum access_op op,
			    uint64_t byte, unsigned rest, unsigned bits, bool is_signed)
{
	unsigned low = 64 - rest;

	access_push(arena, access, ACCESS_ADD_CONST, (int64_t)byte, 8, false);
	access_push(arena, access, ACCESS_DUP, 0, 8, false);
	access_push(arena, access, op, 0, 8, false);
	access_push(arena, access, ACCESS_BITS, rest, low, false);
	access_push(arena, access, ACCESS_SWAP, 0, 8, false);
	access_push(arena, access, ACCESS_ADD_CONST, 8, 8, false);
	access_push(arena, access, op, 0, 1, false);
	access_push(arena, access, ACCESS_CONST, low, 8, false);
	access_push(arena, access, ACCESS_SHL, 0, 8, false);
	access_push(arena, access, ACCESS_OR, 0, 8, false);
	if (bits < 64)
		access_push(arena, access, ACCESS_BITS, 0, bits, is_signed);
}

/* An address on the stack: reads `bits` bits that start `from` bits behind it. */
static void read_memory(const struct place_context *context, struct access *access, bool user,
			uint64_t from, unsigned bits, bool is_signed)
{
	struct arena *arena = context->arena;
	enum access_op op = user ? ACCESS_READ_USER : ACCESS_READ_KERNEL;
	uint64_t byte = from / 8;
	unsigned rest = from % 8;
	unsigned size = read_size(rest + bits);

	if (!rest && bits == size * 8) {
		if (byte)
			access_push(arena, access, ACCESS_ADD_CONST, (int64_t)byte, 8, false);
		access_push(arena, access, op, 0, size, is_signed);
		return;
	}
	if (rest + bits > 64) {
		read_nine_bytes(arena, access, op, byte, rest, bits, is_signed);
		return;
	}
	/* A bit-field: read its aligned unit where that holds it, so as not to read beyond. */
	while (size < 8 && byte / size != (from + bits - 1) / 8 / size)
		size *= 2;
	if (byte / size == (from + bits - 1) / 8 / size) {
		rest += (unsigned)(byte % size) * 8;
		byte -= byte % size;
	}
	if (byte)
		access_push(arena, access, ACCESS_ADD_CONST, (int64_t)byte, 8, false);
	access_push(arena, access, op, 0, size, false);
	access_push(arena, access, ACCESS_BITS, rest, bits, is_signed);
}

static bool gone(const struct place_context *context)
{
	diag_error(context->diags, context->range, "this part of the variable was optimised away");
	return false;
}

/* Appends to `out` the part of a piece that the range [from, from + bits) needs, unsigned. */
static bool read_piece(const struct place_context *context, const struct place *place,
		       const struct place_piece *piece, uint64_t from, unsigned bits,
		       struct access *out)
{
	if (piece->missing)
		return gone(context);
	append(context->arena, out, &piece->access);
	if (piece->kind == PLACE_MEMORY)
		read_memory(context, out, place->user, from + piece->bit_offset, bits, false);
	else
		take_bits(context, out, (unsigned)from + piece->bit_offset, bits, false);
	return true;
}

/* Puts together up to 64 bits that may be in several pieces. */
static bool read_pieces(const struct place_context *context, const struct place *place,
			unsigned bits, struct access *out)
{
	uint64_t start = 0, from = place->bit_offset, to = from + bits;
	unsigned done = 0;

	for (unsigned i = 0; i < place->pieces.n; i++) {
		const struct place_piece *piece = &place->pieces.v[i];
		uint64_t low = from > start ? from : start, end = start + piece->bits;
		uint64_t high = to < end ? to : end;

		if (low < high) {
			if (!read_piece(context, place, piece, low - start, (unsigned)(high - low), out))
				return false;
			if (done) {
				access_push(context->arena, out, ACCESS_CONST, done, 8, false);
				access_push(context->arena, out, ACCESS_SHL, 0, 8, false);
				access_push(context->arena, out, ACCESS_OR, 0, 8, false);
			}
			done += (unsigned)(high - low);
		}
		start = end;
	}
	return done == bits || gone(context);
}

/* Reads `bits` bits of the object into place->access: the place becomes a value. */
static bool read_bits(const struct place_context *context, struct place *place, unsigned bits,
		      bool is_signed)
{
	struct access access = { .exprs = { .n = 0 } };

	switch (place->kind) {
	case PLACE_MEMORY:
		read_memory(context, &place->access, place->user, place->bit_offset, bits, is_signed);
		break;
	case PLACE_VALUE:
		if (place->bit_offset + bits > 64)
			return gone(context);
		take_bits(context, &place->access, (unsigned)place->bit_offset, bits, is_signed);
		break;
	case PLACE_PIECES:
		if (!read_pieces(context, place, bits, &access))
			return false;
		take_bits(context, &access, 0, bits, is_signed);
		place->access = access;
		break;
	}
	place->kind = PLACE_VALUE;
	place->bit_offset = 0;
	place->bit_size = 0;
	return true;
}

/* ---- steps -------------------------------------------------------------------------------- */

bool place_dereference(const struct place_context *context, struct place *place)
{
	struct ctype *type = ctype_strip(context->arena, place->type);
	struct ctype *target = ctype_target(context->arena, type);

	if (place->pointee) {
		*place = *place->pointee;
		return true;
	}
	if (!read_bits(context, place, 64, false))
		return false;
	place->kind = PLACE_MEMORY;
	place->not_addressable = false;
	place->type = target;
	return true;
}

static bool follow_references(const struct place_context *context, struct place *place)
{
	for (unsigned depth = 0; depth < 4; depth++) {
		if (ctype_strip(context->arena, place->type)->kind != CTYPE_REFERENCE)
			return true;
		if (!place_dereference(context, place))
			return false;
	}
	return true;
}

static bool report_no_member(const struct place_context *context, struct ctype *type,
			     const char *name)
{
	struct suggest suggest;
	const char *members = ctype_list_members(context->arena, type);

	diag_error(context->diags, context->range, "'%s' has no member '%s'",
		   ctype_spell(context->arena, type), name);
	if (context->diags->known)
		ctype_each_member(context->arena, type, context->diags->known,
				  context->diags->known_data);
	suggest_start(&suggest, name);
	ctype_offer_members(context->arena, type, &suggest);
	if (suggest_best(&suggest))
		suggest_help(&suggest, context->diags);
	else if (*members)
		diag_help(context->diags, "its members are: %s", members);
	return false;
}

/* Leaves the address alone on the stack, so that something can be added to it. */
static void settle(const struct place_context *context, struct place *place)
{
	if (place->bit_offset >= 8)
		push(context, place, ACCESS_ADD_CONST, (int64_t)(place->bit_offset / 8), 8, false);
	place->bit_offset %= 8;
}

static bool follow_hops(const struct place_context *context, struct place *place,
			const struct ctype_hop *hop)
{
	for (; hop; hop = hop->next) {
		if (place->kind != PLACE_MEMORY)
			return false;
		place->bit_offset += hop->bit_offset;
		settle(context, place);
		append(context->arena, &place->access, hop->locate);
	}
	return true;
}

/* `->` follows pointers until there is a structure, as `.` and `->` are one in scripts. */
bool place_member(const struct place_context *context, struct place *place, const char *name)
{
	struct arena *arena = context->arena;
	struct ctype *type;
	struct ctype_member member;

	if (!follow_references(context, place))
		return false;
	type = ctype_strip(arena, place->type);
	if (type->kind == CTYPE_POINTER) {
		if (!place_dereference(context, place))
			return false;
		type = ctype_strip(arena, place->type);
	}
	if (type->kind != CTYPE_STRUCT && type->kind != CTYPE_UNION) {
		diag_error(context->diags, context->range,
			   "'%s' is not a structure: it has no member '%s'",
			   ctype_spell(arena, place->type), name);
		return false;
	}
	if (type->incomplete) {
		diag_error(context->diags, context->range,
			   "'%s' is only declared here: its members are not known",
			   ctype_spell(arena, type));
		diag_help(context->diags, "name the file that defines it: @cast(p, \"%s\", \"FILE\")",
			  ctype_spell(arena, type));
		return false;
	}
	if (!ctype_find_member(arena, type, name, &member))
		return report_no_member(context, type, name);
	if (member.is_virtual_base || !follow_hops(context, place, member.hops)) {
		diag_error(context->diags, context->range,
			   "member '%s' is in a virtual base class, whose place is not known", name);
		return false;
	}
	place->bit_offset += member.bit_offset;
	place->bit_size = member.bit_size;
	place->type = member.type;
	return true;
}

static bool index_variable(const struct place_context *context, struct place *place,
			   struct expr *index, uint64_t size)
{
	if (place->kind != PLACE_MEMORY) {
		diag_error(context->diags, index->range,
			   "an array in registers can only be indexed with a number");
		return false;
	}
	settle(context, place);
	push(context, place, ACCESS_EXPR, place->access.exprs.n, 8, true);
	VEC_PUSH(context->arena, &place->access.exprs, index);
	push(context, place, ACCESS_CONST, (int64_t)size, 8, true);
	push(context, place, ACCESS_MUL, 0, 8, true);
	push(context, place, ACCESS_ADD, 0, 8, true);
	return true;
}

static bool index_number(const struct place_context *context, struct place *place,
			 const struct expr *index, uint64_t size)
{
	int64_t bytes;

	if (__builtin_mul_overflow(index->number, (int64_t)size, &bytes)) {
		diag_error(context->diags, index->range, "this index is too large");
		return false;
	}
	if (place->kind == PLACE_MEMORY) {
		settle(context, place);
		if (bytes)
			push(context, place, ACCESS_ADD_CONST, bytes, 8, false);
		return true;
	}
	if (bytes < 0 || bytes > 65536)
		return gone(context);
	place->bit_offset += (uint64_t)bytes * 8;
	return true;
}

bool place_index(const struct place_context *context, struct place *place, struct expr *index)
{
	struct arena *arena = context->arena;
	struct ctype *type, *element;
	uint64_t size;

	if (!follow_references(context, place))
		return false;
	type = ctype_strip(arena, place->type);
	if (type->kind != CTYPE_ARRAY && type->kind != CTYPE_POINTER) {
		diag_error(context->diags, context->range,
			   "'%s' is neither an array nor a pointer: it can not be indexed",
			   ctype_spell(arena, place->type));
		return false;
	}
	element = ctype_target(arena, type);
	size = ctype_size(arena, element);
	if (type->kind == CTYPE_POINTER && !place_dereference(context, place))
		return false;
	if (!size) {
		diag_error(context->diags, context->range,
			   "the size of '%s' is not known: it can not be indexed",
			   ctype_spell(arena, element));
		return false;
	}
	place->type = element;
	place->bit_size = 0;
	return index->kind == EXPR_NUMBER ? index_number(context, place, index, size) :
					    index_variable(context, place, index, size);
}

bool place_walk(const struct place_context *context, struct place *place,
		const struct target *target)
{
	for (unsigned i = 0; i < target->path.n; i++) {
		const struct component *component = &target->path.v[i];
		struct place_context here = *context;
		bool good;

		if (component->kind != COMPONENT_MEMBER && component->kind != COMPONENT_INDEX)
			return true;
		if (component->range.source)
			here.range = component->range;
		good = component->kind == COMPONENT_MEMBER ?
			       place_member(&here, place, component->member) :
			       place_index(&here, place, component->index);
		if (!good)
			return false;
	}
	return true;
}

/* ---- the end ------------------------------------------------------------------------------ */

static bool take_address(const struct place_context *context, struct place *place,
			 const char *what)
{
	if (place->kind != PLACE_MEMORY || place->not_addressable) {
		diag_error(context->diags, context->range, "%s has no address: it is in a register%s",
			   what, place->kind == PLACE_PIECES ? " or in several places" : "");
		return false;
	}
	if (place->bit_size || place->bit_offset % 8) {
		diag_error(context->diags, context->range, "a bit-field has no address");
		return false;
	}
	settle(context, place);
	return true;
}

static bool finish_scalar(const struct place_context *context, struct place *place,
			  const struct ctype *type)
{
	unsigned bits = place->bit_size;
	bool is_signed = type->is_signed && type->kind != CTYPE_POINTER;

	if (type->kind == CTYPE_POINTER && place->pointee) {
		if (place->pointee->kind == PLACE_MEMORY && !place->pointee->not_addressable) {
			*place = *place->pointee;
			return take_address(context, place, "what it points to");
		}
		diag_error(context->diags, context->range,
			   "this pointer was optimised away (what it points to can still be read)");
		return false;
	}
	if (!bits)
		bits = type->kind == CTYPE_POINTER ? 64 : (unsigned)(type->size > 8 ? 0 : type->size * 8);
	if (!bits || bits > 64) {
		diag_error(context->diags, context->range,
			   "a value of type '%s' does not fit into 64 bits",
			   ctype_spell(context->arena, place->type));
		return false;
	}
	return read_bits(context, place, bits, is_signed);
}

static bool refuse_type(const struct place_context *context, struct place *place,
			const struct ctype *type)
{
	const char *spelling = ctype_spell(context->arena, place->type);

	switch (type->kind) {
	case CTYPE_STRUCT:
	case CTYPE_UNION:
		diag_error(context->diags, context->range,
			   "'%s' is a structure, not a value", spelling);
		diag_help(context->diags, "name a member of it, take its address with '&', or print "
			  "it whole with a '$' behind");
		return false;
	case CTYPE_FLOAT:
		diag_error(context->diags, context->range,
			   "'%s' is a floating-point type; scripts have no such values", spelling);
		diag_help(context->diags, "its bits can be read at its address, with '&' in front");
		return false;
	default:
		diag_error(context->diags, context->range, "'%s' is not a type with values", spelling);
		return false;
	}
}

/* Whether assigning to the value makes sense: it, or the word it is some bits of, is in memory. */
static bool is_writable(const struct access *access)
{
	unsigned n = access->steps.n;
	enum access_op last = n ? access->steps.v[n - 1].op : ACCESS_CONST;

	if (last == ACCESS_BITS && n > 1)
		last = access->steps.v[n - 2].op;
	return last == ACCESS_READ_USER || last == ACCESS_READ_KERNEL;
}

bool place_finish(const struct place_context *context, struct place *place, bool address_of,
		  struct access *access)
{
	struct arena *arena = context->arena;
	struct ctype *type;
	const char *name;

	if (!follow_references(context, place))
		return false;
	type = ctype_strip(arena, place->type);
	name = ctype_spell(arena, place->type);
	if (address_of) {
		if (!take_address(context, place, "this"))
			return false;
		name = arena_printf(arena, "%s *", name);
	} else if (type->kind == CTYPE_ARRAY || type->kind == CTYPE_FUNCTION) {
		if (!take_address(context, place, "this array"))
			return false;
	} else if (type->kind == CTYPE_INT || type->kind == CTYPE_ENUM ||
		   type->kind == CTYPE_POINTER) {
		if (!finish_scalar(context, place, type))
			return false;
	} else {
		return refuse_type(context, place, type);
	}
	*access = place->access;
	access->type_name = name;
	access->writable = !address_of && is_writable(access);
	return true;
}

struct expr *place_resolve(const struct place_context *context, struct place *place,
			   struct expr *expr)
{
	struct access *access = ARENA_NEW(context->arena, struct access);

	if (!place_walk(context, place, expr->target) ||
	    !place_finish(context, place, expr->target->address_of, access))
		return NULL;
	expr->target->access = access;
	expr->type = TYPE_LONG;
	return expr;
}
