/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Building expressions. */
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

static void raise_above(struct parser *parser, struct expr *expr, const struct expr *child)
{
	if (child)
		build_raise(parser, &expr->height, child->height, child->range);
}

static void raise_above_all(struct parser *parser, struct expr *expr, const struct expr_vec *list)
{
	unsigned i;

	for (i = 0; i < list->n; i++)
		raise_above(parser, expr, list->v[i]);
}

struct expr_vec *build_list(struct parser *parser, struct expr_vec *list, struct expr *expr)
{
	if (!list)
		list = ARENA_NEW(arena_of(parser), struct expr_vec);
	VEC_PUSH(arena_of(parser), list, expr);
	return list;
}

struct expr *build_literal(struct parser *parser, const struct token *token, bool minus,
			   struct range range)
{
	struct expr *expr;

	if (token->kind == T_STRING)
		return build_text(parser, EXPR_STRING, token, range);
	expr = expr_number(arena_of(parser), token->number, range);
	if (minus)
		expr->number = (int64_t)-(uint64_t)expr->number;
	return expr;
}

struct expr *build_name(struct parser *parser, const struct token *token)
{
	return expr_name(arena_of(parser), token->text, token->range);
}

struct expr *build_text(struct parser *parser, enum expr_kind kind, const struct token *text,
			struct range range)
{
	struct expr *expr = expr_new(arena_of(parser), kind, range);

	expr->string.text = text->text;
	expr->string.length = text->length;
	return expr;
}

static void check_no_star(struct parser *parser, const struct expr_vec *keys, struct range range)
{
	unsigned i;

	for (i = 0; i < keys->n; i++) {
		if (keys->v[i])
			continue;
		diag_error(diags_of(parser), range, "a slice has no value");
		diag_help(diags_of(parser),
			  "'*' for a key belongs in 'delete', 'foreach' and '[...] in'");
		return;
	}
}

struct expr *build_index(struct parser *parser, const struct token *name,
			 const struct expr_vec *keys, bool slices, struct range range)
{
	struct expr *expr = expr_new(arena_of(parser), EXPR_INDEX, range);

	expr->index.array = build_name(parser, name);
	expr->index.keys = *keys;
	if (!slices)
		check_no_star(parser, keys, range);
	raise_above_all(parser, expr, keys);
	return expr;
}

/* ---- calls ------------------------------------------------------------------------------ */

static bool is_print_function(const char *name, struct print_expr *print)
{
	if (*name == 's') {
		print->to_string = true;
		name++;
	}
	if (strncmp(name, "print", 5))
		return false;
	name += 5;
	print->kind = *name == 'f'   ? PRINT_PRINTF
		      : *name == 'd' ? PRINT_PRINTD
				     : PRINT_PRINT;
	print->is_char = !strcmp(name, "_char");
	print->newline = !strcmp(name, "ln") || !strcmp(name, "dln");
	return !*name || !strcmp(name, "f") || !strcmp(name, "d") || print->newline ||
	       print->is_char;
}

bool print_is_known(const char *name)
{
	return is_print_function(name, &(struct print_expr){0});
}

void print_offer_all(struct suggest *suggest)
{
	static const char *const names[] = {"print",  "println",  "printf",  "printd",	"printdln",
					    "sprint", "sprintln", "sprintf", "sprintd", "sprintdln"};

	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++)
		suggest_offer(suggest, names[i]);
}

static void take_first(struct expr_vec *args)
{
	args->v++;
	args->n--;
	args->capacity--;
}

static void check_literal(struct parser *parser, const struct print_expr *print,
			  const struct expr *first, struct range range)
{
	const char *what = print->kind == PRINT_PRINTF ? "format" : "delimiter";

	if (!first)
		diag_error(diags_of(parser), range, "'%s' needs a %s", print->spelling, what);
	else if (first->kind != EXPR_STRING)
		diag_error(diags_of(parser), first->range, "the %s of '%s' must be a string literal",
			   what, print->spelling);
}

static void split_format(struct parser *parser, struct print_expr *print, struct range range)
{
	struct expr *first = print->args.n ? print->args.v[0] : NULL;

	check_literal(parser, print, first, range);
	if (print->kind == PRINT_PRINTF) {
		print->format = first && first->kind == EXPR_STRING ? first->string.text : "";
		print->format_range = first ? first->range : range;
	} else {
		print->delimiter =
			first && first->kind == EXPR_STRING
				? first
				: expr_string(arena_of(parser), "", first ? first->range : range);
	}
	if (first)
		take_first(&print->args);
}

static struct expr *build_print(struct parser *parser, const struct token *name,
				const struct print_expr *like, const struct expr_vec *args,
				struct range range)
{
	struct expr *expr = expr_new(arena_of(parser), EXPR_PRINT, range);
	struct print_expr *print = ARENA_NEW(arena_of(parser), struct print_expr);

	*print = *like;
	print->spelling = name->text;
	print->args = *args;
	expr->print = print;
	if (print->kind != PRINT_PRINT)
		split_format(parser, print, range);
	raise_above_all(parser, expr, &print->args);
	return expr;
}

struct expr *build_call(struct parser *parser, const struct token *name,
			const struct expr_vec *args, struct range range)
{
	struct print_expr print = {0};
	struct expr *expr;

	if (is_print_function(name->text, &print))
		return build_print(parser, name, &print, args, range);
	expr = expr_new(arena_of(parser), EXPR_CALL, range);
	expr->call.name = name->text;
	expr->call.name_range = name->range;
	expr->call.args = *args;
	raise_above_all(parser, expr, args);
	return expr;
}

/* ---- operators -------------------------------------------------------------------------- */

struct expr *build_unary(struct parser *parser, enum unary_op op, struct expr *operand,
			 struct range range)
{
	struct expr *expr = expr_new(arena_of(parser), EXPR_UNARY, range);

	expr->unary.op = op;
	expr->unary.operand = operand;
	raise_above(parser, expr, operand);
	return expr;
}

struct expr *build_address(struct parser *parser, struct expr *operand, struct range range)
{
	if (operand->kind != EXPR_TARGET || operand->target->address_of) {
		diag_error(diags_of(parser), operand->range, "this has no address");
		diag_help(diags_of(parser),
			  "'&' takes the address of a target variable: &$x->member");
		return operand;
	}
	operand->target->address_of = true;
	operand->range = range;
	return operand;
}

struct expr *build_binary(struct parser *parser, enum binary_op op, struct expr *left,
			  struct expr *right, struct range range, struct range op_range)
{
	struct expr *expr = expr_new(arena_of(parser), EXPR_BINARY, range);

	expr->binary.op = op;
	expr->binary.left = left;
	expr->binary.right = right;
	expr->binary.op_range = op_range;
	raise_above(parser, expr, left);
	raise_above(parser, expr, right);
	return expr;
}

struct expr *build_ternary(struct parser *parser, struct expr *condition, struct expr *then,
			   struct expr *otherwise, struct range range)
{
	struct expr *expr = expr_new(arena_of(parser), EXPR_TERNARY, range);

	expr->ternary.condition = condition;
	expr->ternary.then = then;
	expr->ternary.otherwise = otherwise;
	raise_above(parser, expr, condition);
	raise_above(parser, expr, then);
	raise_above(parser, expr, otherwise);
	return expr;
}

static void check_assignable(struct parser *parser, const struct expr *expr)
{
	switch (expr->kind) {
	case EXPR_NAME:
	case EXPR_INDEX:
		return;
	case EXPR_TARGET:
		if (!expr->target->address_of)
			return;
		break;
	default:
		break;
	}
	diag_error(diags_of(parser), expr->range, "this cannot be assigned to");
	if (expr->kind == EXPR_BINARY && expr->binary.left->kind == EXPR_NAME) /* char *s = ... */
		foreign_help(diags_of(parser), expr->binary.left->name.text);
	if (expr->kind == EXPR_BINARY && expr->binary.op == BINARY_EQ)
		diag_help(diags_of(parser), "'==' compares; parentheses may be missing");
}

struct expr *build_assign(struct parser *parser, enum assign_op op, enum binary_op binary,
			  struct expr *left, struct expr *right, struct range range)
{
	struct expr *expr = expr_new(arena_of(parser), EXPR_ASSIGN, range);

	check_assignable(parser, left);
	expr->assign.op = op;
	expr->assign.binary = binary;
	expr->assign.left = left;
	expr->assign.right = right;
	raise_above(parser, expr, left);
	raise_above(parser, expr, right);
	return expr;
}

struct expr *build_crement(struct parser *parser, enum crement_kind op, struct expr *operand,
			   struct range range)
{
	struct expr *expr = expr_new(arena_of(parser), EXPR_CREMENT, range);

	check_assignable(parser, operand);
	expr->crement.op = op;
	expr->crement.operand = operand;
	raise_above(parser, expr, operand);
	return expr;
}

struct expr *build_in(struct parser *parser, const struct expr_vec *keys,
		      const struct token *array, struct range range)
{
	struct expr *expr = expr_new(arena_of(parser), EXPR_IN, range);

	expr->in.keys = *keys;
	expr->in.array = build_name(parser, array);
	raise_above_all(parser, expr, keys);
	return expr;
}

struct expr *build_regex(struct parser *parser, bool negated, struct expr *left,
			 const struct token *pattern, struct range range)
{
	struct expr *expr = expr_new(arena_of(parser), EXPR_REGEX, range);

	expr->regex.left = left;
	expr->regex.pattern = build_text(parser, EXPR_STRING, pattern, pattern->range);
	expr->regex.negated = negated;
	raise_above(parser, expr, left);
	return expr;
}

/* ---- statistics ------------------------------------------------------------------------- */

static void check_parameters(struct parser *parser, const struct stat_expr *stat, unsigned given,
			     struct range range)
{
	if (stat->op == STAT_HIST_LINEAR) {
		if (given != 3)
			diag_error(diags_of(parser), range,
				   "a linear histogram is written @hist_linear(value, low, high, "
				   "width)");
		else if (stat->parameter[2] <= 0 || stat->parameter[0] >= stat->parameter[1])
			diag_error(diags_of(parser), range,
				   "a linear histogram needs low < high and width > 0");
	} else if (given > (stat->op == STAT_VARIANCE)) {
		diag_error(diags_of(parser), range, "this operator takes %s",
			   stat->op == STAT_VARIANCE ? "one number more at most"
						     : "nothing but a variable");
	} else if (given && (stat->parameter[0] < 0 || stat->parameter[0] > 62)) {
		diag_error(diags_of(parser), range, "the shift of @variance lies between 0 and 62");
	}
}

struct expr *build_stat(struct parser *parser, const struct token *op, struct expr *operand,
			const struct expr_vec *parameters, struct range range)
{
	struct expr *expr = expr_new(arena_of(parser), EXPR_STAT, range);
	struct stat_expr *stat = ARENA_NEW(arena_of(parser), struct stat_expr);
	unsigned i, given = parameters ? parameters->n : 0;

	stat->op = (enum stat_op)op->number;
	stat->operand = operand;
	for (i = 0; i < given && i < 3; i++)
		stat->parameter[i] = parameters->v[i]->number;
	stat->parameters = i;
	check_parameters(parser, stat, given, range);
	if (operand->kind != EXPR_NAME && operand->kind != EXPR_INDEX)
		diag_error(diags_of(parser), operand->range,
			   "statistics are extracted from a variable or an array element");
	expr->stat = stat;
	raise_above(parser, expr, operand);
	return expr;
}

struct expr *build_hist_at(struct parser *parser, struct expr *histogram, struct expr *bucket,
			   struct range range)
{
	struct expr *expr = expr_new(arena_of(parser), EXPR_HIST_AT, range);

	expr->hist_at.histogram = histogram;
	expr->hist_at.bucket = bucket;
	raise_above(parser, expr, histogram);
	raise_above(parser, expr, bucket);
	return expr;
}

/* ---- the other "@" operators ------------------------------------------------------------- */

struct expr *build_operand(struct parser *parser, enum expr_kind kind, struct expr *operand,
			   struct range range)
{
	struct expr *expr = expr_new(arena_of(parser), kind, range);

	if (kind == EXPR_ENTRY)
		expr->entry.operand = operand;
	else
		expr->operand = operand;
	raise_above(parser, expr, operand);
	return expr;
}

struct expr *build_enum(struct parser *parser, const struct token *name, struct expr *value,
			const struct token *module, struct range range)
{
	struct expr *expr = expr_new(arena_of(parser), EXPR_ENUM, range);

	expr->enumerator.name = name->text;
	expr->enumerator.module = module ? module->text : "";
	expr->enumerator.value = value;
	raise_above(parser, expr, value);
	return expr;
}

struct expr *build_sizeof(struct parser *parser, const struct token *op,
			  const struct token *first, const struct token *second,
			  struct range range)
{
	struct expr *expr = expr_new(arena_of(parser), EXPR_SIZEOF, range);
	bool with_module = op->number == 2;

	if (with_module != (second != NULL))
		diag_error(diags_of(parser), range,
			   with_module ? "this is written @cast_module_sizeof(\"module\", \"type\")"
				       : "this is written @cast_sizeof(\"type\")");
	expr->size_of.module = second ? first->text : "";
	expr->size_of.type_name = second ? second->text : first->text;
	return expr;
}
