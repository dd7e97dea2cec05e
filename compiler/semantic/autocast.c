/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * p->member, where p is a variable of the script: it points to what the value points to that was
 * assigned to it last, in the order of the text. `p = $task; p->pid` is `@cast(p, "struct
 * task_struct")->pid`.
 */
#include <string.h>

#include "compiler/semantic/passes.h"

/* "const struct x *" -> "struct x"; NULL: no pointer to anything with a name. */
static const char *pointed_to(struct arena *arena, const char *type)
{
	size_t length;

	if (!type)
		return NULL;
	while (!strncmp(type, "const ", 6) || !strncmp(type, "volatile ", 9))
		type = strchr(type, ' ') + 1;
	length = strlen(type);
	if (!length || type[length - 1] != '*' || strstr(type, "{...}") || strchr(type, '('))
		return NULL;
	for (length--; length && type[length - 1] == ' ';)
		length--;
	return length ? arena_strndup(arena, type, length) : NULL;
}

/* What the value of an expression that is resolved already points to. */
static const char *pointee_of(struct arena *arena, const struct expr *expr, const char **module)
{
	const struct target *target = expr->target;

	*module = "";
	if (expr->kind != EXPR_TARGET || !target->access)
		return NULL;
	if ((target->kind == TARGET_CAST || target->kind == TARGET_VAR) && target->module)
		*module = target->module;
	if (target->kind == TARGET_CAST && !target->path.n)
		return target->type_name;
	return pointed_to(arena, target->access->type_name);
}

static struct pointee *find(struct pointee *known, const char *name)
{
	while (known && strcmp(known->name, name))
		known = known->next;
	return known;
}

void autocast_learn(struct arena *arena, struct pointee **known, const struct expr *assign)
{
	const struct expr *left = assign->assign.left, *right = assign->assign.right;
	struct pointee *pointee;

	if (left->kind != EXPR_NAME || assign->assign.op != ASSIGN_SET)
		return;
	pointee = find(*known, left->name.text);
	if (!pointee) {
		pointee = ARENA_NEW(arena, struct pointee);
		pointee->name = left->name.text;
		pointee->next = *known;
		*known = pointee;
	}
	pointee->type = NULL;
	if (right->kind == EXPR_NAME && find(*known, right->name.text)) {
		const struct pointee *other = find(*known, right->name.text);

		pointee->type = other->type;
		pointee->module = other->module;
		return;
	}
	pointee->type = pointee_of(arena, right, &pointee->module);
}

bool autocast_resolve(struct resolver *resolver, struct pointee *known, struct expr *expr)
{
	struct target *target = expr->target;
	const struct expr *operand = target->operand;
	const char *type = NULL, *module = "";

	if (operand->kind == EXPR_NAME) {
		const struct pointee *pointee = find(known, operand->name.text);

		type = pointee ? pointee->type : NULL;
		module = type ? pointee->module : "";
	} else {
		type = pointee_of(resolver->arena, operand, &module);
	}
	if (!type) {
		diag_error(resolver->diags, operand->range, "what this points to is not known");
		diag_help(resolver->diags, "say it: @cast(..., \"struct type\")%s%s",
			  target->path.n && target->path.v[0].member ? "->" : "",
			  target->path.n && target->path.v[0].member ? target->path.v[0].member
								     : "");
		return false;
	}
	target->kind = TARGET_CAST;
	target->type_name = type;
	target->module = module;
	return true;
}
