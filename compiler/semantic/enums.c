/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * @enum("NAME", "module"), the value of a constant of an enumeration, and
 * @enumname("type", value, "module"), the name of a value: both from debug information.
 */
#include <stdlib.h>
#include <string.h>

#include "compiler/debuginfo/btf_ctype.h"
#include "compiler/probes/kernel.h"
#include "compiler/probes/process.h"
#include "compiler/semantic/passes.h"

/* ---- @enum -------------------------------------------------------------------------------- */

static bool find_in_type(struct arena *arena, struct ctype *type, const char *name, int64_t *value)
{
	ctype_filled(arena, type);
	for (unsigned i = 0; i < type->enumerators.n; i++) {
		if (strcmp(type->enumerators.v[i].name, name))
			continue;
		*value = type->enumerators.v[i].value;
		return true;
	}
	return false;
}

static bool find_in_kernel(struct arena *arena, const struct btf_file *btf, const char *name,
			   int64_t *value)
{
	for (uint32_t id = btf_file_first(btf); id < btf_file_end(btf); id++) {
		unsigned kind = BTF_INFO_KIND(btf_file_type(btf, id)->info);

		if ((kind == BTF_KIND_ENUM || kind == BTF_KIND_ENUM64) &&
		    find_in_type(arena, btf_ctype(arena, btf, id), name, value))
			return true;
	}
	return false;
}

bool enum_of_kernel(struct resolver *resolver, const char *name, int64_t *value)
{
	const struct btf_file *btf = kernel_btf(resolver->probes, NULL);

	return btf && find_in_kernel(resolver->arena, btf, name, value);
}

static void resolve_value(struct resolver *resolver, struct probe *probe, struct expr **place)
{
	struct expr *expr = *place;
	const char *name = expr->enumerator.name, *module = expr->enumerator.module;
	bool in_kernel, found;
	const struct btf_file *btf =
		types_of_kernel(resolver, probe, module, expr->range, &in_kernel);
	int64_t value = 0;

	if (in_kernel)
		found = !btf || find_in_kernel(resolver->arena, btf, name, &value);
	else
		found = process_find_enumerator(resolver->probes, probe, module, name, &value);
	if (!found)
		types_report_missing(resolver, probe, module, "enumeration with a constant", name,
				     expr->range);
	*place = expr_number(resolver->arena, value, expr->range);
}

/* ---- @enumname ---------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
	const struct ctype_enumerator *x = a, *y = b;

	return x->value < y->value ? -1 : x->value > y->value;
}

/* Of several names of one value, the first declared. */
static unsigned sort(struct arena *arena, const struct ctype *type, struct ctype_enumerator **out)
{
	struct ctype_enumerator *v = ARENA_ARRAY(arena, struct ctype_enumerator,
						 type->enumerators.n + 1);
	unsigned n = 0;

	for (unsigned i = 0; i < type->enumerators.n; i++) {
		unsigned seen = 0;

		while (seen < n && v[seen].value != type->enumerators.v[i].value)
			seen++;
		if (seen == n)
			v[n++] = type->enumerators.v[i];
	}
	qsort(v, n, sizeof(*v), by_value);
	*out = v;
	return n;
}

struct choice {
	struct arena *arena;
	const char *local; /* holds the value */
	struct expr *value;
	struct range range;
	const struct ctype_enumerator *v;
};

/* "local OP number", or "(local = value) OP number", which comes first. */
static struct expr *compare(struct choice *choice, enum binary_op op, int64_t number)
{
	struct expr *name = expr_name(choice->arena, choice->local, choice->range);
	struct expr *binary = expr_new(choice->arena, EXPR_BINARY, choice->range);

	binary->binary.op = op;
	binary->binary.left = name;
	binary->binary.right = expr_number(choice->arena, number, choice->range);
	if (choice->value) {
		struct expr *set = expr_new(choice->arena, EXPR_ASSIGN, choice->range);

		set->assign.op = ASSIGN_SET;
		set->assign.left = name;
		set->assign.right = choice->value;
		binary->binary.left = set;
		choice->value = NULL;
	}
	return binary;
}

/* A binary search, written out. */
static struct expr *choose(struct choice *choice, unsigned low, unsigned high, struct expr *otherwise)
{
	struct expr *ternary = expr_new(choice->arena, EXPR_TERNARY, choice->range);
	unsigned middle = low + (high - low) / 2;

	if (high - low == 1) {
		ternary->ternary.condition = compare(choice, BINARY_EQ, choice->v[low].value);
		ternary->ternary.then = expr_string(choice->arena, choice->v[low].name, choice->range);
		ternary->ternary.otherwise = expr_copy(choice->arena, otherwise);
		return ternary;
	}
	ternary->ternary.condition = compare(choice, BINARY_LT, choice->v[middle].value);
	ternary->ternary.then = choose(choice, low, middle, otherwise);
	ternary->ternary.otherwise = choose(choice, middle, high, otherwise);
	return ternary;
}

static void resolve_name(struct resolver *resolver, struct probe *probe, struct expr **place)
{
	struct expr *expr = *place;
	const char *name = expr->enumerator.name;
	struct ctype *type = types_find(resolver, probe, expr->enumerator.module, name, expr->range);
	struct choice choice = { .arena = resolver->arena, .value = expr->enumerator.value,
				 .range = expr->range };
	struct ctype_enumerator *v;
	struct expr *number;
	unsigned n;

	*place = expr_string(resolver->arena, "", expr->range);
	if (!type)
		return;
	type = ctype_filled(resolver->arena, ctype_strip(resolver->arena, type));
	n = sort(resolver->arena, type, &v);
	if (type->kind != CTYPE_ENUM || !n) {
		diag_error(resolver->diags, expr->range, "'%s' is not an enumeration", name);
		return;
	}
	resolver->entries++;
	choice.local = arena_printf(resolver->arena, "__enum_%u", resolver->entries);
	choice.v = v;
	number = text_parse_expr(resolver->probes,
				 arena_printf(resolver->arena, "sprintf(\"%%d\", %s)", choice.local),
				 expr->range);
	if (number)
		*place = choose(&choice, 0, n, number);
}

void enum_resolve(struct resolver *resolver, struct probe *probe, struct expr **place)
{
	if ((*place)->enumerator.value)
		resolve_name(resolver, probe, place);
	else
		resolve_value(resolver, probe, place);
}
