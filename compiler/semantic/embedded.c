/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * %{ C %} as a value or as a statement in a body: a call of a function without parameters that
 * is made up for it.
 */
#include <string.h>

#include "compiler/semantic/passes.h"

bool embedded_allowed(struct resolver *resolver, struct range range)
{
	if (resolver->options->guru || (range.source && (range.source->tapset || range.source->guru)))
		return true;
	diag_error(resolver->diags, range, "embedded C needs guru mode");
	diag_help(resolver->diags, "run with -g if you trust this script");
	return false;
}

static struct function_decl *made_up_decl(struct arena *arena, const char *text,
					  struct range range, enum value_type type)
{
	struct function_decl *decl = ARENA_NEW(arena, struct function_decl);

	decl->name = "embedded";
	decl->name_range = decl->range = range;
	decl->type = type;
	decl->body = stmt_new(arena, STMT_EMBEDDED, range);
	decl->body->embedded = text;
	return decl;
}

static struct expr *made_up_call(struct resolver *resolver, const char *text, struct range range,
				 enum value_type type)
{
	struct arena *arena = resolver->arena;
	struct declared_function *declared = ARENA_NEW(arena, struct declared_function);
	struct expr *call = expr_new(arena, EXPR_CALL, range);

	declared->decl = made_up_decl(arena, text, range, type);
	declared->source = range.source;
	call->call.name = declared->decl->name;
	call->call.name_range = range;
	call->call.candidates = ARENA_NEW(arena, struct function *);
	call->call.candidates[0] = function_of(resolver, declared);
	call->call.n_candidates = 1;
	return call;
}

struct expr *embedded_value(struct resolver *resolver, struct expr *expr)
{
	const char *text = expr->string.text;
	bool is_string = strstr(text, "/* string */") != NULL;

	if (!embedded_allowed(resolver, expr->range))
		return expr_number(resolver->arena, 0, expr->range);
	return made_up_call(resolver, arena_printf(resolver->arena, "STAP_RETURN((%s));", text),
			    expr->range, is_string ? TYPE_STRING : TYPE_LONG);
}

void embedded_statement(struct resolver *resolver, struct stmt *stmt)
{
	const char *text = stmt->embedded;

	if (!embedded_allowed(resolver, stmt->range)) {
		stmt->kind = STMT_EMPTY;
		return;
	}
	stmt->kind = STMT_EXPR;
	stmt->expr = made_up_call(resolver, text, stmt->range, TYPE_VOID);
}
