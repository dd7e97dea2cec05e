/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Constant folding: one expression whose operands are already folded. 64-bit two's complement,
 * as at run time; a constant division by zero is an error here.
 */
#include <string.h>

#include "compiler/semantic/passes.h"

static bool is_number(const struct expr *expr)
{
	return expr->kind == EXPR_NUMBER;
}

static bool is_string(const struct expr *expr)
{
	return expr->kind == EXPR_STRING;
}

static void replace_number(struct resolver *resolver, struct expr **place, int64_t number)
{
	*place = expr_number(resolver->arena, number, (*place)->range);
}

static void fold_unary(struct resolver *resolver, struct expr **place)
{
	const struct expr *operand = (*place)->unary.operand;
	uint64_t value;

	if (!is_number(operand))
		return;
	value = (uint64_t)operand->number;
	switch ((*place)->unary.op) {
	case UNARY_MINUS:
		value = 0 - value;
		break;
	case UNARY_PLUS:
		break;
	case UNARY_NOT:
		value = !value;
		break;
	case UNARY_COMPLEMENT:
		value = ~value;
		break;
	}
	replace_number(resolver, place, (int64_t)value);
}

/* x / 0 and x % 0: reported; INT64_MIN / -1 wraps. */
static void fold_division(struct resolver *resolver, struct expr **place)
{
	const struct expr *left = (*place)->binary.left, *right = (*place)->binary.right;
	bool modulo = (*place)->binary.op == BINARY_MOD;

	if (!is_number(right))
		return;
	if (!right->number) {
		diag_error(resolver->diags, right->range, "division by zero");
		return;
	}
	if (!is_number(left))
		return;
	if (right->number == -1)
		replace_number(resolver, place,
			       modulo ? 0 : (int64_t)(0 - (uint64_t)left->number));
	else
		replace_number(resolver, place,
			       modulo ? left->number % right->number : left->number / right->number);
}

static int64_t compute(enum binary_op op, int64_t a, int64_t b)
{
	uint64_t ua = (uint64_t)a, ub = (uint64_t)b;

	switch (op) {
	case BINARY_OR:
		return a | b;
	case BINARY_XOR:
		return a ^ b;
	case BINARY_AND:
		return a & b;
	case BINARY_EQ:
		return a == b;
	case BINARY_NE:
		return a != b;
	case BINARY_LT:
		return a < b;
	case BINARY_GT:
		return a > b;
	case BINARY_LE:
		return a <= b;
	case BINARY_GE:
		return a >= b;
	case BINARY_SHL:
		return (int64_t)(ua << (ub & 63));
	case BINARY_SHR:
		return a >> (ub & 63);
	case BINARY_SHRL:
		return (int64_t)(ua >> (ub & 63));
	case BINARY_ADD:
		return (int64_t)(ua + ub);
	case BINARY_SUB:
		return (int64_t)(ua - ub);
	case BINARY_MUL:
		return (int64_t)(ua * ub);
	default:
		return 0;
	}
}

/* a && b, a || b with a constant: b, made 0 or 1, or nothing of it. */
static void fold_logical(struct resolver *resolver, struct expr **place)
{
	struct expr *left = (*place)->binary.left, *right = (*place)->binary.right;
	bool is_or = (*place)->binary.op == BINARY_LOGICAL_OR;

	if (!is_number(left))
		return;
	if (!!left->number == is_or)
		replace_number(resolver, place, is_or);
	else if (is_number(right))
		replace_number(resolver, place, !!right->number);
}

/* Literals that differ as strings; their order is that of unsigned bytes. */
static void fold_strings(struct resolver *resolver, struct expr **place)
{
	const struct expr *left = (*place)->binary.left, *right = (*place)->binary.right;
	enum binary_op op = (*place)->binary.op;

	if (op == BINARY_CONCAT) {
		if (left->string.length + right->string.length >
		    resolver->program->limits.max_string)
			return;
		*place = expr_string(resolver->arena,
				     arena_printf(resolver->arena, "%s%s", left->string.text,
						  right->string.text),
				     (*place)->range);
	} else if (op >= BINARY_EQ && op <= BINARY_GE) {
		int order = strcmp(left->string.text, right->string.text);

		replace_number(resolver, place, compute(op, order, 0));
	}
}

static void fold_binary(struct resolver *resolver, struct expr **place)
{
	const struct expr *left = (*place)->binary.left, *right = (*place)->binary.right;

	switch ((*place)->binary.op) {
	case BINARY_LOGICAL_AND:
	case BINARY_LOGICAL_OR:
		fold_logical(resolver, place);
		return;
	case BINARY_DIV:
	case BINARY_MOD:
		fold_division(resolver, place);
		return;
	case BINARY_CONCAT:
		break;
	default:
		if (is_number(left) && is_number(right)) {
			replace_number(resolver, place, compute((*place)->binary.op, left->number,
								right->number));
			return;
		}
	}
	if (is_string(left) && is_string(right))
		fold_strings(resolver, place);
}

static void check_assigned_division(struct resolver *resolver, const struct expr *expr)
{
	if (expr->assign.op == ASSIGN_BINARY &&
	    (expr->assign.binary == BINARY_DIV || expr->assign.binary == BINARY_MOD) &&
	    is_number(expr->assign.right) && !expr->assign.right->number)
		diag_error(resolver->diags, expr->assign.right->range, "division by zero");
}

void fold_expr(struct resolver *resolver, struct expr **place)
{
	struct expr *expr = *place;

	switch (expr->kind) {
	case EXPR_UNARY:
		fold_unary(resolver, place);
		break;
	case EXPR_BINARY:
		fold_binary(resolver, place);
		break;
	case EXPR_TERNARY:
		if (is_number(expr->ternary.condition))
			*place = expr->ternary.condition->number ? expr->ternary.then :
								   expr->ternary.otherwise;
		break;
	case EXPR_ASSIGN:
		check_assigned_division(resolver, expr);
		break;
	default:
		break;
	}
}
