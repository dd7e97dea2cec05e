/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An access: how the value of a target variable is computed when a probe fires, as a small
 * stack program that says nothing about homes or LLVM. Debuginfo (DWARF, BTF, tracefs formats,
 * calling conventions) makes it; code generation lowers it.
 *
 * The program leaves one 64-bit value on its stack. Every stack cell is 64 bits. A user or
 * kernel read that faults is an error of the handler ("read fault at 0x... near '$x->y'").
 */
#ifndef SPILE_PROBES_ACCESS_H
#define SPILE_PROBES_ACCESS_H

#include "compiler/syntax/ast.h"

enum access_op {
	ACCESS_CONST,     /* push operand */
	ACCESS_REGISTER,  /* push the register with DWARF number operand, as at the probe */
	ACCESS_ARGUMENT,  /* push function argument operand (0-based) by the calling convention */
	ACCESS_RESULT,    /* push the function's result (.return probes) */
	ACCESS_CONTEXT,   /* push `size` bytes at byte offset operand of the program's context */
	ACCESS_CONTEXT_ADDRESS, /* push the kernel address of the context, plus operand */
	ACCESS_THREAD_POINTER, /* push the user thread pointer (x86-64: fs base), for TLS */
	ACCESS_EXPR,      /* push the value of exprs.v[operand], a long */
	ACCESS_PER_CPU,   /* pop a per-CPU address, push this CPU's */
	ACCESS_READ_USER, /* pop an address, push `size` bytes (1, 2, 4, 8) read there */
	ACCESS_READ_KERNEL,
	ACCESS_ADD_CONST, /* top += operand */
	ACCESS_ADD, ACCESS_SUB, ACCESS_MUL, ACCESS_DIV, ACCESS_MOD, /* pop b, a; push a op b */
	ACCESS_AND, ACCESS_OR, ACCESS_XOR, ACCESS_SHL, ACCESS_SHR, ACCESS_SHRA,
	ACCESS_EQ, ACCESS_NE, ACCESS_LT, ACCESS_LE, ACCESS_GT, ACCESS_GE, /* signed, push 0 or 1 */
	ACCESS_NEG, ACCESS_NOT, ACCESS_ABS,
	ACCESS_DUP, ACCESS_DROP, ACCESS_SWAP, ACCESS_OVER, ACCESS_ROT,
	ACCESS_PICK,      /* push a copy of the cell `operand` below the top (0: the top) */
	ACCESS_SIGN_EXTEND, /* top: its low `size` bytes, sign-extended */
	ACCESS_ZERO_EXTEND,
	ACCESS_BITS,      /* top: bits [operand, operand + size), size in bits; sign by is_signed */
};

struct access_step {
	enum access_op op;
	unsigned size;
	bool is_signed;
	int64_t operand;
};

struct access {
	struct {
		VEC(struct access_step);
	} steps;
	struct expr_vec exprs;  /* for ACCESS_EXPR: array indices, @cast operands, saved values */
	bool writable;          /* assignment is possible: it ends with a READ, or that and BITS */
	bool may_be_lost;       /* it fails when the caller, or the C library, does not tell */
	bool reads_user;        /* contains ACCESS_READ_USER: the program should be sleepable */
	const char *type_name;  /* C spelling of the value's type, for -L and messages */
};

void access_push(struct arena *arena, struct access *access, enum access_op op, int64_t operand,
		 unsigned size, bool is_signed);
/* The value as an expression of the language. */
struct expr *access_expr(struct arena *arena, const struct access *access, struct range range);
void access_print(FILE *out, const struct access *access);

#endif
