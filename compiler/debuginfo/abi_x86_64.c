/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The System V calling convention of x86-64.
 */
#include <string.h>

#include "compiler/debuginfo/abi.h"

enum { RAX = 0, RDX = 1, RSP = 7, MAX_DEPTH = 16, INTEGER_REGISTERS = 6, SSE_REGISTERS = 8 };

/* DWARF numbers of the registers that carry integer arguments. */
static const int argument_registers[INTEGER_REGISTERS] = { 5, 4, 1, 2, 8, 9 };

enum class { CLASS_NONE, CLASS_INTEGER, CLASS_SSE, CLASS_MEMORY, CLASS_UNKNOWN };

struct passing {
	enum class class[2]; /* of the two halves of 8 bytes */
};

static void merge(enum class *into, enum class with)
{
	if (*into == CLASS_NONE || with == CLASS_MEMORY || with == CLASS_UNKNOWN)
		*into = with;
	else if (with == CLASS_INTEGER && *into == CLASS_SSE)
		*into = with;
}

static void classify(struct arena *arena, struct ctype *type, uint64_t offset,
		     struct passing *passing, unsigned depth);

static void classify_members(struct arena *arena, struct ctype *type, uint64_t offset,
			     struct passing *passing, unsigned depth)
{
	ctype_filled(arena, type);
	for (unsigned i = 0; i < type->members.n; i++) {
		const struct ctype_member *member = &type->members.v[i];
		uint64_t at = offset + member->bit_offset / 8;

		if (member->bit_size)
			merge(&passing->class[at >= 8], CLASS_INTEGER);
		else
			classify(arena, member->type, at, passing, depth + 1);
	}
}

/* Of 16 bytes it is one register, as of 8. Of more it depends on how the file was compiled. */
static void classify_vector(uint64_t size, uint64_t offset, struct passing *passing)
{
	if (size > 16 || (size > 8 && (offset || passing->class[0] || passing->class[1])))
		merge(&passing->class[0], CLASS_UNKNOWN);
	else
		merge(&passing->class[offset >= 8], CLASS_SSE);
}

static void classify_array(struct arena *arena, struct ctype *type, uint64_t offset,
			   struct passing *passing, unsigned depth)
{
	struct ctype *element = ctype_target(arena, type);
	uint64_t size = ctype_size(arena, element);

	for (uint64_t i = 0; size && i < type->count && offset + i * size < 16; i++)
		classify(arena, element, offset + i * size, passing, depth + 1);
}

static void classify(struct arena *arena, struct ctype *type, uint64_t offset,
		     struct passing *passing, unsigned depth)
{
	uint64_t size = ctype_size(arena, type);

	type = ctype_strip(arena, type);
	if (depth > MAX_DEPTH || !size || type->incomplete) {
		passing->class[0] = CLASS_UNKNOWN;
		return;
	}
	if (type->is_vector) {
		classify_vector(size, offset, passing);
		return;
	}
	/* What is not aligned, in a packed structure, is not passed in registers. */
	if (offset + size > 16 || (!ctype_is_aggregate(type) && offset % size)) {
		passing->class[0] = type->name && strstr(type->name, "complex") ? CLASS_UNKNOWN
										: CLASS_MEMORY;
		return;
	}
	switch (type->kind) {
	case CTYPE_INT:
	case CTYPE_ENUM:
	case CTYPE_POINTER:
	case CTYPE_REFERENCE:
		merge(&passing->class[offset >= 8], CLASS_INTEGER);
		if (size > 8)
			merge(&passing->class[1], CLASS_INTEGER);
		break;
	case CTYPE_FLOAT:
		merge(&passing->class[offset >= 8], size > 8 ? CLASS_UNKNOWN : CLASS_SSE);
		break;
	case CTYPE_STRUCT:
	case CTYPE_UNION:
		classify_members(arena, type, offset, passing, depth);
		break;
	case CTYPE_ARRAY:
		classify_array(arena, type, offset, passing, depth);
		break;
	default:
		passing->class[0] = CLASS_UNKNOWN;
	}
}

static bool flag_of(Dwarf_Die *die, unsigned name)
{
	return dwarf_hasattr_integrate(die, name);
}

/* A member function that the programmer wrote: not the compiler's own, not "= default". */
static bool is_written(Dwarf_Die *function)
{
	return !flag_of(function, DW_AT_artificial) && !flag_of(function, DW_AT_defaulted);
}

/* Whether the only parameter besides `this` is a reference to the class: it copies or moves. */
static bool takes_itself(struct dwarf_file *file, Dwarf_Die *function, const char *class)
{
	struct arena *arena = file->dso->debuginfo->arena;
	struct ctype *type = NULL;
	Dwarf_Die die;
	unsigned n = 0;
	int status = dwarf_child(function, &die);

	for (; !status; status = dwarf_siblingof(&die, &die)) {
		if (dwarf_tag(&die) != DW_TAG_formal_parameter || flag_of(&die, DW_AT_artificial))
			continue;
		type = ctype_strip(arena, dwarf_type_of(file, &die));
		n++;
	}
	if (n != 1 || type->kind != CTYPE_REFERENCE)
		return false;
	type = ctype_strip(arena, ctype_target(arena, type));
	return type->name && !strcmp(type->name, class);
}

/* A constructor's name is the class', without template arguments. */
static bool is_constructor(const char *function, const char *class)
{
	size_t length = strcspn(class, "<");

	return !strncmp(function, class, length) && (!function[length] || function[length] == '<');
}

static bool is_nontrivial(struct dwarf_file *file, Dwarf_Die *class, unsigned depth);

static bool holds_nontrivial(struct dwarf_file *file, Dwarf_Die *member, unsigned depth)
{
	struct arena *arena = file->dso->debuginfo->arena;
	struct ctype *type = ctype_strip(arena, dwarf_type_of(file, member));

	while (type->kind == CTYPE_ARRAY)
		type = ctype_strip(arena, ctype_target(arena, type));
	return (type->kind == CTYPE_STRUCT || type->kind == CTYPE_UNION) && type->source &&
	       is_nontrivial(file, dwarf_type_die(type), depth + 1);
}

static bool is_nontrivial_function(struct dwarf_file *file, Dwarf_Die *function, const char *class)
{
	const char *name = dwarf_diename(function);

	if (flag_of(function, DW_AT_virtuality))
		return true;
	if (!name || !class || !is_written(function))
		return false;
	return name[0] == '~' || (is_constructor(name, class) && takes_itself(file, function, class));
}

/* The ABI passes a class by reference when copying or destroying it runs code. */
static bool is_nontrivial(struct dwarf_file *file, Dwarf_Die *class, unsigned depth)
{
	const char *name = dwarf_diename(class);
	Dwarf_Die die;
	int status = dwarf_child(class, &die);

	for (; !status && depth < MAX_DEPTH; status = dwarf_siblingof(&die, &die)) {
		switch (dwarf_tag(&die)) {
		case DW_TAG_subprogram:
			if (is_nontrivial_function(file, &die, name))
				return true;
			break;
		case DW_TAG_inheritance:
			if (flag_of(&die, DW_AT_virtuality) || holds_nontrivial(file, &die, depth))
				return true;
			break;
		case DW_TAG_member:
			if (!flag_of(&die, DW_AT_external) && holds_nontrivial(file, &die, depth))
				return true;
			break;
		}
	}
	return false;
}

/* Newer compilers say how a class is passed; of others, the class itself must be looked at. */
static enum class class_passing(struct dwarf_file *file, struct ctype *type)
{
	Dwarf_Die *die = dwarf_type_die(type), unit;
	Dwarf_Attribute attr;
	Dwarf_Word convention;

	if (dwarf_attr_integrate(die, DW_AT_calling_convention, &attr) &&
	    !dwarf_formudata(&attr, &convention))
		return convention == DW_CC_pass_by_value ? CLASS_NONE :
		       convention == DW_CC_pass_by_reference ? CLASS_MEMORY : CLASS_UNKNOWN;
	if (!dwarf_diecu(die, &unit, NULL, NULL))
		return CLASS_UNKNOWN;
	switch (dwarf_srclang(&unit)) {
	case DW_LANG_C_plus_plus:
	case DW_LANG_C_plus_plus_03:
	case DW_LANG_C_plus_plus_11:
	case DW_LANG_C_plus_plus_14:
		return is_nontrivial(file, die, 0) ? CLASS_MEMORY : CLASS_NONE;
	default:
		return CLASS_UNKNOWN;
	}
}

static struct passing passing_of(struct dwarf_file *file, struct ctype *type)
{
	struct arena *arena = file->dso->debuginfo->arena;
	struct passing passing = { { CLASS_NONE, CLASS_NONE } };
	struct ctype *stripped = ctype_strip(arena, type);

	if ((stripped->kind == CTYPE_STRUCT || stripped->kind == CTYPE_UNION) && stripped->is_class) {
		passing.class[0] = class_passing(file, stripped);
		if (passing.class[0] != CLASS_NONE) {
			if (passing.class[0] == CLASS_MEMORY)
				passing.class[1] = CLASS_INTEGER; /* by a pointer */
			return passing;
		}
	}
	classify(arena, type, 0, &passing, 0);
	if (passing.class[0] == CLASS_MEMORY || passing.class[1] == CLASS_MEMORY ||
	    passing.class[0] == CLASS_UNKNOWN || passing.class[1] == CLASS_UNKNOWN) {
		passing.class[0] = passing.class[0] == CLASS_UNKNOWN ||
				   passing.class[1] == CLASS_UNKNOWN ? CLASS_UNKNOWN : CLASS_MEMORY;
		passing.class[1] = CLASS_NONE;
	}
	return passing;
}

static unsigned count(const struct passing *passing, enum class class)
{
	return (passing->class[0] == class) + (passing->class[1] == class);
}

/* ---- arguments ---------------------------------------------------------------------------- */

struct registers {
	unsigned integer, sse; /* in use */
	uint64_t stack;        /* bytes of arguments on it */
	bool stack_unsure;     /* one of them may have been aligned */
};

/* Alignment beyond 8 bytes is only possible for what holds 16-byte scalars or says so. */
static bool may_be_aligned(struct arena *arena, struct ctype *type, unsigned depth)
{
	type = ctype_filled(arena, ctype_strip(arena, type));
	if (depth > MAX_DEPTH)
		return true;
	if (type->kind == CTYPE_ARRAY)
		return may_be_aligned(arena, ctype_target(arena, type), depth + 1);
	if (type->kind != CTYPE_STRUCT && type->kind != CTYPE_UNION)
		return type->size > 8;
	if (type->size % 16 == 0 && type->members.n == 0)
		return true;
	for (unsigned i = 0; i < type->members.n; i++)
		if (may_be_aligned(arena, type->members.v[i].type, depth + 1))
			return true;
	return false;
}

/* Takes the registers of one argument; false when it is on the stack. */
static bool take(struct registers *registers, const struct passing *passing)
{
	unsigned integer = count(passing, CLASS_INTEGER), sse = count(passing, CLASS_SSE);

	if (passing->class[0] == CLASS_MEMORY && !integer)
		return false;
	if (registers->integer + integer > INTEGER_REGISTERS ||
	    registers->sse + sse > SSE_REGISTERS)
		return false;
	registers->integer += integer;
	registers->sse += sse;
	return true;
}

static void push_register(struct arena *arena, struct access *access, int number)
{
	access_push(arena, access, ACCESS_REGISTER, number, 8, false);
}

static void place_pair(struct arena *arena, struct place *place, const struct passing *passing,
		       const int *registers)
{
	unsigned used = 0;

	place->kind = PLACE_PIECES;
	for (unsigned i = 0; i < 2 && passing->class[i] != CLASS_NONE; i++) {
		struct place_piece piece = { .kind = PLACE_VALUE, .bits = 64 };

		if (passing->class[i] == CLASS_INTEGER)
			push_register(arena, &piece.access, registers[used++]);
		else
			piece.missing = true;
		VEC_PUSH(arena, &place->pieces, piece);
	}
}

static const char *place_argument(struct arena *arena, struct place *place,
				  const struct passing *passing, const struct registers *before,
				  const struct registers *after)
{
	if (passing->class[0] == CLASS_MEMORY) {
		push_register(arena, &place->access, argument_registers[before->integer]);
		place->kind = PLACE_MEMORY; /* by a pointer */
	} else if (after->integer == before->integer) {
		return "it is in a vector register";
	} else if (passing->class[1] == CLASS_NONE) {
		push_register(arena, &place->access, argument_registers[before->integer]);
		place->kind = PLACE_VALUE;
	} else {
		place_pair(arena, place, passing, argument_registers + before->integer);
	}
	return NULL;
}

static void add_to_stack(struct arena *arena, struct ctype *type, struct registers *registers)
{
	registers->stack_unsure |= may_be_aligned(arena, type, 0);
	registers->stack += (ctype_size(arena, type) + 7) / 8 * 8;
}

/* Above the return address. */
static const char *place_on_stack(struct arena *arena, struct place *place,
				  const struct registers *registers)
{
	if (registers->stack_unsure || may_be_aligned(arena, place->type, 0))
		return "it is not in its place yet";
	push_register(arena, &place->access, RSP);
	access_push(arena, &place->access, ACCESS_ADD_CONST, (int64_t)registers->stack + 8, 8, false);
	place->kind = PLACE_MEMORY;
	return NULL;
}

bool abi_is_on_stack(const struct place *place, uint64_t offset)
{
	const struct access_step *steps = place->access.steps.v;

	return place->kind == PLACE_MEMORY && place->access.steps.n == 2 &&
	       steps[0].op == ACCESS_REGISTER && steps[0].operand == RSP &&
	       steps[1].op == ACCESS_ADD_CONST && steps[1].operand == (int64_t)offset + 8;
}

/* ---- what compilers do to functions that only they call ------------------------------------- */

/*
 * Such a function may lose arguments and its result. clang says so in the debug information, gcc
 * only by the symbol: "f.constprop.0" lost arguments, "f.isra.0" its result as well.
 */
static const char *changed(struct dwarf_file *file, Dwarf_Die *function, bool result)
{
	Dwarf_Attribute attr;
	Dwarf_Word convention;
	Dwarf_Addr entry;
	const struct dso_symbol *symbol = NULL;

	if (dwarf_attr_integrate(function, DW_AT_calling_convention, &attr) &&
	    !dwarf_formudata(&attr, &convention) && convention == DW_CC_nocall)
		return result ? "the compiler may have removed it, as nobody uses it" :
				"the compiler changed how the function is called";
	if (!dwarf_entrypc(function, &entry))
		symbol = dso_symbol_at(file->dso, entry);
	if (!symbol || !strchr(symbol->name, '.'))
		return NULL;
	if (strstr(symbol->name, ".isra.") || strstr(symbol->name, ".part."))
		return result ? "the compiler may have removed it, as nobody uses it" :
				"the compiler changed how the function is called";
	return !result && strstr(symbol->name, ".constprop.") ?
		       "the compiler changed how the function is called" : NULL;
}

const char *abi_argument(struct dwarf_file *file, Dwarf_Die *function, Dwarf_Die *parameter,
			 struct place *place)
{
	struct arena *arena = file->dso->debuginfo->arena;
	struct registers registers = { .integer = 0 };
	struct ctype *result = dwarf_type_of(file, function);
	const char *problem = changed(file, function, false);
	Dwarf_Die die;
	int status;

	if (problem)
		return problem;
	*place = (struct place){ .type = dwarf_type_of(file, parameter), .user = !file->dso->kernel };
	if (ctype_is_aggregate(ctype_strip(arena, result))) {
		struct passing passing = passing_of(file, result);

		if (passing.class[0] == CLASS_UNKNOWN)
			return "how its function is called is not known";
		registers.integer += passing.class[0] == CLASS_MEMORY;
	}
	for (status = dwarf_child(function, &die); !status; status = dwarf_siblingof(&die, &die)) {
		struct passing passing;
		struct registers before = registers;

		if (dwarf_tag(&die) != DW_TAG_formal_parameter)
			continue;
		passing = passing_of(file, dwarf_type_of(file, &die));
		if (passing.class[0] == CLASS_UNKNOWN)
			return "how its function is called is not known";
		if (!take(&registers, &passing)) {
			if (die.addr == parameter->addr)
				return place_on_stack(arena, place, &registers);
			add_to_stack(arena, dwarf_type_of(file, &die), &registers);
			continue;
		}
		if (die.addr == parameter->addr)
			return place_argument(arena, place, &passing, &before, &registers);
	}
	return "it is not an argument of the function";
}

/* ---- results ------------------------------------------------------------------------------ */

/* LLVM's optimiser lets functions of one file not return where they have put their result. */
static bool returns_address(Dwarf_Die *function)
{
	return dwarf_hasattr_integrate(function, DW_AT_external) || !dwarf_is_by_llvm(function) ||
	       (!dwarf_hasattr(function, DW_AT_call_all_calls) &&
		!dwarf_hasattr(function, DW_AT_GNU_all_call_sites));
}

const char *abi_result(struct dwarf_file *file, Dwarf_Die *function, struct place *place)
{
	static const int pair[] = { RAX, RDX };
	struct arena *arena = file->dso->debuginfo->arena;
	struct ctype *type = dwarf_type_of(file, function), *stripped = ctype_strip(arena, type);
	const char *problem = changed(file, function, true);
	struct passing passing;

	*place = (struct place){ .type = type, .user = !file->dso->kernel };
	if (stripped->kind == CTYPE_VOID)
		return "the function has no result";
	if (problem)
		return problem;
	passing = passing_of(file, type);
	if (passing.class[0] == CLASS_UNKNOWN)
		return "how the function returns its result is not known";
	if (passing.class[0] == CLASS_MEMORY && !returns_address(function))
		return "where it is, is not known after the return";
	if (passing.class[0] == CLASS_MEMORY) {
		push_register(arena, &place->access, RAX);
		place->kind = PLACE_MEMORY;
		return NULL;
	}
	if (passing.class[0] == CLASS_SSE && passing.class[1] != CLASS_INTEGER)
		return "its value is in a vector register";
	if (passing.class[1] != CLASS_NONE) {
		place_pair(arena, place, &passing, pair);
		return NULL;
	}
	access_push(arena, &place->access, ACCESS_RESULT, 0, 8, false);
	place->kind = PLACE_VALUE;
	return NULL;
}

void abi_frame(struct arena *arena, bool at_return, struct access *access)
{
	access_push(arena, access, ACCESS_REGISTER, RSP, 8, false);
	if (!at_return)
		access_push(arena, access, ACCESS_ADD_CONST, 8, 8, false);
}
