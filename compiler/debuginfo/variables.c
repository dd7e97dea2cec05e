/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding variables in DWARF, and where they are.
 */
#include <string.h>

#include "compiler/debuginfo/golang.h"
#include "compiler/debuginfo/place.h"
#include "compiler/debuginfo/tls.h"
#include "compiler/debuginfo/variables.h"

enum { MAX_DEPTH = 64 };

/* ---- in scope ----------------------------------------------------------------------------- */

static const char unclear[] =
	"the debug information does not tell which of several variables of that name is meant";

static bool is_in(Dwarf_Die *scope, const struct dwarf_variable *variable)
{
	Dwarf_Die die;
	int status = dwarf_child(scope, &die);

	while (!status && die.addr != variable->die.addr)
		status = dwarf_siblingof(&die, &die);
	return !status;
}

static int line_of(const struct dwarf_variable *variable)
{
	Dwarf_Die die = variable->die;
	int line;

	return dwarf_decl_line(&die, &line) ? 0 : line;
}

static void add_variable(struct arena *arena, Dwarf_Die *scope, struct dwarf_variable_vec *out,
			 struct dwarf_variable *variable)
{
	for (unsigned i = 0; i < out->n; i++) {
		if (strcmp(out->v[i].name, variable->name))
			continue;
		if (out->v[i].is_parameter && variable->escaped) {
			variable->is_parameter = variable->moves = true;
			variable->first = out->v[i].die;
			out->v[i] = *variable;
			return;
		}
		if (line_of(&out->v[i]) > line_of(variable) || is_in(scope, &out->v[i]))
			variable->problem = unclear;
		out->v[i] = *variable;
		return;
	}
	VEC_PUSH(arena, out, *variable);
}

static void collect(struct arena *arena, Dwarf_Die *scope, uint64_t pc, unsigned depth,
		    struct dwarf_variable_vec *out)
{
	Dwarf_Die die, blocks[16];
	unsigned n = 0;
	int status = depth < MAX_DEPTH ? dwarf_child(scope, &die) : 1;

	for (; !status; status = dwarf_siblingof(&die, &die)) {
		struct dwarf_variable variable = { .die = die };

		switch (dwarf_tag(&die)) {
		case DW_TAG_formal_parameter:
			variable.is_parameter = true;
			/* fall through */
		case DW_TAG_variable:
			variable.name = dwarf_diename(&die);
			variable.is_result = golang_is_result(&die);
			variable.is_parameter &= !variable.is_result;
			if (!variable.name || *variable.name == '~' || *variable.name == '.')
				break; /* Go: nothing that the programmer has named */
			variable.escaped = *variable.name == '&';
			variable.name += variable.escaped;
			add_variable(arena, scope, out, &variable);
			break;
		case DW_TAG_lexical_block:
			if (n < 16 && dwarf_haspc(&die, pc) == 1)
				blocks[n++] = die;
			break;
		}
	}
	for (unsigned i = 0; i < n; i++)
		collect(arena, &blocks[i], pc, depth + 1, out);
}

/* ---- variables that an instance has lost ---------------------------------------------------- */

/* What an instance of a function has of the abstract one. */
struct instance {
	struct arena *arena;
	uint64_t pc;
	struct dwarf_variable_vec *out;
	struct {
		VEC(struct counterpart { const void *origin; Dwarf_Die die; });
	} parts;
};

static bool origin_of(Dwarf_Die *die, Dwarf_Die *origin)
{
	Dwarf_Attribute attr;

	return dwarf_attr(die, DW_AT_abstract_origin, &attr) && dwarf_formref_die(&attr, origin);
}

static void gather(struct instance *instance, Dwarf_Die *scope, unsigned depth)
{
	Dwarf_Die die, origin;
	int status = depth < MAX_DEPTH ? dwarf_child(scope, &die) : 1;

	for (; !status; status = dwarf_siblingof(&die, &die)) {
		int tag = dwarf_tag(&die);
		struct counterpart part = { .die = die };

		if (tag == DW_TAG_lexical_block)
			gather(instance, &die, depth + 1);
		if ((tag != DW_TAG_lexical_block && tag != DW_TAG_variable &&
		     tag != DW_TAG_formal_parameter) || !origin_of(&die, &origin))
			continue;
		part.origin = origin.addr;
		VEC_PUSH(instance->arena, &instance->parts, part);
	}
}

static Dwarf_Die *counterpart(struct instance *instance, Dwarf_Die *abstract)
{
	for (unsigned i = 0; i < instance->parts.n; i++)
		if (instance->parts.v[i].origin == abstract->addr)
			return &instance->parts.v[i].die;
	return NULL;
}

static void add_lost(struct instance *instance, Dwarf_Die *die)
{
	struct dwarf_variable lost = { .name = dwarf_diename(die), .die = *die,
				       .is_parameter = dwarf_tag(die) == DW_TAG_formal_parameter,
				       .problem = "optimised away here" };

	for (unsigned i = 0; lost.name && i < instance->out->n; i++) {
		if (strcmp(instance->out->v[i].name, lost.name))
			continue;
		instance->out->v[i].problem = unclear;
		return;
	}
	if (lost.name && !dwarf_hasattr(die, DW_AT_location) && !dwarf_hasattr(die, DW_AT_const_value))
		VEC_PUSH(instance->arena, instance->out, lost);
}

static void find_lost(struct instance *instance, Dwarf_Die *abstract, unsigned depth)
{
	Dwarf_Die die;
	int status = depth < MAX_DEPTH ? dwarf_child(abstract, &die) : 1;

	for (; !status; status = dwarf_siblingof(&die, &die)) {
		Dwarf_Die *part;

		switch (dwarf_tag(&die)) {
		case DW_TAG_formal_parameter:
		case DW_TAG_variable:
			if (!counterpart(instance, &die))
				add_lost(instance, &die);
			break;
		case DW_TAG_lexical_block:
			part = counterpart(instance, &die);
			if (!part || dwarf_haspc(part, instance->pc) == 1)
				find_lost(instance, &die, depth + 1);
			break;
		}
	}
}

void variables_of_scope(struct arena *arena, Dwarf_Die *scope, uint64_t pc,
			struct dwarf_variable_vec *out)
{
	struct instance instance = { .arena = arena, .pc = pc, .out = out };
	Dwarf_Die abstract;

	collect(arena, scope, pc, 0, out);
	if (!origin_of(scope, &abstract))
		return;
	gather(&instance, scope, 0);
	find_lost(&instance, &abstract, 0);
}

/* ---- globals ------------------------------------------------------------------------------ */

static bool is_declaration(Dwarf_Die *die)
{
	Dwarf_Attribute attr;
	bool flag;

	return dwarf_attr(die, DW_AT_declaration, &attr) && !dwarf_formflag(&attr, &flag) && flag;
}

static bool has_place(Dwarf_Die *die)
{
	return dwarf_hasattr_integrate(die, DW_AT_location) ||
	       dwarf_hasattr_integrate(die, DW_AT_const_value);
}

/* A definition is better than a declaration. */
static bool find_in(Dwarf_Die *parent, const char *name, unsigned depth, Dwarf_Die *found)
{
	Dwarf_Die die;
	bool any = false;
	int status = depth < MAX_DEPTH ? dwarf_child(parent, &die) : 1;

	for (; !status; status = dwarf_siblingof(&die, &die)) {
		int tag = dwarf_tag(&die);
		const char *text = dwarf_diename(&die);
		size_t length = text ? strlen(text) : 0;

		if ((tag == DW_TAG_variable || (tag == DW_TAG_member && is_declaration(&die))) && text &&
		    !strcmp(text, name)) {
			bool whole = has_place(&die) && !is_declaration(&die);

			if (whole || !any)
				*found = die;
			any = true;
			if (whole)
				return true;
		} else if (tag == DW_TAG_namespace || tag == DW_TAG_structure_type ||
			   tag == DW_TAG_class_type) {
			bool named = text && !strncmp(name, text, length) &&
				     !strncmp(name + length, "::", 2);

			if (tag != DW_TAG_namespace && !named)
				continue;
			any |= find_in(&die, named ? name + length + 2 : name, depth + 1, found);
		}
	}
	return any;
}

/* What a namespace or class declares is defined at the unit's top, by a DIE that refers to it. */
static void find_definition(Dwarf_Die *unit, Dwarf_Die *found)
{
	Dwarf_Die die;
	int status = has_place(found) ? 1 : dwarf_child(unit, &die);

	for (; !status; status = dwarf_siblingof(&die, &die)) {
		Dwarf_Attribute attr;
		Dwarf_Die of;

		if (dwarf_tag(&die) != DW_TAG_variable ||
		    !dwarf_attr(&die, DW_AT_specification, &attr) || !dwarf_formref_die(&attr, &of) ||
		    of.addr != found->addr)
			continue;
		*found = die;
		return;
	}
}

static bool find_in_unit(struct dwarf_unit *unit, const char *name, Dwarf_Die *found)
{
	if (!find_in(&unit->die, name, 0, found))
		return false;
	find_definition(&unit->die, found);
	return true;
}

static bool unit_matches(struct dwarf_unit *unit, const char *source)
{
	return !source || dwarf_file_matches(dwarf_diename(&unit->die), source);
}

static bool is_external(Dwarf_Die *die)
{
	Dwarf_Attribute attr;

	return dwarf_attr_integrate(die, DW_AT_external, &attr) != NULL;
}

/* What a header defines in each file that includes it is the same everywhere when it is const. */
static bool is_constant(Dwarf_Die *die)
{
	Dwarf_Attribute attr;
	Dwarf_Die type;

	return dwarf_attr_integrate(die, DW_AT_type, &attr) && dwarf_formref_die(&attr, &type) &&
	       dwarf_tag(&type) == DW_TAG_const_type;
}

bool variables_find_global(struct dwarf_file *file, struct dwarf_unit *unit, const char *name,
			   const char *source, struct dwarf_variable *found)
{
	const char *last = strrchr(name, ':');
	bool any = false, hidden = false, *units;

	*found = (struct dwarf_variable){ .name = name, .is_global = true };
	if (unit && unit_matches(unit, source))
		any = find_in_unit(unit, name, &found->die);
	if (any && has_place(&found->die))
		return true;
	units = dwarf_units_naming(file, last ? last + 1 : name);
	for (unsigned i = 0; i < file->units.n; i++) {
		Dwarf_Die die;

		if (!units[i] || !unit_matches(&file->units.v[i], source) ||
		    !find_in_unit(&file->units.v[i], name, &die) || !has_place(&die))
			continue;
		/* Another file's static variable is only meant when the file is named. */
		if (!is_external(&die) && !source && unit)
			continue;
		if (!is_external(&die) && hidden && !is_constant(&die))
			found->problem = "several source files have one of that name: write "
					 "NAME@FILE, with the file's directory";
		if (!hidden || is_external(&die))
			found->die = die;
		any = true;
		if (is_external(&die)) {
			found->problem = NULL;
			break;
		}
		hidden = true;
	}
	return any;
}

/* ---- places ------------------------------------------------------------------------------- */

static const struct dso_symbol *find_symbol(struct dso *dso, const char *name, uint64_t *address)
{
	dso_read_symbols(dso);
	for (unsigned i = 0; i < dso->symbols.n; i++) {
		const struct dso_symbol *symbol = &dso->symbols.v[i];

		if (symbol->kind != DSO_OBJECT || !symbol->global ||
		    (address && symbol->address != *address) || strcmp(symbol->name, name))
			continue;
		return symbol;
	}
	return NULL;
}

/*
 * A program may have its own copy of a library's variable, which all then use: the loader puts
 * the address of the one in use into the global offset table.
 */
static bool find_got_slot(struct dso *dso, uint64_t address, uint64_t *slot)
{
	GElf_Shdr shdr;
	Elf_Data *symbols = elf_section_data(dso->elf, ".dynsym", &shdr);
	Elf_Data *relocations = elf_section_data(dso->elf, ".rela.dyn", &shdr);
	size_t n = relocations ? relocations->d_size / sizeof(Elf64_Rela) : 0;

	for (size_t i = 0; symbols && i < n && i < INT32_MAX; i++) {
		GElf_Rela rela;
		GElf_Sym sym;

		if (!gelf_getrela(relocations, (int)i, &rela) ||
		    GELF_R_TYPE(rela.r_info) != R_X86_64_GLOB_DAT ||
		    !gelf_getsym(symbols, (int)GELF_R_SYM(rela.r_info), &sym) ||
		    sym.st_shndx == SHN_UNDEF || sym.st_value != address)
			continue;
		*slot = rela.r_offset;
		return true;
	}
	return false;
}

/* The address is a constant one: "DW_OP_addr X". */
static bool fixed_address(Dwarf_Die *die, uint64_t *address)
{
	Dwarf_Attribute attr, value;
	Dwarf_Op *ops;
	size_t n;

	if (!dwarf_location_attr(die, DW_AT_location, &attr) ||
	    dwarf_getlocation(&attr, &ops, &n) || n != 1)
		return false;
	*address = ops[0].number;
	if (ops[0].atom == DW_OP_addr)
		return true;
	return (ops[0].atom == DW_OP_addrx || ops[0].atom == DW_OP_GNU_addr_index) &&
	       !dwarf_getlocation_attr(&attr, &ops[0], &value) && !dwarf_formaddr(&value, address);
}

bool variables_thread_local(struct dwarf_variable *variable)
{
	Dwarf_Attribute attr;
	Dwarf_Op *ops;
	size_t n;

	return dwarf_location_attr(&variable->die, DW_AT_location, &attr) &&
	       !dwarf_getlocation(&attr, &ops, &n) && n > 0 &&
	       (ops[n - 1].atom == DW_OP_form_tls_address ||
		ops[n - 1].atom == DW_OP_GNU_push_tls_address);
}

static bool place_fixed(struct dwarf_position *position, struct ctype *type, uint64_t address,
			struct place *place)
{
	struct dso *dso = position->file->dso;
	struct arena *arena = dso->debuginfo->arena;
	struct access access = { .exprs = { .n = 0 } };
	uint64_t slot;

	if (dso->is_library && find_got_slot(dso, address, &slot)) {
		dwarf_push_address(position, slot, &access);
		access_push(arena, &access, ACCESS_READ_USER, 0, 8, false);
	} else {
		dwarf_push_address(position, address, &access);
	}
	*place = place_memory(type, &access, !dso->kernel);
	return true;
}

bool variables_place_symbol(struct dwarf_position *position, const char *name, struct place *place)
{
	struct dso *dso = position->file->dso;
	struct arena *arena = dso->debuginfo->arena;
	const struct dso_symbol *symbol = dso_find_symbol(dso, name);
	struct ctype *type = ctype_new(arena, CTYPE_VOID, "void", 0);
	struct access access = { .exprs = { .n = 0 } };

	position->problem = NULL;
	if (symbol && symbol->kind == DSO_OBJECT)
		return place_fixed(position, type, symbol->address, place);
	position->problem = symbol && symbol->kind == DSO_TLS ?
				    tls_push_address(position, symbol->address, &access) :
				    "there is no symbol of that name";
	*place = place_memory(type, &access, !dso->kernel);
	return !position->problem;
}

static bool place_variable(struct dwarf_position *position, struct dwarf_variable *variable,
			   struct place *place)
{
	struct dwarf_file *file = position->file;
	struct ctype *type = dwarf_type_of(file, &variable->die);
	const struct dso_symbol *symbol;
	Dwarf_Attribute attr;
	uint64_t address;

	position->problem = NULL;
	if (variable->problem) {
		position->problem = variable->problem;
		return false;
	}
	if (fixed_address(&variable->die, &address))
		return place_fixed(position, type, address, place);
	if (dwarf_location_attr(&variable->die, DW_AT_location, &attr) ||
	    dwarf_attr_integrate(&variable->die, DW_AT_const_value, &attr))
		return dwarf_place(position, &variable->die, &attr, type, place);
	symbol = is_declaration(&variable->die) ? find_symbol(file->dso, variable->name, NULL) : NULL;
	if (symbol)
		return place_fixed(position, type, symbol->address, place);
	position->problem = is_declaration(&variable->die) ?
				    "it is defined in another file" : "optimised away";
	return false;
}

/* A variable that outlives its function is on the heap: what is described is a pointer to it. */
bool variables_place(struct dwarf_position *position, struct dwarf_variable *variable,
		     struct place *place)
{
	struct diags scratch = { .arena = position->file->dso->debuginfo->arena };
	struct place_context context = { .arena = scratch.arena, .diags = &scratch,
					 .range = position->range };
	struct dwarf_variable first = *variable;

	if (place_variable(position, variable, place)) {
		if (!variable->escaped || place_dereference(&context, place))
			return true;
	} else if (variable->moves) {
		first.die = variable->first;
		return place_variable(position, &first, place);
	} else {
		return false;
	}
	position->problem = "it is on the heap, and the debug information does not tell where";
	return false;
}

static bool is_list(Dwarf_Attribute *attr)
{
	switch (dwarf_whatform(attr)) {
	case DW_FORM_sec_offset:
	case DW_FORM_loclistx:
	case DW_FORM_data4:
	case DW_FORM_data8:
		return true;
	default:
		return false;
	}
}

/* What the place tells may be what holds behind the function's first statements. */
static bool may_be_late(Dwarf_Die *die)
{
	Dwarf_Attribute attr;

	if (dwarf_attr(die, DW_AT_location, &attr))
		return is_list(&attr) && !dwarf_has_views(die);
	return dwarf_hasattr(die, DW_AT_const_value) && dwarf_is_by_llvm(die);
}

/* In a register as it is, or in memory: not computed. */
static bool is_plain(enum place_kind kind, const struct access *access)
{
	return kind == PLACE_MEMORY ||
	       (access->steps.n == 1 && access->steps.v[0].op == ACCESS_REGISTER);
}

/*
 * clang does not count views: what is at a function's entry in a location list may be what the
 * function's first statements assign, if that took no instruction. Callers pass no such thing.
 */
bool variables_place_argument(struct dwarf_position *position, struct dwarf_variable *variable,
			      struct place *place)
{
	if (!variables_place(position, variable, place))
		return false;
	if (!may_be_late(&variable->die))
		return true;
	for (unsigned i = 0; i < place->pieces.n; i++)
		place->pieces.v[i].missing |=
			!is_plain(place->pieces.v[i].kind, &place->pieces.v[i].access);
	if (place->kind == PLACE_PIECES || (!place->pointee && is_plain(place->kind, &place->access)))
		return true;
	position->problem = "optimised away here (only what is assigned to it later is known)";
	return false;
}
