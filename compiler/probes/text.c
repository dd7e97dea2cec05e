/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Expressions that families make up, written as text in the language, since that is how they are
 * read most easily.
 */
#include <stdio.h>
#include <stdlib.h>

#include "compiler/probes/kernel.h"
#include "compiler/syntax/syntax.h"

static bool set_range(struct ast_visitor *visitor, struct expr **place)
{
	(*place)->range = *(const struct range *)visitor->data;
	return true;
}

struct expr *text_parse_expr(struct probes *probes, const char *text, struct range range)
{
	static const struct syntax_options options;
	struct syntax syntax = {
		.arena = probes->arena, .diags = probes->diags, .options = &options};
	struct ast_visitor visitor = {.expr = set_range, .data = &range};
	struct script_file *file = NULL;
	struct stmt *body = NULL;
	struct expr *expr;

	if (syntax_parse_input(&syntax, source_from_text(probes->arena, "<made up>", text), &file,
			       &body) != INPUT_STATEMENTS ||
	    body->kind != STMT_BLOCK || body->block.n != 1 || body->block.v[0]->kind != STMT_EXPR) {
		diag_error(probes->diags, range, "internal: '%s' is not an expression", text);
		return NULL;
	}
	expr = body->block.v[0]->expr;
	ast_visit_expr(&visitor, &expr);
	return expr;
}

struct resolving {
	struct probes *probes;
	struct probe *probe;
	bool failed;
};

static bool resolve_target(struct ast_visitor *visitor, struct expr **place)
{
	struct resolving *resolving = visitor->data;
	struct probe *probe = resolving->probe;
	struct expr *resolved;

	if ((*place)->kind != EXPR_TARGET || (*place)->target->access)
		return true;
	resolved = probe && probe->family->resolve
			   ? probe->family->resolve(resolving->probes, probe, *place)
			   : kernel_resolve_common(resolving->probes, probe, *place);
	if (resolved)
		*place = resolved;
	else
		resolving->failed = true;
	return false;
}

bool text_resolve_targets(struct probes *probes, struct probe *probe, struct expr **expr)
{
	struct resolving resolving = {.probes = probes, .probe = probe};
	struct ast_visitor visitor = {.expr = resolve_target, .data = &resolving};

	ast_visit_expr(&visitor, expr);
	return !resolving.failed;
}

const char *text_of_target(struct arena *arena, const struct expr *expr, unsigned drop)
{
	struct expr shorter = *expr;
	struct target target = *expr->target;
	char *text = NULL;
	const char *result;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	target.path.n -= drop;
	target.access = NULL;
	shorter.target = &target;
	ast_print_expr(out, &shorter);
	fclose(out);
	result = arena_strdup(arena, text);
	free(text);
	return result;
}
