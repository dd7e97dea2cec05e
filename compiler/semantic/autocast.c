/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * p->member, where p is a value of the script: it points to what the value points to that was
 * assigned to it last, in the order of the text. `p = $task; p->pid` is `@cast(p, "struct
 * task_struct")->pid`. Globals and elements of arrays carry it to other handlers, arguments to
 * functions, and the value of a function to its caller.
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

/* Types of a probe's own file need its name in other bodies. */
static const char *module_elsewhere(const struct casting *casting, const char *module)
{
	const struct probe *probe = casting->probe;

	if (*module || !probe || !probe->user || !probe->sites.n || !probe->sites.v[0].path)
		return module;
	return probe->sites.v[0].path;
}

static struct pointee pointee_new(const struct casting *casting, const char *type,
				  const char *module)
{
	return (struct pointee){ .type = type,
				 .module = module,
				 .elsewhere = module_elsewhere(casting, module) };
}

/* As another body sees it. */
static struct pointee pointee_outside(struct pointee pointee)
{
	pointee.module = pointee.elsewhere;
	return pointee;
}

static bool pointee_same(const struct pointee *a, const struct pointee *b)
{
	return a->type && b->type && !strcmp(a->type, b->type) &&
	       !strcmp(a->elsewhere, b->elsewhere);
}

/* ---- variables ------------------------------------------------------------------------------- */

static struct pointee *find(struct pointee *known, const char *name)
{
	while (known && strcmp(known->name, name))
		known = known->next;
	return known;
}

static const char *variable_name(const struct expr *expr)
{
	if (expr->kind == EXPR_INDEX)
		expr = expr->index.array;
	return expr->kind == EXPR_NAME ? expr->name.text : NULL;
}

static struct pointee **scope_of(struct casting *casting, const char *name)
{
	if (name_map_get(&casting->resolver->globals, name))
		return &casting->resolver->pointees;
	return &casting->known;
}

static void remember(struct casting *casting, const char *name, struct pointee what)
{
	struct pointee **scope = scope_of(casting, name);
	struct pointee *pointee = ARENA_NEW(casting->resolver->arena, struct pointee);

	*pointee = scope == &casting->known ? what : pointee_outside(what);
	pointee->name = name;
	pointee->next = *scope;
	*scope = pointee;
}

/* ---- functions --------------------------------------------------------------------------------- */

static struct declared_function *declared_for(struct casting *casting, const struct expr *call)
{
	struct declared_function *at =
		name_map_get(&casting->resolver->functions, call->call.name);

	while (at && at->decl->parameters.n != call->call.args.n)
		at = at->next;
	return at;
}

/* What a call's value points to: what the function's own `return`s say. */
static struct pointee result_of(struct casting *casting, const struct expr *call)
{
	struct declared_function *at = declared_for(casting, call);

	if (!at && tapsets_load_function(casting->resolver, call->call.name))
		at = declared_for(casting, call);
	if (!at || at->decl->body->kind == STMT_EMBEDDED)
		return (struct pointee){ .type = NULL };
	if (!at->result_known) {
		at->result_known = at->result_busy = true;
		at->result = targets_result(casting->resolver, at);
		at->result_busy = false;
	}
	return pointee_outside(at->result);
}

void autocast_return(struct casting *casting, const struct expr *value)
{
	struct pointee pointee = autocast_pointee(casting, value);
	const struct declared_function *called = NULL;

	if (value->kind == EXPR_CALL)
		called = declared_for(casting, value);
	if (called && called->result_busy)
		return; /* recursion: the other returns say it */
	if (!casting->returns++)
		casting->result = pointee;
	else if (!pointee_same(&casting->result, &pointee))
		casting->result.type = NULL;
}

static void pass_to(struct casting *casting, struct declared_function *to, unsigned i,
		    struct pointee pointee, const struct expr *value)
{
	struct arena *arena = casting->resolver->arena;
	struct pointee *old;

	if (!to->pointees)
		to->pointees = ARENA_ARRAY(arena, struct pointee, to->decl->parameters.n);
	old = &to->pointees[i];
	if (!old->elsewhere) {
		*old = pointee_outside(pointee);
		old->name = to->decl->parameters.v[i].name;
	} else if (old->type && !pointee_same(old, &pointee)) {
		if (old->used) {
			diag_error(casting->resolver->diags, value->range,
				   "this points to '%s', but '%s' of '%s' to '%s' in another call",
				   pointee.type, old->name, to->decl->name, old->type);
			diag_help(casting->resolver->diags,
				  "in the function, say what it is: @cast(%s, \"%s\")", old->name,
				  old->type);
		}
		old->type = NULL;
	}
}

void autocast_call(struct casting *casting, const struct expr *call)
{
	for (unsigned i = 0; i < call->call.args.n; i++) {
		const struct expr *value = call->call.args.v[i];
		struct pointee pointee = autocast_pointee(casting, value);
		struct declared_function *at = NULL;

		if (pointee.type)
			at = name_map_get(&casting->resolver->functions, call->call.name);
		for (; at; at = at->next)
			if (at->decl->parameters.n == call->call.args.n)
				pass_to(casting, at, i, pointee, value);
	}
}

void autocast_begin(struct casting *casting, struct declared_function *function)
{
	unsigned n = function->pointees ? function->decl->parameters.n : 0;

	for (unsigned i = 0; i < n; i++) {
		struct pointee *pointee = ARENA_NEW(casting->resolver->arena, struct pointee);

		if (!function->pointees[i].type)
			continue;
		*pointee = function->pointees[i];
		pointee->origin = &function->pointees[i];
		pointee->next = casting->known;
		casting->known = pointee;
	}
}

/* ---- the interface -------------------------------------------------------------------------------- */

static struct pointee both(struct casting *casting, const struct expr *a, const struct expr *b)
{
	struct pointee left = autocast_pointee(casting, a), right = autocast_pointee(casting, b);

	if (!left.type && b->kind != EXPR_NUMBER && a->kind == EXPR_NUMBER)
		return right; /* p ? p : 0 */
	if (!right.type && b->kind == EXPR_NUMBER)
		return left;
	if (!pointee_same(&left, &right))
		left.type = NULL;
	return left;
}

struct pointee autocast_pointee(struct casting *casting, const struct expr *expr)
{
	const struct target *target = expr->target;
	struct pointee *pointee = NULL;
	const char *module = "";

	switch (expr->kind) {
	case EXPR_NAME:
	case EXPR_INDEX:
		if (variable_name(expr))
			pointee = find(*scope_of(casting, variable_name(expr)),
				       variable_name(expr));
		return pointee ? *pointee : (struct pointee){ .type = NULL };
	case EXPR_TERNARY:
		return both(casting, expr->ternary.then, expr->ternary.otherwise);
	case EXPR_ASSIGN:
		return autocast_pointee(casting, expr->assign.right);
	case EXPR_CALL:
		return result_of(casting, expr);
	case EXPR_TARGET:
		break;
	default:
		return (struct pointee){ .type = NULL };
	}
	if (!target->access)
		return (struct pointee){ .type = NULL };
	if ((target->kind == TARGET_CAST || target->kind == TARGET_VAR) && target->module)
		module = target->module;
	if (target->kind == TARGET_CAST && !target->path.n)
		return pointee_new(casting, target->type_name, module);
	return pointee_new(casting,
			   pointed_to(casting->resolver->arena, target->access->type_name), module);
}

void autocast_learn(struct casting *casting, const struct expr *assign)
{
	const char *name = variable_name(assign->assign.left);
	struct pointee pointee;

	if (!name || assign->assign.op != ASSIGN_SET)
		return;
	pointee = autocast_pointee(casting, assign->assign.right);
	if (pointee.type || assign->assign.left->kind == EXPR_NAME)
		remember(casting, name, pointee);
}

bool autocast_resolve(struct casting *casting, struct expr *expr)
{
	struct target *target = expr->target;
	const struct expr *operand = target->operand;
	struct pointee pointee = autocast_pointee(casting, operand);
	struct diags *diags = casting->resolver->diags;

	if (!pointee.type) {
		diag_error(diags, operand->range, "what this points to is not known");
		diag_help(diags, "say it: @cast(..., \"struct type\")%s%s",
			  target->path.n && target->path.v[0].member ? "->" : "",
			  target->path.n && target->path.v[0].member ? target->path.v[0].member
								     : "");
		return false;
	}
	for (struct pointee *origin = pointee.origin; origin; origin = origin->origin)
		origin->used = true;
	target->kind = TARGET_CAST;
	target->type_name = pointee.type;
	target->module = pointee.module;
	return true;
}
