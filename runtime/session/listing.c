/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listings. */
#include "runtime/session/listing.h"

#include <fts.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/attach/attach.h"

struct lines {
	VEC(const char *);
};

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted, each once. */
static void print_lines(struct output *out, struct lines *lines)
{
	if (lines->n)
		qsort(lines->v, lines->n, sizeof(*lines->v), compare_lines);
	for (unsigned i = 0; i < lines->n; i++)
		if (!i || strcmp(lines->v[i], lines->v[i - 1]))
			output_printf(out, "%s\n", lines->v[i]);
}

/* ---- -l and -L -------------------------------------------------------------------------------- */

/* An alias of an alias may set what that sets, too. */
static bool is_listed(const struct probe *probe, unsigned n, const char *name)
{
	while (n--)
		if (!strcmp(probe->locals.v[n]->name, name))
			return true;
	return false;
}

/* What the alias sets; names that begin with "__" are its own. */
static const char *with_locals(struct compile *compile, const struct probe *probe, const char *line)
{
	for (unsigned i = 0; i < probe->locals.n; i++) {
		const struct symbol *local = probe->locals.v[i];

		if (strncmp(local->name, "__", 2) && !is_listed(probe, i, local->name))
			line = arena_printf(compile->arena, "%s %s:%s", line, local->name,
					    local->type == TYPE_STRING ? "string" : "long");
	}
	return line;
}

static const char *with_variables(struct compile *compile, struct probe *probe, const char *line)
{
	struct variable_vec variables = {0};

	if (!compile->options->list_variables || !probe->family || !probe->family->variables)
		return line;
	probe->family->variables(compile->program->families, probe, &variables);
	for (unsigned i = 0; i < variables.n; i++)
		if (!probe->aliased || !is_listed(probe, probe->locals.n, variables.v[i].name))
			line = arena_printf(compile->arena, "%s %s:%s", line, variables.v[i].name,
					    variables.v[i].type ? variables.v[i].type : "unknown");
	return line;
}

static bool resolve_points(struct compile *compile, const char *points)
{
	/* A body that asks for variables makes families find out about them. */
	const char *body = compile->options->list_variables ? "if (@defined($$vars)) ;" : "";
	const char *text = arena_printf(compile->arena, "probe %s { %s }", points, body);
	struct source *source = source_from_text(compile->arena, "<input>", text);

	source->own_start = strlen("probe ");
	source->own_end = source->own_start + strlen(points);
	return compile_parse(compile, source) && compile_resolve(compile);
}

/* Not what a tapset or the compiler does for the probe that is meant. */
static bool is_asked_for(const struct probe *probe)
{
	return !probe->companion && (!probe->range.source || !probe->range.source->tapset);
}

static void list_probe(struct compile *compile, struct probe *probe, struct lines *lines)
{
	if (!is_asked_for(probe))
		return;
	for (unsigned i = 0; i < probe->sites.n; i++) {
		const char *line = probe->aliased	 ? probe->name
				   : probe->sites.v[i].pp ? probe->sites.v[i].pp : probe->name;

		if (compile->options->list_variables && probe->aliased)
			line = with_locals(compile, probe, line);
		VEC_PUSH(compile->arena, lines, with_variables(compile, probe, line));
	}
}

/* The points that a probe of one site stands for, as a list; NULL: it is itself. */
static const char *points_of(struct compile *compile, const struct probe *probe,
			     struct lines *lines)
{
	struct name_vec points = {0};
	const char *list = NULL;

	if (probe->family && probe->family->points)
		probe->family->points(compile->program->families, probe, &points);
	for (unsigned i = 0; i < points.n; i++) {
		list = list ? arena_printf(compile->arena, "%s, %s", list, points.v[i])
			    : points.v[i];
		if (!compile->options->list_variables)
			VEC_PUSH(compile->arena, lines, points.v[i]);
	}
	return list;
}

bool listing_points(struct compile *compile, struct output *out)
{
	struct lines lines = {0};
	const char *more = NULL;

	if (!resolve_points(compile, compile->options->list_point))
		return false;
	for (unsigned i = 0; i < compile->program->probes.n; i++) {
		struct probe *probe = compile->program->probes.v[i];
		const char *points = is_asked_for(probe) ? points_of(compile, probe, &lines) : NULL;

		if (!points)
			list_probe(compile, probe, &lines);
		else
			more = more ? arena_printf(compile->arena, "%s, %s", more, points) : points;
	}
	if (more && compile->options->list_variables) {
		program_release(compile->program);
		if (!resolve_points(compile, more))
			return false;
		for (unsigned i = 0; i < compile->program->probes.n; i++)
			list_probe(compile, compile->program->probes.v[i], &lines);
	}
	print_lines(out, &lines);
	return true;
}

void listing_probe_types(struct output *out)
{
	for (const struct probe_family *const *family = probe_families; *family; family++)
		for (const char *const *pattern = (*family)->patterns; *pattern; pattern++)
			output_printf(out, "%s\n", *pattern);
}

/* ---- tapsets ---------------------------------------------------------------------------------- */

typedef void visit_file(struct compile *compile, const struct script_file *file, void *data);

/* Parses every *.stp below a directory. */
static void visit_directory(struct compile *compile, const char *directory, visit_file *visit,
			    void *data)
{
	char *const roots[] = {(char *)directory, NULL};
	FTS *tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, NULL);
	const char *error;
	FTSENT *entry;

	while (tree && (entry = fts_read(tree))) {
		size_t length = entry->fts_namelen;
		struct source *source;

		if (entry->fts_info != FTS_F || length < 4 ||
		    strcmp(entry->fts_name + length - 4, ".stp"))
			continue;
		source = source_read(compile->arena, entry->fts_path, &error);
		if (!source)
			continue;
		source->tapset = source->guru = true;
		visit(compile, syntax_parse(&compile->syntax, source), data);
	}
	if (tree)
		fts_close(tree);
}

static bool visit_tapsets(struct compile *compile, visit_file *visit, void *data)
{
	semantic_load_macros(&compile->syntax, compile->tapset_dirs);
	for (const char *const *dir = compile->tapset_dirs; *dir; dir++)
		visit_directory(compile, *dir, visit, data);
	return !compile->diags->errors;
}

static const char *typed(struct arena *arena, const char *name, enum value_type type)
{
	return type == TYPE_UNKNOWN || type == TYPE_VOID
		       ? name
		       : arena_printf(arena, "%s:%s", name, value_type_name(type));
}

/* Declared only so that a call is told what to write instead. */
static bool is_impossible(const struct function_decl *decl)
{
	return decl->body->kind == STMT_EMBEDDED && strstr(decl->body->embedded, "/* impossible:");
}

static void add_functions(struct compile *compile, const struct script_file *file, void *data)
{
	for (unsigned i = 0; i < file->functions.n; i++) {
		const struct function_decl *decl = file->functions.v[i];
		const char *line = typed(compile->arena, decl->name, decl->type);

		if (decl->private || !strncmp(decl->name, "__", 2) || is_impossible(decl))
			continue;
		for (unsigned k = 0; k < decl->parameters.n; k++)
			line = arena_printf(compile->arena, "%s%s%s", line, k ? ", " : " (",
					    typed(compile->arena, decl->parameters.v[k].name,
						  decl->parameters.v[k].type));
		line = arena_printf(compile->arena, "%s%s", line,
				    decl->parameters.n ? ")" : " ()");
		VEC_PUSH(compile->arena, (struct lines *)data, line);
	}
}

static void add_aliases(struct compile *compile, const struct script_file *file, void *data)
{
	for (unsigned i = 0; i < file->aliases.n; i++) {
		const struct alias_decl *decl = file->aliases.v[i];

		for (unsigned k = 0; k < decl->names.n; k++) {
			const char *name = point_to_string(compile->arena, decl->names.v[k]);

			if (strncmp(name, "__", 2))
				VEC_PUSH(compile->arena, (struct lines *)data, name);
		}
	}
}

bool listing_functions(struct compile *compile, struct output *out)
{
	struct lines lines = {0};

	if (!visit_tapsets(compile, add_functions, &lines))
		return false;
	print_lines(out, &lines);
	return true;
}

bool listing_aliases(struct compile *compile, struct output *out)
{
	struct lines lines = {0};

	if (!visit_tapsets(compile, add_aliases, &lines))
		return false;
	print_lines(out, &lines);
	return true;
}

/* ---- -p4 -------------------------------------------------------------------------------------- */

static void print_site(const struct site *site, struct output *out)
{
	output_printf(out, "    %-14s %s", attach_kind_name(site->kind), site->pp ? site->pp : "");
	if (site->path)
		output_printf(out, "  %s+0x%lx", site->path, (unsigned long)site->offset);
	output_text(out, "\n");
}

void listing_programs(const struct loaded *loaded, struct output *out)
{
	for (unsigned i = 0; i < loaded->unit->handlers.n; i++) {
		const struct unit_handler *handler = &loaded->unit->handlers.v[i];
		const struct loaded_handler *code = &loaded->handlers[i];

		output_printf(out, "%s (%s)\n", handler->name, handler->position);
		if (handler->home == HOME_TRACER)
			output_text(out, "  in the tracer\n");
		else
			output_printf(out, "  in the kernel: %u instructions, %u verified%s\n",
				      code->insns, code->verified_insns,
				      handler->sleepable ? ", sleepable" : "");
		output_printf(out, "  %u site%s\n", handler->n_sites,
			      handler->n_sites == 1 ? "" : "s");
		for (unsigned k = 0; k < handler->n_sites; k++)
			print_site(&handler->sites[k], out);
	}
}
