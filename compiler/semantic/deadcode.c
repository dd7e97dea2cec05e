/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dead code: statements that can not be reached, expressions without effect, locals that are
 * written and never read, functions and globals that nothing uses. Says so where the user wrote
 * it; tapsets and what the compiler made are trimmed silently.
 */
#include "compiler/semantic/passes.h"

struct trimming {
	struct resolver *resolver;
	bool changed;
	bool effect; /* result of has_effect() */
};

static bool speaks(const struct trimming *trimming, struct range range)
{
	return range.source && !range.source->tapset && !trimming->resolver->options->keep_unused;
}

/* ---- effects --------------------------------------------------------------------------------- */

static bool is_plain(const struct expr *key)
{
	return key && (key->kind == EXPR_NAME || key->kind == EXPR_TARGET || key->kind == EXPR_NUMBER);
}

/* What a tapset keeps for another probe of it, which is not part of the program. */
static bool is_dead_global(const struct expr *expr)
{
	const struct expr *name = expr->kind == EXPR_INDEX ? expr->index.array : expr;
	const struct symbol *symbol = name->kind == EXPR_NAME ? name->name.symbol : NULL;

	for (unsigned i = 0; expr->kind == EXPR_INDEX && i < expr->index.keys.n; i++)
		if (!is_plain(expr->index.keys.v[i]))
			return false;
	return symbol && symbol->scope == SYMBOL_GLOBAL && !symbol->read && symbol->range.source &&
	       symbol->range.source->tapset;
}

static bool is_dead_place(const struct expr *expr)
{
	const struct symbol *symbol = expr->kind == EXPR_NAME ? expr->name.symbol : NULL;

	if (symbol && symbol->scope == SYMBOL_LOCAL)
		return !symbol->read;
	return is_dead_global(expr);
}

static bool is_global_place(const struct expr *expr)
{
	const struct symbol *symbol = expr->kind == EXPR_NAME ? expr->name.symbol : NULL;

	return !symbol || symbol->scope == SYMBOL_GLOBAL;
}

/* What an alias sets is for those who use it. */
static bool in_alias(const struct resolver *resolver, struct range range)
{
	for (unsigned f = 0; f < resolver->n_user_files; f++) {
		const struct script_file *file = resolver->files.v[f];

		for (unsigned i = 0; file->source == range.source && i < file->aliases.n; i++)
			if (file->aliases.v[i]->range.start <= range.start &&
			    range.end <= file->aliases.v[i]->range.end)
				return true;
	}
	return false;
}

static bool reads_memory(const struct target *target)
{
	const struct access *access = target->access;

	for (unsigned i = 0; access && i < access->steps.n; i++)
		if (access->steps.v[i].op == ACCESS_READ_USER ||
		    access->steps.v[i].op == ACCESS_READ_KERNEL)
			return true;
	return false;
}

static bool may_raise(const struct expr *expr)
{
	if (expr->kind == EXPR_TARGET)
		return reads_memory(expr->target);
	if (expr->kind == EXPR_STAT) /* of no values */
		return expr->stat->op != STAT_COUNT && expr->stat->op != STAT_SUM;
	if (expr->kind == EXPR_HIST_AT) /* of no such bucket */
		return true;
	if (expr->kind == EXPR_BINARY)
		return (expr->binary.op == BINARY_DIV || expr->binary.op == BINARY_MOD) &&
		       expr->binary.right->kind != EXPR_NUMBER;
	for (unsigned i = 0; expr->kind == EXPR_CALL && i < expr->call.n_candidates; i++)
		if (expr->call.candidates[i]->fallible)
			return true;
	return false;
}

/* An error that the user's own text may raise is to be raised, whoever wants the value. */
static bool raises(const struct trimming *trimming, const struct expr *expr)
{
	const struct source *source = expr->range.source;

	return source && !source->tapset && may_raise(expr) &&
	       !in_alias(trimming->resolver, expr->range);
}

static void look_for_effect(struct expr **place, void *data)
{
	struct trimming *trimming = data;
	const struct expr *expr = *place;

	switch (expr->kind) {
	case EXPR_ASSIGN:
	case EXPR_CREMENT:
	case EXPR_EMBEDDED:
		trimming->effect = true;
		break;
	case EXPR_PRINT:
		trimming->effect |= !expr->print->to_string;
		break;
	case EXPR_CALL:
		trimming->effect |= !expr->call.n_candidates;
		for (unsigned i = 0; i < expr->call.n_candidates; i++)
			trimming->effect |= !expr->call.candidates[i]->pure;
		trimming->effect |= raises(trimming, expr);
		break;
	case EXPR_BINARY:
	case EXPR_TARGET:
	case EXPR_STAT:
	case EXPR_HIST_AT:
		trimming->effect |= raises(trimming, expr);
		break;
	case EXPR_REGEX: /* matched() may be asked for it */
		trimming->effect = true;
		break;
	default:
		break;
	}
}

static bool has_effect(struct trimming *trimming, struct expr *expr)
{
	struct walk walk = { .expr = look_for_effect, .data = trimming };

	trimming->effect = false;
	walk_expr(&walk, &expr);
	return trimming->effect;
}

/* ---- pure functions ------------------------------------------------------------------------------ */

static void look_for_outside_effect(struct expr **place, void *data)
{
	struct trimming *trimming = data;
	const struct expr *expr = *place;

	if (expr->kind == EXPR_ASSIGN)
		trimming->effect |= is_global_place(expr->assign.left);
	else if (expr->kind == EXPR_CREMENT)
		trimming->effect |= is_global_place(expr->crement.operand);
	else
		look_for_effect(place, data);
}

static void look_for_outside_statement(struct stmt **place, void *data)
{
	struct trimming *trimming = data;

	trimming->effect |= (*place)->kind == STMT_DELETE || (*place)->kind == STMT_EMBEDDED ||
			    (*place)->kind == STMT_NEXT;
}

static bool is_pure(struct trimming *trimming, struct function *function)
{
	struct walk walk = { .stmt = look_for_outside_statement,
			     .expr = look_for_outside_effect,
			     .data = trimming };

	trimming->effect = false;
	walk_stmt(&walk, &function->body);
	return !trimming->effect;
}

static void look_for_error(struct expr **place, void *data)
{
	bool *fallible = data;

	*fallible |= may_raise(*place);
}

static bool is_fallible(struct function *function)
{
	bool fallible = false;
	struct walk walk = { .expr = look_for_error, .data = &fallible };

	walk_stmt(&walk, &function->body);
	return fallible;
}

/* Callees stand before their callers, so that one turn does, but for cycles: those are not pure. */
static void find_pure_functions(struct trimming *trimming)
{
	struct program *program = trimming->resolver->program;

	for (unsigned i = 0; i < program->functions.n; i++) {
		struct function *function = program->functions.v[i];

		if (!function->body)
			continue;
		function->pure = is_pure(trimming, function);
		function->fallible = is_fallible(function);
	}
}

/* ---- unread places ---------------------------------------------------------------------------------- */

/* Assignments to dead places, inside of expressions: what was assigned. */
static void trim_expr(struct expr **place, void *data)
{
	struct trimming *trimming = data;
	struct expr *expr = *place;

	if (expr->kind == EXPR_ASSIGN && is_dead_place(expr->assign.left) &&
	    (expr->assign.op == ASSIGN_SET || expr->type != TYPE_STRING)) {
		*place = expr->assign.right;
		trimming->changed = true;
	}
}

static struct stmt *nothing(struct trimming *trimming, struct range range)
{
	return stmt_new(trimming->resolver->arena, STMT_EMPTY, range);
}

static bool is_dead_write(const struct expr *expr)
{
	if (expr->kind == EXPR_ASSIGN)
		return is_dead_place(expr->assign.left);
	return expr->kind == EXPR_CREMENT && is_dead_place(expr->crement.operand);
}

static void warn_useless(struct trimming *trimming, const struct expr *expr)
{
	const struct expr *inner = expr;

	if (!speaks(trimming, expr->range) || expr->kind == EXPR_NUMBER)
		return;
	if (inner->kind == EXPR_ASSIGN || inner->kind == EXPR_CREMENT)
		return;
	if (expr->kind == EXPR_NAME && expr->name.symbol->scope == SYMBOL_LOCAL &&
	    !expr->name.symbol->written)
		return; /* that it is never set is said */
	diag_warning(trimming->resolver->diags, expr->range, "this statement has no effect");
}

static void trim_statement(struct trimming *trimming, struct stmt **place)
{
	struct stmt *stmt = *place;
	bool dead = is_dead_write(stmt->expr);

	if (dead && stmt->expr->kind == EXPR_ASSIGN) {
		stmt->expr = stmt->expr->assign.right;
		trimming->changed = true;
	} else if (dead) {
		*place = nothing(trimming, stmt->range);
		trimming->changed = true;
		return;
	}
	if (has_effect(trimming, stmt->expr))
		return;
	if (!dead)
		warn_useless(trimming, stmt->expr);
	*place = nothing(trimming, stmt->range);
	trimming->changed = true;
}

static void trim_optional(struct trimming *trimming, struct expr **place)
{
	const struct walk walk = { .expr = trim_expr, .data = trimming };

	if (*place)
		walk_expr(&walk, place);
	if (*place && !has_effect(trimming, *place))
		*place = NULL;
}

/* ---- unreachable statements ---------------------------------------------------------------------------- */

static bool leaves(const struct stmt *stmt)
{
	switch (stmt->kind) {
	case STMT_RETURN:
	case STMT_BREAK:
	case STMT_CONTINUE:
	case STMT_NEXT:
		return true;
	case STMT_BLOCK:
		return stmt->block.n && leaves(stmt->block.v[stmt->block.n - 1]);
	case STMT_IF:
		return stmt->branch.otherwise && leaves(stmt->branch.then) &&
		       leaves(stmt->branch.otherwise);
	default:
		return false;
	}
}

static void trim_block(struct trimming *trimming, struct stmt *block)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < block->block.n; i++) {
		struct stmt *stmt = block->block.v[i];

		if (stmt->kind == STMT_EMPTY)
			continue;
		if (kept && leaves(block->block.v[kept - 1])) {
			if (speaks(trimming, stmt->range))
				diag_warning(trimming->resolver->diags, stmt->range,
					     "this statement can not be reached");
			break;
		}
		block->block.v[kept++] = stmt;
	}
	block->block.n = kept;
}

static bool is_nothing(const struct stmt *stmt)
{
	return stmt->kind == STMT_EMPTY || (stmt->kind == STMT_BLOCK && !stmt->block.n);
}

/* An `if` with nothing to do is its condition. */
static void trim_if(struct trimming *trimming, struct stmt **place)
{
	struct stmt *stmt = *place;

	if (stmt->branch.otherwise && is_nothing(stmt->branch.otherwise))
		stmt->branch.otherwise = NULL;
	if (stmt->branch.otherwise || !is_nothing(stmt->branch.then))
		return;
	if (has_effect(trimming, stmt->branch.condition)) {
		struct expr *condition = stmt->branch.condition;

		stmt->kind = STMT_EXPR;
		stmt->expr = condition;
	} else {
		*place = nothing(trimming, stmt->range);
	}
	trimming->changed = true;
}

/* ---- the walk: what is below a statement first --------------------------------------------------------- */

static void trim_below(struct expr **place, void *data)
{
	const struct walk walk = { .expr = trim_expr, .data = data };

	walk_expr(&walk, place);
}

static void trim_stmt(struct stmt **place, void *data)
{
	struct trimming *trimming = data;
	struct stmt *stmt = *place;

	stmt_each_child(stmt, trim_stmt, trimming);
	if (stmt->kind == STMT_EXPR && stmt->expr->kind == EXPR_ASSIGN)
		trim_below(&stmt->expr->assign.right, trimming);
	else if (stmt->kind != STMT_FOR)
		stmt_each_expr(stmt, trim_below, trimming);
	switch (stmt->kind) {
	case STMT_EXPR:
		trim_statement(trimming, place);
		break;
	case STMT_BLOCK:
		trim_block(trimming, stmt);
		break;
	case STMT_IF:
		trim_if(trimming, place);
		break;
	case STMT_FOR:
		trim_optional(trimming, &stmt->loop.init);
		if (stmt->loop.condition)
			trim_below(&stmt->loop.condition, trimming);
		trim_optional(trimming, &stmt->loop.step);
		break;
	default:
		break;
	}
}

/* ---- globals and functions ------------------------------------------------------------------------------ */

static void warn_unused_functions(struct resolver *resolver)
{
	for (unsigned f = 0; f < resolver->n_user_files; f++) {
		const struct script_file *file = resolver->files.v[f];

		for (unsigned i = 0; i < file->functions.n; i++) {
			const struct function_decl *decl = file->functions.v[i];
			struct declared_function *at =
				name_map_get(&resolver->functions, decl->name);

			while (at && at->decl != decl)
				at = at->next;
			if (!at || (at->function && at->function->used))
				continue;
			diag_warning(resolver->diags, decl->name_range,
				     "function '%s' is never called", decl->name);
		}
	}
}

static void warn_unused_globals(struct resolver *resolver)
{
	for (unsigned f = 0; f < resolver->n_user_files; f++) {
		const struct script_file *file = resolver->files.v[f];

		for (unsigned i = 0; i < file->globals.n; i++) {
			const struct global_decl *decl = file->globals.v[i];
			struct declared_global *at = name_map_get(&resolver->globals, decl->name);

			while (at && at->decl != decl)
				at = at->next;
			if (!at || (at->symbol && (at->symbol->read || at->symbol->written)))
				continue;
			diag_warning(resolver->diags, decl->range, "global '%s' is never used",
				     decl->name);
		}
	}
}

static void offer_symbols(struct suggest *suggest, struct symbol *const *symbols, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (symbols[i]->written || symbols[i]->scope != SYMBOL_LOCAL)
			suggest_offer(suggest, symbols[i]->name);
}

static void offer_global(const char *name, void *value, void *data)
{
	(void)value;
	suggest_offer(data, name);
}

/*
 * In a live session what has no type yet may get one with the next input; and what is only set to
 * something that was reported is not reported, too.
 */
static void report_untyped(struct resolver *resolver, struct range range, const char *name)
{
	if (!resolver->options->live && !resolver->diags->errors && range.source &&
	    !range.source->tapset)
		diag_error(resolver->diags, range, "nothing says whether '%s' is a number or a string",
			   name);
}

/* An error when not even the type is known; else it is 0 or "", and that may be meant. */
static void tell_never_set(struct resolver *resolver, const struct symbol *symbol,
			   const char *format)
{
	bool error = symbol->untyped && !resolver->options->live;

	(error ? diag_error : diag_warning)(resolver->diags, symbol->range, format, symbol->name);
}

/* A local that is only written, or only read, in the user's text. */
static void warn_locals(struct resolver *resolver, const struct symbol_vec *locals,
			const struct symbol_vec *parameters)
{
	for (unsigned i = 0; i < locals->n; i++) {
		const struct symbol *symbol = locals->v[i];
		struct suggest suggest;

		if (!symbol->range.source || symbol->range.source->tapset)
			continue;
		if (symbol->read == symbol->written)
			continue;
		if (symbol->written && in_alias(resolver, symbol->range))
			continue;
		if (symbol->written) {
			diag_warning(resolver->diags, symbol->range,
				     "local variable '%s' is set, but never read", symbol->name);
			continue;
		}
		tell_never_set(resolver, symbol, "'%s' is read here, but never set");
		if (foreign_help(resolver->diags, symbol->name))
			continue;
		if (print_is_known(symbol->name) ||
		    name_map_get(&resolver->functions, symbol->name) ||
		    tapsets_know_function(resolver, symbol->name)) {
			diag_help(resolver->diags, "'%s()' calls the function", symbol->name);
			continue;
		}
		suggest_start(&suggest, symbol->name);
		offer_symbols(&suggest, locals->v, locals->n);
		name_map_each(&resolver->globals, offer_global, &suggest);
		if (parameters)
			offer_symbols(&suggest, parameters->v, parameters->n);
		suggest_help(&suggest, resolver->diags);
	}
}

static void report_untyped_of(struct resolver *resolver, struct symbol *const *symbols, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (symbols[i]->untyped && symbols[i]->read && symbols[i]->written)
			report_untyped(resolver, symbols[i]->range, symbols[i]->name);
}

static void report_untyped_symbols(struct resolver *resolver)
{
	struct program *program = resolver->program;

	for (unsigned i = 0; i < program->functions.n; i++)
		report_untyped_of(resolver, program->functions.v[i]->locals.v,
				  program->functions.v[i]->locals.n);
	for (unsigned i = 0; i < program->probes.n; i++)
		report_untyped_of(resolver, program->probes.v[i]->locals.v,
				  program->probes.v[i]->locals.n);
	report_untyped_of(resolver, program->globals.v, program->globals.n);
}

static void warn_symbols(struct resolver *resolver)
{
	struct program *program = resolver->program;

	for (unsigned i = 0; i < program->functions.n; i++)
		warn_locals(resolver, &program->functions.v[i]->locals,
			   &program->functions.v[i]->parameters);
	for (unsigned i = 0; i < program->probes.n; i++) {
		const struct probe *probe = program->probes.v[i];
		struct symbol_vec locals = { .v = probe->locals.v, .n = probe->locals.n };

		if (i && program->probes.v[i - 1]->range.start == probe->range.start &&
		    program->probes.v[i - 1]->range.source == probe->range.source)
			continue; /* another site of the same script text */
		warn_locals(resolver, &locals, NULL);
	}
	for (unsigned i = 0; i < program->globals.n; i++) {
		const struct symbol *symbol = program->globals.v[i];

		if (symbol->read && !symbol->written && !symbol->init && symbol->decl &&
		    symbol->range.source && !symbol->range.source->tapset)
			tell_never_set(resolver, symbol, "global '%s' is read, but never set");
	}
	report_untyped_symbols(resolver);
}

static void drop_unused_globals(struct program *program)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < program->globals.n; i++) {
		struct symbol *symbol = program->globals.v[i];

		if (!symbol->read && !symbol->written)
			continue;
		symbol->index = kept;
		program->globals.v[kept++] = symbol;
	}
	program->globals.n = kept;
}

/* ---- unused locals: renumbered, so that they cost nothing --------------------------------------------- */

static unsigned keep_locals(struct symbol **locals, unsigned n)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < n; i++) {
		if (!locals[i]->read && !locals[i]->written)
			continue;
		locals[i]->index = kept;
		locals[kept++] = locals[i];
	}
	return kept;
}

static void drop_unused_locals(struct program *program)
{
	for (unsigned i = 0; i < program->probes.n; i++)
		program->probes.v[i]->locals.n = keep_locals(program->probes.v[i]->locals.v,
							     program->probes.v[i]->locals.n);
	for (unsigned i = 0; i < program->functions.n; i++)
		program->functions.v[i]->locals.n =
			keep_locals(program->functions.v[i]->locals.v,
				    program->functions.v[i]->locals.n);
}

/* ---- the pass ----------------------------------------------------------------------------------------------- */

static void trim_program(struct trimming *trimming)
{
	struct program *program = trimming->resolver->program;

	for (unsigned i = 0; i < program->functions.n; i++)
		if (program->functions.v[i]->body)
			trim_stmt(&program->functions.v[i]->body, trimming);
	for (unsigned i = 0; i < program->probes.n; i++)
		trim_stmt(&program->probes.v[i]->body, trimming);
}

static bool does_nothing(struct trimming *trimming, struct stmt *stmt)
{
	switch (stmt->kind) {
	case STMT_EMPTY:
	case STMT_NEXT:
		return true;
	case STMT_BLOCK:
		for (unsigned i = 0; i < stmt->block.n; i++)
			if (!does_nothing(trimming, stmt->block.v[i]))
				return false;
		return true;
	case STMT_IF:
		return !has_effect(trimming, stmt->branch.condition) &&
		       does_nothing(trimming, stmt->branch.then) &&
		       (!stmt->branch.otherwise || does_nothing(trimming, stmt->branch.otherwise));
	default:
		return false;
	}
}

/* Probes that a family has made for a variable that nothing asks for. */
static void drop_useless_probes(struct trimming *trimming)
{
	struct program *program = trimming->resolver->program;

	for (unsigned i = 0; i < program->probes.n; i++) {
		struct probe *probe = program->probes.v[i];

		if (probe->prologue_only && does_nothing(trimming, probe->body))
			probe->sites.n = 0;
	}
}

void deadcode_remove(struct resolver *resolver)
{
	struct trimming trimming = { .resolver = resolver };

	if (!callgraph_order(resolver))
		return;
	homes_choose(resolver);
	usage_collect(resolver);
	if (resolver->options->keep_unused || resolver->diags->errors)
		return;
	warn_symbols(resolver);
	do {
		trimming.changed = false;
		find_pure_functions(&trimming);
		trim_program(&trimming);
		callgraph_order(resolver);
		usage_collect(resolver);
	} while (trimming.changed);
	drop_useless_probes(&trimming);
	warn_unused_functions(resolver);
	warn_unused_globals(resolver);
	drop_unused_globals(resolver->program);
	if (!resolver->options->listing) /* which tells what an alias sets */
		drop_unused_locals(resolver->program);
}
