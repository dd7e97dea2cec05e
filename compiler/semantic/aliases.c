/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the probe of a script to concrete probes: aliases are replaced by what they stand for,
 * with their bodies before or after the script's own, until a point belongs to a probe family,
 * which makes the concrete probes. Each of them gets its own copy of the combined body.
 */
#include <fnmatch.h>
#include <string.h>

#include "compiler/semantic/passes.h"

enum { MAX_ALIAS_DEPTH = 64, MAX_EXPANSIONS = 100000 };

struct expansion {
	struct resolver *resolver;
	const struct probe_decl *decl;
	const struct source *source;
	const struct declared_alias *stack[MAX_ALIAS_DEPTH];
	unsigned depth;
};

/* A point on its way: what it is, and what has been gathered for it. */
struct step {
	const struct probe_point *point;
	struct part_vec parts;  /* shared trees, in the order in which they run */
	const char *name;       /* pn(): the outermost alias; NULL: the family's point */
	struct expr *condition; /* of all points so far */
	bool optional;
	bool wild;              /* one of several that a wildcard found: it need not exist */
};

static unsigned expand_point(struct expansion *expansion, const struct step *step);

/* ---- the concrete probe ----------------------------------------------------------------------- */

/* The name of a mark or of a call through the linkage table: the site's, not a variable. */
static bool is_site_name(const struct expr *expr)
{
	return expr->target->kind == TARGET_DOLLAR && !expr->target->path.n &&
	       !strcmp(expr->target->name, "$name");
}

static void look_for_target(struct expr **place, void *data)
{
	enum target_use *use = data;

	if ((*place)->kind == EXPR_TARGET && is_site_name(*place))
		return;
	if ((*place)->kind == EXPR_TARGET)
		*use = USES_TARGETS;
	else if ((*place)->kind == EXPR_ENTRY && *use == USES_NO_TARGETS)
		*use = USES_ENTRY;
}

static enum target_use target_use(const struct part_vec *parts)
{
	enum target_use use = USES_NO_TARGETS;
	struct walk walk = { .expr = look_for_target, .data = &use };

	for (unsigned i = 0; i < parts->n && use != USES_TARGETS; i++)
		walk_stmt(&walk, &parts->v[i].body);
	return use;
}

bool part_of_family(struct resolver *resolver, const struct probe *probe, const char *text,
		    struct part *part)
{
	struct script_file *file;
	struct source *source;

	if (!text)
		return false;
	text = arena_printf(resolver->arena, "probe never {\n%s\n}", text);
	source = source_from_text(resolver->arena, probe->name, text);
	source->tapset = source->guru = true;
	file = syntax_parse(resolver->options->syntax, source);
	if (!file->probes.n)
		return false;
	*part = (struct part){ file->probes.v[0]->body, source, false };
	return true;
}

static struct stmt *join_parts(struct arena *arena, const struct part_vec *parts,
			       struct range range)
{
	struct stmt *block;

	if (parts->n == 1)
		return parts->v[0].body;
	block = stmt_new(arena, STMT_BLOCK, range);
	for (unsigned i = 0; i < parts->n; i++)
		VEC_PUSH(arena, &block->block, parts->v[i].body);
	return block;
}

static void copy_parts(struct resolver *resolver, const struct step *step, struct probe *probe,
		       struct part_vec *parts)
{
	struct part part;

	if (part_of_family(resolver, probe, probe->guard, &part))
		VEC_PUSH(resolver->arena, parts, part);
	if (part_of_family(resolver, probe, probe->prologue, &part))
		VEC_PUSH(resolver->arena, parts, part);
	for (unsigned i = 0; i < step->parts.n && !probe->prologue_only; i++) {
		part = step->parts.v[i];
		part.body = stmt_copy(resolver->arena, part.body);
		VEC_PUSH(resolver->arena, parts, part);
	}
}

static void choose_home(struct resolver *resolver, struct probe *probe)
{
	if (probe->home == HOME_TRACER && resolver->options->begin_home == BEGIN_KERNEL)
		home_move_to_kernel(probe);
}

/* Resolves the probe's variables: false when it is dropped, since that is not possible. */
static bool resolve_probe(struct resolver *resolver, const struct step *step, struct probe *probe,
			  struct part_vec *parts)
{
	struct diags scratch = { .arena = resolver->arena };
	struct diags *diags = resolver->diags;
	unsigned n_probes = resolver->program->probes.n;

	if (!step->optional) {
		unsigned errors = diags->errors;

		targets_resolve_probe(resolver, probe, parts);
		return diags->errors == errors;
	}
	resolver->diags = resolver->probes->diags = &scratch;
	targets_resolve_probe(resolver, probe, parts);
	resolver->diags = resolver->probes->diags = diags;
	if (!scratch.errors)
		return true;
	resolver->program->probes.n = n_probes;
	return false;
}

static bool finish_probe(struct expansion *expansion, const struct step *step, struct probe *probe)
{
	struct resolver *resolver = expansion->resolver;
	struct part_vec parts = { .n = 0 };
	struct merge_mark mark = merge_mark(resolver);

	if (step->name)
		probe->name = step->name;
	probe->aliased = step->name != NULL;
	probe->range = expansion->decl->range;
	if (step->condition)
		probe->condition = expr_copy(resolver->arena, step->condition);
	choose_home(resolver, probe);
	copy_parts(resolver, step, probe, &parts);
	probewrite_resolve(resolver, &parts);
	if (!resolve_probe(resolver, step, probe, &parts) && step->optional)
		return false;
	names_bind_probe(resolver, probe, &parts, expansion->source);
	probe->body = join_parts(resolver->arena, &parts, expansion->decl->range);
	VEC_PUSH(resolver->arena, &resolver->program->probes, probe);
	merge_probe(resolver, &mark);
	return true;
}

static void offer_alias(struct resolver *resolver, struct suggest *suggest)
{
	for (const struct declared_alias *at = resolver->aliases; at; at = at->next)
		suggest_offer(suggest, point_to_string(resolver->arena, at->name));
	tapsets_offer_aliases(resolver, suggest);
}

/* Nobody takes the point. An alias may have been meant. */
static void report_unknown(struct expansion *expansion, const struct step *step,
			   struct probe_vec *probes)
{
	struct resolver *resolver = expansion->resolver;
	struct probe_point bare = *step->point;
	struct suggest suggest;

	bare.condition = NULL;
	bare.optional = bare.sufficient = false;
	suggest_start(&suggest, point_to_string(resolver->arena, &bare));
	offer_alias(resolver, &suggest);
	if (probes_point_refused(step->point) || !suggest_best(&suggest)) {
		probes_expand(resolver->probes, step->point, false, false, probes);
		return;
	}
	diag_error(resolver->diags, step->point->range, "unknown probe point '%s'",
		   suggest.wanted);
	suggest_help(&suggest, resolver->diags);
}

static unsigned expand_family(struct expansion *expansion, const struct step *step)
{
	struct resolver *resolver = expansion->resolver;
	struct probe_vec probes = { .n = 0 };
	unsigned made = 0;

	if (!probes_point_known(step->point)) {
		if (!step->optional && !step->wild)
			report_unknown(expansion, step, &probes);
		return 0;
	}
	probes_expand(resolver->probes, step->point, target_use(&step->parts),
		      step->optional || step->wild, &probes);
	for (unsigned i = 0; i < probes.n; i++)
		made += finish_probe(expansion, step, probes.v[i]);
	return made;
}

/* ---- aliases --------------------------------------------------------------------------------------- */

static bool has_wildcard(const char *name)
{
	return strpbrk(name, "*?[") != NULL;
}

/* Number of the alias' components when the point begins with them; else 0. */
static unsigned alias_match(const struct declared_alias *alias, const struct probe_point *point)
{
	unsigned n = alias->name->components.n;

	if (n > point->components.n)
		return 0;
	for (unsigned i = 0; i < n; i++) {
		const struct point_component *wanted = &point->components.v[i];
		const char *name = alias->name->components.v[i].name;

		if (wanted->argument || (has_wildcard(wanted->name) ?
						 fnmatch(wanted->name, name, 0) != 0 :
						 strcmp(wanted->name, name) != 0))
			return 0;
	}
	return n;
}

/* Length of the longest match: `a.b.return` as an alias goes before `a.b` with a suffix. */
static unsigned longest_match(struct resolver *resolver, const struct probe_point *point)
{
	unsigned longest = 0;

	for (const struct declared_alias *at = resolver->aliases; at; at = at->next) {
		unsigned n = alias_match(at, point);

		longest = n > longest ? n : longest;
	}
	return longest;
}

/* The alias' point with what followed the alias' name in the script: .return and the like. */
static struct probe_point *with_suffix(struct arena *arena, const struct probe_point *point,
				       const struct probe_point *used, unsigned from)
{
	struct probe_point *whole = ARENA_NEW(arena, struct probe_point);

	*whole = *point;
	memset(&whole->components, 0, sizeof(whole->components));
	for (unsigned i = 0; i < point->components.n; i++)
		VEC_PUSH(arena, &whole->components, point->components.v[i]);
	for (unsigned i = from; i < used->components.n; i++)
		VEC_PUSH(arena, &whole->components, used->components.v[i]);
	if (from < used->components.n)
		whole->range = used->range;
	return whole;
}

static struct expr *join_conditions(struct arena *arena, struct expr *a, struct expr *b)
{
	struct expr *both;

	if (!a || !b)
		return a ? a : b;
	both = expr_new(arena, EXPR_BINARY, b->range);
	both->binary.op = BINARY_LOGICAL_AND;
	both->binary.left = a;
	both->binary.right = b;
	return both;
}

static void gather_parts(struct arena *arena, const struct step *step,
			 const struct declared_alias *alias, struct part_vec *out)
{
	struct part prologue = { alias->decl->prologue, alias->source, false };
	struct part epilogue = { alias->decl->epilogue, alias->source, false };

	if (prologue.body)
		VEC_PUSH(arena, out, prologue);
	for (unsigned i = 0; i < step->parts.n; i++)
		VEC_PUSH(arena, out, step->parts.v[i]);
	if (epilogue.body)
		VEC_PUSH(arena, out, epilogue);
}

static const char *alias_name(struct arena *arena, const struct declared_alias *alias,
			      const struct probe_point *point, unsigned matched)
{
	struct probe_point *name = with_suffix(arena, alias->name, point, matched);

	name->condition = NULL;
	name->optional = name->sufficient = false;
	return point_to_string(arena, name);
}

/* Expands a list of points until one that is sufficient has made probes. */
static unsigned expand_points(struct expansion *expansion, const struct step *common,
			      const struct point_vec *points, const struct probe_point *used,
			      unsigned matched)
{
	struct arena *arena = expansion->resolver->arena;
	struct diags *diags = expansion->resolver->diags;
	unsigned made = 0, explained = 0;

	for (unsigned i = 0; i < points->n; i++) {
		struct step step = *common;
		const struct probe_point *point = points->v[i];
		unsigned n, errors = diags->errors, messages = diags->n;

		step.point = used ? with_suffix(arena, point, used, matched) : point;
		step.optional |= point->optional || point->sufficient;
		step.condition = join_conditions(arena, common->condition, point->condition);
		n = expand_point(expansion, &step);
		made += n;
		if (!n && !used && !step.optional && !step.wild && diags->errors == errors) {
			explained += diags->n > messages; /* a warning tells why */
			if (diags->n == messages || explained == points->n)
				diag_error(diags, point->range,
					   "nothing matches this probe point");
		}
		if (n && point->sufficient)
			break;
	}
	return made;
}

static unsigned expand_alias(struct expansion *expansion, const struct step *step,
			     const struct declared_alias *alias, unsigned matched)
{
	struct resolver *resolver = expansion->resolver;
	struct step common = { .optional = step->optional,
			       .wild = step->wild,
			       .condition = step->condition };
	unsigned made, errors = resolver->diags->errors;

	for (unsigned i = 0; i < expansion->depth; i++) {
		if (expansion->stack[i]->decl != alias->decl)
			continue;
		diag_error(resolver->diags, alias->name->range,
			   "alias '%s' stands for itself",
			   point_to_string(resolver->arena, alias->name));
		return 0;
	}
	if (resolver->expansions++ >= MAX_EXPANSIONS) {
		if (resolver->expansions == MAX_EXPANSIONS + 1)
			diag_error(resolver->diags, expansion->decl->range,
				   "this stands for too many probe points");
		return 0;
	}
	if (expansion->depth == MAX_ALIAS_DEPTH) {
		diag_error(resolver->diags, alias->name->range, "aliases are nested too deeply");
		return 0;
	}
	gather_parts(resolver->arena, step, alias, &common.parts);
	common.name = step->name ? step->name :
				   alias_name(resolver->arena, alias, step->point, matched);
	expansion->stack[expansion->depth++] = alias;
	made = expand_points(expansion, &common, &alias->decl->points, step->point, matched);
	expansion->depth--;
	if (!made && !step->optional && !step->wild && resolver->diags->errors == errors &&
	    resolver->expansions < MAX_EXPANSIONS) {
		diag_error(resolver->diags, step->point->range,
			   "nothing that '%s' stands for can be probed here", common.name);
		diag_note(resolver->diags, alias->decl->range, "the alias is defined here");
	}
	return made;
}

static unsigned expand_point(struct expansion *expansion, const struct step *step)
{
	struct resolver *resolver = expansion->resolver;
	unsigned longest = longest_match(resolver, step->point), made = 0;
	struct step alias = *step;
	bool wild = false;

	for (unsigned i = 0; i < step->point->components.n; i++)
		wild |= has_wildcard(step->point->components.v[i].name);
	if (wild || (!longest && !probes_point_known(step->point)))
		if (tapsets_load_aliases(resolver, step->point))
			longest = longest_match(resolver, step->point);
	if (!longest || (wild && probes_point_known(step->point)))
		made += expand_family(expansion, step);
	alias.wild |= wild;
	for (const struct declared_alias *at = resolver->aliases; longest && at; at = at->next)
		if (alias_match(at, step->point) == longest)
			made += expand_alias(expansion, &alias, at, longest);
	return made;
}

void aliases_expand_probe(struct resolver *resolver, struct probe_decl *decl,
			  const struct source *source)
{
	struct expansion expansion = { .resolver = resolver, .decl = decl, .source = source };
	struct step common = { .condition = NULL };
	struct part part = { decl->body, source, true };

	VEC_PUSH(resolver->arena, &common.parts, part);
	expand_points(&expansion, &common, &decl->points, NULL, 0);
}
