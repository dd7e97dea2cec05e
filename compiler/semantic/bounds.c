/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * String bounds: the greatest length that each string expression, variable, key and result can
 * have. A fixed point over all bodies; what still grows after some turns (s = s . "x" in a loop)
 * is taken to be as long as strings can be.
 */
#include <string.h>

#include "compiler/semantic/passes.h"

enum { TURNS_BEFORE_WIDENING = 10 };

struct bounding {
	struct resolver *resolver;
	struct function *function;
	unsigned most; /* MAXSTRINGLEN */
	bool changed, widen;
};

static unsigned limit(const struct bounding *bounding, uint64_t length)
{
	return length > bounding->most ? bounding->most : (unsigned)length;
}

static void join(struct bounding *bounding, unsigned *bound, unsigned length)
{
	if (length <= *bound)
		return;
	*bound = bounding->widen ? bounding->most : length;
	bounding->changed = true;
}

static struct symbol *symbol_of(const struct expr *expr)
{
	if (expr->kind == EXPR_INDEX)
		expr = expr->index.array;
	return expr->kind == EXPR_NAME ? expr->name.symbol : NULL;
}

static void join_keys(struct bounding *bounding, const struct expr *array,
		      const struct expr_vec *keys)
{
	struct symbol *symbol = symbol_of(array);

	for (unsigned i = 0; symbol && i < keys->n && i < symbol->n_keys; i++)
		if (keys->v[i] && keys->v[i]->type == TYPE_STRING)
			join(bounding, &symbol->key_bound[i], keys->v[i]->bound);
}

/* ---- what prints make -------------------------------------------------------------------------- */

static uint64_t directive_length(const struct bounding *bounding, const struct directive *directive,
				 const struct expr *value)
{
	uint64_t length;

	switch (directive->kind) {
	case DIRECTIVE_LITERAL:
		return directive->length;
	case DIRECTIVE_STRING:
		length = value ? value->bound : bounding->most;
		if (directive->precision >= 0 && (unsigned)directive->precision < length)
			length = (unsigned)directive->precision;
		break;
	case DIRECTIVE_MEMORY:
	case DIRECTIVE_MEMORY_HEX:
		length = directive->precision >= 0 ? 2 * (uint64_t)directive->precision : 16;
		if (directive->precision == WIDTH_ARGUMENT)
			length = bounding->most;
		break;
	case DIRECTIVE_CHAR:
	case DIRECTIVE_BINARY:
		length = 8;
		break;
	default:
		length = 24;
		if (directive->precision >= 0)
			length += (unsigned)directive->precision;
		if (directive->precision == WIDTH_ARGUMENT)
			length = bounding->most;
		break;
	}
	if (directive->width == WIDTH_ARGUMENT)
		return bounding->most;
	return directive->width > 0 && (unsigned)directive->width > length ?
		       (unsigned)directive->width : length;
}

static uint64_t print_length(const struct bounding *bounding, const struct print_expr *print)
{
	uint64_t length = 0;
	unsigned arg = 0;

	for (unsigned i = 0; i < print->directives.n; i++) {
		const struct directive *directive = &print->directives.v[i];
		const struct expr *value = NULL;

		arg += directive->width == WIDTH_ARGUMENT;
		arg += directive->precision == WIDTH_ARGUMENT;
		if (directive->kind != DIRECTIVE_LITERAL)
			value = arg < print->args.n ? print->args.v[arg++] : NULL;
		length += directive_length(bounding, directive, value);
	}
	return length;
}

/* ---- expressions: the operands are done -------------------------------------------------------------- */

static unsigned call_bound(struct bounding *bounding, struct expr *expr)
{
	unsigned bound = 0;

	for (unsigned c = 0; c < expr->call.n_candidates; c++) {
		struct function *function = expr->call.candidates[c];
		unsigned result = function->bound;

		for (unsigned i = 0; i < expr->call.args.n; i++)
			if (expr->call.args.v[i]->type == TYPE_STRING)
				join(bounding, &function->parameters.v[i]->bound,
				     expr->call.args.v[i]->bound);
		if (function->bound_parameter >= 0)
			result = expr->call.args.v[function->bound_parameter]->bound;
		bound = result > bound ? result : bound;
	}
	return bound;
}

static unsigned assign_bound(struct bounding *bounding, struct expr *expr)
{
	struct symbol *symbol = symbol_of(expr->assign.left);
	uint64_t length = expr->assign.right->bound;

	if (expr->assign.op == ASSIGN_BINARY)
		length += expr->assign.left->bound;
	if (symbol && expr->type == TYPE_STRING)
		join(bounding, &symbol->bound, limit(bounding, length));
	return symbol ? symbol->bound : limit(bounding, length);
}

static unsigned larger(const struct expr *a, const struct expr *b)
{
	return a->bound > b->bound ? a->bound : b->bound;
}

static unsigned string_bound(struct bounding *bounding, struct expr *expr)
{
	struct symbol *symbol = symbol_of(expr);

	switch (expr->kind) {
	case EXPR_STRING:
		return limit(bounding, expr->string.length);
	case EXPR_NAME:
	case EXPR_INDEX:
		return symbol ? symbol->bound : bounding->most;
	case EXPR_BINARY:
		return limit(bounding, (uint64_t)expr->binary.left->bound +
					       expr->binary.right->bound);
	case EXPR_TERNARY:
		return larger(expr->ternary.then, expr->ternary.otherwise);
	case EXPR_ASSIGN:
		return assign_bound(bounding, expr);
	case EXPR_CALL:
		return call_bound(bounding, expr);
	case EXPR_PRINT:
		return limit(bounding, print_length(bounding, expr->print));
	default:
		return bounding->most;
	}
}

static void bound_expr(struct expr **place, void *data)
{
	struct bounding *bounding = data;
	struct expr *expr = *place;
	unsigned before = expr->bound;

	if (expr->kind == EXPR_INDEX)
		join_keys(bounding, expr->index.array, &expr->index.keys);
	else if (expr->kind == EXPR_IN)
		join_keys(bounding, expr->in.array, &expr->in.keys);
	if (expr->type == TYPE_STRING)
		expr->bound = string_bound(bounding, expr);
	else if (expr->kind == EXPR_CALL)
		call_bound(bounding, expr);
	bounding->changed |= expr->bound != before; /* statements read it a turn later */
}

/* ---- statements ---------------------------------------------------------------------------------------- */

static void bound_local(struct bounding *bounding, struct expr *local, unsigned length)
{
	struct symbol *symbol = local ? symbol_of(local) : NULL;

	if (symbol && symbol->type == TYPE_STRING)
		join(bounding, &symbol->bound, length);
}

static void bound_foreach(struct bounding *bounding, struct foreach_stmt *foreach)
{
	struct symbol *array = symbol_of(foreach->array);

	if (!array)
		return;
	for (unsigned i = 0; i < foreach->keys.n && i < array->n_keys; i++)
		bound_local(bounding, foreach->keys.v[i], array->key_bound[i]);
	join_keys(bounding, foreach->array, &foreach->slice);
	bound_local(bounding, foreach->value, array->bound);
}

static void bound_stmt(struct stmt **place, void *data)
{
	struct bounding *bounding = data;
	struct stmt *stmt = *place;

	if (stmt->kind == STMT_FOREACH)
		bound_foreach(bounding, stmt->foreach);
	else if (stmt->kind == STMT_TRY)
		bound_local(bounding, stmt->try.message, bounding->most);
	else if (stmt->kind == STMT_RETURN && stmt->expr && bounding->function &&
		 bounding->function->type == TYPE_STRING)
		join(bounding, &bounding->function->bound, stmt->expr->bound);
}

/* ---- the pass ---------------------------------------------------------------------------------------------- */

static void bound_body(struct bounding *bounding, struct stmt **body)
{
	struct walk walk = { .stmt = bound_stmt, .expr = bound_expr, .data = bounding };

	walk_stmt(&walk, body);
}

static void turn(struct bounding *bounding)
{
	struct program *program = bounding->resolver->program;

	for (unsigned i = 0; i < program->functions.n; i++) {
		bounding->function = program->functions.v[i];
		if (bounding->function->body)
			bound_body(bounding, &bounding->function->body);
	}
	bounding->function = NULL;
	for (unsigned i = 0; i < program->probes.n; i++) {
		struct walk walk = { .expr = bound_expr, .data = bounding };

		bound_body(bounding, &program->probes.v[i]->body);
		if (program->probes.v[i]->condition)
			walk_expr(&walk, &program->probes.v[i]->condition);
	}
}

/* What does not depend on the script: initial values, results of embedded C. */
static void start(struct bounding *bounding)
{
	struct program *program = bounding->resolver->program;

	for (unsigned i = 0; i < program->globals.n; i++) {
		struct symbol *symbol = program->globals.v[i];

		if (symbol->init && symbol->init->kind == EXPR_STRING && !symbol->bound)
			symbol->bound = limit(bounding, symbol->init->string.length);
	}
	for (unsigned i = 0; i < program->functions.n; i++) {
		struct function *function = program->functions.v[i];

		if (function->body || function->type != TYPE_STRING)
			continue;
		if (!function->bound || function->bound > bounding->most)
			function->bound = bounding->most;
		/* Embedded C writes its parameters as it likes. */
		for (unsigned p = 0; function->embedded && p < function->parameters.n; p++)
			function->parameters.v[p]->bound = bounding->most;
	}
}

void bounds_infer(struct resolver *resolver)
{
	struct bounding bounding = { .resolver = resolver,
				     .most = (unsigned)resolver->program->limits.max_string };

	start(&bounding);
	for (unsigned i = 0; i == 0 || bounding.changed; i++) {
		bounding.changed = false;
		bounding.widen = i >= TURNS_BEFORE_WIDENING;
		turn(&bounding);
	}
}
