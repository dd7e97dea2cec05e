// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Target variables: the stack programs of probes/access.h, lowered.
 */
#include "compiler/codegen/gen.h"

enum { DEPTH = 64 };

struct lowering {
	struct fn *fn;
	const struct access *access;
	const struct expr *expr;
	struct value exprs[16];
	LLVMValueRef stack[DEPTH];
	unsigned n;
};

static LLVMValueRef pop(struct lowering *low)
{
	return low->n ? low->stack[--low->n] : long_constant(low->fn->gen, 0);
}

static void push(struct lowering *low, LLVMValueRef v)
{
	if (low->n < DEPTH)
		low->stack[low->n++] = v;
	else
		diag_error(low->fn->gen->diags, low->expr->range,
			   "the location of this variable is too complicated");
}

static const char *near_text(struct lowering *low)
{
	const struct target *target = low->expr->target;

	return arena_printf(low->fn->gen->arena, "identifier '%s%s'",
			    target->kind == TARGET_DOLLAR ? "$" : "",
			    target->name ? target->name : "@cast");
}

static LLVMValueRef word_alloca(struct fn *fn)
{
	if (!fn->word)
		fn->word = entry_alloca(fn, fn->gen->i64, "word");
	return fn->word;
}

static LLVMValueRef extend(struct fn *fn, LLVMValueRef v, unsigned bits, bool is_signed)
{
	LLVMBuilderRef b = fn->gen->builder;
	LLVMValueRef shift = long_constant(fn->gen, 64 - (int64_t)bits);

	if (bits >= 64)
		return v;
	v = LLVMBuildShl(b, v, shift, "");
	return is_signed ? LLVMBuildAShr(b, v, shift, "") : LLVMBuildLShr(b, v, shift, "");
}

static LLVMValueRef memory_read(struct lowering *low, const struct access_step *step)
{
	struct fn *fn = low->fn;
	struct gen *gen = fn->gen;
	bool user = step->op == ACCESS_READ_USER;
	const char *name = !user ? "read_kernel"
				 : fn_sleepable(fn) ? "read_user_sleepable"
								     : "read_user";
	LLVMValueRef word = word_alloca(fn), status, v;

	status = library_call(gen, name,
			      (LLVMValueRef[]){fn->run, pop(low), int_constant(gen, step->size),
					       word},
			      4);
	if (!gen->program->skip_bad_variables)
		raise_if(fn, truth(fn, status), low->expr->range,
			 user ? "user memory can't be read at 0x%x"
			      : "kernel memory can't be read at 0x%x",
			 near_text(low));
	v = LLVMBuildLoad2(gen->builder, gen->i64, word, "");
	if (gen->program->skip_bad_variables)
		v = LLVMBuildSelect(gen->builder, truth(fn, status), long_constant(gen, 0), v, "");
	return extend(fn, v, 8 * step->size, step->is_signed);
}

static LLVMValueRef context_read(struct lowering *low, const struct access_step *step)
{
	struct fn *fn = low->fn;
	struct gen *gen = fn->gen;
	LLVMValueRef context = LLVMBuildLoad2(gen->builder, gen->ptr, run_field(fn, RUN_CTX), "");
	LLVMValueRef offset = long_constant(gen, step->operand), v;

	context = LLVMBuildInBoundsGEP2(gen->builder, gen->i8, context, &offset, 1, "");
	v = LLVMBuildLoad2(gen->builder, LLVMIntTypeInContext(gen->llvm, 8 * step->size), context,
			   "");
	LLVMSetVolatile(v, true); /* the verifier wants the access as it was written */
	if (step->size == 8)
		return LIBRARY(gen, "context_plain", fn->run, v);
	return step->is_signed ? LLVMBuildSExt(gen->builder, v, gen->i64, "")
			       : LLVMBuildZExt(gen->builder, v, gen->i64, "");
}

static LLVMValueRef address_in_context(struct lowering *low, const struct access_step *step)
{
	struct gen *gen = low->fn->gen;
	LLVMValueRef v = LIBRARY(gen, "context_address", low->fn->run);

	return LLVMBuildAdd(gen->builder, v, long_constant(gen, step->operand), "");
}

static LLVMIntPredicate access_predicate(enum access_op op)
{
	switch (op) {
	case ACCESS_EQ:
		return LLVMIntEQ;
	case ACCESS_NE:
		return LLVMIntNE;
	case ACCESS_LT:
		return LLVMIntSLT;
	case ACCESS_LE:
		return LLVMIntSLE;
	case ACCESS_GT:
		return LLVMIntSGT;
	default:
		return LLVMIntSGE;
	}
}

static bool arithmetic_of(enum access_op op, enum binary_op *binary)
{
	switch (op) {
	case ACCESS_ADD:
		*binary = BINARY_ADD;
		return true;
	case ACCESS_SUB:
		*binary = BINARY_SUB;
		return true;
	case ACCESS_MUL:
		*binary = BINARY_MUL;
		return true;
	case ACCESS_DIV:
		*binary = BINARY_DIV;
		return true;
	case ACCESS_MOD:
		*binary = BINARY_MOD;
		return true;
	case ACCESS_AND:
		*binary = BINARY_AND;
		return true;
	case ACCESS_OR:
		*binary = BINARY_OR;
		return true;
	case ACCESS_XOR:
		*binary = BINARY_XOR;
		return true;
	case ACCESS_SHL:
		*binary = BINARY_SHL;
		return true;
	case ACCESS_SHR:
		*binary = BINARY_SHRL;
		return true;
	case ACCESS_SHRA:
		*binary = BINARY_SHR;
		return true;
	default:
		return false;
	}
}

static void two_operands(struct lowering *low, const struct access_step *step)
{
	struct fn *fn = low->fn;
	LLVMValueRef b = pop(low), a = pop(low);
	enum binary_op op;

	if (arithmetic_of(step->op, &op))
		push(low, arithmetic(fn, op, a, b, low->expr->range));
	else
		push(low, widen(fn, LLVMBuildICmp(fn->gen->builder, access_predicate(step->op), a,
						  b, "")));
}

static LLVMValueRef absolute(struct fn *fn, LLVMValueRef v)
{
	LLVMBuilderRef b = fn->gen->builder;
	LLVMValueRef sign = LLVMBuildAShr(b, v, long_constant(fn->gen, 63), "");

	return LLVMBuildSub(b, LLVMBuildXor(b, v, sign, ""), sign, "");
}

static void rearrange(struct lowering *low, const struct access_step *step)
{
	LLVMValueRef a, b, c;
	unsigned depth = step->op == ACCESS_OVER ? 1 : (unsigned)step->operand;

	switch (step->op) {
	case ACCESS_DROP:
		pop(low);
		break;
	case ACCESS_DUP:
		a = pop(low);
		push(low, a);
		push(low, a);
		break;
	case ACCESS_SWAP:
		a = pop(low);
		b = pop(low);
		push(low, a);
		push(low, b);
		break;
	case ACCESS_ROT: /* the top goes under the next two */
		a = pop(low);
		b = pop(low);
		c = pop(low);
		push(low, a);
		push(low, c);
		push(low, b);
		break;
	default: /* OVER, PICK */
		push(low, depth < low->n ? low->stack[low->n - 1 - depth]
					 : long_constant(low->fn->gen, 0));
		break;
	}
}

static void one_operand(struct lowering *low, const struct access_step *step)
{
	struct fn *fn = low->fn;
	struct gen *gen = fn->gen;
	LLVMValueRef v = pop(low);

	switch (step->op) {
	case ACCESS_ADD_CONST:
		v = LLVMBuildAdd(gen->builder, v, long_constant(gen, step->operand), "");
		break;
	case ACCESS_NEG:
		v = LLVMBuildNeg(gen->builder, v, "");
		break;
	case ACCESS_NOT:
		v = LLVMBuildNot(gen->builder, v, "");
		break;
	case ACCESS_ABS:
		v = absolute(fn, v);
		break;
	case ACCESS_PER_CPU:
		v = LIBRARY(gen, "per_cpu_address", fn->run, v);
		break;
	case ACCESS_BITS:
		v = LLVMBuildLShr(gen->builder, v, long_constant(gen, step->operand), "");
		v = extend(fn, v, step->size, step->is_signed);
		break;
	default: /* SIGN_EXTEND, ZERO_EXTEND */
		v = extend(fn, v, 8 * step->size, step->op == ACCESS_SIGN_EXTEND);
		break;
	}
	push(low, v);
}

static void step_generate(struct lowering *low, const struct access_step *step)
{
	struct fn *fn = low->fn;
	struct gen *gen = fn->gen;
	LLVMValueRef operand = int_constant(gen, (uint32_t)step->operand);

	switch (step->op) {
	case ACCESS_CONST:
		push(low, long_constant(gen, step->operand));
		break;
	case ACCESS_REGISTER:
		push(low, LIBRARY(gen, "context_register", fn->run, operand));
		break;
	case ACCESS_ARGUMENT:
		push(low, LIBRARY(gen, "context_argument", fn->run, operand));
		break;
	case ACCESS_RESULT:
		push(low, LIBRARY(gen, "context_result", fn->run));
		break;
	case ACCESS_CONTEXT:
		push(low, context_read(low, step));
		break;
	case ACCESS_CONTEXT_ADDRESS:
		push(low, address_in_context(low, step));
		break;
	case ACCESS_THREAD_POINTER:
		push(low, LIBRARY(gen, "thread_pointer", fn->run));
		break;
	case ACCESS_EXPR:
		push(low, value_get(fn, low->exprs[step->operand]));
		break;
	case ACCESS_READ_USER:
	case ACCESS_READ_KERNEL:
		push(low, memory_read(low, step));
		break;
	case ACCESS_DUP:
	case ACCESS_DROP:
	case ACCESS_SWAP:
	case ACCESS_OVER:
	case ACCESS_ROT:
	case ACCESS_PICK:
		rearrange(low, step);
		break;
	case ACCESS_ADD_CONST:
	case ACCESS_NEG:
	case ACCESS_NOT:
	case ACCESS_ABS:
	case ACCESS_PER_CPU:
	case ACCESS_SIGN_EXTEND:
	case ACCESS_ZERO_EXTEND:
	case ACCESS_BITS:
		one_operand(low, step);
		break;
	default:
		two_operands(low, step);
		break;
	}
}

static void exprs_generate(struct lowering *low)
{
	const struct expr_vec *exprs = &low->access->exprs;

	for (unsigned i = 0; i < exprs->n && i < 16; i++) {
		bool cut = false;

		for (unsigned k = i + 1; k < exprs->n; k++)
			cut |= expr_cuts(low->fn->gen, exprs->v[k]);
		low->exprs[i] = value_keep(low->fn, expr_generate(low->fn, exprs->v[i]), cut);
	}
}

struct value target_generate(struct fn *fn, const struct expr *expr)
{
	struct lowering low = {.fn = fn, .access = expr->target->access, .expr = expr};

	if (!low.access) {
		diag_error(fn->gen->diags, expr->range, "this target variable was not resolved");
		return value_long(long_constant(fn->gen, 0));
	}
	exprs_generate(&low);
	for (unsigned i = 0; i < low.access->steps.n; i++)
		step_generate(&low, &low.access->steps.v[i]);
	return value_long(pop(&low));
}

/* ---- guru mode ---------------------------------------------------------------------------- */

/* `value` in the place of some bits of `old`. */
static LLVMValueRef merge_bits(struct gen *gen, LLVMValueRef old, LLVMValueRef value, unsigned from,
			       unsigned size)
{
	int64_t mask = size < 64 ? (int64_t)(((1ULL << size) - 1) << from) : -1;

	value = LLVMBuildShl(gen->builder, value, long_constant(gen, from), "");
	value = LLVMBuildAnd(gen->builder, value, long_constant(gen, mask), "");
	old = LLVMBuildAnd(gen->builder, old, long_constant(gen, ~mask), "");
	return LLVMBuildOr(gen->builder, old, value, "");
}

/* The last step that reads; what is behind it tells which bits of that are the variable. */
static void assign_memory(struct lowering *low, const struct expr *left,
			  const struct access_step *read, const struct access_step *bits,
			  LLVMValueRef value)
{
	struct fn *fn = low->fn;
	struct gen *gen = fn->gen;
	LLVMValueRef address = pop(low), status;

	if (bits) {
		push(low, address);
		value = merge_bits(gen, memory_read(low, read), value, (unsigned)bits->operand,
				   bits->size);
	}
	status = LIBRARY(gen, "write_user", fn->run, address, int_constant(gen, read->size), value);
	raise_if(fn, truth(fn, status), left->range, "user memory can't be written at 0x%x",
		 near_text(low));
}

void target_assign(struct fn *fn, const struct expr *left, LLVMValueRef value)
{
	struct gen *gen = fn->gen;
	struct lowering low = {.fn = fn, .access = left->target->access, .expr = left};
	unsigned n = low.access ? low.access->steps.n : 0;
	const struct access_step *steps = n ? low.access->steps.v : NULL, *bits = NULL;

	if (n > 1 && steps[n - 1].op == ACCESS_BITS)
		bits = &steps[--n];
	if (!n || !low.access->writable || steps[n - 1].op != ACCESS_READ_USER) {
		diag_error(gen->diags, left->range, "this target variable can't be assigned to");
		diag_help(gen->diags, "variables in user memory can, in guru mode (-g)");
		return;
	}
	exprs_generate(&low);
	for (unsigned i = 0; i + 1 < n; i++)
		step_generate(&low, &steps[i]);
	assign_memory(&low, left, &steps[n - 1], bits, value);
}
