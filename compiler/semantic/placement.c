/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statements that may stand in some places only: break and continue in loops, return in
 * functions; and an array is not changed while a foreach goes over it.
 */
#include "compiler/semantic/passes.h"

/* What stands around a statement. */
struct surroundings {
	struct resolver *resolver;
	bool function, loop;
	const struct iterated *iterated;
};

/* An array that a foreach goes over, and those of the loops around it. */
struct iterated {
	const struct symbol *array;
	const struct iterated *outer;
};

static void check_change(const struct surroundings *around, const struct expr *target,
			 const char *what)
{
	const struct expr *name = target->kind == EXPR_INDEX ? target->index.array : target;

	if (name->kind != EXPR_NAME)
		return;
	for (const struct iterated *it = around->iterated; it; it = it->outer)
		if (it->array && it->array == name->name.symbol) {
			diag_error(around->resolver->diags, target->range,
				   "array '%s' is %s inside of a foreach over it",
				   it->array->name, what);
			diag_help(around->resolver->diags,
				  "collect the keys in another array, and change '%s' after the "
				  "loop", it->array->name);
		}
}

static void check_expr(struct expr **place, void *data)
{
	const struct surroundings *around = data;

	if ((*place)->kind == EXPR_ASSIGN)
		check_change(around, (*place)->assign.left, "changed");
	else if ((*place)->kind == EXPR_CREMENT)
		check_change(around, (*place)->crement.operand, "changed");
}

static void check_exprs(struct surroundings *around, struct expr *expr)
{
	struct walk walk = { .expr = check_expr, .data = around };

	if (expr)
		walk_expr(&walk, &expr);
}

static void check_stmt(const struct surroundings *around, struct stmt *stmt);

static void check_loop(const struct surroundings *around, struct stmt *stmt)
{
	struct surroundings inside = *around;
	struct iterated iterated = { .outer = around->iterated };

	inside.loop = true;
	if (stmt->kind == STMT_FOREACH) {
		if (stmt->foreach->array->kind == EXPR_NAME)
			iterated.array = stmt->foreach->array->name.symbol;
		inside.iterated = &iterated;
		check_stmt(&inside, stmt->foreach->body);
		return;
	}
	check_exprs(&inside, stmt->loop.init);
	check_exprs(&inside, stmt->loop.condition);
	check_exprs(&inside, stmt->loop.step);
	check_stmt(&inside, stmt->loop.body);
}

static void check_jump(const struct surroundings *around, const struct stmt *stmt)
{
	struct diags *diags = around->resolver->diags;

	if (stmt->kind == STMT_RETURN) {
		if (around->function)
			return;
		diag_error(diags, stmt->range, "'return' outside of a function");
		diag_help(diags, "'next' ends a handler");
		return;
	}
	if (!around->loop)
		diag_error(diags, stmt->range, "'%s' outside of a loop",
			   stmt->kind == STMT_BREAK ? "break" : "continue");
}

static void check_stmt(const struct surroundings *around, struct stmt *stmt)
{
	struct surroundings here = *around;

	if (!stmt)
		return;
	switch (stmt->kind) {
	case STMT_BLOCK:
		for (unsigned i = 0; i < stmt->block.n; i++)
			check_stmt(around, stmt->block.v[i]);
		break;
	case STMT_IF:
		check_exprs(&here, stmt->branch.condition);
		check_stmt(around, stmt->branch.then);
		check_stmt(around, stmt->branch.otherwise);
		break;
	case STMT_WHILE:
	case STMT_FOR:
	case STMT_FOREACH:
		check_loop(around, stmt);
		break;
	case STMT_TRY:
		check_stmt(around, stmt->try.body);
		check_stmt(around, stmt->try.handler);
		break;
	case STMT_BREAK:
	case STMT_CONTINUE:
		check_jump(around, stmt);
		break;
	case STMT_RETURN:
		check_jump(around, stmt);
		check_exprs(&here, stmt->expr);
		break;
	case STMT_DELETE:
		check_change(around, stmt->expr, "deleted from");
		break;
	case STMT_EXPR:
		check_exprs(&here, stmt->expr);
		break;
	default:
		break;
	}
}

void placement_check(struct resolver *resolver)
{
	struct surroundings around = { .resolver = resolver };

	for (unsigned i = 0; i < resolver->program->probes.n; i++)
		check_stmt(&around, resolver->program->probes.v[i]->body);
	around.function = true;
	for (unsigned i = 0; i < resolver->program->functions.n; i++)
		check_stmt(&around, resolver->program->functions.v[i]->body);
}
