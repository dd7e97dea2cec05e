/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names: what the files declare, and what each name in a body means. A name is looked up among
 * the body's locals and parameters, then among the globals of its own file, of the user's files,
 * of the tapset files loaded so far, and at last in the tapset directories. A name that nobody
 * declares is a local variable.
 */
#include <string.h>

#include "compiler/semantic/passes.h"

/* ---- declarations --------------------------------------------------------------------------- */

static void declare_function(struct resolver *resolver, const struct source *source,
			     struct function_decl *decl)
{
	struct declared_function *declared = ARENA_NEW(resolver->arena, struct declared_function);
	void **place = name_map_at(resolver->arena, &resolver->functions, decl->name);
	struct declared_function **tail = (struct declared_function **)place;

	declared->decl = decl;
	declared->source = source;
	while (*tail)
		tail = &(*tail)->next;
	*tail = declared;
}

static void declare_global(struct resolver *resolver, const struct source *source,
			   struct global_decl *decl)
{
	struct declared_global *declared = ARENA_NEW(resolver->arena, struct declared_global);
	void **place = name_map_at(resolver->arena, &resolver->globals, decl->name);
	struct declared_global **tail = (struct declared_global **)place;

	declared->decl = decl;
	declared->source = source;
	for (; *tail; tail = &(*tail)->next) {
		const struct declared_global *other = *tail;

		if (other->source != source &&
		    (other->source->tapset || source->tapset || other->decl->private || decl->private))
			continue;
		diag_error(resolver->diags, decl->range, "global '%s' is declared twice",
			   decl->name);
		diag_note(resolver->diags, other->decl->range, "the first declaration is here");
		return;
	}
	*tail = declared;
}

static void declare_alias(struct resolver *resolver, const struct source *source,
			  struct alias_decl *decl)
{
	for (unsigned i = 0; i < decl->names.n; i++) {
		struct declared_alias *declared =
			ARENA_NEW(resolver->arena, struct declared_alias);

		declared->decl = decl;
		declared->name = decl->names.v[i];
		declared->source = source;
		*resolver->aliases_tail = declared;
		resolver->aliases_tail = &declared->next;
	}
}

void names_declare(struct resolver *resolver, struct script_file *file)
{
	for (unsigned i = 0; i < file->functions.n; i++)
		declare_function(resolver, file->source, file->functions.v[i]);
	for (unsigned i = 0; i < file->globals.n; i++)
		declare_global(resolver, file->source, file->globals.v[i]);
	for (unsigned i = 0; i < file->aliases.n; i++)
		declare_alias(resolver, file->source, file->aliases.v[i]);
}

/* ---- looking up ------------------------------------------------------------------------------- */

/* How near a declaration is to its use; the nearest wins. */
enum nearness { SAME_FILE, USER_FILE, TAPSET_FILE, INVISIBLE };

static enum nearness nearness(const struct source *declared, bool private,
			      const struct source *used)
{
	if (declared == used)
		return SAME_FILE;
	if (private)
		return INVISIBLE;
	return declared->tapset ? TAPSET_FILE : USER_FILE;
}

struct binder {
	struct resolver *resolver;
	const struct source *source;
	struct symbol_vec *locals;
	struct symbol_vec *parameters; /* NULL in a probe */
};

static struct symbol *find_in(const struct symbol_vec *symbols, const char *name)
{
	for (unsigned i = 0; symbols && i < symbols->n; i++)
		if (!strcmp(symbols->v[i]->name, name))
			return symbols->v[i];
	return NULL;
}

static struct declared_global *find_global(struct binder *binder, const char *name)
{
	struct declared_global *best = NULL, *at = name_map_get(&binder->resolver->globals, name);
	enum nearness best_nearness = INVISIBLE;

	for (; at; at = at->next) {
		enum nearness near = nearness(at->source, at->decl->private, binder->source);

		/* A local of a tapset's function is no global of the script that has its name. */
		if (near == USER_FILE && binder->parameters && binder->source->tapset)
			continue;
		if (near < best_nearness) {
			best_nearness = near;
			best = at;
		}
	}
	return best;
}

static struct symbol *lookup(struct binder *binder, const char *name, struct range range)
{
	struct symbol *symbol = find_in(binder->locals, name);
	struct declared_global *global;

	if (!symbol)
		symbol = find_in(binder->parameters, name);
	if (symbol)
		return symbol;
	global = find_global(binder, name);
	if (!global && tapsets_load_global(binder->resolver, name))
		global = find_global(binder, name);
	if (!global)
		return symbol_new_local(binder->resolver, binder->locals, name, range);
	return global->symbol ? global->symbol : symbol_new_global(binder->resolver, global);
}

/* ---- calls -------------------------------------------------------------------------------------- */

struct call_lookup {
	struct binder *binder;
	const struct expr *call;
	struct declared_function *wrong_arity; /* visible, with another number of parameters */
	struct {
		VEC(struct function *);
	} found;
};

static int64_t priority_of(const struct function *function)
{
	return function->decl->priority ? function->decl->priority : 1;
}

/* Keeps the order of priorities, then of declarations. */
static void add_candidate(struct call_lookup *lookup, struct function *function)
{
	unsigned i;

	VEC_PUSH(lookup->binder->resolver->arena, &lookup->found, function);
	for (i = lookup->found.n - 1;
	     i > 0 && priority_of(lookup->found.v[i - 1]) > priority_of(function); i--)
		lookup->found.v[i] = lookup->found.v[i - 1];
	lookup->found.v[i] = function;
}

static void find_candidates(struct call_lookup *lookup)
{
	struct resolver *resolver = lookup->binder->resolver;
	struct declared_function *all = name_map_get(&resolver->functions, lookup->call->call.name);

	for (enum nearness near = SAME_FILE; near < INVISIBLE && !lookup->found.n; near++) {
		for (struct declared_function *at = all; at; at = at->next) {
			if (nearness(at->source, at->decl->private, lookup->binder->source) != near)
				continue;
			if (at->decl->parameters.n == lookup->call->call.args.n)
				add_candidate(lookup, function_of(resolver, at));
			else if (!lookup->wrong_arity)
				lookup->wrong_arity = at;
		}
	}
}

static void offer_function(const char *name, void *value, void *data)
{
	(void)value;
	suggest_offer(data, name);
}

/* What stands in other languages, and what stands for it here. */
static const char *foreign_function(const char *name)
{
	static const struct {
		const char *name, *help;
	} words[] = {
		{ "switch", "there is no 'switch': write if (...) ... else if (...) ..." },
		{ "sizeof", "@cast_sizeof(\"struct x\") is the size of a type" },
		{ "offsetof", "&@cast(0, \"struct x\")->member is a member's offset" },
		{ "strcmp", "strings are compared with == != < and >" },
		{ "strcat", "strings are joined with '.'" },
		{ "strcpy", "strings are assigned with '='" },
		{ "strstr", "strpos(...), isinstr(...) and =~ look for text in a string" },
		{ "str", "user_string(...) and kernel_string(...) read a string" },
		{ "kstack", "print_backtrace() prints the kernel's stack, backtrace() is a key" },
		{ "ustack", "print_ubacktrace() prints the stack, ubacktrace() is a key" },
		{ "comm", "execname() is the name of the process" },
		{ "nsecs", "gettimeofday_ns() and ktime_get_ns() are the time" },
	};

	for (unsigned i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(words[i].name, name))
			return words[i].help;
	return NULL;
}

static void report_call(struct call_lookup *lookup)
{
	struct resolver *resolver = lookup->binder->resolver;
	const struct expr *call = lookup->call;
	struct suggest suggest;

	if (lookup->wrong_arity) {
		unsigned wanted = lookup->wrong_arity->decl->parameters.n;

		diag_error(resolver->diags, call->range,
			   "function '%s' takes %u argument%s, not %u", call->call.name, wanted,
			   wanted == 1 ? "" : "s", call->call.args.n);
		diag_note(resolver->diags, lookup->wrong_arity->decl->name_range,
			  "'%s' is declared here", call->call.name);
		return;
	}
	diag_error(resolver->diags, call->call.name_range, "unknown function '%s'",
		   call->call.name);
	if (foreign_function(call->call.name)) {
		diag_help(resolver->diags, "%s", foreign_function(call->call.name));
		return;
	}
	if (foreign_help(resolver->diags, call->call.name))
		return;
	suggest_start(&suggest, call->call.name);
	print_offer_all(&suggest);
	name_map_each(&resolver->functions, offer_function, &suggest);
	tapsets_offer_functions(resolver, &suggest);
	suggest_help(&suggest, resolver->diags);
}

static void bind_call(struct binder *binder, struct expr *expr)
{
	struct call_lookup lookup = { .binder = binder, .call = expr };

	if (expr->call.n_candidates)
		return;
	find_candidates(&lookup);
	if (!lookup.found.n && tapsets_load_function(binder->resolver, expr->call.name))
		find_candidates(&lookup);
	if (!lookup.found.n)
		report_call(&lookup);
	expr->call.candidates = lookup.found.v;
	expr->call.n_candidates = lookup.found.n;
	permitted_check(binder->resolver, binder->source, expr);
}

/* ---- bodies -------------------------------------------------------------------------------------- */

static void offer_global(const char *name, void *value, void *data)
{
	(void)value;
	suggest_offer(data, name);
}

static void need_array(struct binder *binder, struct expr *array)
{
	struct symbol *symbol = array && array->kind == EXPR_NAME ? array->name.symbol : NULL;
	struct diags *diags = binder->resolver->diags;
	struct suggest suggest;

	if (!symbol)
		return;
	if (symbol->scope == SYMBOL_GLOBAL || symbol->is_array) {
		symbol->is_array = true;
		return;
	}
	symbol->is_array = true; /* reported once */
	if (symbol->scope == SYMBOL_PARAMETER) {
		diag_error(diags, array->range, "parameter '%s' is used as an array", symbol->name);
		diag_help(diags, "arrays are global and can not be passed to functions");
		return;
	}
	diag_error(diags, array->range, "unknown array '%s'", symbol->name);
	suggest_start(&suggest, symbol->name);
	name_map_each(&binder->resolver->globals, offer_global, &suggest);
	if (suggest_best(&suggest))
		suggest_help(&suggest, diags);
	else
		diag_help(diags, "arrays are declared outside of handlers: 'global %s'",
			  symbol->name);
}

static void bind_expr(struct expr **place, void *data)
{
	struct binder *binder = data;
	struct expr *expr = *place;

	switch (expr->kind) {
	case EXPR_NAME:
		if (!expr->name.symbol)
			expr->name.symbol = lookup(binder, expr->name.text, expr->range);
		break;
	case EXPR_INDEX:
		need_array(binder, expr->index.array);
		break;
	case EXPR_IN:
		need_array(binder, expr->in.array);
		break;
	case EXPR_CALL:
		bind_call(binder, expr);
		break;
	case EXPR_EMBEDDED:
		*place = embedded_value(binder->resolver, expr);
		break;
	default:
		break;
	}
}

static void bind_stmt(struct stmt **place, void *data)
{
	struct binder *binder = data;
	struct foreach_stmt *foreach = (*place)->foreach;

	if ((*place)->kind == STMT_EMBEDDED)
		embedded_statement(binder->resolver, *place);
	if ((*place)->kind != STMT_FOREACH || foreach->array->kind != EXPR_NAME)
		return;
	bind_expr(&foreach->array, data);
	need_array(binder, foreach->array);
}

static void bind(struct binder *binder, struct stmt **body)
{
	struct walk walk = { .stmt = bind_stmt, .expr = bind_expr, .data = binder };

	walk_stmt(&walk, body);
}

void names_bind_probe(struct resolver *resolver, struct probe *probe, const struct part_vec *parts,
		      const struct source *source)
{
	struct symbol_vec locals = { .n = 0 };
	struct binder binder = { .resolver = resolver, .locals = &locals };
	struct walk walk = { .expr = bind_expr, .data = &binder };
	unsigned n_locals;

	for (unsigned i = 0; i < parts->n; i++) {
		binder.source = parts->v[i].source;
		bind(&binder, &parts->v[i].body);
	}
	n_locals = locals.n;
	if (probe->condition) {
		binder.source = source;
		walk_expr(&walk, &probe->condition);
	}
	for (unsigned i = n_locals; i < locals.n; i++)
		diag_error(resolver->diags, locals.v[i]->range,
			   "'%s' is not a global: the condition of a probe is computed outside of "
			   "its handler", locals.v[i]->name);
	probe->locals.v = locals.v;
	probe->locals.n = locals.n;
	probe->locals.capacity = locals.capacity;
}

void names_bind_function(struct resolver *resolver, struct function *function,
			 const struct source *source)
{
	struct binder binder = { .resolver = resolver,
				 .source = source,
				 .locals = &function->locals,
				 .parameters = &function->parameters };

	if (function->body)
		bind(&binder, &function->body);
}
