/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statements and expressions at the prompt: the body of a begin handler of the tracer, compiled
 * by itself, run once. An expression is tried as something that has a value first.
 */
#include <stdlib.h>
#include <string.h>

#include "runtime/handler/host.h"
#include "runtime/repl/commands.h"

/* A print whose first value is this one is ours: the second is what the expression gave. */
#define VALUE_MARK "\001value"

struct statement {
	bool wants_stats;     /* the histogram that is sent is the value itself */
	bool has_value;
	bool failed;
};

static const struct range nowhere;

/* ---- names ---------------------------------------------------------------------------------------- */

struct names {
	struct live *live;
	struct diags *diags;
	const char *assigned[64];
	unsigned n;
};

static bool is_assigned(const struct names *names, const char *name)
{
	for (unsigned i = 0; i < names->n; i++)
		if (!strcmp(names->assigned[i], name))
			return true;
	return false;
}

static void assign(struct names *names, const struct expr *expr)
{
	if (expr && expr->kind == EXPR_NAME && names->n < 64)
		names->assigned[names->n++] = expr->name.text;
}

static bool note_expr(struct ast_visitor *visitor, struct expr **place)
{
	if ((*place)->kind == EXPR_ASSIGN)
		assign(visitor->data, (*place)->assign.left);
	return true;
}

static bool note_stmt(struct ast_visitor *visitor, struct stmt **place)
{
	struct stmt *stmt = *place;

	if (stmt->kind == STMT_FOREACH) {
		assign(visitor->data, stmt->foreach->value);
		for (unsigned i = 0; i < stmt->foreach->keys.n; i++)
			assign(visitor->data, stmt->foreach->keys.v[i]);
	} else if (stmt->kind == STMT_TRY) {
		assign(visitor->data, stmt->try.message);
	}
	return true;
}

static void offer_globals(struct names *names, const char *wanted, bool is_first)
{
	struct suggest suggest;

	suggest_start(&suggest, wanted);
	for (const struct command *command = commands; command->name; command++)
		if (is_first)
			suggest_offer(&suggest, command->name);
	for (unsigned i = 0; i < names->live->items.n; i++)
		suggest_offer(&suggest, names->live->items.v[i]->name);
	if (suggest_best(&suggest))
		suggest_help(&suggest, names->diags);
	else
		diag_help(names->diags, "values are kept in globals; declare it: global %s", wanted);
}

static bool check_expr(struct ast_visitor *visitor, struct expr **place)
{
	struct names *names = visitor->data;
	const char *name = (*place)->kind == EXPR_NAME ? (*place)->name.text : NULL;

	if (!name || is_assigned(names, name) || items_find(names->live, ITEM_GLOBAL, name))
		return true;
	diag_error(names->diags, (*place)->range, "there is no global '%s'", name);
	offer_globals(names, name, !(*place)->range.start);
	return true;
}

/*
 * A lone assignment to a local would be lost at once; in a block, a local is what it is
 * anywhere.
 */
static bool check_names(struct live *live, struct diags *diags, struct stmt *body)
{
	struct names names = {.live = live, .diags = diags};
	struct ast_visitor note = {.expr = note_expr, .stmt = note_stmt, .data = &names};
	struct ast_visitor look = {.expr = check_expr, .data = &names};

	if (body->block.n != 1 || body->block.v[0]->kind != STMT_EXPR)
		ast_visit_stmt(&note, &body);
	ast_visit_stmt(&look, &body);
	return !diags->errors;
}

/* ---- values ------------------------------------------------------------------------------------------ */

static struct expr *last_expression(const struct stmt *body)
{
	struct stmt *last = body->block.n ? body->block.v[body->block.n - 1] : NULL;

	return last && last->kind == STMT_EXPR ? last->expr : NULL;
}

/* What is done for its effect shows nothing. */
static bool may_have_value(const struct expr *expr)
{
	if (!expr || expr->kind == EXPR_ASSIGN || expr->kind == EXPR_CREMENT)
		return false;
	return expr->kind != EXPR_PRINT || expr->print->to_string;
}

static struct expr *print_of(struct arena *arena, struct expr *value, bool marked)
{
	struct expr *print = expr_new(arena, EXPR_PRINT, value->range);

	print->print = ARENA_NEW(arena, struct print_expr);
	print->print->kind = marked ? PRINT_PRINTD : PRINT_PRINT;
	print->print->spelling = marked ? "printd" : "print";
	if (marked) {
		print->print->delimiter = expr_string(arena, "", value->range);
		VEC_PUSH(arena, &print->print->args,
			 expr_string(arena, VALUE_MARK, value->range));
	}
	VEC_PUSH(arena, &print->print->args, value);
	return print;
}

static struct live_global *global_of(struct live *live, const struct expr *expr)
{
	if (expr->kind == EXPR_INDEX)
		expr = expr->index.array;
	return expr->kind == EXPR_NAME ? globals_find(live, expr->name.text) : NULL;
}

/* s, a[k] of statistics: its histogram is fetched, which holds all there is. */
static struct expr *histogram_of(struct arena *arena, const struct live_global *global,
				 struct expr *expr)
{
	const struct unit_global *description = &global->description;
	struct expr *stat = expr_new(arena, EXPR_STAT, expr->range);

	stat->stat = ARENA_NEW(arena, struct stat_expr);
	stat->stat->operand = expr;
	stat->stat->op = STAT_HIST_LOG;
	if (description->stat_ops & 1u << STAT_HIST_LOG)
		return stat;
	stat->stat->op = STAT_HIST_LINEAR;
	stat->stat->parameter[0] = description->hist_low;
	stat->stat->parameter[1] = description->hist_high;
	stat->stat->parameter[2] = description->hist_width;
	stat->stat->parameters = 3;
	return stat;
}

static bool is_histogram(const struct expr *expr)
{
	return expr->kind == EXPR_STAT && (expr->stat->op == STAT_HIST_LOG ||
					   expr->stat->op == STAT_HIST_LINEAR);
}

/* The last expression of the body is printed. */
static void print_value(struct live *live, struct live_unit *unit, struct stmt *body,
			struct statement *statement)
{
	struct stmt *last = body->block.v[body->block.n - 1];
	const struct live_global *global = global_of(live, last->expr);

	if (global && global->description.type == TYPE_STATS) {
		last->expr = print_of(unit->arena, histogram_of(unit->arena, global, last->expr),
				      false);
		statement->wants_stats = true;
	} else {
		last->expr = print_of(unit->arena, last->expr, !is_histogram(last->expr));
	}
}

bool statement_record(struct live *live, const struct record *head, struct packed_args args)
{
	struct statement *statement = live->statement;
	const struct unit *unit = live->running->compile.unit;
	const struct unit_format *format;
	const char *text;
	size_t length;

	if (head->kind == RECORD_ERROR)
		statement->failed = true;
	if (head->kind == RECORD_ERROR && live->interrupted)
		return true;
	if (head->kind == RECORD_HIST && statement->wants_stats && head->id < unit->hists.n) {
		value_show_stats(live, &unit->hists.v[head->id], (const struct stat_cell *)args.at,
				 true);
		return statement->has_value = true;
	}
	if (head->kind != RECORD_PRINT || head->id >= unit->formats.n)
		return false;
	format = &unit->formats.v[head->id];
	if (format->n_args != 2 || format->arg_types[0] != TYPE_STRING)
		return false;
	text = packed_string(&args, &length);
	if (length != strlen(VALUE_MARK) || memcmp(text, VALUE_MARK, length))
		return false;
	if (format->arg_types[1] == TYPE_STRING) {
		text = packed_string(&args, &length);
		value_show_string(live, text, length);
	} else {
		value_show_long(live, packed_long(&args));
	}
	return statement->has_value = true;
}

/* ---- running ---------------------------------------------------------------------------------------------- */

static struct script_file *file_of(struct live_unit *unit, struct stmt *body)
{
	struct script_file *file = ARENA_NEW(unit->arena, struct script_file);
	struct probe_decl *decl = ARENA_NEW(unit->arena, struct probe_decl);
	struct probe_point *point = ARENA_NEW(unit->arena, struct probe_point);
	struct point_component begin = {.name = "begin", .range = body->range};
	struct declaration_ref ref = {'p', 0};

	VEC_PUSH(unit->arena, &point->components, begin);
	point->range = decl->range = body->range;
	VEC_PUSH(unit->arena, &decl->points, point);
	decl->body = body;
	file->source = unit->source;
	VEC_PUSH(unit->arena, &file->probes, decl);
	VEC_PUSH(unit->arena, &file->order, ref);
	return file;
}

static bool refuse_reset(struct live *live, struct live_unit *unit)
{
	const char *name = globals_reset_by(live, unit);

	if (!name)
		return false;
	diag_error(&unit->diags, nowhere, "this would reset global '%s', whose data has another form",
		   name);
	diag_help(&unit->diags, "clear %s and drop the probes that use it first, or use another global",
		  name);
	return true;
}

/* Parsed, named and built; with_value: the last expression is printed. */
static struct live_unit *statement_build(struct live *live, const char *text, const char *origin,
					 bool with_value, struct statement *statement, bool *ok)
{
	struct live_unit *unit = unit_begin(live);
	struct script_file *file;
	struct stmt *body;

	unit->source = source_from_text(unit->arena, arena_strdup(unit->arena, origin),
					arena_strdup(unit->arena, text));
	*ok = syntax_parse_input(&unit->compile.syntax, unit->source, &file, &body) ==
	      INPUT_STATEMENTS;
	*ok = *ok && check_names(live, &unit->diags, body);
	if (!*ok)
		return unit;
	if (with_value)
		print_value(live, unit, body, statement);
	VEC_PUSH(unit->arena, &unit->files, file_of(unit, body));
	*ok = unit_build(live, unit, -1);
	return unit;
}

static bool was_skipped(struct live *live)
{
	const struct probe_counters *counters = counters_of(live, GATES);

	if (counters->skipped_lock)
		say_error(live, "probes hold a lock that this needs all the time: try again, or "
				"disable them first");
	return counters->skipped_lock;
}

static bool run(struct live *live, struct live_unit *unit, struct statement *statement)
{
	unsigned again;

	memset(counters_of(live, GATES), 0, sizeof(struct probe_counters));
	globals_learn(live, unit);
	probes_follow_globals(live, &again);
	answer_kind(live, "statement");
	live->statement = statement;
	host_set_interrupted(loop_interrupted, live);
	for (unsigned i = 0; i < unit->compile.unit->handlers.n; i++)
		loop_run_handler(live, unit, i);
	host_set_interrupted(NULL, NULL);
	live->statement = NULL;
	if (statement->has_value)
		answer_kind(live, "value");
	if (live->interrupted)
		say(live, "interrupted\n");
	return !statement->failed && !was_skipped(live);
}

/* An array by its name, or any global that nothing has used yet. */
static bool show_global(struct live *live, const char *text, bool *ok)
{
	char *name = text_trimmed(text);
	const struct live_global *global = globals_find(live, name);
	const struct item *item = items_find(live, ITEM_GLOBAL, name);
	bool is_global = item && (global || !strchr(item->text, '='));

	if (is_global && (!global || global->description.is_array)) {
		answer_kind(live, "value");
		if (global)
			value_show_global(live, global);
		else
			say(live, "%s has no type yet: nothing uses it\n", name);
		is_global = *ok = true;
	} else {
		is_global = false;
	}
	free(name);
	return is_global;
}

static bool has_value(struct live *live, const char *text)
{
	struct live_unit *unit = unit_begin(live);
	struct script_file *file;
	struct stmt *body;
	struct source *source = source_from_text(unit->arena, "<input>", text);
	bool value = syntax_parse_input(&unit->compile.syntax, source, &file, &body) ==
			     INPUT_STATEMENTS &&
		     may_have_value(last_expression(body));

	unit_end(unit);
	return value;
}

bool statement_run(struct live *live, const char *text, const char *origin)
{
	struct statement statement = {0};
	struct snapshot before;
	struct live_unit *unit;
	bool ok;

	if (show_global(live, text, &ok))
		return ok;
	snapshot_take(live, &before);
	unit = statement_build(live, text, origin, has_value(live, text), &statement, &ok);
	if (!ok && has_value(live, text)) {
		unit_end(unit);
		unit = statement_build(live, text, origin, false, &statement, &ok);
	}
	ok = ok && !refuse_reset(live, unit);
	snapshot_end(live, &before, ok);
	say_diags(live, &unit->diags, ok ? unit->source : NULL);
	if (ok)
		ok = run(live, unit, &statement);
	unit_end(unit);
	return ok;
}
