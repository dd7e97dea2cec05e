/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Building target variables, $x->y[1]$ and their kin, a step at a time. */
#include <string.h>

#include "compiler/syntax/parse.h"
#include "compiler/syntax/grammar.tab.h"

static struct arena *arena_of(struct parser *parser)
{
	return parser->syntax->arena;
}

static struct expr *new_target(struct parser *parser, enum target_kind kind,
			       const struct token *name, struct range range)
{
	struct expr *expr = expr_new(arena_of(parser), EXPR_TARGET, range);

	expr->target = ARENA_NEW(arena_of(parser), struct target);
	expr->target->kind = kind;
	expr->target->module = "";
	if (name) {
		expr->target->name = name->text;
		expr->target->name_range = name->range;
	} else {
		expr->target->name_range = range;
	}
	return expr;
}

static void add_to_target(struct parser *parser, struct expr *expr, struct component step)
{
	struct target *target = expr->target;
	struct component *last = target->path.n ? &target->path.v[target->path.n - 1] : NULL;

	if (last && last->kind >= COMPONENT_PRETTY)
		diag_error(parser->syntax->diags, step.range,
			   "nothing can follow the '$' that prints a variable");
	if (step.index)
		build_raise(parser, &expr->height, step.index->height, step.index->range);
	VEC_PUSH(arena_of(parser), &target->path, step);
	expr->range = range_join(expr->range, step.range);
}

/*
 * A step from any expression. One from "@defined($a) ? $a : $b" is taken in both arms, so that
 * each is a plain target variable again.
 */
static struct expr *add_step(struct parser *parser, struct expr *expr, struct component step)
{
	struct expr *base = expr;
	struct component copy = step;

	if (expr->kind == EXPR_TERNARY && expr->ternary.condition->kind == EXPR_DEFINED) {
		copy.index = expr_copy(arena_of(parser), step.index);
		expr->ternary.then = add_step(parser, expr->ternary.then, step);
		expr->ternary.otherwise = add_step(parser, expr->ternary.otherwise, copy);
		build_raise(parser, &expr->height, expr->ternary.then->height, step.range);
		build_raise(parser, &expr->height, expr->ternary.otherwise->height, step.range);
		return expr;
	}
	if (expr->kind != EXPR_TARGET || expr->target->address_of) {
		expr = new_target(parser, TARGET_AUTOCAST, NULL, base->range);
		expr->target->operand = base;
		build_raise(parser, &expr->height, base->height, base->range);
	}
	add_to_target(parser, expr, step);
	return expr;
}

/* Cuts the "$" or "$$" off a name's end, and says which it was. */
static bool split_pretty(struct parser *parser, const char **name, enum component_kind *kind)
{
	size_t length = strlen(*name), kept = length;

	while (kept > 1 && length - kept < 2 && (*name)[kept - 1] == '$')
		kept--;
	if (kept == length)
		return false;
	*kind = length - kept == 1 ? COMPONENT_PRETTY : COMPONENT_PRETTY_FULL;
	*name = arena_strndup(arena_of(parser), *name, kept);
	return true;
}

static struct expr *add_pretty(struct parser *parser, struct expr *expr, enum component_kind kind,
			       struct range range)
{
	return add_step(parser, expr, (struct component){.kind = kind, .range = range});
}

struct expr *build_dollar(struct parser *parser, const struct token *name)
{
	struct expr *expr = new_target(parser, TARGET_DOLLAR, name, name->range);
	enum component_kind kind;

	if (split_pretty(parser, &expr->target->name, &kind))
		expr = add_pretty(parser, expr, kind, name->range);
	return expr;
}

struct expr *build_var(struct parser *parser, const struct token *name,
		       const struct token *module, struct range range)
{
	struct expr *expr = new_target(parser, TARGET_VAR, name, range);

	if (module)
		expr->target->module = module->text;
	return expr;
}

struct expr *build_cast(struct parser *parser, struct expr *pointer, const struct token *type,
			const struct token *module, struct range range)
{
	struct expr *expr = new_target(parser, TARGET_CAST, NULL, range);

	expr->target->operand = pointer;
	expr->target->type_name = type->text;
	if (module)
		expr->target->module = module->text;
	build_raise(parser, &expr->height, pointer->height, pointer->range);
	return expr;
}

struct expr *build_machine(struct parser *parser, const struct token *op, struct expr *size,
			   struct expr *operand, struct range range)
{
	struct expr *expr = new_target(parser, (enum target_kind)op->number, NULL, range);

	expr->target->size = size;
	expr->target->operand = operand;
	if (size)
		build_raise(parser, &expr->height, size->height, size->range);
	build_raise(parser, &expr->height, operand->height, operand->range);
	return expr;
}

struct expr *build_member(struct parser *parser, struct expr *target, const struct token *name,
			  struct range range)
{
	const char *member = name->text;
	enum component_kind kind;
	bool pretty = split_pretty(parser, &member, &kind);

	target = add_step(parser, target,
			  (struct component){
				  .kind = COMPONENT_MEMBER,
				  .member = member,
				  .range = name->range,
			  });
	if (pretty)
		target = add_pretty(parser, target, kind, name->range);
	target->range = range;
	return target;
}

struct expr *build_element(struct parser *parser, struct expr *target, struct expr *index,
			   struct range range)
{
	target = add_step(parser, target,
			  (struct component){
				  .kind = COMPONENT_INDEX,
				  .index = index,
				  .range = index->range,
			  });
	target->range = range;
	return target;
}

struct expr *build_pretty(struct parser *parser, struct expr *target, const struct token *token,
			  struct range range)
{
	target = add_pretty(parser, target, (enum component_kind)token->number, token->range);
	target->range = range;
	return target;
}
