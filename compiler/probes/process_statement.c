/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * .statement("f@file.c:123") and .label("x"): places inside functions, by the line table.
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/debuginfo/index.h"
#include "compiler/debuginfo/insn.h"
#include "compiler/probes/process.h"

/* What lines are wanted of one function. */
struct lines {
	const struct source_place *place;
	int base; /* of a relative number */
	bool nearest;
};

static bool line_wanted(const struct lines *lines, int line)
{
	if (lines->place->kind == LINE_ALL)
		return true;
	for (unsigned i = 0; i < lines->place->lines.n; i++) {
		const struct line_range *range = &lines->place->lines.v[i];

		if (line >= range->first + lines->base && line <= range->last + lines->base)
			return true;
	}
	return false;
}

/* One row of a line table that begins a statement. */
struct row {
	uint64_t address;
	size_t number;
	int line;
	const char *file;
	bool plain; /* in a function that was not optimised; known of the rows of sites */
};

static bool row_at(Dwarf_Lines *table, size_t i, struct row *row)
{
	Dwarf_Line *line = dwarf_onesrcline(table, i);
	bool statement = false, end = true;
	Dwarf_Addr address;

	if (!line || dwarf_lineaddr(line, &address) || dwarf_lineno(line, &row->line) ||
	    dwarf_linebeginstatement(line, &statement) || dwarf_lineendsequence(line, &end) ||
	    !statement || end || !row->line)
		return false;
	row->address = address;
	row->number = i;
	row->file = dwarf_linesrc(line, NULL, NULL);
	return row->file != NULL;
}

/* What has been found out about a function, as flags. */
enum { MATCHES_KNOWN = 1, MATCHES = 2, PLAIN_KNOWN = 4, PLAIN = 8 };

struct search {
	struct process_point *process;
	const struct source_place *place;
	struct dso *dso;
	bool nearest;
	struct process_site_vec *sites;
	struct {
		VEC(struct row);
	} rows; /* of the sites */
	unsigned *slots; /* hash of sites: 1 + index */
	size_t n_slots;
	int below, above; /* the nearest lines with code that are not wanted */
	bool function_known;
	struct suggest files;
	/* Of the unit that is looked through: */
	struct dwarf_unit *unit;
	Dwarf_Lines *table;
	unsigned char *known; /* flags of its functions */
	const char *last_file;
	bool last_wanted;
};

static void note_line(struct search *search, int line)
{
	int wanted = search->place->lines.n ? search->place->lines.v[0].first : 0;

	if (line < wanted && line > search->below)
		search->below = line;
	if (line > wanted && (!search->above || line < search->above))
		search->above = line;
}

static bool file_wanted(struct search *search, const char *file)
{
	if (!search->place->file)
		return true;
	if (file != search->last_file)
		search->last_wanted = dwarf_file_matches(file, search->place->file);
	search->last_file = file;
	return search->last_wanted;
}

static bool function_wanted(struct search *search, struct dwarf_function *function)
{
	unsigned char *known = &search->known[function - search->unit->functions.v];

	if (!(*known & MATCHES_KNOWN) &&
	    dwarf_function_matches(search->process->probes->arena, &function->die,
				   search->place->function))
		*known |= MATCHES;
	*known |= MATCHES_KNOWN;
	return *known & MATCHES;
}

static bool is_plain(struct search *search, struct dwarf_function *function)
{
	unsigned char *known = &search->known[function - search->unit->functions.v];

	if (!(*known & PLAIN_KNOWN) && process_is_plain(&function->die))
		*known |= PLAIN;
	*known |= PLAIN_KNOWN;
	return *known & PLAIN;
}

/* Where the site of the row is, or where one goes. */
static unsigned *site_slot(struct search *search, const void *function, const struct row *row)
{
	size_t hash = (uintptr_t)function ^ (size_t)row->line << 40, mask = search->n_slots - 1, at;

	if (!row->plain)
		hash ^= row->address << 8;
	for (at = hash * 0x9e3779b97f4a7c15ULL >> 20 & mask; search->slots[at]; at = (at + 1) & mask) {
		unsigned i = search->slots[at] - 1;
		const struct process_site *site = &search->sites->v[i];

		if (site->scope.addr == function && search->rows.v[i].line == row->line &&
		    !strcmp(search->rows.v[i].file, row->file) &&
		    (row->plain || site->address == row->address))
			break;
	}
	return &search->slots[at];
}

static void grow_slots(struct search *search)
{
	search->n_slots = search->n_slots ? search->n_slots * 4 : 64;
	search->slots = ARENA_ARRAY(search->process->probes->arena, unsigned, search->n_slots);
	for (unsigned i = 0; i < search->sites->n; i++)
		*site_slot(search, search->sites->v[i].scope.addr, &search->rows.v[i]) = i + 1;
}

static bool is_jumped_to(struct search *search, uint64_t address)
{
	struct dwarf_function *function = dwarf_function_at(search->unit->file, address, false);
	Dwarf_Addr base, low, high;
	ptrdiff_t offset = 0;

	while (function && (offset = dwarf_ranges(&function->die, offset, &base, &low, &high)) > 0)
		if (insn_is_jumped_to(search->dso, low, high, address))
			return true;
	return false;
}

/*
 * Which of the places at one address is meant: that of the row. But what a jump goes to, too, is
 * behind all that comes from above only: where variables are is told by the last place there.
 */
static unsigned view_of(struct search *search, const struct row *row)
{
	size_t last = row->number;
	Dwarf_Addr address;
	Dwarf_Line *line;
	bool end;

	while ((line = dwarf_onesrcline(search->table, last + 1)) &&
	       !dwarf_lineaddr(line, &address) && address == row->address &&
	       !dwarf_lineendsequence(line, &end) && !end)
		last++;
	if (last != row->number && !is_jumped_to(search, row->address))
		last = row->number;
	return dwarf_row_view(search->table, last);
}

static void new_site(struct search *search, struct dwarf_function *function, const struct row *row)
{
	struct arena *arena = search->process->probes->arena;
	struct process_site site = process_site_of(arena, search->dso, function);

	site.address = row->address;
	site.has_view = true;
	site.view = view_of(search, row);
	site.at_entry = row->address == function->entry && !function->inlined;
	site.source = arena_printf(arena, "%s:%d", row->file, row->line);
	VEC_PUSH(arena, search->sites, site);
	VEC_PUSH(arena, &search->rows, *row);
}

/*
 * One statement is one site in each function instance: where it begins. Optimisers make copies
 * of loops, of which only one may run: there, each stretch of code of the line is a site.
 */
static void add_row(struct search *search, struct dwarf_function *function, struct row *row)
{
	unsigned *slot;

	row->plain = is_plain(search, function);
	if (search->sites->n * 2 >= search->n_slots)
		grow_slots(search);
	slot = site_slot(search, function->die.addr, row);
	if (!*slot) {
		new_site(search, function, row);
		*slot = search->sites->n;
	} else if (row->address < search->sites->v[*slot - 1].address) {
		search->sites->v[*slot - 1].address = row->address;
		search->sites->v[*slot - 1].view = view_of(search, row);
	}
}

static bool goes_on(const struct row *row, const struct row *before)
{
	return before->line == row->line && before->file == row->file;
}

static void look_at_row(struct search *search, struct row *row)
{
	struct lines lines = { .place = search->place };
	struct dwarf_function *function;

	if (search->place->kind == LINE_ABSOLUTE && !line_wanted(&lines, row->line)) {
		note_line(search, row->line);
		return;
	}
	function = dwarf_innermost(search->unit, row->address);
	if (!function)
		return;
	if (!search->known)
		search->known = ARENA_ARRAY(search->process->probes->arena, unsigned char,
					    search->unit->functions.n);
	if (!function_wanted(search, function))
		return;
	if (search->place->kind == LINE_RELATIVE)
		lines.base = dwarf_function_line(&function->die);
	if (line_wanted(&lines, row->line))
		add_row(search, function, row);
}

static void search_unit(struct search *search, struct dwarf_unit *unit)
{
	struct row row, before;
	bool is_row = false, was_row;
	size_t n;

	if (dwarf_getsrclines(&unit->skeleton, &search->table, &n))
		return;
	search->unit = unit;
	search->known = NULL;
	for (size_t i = 0; i < n; i++) {
		was_row = is_row;
		before = row;
		is_row = row_at(search->table, i, &row);
		if (is_row && !(was_row && goes_on(&row, &before)) && file_wanted(search, row.file))
			look_at_row(search, &row);
	}
}

static bool mentions_file(struct search *search, struct dwarf_unit *unit)
{
	const char *pattern = search->place->file;
	Dwarf_Files *files;
	size_t n;

	if (!pattern)
		return true;
	if (dwarf_getsrcfiles(&unit->skeleton, &files, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		const char *path = dwarf_filesrc(files, i, NULL, NULL);
		const char *slash = path && !strchr(pattern, '/') ? strrchr(path, '/') : NULL;

		if (dwarf_file_matches(path, pattern))
			return true;
		if (path)
			suggest_offer(&search->files, slash ? slash + 1 : path);
	}
	return false;
}

/* Whether the function is there at all: what is wrong with its name is another message. */
static bool knows_function(struct search *search, struct dwarf_unit *unit)
{
	struct arena *arena = search->process->probes->arena;

	dwarf_read_functions(unit);
	for (unsigned i = 0; i < unit->functions.n; i++)
		if (dwarf_function_matches(arena, &unit->functions.v[i].die,
					   search->place->function))
			return true;
	return false;
}

static bool search_file(struct search *search, struct dwarf_file *file, const bool *units)
{
	bool any = false;

	for (unsigned u = 0; u < file->units.n; u++) {
		struct dwarf_unit *unit = &file->units.v[u];

		if ((units && !units[u]) || !mentions_file(search, unit))
			continue;
		any = true;
		search_unit(search, unit);
		if (!units && !search->sites->n && !search->function_known)
			search->function_known = knows_function(search, unit);
	}
	return any;
}

/* Units that may have code of the function (flags), or NULL: that can not be told. */
static bool *units_with_function(struct dwarf_file *file, const char *pattern)
{
	struct arena *arena = file->dso->debuginfo->arena;
	bool *units = dwarf_units_naming(file, process_last_name(pattern));
	const struct dwarf_index *index = index_of(file, index_is_worth(file, units));

	if (!index)
		return units;
	units = ARENA_ARRAY(arena, bool, file->units.n + 1);
	for (unsigned i = 0; i < index->n; i++) {
		const struct dwarf_unit *unit = index_matches(index, &index->entries[i], pattern) ?
			dwarf_unit_of(file, index->entries[i].die) : NULL;

		if (unit)
			units[unit - file->units.v] = true;
	}
	return units;
}

/*
 * Units with the function have all there is of it; others only tell what is near when it has no
 * code of the line.
 */
static bool search_files(struct search *search)
{
	struct process_point *process = search->process;
	bool is_name = !strpbrk(search->place->function, "*?["), any = false;

	for (unsigned all = !is_name; all < 2 && !search->sites->n; all++) {
		for (unsigned f = 0; f < process->files.n; f++) {
			struct dwarf_file *file = dwarf_file_of(process->files.v[f]);

			search->dso = process->files.v[f];
			if (!file->dwarf)
				continue;
			dwarf_read_units(file);
			any |= search_file(search, file, all ? NULL :
					   units_with_function(file, search->place->function));
		}
	}
	return any;
}

static bool report_no_debuginfo(struct process_point *process)
{
	struct dso *dso = process->files.v[0];
	struct dwarf_file *file = dwarf_file_of(dso);

	if (file->dwarf)
		return false;
	diag_error(process->probes->diags, process->point->components.v[process->first].range,
		   "there is no debug information for %s", dso->path);
	diag_help(process->probes->diags, "looked for in %s", file->looked);
	return true;
}

static bool report_no_line(struct search *search, bool file_known)
{
	struct process_point *process = search->process;
	struct diags *diags = process->probes->diags;
	struct range range = process->point->components.v[process->first].range;
	const struct source_place *place = search->place;

	if (process->optional)
		return true;
	if (report_no_debuginfo(process))
		return false;
	if (!file_known) {
		diag_error(diags, range, "no source file '%s' in the debug information of %s",
			   place->file, process->files.v[0]->path);
		suggest_help(&search->files, diags);
		return false;
	}
	if (search->function_known && place->kind == LINE_ABSOLUTE && (search->below || search->above)) {
		diag_error(diags, range, "line %d of %s has no code%s%s%s",
			   place->lines.v[0].first, place->file,
			   strcmp(place->function, "*") ? " in function '" : "",
			   strcmp(place->function, "*") ? place->function : "",
			   strcmp(place->function, "*") ? "'" : "");
		if (search->below && search->above)
			diag_help(diags, "the nearest lines with code are %d and %d", search->below,
				  search->above);
		else
			diag_help(diags, "the nearest line with code is %d",
				  search->below ? search->below : search->above);
		return false;
	}
	return process_report_missing(process, place);
}

/* Replaces the wanted line by the nearest one that has code. */
static bool take_nearest(struct search *search, struct source_place *place)
{
	int wanted = place->lines.n ? place->lines.v[0].first : 0, line;

	if (!search->below && !search->above)
		return false;
	line = !search->below ? search->above : !search->above ? search->below :
	       wanted - search->below <= search->above - wanted ? search->below : search->above;
	place->lines.n = 1;
	place->lines.v[0] = (struct line_range){ line, line };
	return true;
}

static bool expand_entry(struct process_point *process, const struct source_place *place)
{
	struct process_site_vec sites = { .n = 0 };

	process_find_functions(process, place, false, &sites);
	return sites.n ? process_add_sites(process, &sites) : process_report_missing(process, place);
}

void process_find_statements(struct process_point *process, const struct source_place *place,
			     struct process_site_vec *sites)
{
	struct search search = { .process = process, .place = place, .sites = sites };

	suggest_start(&search.files, place->file ? place->file : "");
	search_files(&search);
}

bool process_expand_statement(struct process_point *process, const struct source_place *place)
{
	struct process_site_vec sites = { .n = 0 };
	struct source_place nearest = *place;
	struct search search = { .process = process, .place = &nearest, .sites = &sites };
	bool file_known;

	if (place->kind == LINE_NONE)
		return expand_entry(process, place);
	search.nearest = process_is(process, process->first + 1, "nearest");
	suggest_start(&search.files, place->file ? place->file : "");
	file_known = search_files(&search);
	if (!sites.n && search.nearest && place->kind == LINE_ABSOLUTE &&
	    take_nearest(&search, &nearest))
		search_files(&search);
	if (!sites.n)
		return report_no_line(&search, file_known);
	return process_add_sites(process, &sites);
}

/* ---- labels ------------------------------------------------------------------------------- */

struct label_search {
	struct process_point *process;
	const char *pattern;
	struct process_site *function;
	struct process_site_vec *sites;
	struct suggest suggest;
};

static void find_labels(struct label_search *search, Dwarf_Die *parent, unsigned depth)
{
	Dwarf_Die die;
	int status = depth < 64 ? dwarf_child(parent, &die) : 1;

	for (; !status; status = dwarf_siblingof(&die, &die)) {
		const char *name;
		Dwarf_Addr address;

		if (dwarf_tag(&die) == DW_TAG_lexical_block)
			find_labels(search, &die, depth + 1);
		if (dwarf_tag(&die) != DW_TAG_label || !(name = dwarf_diename(&die)))
			continue;
		suggest_offer(&search->suggest, name);
		if (!fnmatch(search->pattern, name, 0) && !dwarf_lowpc(&die, &address)) {
			struct process_site site = *search->function;

			site.address = address;
			site.at_entry = false;
			site.label = name;
			VEC_PUSH(search->process->probes->arena, search->sites, site);
		}
	}
}

bool process_expand_label(struct process_point *process, const struct source_place *place)
{
	struct process_site_vec functions = { .n = 0 }, sites = { .n = 0 };
	struct label_search search = { .process = process, .sites = &sites };

	search.pattern = point_string(process->point, process->first + 1);
	suggest_start(&search.suggest, search.pattern);
	process_find_functions(process, place, true, &functions);
	if (!functions.n)
		return process_report_missing(process, place);
	for (unsigned i = 0; i < functions.n; i++) {
		search.function = &functions.v[i];
		if (functions.v[i].has_scope)
			find_labels(&search, &functions.v[i].scope, 0);
	}
	if (sites.n)
		return process_add_sites(process, &sites);
	if (process->optional)
		return true;
	if (report_no_debuginfo(process))
		return false;
	diag_error(process->probes->diags, process->point->components.v[process->first + 1].range,
		   "no label '%s' with code in function '%s'", search.pattern, place->function);
	suggest_help(&search.suggest, process->probes->diags);
	return false;
}
