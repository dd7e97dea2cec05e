/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names that may follow an "@": operators of the language, and macros. */
#include <string.h>

#include "compiler/syntax/macro.h"
#include "compiler/syntax/grammar.tab.h"

static const struct {
	const char *name;
	int kind;
	int64_t number;
} operators[] = {
	{"count", T_STAT, STAT_COUNT},
	{"sum", T_STAT, STAT_SUM},
	{"min", T_STAT, STAT_MIN},
	{"max", T_STAT, STAT_MAX},
	{"avg", T_STAT, STAT_AVG},
	{"variance", T_STAT, STAT_VARIANCE},
	{"hist_linear", T_HIST, STAT_HIST_LINEAR},
	{"hist_log", T_HIST, STAT_HIST_LOG},
	{"var", T_VAR, 0},
	{"cast", T_CAST, 0},
	{"entry", T_ENTRY, 0},
	{"defined", T_DEFINED, EXPR_DEFINED},
	{"probewrite", T_DEFINED, EXPR_PROBEWRITE},
	{"perf", T_QUOTED, EXPR_PERF},
	{"const", T_QUOTED, EXPR_CONST},
	{"enum", T_ENUM, 0},
	{"enumname", T_ENUMNAME, 0},
	{"cast_sizeof", T_SIZEOF, 1},
	{"cast_module_sizeof", T_SIZEOF, 2},
	{"kregister", T_REGISTER, TARGET_KREGISTER},
	{"uregister", T_REGISTER, TARGET_UREGISTER},
	{"kderef", T_DEREF, TARGET_KDEREF},
	{"uderef", T_DEREF, TARGET_UDEREF},
};

enum { N_OPERATORS = sizeof(operators) / sizeof(*operators) };

int operator_find(const char *name, int64_t *number)
{
	unsigned i;

	for (i = 0; i < N_OPERATORS; i++) {
		if (strcmp(operators[i].name, name))
			continue;
		*number = operators[i].number;
		return operators[i].kind;
	}
	return 0;
}

void operator_offer_all(struct suggest *suggest)
{
	unsigned i;

	for (i = 0; i < N_OPERATORS; i++)
		suggest_offer(suggest, operators[i].name);
	suggest_offer(suggest, "define");
	suggest_offer(suggest, "choose_defined");
}

struct macro *macro_find(const struct macro_table *table, const char *name)
{
	unsigned i;

	for (i = 0; table && i < table->n; i++)
		if (!strcmp(table->v[i]->name, name))
			return table->v[i];
	return NULL;
}

void macro_add(struct arena *arena, struct macro_table *table, struct macro *macro)
{
	unsigned i;

	for (i = 0; i < table->n; i++) {
		if (strcmp(table->v[i]->name, macro->name))
			continue;
		table->v[i] = macro;
		return;
	}
	VEC_PUSH(arena, table, macro);
}

const char *macro_prelude(void)
{
	return "@define choose_defined(a, b) %( (@defined(@a) ? @a : @b) %)\n"
	       "@define container_of(pointer, type, member) %(\n"
	       "	@cast((@pointer) - (&@cast(0, @type)->@member), @type)\n"
	       "%)\n"
	       "@define module_container_of(pointer, module, type, member) %(\n"
	       "	@cast((@pointer) - (&@cast(0, @type, @module)->@member), @type, @module)\n"
	       "%)\n"
	       "@define this1 %( __this1[tid()] %) @define this2 %( __this2[tid()] %)\n"
	       "@define this3 %( __this3[tid()] %) @define this4 %( __this4[tid()] %)\n"
	       "@define this5 %( __this5[tid()] %) @define this6 %( __this6[tid()] %)\n"
	       "@define this7 %( __this7[tid()] %) @define this8 %( __this8[tid()] %)\n";
}
