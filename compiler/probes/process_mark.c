/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * .mark and .provider().mark: static marks that programs were built with.
 */
#include <fnmatch.h>
#include <string.h>

#include "compiler/debuginfo/place.h"
#include "compiler/probes/kernel.h"
#include "compiler/probes/process.h"

static void find_marks(struct process_point *process, struct dso *dso, const char *provider,
		       const char *name, struct process_site_vec *sites, struct suggest *suggest)
{
	struct arena *arena = process->probes->arena;
	struct usdt_vec *notes = ARENA_NEW(arena, struct usdt_vec);

	usdt_read(dso, notes);
	for (unsigned i = 0; i < notes->n; i++) {
		const struct usdt_note *note = &notes->v[i];
		struct process_site site = { .dso = dso, .address = note->address, .mark = note };

		suggest_offer(suggest, note->name);
		if ((provider && fnmatch(provider, note->provider, 0)) ||
		    fnmatch(name, note->name, 0))
			continue;
		VEC_PUSH(arena, sites, site);
	}
}

/* "a, b, c, ...": the marks that there are, each name once. */
static const char *list_marks(const struct process_point *process)
{
	enum { MOST = 12 };
	struct arena *arena = process->probes->arena;
	const char *list = NULL, *names[MOST];
	struct usdt_vec notes = { .n = 0 };
	unsigned n = 0;

	usdt_read(process->files.v[0], &notes);
	for (unsigned i = 0; i < notes.n; i++) {
		bool known = false;

		for (unsigned k = 0; k < n; k++)
			known |= !strcmp(names[k], notes.v[i].name);
		if (known)
			continue;
		if (n == MOST)
			return arena_printf(arena, "%s, ...", list);
		names[n++] = notes.v[i].name;
		list = list ? arena_printf(arena, "%s, %s", list, notes.v[i].name) :
			      notes.v[i].name;
	}
	return list;
}

static void help_with_marks(const struct process_point *process, struct suggest *suggest)
{
	struct diags *diags = process->probes->diags;
	const char *list = list_marks(process);

	if (!list)
		diag_help(diags, "it was built without marks");
	else if (suggest_best(suggest))
		suggest_help(suggest, diags);
	else
		diag_help(diags, "there are: %s", list);
}

bool process_expand_mark(struct process_point *process)
{
	bool has_provider = process_is(process, process->first, "provider");
	const char *provider = has_provider ? point_string(process->point, process->first) : NULL;
	unsigned at = process->first + has_provider;
	const char *name = point_string(process->point, at);
	struct process_site_vec sites = { .n = 0 };
	struct suggest suggest;

	suggest_start(&suggest, name);
	for (unsigned i = 0; i < process->files.n; i++)
		find_marks(process, process->files.v[i], provider, name, &sites, &suggest);
	if (sites.n)
		return process_add_sites(process, &sites);
	if (process->optional)
		return true;
	diag_error(process->probes->diags, process->point->components.v[at].range,
		   "no mark '%s'%s%s%s in %s", name, provider ? " of provider '" : "",
		   provider ? provider : "", provider ? "'" : "", process->files.v[0]->path);
	help_with_marks(process, &suggest);
	return false;
}

/* ---- arguments ---------------------------------------------------------------------------- */

enum { MAX_ARGUMENTS = 12, REGISTER_IP = 16 };

static const char *const no_value = "this argument is not described in a way that can be read";

/* The address that an operand in memory tells. */
static bool push_operand(const struct process_site *site, struct arena *arena,
			 const struct usdt_argument *arg, struct access *access)
{
	int64_t offset = arg->offset;

	if (arg->symbol) {
		const struct dso_symbol *symbol = dso_find_symbol(site->dso, arg->symbol);

		if (!symbol)
			return false;
		offset += (int64_t)symbol->address;
	}
	if (arg->symbol || arg->base_is_ip) {
		if (site->dso->relocatable) {
			access_push(arena, access, ACCESS_REGISTER, REGISTER_IP, 8, false);
			offset -= (int64_t)site->address;
		} else {
			access_push(arena, access, ACCESS_CONST, 0, 8, false);
		}
	} else if (arg->base < 0) {
		access_push(arena, access, ACCESS_CONST, 0, 8, false);
	}
	if (arg->base >= 0) {
		access_push(arena, access, ACCESS_REGISTER, arg->base, 8, false);
		if (arg->symbol)
			access_push(arena, access, ACCESS_ADD, 0, 8, false);
	}
	if (arg->index >= 0) {
		access_push(arena, access, ACCESS_REGISTER, arg->index, 8, false);
		access_push(arena, access, ACCESS_CONST, arg->scale, 8, false);
		access_push(arena, access, ACCESS_MUL, 0, 8, false);
		access_push(arena, access, ACCESS_ADD, 0, 8, false);
	}
	if (offset)
		access_push(arena, access, ACCESS_ADD_CONST, offset, 8, false);
	return true;
}

/* Steps that leave an argument's address (memory) or value. False: not understood. */
static bool push_argument(struct probes *probes, const struct process_site *site,
			  const struct usdt_argument *arg, struct access *access)
{
	struct arena *arena = probes->arena;

	switch (arg->kind) {
	case USDT_CONST:
		access_push(arena, access, ACCESS_CONST, arg->offset, 8, false);
		return true;
	case USDT_REGISTER:
		access_push(arena, access, ACCESS_REGISTER, arg->base, 8, false);
		if (arg->shift)
			access_push(arena, access, ACCESS_BITS, arg->shift, 8, false);
		return true;
	case USDT_MEMORY:
		return push_operand(site, arena, arg, access);
	}
	return false;
}

static struct ctype *argument_type(struct arena *arena, const struct usdt_argument *arg)
{
	static const char *const names[2][9] = {
		{ [1] = "uint8_t", [2] = "uint16_t", [4] = "uint32_t", [8] = "uint64_t" },
		{ [1] = "int8_t", [2] = "int16_t", [4] = "int32_t", [8] = "int64_t" },
	};
	struct ctype *type = ctype_new(arena, arg->is_float ? CTYPE_FLOAT : CTYPE_INT,
				       arg->is_float ? "double" : names[arg->is_signed][arg->size],
				       arg->size);

	type->is_signed = arg->is_signed;
	return type;
}

static unsigned read_arguments(struct probes *probes, const struct process_site *site,
			       struct usdt_argument *args)
{
	return usdt_parse(probes->arena, site->mark->args, args, MAX_ARGUMENTS);
}

static struct expr *resolve_argument(struct probes *probes, struct probe *probe, struct expr *expr,
				     const struct usdt_argument *arg)
{
	const struct process_site *site = probe->family_data;
	struct place_context context = { probes->arena, probes->diags, expr->range };
	struct access access = { .exprs = { .n = 0 } };
	struct place place;

	if (!arg->size || !push_argument(probes, site, arg, &access)) {
		diag_error(probes->diags, expr->range, "'$%s': %s", expr->target->name, no_value);
		return NULL;
	}
	place = arg->kind == USDT_MEMORY ?
			place_memory(argument_type(probes->arena, arg), &access, true) :
			place_value(argument_type(probes->arena, arg), &access, true);
	return place_resolve(&context, &place, expr);
}

static struct expr *resolve_marks_text(struct probes *probes, struct probe *probe,
				       struct expr *expr, unsigned n)
{
	const struct process_site *site = probe->family_data;
	const char *format = "", *values = "", *text;
	struct usdt_argument args[MAX_ARGUMENTS];
	struct access unused = { .exprs = { .n = 0 } };
	struct expr *made;

	read_arguments(probes, site, args);
	for (unsigned i = 1; i <= n; i++) {
		if (!args[i - 1].size || args[i - 1].is_float ||
		    !push_argument(probes, site, &args[i - 1], &unused)) {
			format = arena_printf(probes->arena, "%s%sarg%u=?", format,
					      i > 1 ? " " : "", i);
			continue;
		}
		format = arena_printf(probes->arena, "%s%sarg%u=0x%%x", format, i > 1 ? " " : "", i);
		values = arena_printf(probes->arena, "%s, $arg%u", values, i);
	}
	text = arena_printf(probes->arena, "sprintf(\"%s\"%s)", format, values);
	made = text_parse_expr(probes, text, expr->range);
	return made && text_resolve_targets(probes, probe, &made) ? made : NULL;
}

struct expr *process_resolve_mark(struct probes *probes, struct probe *probe, struct expr *expr)
{
	const struct process_site *site = probe->family_data;
	struct usdt_argument args[MAX_ARGUMENTS];
	unsigned n = read_arguments(probes, site, args), number;
	const char *name = expr->target->name;
	char rest;

	if (expr->target->kind == TARGET_CAST)
		return process_resolve_named(probes, probe, expr);
	if (expr->target->kind == TARGET_DOLLAR && sscanf(name, "arg%u%c", &number, &rest) == 1 &&
	    number >= 1 && number <= n)
		return resolve_argument(probes, probe, expr, &args[number - 1]);
	if (!strcmp(name, "$name"))
		return process_site_name(probes->arena, probe, site->mark->name, expr->range);
	if (!strcmp(name, "$provider"))
		return expr_string(probes->arena, site->mark->provider, expr->range);
	if (!strcmp(name, "$vars") || !strcmp(name, "$parms"))
		return resolve_marks_text(probes, probe, expr, n);
	diag_error(probes->diags, expr->range, "no variable '$%s' in mark '%s'", name,
		   site->mark->name);
	if (n)
		diag_help(probes->diags, "there are: $arg1 to $arg%u, $$vars, $$name, $$provider", n);
	else
		diag_help(probes->diags, "it has no arguments; there are $$name and $$provider");
	return NULL;
}

void process_mark_variables(struct probes *probes, struct probe *probe, struct variable_vec *out)
{
	struct usdt_argument args[MAX_ARGUMENTS];
	unsigned n = read_arguments(probes, probe->family_data, args);

	for (unsigned i = 0; i < n; i++) {
		struct variable variable = { arena_printf(probes->arena, "$arg%u", i + 1), "long" };

		if (args[i].size)
			variable.type = argument_type(probes->arena, &args[i])->name;
		VEC_PUSH(probes->arena, out, variable);
	}
}
