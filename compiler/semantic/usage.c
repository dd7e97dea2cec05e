/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How symbols are used by what is kept of the script: read, written, deleted, from which home,
 * and which statistics are asked for. Also which probes read user memory.
 */
#include <string.h>

#include "compiler/semantic/passes.h"

enum { MAX_BUCKETS = 10000 };

struct usage {
	struct resolver *resolver;
	bool *seen;      /* functions, by index */
	enum home home;
	struct probe *probe;
	bool value_used; /* of the statement's outermost expression */
};

static void use_body(struct usage *usage, struct stmt *body);
static void use_expr(struct usage *usage, struct expr *expr, bool value_used);

static struct symbol *symbol_of(const struct expr *expr)
{
	if (expr->kind == EXPR_INDEX)
		expr = expr->index.array;
	return expr->kind == EXPR_NAME ? expr->name.symbol : NULL;
}

static void write_to(struct usage *usage, struct symbol *symbol)
{
	symbol->written = true;
	if (usage->home == HOME_KERNEL)
		symbol->kernel_written = true;
	else
		symbol->tracer_written = true;
}

/* The keys and the rest of a place that is written, without the place itself. */
static void use_place(struct usage *usage, struct expr *left, bool read)
{
	struct symbol *symbol = symbol_of(left);

	if (!symbol) {
		use_expr(usage, left, true);
		return;
	}
	if (left->kind == EXPR_INDEX)
		for (unsigned i = 0; i < left->index.keys.n; i++)
			if (left->index.keys.v[i])
				use_expr(usage, left->index.keys.v[i], true);
	write_to(usage, symbol);
	symbol->read |= read;
}

static void report_histogram(struct usage *usage, const struct expr *expr,
			     const struct symbol *symbol)
{
	diag_error(usage->resolver->diags, expr->range,
		   "'%s' already has a linear histogram with other parameters (%lld, %lld, %lld)",
		   symbol->name, (long long)symbol->hist_low, (long long)symbol->hist_high,
		   (long long)symbol->hist_width);
}

static void ask_linear(struct usage *usage, const struct expr *expr, struct symbol *symbol)
{
	const int64_t *parameter = expr->stat->parameter;

	if (parameter[2] <= 0 || parameter[1] < parameter[0])
		return; /* the parser has said so */
	if (((uint64_t)parameter[1] - (uint64_t)parameter[0]) / (uint64_t)parameter[2] >
	    MAX_BUCKETS) {
		diag_error(usage->resolver->diags, expr->range,
			   "a linear histogram has at most %d buckets", MAX_BUCKETS);
		return;
	}
	if (!(symbol->stat_ops & 1u << STAT_HIST_LINEAR)) {
		symbol->hist_low = parameter[0];
		symbol->hist_high = parameter[1];
		symbol->hist_width = parameter[2];
	} else if (symbol->hist_low != parameter[0] || symbol->hist_high != parameter[1] ||
		   symbol->hist_width != parameter[2]) {
		report_histogram(usage, expr, symbol);
	}
}

/* An aggregate keeps the buckets of one histogram. */
static void check_one_kind(struct usage *usage, const struct expr *expr, struct symbol *symbol)
{
	const unsigned log = 1u << STAT_HIST_LOG, linear = 1u << STAT_HIST_LINEAR;
	unsigned asked = symbol->stat_ops | 1u << expr->stat->op;

	if (!(asked & log) || !(asked & linear) || symbol->stat_ops == asked)
		return;
	diag_error(usage->resolver->diags, expr->range,
		   "'%s' has a %s histogram already, and an aggregate has one", symbol->name,
		   expr->stat->op == STAT_HIST_LOG ? "linear" : "logarithmic");
	diag_help(usage->resolver->diags, "add the values to a second aggregate, too");
}

static void use_stat(struct usage *usage, struct expr *expr)
{
	struct symbol *symbol = symbol_of(expr->stat->operand);

	if (!symbol)
		return;
	check_one_kind(usage, expr, symbol);
	if (expr->stat->op == STAT_HIST_LINEAR)
		ask_linear(usage, expr, symbol);
	if (expr->stat->op == STAT_VARIANCE && expr->stat->parameters &&
	    (uint64_t)expr->stat->parameter[0] > symbol->variance_shift)
		symbol->variance_shift = (unsigned)expr->stat->parameter[0] & 63;
	symbol->stat_ops |= 1u << expr->stat->op;
	symbol->read = true;
}

/* Only handlers of uprobes can wait for a page: those of watchpoints are not in user space's code. */
static void read_user_memory(struct usage *usage)
{
	if (usage->probe && usage->probe->user && usage->probe->context == CONTEXT_PT_REGS)
		usage->probe->sleepable = true;
}

static void use_call(struct usage *usage, struct expr *expr)
{
	for (unsigned i = 0; i < expr->call.n_candidates; i++) {
		struct function *function = expr->call.candidates[i];

		if (usage->seen[function->index])
			continue;
		usage->seen[function->index] = true;
		if (function->intrinsic && (!strncmp(function->intrinsic, "fn_user_", 8) ||
					    !strncmp(function->intrinsic, "fn_set_user_", 12)))
			read_user_memory(usage);
		if (function->body)
			use_body(usage, function->body);
	}
}

static void use_child(struct expr **place, void *data)
{
	use_expr(data, *place, true);
}

static void use_expr(struct usage *usage, struct expr *expr, bool value_used)
{
	switch (expr->kind) {
	case EXPR_NAME:
		if (expr->name.symbol)
			expr->name.symbol->read = true;
		return;
	case EXPR_ASSIGN:
		if (expr->assign.op == ASSIGN_SET && symbol_of(expr->assign.left))
			symbol_of(expr->assign.left)->assigned = true;
		use_place(usage, expr->assign.left, value_used && expr->assign.op == ASSIGN_BINARY);
		use_expr(usage, expr->assign.right, true);
		return;
	case EXPR_CREMENT:
		use_place(usage, expr->crement.operand, value_used);
		return;
	case EXPR_CALL:
		use_call(usage, expr);
		break;
	case EXPR_STAT:
		use_stat(usage, expr);
		break;
	case EXPR_TARGET:
		if (expr->target->access && expr->target->access->reads_user)
			read_user_memory(usage);
		break;
	default:
		break;
	}
	expr_each_child(expr, use_child, usage);
}

static void use_foreach(struct usage *usage, struct foreach_stmt *foreach)
{
	struct symbol *array = symbol_of(foreach->array);

	for (unsigned i = 0; i < foreach->keys.n; i++)
		if (symbol_of(foreach->keys.v[i])) {
			write_to(usage, symbol_of(foreach->keys.v[i]));
			/* A loop that only counts leaves them unread, and can not do without. */
			symbol_of(foreach->keys.v[i])->read = true;
		}
	if (foreach->value && symbol_of(foreach->value))
		write_to(usage, symbol_of(foreach->value));
	for (unsigned i = 0; i < foreach->slice.n; i++)
		if (foreach->slice.v[i])
			use_expr(usage, foreach->slice.v[i], true);
	if (foreach->limit)
		use_expr(usage, foreach->limit, true);
	use_expr(usage, foreach->array, true);
	if (array && array->type == TYPE_STATS && foreach->sort == SORT_VALUE)
		array->stat_ops |= 1u << (foreach->has_sort_stat ? foreach->sort_stat : STAT_COUNT);
}

static void use_delete(struct usage *usage, struct expr *expr)
{
	struct symbol *symbol = symbol_of(expr);

	use_place(usage, expr, false);
	if (symbol)
		symbol->deleted = true;
}

static void use_stmt(struct stmt **place, void *data)
{
	struct usage *usage = data;
	struct stmt *stmt = *place;

	switch (stmt->kind) {
	case STMT_EXPR:
		use_expr(usage, stmt->expr, false);
		break;
	case STMT_FOR:
	case STMT_WHILE:
		if (stmt->loop.init)
			use_expr(usage, stmt->loop.init, false);
		if (stmt->loop.condition)
			use_expr(usage, stmt->loop.condition, true);
		if (stmt->loop.step)
			use_expr(usage, stmt->loop.step, false);
		break;
	case STMT_FOREACH:
		use_foreach(usage, stmt->foreach);
		break;
	case STMT_DELETE:
		use_delete(usage, stmt->expr);
		break;
	case STMT_TRY:
		if (stmt->try.message && symbol_of(stmt->try.message))
			write_to(usage, symbol_of(stmt->try.message));
		break;
	default:
		stmt_each_expr(stmt, use_child, usage);
		break;
	}
	stmt_each_child(stmt, use_stmt, usage);
}

static void use_body(struct usage *usage, struct stmt *body)
{
	use_stmt(&body, usage);
}

static void forget(struct symbol **symbols, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct symbol *symbol = symbols[i];

		symbol->read = symbol->written = symbol->deleted = symbol->assigned = false;
		symbol->kernel_written = symbol->tracer_written = false;
		symbol->stat_ops = 0;
	}
}

static void forget_all(struct program *program)
{
	forget(program->globals.v, program->globals.n);
	for (unsigned i = 0; i < program->probes.n; i++)
		forget(program->probes.v[i]->locals.v, program->probes.v[i]->locals.n);
	for (unsigned i = 0; i < program->functions.n; i++) {
		struct function *function = program->functions.v[i];

		function->index = i;
		forget(function->locals.v, function->locals.n);
		forget(function->parameters.v, function->parameters.n);
	}
}

void usage_collect(struct resolver *resolver)
{
	struct program *program = resolver->program;
	struct usage usage = { .resolver = resolver };

	forget_all(program);
	for (unsigned i = 0; i < program->probes.n; i++) {
		struct probe *probe = program->probes.v[i];

		usage.seen = ARENA_ARRAY(resolver->arena, bool, program->functions.n + 1);
		usage.probe = probe;
		usage.home = probe->home;
		use_body(&usage, probe->body);
		if (probe->condition)
			use_expr(&usage, probe->condition, true);
	}
	if (!resolver->options->keep_unused)
		return;
	usage.seen = ARENA_ARRAY(resolver->arena, bool, program->functions.n + 1);
	usage.probe = NULL;
	for (unsigned i = 0; i < program->functions.n; i++)
		if (program->functions.v[i]->body)
			use_body(&usage, program->functions.v[i]->body);
}
