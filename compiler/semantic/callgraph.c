/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The graph of calls: keeps the functions that probes reach, callees before their callers, and
 * finds those that are part of a cycle (Tarjan's strongly connected components).
 */
#include "compiler/semantic/passes.h"

enum { MAX_CALL_DEPTH = 2000 }; /* of different functions: the passes recurse as deep */

struct node {
	unsigned number, low; /* number: 0 when not visited yet */
	bool on_stack;
};

struct graph {
	struct resolver *resolver;
	struct node *nodes; /* by the old function->index */
	unsigned counter, depth;
	bool too_deep;
	struct {
		VEC(struct function *);
	} stack, order;
	struct function *caller; /* NULL: a probe */
};

static void visit(struct graph *graph, struct function *function);

static void visit_call(struct expr **place, void *data)
{
	struct graph *graph = data;
	struct expr *expr = *place;

	if (expr->kind != EXPR_CALL)
		return;
	for (unsigned i = 0; i < expr->call.n_candidates; i++) {
		struct function *callee = expr->call.candidates[i], *caller = graph->caller;
		struct node *to = &graph->nodes[callee->index];

		if (!to->number)
			visit(graph, callee);
		graph->caller = caller;
		if (!caller)
			continue;
		caller->recursive |= callee == caller;
		if (to->on_stack && to->low < graph->nodes[caller->index].low)
			graph->nodes[caller->index].low = to->low;
	}
}

static void visit_next(struct stmt **place, void *data)
{
	struct graph *graph = data;

	graph->caller->uses_next |= (*place)->kind == STMT_NEXT;
}

static void pop_component(struct graph *graph, struct function *root)
{
	unsigned from = graph->stack.n;

	do
		from--;
	while (graph->stack.v[from] != root);
	for (unsigned i = from; i < graph->stack.n; i++) {
		struct function *function = graph->stack.v[i];

		function->recursive |= graph->stack.n - from > 1;
		graph->nodes[function->index].on_stack = false;
		VEC_PUSH(graph->resolver->arena, &graph->order, function);
	}
	graph->stack.n = from;
}

static void report_depth(struct graph *graph, const struct function *function)
{
	if (!graph->too_deep)
		diag_error(graph->resolver->diags, function->decl->name_range,
			   "functions call each other too deeply: at most %d levels are possible",
			   MAX_CALL_DEPTH);
	graph->too_deep = true;
}

static void visit(struct graph *graph, struct function *function)
{
	struct node *node = &graph->nodes[function->index];
	struct walk walk = { .stmt = visit_next, .expr = visit_call, .data = graph };

	node->number = node->low = ++graph->counter;
	node->on_stack = true;
	function->used = true;
	VEC_PUSH(graph->resolver->arena, &graph->stack, function);
	graph->caller = function;
	if (++graph->depth > MAX_CALL_DEPTH)
		report_depth(graph, function);
	else if (function->body)
		walk_stmt(&walk, &function->body);
	graph->depth--;
	if (node->low == node->number)
		pop_component(graph, function);
}

bool callgraph_order(struct resolver *resolver)
{
	struct program *program = resolver->program;
	struct graph graph = { .resolver = resolver };
	struct walk walk = { .expr = visit_call, .data = &graph };

	graph.nodes = ARENA_ARRAY(resolver->arena, struct node, program->functions.n + 1);
	for (unsigned i = 0; i < program->functions.n; i++) {
		program->functions.v[i]->index = i;
		program->functions.v[i]->used = program->functions.v[i]->recursive = false;
	}
	for (unsigned i = 0; i < program->probes.n; i++) {
		graph.caller = NULL;
		walk_stmt(&walk, &program->probes.v[i]->body);
		if (program->probes.v[i]->condition)
			walk_expr(&walk, &program->probes.v[i]->condition);
	}
	for (unsigned i = 0; resolver->options->keep_unused && i < program->functions.n; i++)
		if (!graph.nodes[i].number)
			visit(&graph, program->functions.v[i]);
	program->functions.v = (void *)graph.order.v;
	program->functions.n = graph.order.n;
	program->functions.capacity = graph.order.capacity;
	for (unsigned i = 0; i < program->functions.n; i++)
		program->functions.v[i]->index = i;
	return !graph.too_deep;
}
