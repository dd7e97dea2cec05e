/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A body with target variables is resolved for each site. Where that leaves the same code (the
 * first argument of a hundred functions), one handler serves all these sites.
 *
 * What stands in the script is the same anyway, so that the text of the resolved body and its
 * accesses tell all. Names of what @entry() saves have numbers, which count from the first one.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/probes/families.h"
#include "compiler/semantic/passes.h"

struct group {
	struct probe **probes; /* companions, then the probe itself */
	unsigned n;
};

static void print_access(struct expr **place, void *data)
{
	const struct expr *expr = *place;
	const struct access *access = expr->kind == EXPR_TARGET ? expr->target->access : NULL;
	FILE *out = data;

	if (!access)
		return;
	fprintf(out, "\n%d %d %d:", expr->type, access->writable, access->reads_user);
	for (unsigned i = 0; i < access->steps.n; i++)
		fprintf(out, " %d,%u,%d,%lld", access->steps.v[i].op, access->steps.v[i].size,
			access->steps.v[i].is_signed, (long long)access->steps.v[i].operand);
	for (unsigned i = 0; i < access->exprs.n; i++) {
		fputs("; ", out);
		ast_print_expr(out, access->exprs.v[i]);
	}
}

static void print_probe(FILE *out, struct probe *probe)
{
	const struct walk walk = { .expr = print_access, .data = out };

	fprintf(out, "%s\n%u %u %d %d %d %d %d %d %d\n", probe->name, probe->range.start,
		probe->range.end, probe->home, probe->context, probe->is_return, probe->user,
		probe->shared, probe->companion, probe->sites.v[0].kind);
	if (probe->condition)
		ast_print_expr(out, probe->condition);
	ast_print_stmt(out, probe->body, 0);
	walk_stmt(&walk, &probe->body);
}

/* "__entry_value_12" is "__entry_value_2" when the first one's number is 10. */
static char *count_from(struct arena *arena, const char *text, unsigned first)
{
	static const char prefix[] = "__entry_";
	char *counted = arena_alloc(arena, strlen(text) + 1), *to = counted;
	const char *at;

	while ((at = strstr(text, prefix))) {
		char *end;

		at += strcspn(at, "0123456789");
		to = mempcpy(to, text, (size_t)(at - text));
		to += sprintf(to, "%lu", (strtoul(at, &end, 10) - first) % 1000);
		text = end;
	}
	strcpy(to, text);
	return counted;
}

/* NULL: no memory. */
static char *describe(struct resolver *resolver, const struct group *group, unsigned first)
{
	char *text = NULL, *counted = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (unsigned i = 0; i < group->n; i++)
		print_probe(out, group->probes[i]);
	if (!fclose(out))
		counted = count_from(resolver->arena, text, first);
	free(text);
	return counted;
}

/* One program serves many sites only where the site is not part of what is loaded. */
static bool may_share(const struct group *group)
{
	for (unsigned i = 0; i < group->n; i++) {
		const struct probe *probe = group->probes[i];

		if (probe->family != &family_process || !probe->sites.n ||
		    (probe->sites.v[0].kind != ATTACH_UPROBE &&
		     probe->sites.v[0].kind != ATTACH_URETPROBE))
			return false;
	}
	return group->n > 0;
}

static void take_sites(struct arena *arena, const struct group *to, const struct group *from)
{
	for (unsigned i = 0; i < to->n; i++)
		for (unsigned k = 0; k < from->probes[i]->sites.n; k++)
			VEC_PUSH(arena, &to->probes[i]->sites, from->probes[i]->sites.v[k]);
}

void merge_probe(struct resolver *resolver, const struct merge_mark *mark)
{
	struct program *program = resolver->program;
	struct group group = { .n = program->probes.n - mark->probes }, *same;
	void **place;
	char *text;

	group.probes = ARENA_ARRAY(resolver->arena, struct probe *, group.n);
	memcpy(group.probes, program->probes.v + mark->probes, group.n * sizeof(*group.probes));
	if (resolver->options->listing || resolver->diags->errors || !may_share(&group))
		return;
	text = describe(resolver, &group, mark->entries);
	if (!text)
		return;
	place = name_map_at(resolver->arena, &resolver->shapes, text);
	if (!*place) {
		*place = ARENA_NEW(resolver->arena, struct group);
		*(struct group *)*place = group;
		return;
	}
	same = *place;
	take_sites(resolver->arena, same, &group);
	program->probes.n = mark->probes;
	program->globals.n = mark->globals;
}

struct merge_mark merge_mark(const struct resolver *resolver)
{
	return (struct merge_mark){ .probes = resolver->program->probes.n,
				    .globals = resolver->program->globals.n,
				    .entries = resolver->entries };
}
