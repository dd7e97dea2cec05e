/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expressions as source text (see print.c). Parentheses stand only where the grammar needs them. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/syntax/ast.h"

/* How tightly an expression holds together; grammar.y has the same order. */
enum level {
	LEVEL_ASSIGN,
	LEVEL_TERNARY,
	LEVEL_LOGICAL_OR,
	LEVEL_LOGICAL_AND,
	LEVEL_OR,
	LEVEL_XOR,
	LEVEL_AND,
	LEVEL_IN,
	LEVEL_EQUALITY,
	LEVEL_RELATION,
	LEVEL_CONCAT,
	LEVEL_SHIFT,
	LEVEL_ADD,
	LEVEL_MULTIPLY,
	LEVEL_UNARY,
	LEVEL_POSTFIX,
};

static enum level binary_level(enum binary_op op)
{
	static const enum level levels[] = {
		[BINARY_LOGICAL_OR] = LEVEL_LOGICAL_OR, [BINARY_LOGICAL_AND] = LEVEL_LOGICAL_AND,
		[BINARY_OR] = LEVEL_OR,	     [BINARY_XOR] = LEVEL_XOR,
		[BINARY_AND] = LEVEL_AND,    [BINARY_EQ] = LEVEL_EQUALITY,
		[BINARY_NE] = LEVEL_EQUALITY, [BINARY_LT] = LEVEL_RELATION,
		[BINARY_GT] = LEVEL_RELATION, [BINARY_LE] = LEVEL_RELATION,
		[BINARY_GE] = LEVEL_RELATION, [BINARY_CONCAT] = LEVEL_CONCAT,
		[BINARY_SHL] = LEVEL_SHIFT,  [BINARY_SHR] = LEVEL_SHIFT,
		[BINARY_SHRL] = LEVEL_SHIFT, [BINARY_ADD] = LEVEL_ADD,
		[BINARY_SUB] = LEVEL_ADD,    [BINARY_MUL] = LEVEL_MULTIPLY,
		[BINARY_DIV] = LEVEL_MULTIPLY, [BINARY_MOD] = LEVEL_MULTIPLY,
	};

	return levels[op];
}

static enum level expr_level(const struct expr *expr)
{
	switch (expr->kind) {
	case EXPR_ASSIGN:
		return LEVEL_ASSIGN;
	case EXPR_TERNARY:
		return LEVEL_TERNARY;
	case EXPR_BINARY:
		return binary_level(expr->binary.op);
	case EXPR_IN:
		return LEVEL_IN;
	case EXPR_REGEX:
		return LEVEL_EQUALITY;
	case EXPR_UNARY:
		return LEVEL_UNARY;
	case EXPR_CREMENT:
		return expr->crement.op <= PRE_DECREMENT ? LEVEL_UNARY : LEVEL_POSTFIX;
	case EXPR_TARGET:
		return expr->target->address_of ? LEVEL_UNARY : LEVEL_POSTFIX;
	default:
		return LEVEL_POSTFIX;
	}
}

static void print_at(FILE *out, const struct expr *expr, enum level level);

static void print_string(FILE *out, const char *text, size_t length)
{
	static const char named[] = "\a\b\t\n\v\f\r\"\\", letters[] = "abtnvfr\"\\";
	const char *found;
	unsigned char c;
	size_t i;

	fputc('"', out);
	for (i = 0; i < length; i++) {
		c = (unsigned char)text[i];
		found = c ? strchr(named, c) : NULL;
		if (found)
			fprintf(out, "\\%c", letters[found - named]);
		else if (c < ' ' || c == 127)
			fprintf(out, "\\%03o", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

static void print_literal(FILE *out, const char *text)
{
	print_string(out, text, strlen(text));
}

static void print_list(FILE *out, const struct expr_vec *list)
{
	unsigned i;

	for (i = 0; i < list->n; i++) {
		if (i)
			fputs(", ", out);
		if (list->v[i])
			print_at(out, list->v[i], LEVEL_ASSIGN);
		else
			fputc('*', out);
	}
}

void ast_print_keys(FILE *out, const struct expr_vec *keys)
{
	fputc('[', out);
	print_list(out, keys);
	fputc(']', out);
}

/* ---- target variables ------------------------------------------------------------------- */

static void print_path(FILE *out, const struct target *target)
{
	const struct component *step;
	unsigned i;

	for (i = 0; i < target->path.n; i++) {
		step = &target->path.v[i];
		switch (step->kind) {
		case COMPONENT_MEMBER:
			fprintf(out, "->%s", step->member);
			break;
		case COMPONENT_INDEX:
			fputc('[', out);
			print_at(out, step->index, LEVEL_ASSIGN);
			fputc(']', out);
			break;
		case COMPONENT_PRETTY:
			fputc('$', out);
			break;
		case COMPONENT_PRETTY_FULL:
			fputs("$$", out);
			break;
		}
	}
}

static void print_module(FILE *out, const char *module)
{
	if (module && *module) {
		fputs(", ", out);
		print_literal(out, module);
	}
	fputc(')', out);
}

static void print_operator(FILE *out, const char *name, const struct expr *first,
			   const struct expr *second)
{
	fprintf(out, "@%s(", name);
	print_at(out, first, LEVEL_ASSIGN);
	if (second) {
		fputs(", ", out);
		print_at(out, second, LEVEL_ASSIGN);
	}
	fputc(')', out);
}

static void print_target(FILE *out, const struct target *target)
{
	if (target->address_of)
		fputc('&', out);
	switch (target->kind) {
	case TARGET_DOLLAR:
		fprintf(out, "$%s", target->name);
		break;
	case TARGET_VAR:
		fputs("@var(", out);
		print_literal(out, target->name);
		print_module(out, target->module);
		break;
	case TARGET_CAST:
		fputs("@cast(", out);
		print_at(out, target->operand, LEVEL_ASSIGN);
		fputs(", ", out);
		print_literal(out, target->type_name);
		print_module(out, target->module);
		break;
	case TARGET_KREGISTER:
		print_operator(out, "kregister", target->operand, NULL);
		break;
	case TARGET_UREGISTER:
		print_operator(out, "uregister", target->operand, NULL);
		break;
	case TARGET_KDEREF:
		print_operator(out, "kderef", target->size, target->operand);
		break;
	case TARGET_UDEREF:
		print_operator(out, "uderef", target->size, target->operand);
		break;
	case TARGET_AUTOCAST:
		print_at(out, target->operand, LEVEL_POSTFIX);
		break;
	}
	print_path(out, target);
}

/* ---- expressions ------------------------------------------------------------------------ */

const char *stat_name(enum stat_op op)
{
	static const char *const names[] = {
		[STAT_COUNT] = "count",
		[STAT_SUM] = "sum",
		[STAT_MIN] = "min",
		[STAT_MAX] = "max",
		[STAT_AVG] = "avg",
		[STAT_VARIANCE] = "variance",
		[STAT_HIST_LINEAR] = "hist_linear",
		[STAT_HIST_LOG] = "hist_log",
	};

	return names[op];
}

static void print_stat(FILE *out, const struct stat_expr *stat)
{
	unsigned i;

	fprintf(out, "@%s(", stat_name(stat->op));
	print_at(out, stat->operand, LEVEL_ASSIGN);
	for (i = 0; i < stat->parameters; i++)
		fprintf(out, ", %" PRId64, stat->parameter[i]);
	fputc(')', out);
}

static void print_print(FILE *out, const struct print_expr *print)
{
	fprintf(out, "%s(", print->spelling);
	if (print->kind == PRINT_PRINTF)
		print_literal(out, print->format);
	else if (print->kind == PRINT_PRINTD)
		print_at(out, print->delimiter, LEVEL_ASSIGN);
	if (print->kind != PRINT_PRINT && print->args.n)
		fputs(", ", out);
	print_list(out, &print->args);
	fputc(')', out);
}

static void print_binary(FILE *out, const struct expr *expr)
{
	enum level level = binary_level(expr->binary.op);

	print_at(out, expr->binary.left, level);
	fprintf(out, " %s ", binary_op_spelling(expr->binary.op));
	print_at(out, expr->binary.right, level + 1);
}

/* "- -x" and "- --x" need their blank. */
static bool starts_with(const struct expr *expr, char sign)
{
	if (expr->kind == EXPR_UNARY)
		return expr->unary.op == (sign == '-' ? UNARY_MINUS : UNARY_PLUS);
	return expr->kind == EXPR_CREMENT &&
	       expr->crement.op == (sign == '-' ? PRE_DECREMENT : PRE_INCREMENT);
}

static void print_unary(FILE *out, const struct expr *expr)
{
	static const char spellings[] = {
		[UNARY_MINUS] = '-',
		[UNARY_PLUS] = '+',
		[UNARY_NOT] = '!',
		[UNARY_COMPLEMENT] = '~',
	};
	char sign = spellings[expr->unary.op];

	fputc(sign, out);
	if ((sign == '-' || sign == '+') && starts_with(expr->unary.operand, sign))
		fputc(' ', out);
	print_at(out, expr->unary.operand, LEVEL_UNARY);
}

static void print_assign(FILE *out, const struct expr *expr)
{
	print_at(out, expr->assign.left, LEVEL_POSTFIX);
	switch (expr->assign.op) {
	case ASSIGN_SET:
		fputs(" = ", out);
		break;
	case ASSIGN_STAT:
		fputs(" <<< ", out);
		break;
	case ASSIGN_BINARY:
		fprintf(out, " %s= ", binary_op_spelling(expr->assign.binary));
		break;
	}
	print_at(out, expr->assign.right, LEVEL_ASSIGN);
}

static void print_ternary(FILE *out, const struct expr *expr)
{
	print_at(out, expr->ternary.condition, LEVEL_LOGICAL_OR);
	fputs(" ? ", out);
	print_at(out, expr->ternary.then, LEVEL_ASSIGN);
	fputs(" : ", out);
	print_at(out, expr->ternary.otherwise, LEVEL_TERNARY);
}

static void print_crement(FILE *out, const struct expr *expr)
{
	static const char *const signs[] = {
		[PRE_INCREMENT] = "++", [PRE_DECREMENT] = "--",
		[POST_INCREMENT] = "++", [POST_DECREMENT] = "--",
	};
	bool prefix = expr->crement.op <= PRE_DECREMENT;

	if (prefix)
		fputs(signs[expr->crement.op], out);
	print_at(out, expr->crement.operand, LEVEL_POSTFIX);
	if (!prefix)
		fputs(signs[expr->crement.op], out);
}

static void print_in(FILE *out, const struct expr *expr)
{
	const struct expr_vec *keys = &expr->in.keys;

	if (keys->n == 1 && keys->v[0])
		print_at(out, keys->v[0], LEVEL_IN);
	else
		ast_print_keys(out, keys);
	fputs(" in ", out);
	print_at(out, expr->in.array, LEVEL_POSTFIX);
}

static void print_enum(FILE *out, const struct expr *expr)
{
	fputs(expr->enumerator.value ? "@enumname(" : "@enum(", out);
	print_literal(out, expr->enumerator.name);
	if (expr->enumerator.value) {
		fputs(", ", out);
		print_at(out, expr->enumerator.value, LEVEL_ASSIGN);
	}
	print_module(out, expr->enumerator.module);
}

static void print_sizeof(FILE *out, const struct expr *expr)
{
	const char *module = expr->size_of.module;

	fputs(*module ? "@cast_module_sizeof(" : "@cast_sizeof(", out);
	if (*module) {
		print_literal(out, module);
		fputs(", ", out);
	}
	print_literal(out, expr->size_of.type_name);
	fputc(')', out);
}

static void print_quoted_operator(FILE *out, const char *name, const struct expr *expr)
{
	fprintf(out, "@%s(", name);
	print_string(out, expr->string.text, expr->string.length);
	fputc(')', out);
}

static void print_bare(FILE *out, const struct expr *expr)
{
	switch (expr->kind) {
	case EXPR_NUMBER: /* what is negative was written as a big unsigned number */
		fprintf(out, "%" PRIu64, (uint64_t)expr->number);
		break;
	case EXPR_STRING:
		print_string(out, expr->string.text, expr->string.length);
		break;
	case EXPR_NAME:
		fputs(expr->name.text, out);
		break;
	case EXPR_INDEX:
		print_at(out, expr->index.array, LEVEL_POSTFIX);
		ast_print_keys(out, &expr->index.keys);
		break;
	case EXPR_TARGET:
		print_target(out, expr->target);
		break;
	case EXPR_UNARY:
		print_unary(out, expr);
		break;
	case EXPR_BINARY:
		print_binary(out, expr);
		break;
	case EXPR_TERNARY:
		print_ternary(out, expr);
		break;
	case EXPR_ASSIGN:
		print_assign(out, expr);
		break;
	case EXPR_CREMENT:
		print_crement(out, expr);
		break;
	case EXPR_CALL:
		fprintf(out, "%s(", expr->call.name);
		print_list(out, &expr->call.args);
		fputc(')', out);
		break;
	case EXPR_IN:
		print_in(out, expr);
		break;
	case EXPR_REGEX:
		print_at(out, expr->regex.left, LEVEL_EQUALITY);
		fputs(expr->regex.negated ? " !~ " : " =~ ", out);
		print_at(out, expr->regex.pattern, LEVEL_POSTFIX);
		break;
	case EXPR_STAT:
		print_stat(out, expr->stat);
		break;
	case EXPR_HIST_AT:
		print_at(out, expr->hist_at.histogram, LEVEL_POSTFIX);
		fputc('[', out);
		print_at(out, expr->hist_at.bucket, LEVEL_ASSIGN);
		fputc(']', out);
		break;
	case EXPR_PRINT:
		print_print(out, expr->print);
		break;
	case EXPR_ENTRY:
		print_operator(out, "entry", expr->entry.operand, NULL);
		break;
	case EXPR_DEFINED:
		print_operator(out, "defined", expr->operand, NULL);
		break;
	case EXPR_PROBEWRITE:
		print_operator(out, "probewrite", expr->operand, NULL);
		break;
	case EXPR_PERF:
		print_quoted_operator(out, "perf", expr);
		break;
	case EXPR_CONST:
		print_quoted_operator(out, "const", expr);
		break;
	case EXPR_ENUM:
		print_enum(out, expr);
		break;
	case EXPR_SIZEOF:
		print_sizeof(out, expr);
		break;
	case EXPR_EMBEDDED:
		fprintf(out, "%%{%s%%}", expr->string.text);
		break;
	}
}

static void print_at(FILE *out, const struct expr *expr, enum level level)
{
	bool enclose = expr_level(expr) < level;

	if (enclose)
		fputc('(', out);
	print_bare(out, expr);
	if (enclose)
		fputc(')', out);
}

void ast_print_expr(FILE *out, const struct expr *expr)
{
	print_at(out, expr, LEVEL_ASSIGN);
}
