/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Type inference: turns over all bodies until nothing new is learnt about any global, local,
 * parameter, function or expression, then one turn that reports what does not fit, each at its
 * operand and with the place where the other type was learnt.
 */
#include <string.h>

#include "compiler/semantic/passes.h"

struct typing {
	struct resolver *resolver;
	struct function *function; /* whose body is looked at, or NULL */
	bool changed;
	bool report; /* the last turn */
	bool backward; /* functions from the last to the first: every second turn */
};

static void infer(struct typing *typing, struct expr *expr, enum value_type want);

/* ---- learning and reporting ------------------------------------------------------------------ */

static const char *type_article(enum value_type type)
{
	switch (type) {
	case TYPE_LONG:
		return "a number";
	case TYPE_STRING:
		return "a string";
	case TYPE_STATS:
		return "a statistics aggregate";
	case TYPE_VOID:
		return "no value";
	default:
		return "of unknown type";
	}
}

static void learn(struct typing *typing, enum value_type *place, enum value_type type)
{
	if (*place != TYPE_UNKNOWN || type == TYPE_UNKNOWN || type == TYPE_VOID)
		return;
	*place = type;
	typing->changed = true;
}

static void help_mismatch(struct typing *typing, const struct expr *expr, enum value_type want,
			  enum value_type got)
{
	struct diags *diags = typing->resolver->diags;

	if (got == TYPE_STATS)
		diag_help(diags, "ask for a value of it: @count, @sum, @min, @max or @avg");
	else if (want == TYPE_LONG && got == TYPE_STRING && expr->kind == EXPR_STRING)
		diag_help(diags, "strtol(\"...\", 10) makes a number of a string");
	else if (want == TYPE_STRING && got == TYPE_LONG)
		diag_help(diags, "sprint(...) makes a string of a number");
}

static const struct symbol *symbol_of(const struct expr *expr)
{
	if (expr->kind == EXPR_INDEX && expr->index.array->kind == EXPR_NAME)
		return expr->index.array->name.symbol;
	return expr->kind == EXPR_NAME ? expr->name.symbol : NULL;
}

static void mismatch(struct typing *typing, const struct expr *expr, enum value_type want,
		     enum value_type got)
{
	struct diags *diags = typing->resolver->diags;
	const struct symbol *symbol = symbol_of(expr);

	diag_error(diags, expr->range, "this is %s, but %s is needed here", type_article(got),
		   type_article(want));
	help_mismatch(typing, expr, want, got);
	if (symbol && symbol->type_range.source &&
	    (symbol->type_range.start != expr->range.start ||
	     symbol->type_range.source != expr->range.source))
		diag_note(diags, symbol->type_range, "'%s' is %s because of this", symbol->name,
			  type_article(symbol->type));
	else if (expr->kind == EXPR_CALL && expr->call.n_candidates)
		diag_note(diags, expr->call.candidates[0]->decl->name_range,
			  "'%s' is declared here", expr->call.name);
}

/*
 * An operand that has to be of `want`, since `symbol` (or NULL) is: when it is not, the note says
 * why the symbol is what it is.
 */
static void infer_for(struct typing *typing, struct expr *expr, enum value_type want,
		      const struct symbol *symbol)
{
	struct diags *diags = typing->resolver->diags;
	unsigned errors = diags->errors;

	infer(typing, expr, want);
	if (diags->errors == errors || !symbol || !expr->type || expr->type == want ||
	    symbol->type != want)
		return;
	if (symbol->type_range.source && !symbol->type_range.source->tapset)
		diag_note(diags, symbol->type_range, "'%s' is %s because of this", symbol->name,
			  type_article(symbol->type));
}

/* The expression has this type, and that one is wanted. */
static void settle(struct typing *typing, struct expr *expr, enum value_type have,
		   enum value_type want)
{
	learn(typing, &expr->type, have);
	learn(typing, &expr->type, want);
	if (have == TYPE_VOID)
		expr->type = TYPE_VOID;
	if (typing->report && want && expr->type && expr->type != want)
		mismatch(typing, expr, want, expr->type);
}

/* A symbol's (or an element's) type and that of its use are the same. */
static void settle_symbol(struct typing *typing, struct symbol *symbol, struct expr *expr,
			  enum value_type want)
{
	if (!symbol->type && want && want != TYPE_VOID) {
		learn(typing, &symbol->type, want);
		symbol->type_range = expr->range;
	}
	settle(typing, expr, symbol->type, want);
}

/* ---- names and arrays -------------------------------------------------------------------------- */

static void infer_name(struct typing *typing, struct expr *expr, enum value_type want)
{
	struct symbol *symbol = expr->name.symbol;

	if (!symbol) {
		settle(typing, expr, TYPE_UNKNOWN, want);
		return;
	}
	if (symbol->is_array) {
		if (typing->report && symbol->scope == SYMBOL_GLOBAL) {
			diag_error(typing->resolver->diags, expr->range,
				   "array '%s' is used without an index", symbol->name);
			diag_note(typing->resolver->diags, symbol->range, "'%s' is declared here",
				  symbol->name);
		}
		return;
	}
	settle_symbol(typing, symbol, expr, want);
	if (typing->report && symbol->type == TYPE_STATS && symbol->scope != SYMBOL_GLOBAL &&
	    symbol->n_keys == 0) {
		diag_error(typing->resolver->diags, expr->range,
			   "statistics are global: '%s' is not", symbol->name);
		symbol->n_keys = MAX_KEYS + 1; /* reported once */
	}
}

static void report_keys(struct typing *typing, struct range range, const struct symbol *symbol,
			unsigned n)
{
	struct diags *diags = typing->resolver->diags;

	diag_error(diags, range, "array '%s' has %u key%s, not %u", symbol->name, symbol->n_keys,
		   symbol->n_keys == 1 ? "" : "s", n);
	if (symbol->key_range.source)
		diag_note(diags, symbol->key_range, "as used here");
}

static void infer_key(struct typing *typing, struct expr *key, const struct symbol *symbol,
		      unsigned i)
{
	struct diags *diags = typing->resolver->diags;
	unsigned errors = diags->errors;

	infer(typing, key, symbol->key_type[i]);
	if (diags->errors > errors && key->type && key->type != symbol->key_type[i] &&
	    symbol->key_range.source)
		diag_note(diags, symbol->key_range, "'%s' is used with %s as a key here",
			  symbol->name, type_article(symbol->key_type[i]));
}

/* The keys of one use; a NULL key ("*") fits any type. */
static void infer_keys(struct typing *typing, struct symbol *symbol, struct expr_vec *keys,
		       struct range range)
{
	if (!symbol->n_keys && keys->n) {
		symbol->n_keys = keys->n > MAX_KEYS ? MAX_KEYS : keys->n;
		symbol->key_range = range;
		typing->changed = true;
		if (keys->n > MAX_KEYS)
			diag_error(typing->resolver->diags, range,
				   "an array has at most %d keys", MAX_KEYS);
	} else if (typing->report && keys->n != symbol->n_keys && keys->n <= MAX_KEYS) {
		report_keys(typing, range, symbol, keys->n);
	}
	for (unsigned i = 0; i < keys->n && i < symbol->n_keys; i++) {
		if (!keys->v[i])
			continue;
		infer_key(typing, keys->v[i], symbol, i);
		if (keys->v[i]->type == TYPE_STATS || keys->v[i]->type == TYPE_VOID)
			continue;
		learn(typing, &symbol->key_type[i], keys->v[i]->type);
	}
}

static struct symbol *array_symbol(struct expr *array)
{
	struct symbol *symbol = array->kind == EXPR_NAME ? array->name.symbol : NULL;

	return symbol && symbol->scope == SYMBOL_GLOBAL ? symbol : NULL;
}

static void infer_index(struct typing *typing, struct expr *expr, enum value_type want)
{
	struct symbol *symbol = array_symbol(expr->index.array);

	if (!symbol) {
		for (unsigned i = 0; i < expr->index.keys.n; i++)
			if (expr->index.keys.v[i])
				infer(typing, expr->index.keys.v[i], TYPE_UNKNOWN);
		settle(typing, expr, TYPE_UNKNOWN, want);
		return;
	}
	infer_keys(typing, symbol, &expr->index.keys, expr->range);
	settle_symbol(typing, symbol, expr, want);
}

static void infer_in(struct typing *typing, struct expr *expr, enum value_type want)
{
	struct symbol *symbol = array_symbol(expr->in.array);

	if (symbol)
		infer_keys(typing, symbol, &expr->in.keys, expr->range);
	settle(typing, expr, TYPE_LONG, want);
}

/* ---- operators ------------------------------------------------------------------------------------ */

static bool is_value(enum value_type type)
{
	return type == TYPE_LONG || type == TYPE_STRING;
}

/* Two operands of one type: who knows it tells the other; every turn looks at each once. */
static void infer_pair(struct typing *typing, struct expr *left, struct expr *right,
		       enum value_type want)
{
	if (!left->type && !typing->report) {
		infer(typing, right, want);
		infer(typing, left, !want && is_value(right->type) ? right->type : want);
		return;
	}
	infer(typing, left, want);
	infer_for(typing, right, !want && is_value(left->type) ? left->type : want,
		  symbol_of(left));
}

static void infer_comparison(struct typing *typing, struct expr *expr)
{
	struct expr *left = expr->binary.left, *right = expr->binary.right;

	infer_pair(typing, left, right, TYPE_UNKNOWN);
	if (typing->report && left->type == TYPE_STATS)
		mismatch(typing, left, TYPE_LONG, TYPE_STATS);
}

static bool is_text(const struct expr *expr)
{
	return expr->kind == EXPR_STRING || expr->type == TYPE_STRING ||
	       (expr->kind == EXPR_NAME && expr->name.symbol->type == TYPE_STRING);
}

/* "a" + "b", and s += "b": one mistake, whose remedy is known. */
static bool adds_texts(struct typing *typing, const struct expr *left, const struct expr *right,
		       struct range range, const char *equals)
{
	if (!typing->report || !is_text(left) || !is_text(right))
		return false;
	diag_error(typing->resolver->diags, range, "'+%s' adds numbers, and these are strings",
		   equals);
	diag_help(typing->resolver->diags, "'.%s' joins strings", equals);
	return true;
}

static void infer_binary(struct typing *typing, struct expr *expr, enum value_type want)
{
	enum value_type operands = TYPE_LONG;

	switch (expr->binary.op) {
	case BINARY_EQ:
	case BINARY_NE:
	case BINARY_LT:
	case BINARY_GT:
	case BINARY_LE:
	case BINARY_GE:
		infer_comparison(typing, expr);
		settle(typing, expr, TYPE_LONG, want);
		return;
	case BINARY_CONCAT:
		operands = TYPE_STRING;
		break;
	default:
		break;
	}
	if (expr->binary.op == BINARY_ADD &&
	    adds_texts(typing, expr->binary.left, expr->binary.right, expr->binary.op_range, ""))
		return;
	infer(typing, expr->binary.left, operands);
	infer(typing, expr->binary.right, operands);
	settle(typing, expr, operands, want);
}

static const char *why_not_writable(const struct access *access)
{
	enum access_op last = ACCESS_CONST;

	for (unsigned i = 0; i < access->steps.n; i++)
		if (access->steps.v[i].op != ACCESS_SIGN_EXTEND &&
		    access->steps.v[i].op != ACCESS_ZERO_EXTEND &&
		    access->steps.v[i].op != ACCESS_BITS)
			last = access->steps.v[i].op;
	if (last == ACCESS_READ_KERNEL)
		return "BPF programs do not write to the kernel's memory";
	if (last == ACCESS_REGISTER || last == ACCESS_ARGUMENT || last == ACCESS_RESULT ||
	    last == ACCESS_CONTEXT)
		return "it is in a register, and BPF programs do not change those";
	return "it is computed, and has no place in memory";
}

static void check_writable(struct typing *typing, const struct expr *left)
{
	struct diags *diags = typing->resolver->diags;

	if (!typing->report || left->kind == EXPR_NAME || left->kind == EXPR_INDEX)
		return;
	if (left->kind != EXPR_TARGET) {
		diag_error(diags, left->range, "this can not be assigned to");
		return;
	}
	if (typing->resolver->diags->errors && !left->target->access)
		return; /* there is no such variable, which has been said */
	if (!typing->resolver->options->guru && !left->range.source->guru) {
		diag_error(diags, left->range, "writing to the traced program needs guru mode");
		diag_help(diags, "run with -g if you mean it");
	} else if (left->target->access && !left->target->access->writable) {
		diag_error(diags, left->range, "this target variable can not be written: %s",
			   why_not_writable(left->target->access));
	}
}

static void infer_assign(struct typing *typing, struct expr *expr, enum value_type want)
{
	struct expr *left = expr->assign.left, *right = expr->assign.right;
	enum value_type type = TYPE_LONG;

	check_writable(typing, left);
	switch (expr->assign.op) {
	case ASSIGN_SET:
		if (left->type == TYPE_STATS)
			infer(typing, right, TYPE_UNKNOWN);
		else
			infer_pair(typing, left, right, want);
		type = left->type ? left->type : right->type;
		if (typing->report && left->type == TYPE_STATS)
			diag_error(typing->resolver->diags, expr->range,
				   "a statistics aggregate takes values with '<<<', not with '='");
		settle(typing, expr, type == TYPE_STATS ? TYPE_UNKNOWN : type, TYPE_UNKNOWN);
		return;
	case ASSIGN_STAT:
		infer(typing, left, TYPE_STATS);
		infer(typing, right, TYPE_LONG);
		break;
	case ASSIGN_BINARY:
		type = expr->assign.binary == BINARY_CONCAT ? TYPE_STRING : TYPE_LONG;
		if (expr->assign.binary == BINARY_ADD &&
		    adds_texts(typing, left, right, expr->range, "="))
			return;
		infer(typing, left, type);
		infer(typing, right, type);
		break;
	}
	settle(typing, expr, type, want);
}

static void infer_stat(struct typing *typing, struct expr *expr, enum value_type want)
{
	bool histogram = expr->stat->op == STAT_HIST_LOG || expr->stat->op == STAT_HIST_LINEAR;

	infer(typing, expr->stat->operand, TYPE_STATS);
	if (histogram && typing->report && want)
		diag_error(typing->resolver->diags, expr->range,
			   "a histogram has no value: print it, or take a bucket of it with [n]");
	settle(typing, expr, histogram ? TYPE_UNKNOWN : TYPE_LONG,
	       histogram ? TYPE_UNKNOWN : want);
}

/* ---- calls and prints --------------------------------------------------------------------------------- */

static void infer_argument(struct typing *typing, struct expr *call, unsigned i,
			   enum value_type parameter)
{
	struct diags *diags = typing->resolver->diags;
	struct expr *value = call->call.args.v[i];
	unsigned errors = diags->errors;
	const struct symbol *symbol;

	symbol = call->call.n_candidates ? call->call.candidates[0]->parameters.v[i] : NULL;
	infer_for(typing, value, parameter, symbol);
	if (diags->errors > errors && symbol && symbol->range.source &&
	    symbol->range.source->tapset && value->type != parameter)
		diag_note(diags, symbol->range, "it becomes '%s' of '%s'", symbol->name,
			  call->call.name);
}

static void infer_call(struct typing *typing, struct expr *expr, enum value_type want)
{
	enum value_type type = TYPE_UNKNOWN;

	for (unsigned i = 0; i < expr->call.args.n; i++) {
		enum value_type parameter = TYPE_UNKNOWN;

		for (unsigned c = 0; c < expr->call.n_candidates && !parameter; c++)
			parameter = expr->call.candidates[c]->parameters.v[i]->type;
		infer_argument(typing, expr, i, parameter);
		for (unsigned c = 0; c < expr->call.n_candidates; c++) {
			struct symbol *symbol = expr->call.candidates[c]->parameters.v[i];

			if (expr->call.args.v[i]->type == TYPE_STATS || symbol->type)
				continue;
			learn(typing, &symbol->type, expr->call.args.v[i]->type);
			symbol->type_range = expr->call.args.v[i]->range;
		}
	}
	for (unsigned c = 0; c < expr->call.n_candidates; c++) {
		if (want == TYPE_LONG && expr->call.candidates[c]->type == TYPE_VOID &&
		    !expr->call.candidates[c]->decl->type) {
			expr->call.candidates[c] =
				function_with_value(typing->resolver, expr->call.candidates[c]);
			expr->type = TYPE_LONG;
			typing->changed = true;
		}
		learn(typing, &expr->call.candidates[c]->type, want);
		if (!type)
			type = expr->call.candidates[c]->type;
	}
	settle(typing, expr, type, want);
}

static void infer_printf(struct typing *typing, struct print_expr *print)
{
	unsigned arg = 0;

	for (unsigned i = 0; i < print->directives.n; i++) {
		const struct directive *directive = &print->directives.v[i];

		if (directive->width == WIDTH_ARGUMENT && arg < print->args.n)
			infer(typing, print->args.v[arg++], TYPE_LONG);
		if (directive->precision == WIDTH_ARGUMENT && arg < print->args.n)
			infer(typing, print->args.v[arg++], TYPE_LONG);
		if (directive->kind != DIRECTIVE_LITERAL && arg < print->args.n)
			infer(typing, print->args.v[arg++],
			      directive_argument_type(directive->kind));
	}
}

static void infer_printed(struct typing *typing, const struct print_expr *print, struct expr *value)
{
	infer(typing, value, print->is_char ? TYPE_LONG : TYPE_UNKNOWN);
	if (typing->report && (value->type == TYPE_STATS || value->type == TYPE_VOID))
		mismatch(typing, value, TYPE_LONG, value->type);
}

static void infer_print(struct typing *typing, struct expr *expr, enum value_type want)
{
	struct print_expr *print = expr->print;

	if (print->kind == PRINT_PRINTF)
		infer_printf(typing, print);
	else
		for (unsigned i = 0; i < print->args.n; i++)
			infer_printed(typing, print, print->args.v[i]);
	settle(typing, expr, print->to_string ? TYPE_STRING : TYPE_VOID, want);
}

/* ---- all expressions ------------------------------------------------------------------------------------ */

static void infer_target(struct typing *typing, struct expr *expr, enum value_type want)
{
	const struct access *access = expr->target->access;

	for (unsigned i = 0; access && i < access->exprs.n; i++)
		infer(typing, access->exprs.v[i], TYPE_LONG);
	settle(typing, expr, expr->type ? expr->type : TYPE_LONG, want);
}

/* What may have been left over by the passes before, since nobody can compute it. */
static void unsupported(struct typing *typing, struct expr *expr, enum value_type want)
{
	static const char *const names[] = { [EXPR_ENTRY] = "@entry()", [EXPR_DEFINED] = "@defined()",
					     [EXPR_PROBEWRITE] = "@probewrite()",
					     [EXPR_PERF] = "@perf()",   [EXPR_CONST] = "@const()",
					     [EXPR_ENUM] = "@enum()",
					     [EXPR_SIZEOF] = "@cast_module_sizeof()" };

	if (typing->report)
		diag_error(typing->resolver->diags, expr->range, "%s is not supported here",
			   names[expr->kind]);
	settle(typing, expr, TYPE_UNKNOWN, want);
}

static void infer(struct typing *typing, struct expr *expr, enum value_type want)
{
	switch (expr->kind) {
	case EXPR_NUMBER:
		settle(typing, expr, TYPE_LONG, want);
		break;
	case EXPR_STRING:
		settle(typing, expr, TYPE_STRING, want);
		break;
	case EXPR_NAME:
		infer_name(typing, expr, want);
		break;
	case EXPR_INDEX:
		infer_index(typing, expr, want);
		break;
	case EXPR_TARGET:
		infer_target(typing, expr, want);
		break;
	case EXPR_UNARY:
		infer(typing, expr->unary.operand, TYPE_LONG);
		settle(typing, expr, TYPE_LONG, want);
		break;
	case EXPR_BINARY:
		infer_binary(typing, expr, want);
		break;
	case EXPR_TERNARY:
		infer(typing, expr->ternary.condition, TYPE_LONG);
		infer_pair(typing, expr->ternary.then, expr->ternary.otherwise, want);
		settle(typing, expr, expr->ternary.then->type, TYPE_UNKNOWN);
		break;
	case EXPR_ASSIGN:
		infer_assign(typing, expr, want);
		break;
	case EXPR_CREMENT:
		check_writable(typing, expr->crement.operand);
		infer(typing, expr->crement.operand, TYPE_LONG);
		settle(typing, expr, TYPE_LONG, want);
		break;
	case EXPR_CALL:
		infer_call(typing, expr, want);
		break;
	case EXPR_IN:
		infer_in(typing, expr, want);
		break;
	case EXPR_REGEX:
		infer(typing, expr->regex.left, TYPE_STRING);
		settle(typing, expr, TYPE_LONG, want);
		break;
	case EXPR_STAT:
		infer_stat(typing, expr, want);
		break;
	case EXPR_HIST_AT:
		infer(typing, expr->hist_at.histogram, TYPE_UNKNOWN);
		infer(typing, expr->hist_at.bucket, TYPE_LONG);
		settle(typing, expr, TYPE_LONG, want);
		break;
	case EXPR_PRINT:
		infer_print(typing, expr, want);
		break;
	case EXPR_EMBEDDED:
		settle(typing, expr, strstr(expr->string.text, "/* string */") ? TYPE_STRING :
										 TYPE_LONG, want);
		break;
	default:
		unsupported(typing, expr, want);
		break;
	}
}

/* ---- statements ---------------------------------------------------------------------------------------------- */

static void infer_foreach(struct typing *typing, struct foreach_stmt *foreach)
{
	struct symbol *symbol = array_symbol(foreach->array);

	if (foreach->limit)
		infer(typing, foreach->limit, TYPE_LONG);
	if (!symbol) {
		if (foreach->array->kind == EXPR_STAT)
			infer(typing, foreach->array, TYPE_UNKNOWN);
		for (unsigned i = 0; i < foreach->keys.n; i++)
			infer(typing, foreach->keys.v[i], TYPE_LONG);
		if (foreach->value)
			infer(typing, foreach->value, TYPE_LONG);
		return;
	}
	infer_keys(typing, symbol, &foreach->keys, foreach->array->range);
	if (foreach->slice.n)
		infer_keys(typing, symbol, &foreach->slice, foreach->array->range);
	if (foreach->value && symbol->type != TYPE_STATS)
		settle_symbol(typing, symbol, foreach->value, foreach->value->name.symbol ?
				foreach->value->name.symbol->type : TYPE_UNKNOWN);
	if (foreach->value && symbol->type != TYPE_STATS)
		infer(typing, foreach->value, symbol->type);
	if (foreach->has_sort_stat && !symbol->type) {
		learn(typing, &symbol->type, TYPE_STATS);
		symbol->type_range = foreach->array->range;
	}
}

static void infer_return(struct typing *typing, struct stmt *stmt)
{
	struct function *function = typing->function;

	if (!stmt->expr)
		return;
	if (!function) {
		infer(typing, stmt->expr, TYPE_UNKNOWN);
		return;
	}
	infer(typing, stmt->expr, function->type == TYPE_VOID ? TYPE_UNKNOWN : function->type);
	if (stmt->expr->type != TYPE_STATS)
		learn(typing, &function->type, stmt->expr->type);
}

static void infer_delete(struct typing *typing, struct expr *expr)
{
	if (expr->kind == EXPR_NAME && expr->name.symbol && expr->name.symbol->is_array)
		return;
	infer(typing, expr, TYPE_UNKNOWN);
	if (typing->report && expr->kind != EXPR_NAME && expr->kind != EXPR_INDEX)
		diag_error(typing->resolver->diags, expr->range,
			   "'delete' takes a variable, an array or an element");
}

static void infer_stmt(struct stmt **place, void *data)
{
	struct typing *typing = data;
	struct stmt *stmt = *place;

	switch (stmt->kind) {
	case STMT_EXPR:
		infer(typing, stmt->expr, TYPE_UNKNOWN);
		break;
	case STMT_IF:
		infer(typing, stmt->branch.condition, TYPE_LONG);
		break;
	case STMT_WHILE:
	case STMT_FOR:
		if (stmt->loop.init)
			infer(typing, stmt->loop.init, TYPE_UNKNOWN);
		if (stmt->loop.condition)
			infer(typing, stmt->loop.condition, TYPE_LONG);
		if (stmt->loop.step)
			infer(typing, stmt->loop.step, TYPE_UNKNOWN);
		break;
	case STMT_FOREACH:
		infer_foreach(typing, stmt->foreach);
		break;
	case STMT_RETURN:
		infer_return(typing, stmt);
		break;
	case STMT_DELETE:
		infer_delete(typing, stmt->expr);
		break;
	case STMT_TRY:
		if (stmt->try.message)
			infer(typing, stmt->try.message, TYPE_STRING);
		break;
	default:
		break;
	}
	stmt_each_child(stmt, infer_stmt, typing);
}

/* ---- the pass -------------------------------------------------------------------------------------------------- */

static void turn(struct typing *typing)
{
	struct program *program = typing->resolver->program;

	typing->changed = false;
	typing->backward = !typing->backward;
	for (unsigned i = 0; i < program->functions.n; i++) {
		typing->function =
			program->functions.v[typing->backward ? program->functions.n - 1 - i : i];
		if (typing->function->body)
			infer_stmt(&typing->function->body, typing);
	}
	typing->function = NULL;
	for (unsigned i = 0; i < program->probes.n; i++) {
		struct probe *probe = program->probes.v[i];

		infer_stmt(&probe->body, typing);
		if (probe->condition)
			infer(typing, probe->condition, TYPE_LONG);
	}
}

/* What nothing says anything about is a number, until deadcode.c reports it if it is used. */
static bool assume_number(struct symbol *symbol)
{
	bool changed = false;

	for (unsigned i = 0; i < symbol->n_keys && i < MAX_KEYS; i++) {
		changed |= !symbol->key_type[i];
		if (!symbol->key_type[i])
			symbol->key_type[i] = TYPE_LONG;
	}
	changed |= !symbol->type;
	if (!symbol->type)
		symbol->type = TYPE_LONG;
	symbol->untyped = changed;
	return changed;
}

static bool assume_numbers(struct symbol **symbols, unsigned n)
{
	bool changed = false;

	for (unsigned i = 0; i < n; i++)
		changed |= assume_number(symbols[i]);
	return changed;
}

static bool assume_rest(struct program *program)
{
	bool changed = assume_numbers(program->globals.v, program->globals.n);

	for (unsigned i = 0; i < program->functions.n; i++) {
		struct function *function = program->functions.v[i];

		changed |= assume_numbers(function->parameters.v, function->parameters.n);
		changed |= assume_numbers(function->locals.v, function->locals.n);
		if (!function->type) {
			function->type = TYPE_LONG;
			changed = true;
		}
	}
	for (unsigned i = 0; i < program->probes.n; i++)
		changed |= assume_numbers(program->probes.v[i]->locals.v,
					  program->probes.v[i]->locals.n);
	return changed;
}

static void turn_until_stable(struct typing *typing)
{
	do
		turn(typing);
	while (typing->changed);
}

void types_infer(struct resolver *resolver)
{
	struct typing typing = { .resolver = resolver };

	turn_until_stable(&typing);
	if (assume_rest(resolver->program))
		turn_until_stable(&typing);
	typing.report = true;
	turn(&typing);
}
