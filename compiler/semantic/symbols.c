/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Symbols and functions: made from their declarations when something first uses them, so that
 * what is never used costs nothing. Reads the pragmas of embedded C bodies.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/semantic/passes.h"

struct symbol *symbol_new_local(struct resolver *resolver, struct symbol_vec *locals,
				const char *name, struct range range)
{
	struct symbol *symbol = ARENA_NEW(resolver->arena, struct symbol);

	symbol->name = name;
	symbol->range = range;
	symbol->scope = SYMBOL_LOCAL;
	symbol->index = locals->n;
	VEC_PUSH(resolver->arena, locals, symbol);
	return symbol;
}

struct symbol *symbol_new_hidden(struct resolver *resolver, const char *name, struct range range)
{
	struct symbol *symbol = ARENA_NEW(resolver->arena, struct symbol);

	symbol->name = name;
	symbol->range = range;
	symbol->scope = SYMBOL_GLOBAL;
	symbol->index = resolver->program->globals.n;
	symbol->max_entries = (unsigned)resolver->program->limits.max_map_entries;
	VEC_PUSH(resolver->arena, &resolver->program->globals, symbol);
	return symbol;
}

static void take_initial_value(struct resolver *resolver, struct symbol *symbol)
{
	struct expr *init = expr_copy(resolver->arena, symbol->decl->init);

	fold_expr(resolver, &init);
	if (init->kind != EXPR_NUMBER && init->kind != EXPR_STRING) {
		diag_error(resolver->diags, init->range,
			   "the initial value of a global is a number or a string");
		return;
	}
	symbol->type = init->kind == EXPR_NUMBER ? TYPE_LONG : TYPE_STRING;
	symbol->type_range = init->range;
	init->type = symbol->type;
	symbol->init = init;
}

static bool read_number(const char *text, int64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoll(text, &end, 0);
	return *text && !*end && !errno;
}

/* A value of -G that is no number tells what a global is that has no value in the script. */
static void learn_from_given(struct symbol *symbol)
{
	int64_t number;

	if (symbol->type || read_number(symbol->decl->given, &number))
		return;
	symbol->type = TYPE_STRING;
	symbol->type_range = symbol->range;
}

static void take_given(struct resolver *resolver, struct symbol *symbol)
{
	const char *given = symbol->decl->given, *kind = NULL;
	struct range range = symbol->range;
	int64_t number;

	if (symbol->is_array)
		kind = "an array";
	else if (symbol->type == TYPE_STATS)
		kind = "a statistic";
	else if (symbol->type == TYPE_STRING)
		symbol->init = expr_string(resolver->arena, given, range);
	else if (read_number(given, &number))
		symbol->init = expr_number(resolver->arena, number, range);
	else
		kind = "a number";
	if (kind)
		diag_error(resolver->diags, range, "-G %s=%s: this global is %s", symbol->name,
			   given, kind);
}

void symbols_take_given(struct resolver *resolver)
{
	struct symbol_vec *globals = &resolver->program->globals;

	for (unsigned i = 0; i < globals->n; i++)
		if (globals->v[i]->decl && globals->v[i]->decl->given)
			take_given(resolver, globals->v[i]);
}

struct symbol *symbol_new_global(struct resolver *resolver, struct declared_global *declared)
{
	struct global_decl *decl = declared->decl;
	struct symbol *symbol = symbol_new_hidden(resolver, decl->name, decl->range);

	declared->symbol = symbol;
	symbol->decl = decl;
	symbol->wrap = decl->wrap;
	symbol->is_array = decl->wrap || decl->max_size;
	if (decl->max_size)
		symbol->max_entries = (unsigned)decl->max_size;
	if (decl->init)
		take_initial_value(resolver, symbol);
	if (decl->given)
		learn_from_given(symbol);
	if (!declared->source->tapset)
		live_seed(resolver, symbol);
	return symbol;
}

struct expr *expr_of_symbol(struct arena *arena, struct symbol *symbol, struct range range)
{
	struct expr *expr = expr_name(arena, symbol->name, range);

	expr->name.symbol = symbol;
	return expr;
}

/* ---- pragmas ------------------------------------------------------------------------------ */

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

const char *find_pragma(const char *text, const char *pragma)
{
	size_t length = strlen(pragma);

	for (const char *at = text; (at = strstr(at, "/*")); at += 2) {
		const char *word = at + 2 + strspn(at + 2, " \t");

		if (strncmp(word, pragma, length) || is_word(word[length]))
			continue;
		return word[length] == '=' ? word + length + 1 : word + length;
	}
	return NULL;
}

static const char *pragma_word(struct arena *arena, const char *value)
{
	size_t length = 0;

	while (is_word(value[length]))
		length++;
	return length ? arena_strndup(arena, value, length) : NULL;
}

/* bound=40, or bound=s: as long as the argument s. */
static void take_bound(struct resolver *resolver, struct function *function, const char *value)
{
	const char *word = pragma_word(resolver->arena, value);

	if (!word)
		return;
	if (isdigit((unsigned char)*word)) {
		function->bound = (unsigned)strtoul(word, NULL, 10);
		return;
	}
	for (unsigned i = 0; i < function->parameters.n; i++)
		if (!strcmp(function->parameters.v[i]->name, word))
			function->bound_parameter = (int)i;
}

static void take_pragmas(struct resolver *resolver, struct function *function, const char *text)
{
	const char *value = find_pragma(text, "intrinsic");

	function->pure = find_pragma(text, "pure") != NULL;
	function->fallible = find_pragma(text, "fallible") != NULL;
	if (value) {
		const char *name = value[-1] == '=' ? pragma_word(resolver->arena, value) : NULL;

		function->intrinsic =
			arena_printf(resolver->arena, "fn_%s", name ? name : function->name);
	} else {
		function->embedded = text;
		function->fallible = true;
		function->uses_next = strstr(text, "STAP_NEXT") != NULL;
	}
	value = find_pragma(text, "bound");
	if (value)
		take_bound(resolver, function, value);
}

/* ---- functions ------------------------------------------------------------------------------ */

static void add_parameter(struct resolver *resolver, struct function *function,
			  const struct parameter *parameter)
{
	struct symbol *symbol = symbol_new_local(resolver, &function->parameters,
						 parameter->name, parameter->range);

	symbol->scope = SYMBOL_PARAMETER;
	symbol->type = parameter->type;
	symbol->type_range = parameter->range;
}

static void look_for_result(struct stmt **place, void *data)
{
	bool *found = data;

	*found |= (*place)->kind == STMT_RETURN && (*place)->expr;
}

static bool returns_value(struct stmt *body)
{
	bool found = false;
	struct walk walk = { .stmt = look_for_result, .data = &found };

	walk_stmt(&walk, &body);
	return found;
}

static void check_embedded(struct resolver *resolver, const struct declared_function *declared)
{
	if (declared->source->tapset || declared->source->guru || resolver->options->guru)
		return;
	diag_error(resolver->diags, declared->decl->body->range,
		   "embedded C needs guru mode, and is in function '%s'", declared->decl->name);
	diag_help(resolver->diags, "run with -g if you trust this script");
}

struct function *function_of(struct resolver *resolver, struct declared_function *declared)
{
	struct function_decl *decl = declared->decl;
	struct function *function = declared->function;

	if (function)
		return function;
	function = ARENA_NEW(resolver->arena, struct function);
	declared->function = function;
	function->name = decl->name;
	function->decl = decl;
	function->type = decl->type;
	function->bound_parameter = -1;
	for (unsigned i = 0; i < decl->parameters.n; i++)
		add_parameter(resolver, function, &decl->parameters.v[i]);
	if (decl->body->kind == STMT_EMBEDDED) {
		check_embedded(resolver, declared);
		take_pragmas(resolver, function, decl->body->embedded);
		if (!function->type && !strstr(decl->body->embedded, "STAP_RETURN") &&
		    !strstr(decl->body->embedded, "STAP_RETVALUE"))
			function->type = TYPE_VOID;
	} else {
		function->body = stmt_copy(resolver->arena, decl->body);
		if (!function->type && !returns_value(function->body))
			function->type = TYPE_VOID;
	}
	VEC_PUSH(resolver->arena, &resolver->called, declared);
	return function;
}

/* { function(parameters) } */
static struct stmt *call_of(struct arena *arena, struct function *function,
			    const struct symbol_vec *parameters)
{
	struct range range = function->decl->name_range;
	struct expr *call = expr_new(arena, EXPR_CALL, range);
	struct stmt *body = stmt_new(arena, STMT_EXPR, range);

	call->call.name = function->name;
	call->call.name_range = range;
	call->call.candidates = ARENA_ARRAY(arena, struct function *, 1);
	call->call.candidates[0] = function;
	call->call.n_candidates = 1;
	for (unsigned i = 0; i < parameters->n; i++)
		VEC_PUSH(arena, &call->call.args, expr_of_symbol(arena, parameters->v[i], range));
	body->expr = call;
	return body;
}

struct function *function_with_value(struct resolver *resolver, struct function *function)
{
	struct program *program = resolver->program;
	struct function *wrapper;

	if (function->body) {
		function->type = TYPE_LONG;
		return function;
	}
	for (unsigned i = 0; i < program->functions.n; i++)
		if (program->functions.v[i]->decl == function->decl && program->functions.v[i]->body)
			return program->functions.v[i];
	wrapper = ARENA_NEW(resolver->arena, struct function);
	wrapper->name = function->name;
	wrapper->decl = function->decl;
	wrapper->type = TYPE_LONG;
	wrapper->bound_parameter = -1;
	for (unsigned i = 0; i < function->decl->parameters.n; i++)
		add_parameter(resolver, wrapper, &function->decl->parameters.v[i]);
	wrapper->body = call_of(resolver->arena, function, &wrapper->parameters);
	VEC_PUSH(resolver->arena, &program->functions, wrapper);
	return wrapper;
}
