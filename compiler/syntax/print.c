/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tree as source text, normalised: parsing what is printed gives the same tree, so printing
 * that again gives the same text. Statements and declarations; expressions are in print_expr.c.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/syntax/ast.h"

/* ---- statements ------------------------------------------------------------------------- */

static void print_indent(FILE *out, unsigned indent)
{
	while (indent--)
		fputc('\t', out);
}

/* The body of a control statement: " {" on its line, or a line of its own. */
static void print_body(FILE *out, const struct stmt *body, unsigned indent)
{
	if (body->kind == STMT_BLOCK) {
		fputc(' ', out);
		ast_print_stmt(out, body, indent);
		return;
	}
	fputc('\n', out);
	print_indent(out, indent + 1);
	ast_print_stmt(out, body, indent + 1);
}

/* Would this, printed after a statement without ";", be taken for the rest of that? */
static bool continues(const struct stmt *stmt)
{
	const struct expr *expr = stmt->expr;

	if (stmt->kind != STMT_EXPR)
		return false;
	if (expr->kind == EXPR_ASSIGN)
		expr = expr->assign.left;
	else if (expr->kind == EXPR_CREMENT && expr->crement.op > PRE_DECREMENT)
		expr = expr->crement.operand;
	switch (expr->kind) {
	case EXPR_NAME:
	case EXPR_INDEX:
	case EXPR_CALL:
	case EXPR_PRINT:
		return false;
	case EXPR_TARGET:
		return expr->target->address_of;
	default:
		return true;
	}
}

static void print_block(FILE *out, const struct stmt *stmt, unsigned indent)
{
	unsigned i;

	fputs("{\n", out);
	for (i = 0; i < stmt->block.n; i++) {
		print_indent(out, indent + 1);
		ast_print_stmt(out, stmt->block.v[i], indent + 1);
		if (i + 1 < stmt->block.n && continues(stmt->block.v[i + 1]))
			fputc(';', out);
		fputc('\n', out);
	}
	print_indent(out, indent);
	fputc('}', out);
}

static void print_if(FILE *out, const struct stmt *stmt, unsigned indent)
{
	const struct stmt *otherwise = stmt->branch.otherwise;

	fputs("if (", out);
	ast_print_expr(out, stmt->branch.condition);
	fputc(')', out);
	print_body(out, stmt->branch.then, indent);
	if (!otherwise)
		return;
	if (stmt->branch.then->kind == STMT_BLOCK) {
		fputc(' ', out);
	} else {
		fputc('\n', out);
		print_indent(out, indent);
	}
	fputs("else", out);
	if (otherwise->kind == STMT_IF) {
		fputc(' ', out);
		ast_print_stmt(out, otherwise, indent);
	} else {
		print_body(out, otherwise, indent);
	}
}

static void print_optional(FILE *out, const struct expr *expr)
{
	if (expr)
		ast_print_expr(out, expr);
}

static void print_loop(FILE *out, const struct stmt *stmt, unsigned indent)
{
	if (stmt->kind == STMT_WHILE) {
		fputs("while (", out);
		ast_print_expr(out, stmt->loop.condition);
	} else {
		fputs("for (", out);
		print_optional(out, stmt->loop.init);
		fputs(stmt->loop.condition ? "; " : ";", out);
		print_optional(out, stmt->loop.condition);
		fputs(stmt->loop.step ? "; " : ";", out);
		print_optional(out, stmt->loop.step);
	}
	fputc(')', out);
	print_body(out, stmt->loop.body, indent);
}

static void print_sort(FILE *out, const struct foreach_stmt *foreach)
{
	fputc(foreach->direction < 0 ? '-' : '+', out);
}

static void print_foreach_keys(FILE *out, const struct foreach_stmt *foreach)
{
	unsigned i;

	if (foreach->keys.n > 1)
		fputc('[', out);
	for (i = 0; i < foreach->keys.n; i++) {
		if (i)
			fputs(", ", out);
		ast_print_expr(out, foreach->keys.v[i]);
		if (foreach->sort == SORT_KEY && foreach->sort_key == i)
			print_sort(out, foreach);
	}
	if (foreach->keys.n > 1)
		fputc(']', out);
}

static void print_foreach(FILE *out, const struct foreach_stmt *foreach, unsigned indent)
{
	fputs("foreach (", out);
	if (foreach->value) {
		ast_print_expr(out, foreach->value);
		fputs(" = ", out);
	}
	print_foreach_keys(out, foreach);
	fputs(" in ", out);
	ast_print_expr(out, foreach->array);
	if (foreach->slice.n)
		ast_print_keys(out, &foreach->slice);
	if (foreach->sort == SORT_VALUE) {
		if (foreach->has_sort_stat)
			fprintf(out, " @%s", stat_name(foreach->sort_stat));
		print_sort(out, foreach);
	}
	if (foreach->limit) {
		fputs(" limit ", out);
		ast_print_expr(out, foreach->limit);
	}
	fputc(')', out);
	print_body(out, foreach->body, indent);
}

static void print_try(FILE *out, const struct stmt *stmt, unsigned indent)
{
	fputs("try", out);
	print_body(out, stmt->try.body, indent);
	fputs(" catch", out);
	if (stmt->try.message) {
		fputs(" (", out);
		ast_print_expr(out, stmt->try.message);
		fputc(')', out);
	}
	print_body(out, stmt->try.handler, indent);
}

static void print_return(FILE *out, const struct stmt *stmt)
{
	fputs(stmt->expr ? "return " : "return;", out);
	print_optional(out, stmt->expr);
}

void ast_print_stmt(FILE *out, const struct stmt *stmt, unsigned indent)
{
	switch (stmt->kind) {
	case STMT_EMPTY:
		fputc(';', out);
		break;
	case STMT_BLOCK:
		print_block(out, stmt, indent);
		break;
	case STMT_EXPR:
		ast_print_expr(out, stmt->expr);
		break;
	case STMT_IF:
		print_if(out, stmt, indent);
		break;
	case STMT_WHILE:
	case STMT_FOR:
		print_loop(out, stmt, indent);
		break;
	case STMT_FOREACH:
		print_foreach(out, stmt->foreach, indent);
		break;
	case STMT_RETURN:
		print_return(out, stmt);
		break;
	case STMT_BREAK:
		fputs("break", out);
		break;
	case STMT_CONTINUE:
		fputs("continue", out);
		break;
	case STMT_NEXT:
		fputs("next", out);
		break;
	case STMT_DELETE:
		fputs("delete ", out);
		ast_print_expr(out, stmt->expr);
		break;
	case STMT_TRY:
		print_try(out, stmt, indent);
		break;
	case STMT_EMBEDDED:
		fprintf(out, "%%{%s%%}", stmt->embedded);
		break;
	}
}

/* ---- declarations ----------------------------------------------------------------------- */

/* Where only a literal may stand, a negative number is written with its sign. */
static void print_signed_literal(FILE *out, const struct expr *literal)
{
	if (literal->kind == EXPR_NUMBER)
		fprintf(out, "%" PRId64, literal->number);
	else
		ast_print_expr(out, literal);
}

static bool is_address(const struct point_component *part)
{
	return part->argument->kind == EXPR_NUMBER &&
	       (!strcmp(part->name, "function") || !strcmp(part->name, "statement") ||
		!strcmp(part->name, "data"));
}

static void print_argument(FILE *out, const struct point_component *part)
{
	fputc('(', out);
	if (is_address(part))
		fprintf(out, "%#" PRIx64, (uint64_t)part->argument->number);
	else
		print_signed_literal(out, part->argument);
	fputc(')', out);
}

void ast_print_point(FILE *out, const struct probe_point *point)
{
	const struct point_component *part;
	unsigned i;

	for (i = 0; i < point->components.n; i++) {
		part = &point->components.v[i];
		fprintf(out, "%s%s", i ? "." : "", part->name);
		if (part->argument)
			print_argument(out, part);
	}
	if (point->optional)
		fputc('?', out);
	if (point->sufficient)
		fputc('!', out);
	if (!point->condition)
		return;
	fputs(" if (", out);
	ast_print_expr(out, point->condition);
	fputc(')', out);
}

const char *point_to_string(struct arena *arena, const struct probe_point *point)
{
	char *text = NULL, *copy;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return "";
	ast_print_point(out, point);
	fclose(out);
	copy = arena_strndup(arena, text, size);
	free(text);
	return copy;
}

static void print_points(FILE *out, const struct point_vec *points)
{
	unsigned i;

	for (i = 0; i < points->n; i++) {
		if (i)
			fputs(", ", out);
		ast_print_point(out, points->v[i]);
	}
}

static void print_comment(FILE *out, const char *comment)
{
	if (comment)
		fprintf(out, "/**%s*/\n", comment);
}

static void print_probe(FILE *out, const struct probe_decl *probe)
{
	fputs("probe ", out);
	print_points(out, &probe->points);
	fputc(' ', out);
	ast_print_stmt(out, probe->body, 0);
}

static void print_alias(FILE *out, const struct alias_decl *alias)
{
	print_comment(out, alias->comment);
	fputs("probe ", out);
	print_points(out, &alias->names);
	fputs(alias->prologue ? " = " : " += ", out);
	print_points(out, &alias->points);
	fputc(' ', out);
	ast_print_stmt(out, alias->prologue ? alias->prologue : alias->epilogue, 0);
	if (!alias->prologue || !alias->epilogue)
		return;
	fputs(", ", out);
	ast_print_stmt(out, alias->epilogue, 0);
}

static void print_type(FILE *out, enum value_type type)
{
	if (type != TYPE_UNKNOWN)
		fprintf(out, ":%s", value_type_name(type));
}

static void print_function(FILE *out, const struct function_decl *function)
{
	unsigned i;

	print_comment(out, function->comment);
	fprintf(out, "%sfunction %s", function->private ? "private " : "", function->name);
	print_type(out, function->type);
	fputc('(', out);
	for (i = 0; i < function->parameters.n; i++) {
		fprintf(out, "%s%s", i ? ", " : "", function->parameters.v[i].name);
		print_type(out, function->parameters.v[i].type);
	}
	fputc(')', out);
	if (function->has_priority)
		fprintf(out, ":%" PRId64, function->priority);
	fputc(' ', out);
	ast_print_stmt(out, function->body, 0);
}

static void print_global(FILE *out, const struct global_decl *global)
{
	print_comment(out, global->comment);
	fprintf(out, "%sglobal %s%s", global->private ? "private " : "", global->name,
		global->wrap ? "%" : "");
	if (global->max_size)
		fprintf(out, "[%" PRId64 "]", global->max_size);
	if (!global->init)
		return;
	fputs(" = ", out);
	print_signed_literal(out, global->init);
}

static void print_declaration(FILE *out, const struct script_file *file,
			      struct declaration_ref declaration)
{
	switch (declaration.kind) {
	case 'p':
		print_probe(out, file->probes.v[declaration.index]);
		break;
	case 'a':
		print_alias(out, file->aliases.v[declaration.index]);
		break;
	case 'f':
		print_function(out, file->functions.v[declaration.index]);
		break;
	case 'g':
		print_global(out, file->globals.v[declaration.index]);
		break;
	case 'e':
		fprintf(out, "%%{%s%%}", file->embedded.v[declaration.index]);
		break;
	}
	fputc('\n', out);
}

void ast_print_file(FILE *out, const struct script_file *file)
{
	unsigned i;
	char last = 0;

	for (i = 0; i < file->order.n; i++) {
		if (i && (last != 'g' || file->order.v[i].kind != 'g'))
			fputc('\n', out);
		last = file->order.v[i].kind;
		print_declaration(out, file, file->order.v[i]);
	}
}
