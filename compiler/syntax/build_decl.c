/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Building declarations, and probe points with their {a,b} alternatives multiplied out. */
#include <string.h>

#include "compiler/syntax/parse.h"
#include "compiler/syntax/grammar.tab.h"

static struct arena *arena_of(struct parser *parser)
{
	return parser->syntax->arena;
}

static struct diags *diags_of(struct parser *parser)
{
	return parser->syntax->diags;
}

static void note_order(struct parser *parser, char kind, unsigned n)
{
	struct declaration_ref declaration = {kind, n - 1};

	VEC_PUSH(arena_of(parser), &parser->file->order, declaration);
}

/* ---- probe points ----------------------------------------------------------------------- */

struct point_vec *build_component(struct parser *parser, const struct token *name,
				  struct expr *argument, struct range range)
{
	struct point_vec *points = ARENA_NEW(arena_of(parser), struct point_vec);
	struct probe_point *point = ARENA_NEW(arena_of(parser), struct probe_point);
	struct point_component part = {.name = name->text, .argument = argument, .range = range};

	VEC_PUSH(arena_of(parser), &point->components, part);
	point->range = range;
	VEC_PUSH(arena_of(parser), points, point);
	return points;
}

static struct probe_point *concatenate(struct parser *parser, const struct probe_point *left,
				       const struct probe_point *right, struct range range)
{
	struct probe_point *point = ARENA_NEW(arena_of(parser), struct probe_point);
	unsigned i;

	for (i = 0; i < left->components.n; i++)
		VEC_PUSH(arena_of(parser), &point->components, left->components.v[i]);
	for (i = 0; i < right->components.n; i++)
		VEC_PUSH(arena_of(parser), &point->components, right->components.v[i]);
	point->optional = left->optional || right->optional;
	point->sufficient = left->sufficient || right->sufficient;
	point->range = range;
	return point;
}

struct point_vec *build_product(struct parser *parser, const struct point_vec *left,
				const struct point_vec *right, struct range range)
{
	struct point_vec *points = ARENA_NEW(arena_of(parser), struct point_vec);
	unsigned i, j;

	if ((uint64_t)left->n * right->n > MAX_ALTERNATIVES) {
		if (!parser->stop)
			diag_error(diags_of(parser), range, "these are too many alternatives");
		parser->stop = true;
		*points = *left;
		return points;
	}
	if (left->n == 1 && right->n == 1 && left->v[0]->components.n > MAX_NESTING) {
		diag_error(diags_of(parser), range, "this probe point has too many parts");
		parser->stop = true;
	}
	for (i = 0; i < left->n && !parser->stop; i++)
		for (j = 0; j < right->n; j++)
			VEC_PUSH(arena_of(parser), points,
				 concatenate(parser, left->v[i], right->v[j], range));
	return points;
}

struct point_vec *build_union(struct parser *parser, struct point_vec *left,
			      const struct point_vec *right)
{
	unsigned i;

	for (i = 0; i < right->n; i++)
		VEC_PUSH(arena_of(parser), left, right->v[i]);
	return left;
}

void build_mark(struct point_vec *points, char mark)
{
	unsigned i;

	for (i = 0; mark && i < points->n; i++) {
		points->v[i]->optional |= mark == '?';
		points->v[i]->sufficient |= mark == '!';
	}
}

void build_condition(struct parser *parser, struct point_vec *points, struct expr *condition,
		     struct range range)
{
	unsigned i;

	for (i = 0; i < points->n; i++) {
		points->v[i]->range = range;
		points->v[i]->condition = i ? expr_copy(arena_of(parser), condition) : condition;
	}
}

void build_probe(struct parser *parser, const struct token *first, const struct point_vec *points,
		 struct stmt *body, struct range range)
{
	struct probe_decl *probe = ARENA_NEW(arena_of(parser), struct probe_decl);

	(void)first;
	probe->points = *points;
	probe->body = body;
	probe->range = range;
	VEC_PUSH(arena_of(parser), &parser->file->probes, probe);
	note_order(parser, 'p', parser->file->probes.n);
}

static void check_alias_name(struct parser *parser, const struct probe_point *name)
{
	unsigned i;

	for (i = 0; i < name->components.n; i++) {
		if (name->components.v[i].argument)
			diag_error(diags_of(parser), name->components.v[i].range,
				   "the name of an alias takes no arguments");
		else if (strpbrk(name->components.v[i].name, "*?"))
			diag_error(diags_of(parser), name->components.v[i].range,
				   "the name of an alias has no wildcards");
	}
	if (name->optional || name->sufficient || name->condition)
		diag_error(diags_of(parser), name->range,
			   "the name of an alias takes no '?', '!' or 'if'");
}

void build_alias(struct parser *parser, const struct token *first, const struct point_vec *names,
		 const struct point_vec *points, struct stmt *prologue, struct stmt *epilogue,
		 struct range range)
{
	struct alias_decl *alias = ARENA_NEW(arena_of(parser), struct alias_decl);
	unsigned i;

	alias->names = *names;
	alias->points = *points;
	alias->prologue = prologue;
	alias->epilogue = epilogue;
	alias->range = range;
	alias->comment = first->doc;
	for (i = 0; i < names->n; i++)
		check_alias_name(parser, names->v[i]);
	VEC_PUSH(arena_of(parser), &parser->file->aliases, alias);
	note_order(parser, 'a', parser->file->aliases.n);
}

/* ---- functions -------------------------------------------------------------------------- */

enum value_type build_type(struct parser *parser, const struct token *name)
{
	if (!strcmp(name->text, "long"))
		return TYPE_LONG;
	if (!strcmp(name->text, "string"))
		return TYPE_STRING;
	diag_error(diags_of(parser), name->range, "there is no type '%s'", name->text);
	diag_help(diags_of(parser), "a value is a 'long' or a 'string'");
	return TYPE_UNKNOWN;
}

struct parameter_vec *build_parameter(struct parser *parser, struct parameter_vec *list,
				      const struct token *name, enum value_type type)
{
	struct parameter parameter = {.name = name->text, .type = type, .range = name->range};
	unsigned i;

	if (!list)
		list = ARENA_NEW(arena_of(parser), struct parameter_vec);
	for (i = 0; i < list->n; i++)
		if (!strcmp(list->v[i].name, name->text))
			diag_error(diags_of(parser), name->range,
				   "two parameters are called '%s'", name->text);
	VEC_PUSH(arena_of(parser), list, parameter);
	return list;
}

void build_function(struct parser *parser, const struct token *first, bool private,
		    struct function_decl *function, struct range range)
{
	function->private = private;
	function->range = range;
	function->comment = first->doc;
	if (!function->has_priority)
		function->priority = parser->file->source->tapset ? 1 : 0;
	VEC_PUSH(arena_of(parser), &parser->file->functions, function);
	note_order(parser, 'f', parser->file->functions.n);
}

/* ---- globals and embedded C ------------------------------------------------------------- */

/* -5 is a literal, too. */
static struct expr *literal_of(struct parser *parser, struct expr *expr)
{
	const struct expr *operand;

	if (expr->kind != EXPR_UNARY || expr->unary.op != UNARY_MINUS)
		return expr;
	operand = expr->unary.operand;
	if (operand->kind != EXPR_NUMBER)
		return expr;
	return expr_number(arena_of(parser), (int64_t)-(uint64_t)operand->number, expr->range);
}

static struct expr *check_init(struct parser *parser, const char *name, struct expr *init)
{
	init = literal_of(parser, init);
	if (init->kind == EXPR_NUMBER || init->kind == EXPR_STRING)
		return init;
	diag_error(diags_of(parser), init->range,
		   "the initial value of a global is a number or a string");
	diag_help(diags_of(parser), "what is computed is set when the session begins: "
		  "probe begin { %s = ... }", name);
	return NULL;
}

static int64_t check_size(struct parser *parser, const struct expr *size)
{
	if (size->kind != EXPR_NUMBER)
		diag_error(diags_of(parser), size->range, "the size of an array is a number");
	else if (size->number > 0 && size->number <= INT32_MAX)
		return size->number;
	else
		diag_error(diags_of(parser), size->range,
			   "the size of an array lies between 1 and 2147483647");
	return 1;
}

struct global_decl *build_global(struct parser *parser, const struct token *name, bool wrap,
				 struct expr *size, struct expr *init, struct range range)
{
	struct global_decl *global = ARENA_NEW(arena_of(parser), struct global_decl);

	global->name = name->text;
	global->range = range;
	global->wrap = wrap;
	global->init = init ? check_init(parser, name->text, init) : NULL;
	if (!size)
		return global;
	global->max_size = check_size(parser, literal_of(parser, size));
	if (init)
		diag_error(diags_of(parser), init->range, "an array has no initial value");
	return global;
}

void build_globals(struct parser *parser, const struct token *first, bool private,
		   const struct global_vec *globals)
{
	unsigned i;

	for (i = 0; i < globals->n; i++) {
		globals->v[i]->private = private;
		globals->v[i]->comment = i ? NULL : first->doc;
		VEC_PUSH(arena_of(parser), &parser->file->globals, globals->v[i]);
		note_order(parser, 'g', parser->file->globals.n);
	}
}

void build_embedded(struct parser *parser, const struct token *text)
{
	if (!parser->file->embedded.n)
		parser->file->embedded_range = text->range;
	VEC_PUSH(arena_of(parser), &parser->file->embedded, text->text);
	note_order(parser, 'e', parser->file->embedded.n);
}
