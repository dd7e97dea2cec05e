/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Building and printing accesses.
 */
#include "compiler/probes/access.h"

void access_push(struct arena *arena, struct access *access, enum access_op op, int64_t operand,
		 unsigned size, bool is_signed)
{
	struct access_step step = { op, size, is_signed, operand };

	if (op == ACCESS_READ_USER)
		access->reads_user = true;
	VEC_PUSH(arena, &access->steps, step);
}

struct expr *access_expr(struct arena *arena, const struct access *access, struct range range)
{
	struct expr *expr = expr_new(arena, EXPR_TARGET, range);
	struct access *copy = ARENA_NEW(arena, struct access);

	*copy = *access;
	expr->target = ARENA_NEW(arena, struct target);
	expr->target->kind = TARGET_DOLLAR;
	expr->target->name = "computed";
	expr->target->access = copy;
	expr->type = TYPE_LONG;
	return expr;
}

enum operand { NO_OPERAND, OPERAND, SIZED, SIZED_OPERAND };

static const struct {
	const char *name;
	enum operand operand;
} ops[] = {
	[ACCESS_CONST] = { "const", OPERAND },
	[ACCESS_REGISTER] = { "register", OPERAND },
	[ACCESS_ARGUMENT] = { "argument", OPERAND },
	[ACCESS_RESULT] = { "result", NO_OPERAND },
	[ACCESS_CONTEXT] = { "context", SIZED_OPERAND },
	[ACCESS_CONTEXT_ADDRESS] = { "context_address", OPERAND },
	[ACCESS_THREAD_POINTER] = { "thread_pointer", NO_OPERAND },
	[ACCESS_EXPR] = { "expr", OPERAND },
	[ACCESS_PER_CPU] = { "per_cpu", NO_OPERAND },
	[ACCESS_READ_USER] = { "read_user", SIZED },
	[ACCESS_READ_KERNEL] = { "read_kernel", SIZED },
	[ACCESS_ADD_CONST] = { "add_const", OPERAND },
	[ACCESS_ADD] = { "add", NO_OPERAND },
	[ACCESS_SUB] = { "sub", NO_OPERAND },
	[ACCESS_MUL] = { "mul", NO_OPERAND },
	[ACCESS_DIV] = { "div", NO_OPERAND },
	[ACCESS_MOD] = { "mod", NO_OPERAND },
	[ACCESS_AND] = { "and", NO_OPERAND },
	[ACCESS_OR] = { "or", NO_OPERAND },
	[ACCESS_XOR] = { "xor", NO_OPERAND },
	[ACCESS_SHL] = { "shl", NO_OPERAND },
	[ACCESS_SHR] = { "shr", NO_OPERAND },
	[ACCESS_SHRA] = { "shra", NO_OPERAND },
	[ACCESS_EQ] = { "eq", NO_OPERAND },
	[ACCESS_NE] = { "ne", NO_OPERAND },
	[ACCESS_LT] = { "lt", NO_OPERAND },
	[ACCESS_LE] = { "le", NO_OPERAND },
	[ACCESS_GT] = { "gt", NO_OPERAND },
	[ACCESS_GE] = { "ge", NO_OPERAND },
	[ACCESS_NEG] = { "neg", NO_OPERAND },
	[ACCESS_NOT] = { "not", NO_OPERAND },
	[ACCESS_ABS] = { "abs", NO_OPERAND },
	[ACCESS_DUP] = { "dup", NO_OPERAND },
	[ACCESS_DROP] = { "drop", NO_OPERAND },
	[ACCESS_SWAP] = { "swap", NO_OPERAND },
	[ACCESS_OVER] = { "over", NO_OPERAND },
	[ACCESS_ROT] = { "rot", NO_OPERAND },
	[ACCESS_PICK] = { "pick", OPERAND },
	[ACCESS_SIGN_EXTEND] = { "sign_extend", SIZED },
	[ACCESS_ZERO_EXTEND] = { "zero_extend", SIZED },
	[ACCESS_BITS] = { "bits", SIZED_OPERAND },
};

void access_print(FILE *out, const struct access *access)
{
	for (unsigned i = 0; i < access->steps.n; i++) {
		const struct access_step *step = &access->steps.v[i];
		enum operand operand = ops[step->op].operand;

		fprintf(out, "%s%s", i ? " " : "", ops[step->op].name);
		if (operand == SIZED || operand == SIZED_OPERAND)
			fprintf(out, "%c%u", step->is_signed ? 's' : 'u', step->size);
		if (operand == OPERAND || operand == SIZED_OPERAND)
			fprintf(out, "(%lld)", (long long)step->operand);
	}
}
