/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Target variables: $x, @var, @cast and their kin are resolved by the family of the probe.
 *
 * Constants are folded in the same walk, from the top, so that what @defined() rules out is gone
 * before it is looked at. In a .return probe a variable of the function, like @entry(), is saved
 * by a companion probe at the function's entry:
 *
 *     probe point { d = ++depth[tid(), frame]; value[tid(), frame, d] = expression }
 *     probe point.return { d = depth[tid(), frame]; v = value[tid(), frame, d]; ... body with v ... }
 *
 * The frame (the stack pointer behind the return) keeps calls apart whose return is never seen:
 * left by longjmp(), or nested deeper than the kernel follows. Calls that end by calling another
 * function have the same frame, and their returns come in the order of depth.
 *
 * A call in Go belongs to a goroutine, which may go on in another thread: it is known by pid() and
 * the goroutine instead of tid().
 */
#include <string.h>

#include "compiler/probes/kernel.h"
#include "compiler/semantic/passes.h"

/* A value that the companion saves. */
struct saved {
	struct expr *original; /* as written, for finding it again */
	struct expr *value;    /* resolved at the entry */
	struct symbol *array;
	const char *local;
	struct saved *next;
};

/* The companion probes of one .return probe. */
struct companion {
	struct probe_vec entries;
	bool tried;
	struct symbol *depth;
	const char *depth_local;
	bool has_frame; /* the frame is part of the keys */
	struct saved *saved, **tail;
};

struct pass {
	struct resolver *resolver;
	struct probe *probe; /* NULL in functions */
	struct companion companion;
	struct casting casting;
};

static void resolve_expr(struct pass *pass, struct expr **place);

static void resolve_below(struct expr **place, void *data)
{
	resolve_expr(data, place);
}

/* ---- one target ------------------------------------------------------------------------------ */

static void report_no_variables(struct pass *pass, const struct expr *expr)
{
	const char *where = pass->probe ? pass->probe->name : NULL;

	if (where)
		diag_error(pass->resolver->diags, expr->range,
			   "target variables can not be used in probe '%s'", where);
	else
		diag_error(pass->resolver->diags, expr->range,
			   "target variables can not be used in functions");
	if (!where)
		diag_help(pass->resolver->diags, "pass its value as an argument");
}

/* Reads and registers that need no debug information. */
static struct expr *resolve_plain(struct pass *pass, struct expr *expr)
{
	struct arena *arena = pass->resolver->arena;
	struct target *target = expr->target;
	bool user = target->kind == TARGET_UDEREF || target->kind == TARGET_UREGISTER;
	bool deref = target->kind == TARGET_KDEREF || target->kind == TARGET_UDEREF;
	const struct expr *constant = deref ? target->size : target->operand;
	struct access *access;
	int64_t number;

	if (!constant || constant->kind != EXPR_NUMBER) {
		diag_error(pass->resolver->diags, constant ? constant->range : expr->range,
			   "a constant number is needed here");
		return NULL;
	}
	number = constant->number;
	if (deref && number != 1 && number != 2 && number != 4 && number != 8) {
		diag_error(pass->resolver->diags, constant->range,
			   "the size of a read is 1, 2, 4 or 8");
		return NULL;
	}
	if (!deref && (!pass->probe || pass->probe->context == CONTEXT_NONE)) {
		diag_error(pass->resolver->diags, expr->range, "there are no registers here");
		return NULL;
	}
	access = ARENA_NEW(arena, struct access);
	if (deref) {
		VEC_PUSH(arena, &access->exprs, target->operand);
		access_push(arena, access, ACCESS_EXPR, 0, 8, false);
		access_push(arena, access, user ? ACCESS_READ_USER : ACCESS_READ_KERNEL, 0,
			    (unsigned)number, false);
	} else {
		access_push(arena, access, ACCESS_REGISTER, number, 8, false);
	}
	access->reads_user = deref && user;
	target->access = access;
	expr->type = TYPE_LONG;
	return expr;
}

static struct expr *resolve_by_family(struct pass *pass, struct probe *probe, struct expr *expr,
				      struct diags *diags)
{
	struct probes *probes = pass->resolver->probes;
	struct diags *saved = probes->diags;
	struct expr *resolved;

	probes->diags = diags;
	resolved = probe->family->resolve(probes, probe, expr);
	probes->diags = saved;
	return resolved;
}

/* Whether a family's answer stands for the values at a function's return only. */
static bool is_result(const struct target *target)
{
	return target->kind == TARGET_DOLLAR &&
	       (!strcmp(target->name, "return") || !strcmp(target->name, "$return"));
}

/* `name`: what -p2 shows. */
static struct expr *hidden_target(struct arena *arena, const char *name, struct access *access,
				  struct range range)
{
	struct expr *expr = expr_new(arena, EXPR_TARGET, range);

	expr->target = ARENA_NEW(arena, struct target);
	expr->target->kind = TARGET_DOLLAR;
	expr->target->name = name;
	expr->target->access = access;
	expr->type = TYPE_LONG;
	return expr;
}

static struct expr *goroutine_of(struct resolver *resolver, struct probe *probe, struct range range)
{
	struct access *access = ARENA_NEW(resolver->arena, struct access);

	if (!probe->family->goroutine || !probe->family->goroutine(resolver->probes, probe, access))
		return NULL;
	return hidden_target(resolver->arena, "(goroutine)", access, range);
}

/*
 * What calls under way have saved. Calls whose return is never seen leave theirs behind, so that
 * there is no end of it: the kernel drops what was not used for longest.
 */
enum { MOST_SAVED = 8192, MOST_SAVED_OF_GOROUTINES = 65536 };

static struct symbol *new_store(struct pass *pass, const char *name, struct range range)
{
	struct resolver *resolver = pass->resolver;
	struct symbol *store = symbol_new_hidden(resolver, name, range);
	unsigned most = goroutine_of(resolver, pass->probe, range) ? MOST_SAVED_OF_GOROUTINES :
								     MOST_SAVED;

	store->is_array = store->recent = true;
	if (store->max_entries < most)
		store->max_entries = most;
	return store;
}

/* ---- companions -------------------------------------------------------------------------------- */

static struct probe_point *entry_point(struct arena *arena, const struct probe_point *point)
{
	struct probe_point *entry = ARENA_NEW(arena, struct probe_point);

	*entry = *point;
	memset(&entry->components, 0, sizeof(entry->components));
	for (unsigned i = 0; i < point->components.n; i++)
		if (strcmp(point->components.v[i].name, "return"))
			VEC_PUSH(arena, &entry->components, point->components.v[i]);
	entry->condition = NULL;
	entry->optional = entry->sufficient = false;
	return entry;
}

/* A handler that all sites of the point share has one companion for all of them, too. */
static void companion_share(struct pass *pass)
{
	struct arena *arena = pass->resolver->arena;
	struct probe *entry = ARENA_NEW(arena, struct probe);

	*entry = *pass->probe;
	memset(&entry->sites, 0, sizeof(entry->sites));
	for (unsigned i = 0; i < pass->probe->sites.n && !entry->entries.n; i++) {
		struct site site = pass->probe->sites.v[i];

		site.kind = ATTACH_UPROBE;
		VEC_PUSH(arena, &entry->sites, site);
	}
	for (unsigned i = 0; i < entry->entries.n; i++)
		VEC_PUSH(arena, &entry->sites, entry->entries.v[i]);
	entry->is_return = false;
	entry->guard = pass->probe->entry_guard ? pass->probe->entry_guard : entry->guard;
	entry->condition = NULL;
	VEC_PUSH(arena, &pass->companion.entries, entry);
}

static struct expr *frame_of(struct resolver *resolver, struct probe *probe, struct range range)
{
	struct access *access = ARENA_NEW(resolver->arena, struct access);

	if (!probe->family->frame || !probe->family->frame(resolver->probes, probe, access))
		return NULL;
	return hidden_target(resolver->arena, "(frame)", access, range);
}

static bool know_frames(struct pass *pass, struct range range)
{
	bool known = frame_of(pass->resolver, pass->probe, range) != NULL;

	for (unsigned i = 0; known && i < pass->companion.entries.n; i++)
		known = frame_of(pass->resolver, pass->companion.entries.v[i], range) != NULL;
	return known;
}

static bool companion_start(struct pass *pass, struct expr *expr)
{
	struct companion *companion = &pass->companion;
	struct resolver *resolver = pass->resolver;
	struct arena *arena = resolver->arena;

	if (companion->tried)
		return companion->entries.n > 0;
	companion->tried = true;
	companion->tail = &companion->saved;
	if (pass->probe->shared)
		companion_share(pass);
	else
		probes_expand(resolver->probes, entry_point(arena, pass->probe->point),
			      USES_TARGETS, false, &companion->entries);
	if (!companion->entries.n)
		return false;
	companion->has_frame = know_frames(pass, expr->range);
	resolver->entries++;
	companion->depth_local = arena_printf(arena, "__entry_depth_%u", resolver->entries);
	companion->depth = new_store(pass, companion->depth_local, expr->range);
	return true;
}

static struct saved *find_saved(struct pass *pass, const struct expr *original)
{
	const struct source *source = original->range.source;

	for (struct saved *at = pass->companion.saved; at; at = at->next) {
		struct range range = at->original->range;
		unsigned length = range.end - range.start;

		if (source && range.source && at->original->kind == original->kind &&
		    length == original->range.end - original->range.start &&
		    !memcmp(range.source->text + range.start,
			    source->text + original->range.start, length))
			return at;
	}
	return NULL;
}

/* The expression that stands for `original`, whose value at the entry is `value`. */
static struct expr *save_at_entry(struct pass *pass, struct expr *original, struct expr *value)
{
	struct resolver *resolver = pass->resolver;
	struct saved *saved = find_saved(pass, original);

	if (!saved) {
		saved = ARENA_NEW(resolver->arena, struct saved);
		resolver->entries++;
		saved->local =
			arena_printf(resolver->arena, "__entry_value_%u", resolver->entries);
		saved->original = original;
		saved->value = value;
		saved->array = new_store(pass, saved->local, original->range);
		*pass->companion.tail = saved;
		pass->companion.tail = &saved->next;
	}
	return expr_name(resolver->arena, saved->local, original->range);
}

/* $x of a .return probe: not to be had at the return, so as it was at the entry. */
static struct expr *resolve_at_entry(struct pass *pass, struct expr *expr)
{
	struct expr *original = expr_copy(pass->resolver->arena, expr);
	struct expr *value = NULL;

	if (!companion_start(pass, expr))
		return NULL;
	for (unsigned i = 0; i < pass->companion.entries.n; i++) {
		struct probe *entry = pass->companion.entries.v[i];

		if (!entry->family->resolve)
			return NULL;
		value = resolve_by_family(pass, entry, expr, pass->resolver->probes->diags);
		if (!value)
			return NULL;
	}
	return save_at_entry(pass, original, value);
}

/*
 * @var of a .return probe: its value is that at the return. Where the address can not be told
 * there (the probed instruction, which it is counted from, is at the entry), it is saved.
 */
static struct expr *resolve_at_return(struct pass *pass, struct expr *expr)
{
	struct arena *arena = pass->resolver->arena;
	struct diags scratch = { .arena = arena };
	struct probe *probe = pass->probe;
	struct expr *address = expr_copy(arena, expr), *resolved;

	resolved = resolve_by_family(pass, probe, expr_copy(arena, expr), &scratch);
	if (resolved)
		return resolved;
	address->target->address_of = true;
	address->target->path.n = 0;
	probe->at_return = resolve_at_entry(pass, address);
	if (!probe->at_return)
		return NULL;
	resolved = resolve_by_family(pass, probe, expr, pass->resolver->probes->diags);
	probe->at_return = NULL;
	return resolved;
}

/* @cast and @var that do not depend on where they stand: in functions, timers, begin ... */
static bool is_kernel_common(const struct probe *probe, const struct target *target)
{
	return (!probe || !probe->family || !probe->family->resolve) &&
	       (target->kind == TARGET_CAST || target->kind == TARGET_VAR);
}

static bool is_plain_cast(const struct target *target)
{
	return target->kind == TARGET_CAST && !target->path.n;
}

static struct expr *resolve_target(struct pass *pass, struct expr *expr)
{
	struct probe *probe = pass->probe;
	struct diags scratch = { .arena = pass->resolver->arena };
	struct expr *resolved;

	if (expr->target->kind == TARGET_AUTOCAST &&
	    !autocast_resolve(&pass->casting, expr))
		return NULL;
	if (is_plain_cast(expr->target)) /* &@cast(p, "type") is p */
		expr->target->address_of = false;
	if (expr->target->kind >= TARGET_KREGISTER)
		return resolve_plain(pass, expr);
	if (is_kernel_common(probe, expr->target))
		return kernel_resolve_common(pass->resolver->probes, probe, expr);
	if (!probe || !probe->family || !probe->family->resolve) {
		report_no_variables(pass, expr);
		return NULL;
	}
	if (probe->is_return && expr->target->kind == TARGET_DOLLAR && !is_result(expr->target)) {
		resolved = resolve_by_family(pass, probe, expr, &scratch);
		return resolved ? resolved : resolve_at_entry(pass, expr);
	}
	if (probe->is_return && expr->target->kind == TARGET_VAR)
		return resolve_at_return(pass, expr);
	return resolve_by_family(pass, probe, expr, pass->resolver->probes->diags);
}

static void resolve_entry(struct pass *pass, struct expr **place)
{
	struct expr *expr = *place;
	struct pass entry = { .resolver = pass->resolver, .casting = pass->casting };
	struct expr *original;

	if (!pass->probe || !pass->probe->is_return) {
		diag_error(pass->resolver->diags, expr->range,
			   "@entry() is only for .return probes");
		*place = expr_number(pass->resolver->arena, 0, expr->range);
		return;
	}
	if (!companion_start(pass, expr)) {
		*place = expr_number(pass->resolver->arena, 0, expr->range);
		return;
	}
	original = expr_copy(pass->resolver->arena, expr);
	entry.probe = pass->companion.entries.v[0];
	resolve_expr(&entry, &expr->entry.operand);
	*place = save_at_entry(pass, original, expr->entry.operand);
}

static bool is_text(const struct target *target)
{
	return (target->kind == TARGET_DOLLAR && target->name[0] == '$') ||
	       (target->path.n &&
		target->path.v[target->path.n - 1].kind >= COMPONENT_PRETTY);
}

/* --skip-badvars: what can not be resolved is 0. */
static struct expr *resolve_or_skip(struct pass *pass, struct expr *expr)
{
	struct resolver *resolver = pass->resolver;
	struct diags scratch = { .arena = resolver->arena };
	struct diags *diags = resolver->diags, *probes_diags = resolver->probes->diags;
	struct expr *resolved;

	if (!resolver->options->skip_bad_variables)
		return resolve_target(pass, expr);
	resolver->diags = resolver->probes->diags = &scratch;
	resolved = resolve_target(pass, expr);
	resolver->diags = diags;
	resolver->probes->diags = probes_diags;
	if (resolved)
		return resolved;
	return is_text(expr->target) ? expr_string(resolver->arena, "", expr->range)
				     : expr_number(resolver->arena, 0, expr->range);
}

/* ---- @defined ------------------------------------------------------------------------------------ */

static void resolve_defined(struct pass *pass, struct expr **place)
{
	struct resolver *resolver = pass->resolver;
	struct diags scratch = { .arena = resolver->arena };
	struct diags *diags = resolver->diags, *probes_diags = resolver->probes->diags;
	struct companion companion = pass->companion;
	struct expr *operand = expr_copy(resolver->arena, (*place)->operand);

	resolver->diags = resolver->probes->diags = &scratch;
	resolve_expr(pass, &operand);
	resolver->diags = diags;
	resolver->probes->diags = probes_diags;
	if (!companion.tried && pass->companion.tried)
		pass->companion = companion; /* asking saves nothing */
	else if (companion.tail) {
		pass->companion.tail = companion.tail;
		*companion.tail = NULL;
	}
	*place = expr_number(resolver->arena, scratch.errors == 0, (*place)->range);
}

/* ---- the walk, from the top --------------------------------------------------------------------- */

static bool is_logical(const struct expr *expr)
{
	return expr->kind == EXPR_BINARY && (expr->binary.op == BINARY_LOGICAL_AND ||
					     expr->binary.op == BINARY_LOGICAL_OR);
}

/* The condition alone first: what it rules out is not looked at. */
static void resolve_conditional(struct pass *pass, struct expr **place)
{
	struct expr *expr = *place;

	if (is_logical(expr)) {
		resolve_expr(pass, &expr->binary.left);
		fold_expr(pass->resolver, place);
		if (*place == expr)
			resolve_expr(pass, &expr->binary.right);
		fold_expr(pass->resolver, place);
		return;
	}
	resolve_expr(pass, &expr->ternary.condition);
	fold_expr(pass->resolver, place);
	if (*place != expr) {
		resolve_expr(pass, place);
		return;
	}
	resolve_expr(pass, &expr->ternary.then);
	resolve_expr(pass, &expr->ternary.otherwise);
}

static void resolve_expr(struct pass *pass, struct expr **place)
{
	struct expr *expr = *place, *resolved;

	if (expr->kind == EXPR_DEFINED) {
		resolve_defined(pass, place);
		return;
	}
	if (expr->kind == EXPR_SIZEOF) {
		sizeof_resolve(pass->resolver, pass->probe, place);
		return;
	}
	if (expr->kind == EXPR_ENUM) {
		if (expr->enumerator.value)
			resolve_expr(pass, &expr->enumerator.value);
		enum_resolve(pass->resolver, pass->probe, place);
		return;
	}
	if (expr->kind == EXPR_ENTRY) {
		resolve_entry(pass, place);
		return;
	}
	if (expr->kind == EXPR_TERNARY || is_logical(expr)) {
		resolve_conditional(pass, place);
		return;
	}
	if (expr->kind == EXPR_CONST) {
		const_resolve(pass->resolver, place);
		return;
	}
	if (expr->kind == EXPR_PERF) {
		counter_resolve(pass->resolver, place);
		return;
	}
	expr_each_child(expr, resolve_below, pass);
	if (expr->kind == EXPR_ASSIGN)
		autocast_learn(&pass->casting, expr);
	else if (expr->kind == EXPR_CALL)
		autocast_call(&pass->casting, expr);
	if (expr->kind != EXPR_TARGET || expr->target->access) {
		fold_expr(pass->resolver, place);
		return;
	}
	resolved = resolve_or_skip(pass, expr);
	if (!resolved)
		return;
	*place = resolved;
	if (resolved->kind != EXPR_TARGET)
		resolve_expr(pass, place); /* $$parms as an sprintf of parameters */
}

static void resolve_stmt(struct stmt **place, void *data)
{
	struct pass *pass = data;
	struct stmt *stmt = *place;

	stmt_each_expr(stmt, resolve_below, pass);
	if (stmt->kind == STMT_RETURN && stmt->expr)
		autocast_return(&pass->casting, stmt->expr);
	if (stmt->kind == STMT_IF && stmt->branch.condition->kind == EXPR_NUMBER) {
		struct stmt *taken = stmt->branch.condition->number ? stmt->branch.then :
								      stmt->branch.otherwise;

		*place = taken ? taken : stmt_new(pass->resolver->arena, STMT_EMPTY, stmt->range);
		resolve_stmt(place, pass);
		return;
	}
	stmt_each_child(stmt, resolve_stmt, pass);
}

/* ---- what the companion and the .return probe do -------------------------------------------------- */

/* Trees of the made-up statements; `range` is that of the first use. */
struct maker {
	struct arena *arena;
	struct range range;
	struct expr *frame, *goroutine; /* in the probe that is being made; or NULL */
};

static struct expr *make_call(const struct maker *maker, const char *name)
{
	struct expr *call = expr_new(maker->arena, EXPR_CALL, maker->range);

	call->call.name = name;
	call->call.name_range = maker->range;
	return call;
}

static void maker_enter(struct maker *maker, struct resolver *resolver, bool has_frame,
			struct probe *probe)
{
	maker->frame = has_frame ? frame_of(resolver, probe, maker->range) : NULL;
	maker->goroutine = goroutine_of(resolver, probe, maker->range);
}

static struct expr *make_element(const struct maker *maker, struct symbol *array, struct expr *key)
{
	struct expr *element = expr_new(maker->arena, EXPR_INDEX, maker->range);

	element->index.array = expr_of_symbol(maker->arena, array, maker->range);
	VEC_PUSH(maker->arena, &element->index.keys,
		 make_call(maker, maker->goroutine ? "pid" : "tid"));
	if (maker->goroutine)
		VEC_PUSH(maker->arena, &element->index.keys,
			 expr_copy(maker->arena, maker->goroutine));
	if (maker->frame)
		VEC_PUSH(maker->arena, &element->index.keys, expr_copy(maker->arena, maker->frame));
	if (key)
		VEC_PUSH(maker->arena, &element->index.keys, key);
	return element;
}

static struct expr *make_set(const struct maker *maker, struct expr *left, struct expr *right)
{
	struct expr *set = expr_new(maker->arena, EXPR_ASSIGN, maker->range);

	set->assign.op = ASSIGN_SET;
	set->assign.left = left;
	set->assign.right = right;
	return set;
}

static void add_expr(const struct maker *maker, struct stmt *block, enum stmt_kind kind,
		     struct expr *expr)
{
	struct stmt *stmt = stmt_new(maker->arena, kind, maker->range);

	stmt->expr = expr;
	VEC_PUSH(maker->arena, &block->block, stmt);
}

static struct expr *make_sum(const struct maker *maker, struct expr *left, int64_t right)
{
	struct expr *sum = expr_new(maker->arena, EXPR_BINARY, maker->range);

	sum->binary.op = BINARY_ADD;
	sum->binary.left = left;
	sum->binary.right = expr_number(maker->arena, right, maker->range);
	return sum;
}

static struct stmt *entry_body(const struct maker *maker, const struct companion *companion)
{
	struct stmt *block = stmt_new(maker->arena, STMT_BLOCK, maker->range);
	const char *depth = companion->depth_local;

	add_expr(maker, block, STMT_EXPR,
		 make_set(maker, expr_name(maker->arena, depth, maker->range),
			  make_sum(maker, make_element(maker, companion->depth, NULL), 1)));
	add_expr(maker, block, STMT_EXPR,
		 make_set(maker, make_element(maker, companion->depth, NULL),
			  expr_name(maker->arena, depth, maker->range)));
	for (struct saved *at = companion->saved; at; at = at->next)
		add_expr(maker, block, STMT_EXPR,
			 make_set(maker,
				  make_element(maker, at->array,
					       expr_name(maker->arena, depth, maker->range)),
				  expr_copy(maker->arena, at->value)));
	return block;
}

/* if (d < 1) next: the call began before the session did, and nothing was saved of it. */
static struct stmt *make_skip(const struct maker *maker, const struct companion *companion)
{
	struct stmt *skip = stmt_new(maker->arena, STMT_IF, maker->range);
	struct expr *unknown = expr_new(maker->arena, EXPR_BINARY, maker->range);

	unknown->binary.op = BINARY_LT;
	unknown->binary.left = expr_name(maker->arena, companion->depth_local, maker->range);
	unknown->binary.right = expr_number(maker->arena, 1, maker->range);
	skip->branch.condition = unknown;
	skip->branch.then = stmt_new(maker->arena, STMT_NEXT, maker->range);
	return skip;
}

/*
 * if (!([tid(), frame, d] in value)) next, behind the look at it: so much was saved meanwhile that
 * it was dropped, and what was read may be another's.
 */
static struct stmt *make_check(const struct maker *maker, struct expr *element)
{
	struct stmt *check = stmt_new(maker->arena, STMT_IF, maker->range);
	struct expr *there = expr_new(maker->arena, EXPR_IN, maker->range);
	struct expr *lost = expr_new(maker->arena, EXPR_UNARY, maker->range);

	there->in.array = element->index.array;
	there->in.keys = element->index.keys;
	lost->unary.op = UNARY_NOT;
	lost->unary.operand = there;
	check->branch.condition = lost;
	check->branch.then = stmt_new(maker->arena, STMT_NEXT, maker->range);
	return check;
}

/* if (d > 1) depth[tid(), frame] = d - 1; else delete depth[tid(), frame] */
static struct stmt *make_leave(const struct maker *maker, const struct companion *companion)
{
	struct stmt *leave = stmt_new(maker->arena, STMT_IF, maker->range);
	struct expr *deeper = expr_new(maker->arena, EXPR_BINARY, maker->range);
	const char *depth = companion->depth_local;

	deeper->binary.op = BINARY_GT;
	deeper->binary.left = expr_name(maker->arena, depth, maker->range);
	deeper->binary.right = expr_number(maker->arena, 1, maker->range);
	leave->branch.condition = deeper;
	leave->branch.then = stmt_new(maker->arena, STMT_EXPR, maker->range);
	leave->branch.then->expr =
		make_set(maker, make_element(maker, companion->depth, NULL),
			 make_sum(maker, expr_name(maker->arena, depth, maker->range), -1));
	leave->branch.otherwise = stmt_new(maker->arena, STMT_DELETE, maker->range);
	leave->branch.otherwise->expr = make_element(maker, companion->depth, NULL);
	return leave;
}

static struct stmt *return_prologue(const struct maker *maker, const struct companion *companion)
{
	struct stmt *block = stmt_new(maker->arena, STMT_BLOCK, maker->range);
	const char *depth = companion->depth_local;

	add_expr(maker, block, STMT_EXPR,
		 make_set(maker, expr_name(maker->arena, depth, maker->range),
			  make_element(maker, companion->depth, NULL)));
	VEC_PUSH(maker->arena, &block->block, make_skip(maker, companion));
	VEC_PUSH(maker->arena, &block->block, make_leave(maker, companion));
	for (struct saved *at = companion->saved; at; at = at->next) {
		struct expr *key = expr_name(maker->arena, depth, maker->range);

		add_expr(maker, block, STMT_EXPR,
			 make_set(maker, expr_name(maker->arena, at->local, maker->range),
				  make_element(maker, at->array, key)));
		key = expr_name(maker->arena, depth, maker->range);
		VEC_PUSH(maker->arena, &block->block,
			 make_check(maker, make_element(maker, at->array, key)));
		key = expr_name(maker->arena, depth, maker->range);
		add_expr(maker, block, STMT_DELETE, make_element(maker, at->array, key));
	}
	return block;
}

/* The statements that its family puts before what the companion saves. */
static void add_guard(struct resolver *resolver, struct probe *entry, struct part_vec *parts)
{
	struct pass pass = { .resolver = resolver,
			     .probe = entry,
			     .casting = { .resolver = resolver, .probe = entry } };
	struct part part;

	if (!part_of_family(resolver, entry, entry->guard, &part))
		return;
	resolve_stmt(&part.body, &pass);
	VEC_PUSH(resolver->arena, parts, part);
}

static struct stmt *whole_body(const struct maker *maker, const struct part_vec *parts)
{
	struct stmt *block = stmt_new(maker->arena, STMT_BLOCK, maker->range);

	for (unsigned i = 0; i < parts->n; i++)
		VEC_PUSH(maker->arena, &block->block, parts->v[i].body);
	return block;
}

static void companion_finish(struct pass *pass, struct part_vec *parts)
{
	struct companion *companion = &pass->companion;
	struct resolver *resolver = pass->resolver;
	struct maker maker = { .arena = resolver->arena };
	struct part first = { .source = parts->v[0].source };
	unsigned guards = pass->probe->guard != NULL;

	if (!companion->saved)
		return;
	maker.range = companion->saved->original->range;
	for (unsigned i = 0; i < companion->entries.n; i++) {
		struct probe *entry = companion->entries.v[i];
		struct part_vec entry_parts = { .n = 0 };
		struct part part = { .source = parts->v[0].source };

		maker_enter(&maker, resolver, companion->has_frame, entry);
		part.body = entry_body(&maker, companion);
		entry->name = pass->probe->name;
		add_guard(resolver, entry, &entry_parts);
		VEC_PUSH(resolver->arena, &entry_parts, part);
		entry->body = whole_body(&maker, &entry_parts);
		names_bind_probe(resolver, entry, &entry_parts, part.source);
		entry->companion = true;
		VEC_PUSH(resolver->arena, &resolver->program->probes, entry);
	}
	maker_enter(&maker, resolver, companion->has_frame, pass->probe);
	first.body = return_prologue(&maker, companion);
	VEC_PUSH(resolver->arena, parts, first);
	memmove(parts->v + guards + 1, parts->v + guards,
		(parts->n - 1 - guards) * sizeof(*parts->v));
	parts->v[guards] = first;
}

void targets_resolve_probe(struct resolver *resolver, struct probe *probe, struct part_vec *parts)
{
	struct pass pass = { .resolver = resolver,
			     .probe = probe,
			     .casting = { .resolver = resolver, .probe = probe } };

	for (unsigned i = 0; i < parts->n; i++)
		resolve_stmt(&parts->v[i].body, &pass);
	companion_finish(&pass, parts);
}

static void resolve_function(struct resolver *resolver, struct declared_function *declared,
			     struct stmt **body, struct pointee *result)
{
	struct pass pass = { .resolver = resolver, .casting.resolver = resolver };

	autocast_begin(&pass.casting, declared);
	resolve_stmt(body, &pass);
	*result = pass.casting.result;
}

void targets_resolve_function(struct resolver *resolver, struct declared_function *declared)
{
	struct pointee result;

	if (declared->function->body)
		resolve_function(resolver, declared, &declared->function->body, &result);
}

/* On a copy, and silently: the function is resolved in its turn. */
struct pointee targets_result(struct resolver *resolver, struct declared_function *declared)
{
	struct diags scratch = { .arena = resolver->arena };
	struct diags *diags = resolver->diags, *probes_diags = resolver->probes->diags;
	struct stmt *body = stmt_copy(resolver->arena, declared->decl->body);
	struct pointee result;

	resolver->diags = resolver->probes->diags = &scratch;
	resolve_function(resolver, declared, &body, &result);
	resolver->diags = diags;
	resolver->probes->diags = probes_diags;
	return result;
}
