/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Locks: which handlers take which globals' locks.
 *
 * A global needs its lock when some handler that can run while others do reads it and writes it
 * in ways that do not commute. Updates whose value nobody looks at (c++, c += n, s <<< n, plain
 * stores) are atomic by themselves, and so is a single update whose value is used. An array whose
 * elements are only reached by tid() needs none: no two handlers meet at one element. A string
 * that is not an element is written byte by byte: with a writer in the kernel, its readers lock
 * too. begin, end and error handlers run alone and take no locks.
 *
 * What handlers of the kernel only add to, and the tracer reads, is spread: each processor has a
 * cell of its own, and none waits for another's.
 */
#include <string.h>

#include "compiler/semantic/passes.h"

/* How one handler uses one global. */
struct access_summary {
	unsigned reads;
	unsigned updates; /* ++ += <<<: atomic, value not used */
	unsigned update_reads; /* the same, value used */
	unsigned stores;
	unsigned deletes;
	unsigned tid_keys; /* bit i: key i is tid() in all element accesses so far */
	bool whole;        /* iterated or deleted as a whole */
	bool touched;
};

struct locking {
	struct resolver *resolver;
	struct access_summary *globals; /* of the handler at hand */
	bool *seen;                     /* functions */
	struct {
		VEC(const struct symbol *);
	} tids; /* locals that only ever hold tid() */
};

static void lock_body(struct locking *locking, struct stmt *body);
static void lock_expr(struct locking *locking, struct expr *expr, bool value_used);

/* ---- tid() ------------------------------------------------------------------------------------ */

static bool is_tid_call(const struct expr *expr)
{
	const char *name;

	if (expr->kind != EXPR_CALL || !expr->call.n_candidates)
		return false;
	name = expr->call.candidates[0]->intrinsic;
	return name && !strcmp(name, "fn_tid");
}

struct tid_search {
	const struct symbol *symbol;
	bool assigned, other;
};

static bool is_symbol(const struct expr *expr, const struct symbol *symbol)
{
	return expr && expr->kind == EXPR_NAME && expr->name.symbol == symbol;
}

static void search_expr(struct expr **place, void *data)
{
	struct tid_search *search = data;
	const struct expr *expr = *place;

	if (expr->kind == EXPR_CREMENT && is_symbol(expr->crement.operand, search->symbol))
		search->other = true;
	if (expr->kind != EXPR_ASSIGN || !is_symbol(expr->assign.left, search->symbol))
		return;
	if (expr->assign.op == ASSIGN_SET && is_tid_call(expr->assign.right))
		search->assigned = true;
	else
		search->other = true;
}

static void search_stmt(struct stmt **place, void *data)
{
	struct tid_search *search = data;
	const struct foreach_stmt *foreach;

	if ((*place)->kind == STMT_DELETE)
		search->other |= is_symbol((*place)->expr, search->symbol);
	if ((*place)->kind != STMT_FOREACH)
		return;
	foreach = (*place)->foreach;
	search->other |= is_symbol(foreach->value, search->symbol);
	for (unsigned i = 0; i < foreach->keys.n; i++)
		search->other |= is_symbol(foreach->keys.v[i], search->symbol);
}

static void find_tid_locals(struct locking *locking, struct symbol *const *locals, unsigned n,
			    struct stmt *body)
{
	for (unsigned i = 0; i < n; i++) {
		struct tid_search search = { .symbol = locals[i] };
		struct walk walk = { .stmt = search_stmt, .expr = search_expr, .data = &search };

		if (locals[i]->type != TYPE_LONG)
			continue;
		walk_stmt(&walk, &body);
		if (search.assigned && !search.other)
			VEC_PUSH(locking->resolver->arena, &locking->tids, locals[i]);
	}
}

static bool is_tid(const struct locking *locking, const struct expr *key)
{
	if (!key)
		return false;
	if (is_tid_call(key))
		return true;
	for (unsigned i = 0; i < locking->tids.n; i++)
		if (is_symbol(key, locking->tids.v[i]))
			return true;
	return false;
}

/* ---- summaries ------------------------------------------------------------------------------------ */

static struct symbol *global_of(const struct expr *expr)
{
	if (expr->kind == EXPR_INDEX)
		expr = expr->index.array;
	return expr->kind == EXPR_NAME && expr->name.symbol &&
			       expr->name.symbol->scope == SYMBOL_GLOBAL ?
		       expr->name.symbol :
		       NULL;
}

/* The summary of a place's global, with its keys taken into account; NULL: not a global. */
static struct access_summary *touch(struct locking *locking, struct expr *place,
				    const struct expr_vec *keys)
{
	struct symbol *symbol = global_of(place);
	struct access_summary *summary;
	unsigned tid_keys = 0;

	if (place->kind == EXPR_INDEX)
		keys = &place->index.keys;
	for (unsigned i = 0; keys && i < keys->n; i++) {
		if (!keys->v[i])
			continue;
		lock_expr(locking, keys->v[i], true);
		if (is_tid(locking, keys->v[i]))
			tid_keys |= 1u << i;
	}
	if (!symbol)
		return NULL;
	summary = &locking->globals[symbol->index];
	if (!summary->touched)
		summary->tid_keys = ~0u;
	summary->touched = true;
	if (keys)
		summary->tid_keys &= tid_keys;
	summary->whole |= symbol->is_array && !keys;
	return summary;
}

static void lock_child(struct expr **place, void *data)
{
	lock_expr(data, *place, true);
}

static void lock_assign(struct locking *locking, struct expr *expr, bool value_used)
{
	struct access_summary *summary;
	bool update = expr->assign.op != ASSIGN_SET;

	lock_expr(locking, expr->assign.right, true);
	if (!global_of(expr->assign.left) && expr->assign.left->kind != EXPR_INDEX) {
		lock_expr(locking, expr->assign.left, true);
		return;
	}
	summary = touch(locking, expr->assign.left, NULL);
	if (!summary)
		return;
	if (!update) {
		summary->stores++;
	} else if (expr->assign.op == ASSIGN_STAT ||
		   expr->assign.binary == BINARY_ADD || expr->assign.binary == BINARY_SUB) {
		summary->updates += !value_used;
		summary->update_reads += value_used;
	} else {
		summary->reads++;
		summary->stores++;
	}
}

static void lock_crement(struct locking *locking, struct expr *expr, bool value_used)
{
	struct access_summary *summary = touch(locking, expr->crement.operand, NULL);

	if (!summary)
		return;
	summary->updates += !value_used;
	summary->update_reads += value_used;
}

static void lock_call(struct locking *locking, struct expr *expr)
{
	for (unsigned i = 0; i < expr->call.n_candidates; i++) {
		struct function *function = expr->call.candidates[i];

		if (locking->seen[function->index] || !function->body)
			continue;
		locking->seen[function->index] = true;
		find_tid_locals(locking, function->locals.v, function->locals.n, function->body);
		lock_body(locking, function->body);
	}
}

static void lock_expr(struct locking *locking, struct expr *expr, bool value_used)
{
	struct access_summary *summary;

	switch (expr->kind) {
	case EXPR_NAME:
	case EXPR_INDEX:
		summary = touch(locking, expr, NULL);
		if (summary)
			summary->reads++;
		return;
	case EXPR_IN:
		summary = touch(locking, expr->in.array, &expr->in.keys);
		if (summary)
			summary->reads++;
		return;
	case EXPR_ASSIGN:
		lock_assign(locking, expr, value_used);
		return;
	case EXPR_CREMENT:
		lock_crement(locking, expr, value_used);
		return;
	case EXPR_CALL:
		lock_call(locking, expr);
		break;
	default:
		break;
	}
	expr_each_child(expr, lock_child, locking);
}

static void lock_delete(struct locking *locking, struct expr *expr)
{
	struct access_summary *summary = touch(locking, expr, NULL);

	if (summary)
		summary->deletes++;
}

static void lock_stmt(struct stmt **place, void *data)
{
	struct locking *locking = data;
	struct stmt *stmt = *place;

	switch (stmt->kind) {
	case STMT_EXPR:
		lock_expr(locking, stmt->expr, false);
		break;
	case STMT_FOR:
	case STMT_WHILE:
		if (stmt->loop.init)
			lock_expr(locking, stmt->loop.init, false);
		if (stmt->loop.condition)
			lock_expr(locking, stmt->loop.condition, true);
		if (stmt->loop.step)
			lock_expr(locking, stmt->loop.step, false);
		break;
	case STMT_DELETE:
		lock_delete(locking, stmt->expr);
		break;
	default:
		stmt_each_expr(stmt, lock_child, locking);
		break;
	}
	stmt_each_child(stmt, lock_stmt, locking);
}

static void lock_body(struct locking *locking, struct stmt *body)
{
	lock_stmt(&body, locking);
}

/* ---- deciding ---------------------------------------------------------------------------------------- */

static bool runs_alone(const struct probe *probe)
{
	for (unsigned i = 0; i < probe->sites.n; i++) {
		enum attach_kind kind = probe->sites.v[i].kind;

		if (kind != ATTACH_BEGIN && kind != ATTACH_END && kind != ATTACH_ERROR &&
		    kind != ATTACH_RUNNING)
			return false;
	}
	return true;
}

static bool writes(const struct access_summary *summary)
{
	return summary->updates || summary->update_reads || summary->stores || summary->deletes;
}

static bool reads(const struct access_summary *summary)
{
	return summary->reads || summary->update_reads;
}

/* Reads and writes that another handler must not come between. */
static bool needs_lock(const struct access_summary *summary)
{
	bool single = !summary->reads && !summary->updates && !summary->stores &&
		      !summary->deletes && summary->update_reads == 1;

	return reads(summary) && writes(summary) && !single;
}

static bool is_scalar_string(const struct symbol *symbol)
{
	return symbol->type == TYPE_STRING && !symbol->is_array;
}

struct decision {
	struct program *program;
	bool live; /* handlers of other programs run, too */
	struct access_summary **probes; /* NULL for those that run alone */
	struct access_summary **all, *conditions;
};

/* All that concurrent handlers do with the global is by one key that is tid(). */
static bool by_thread(const struct decision *decision, unsigned global)
{
	unsigned keys = ~0u;

	for (unsigned i = 0; i < decision->program->probes.n; i++) {
		const struct access_summary *summaries = decision->probes[i];

		if (!summaries || !summaries[global].touched)
			continue;
		if (summaries[global].whole && writes(&summaries[global]))
			return false;
		keys &= summaries[global].tid_keys;
	}
	return keys != 0;
}

static void decide_global(struct decision *decision, struct symbol *symbol)
{
	bool needed = symbol->locked; /* known from other programs of a live session */
	bool string_written = decision->live && is_scalar_string(symbol);

	for (unsigned i = 0; i < decision->program->probes.n; i++) {
		const struct access_summary *summary;

		if (!decision->probes[i])
			continue;
		summary = &decision->probes[i][symbol->index];
		needed |= needs_lock(summary);
		string_written |= is_scalar_string(symbol) && writes(summary);
	}
	if (symbol->is_array && needed && by_thread(decision, symbol->index))
		needed = false;
	if (!needed && !string_written)
		return;
	for (unsigned i = 0; i < decision->program->probes.n; i++) {
		struct probe *probe = decision->program->probes.v[i];
		const struct access_summary *summary;

		if (!decision->probes[i])
			continue;
		summary = &decision->probes[i][symbol->index];
		if (!writes(summary) && !(string_written && summary->touched))
			continue;
		VEC_PUSH(decision->program->arena, &probe->locks, symbol);
		symbol->locked = true;
	}
}

static bool only_adds(const struct access_summary *summary)
{
	return !summary->reads && !summary->update_reads && !summary->stores && !summary->deletes;
}

static void decide_spread(struct decision *decision, struct symbol *symbol)
{
	unsigned i = symbol->index;
	bool added_to = false;

	if (symbol->is_array || symbol->locked || decision->live || symbol->type == TYPE_STRING ||
	    decision->conditions[i].touched)
		return;
	for (unsigned p = 0; p < decision->program->probes.n; p++) {
		const struct access_summary *summary = &decision->all[p][i];

		if (decision->program->probes.v[p]->home == HOME_KERNEL) {
			if (!only_adds(summary))
				return;
			added_to |= summary->updates != 0;
		} else if (decision->probes[p] &&
			   (summary->update_reads || summary->stores || summary->deletes)) {
			return;
		}
	}
	symbol->spread = added_to;
}

static struct access_summary *summaries_new(struct resolver *resolver)
{
	return ARENA_ARRAY(resolver->arena, struct access_summary, resolver->program->globals.n + 1);
}

void locks_assign(struct resolver *resolver)
{
	struct program *program = resolver->program;
	struct decision decision = { .program = program, .live = resolver->options->live };

	decision.probes =
		ARENA_ARRAY(resolver->arena, struct access_summary *, program->probes.n + 1);
	decision.all = ARENA_ARRAY(resolver->arena, struct access_summary *, program->probes.n + 1);
	decision.conditions = summaries_new(resolver);
	for (unsigned i = 0; i < program->probes.n; i++) {
		struct probe *probe = program->probes.v[i];
		struct locking locking = { .resolver = resolver };

		locking.globals = decision.all[i] = summaries_new(resolver);
		locking.seen = ARENA_ARRAY(resolver->arena, bool, program->functions.n + 1);
		find_tid_locals(&locking, probe->locals.v, probe->locals.n, probe->body);
		lock_body(&locking, probe->body);
		if (decision.live || !runs_alone(probe))
			decision.probes[i] = locking.globals;
		if (!probe->condition)
			continue;
		locking.globals = decision.conditions;
		locking.seen = ARENA_ARRAY(resolver->arena, bool, program->functions.n + 1);
		lock_expr(&locking, probe->condition, true);
	}
	for (unsigned i = 0; i < program->globals.n; i++) {
		decide_global(&decision, program->globals.v[i]);
		decide_spread(&decision, program->globals.v[i]);
	}
}
