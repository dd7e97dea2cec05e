/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * .function(...): the code of functions, by symbols and by DWARF.
 *
 * Symbols name every function that has an entry, quickly; DWARF adds instances that were inlined
 * and says which source a function is from, where its prologue ends, and what is callable.
 */
#include <string.h>

#include "compiler/debuginfo/golang.h"
#include "compiler/debuginfo/ifunc.h"
#include "compiler/debuginfo/index.h"
#include "compiler/debuginfo/insn.h"
#include "compiler/debuginfo/paths.h"
#include "compiler/probes/process.h"

/* ---- which functions ---------------------------------------------------------------------- */

struct wanted {
	const struct source_place *place;
	bool with_scope; /* DIEs are needed: there are target variables */
	bool only_inline, only_code, only_exported;
};

static struct wanted wanted_of(const struct process_point *process,
			       const struct source_place *place)
{
	unsigned next = process->first + 1;
	struct wanted wanted = { .place = place, .with_scope = process->uses_targets };

	wanted.only_inline = process_is(process, next, "inline");
	wanted.only_exported = process_is(process, next, "exported");
	wanted.only_code = wanted.only_exported || process_is(process, next, "call") ||
			   process_is(process, next, "return");
	return wanted;
}

static bool is_code(const struct dso_symbol *symbol)
{
	return symbol->kind == DSO_FUNCTION || symbol->kind == DSO_IFUNC;
}

static size_t site_hash(const struct process_site *site)
{
	return (size_t)((site->address ^ (uintptr_t)site->dso ^ site->inlined) *
			0x9e3779b97f4a7c15ULL >> 20);
}

/* Where a site of that address is, or where one goes: slots hold 1 + index. */
static unsigned *site_slot(struct process_site_vec *sites, const struct process_site *site)
{
	size_t mask = sites->n_slots - 1, at = site_hash(site) & mask;

	for (; sites->slots[at]; at = (at + 1) & mask) {
		const struct process_site *other = &sites->v[sites->slots[at] - 1];

		if (other->dso == site->dso && other->address == site->address &&
		    other->inlined == site->inlined)
			break;
	}
	return &sites->slots[at];
}

static void grow_slots(struct arena *arena, struct process_site_vec *sites)
{
	sites->n_slots = sites->n_slots ? sites->n_slots * 4 : 64;
	sites->slots = ARENA_ARRAY(arena, unsigned, sites->n_slots);
	for (unsigned i = 0; i < sites->n; i++)
		*site_slot(sites, &sites->v[i]) = i + 1;
}

/* Adds a site whose address has none yet. */
static void add_site(struct arena *arena, struct process_site_vec *sites,
		     const struct process_site *site)
{
	unsigned *slot;

	if (sites->n * 2 >= sites->n_slots)
		grow_slots(arena, sites);
	slot = site_slot(sites, site);
	if (*slot)
		return;
	VEC_PUSH(arena, sites, *site);
	*slot = sites->n;
}

const char *process_source(struct arena *arena, Dwarf_Die *function)
{
	const char *file = dwarf_function_file(function);
	int line = dwarf_function_line(function);

	if (!file)
		return NULL;
	return line ? arena_printf(arena, "%s:%d", file, line) : file;
}

struct process_site process_site_of(struct arena *arena, struct dso *dso,
				    struct dwarf_function *function)
{
	struct process_site site = { .dso = dso, .address = function->entry, .at_entry = true,
				     .has_scope = true, .scope = function->die,
				     .inlined = function->inlined };

	site.function = dwarf_function_name(arena, &function->die);
	site.source = process_source(arena, &function->die);
	return site;
}

/* Sources that were written lately: a function has many instances. */
struct sources {
	struct {
		uint32_t file, line;
		const char *text;
	} v[1024];
};

static const char *source_text(struct arena *arena, struct sources *sources,
			       const struct dwarf_index *index, const struct index_entry *entry)
{
	size_t at = (entry->file * 31 + entry->line) % 1024;

	if (!sources->v[at].text || sources->v[at].file != entry->file ||
	    sources->v[at].line != entry->line) {
		sources->v[at].file = entry->file;
		sources->v[at].line = entry->line;
		sources->v[at].text = arena_printf(arena, "%s:%u", index->strings + entry->file,
						   entry->line);
	}
	return sources->v[at].text;
}

/* The same from the index, which spares reading the unit. */
static struct process_site indexed_site(struct arena *arena, struct dso *dso,
					const struct dwarf_index *index,
					const struct index_entry *entry,
					const struct wanted *wanted, struct sources *sources)
{
	struct process_site site = { .dso = dso, .address = entry->entry, .at_entry = true,
				     .inlined = entry->inlined };
	const char *file = index->strings + entry->file;

	site.function = index->strings + entry->plain;
	if (*file)
		site.source = entry->line ? source_text(arena, sources, index, entry) : file;
	if (wanted->with_scope)
		site.has_scope = dwarf_offdie(dwarf_file_of(dso)->dwarf, entry->die, &site.scope);
	return site;
}

/* A pattern that any unit may have a match for. */
static bool is_wide(const char *pattern)
{
	for (; *pattern; pattern++)
		if (*pattern == '\\' && pattern[1])
			pattern++;
		else if (strchr("*?[", *pattern))
			return true;
	return false;
}

static bool symbol_site(struct process_point *process, struct dso *dso,
			const struct dso_symbol *symbol, const struct wanted *wanted,
			struct sources *sources, struct process_site *site)
{
	struct arena *arena = process->probes->arena;
	struct dwarf_file *file = dwarf_file_find(dso);
	const struct dwarf_index *index = index_of(file, is_wide(wanted->place->function));
	const struct index_entry *entry = index ? index_at(index, symbol->address) : NULL;
	struct dwarf_function *function;
	const char *source = NULL;
	bool matches = false;

	*site = (struct process_site){ .dso = dso, .address = symbol->address, .at_entry = true };
	if (entry) {
		*site = indexed_site(arena, dso, index, entry, wanted, sources);
		source = index->strings + entry->file;
		matches = index_matches(index, entry, wanted->place->function);
	} else if (!index && dwarf_file_of(dso)->dwarf) {
		function = dwarf_function_at(file, symbol->address, false);
		if (function && function->entry == symbol->address) {
			*site = process_site_of(arena, dso, function);
			source = dwarf_function_file(&function->die);
			matches = dwarf_function_matches(arena, &function->die,
							 wanted->place->function);
		}
	}
	if (!matches) /* an alias keeps the name that was asked for */
		site->function = NULL;
	return !wanted->place->file || dwarf_file_matches(source, wanted->place->file);
}

static void find_by_symbols(struct process_point *process, struct dso *dso,
			    const struct wanted *wanted, struct process_site_vec *sites)
{
	struct arena *arena = process->probes->arena;
	struct sources *sources = ARENA_NEW(arena, struct sources);

	dso_read_symbols(dso);
	for (unsigned i = 0; i < dso->symbols.n; i++) {
		struct dso_symbol *symbol = &dso->symbols.v[i], chosen = *symbol;
		struct process_site site;

		if (!is_code(symbol) || (wanted->only_exported && !symbol->exported) ||
		    !symbol_matches(dso, symbol, wanted->place->function))
			continue;
		if (symbol->kind == DSO_IFUNC && !(chosen.address = ifunc_choice(dso, symbol))) {
			sites->unresolved = symbol->name;
			continue;
		}
		if (!symbol_site(process, dso, &chosen, wanted, sources, &site) &&
		    !symbol_has_version(symbol, wanted->place->file))
			continue;
		if (!site.function)
			site.function = symbol_plain(dso, symbol);
		add_site(arena, sites, &site);
	}
}

/* A part of a function that was split off is not a place where the function is entered. */
static bool is_fragment(struct dso *dso, const struct process_site *site)
{
	const struct dso_symbol *symbol = site->inlined ? NULL : dso_symbol_at(dso, site->address);

	return symbol && symbol->fragment;
}

/* What the linker dropped keeps its description, with an address that is none. */
static bool is_dropped(const struct process_site *site)
{
	uint64_t offset;

	return !dso_code_offset(site->dso, site->address, &offset);
}

const char *process_last_name(const char *pattern)
{
	const char *last = pattern;

	for (const char *at = pattern; (at = strstr(at, "::")); at += 2)
		last = at + 2;
	return last;
}

static bool wrong_kind(const struct wanted *wanted, bool inlined)
{
	return inlined ? wanted->only_code : wanted->only_inline;
}

static void find_by_index(struct process_point *process, struct dso *dso,
			  const struct dwarf_index *index, const struct wanted *wanted,
			  struct process_site_vec *sites)
{
	struct arena *arena = process->probes->arena;
	const struct source_place *place = wanted->place;
	struct sources *sources = ARENA_NEW(arena, struct sources);

	for (unsigned i = 0; i < index->n; i++) {
		const struct index_entry *entry = &index->entries[i];
		struct process_site site;

		if (wrong_kind(wanted, entry->inlined) || !index_matches(index, entry, place->function) ||
		    (place->file && !dwarf_file_matches(index->strings + entry->file, place->file)))
			continue;
		site = indexed_site(arena, dso, index, entry, wanted, sources);
		if (!is_dropped(&site) && !is_fragment(dso, &site))
			add_site(arena, sites, &site);
	}
}

static void find_in_unit(struct process_point *process, struct dwarf_unit *unit,
			 const struct wanted *wanted, struct process_site_vec *sites)
{
	struct arena *arena = process->probes->arena;
	const struct source_place *place = wanted->place;
	struct dso *dso = unit->file->dso;

	dwarf_read_functions(unit);
	for (unsigned i = 0; i < unit->functions.n; i++) {
		struct dwarf_function *function = &unit->functions.v[i];
		struct process_site site;

		if (wrong_kind(wanted, function->inlined) ||
		    !dwarf_function_matches(arena, &function->die, place->function) ||
		    (place->file &&
		     !dwarf_file_matches(dwarf_function_file(&function->die), place->file)))
			continue;
		site = process_site_of(arena, dso, function);
		if (!is_dropped(&site) && !is_fragment(dso, &site))
			add_site(arena, sites, &site);
	}
}

static void find_by_dwarf(struct process_point *process, struct dso *dso,
			  const struct wanted *wanted, struct process_site_vec *sites)
{
	const char *pattern = wanted->place->function;
	struct dwarf_file *file = dwarf_file_find(dso);
	const struct dwarf_index *index = index_of(file, is_wide(pattern));
	bool *units;

	if (index) {
		find_by_index(process, dso, index, wanted, sites);
		return;
	}
	if (!dwarf_file_of(dso)->dwarf)
		return;
	units = dwarf_units_naming(file, process_last_name(pattern));
	index = index_is_worth(file, units) ? index_of(file, true) : NULL;
	if (index) {
		find_by_index(process, dso, index, wanted, sites);
		return;
	}
	for (unsigned u = 0; u < file->units.n; u++)
		if (units[u])
			find_in_unit(process, &file->units.v[u], wanted, sites);
}

static bool has_own_symbols(struct dso *dso)
{
	GElf_Shdr shdr;
	Elf *elf = dwarf_file_symbols(dso);

	return elf && elf_section_find(elf, ".symtab", &shdr) != NULL;
}

static void find_in_file(struct process_point *process, struct dso *dso,
			 const struct wanted *wanted, struct process_site_vec *sites)
{
	if (!wanted->only_inline)
		find_by_symbols(process, dso, wanted, sites);
	if (!wanted->only_code || (!wanted->only_exported && !has_own_symbols(dso)))
		find_by_dwarf(process, dso, wanted, sites);
}

/* A name of Go, and where there is none, what is generic by that name: all its instances. */
static void find_golang(struct process_point *process, struct dso *dso, struct wanted wanted,
			struct process_site_vec *sites)
{
	struct arena *arena = process->probes->arena;
	struct source_place place = *wanted.place;
	unsigned before = sites->n;

	wanted.place = &place;
	place.function = golang_pattern(arena, place.function);
	find_in_file(process, dso, &wanted, sites);
	if (sites->n != before || is_wide(place.function))
		return;
	place.function = arena_printf(arena, "%s\\[*\\]", place.function);
	find_in_file(process, dso, &wanted, sites);
}

static void find_functions(struct process_point *process, struct dso *dso,
			   const struct wanted *wanted, struct process_site_vec *sites)
{
	if (golang_is(dso))
		find_golang(process, dso, *wanted, sites);
	else
		find_in_file(process, dso, wanted, sites);
}

static bool is_declared_at(const struct source_place *place, const struct process_site *site)
{
	Dwarf_Die scope = site->scope;
	int line = site->has_scope ? dwarf_function_line(&scope) : 0;

	for (unsigned i = 0; i < place->lines.n; i++)
		if (line >= place->lines.v[i].first && line <= place->lines.v[i].last)
			return true;
	return false;
}

/* "f@file.c:120" is the function that is declared there, or else those with code of the line. */
static void keep_lines(struct process_point *process, const struct source_place *place,
		       struct process_site_vec *sites)
{
	struct process_site_vec rows = { .n = 0 };
	unsigned kept = 0;

	for (unsigned i = 0; i < sites->n; i++)
		if (is_declared_at(place, &sites->v[i]))
			sites->v[kept++] = sites->v[i];
	if (!kept)
		process_find_statements(process, place, &rows);
	for (unsigned i = 0; i < sites->n && rows.n; i++)
		for (unsigned k = 0; k < rows.n; k++)
			if (sites->v[i].has_scope && rows.v[k].scope.addr == sites->v[i].scope.addr) {
				sites->v[kept++] = sites->v[i];
				break;
			}
	sites->n = kept;
}

void process_find_functions(struct process_point *process, const struct source_place *place,
			    bool with_scope, struct process_site_vec *sites)
{
	struct wanted wanted = wanted_of(process, place);
	bool by_line = place->kind == LINE_ABSOLUTE;

	wanted.with_scope |= with_scope || by_line;
	for (unsigned i = 0; i < process->files.n; i++)
		find_functions(process, process->files.v[i], &wanted, sites);
	if (by_line)
		keep_lines(process, place, sites);
}

/* A line of a function that is not that of its declaration: a statement, as it were. */
static bool is_inner_line(struct process_point *process, const struct source_place *place)
{
	struct process_site_vec sites = { .n = 0 };

	if (place->kind != LINE_ABSOLUTE)
		return place->kind != LINE_NONE;
	process_find_functions(process, place, true, &sites);
	return !sites.n || !is_declared_at(place, &sites.v[0]);
}

/* ---- which instruction -------------------------------------------------------------------- */

static bool has_form(Dwarf_Attribute *attr, const Dwarf_Op **first)
{
	unsigned form = dwarf_whatform(attr);
	Dwarf_Op *ops;
	size_t n;

	*first = NULL;
	if (form != DW_FORM_exprloc && form != DW_FORM_block1 && form != DW_FORM_block &&
	    form != DW_FORM_block2 && form != DW_FORM_block4)
		return false;
	if (!dwarf_getlocation(attr, &ops, &n) && n)
		*first = ops;
	return true;
}

/* The frame base is a register that the prologue sets up. */
static bool has_frame_register(Dwarf_Die *function)
{
	Dwarf_Attribute attr;
	const Dwarf_Op *first;

	return dwarf_location_attr(function, DW_AT_frame_base, &attr) && has_form(&attr, &first) &&
	       first && first->atom >= DW_OP_reg0 && first->atom <= DW_OP_reg31;
}

/* In the function's own frame: not there before the prologue has stored it. */
bool process_is_in_frame(Dwarf_Die *function, Dwarf_Die *variable)
{
	Dwarf_Attribute attr;
	const Dwarf_Op *first;

	if (!dwarf_location_attr(variable, DW_AT_location, &attr) || !has_form(&attr, &first) ||
	    !first)
		return false;
	if (first->atom == DW_OP_fbreg)
		return (int64_t)first->number < 0 || has_frame_register(function);
	return first->atom == DW_OP_breg6 || first->atom == DW_OP_breg7;
}

/* Whether all parameters live in the frame, as in code that was not optimised. */
static bool is_unoptimised(Dwarf_Die *function)
{
	bool in_frame = false;
	Dwarf_Die die;
	int status = dwarf_child(function, &die);

	for (; !status; status = dwarf_siblingof(&die, &die)) {
		Dwarf_Attribute attr;
		const Dwarf_Op *first;

		if (dwarf_tag(&die) != DW_TAG_formal_parameter && dwarf_tag(&die) != DW_TAG_variable)
			continue;
		if (!dwarf_location_attr(&die, DW_AT_location, &attr))
			continue;
		if (!has_form(&attr, &first))
			return false;
		in_frame |= process_is_in_frame(function, &die);
	}
	return in_frame;
}

static bool was_optimised(Dwarf_Die *function)
{
	Dwarf_Attribute attr;
	Dwarf_Die unit;
	const char *producer, *option;

	if (!dwarf_diecu(function, &unit, NULL, NULL))
		return false;
	producer = dwarf_formstring(dwarf_attr_integrate(&unit, DW_AT_producer, &attr));
	for (option = producer; option && (option = strstr(option, " -O")); option += 3)
		if (option[3] && option[3] != '0' && option[3] != ' ')
			return true;
	return false;
}

bool process_is_plain(Dwarf_Die *function)
{
	return !was_optimised(function) && is_unoptimised(function);
}

/*
 * An inlined instance may begin with instructions of no line, which copy arguments to where the
 * parameters are. Before that is done, those are not there: site->copying.
 */
static void skip_copies(struct process_site *site)
{
	struct dwarf_unit *unit = dwarf_unit_at(dwarf_file_of(site->dso), site->address);
	Dwarf_Lines *table;
	bool copies = false;
	size_t n;

	if (!unit || dwarf_getsrclines(&unit->skeleton, &table, &n))
		return;
	for (size_t i = 0; i < n; i++) {
		Dwarf_Line *row = dwarf_onesrcline(table, i);
		Dwarf_Addr address;
		bool statement;
		int line;

		if (dwarf_lineaddr(row, &address) || address < site->address ||
		    dwarf_lineno(row, &line) || dwarf_linebeginstatement(row, &statement))
			continue;
		if (line && statement && copies && insn_is_straight(site->dso, site->address, address)) {
			site->address = address;
			site->has_view = true;
			site->view = dwarf_row_view(table, i);
			site->copying = false;
		}
		if (line)
			return;
		copies = site->copying = true;
	}
}

/* Where variables can be read: at the entry, or, in code not optimised, behind the prologue. */
static void skip_prologue(struct process_site *site)
{
	struct dwarf_function *function;
	Dwarf_Addr high;
	uint64_t end;

	if (golang_is(site->dso))
		return;
	if (site->has_scope && site->inlined)
		skip_copies(site);
	if (!site->has_scope || site->inlined || !process_is_plain(&site->scope))
		return;
	function = dwarf_function_at(dwarf_file_of(site->dso), site->address, false);
	if (!function || function->entry != site->address)
		return;
	end = dwarf_prologue_end(function);
	/* In a loop it would be hit more than once a call. */
	if (dwarf_highpc(&function->die, &high) ||
	    insn_is_in_loop(site->dso, function->entry, high, end))
		return;
	site->at_entry = end == site->address;
	site->address = end;
}

/* ---- reporting ---------------------------------------------------------------------------- */

static void offer_functions(struct process_point *process, struct suggest *suggest)
{
	for (unsigned f = 0; f < process->files.n; f++) {
		struct dso *dso = process->files.v[f];

		dso_read_symbols(dso);
		for (unsigned i = 0; i < dso->symbols.n; i++)
			if (is_code(&dso->symbols.v[i]))
				suggest_offer(suggest, symbol_plain(dso, &dso->symbols.v[i]));
	}
}

static bool has_function(struct dso *dso, const char *pattern)
{
	dso_read_symbols(dso);
	for (unsigned i = 0; i < dso->symbols.n; i++)
		if (is_code(&dso->symbols.v[i]) &&
		    symbol_matches(dso, &dso->symbols.v[i], pattern))
			return true;
	return false;
}

/* The name of the library that the program is linked with and that has the function, or NULL. */
static const char *library_with(struct process_point *process, const char *pattern)
{
	struct path_vec paths = { .n = 0 };
	const char *ignored;

	if (process->library ||
	    !paths_of_linked(process->debuginfo, process->files.v[0], "*", &paths, &ignored, NULL))
		return NULL;
	for (unsigned i = 0; i < paths.n; i++) {
		struct dso *library = debuginfo_open(process->debuginfo, paths.v[i], &ignored);

		if (library && has_function(library, pattern))
			return strrchr(paths.v[i], '/') + 1;
	}
	return NULL;
}

/* "foo@V": where no such version is, those that there are. */
static void offer_versions(struct process_point *process, const struct source_place *place)
{
	struct dso *dso = process->files.v[0];
	const char *versions = NULL;

	for (unsigned i = 0; place->file && i < dso->symbols.n; i++) {
		const struct dso_symbol *symbol = &dso->symbols.v[i];

		if (symbol->version && is_code(symbol) && !strcmp(symbol->name, place->function))
			versions = arena_printf(process->probes->arena, "%s%s%s%s",
						versions ? versions : "", versions ? ", " : "",
						symbol->old ? "@" : "@@", symbol->version);
	}
	if (versions)
		diag_help(process->probes->diags, "versions of '%s' are %s", place->function,
			  versions);
}

bool process_report_missing(struct process_point *process, const struct source_place *place)
{
	struct diags *diags = process->probes->diags;
	struct range range = process->point->components.v[process->first].range;
	struct dso *dso = process->files.v[0];
	struct dwarf_file *file = dwarf_file_of(dso);
	const char *library;
	struct suggest suggest;

	if (process->optional)
		return true;
	if (place->kind == LINE_ABSOLUTE && file->dwarf && has_function(dso, place->function)) {
		diag_error(diags, range, "no function '%s' of '%s' is declared at line %d, or has code "
			   "that begins there", place->function, place->file,
			   place->lines.v[0].first);
		return false;
	}
	diag_error(diags, range, "no %sfunction '%s'%s%s%s in %s",
		   process_is(process, process->first + 1, "inline") ? "inlined " :
		   process_is(process, process->first + 1, "exported") ? "exported " : "",
		   place->function, place->file ? " of '" : "", place->file ? place->file : "",
		   place->file ? "'" : "", dso->path);
	suggest_start(&suggest, place->function);
	offer_functions(process, &suggest);
	offer_versions(process, place);
	library = library_with(process, place->function);
	if (library)
		diag_help(diags, "it is in %s, which the program is linked with: add .library(\"%s\")",
			  library, library);
	else if (suggest_best(&suggest) && strcmp(suggest_best(&suggest), place->function))
		suggest_help(&suggest, diags);
	else if (process->script)
		diag_help(diags, "%s is a script that %s runs", process->script, dso->path);
	else if (!file->dwarf)
		diag_help(diags, "there is no debug information for it; looked for in %s",
			  file->looked);
	return false;
}

static bool report_unresolved(struct process_point *process, const char *name)
{
	struct diags *diags = process->probes->diags;

	if (process->optional)
		return true;
	diag_error(diags, process->point->components.v[process->first].range,
		   "which code '%s' is, is chosen when %s is loaded", name,
		   process->files.v[0]->path);
	diag_help(diags, "name the implementation, as \"*%s*\" lists them (-l)", name);
	return false;
}

/* ---- the whole ---------------------------------------------------------------------------- */

/* .function(0x1234): the function there, or just the address. */
bool process_expand_address(struct process_point *process, uint64_t address)
{
	struct process_site_vec sites = { .n = 0 };
	struct process_site site = { .address = address, .dso = process->files.v[0] };
	struct dwarf_file *file = dwarf_file_of(site.dso);
	struct dwarf_function *function;

	function = file->dwarf ? dwarf_function_at(file, address, false) : NULL;
	/* What is inlined at a function's very entry is not that function. */
	if (function && (function->entry != address ||
			 !process_is(process, process->first, "function")))
		function = dwarf_function_at(file, address, true);
	if (function) {
		site = process_site_of(process->probes->arena, site.dso, function);
		site.at_entry = function->entry == address && !function->inlined;
		site.address = address;
	} else {
		const struct dso_symbol *symbol = dso_symbol_at(site.dso, address);

		site.function = symbol ? symbol->name : NULL;
		site.at_entry = symbol && symbol->address == address;
	}
	site.is_return = process_is(process, process->point->components.n - 1, "return");
	if (process->uses_targets && !site.is_return && site.at_entry &&
	    process_is(process, process->first, "function"))
		skip_prologue(&site);
	VEC_PUSH(process->probes->arena, &sites, site);
	return process_add_sites(process, &sites);
}

/*
 * Of functions of a pattern, in a file with debug information, those that it does not know (made
 * by the compiler, or of assembly) are not meant by a body with variables.
 */
static bool is_bystander(const struct process_point *process, const struct source_place *place,
			 const struct process_site *site)
{
	return process->uses_targets && is_wide(place->function) && !site->has_scope &&
	       dwarf_file_find(site->dso)->has_dwarf;
}

static bool expand_functions(struct process_point *process, const struct source_place *place)
{
	bool is_return = process_is(process, process->point->components.n - 1, "return");
	struct process_site_vec found = { .n = 0 }, sites = { .n = 0 };

	process_find_functions(process, place, false, &found);
	for (unsigned i = 0; i < found.n; i++) {
		struct process_site site = found.v[i];

		if (is_bystander(process, place, &site))
			continue;
		site.is_return = is_return;
		if (process->uses_targets && !is_return)
			skip_prologue(&site);
		VEC_PUSH(process->probes->arena, &sites, site);
	}
	if (!sites.n && found.unresolved)
		return report_unresolved(process, found.unresolved);
	if (!sites.n)
		return process_report_missing(process, place);
	return process_add_sites(process, &sites);
}

bool process_expand_function(struct process_point *process)
{
	struct range range = process->point->components.v[process->first].range;
	const char *text = point_string(process->point, process->first);
	struct source_place place;
	int64_t address;

	if (point_number(process->point, process->first, &address))
		return process_is(process, process->first + 1, "absolute") ?
			       process_expand_absolute(process, (uint64_t)address) :
			       process_expand_address(process, (uint64_t)address);
	if (!source_place_parse(process->probes->arena, process->probes->diags, range, text, &place))
		return false;
	if (process_is(process, process->first, "statement"))
		return process_expand_statement(process, &place);
	if (process->point->components.n == process->first + 1 && is_inner_line(process, &place))
		return process_expand_statement(process, &place);
	if (process_is(process, process->first + 1, "label"))
		return process_expand_label(process, &place);
	if (process_is(process, process->first + 1, "callee") ||
	    process_is(process, process->first + 1, "callees"))
		return process_expand_callee(process, &place);
	return expand_functions(process, &place);
}
