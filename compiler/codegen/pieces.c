// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Long bodies in pieces. A BPF branch reaches 32 767 instructions, and an LLVM function of tens
 * of thousands of statements takes forever: a resumable function whose blocks are long has them
 * cut into functions of their own, which the driver runs one after another like any state.
 *
 * Only blocks outside of loops and `try` are cut, since a piece's only ways out are its end and
 * the end of the whole function.
 */
#include "compiler/codegen/gen.h"

enum { PIECE_WEIGHT = 500 }; /* nodes of the tree in one function */

struct weight {
	unsigned nodes;
};

static bool weigh_expr(struct ast_visitor *visitor, struct expr **place)
{
	struct weight *weight = visitor->data;

	(void)place;
	weight->nodes++;
	return true;
}

static bool weigh_stmt(struct ast_visitor *visitor, struct stmt **place)
{
	struct weight *weight = visitor->data;

	(void)place;
	weight->nodes++;
	return true;
}

static unsigned weight_of(const struct stmt *stmt)
{
	struct weight weight = {0};
	struct ast_visitor visitor = {weigh_expr, weigh_stmt, &weight};
	struct stmt *place = (struct stmt *)stmt;

	if (stmt)
		ast_visit_stmt(&visitor, &place);
	return weight.nodes;
}

bool stmt_is_long(const struct stmt *stmt)
{
	return weight_of(stmt) > PIECE_WEIGHT;
}

/* ---- one piece ---- */

static struct fn piece_begin(struct fn *fn)
{
	struct gen *gen = fn->gen;
	struct fn piece = *fn;
	struct piece entry = {.id = piece_id(gen), .probe = fn->probe, .script = fn->script};

	piece.function = function_add(gen, arena_printf(gen->arena, "p%u", entry.id),
				      segment_type(gen));
	entry.function = piece.function;
	VEC_PUSH(gen->arena, &gen->pieces, entry);
	piece.function_id = entry.id;
	piece.states = 0;
	piece.key_buffer = piece.word = NULL;
	piece.entry = block_new(&piece, "entry");
	piece.exit = piece.error = block_new(&piece, "exit");
	piece.di_scope = module_describe_function(gen, piece.function, "piece", fn->range, true);
	block_enter(&piece, piece.entry);
	module_set_position(&piece, fn->range);
	segment_start(&piece);
	return piece;
}

static void piece_end(struct fn *fn, struct fn *piece, unsigned after)
{
	state_goto(piece, after);
	block_enter(piece, piece->exit);
	if (piece->script)
		resumable_return(piece);
	else
		state_finish(piece);
	fn->most = piece->most;
	fn->size_function = piece->size_function;
}

static void piece_generate(struct fn *fn, struct stmt *const *stmts, unsigned n)
{
	LLVMBasicBlockRef resume;
	struct fn piece;
	unsigned after;

	resume = state_new(fn, &after);
	state_goto(fn, state_first(piece_id(fn->gen)));
	piece = piece_begin(fn);
	for (unsigned i = 0; i < n; i++)
		stmt_generate(&piece, stmts[i]);
	piece_end(fn, &piece, after);
	block_enter(fn, resume);
	module_set_position(fn, fn->range);
}

/* ---- a block ---- */

static bool may_cut(const struct fn *fn)
{
	return fn->resumable && !fn->break_target && !fn->iteration && fn->error == fn->exit;
}

void block_generate(struct fn *fn, const struct stmt *block)
{
	unsigned from = 0, weight = 0;
	bool cut = may_cut(fn) && weight_of(block) > PIECE_WEIGHT;

	for (unsigned i = 0; i < block->block.n; i++) {
		unsigned one;

		if (!cut) {
			stmt_generate(fn, block->block.v[i]);
			continue;
		}
		one = weight_of(block->block.v[i]);
		if (weight + one > PIECE_WEIGHT && i > from) {
			if (block_open(fn))
				piece_generate(fn, block->block.v + from, i - from);
			from = i;
			weight = 0;
		}
		weight += one;
		if (one > PIECE_WEIGHT) { /* is cut further inside */
			stmt_generate(fn, block->block.v[i]);
			from = i + 1;
			weight = 0;
		}
	}
	for (; cut && from < block->block.n; from++)
		stmt_generate(fn, block->block.v[from]);
}
