/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a probe point means, and which variables there are. */
#include <stdlib.h>
#include <string.h>

#include "runtime/repl/commands.h"

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct names {
	VEC(const char *);
};

static void say_names(struct live *live, struct names *names)
{
	struct json_object *array = json_object_new_array();

	if (names->n)
		qsort(names->v, names->n, sizeof(*names->v), compare);
	for (unsigned i = 0; i < names->n; i++) {
		if (i && !strcmp(names->v[i], names->v[i - 1]))
			continue;
		json_object_array_add(array, json_object_new_string(names->v[i]));
		if (!live->json)
			say(live, "%s\n", names->v[i]);
	}
	answer_add(live, "names", array);
}

static void add_sites(struct live_unit *unit, const struct probe *probe, struct names *names)
{
	for (unsigned i = 0; i < probe->sites.n; i++)
		VEC_PUSH(unit->arena, names,
			 probe->sites.v[i].pp ? probe->sites.v[i].pp : probe->name);
}

static void add_variables(struct live_unit *unit, struct probe *probe, struct names *names)
{
	struct variable_vec variables = {0};

	if (!probe->family || !probe->family->variables)
		return;
	probe->family->variables(unit->compile.program->families, probe, &variables);
	for (unsigned i = 0; i < variables.n; i++)
		VEC_PUSH(unit->arena, names,
			 arena_printf(unit->arena, "%s: %s", variables.v[i].name,
				      variables.v[i].type ? variables.v[i].type : "unknown"));
}

/* A body that asks for variables makes families find out about them. */
#define ASKING "if (@defined($$vars)) ;"

static bool show(struct live *live, const char *point, bool variables)
{
	struct live_unit *unit = unit_begin(live);
	struct names names = {0};
	char *text;
	bool ok;

	if (asprintf(&text, "probe %s { %s }", point, variables ? ASKING : "") < 0)
		abort();
	unit->diags.no_warnings = true;
	ok = unit_parse(unit, text, "<list>") && unit_resolve(live, unit);
	free(text);
	if (!ok)
		say_diags(live, &unit->diags, NULL);
	for (unsigned i = 0; ok && i < unit->compile.program->probes.n; i++) {
		struct probe *probe = unit->compile.program->probes.v[i];

		if (probe->range.source != unit->source)
			continue; /* a tapset's own */
		if (variables)
			add_variables(unit, probe, &names);
		else
			add_sites(unit, probe, &names);
	}
	if (ok)
		say_names(live, &names);
	if (ok && !names.n)
		say(live, variables ? "no variables are visible there\n" : "no sites\n");
	unit_end(unit);
	return ok;
}

static bool wants_point(struct live *live, const char *args)
{
	if (!*args)
		say_error(live, "which probe point?");
	return *args;
}

bool list(struct live *live, char *args)
{
	return wants_point(live, args) && show(live, args, false);
}

bool vars(struct live *live, char *args)
{
	return wants_point(live, args) && show(live, args, true);
}
