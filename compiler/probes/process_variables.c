/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * $variables of user-space probes.
 */
#include <stdlib.h>
#include <string.h>

#include "compiler/debuginfo/abi.h"
#include "compiler/debuginfo/golang.h"
#include "compiler/debuginfo/pretty.h"
#include "compiler/debuginfo/variables.h"
#include "compiler/probes/kernel.h"
#include "compiler/probes/process.h"

/* Who asks for what. */
struct question {
	struct probes *probes;
	struct probe *probe;
	const struct process_site *site;
	struct expr *expr;
	struct target *target;
	struct place_context context;
	struct dwarf_position position;
	struct dwarf_unit *unit;
	bool of_kernel; /* memory is the kernel's */
};

static void set_view(struct dwarf_position *position, const struct process_site *site)
{
	Dwarf_Die scope = site->scope;

	position->has_view = true;
	if (site->has_view)
		position->view = site->view;
	else if (site->at_entry && site->has_scope && site->inlined)
		position->has_view = dwarf_entry_view(&scope, &position->view);
	else
		position->has_view = site->at_entry && !site->inlined;
}

/* NULL: a probe that is at no place in a file. */
static const struct process_site *site_of(const struct probe *probe)
{
	if (probe->family == &family_kernel)
		return kernel_probe_site(probe);
	return probe->family == &family_process || probe->family == &family_kernel_code ?
		       probe->family_data : NULL;
}

static struct question question_of(struct probes *probes, struct probe *probe, struct expr *expr)
{
	const struct process_site *site = probe ? site_of(probe) : NULL;
	struct question question = { .probes = probes, .probe = probe, .site = site, .expr = expr,
				     .target = expr ? expr->target : NULL };
	struct dwarf_function *function;

	question.context.arena = probes->arena;
	question.context.diags = probes->diags;
	if (expr)
		question.context.range = question.position.range = expr->range;
	if (!site || !site->dso)
		return question;
	question.of_kernel = site->dso->kernel;
	question.position.file = dwarf_file_of(site->dso);
	question.position.pc = site->address;
	set_view(&question.position, site);
	if (!question.position.file->dwarf)
		return question;
	question.unit = dwarf_unit_at(question.position.file, site->address);
	function = dwarf_function_at(question.position.file, site->address, false);
	if (function) {
		question.position.has_function = true;
		question.position.function = function->die;
		question.position.entry = function->entry;
	}
	return question;
}

/* ---- names that are there ----------------------------------------------------------------- */

static void scope_variables(struct question *question, struct dwarf_variable_vec *out)
{
	Dwarf_Die scope = question->site->scope;

	if (question->site->has_scope)
		variables_of_scope(question->context.arena, &scope, question->site->address, out);
}

static bool place_parameter(struct question *question, struct dwarf_variable *variable,
			    struct place *place)
{
	Dwarf_Die scope = question->site->scope;
	struct dwarf_variable first = *variable;
	const char *problem;
	uint64_t above;

	if (variable->moves && question->site->at_entry && !question->site->inlined) {
		first.die = variable->first;
		first.escaped = first.moves = false;
		variable = &first;
	}
	if (question->site->copying && process_is_in_frame(&scope, &variable->die)) {
		question->position.problem = "not there yet where the inlined code begins";
		return false;
	}
	if (!question->site->at_entry || question->site->inlined)
		return variables_place(&question->position, variable, place);
	if (variable->problem || !process_is_in_frame(&scope, &variable->die))
		return variables_place_argument(&question->position, variable, place);
	if (question->site->golang) {
		question->position.problem = "not in its place yet at the function's entry";
		return false;
	}
	problem = abi_argument(question->position.file, &scope, &variable->die, place);
	if (!problem && dwarf_above_frame(&question->position, &variable->die, &above) &&
	    !abi_is_on_stack(place, above))
		problem = "the debug information and the calling convention do not agree on where it is";
	question->position.problem = problem;
	return !problem;
}

static bool place_variable(struct question *question, struct dwarf_variable *variable,
			   struct place *place)
{
	Dwarf_Die scope = question->site->scope;

	if (variable->is_parameter)
		return place_parameter(question, variable, place);
	if (!variable->is_global && question->site->at_entry && !question->site->inlined &&
	    (variable->is_result || process_is_in_frame(&scope, &variable->die))) {
		question->position.problem = variable->is_result ?
			"it is a result, which is there at the return, in registers only" :
			"not there yet at the function's entry";
		return false;
	}
	return variables_place(&question->position, variable, place);
}

/* "a, b, c": what can be read here. */
static const char *list_readable(struct question *question)
{
	struct dwarf_variable_vec variables = { .n = 0 };
	const char *list = "";

	scope_variables(question, &variables);
	for (unsigned i = 0; i < variables.n; i++) {
		struct place place;

		if (place_variable(question, &variables.v[i], &place))
			list = arena_printf(question->context.arena, "%s%s$%s", list,
					    *list ? ", " : "", variables.v[i].name);
	}
	return list;
}

static const char *describe_site(const struct question *question)
{
	const struct process_site *site = question->site;

	return arena_printf(question->context.arena, "%s%s%s%s%s",
			    site->function ? "function '" : "this place",
			    site->function ? site->function : "", site->function ? "'" : "",
			    site->inlined ? ", inlined here" : "",
			    site->is_return ? ", at its return" : "");
}

static struct expr *report_no_debuginfo(struct question *question)
{
	struct dwarf_file *file = question->position.file;

	if (question->site->watched) {
		diag_error(question->context.diags, question->context.range,
			   "no variable '$%s' at a watchpoint, which any code may hit",
			   question->target->name);
		diag_help(question->context.diags, "@var(\"%s\") is a variable of the whole program",
			  question->target->name);
		return NULL;
	}
	diag_error(question->context.diags, question->context.range,
		   "there is no debug information for %s%s: '$%s' is not known",
		   file->dwarf ? "this code of " : "", question->site->dso->path,
		   question->target->name);
	if (!file->dwarf)
		diag_help(question->context.diags, "looked for in %s; %s", file->looked,
			  question->site->is_return ?
			  "returnval() is what was returned, @entry(pointer_arg(1)) an argument" :
			  "arguments can be read with int_arg(1), pointer_arg(2), ...");
	return NULL;
}

static struct expr *report_unknown(struct question *question)
{
	struct dwarf_variable_vec variables = { .n = 0 };
	const char *list = list_readable(question);
	struct suggest suggest;

	diag_error(question->context.diags, question->context.range,
		   "no variable '$%s' in %s", question->target->name, describe_site(question));
	suggest_start(&suggest, question->target->name);
	scope_variables(question, &variables);
	for (unsigned i = 0; i < variables.n; i++)
		suggest_offer(&suggest, variables.v[i].name);
	if (suggest_best(&suggest))
		diag_help(question->context.diags, "did you mean '$%s'?", suggest_best(&suggest));
	else
		diag_help(question->context.diags, *list ? "there are: %s" :
			  "there are no variables%s", list);
	return NULL;
}

static struct expr *report_unreadable(struct question *question, const char *name)
{
	const char *problem = question->position.problem, *list = list_readable(question);

	diag_error(question->context.diags, question->context.range, "'$%s' can not be read in %s: %s",
		   name, describe_site(question), problem ? problem : "its place is not known");
	if (question->site->inlined)
		diag_help(question->context.diags, "%s%s%sfor the function itself without its inlined "
			  "copies, write .call; or ask with @defined($%s)",
			  *list ? "these can be: " : "", list, *list ? "; " : "", name);
	else if (*list)
		diag_help(question->context.diags, "these can be: %s", list);
	return NULL;
}

/* ---- places of names ---------------------------------------------------------------------- */

static bool find_variable(struct question *question, const char *name,
			  struct dwarf_variable *found)
{
	struct dwarf_variable_vec variables = { .n = 0 };

	scope_variables(question, &variables);
	for (unsigned i = 0; i < variables.n; i++) {
		if (strcmp(variables.v[i].name, name))
			continue;
		*found = variables.v[i];
		return true;
	}
	return question->unit && variables_find_global(question->position.file, question->unit, name,
						       NULL, found);
}

/* Go: results have names. *known: the function has one of that name. */
static bool place_named_result(struct question *question, const char *name, struct place *place,
			       bool *known)
{
	Dwarf_Die scope = question->site->scope;
	const char *problem;

	if (!question->site->has_scope) {
		*known = true;
		report_no_debuginfo(question);
		return false;
	}
	problem = golang_result(question->position.file, &scope, name, place, known);
	*known |= !strcmp(name, "return");
	if (problem && *known)
		diag_error(question->context.diags, question->context.range, "no '$%s' in %s: %s",
			   name, describe_site(question), problem);
	return !problem;
}

static bool place_result(struct question *question, struct place *place)
{
	Dwarf_Die scope = question->site->scope;
	const char *problem;

	if (!question->site->has_scope) {
		report_no_debuginfo(question);
		return false;
	}
	problem = abi_result(question->position.file, &scope, place);
	if (!problem)
		return true;
	diag_error(question->context.diags, question->context.range, "no '$return' in %s: %s",
		   describe_site(question), problem);
	return false;
}

/* Globals are found from the probed instruction's own address, which is not there at a return. */
static bool report_at_return(struct question *question, const char *name)
{
	diag_error(question->context.diags, question->context.range,
		   "'%s' can not be read at a function's return", name);
	diag_help(question->context.diags, "its value at the entry is @entry($%s)", name);
	return false;
}

static bool place_dollar(struct question *question, struct place *place)
{
	const char *name = question->target->name;
	struct dwarf_variable variable;
	bool known = false;

	if (question->site->is_return && question->site->golang) {
		bool found = place_named_result(question, name, place, &known);

		if (found || known)
			return found;
	}
	if (question->site->is_return)
		return strcmp(name, "return") ? report_at_return(question, name) :
						place_result(question, place);
	if (!question->position.file->dwarf || !question->unit) {
		report_no_debuginfo(question);
		return false;
	}
	if (!find_variable(question, name, &variable)) {
		report_unknown(question);
		return false;
	}
	question->position.problem = NULL;
	if (place_variable(question, &variable, place))
		return true;
	report_unreadable(question, name);
	return false;
}

/* ---- @var --------------------------------------------------------------------------------- */

static struct dso *open_module(struct question *question, const char *module)
{
	struct probes *probes = question->probes;
	struct dso *dso = process_open_module(probes, question->site ? question->site->dso : NULL,
					      module);

	if (!dso)
		process_report_module(question->context.diags, question->context.range, module);
	return dso;
}

/* A static variable is meant with its file's name only. */
static void offer_static(struct question *question, const char *name)
{
	struct dwarf_variable variable;
	Dwarf_Die unit;

	if (variables_find_global(question->position.file, NULL, name, NULL, &variable) &&
	    !variable.problem && dwarf_diecu(&variable.die, &unit, NULL, NULL))
		diag_help(question->context.diags, "another source file has it: write '%s@%s'", name,
			  dwarf_diename(&unit));
}

/* Without debug information only the address is known. */
static bool place_symbol(struct question *question, const char *name, struct place *place)
{
	struct dwarf_file *file = question->position.file;
	bool found = variables_place_symbol(&question->position, name, place);

	if (found && question->target->address_of && !question->target->path.n)
		return true;
	diag_error(question->context.diags, question->context.range,
		   "there is no debug information for %s%s%s", file->dso->path,
		   question->target->address_of ? ": " : "",
		   question->target->address_of && !found ? question->position.problem : "");
	diag_help(question->context.diags, "looked for in %s", file->looked);
	if (found)
		diag_help(question->context.diags, "&@var(\"%s\") is its address", name);
	return false;
}

static bool place_global(struct question *question, const char *name, const char *source,
			 struct place *place)
{
	struct dwarf_variable variable;
	struct dwarf_file *file = question->position.file;

	if (!file->dwarf)
		return place_symbol(question, name, place);
	if (!variables_find_global(file, question->unit, name, source, &variable)) {
		diag_error(question->context.diags, question->context.range,
			   "no global variable '%s'%s%s%s in %s", name, source ? " of '" : "",
			   source ? source : "", source ? "'" : "", file->dso->path);
		offer_static(question, name);
		return false;
	}
	if (question->probe && question->probe->at_return && !question->position.base) {
		struct access access = { .exprs = { .n = 0 } };

		access_push(question->context.arena, &access, ACCESS_EXPR, 0, 8, false);
		VEC_PUSH(question->context.arena, &access.exprs, question->probe->at_return);
		*place = place_memory(dwarf_type_of(file, &variable.die), &access, true);
		return true;
	}
	if (variables_place(&question->position, &variable, place))
		return true;
	diag_error(question->context.diags, question->context.range,
		   "the variable '%s' can not be read: %s", name, question->position.problem);
	return false;
}

static bool take_load_base(struct question *question)
{
	question->position.base = process_load_base(question->probes, question->position.file->dso,
						    question->context.range);
	return question->position.base != NULL;
}

/* The function itself may be the first to touch the thread's block, which has no address before. */
static bool is_thread_local(struct question *question, const char *name, const char *source)
{
	struct dwarf_file *file = question->position.file;
	struct dwarf_variable variable;

	return file->dwarf &&
	       variables_find_global(file, question->unit, name, source, &variable) &&
	       variables_thread_local(&variable);
}

static bool place_var(struct question *question, struct place *place)
{
	struct target *target = question->target;
	const char *at = strchr(target->name, '@');
	const char *name = at ? arena_strndup(question->context.arena, target->name,
					      (size_t)(at - target->name)) : target->name;
	const char *module = target->module && *target->module ? target->module : NULL;
	struct dso *own = question->site ? question->site->dso : NULL;
	struct dso *dso = module ? open_module(question, module) : own;
	struct dwarf_variable variable;

	if (!dso && !module) {
		diag_error(question->context.diags, question->context.range,
			   "it is not told here which file's '%s' is meant", name);
		diag_help(question->context.diags, "write @var(\"%s\", \"FILE\")", target->name);
	}
	if (!dso)
		return false;
	if (dso != own) {
		question->position = (struct dwarf_position){ .file = dwarf_file_of(dso) };
		question->unit = NULL;
		if (!take_load_base(question))
			return false;
	} else if (question->site->is_return && dso->relocatable && !question->probe->at_return) {
		if (!is_thread_local(question, name, at ? at + 1 : NULL))
			return report_at_return(question, name);
		if (!take_load_base(question))
			return false;
	} else if (!at && !module && !question->site->is_return && question->position.file->dwarf &&
		   find_variable(question, name, &variable)) {
		question->position.problem = NULL;
		if (place_variable(question, &variable, place))
			return true;
		report_unreadable(question, name);
		return false;
	}
	return place_global(question, name, at ? at + 1 : NULL, place);
}

/* ---- @cast -------------------------------------------------------------------------------- */

struct ctype *process_find_type(struct probes *probes, struct probe *probe, const char *modules,
				const char *name)
{
	struct question question = question_of(probes, probe, NULL);
	struct dso *own = question.site ? question.site->dso : NULL;

	do {
		size_t length = strcspn(modules, ":");
		struct dso *dso = process_open_module(probes, own, arena_strndup(probes->arena, modules,
										 length));
		struct ctype *type =
			dso ? dwarf_find_type(dwarf_file_of(dso), dso == own ? question.unit : NULL,
					      name) : NULL;

		if (type)
			return type;
		modules += length + (modules[length] == ':');
	} while (*modules);
	return NULL;
}

bool process_find_enumerator(struct probes *probes, struct probe *probe, const char *module,
			     const char *name, int64_t *value)
{
	struct question question = question_of(probes, probe, NULL);
	struct dso *own = question.site ? question.site->dso : NULL;
	struct dso *dso = process_open_module(probes, own, module);

	return dso && dwarf_find_enumerator(dwarf_file_of(dso), dso == own ? question.unit : NULL,
					    name, value);
}

static void report_no_type(struct question *question, const char *modules)
{
	struct dso *own = question->site ? question->site->dso : NULL;
	struct dso *dso = strchr(modules, ':') ? NULL :
			  process_open_module(question->probes, own, modules);
	struct dwarf_file *file = dso ? dwarf_file_of(dso) : NULL;
	const char *name = question->target->type_name, *nearest = NULL;

	diag_error(question->context.diags, question->context.range,
		   "no type '%s' in the debug information of %s", name,
		   *modules ? modules : dso ? dso->path : "the program");
	if (file && file->dwarf)
		nearest = dwarf_nearest_type(file, name);
	if (nearest)
		diag_help(question->context.diags, "did you mean \"%s\"?", nearest);
	else if (file && !file->dwarf)
		diag_help(question->context.diags, "there is none; looked for in %s", file->looked);
	else
		diag_help(question->context.diags, "a type that another file defines is found with "
			  "that file's name: @cast(p, \"%s\", \"FILE\")", name);
}

static bool place_cast(struct question *question, struct place *place)
{
	struct arena *arena = question->context.arena;
	const struct target *target = question->target;
	const char *modules = target->module ? target->module : "";
	struct ctype *type = process_find_type(question->probes, question->probe, modules,
					       target->type_name), *pointer;
	struct access access = { .exprs = { .n = 0 } };

	if (!type && *modules && !strchr(modules, ':') && !open_module(question, modules))
		return false;
	if (!type) {
		report_no_type(question, modules);
		return false;
	}
	pointer = ctype_new(arena, CTYPE_POINTER, NULL, 8);
	pointer->target = type;
	access_push(arena, &access, ACCESS_EXPR, 0, 8, false);
	VEC_PUSH(arena, &access.exprs, target->operand);
	*place = place_value(pointer, &access, true);
	return true;
}

/* ---- pretty printing ---------------------------------------------------------------------- */

static enum component_kind last_component(const struct target *target)
{
	return target->path.n ? target->path.v[target->path.n - 1].kind : COMPONENT_MEMBER;
}

/* The target's text without the trailing $. */
static const char *base_text(struct question *question)
{
	struct target target = *question->target;
	struct expr expr = *question->expr;
	char *text = NULL;
	const char *copy;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	target.path.n--;
	expr.target = &target;
	ast_print_expr(out, &expr);
	fclose(out);
	copy = arena_strdup(question->context.arena, text);
	free(text);
	return copy;
}

static struct expr *from_text(struct question *question, const char *text)
{
	struct expr *expr = text_parse_expr(question->probes, text, question->expr->range);

	if (!expr || !text_resolve_targets(question->probes, question->probe, &expr))
		return NULL;
	return expr;
}

/* Part of a value may be in no place, or the whole in registers, where text is not read. */
static bool can_read(void *data, const char *text)
{
	struct question *question = data;
	struct diags scratch = { .arena = question->context.arena };
	struct diags *saved = question->probes->diags;
	bool good;

	question->probes->diags = &scratch;
	good = from_text(question, text) && !scratch.errors;
	question->probes->diags = saved;
	return good;
}

static struct pretty_parts pretty_start(struct question *question, struct pretty_reader *reader)
{
	*reader = (struct pretty_reader){ can_read, question };
	return (struct pretty_parts){ .arena = question->context.arena,
				      .user = !question->of_kernel,
				      .format = "", .args = "", .reader = reader };
}

static struct expr *resolve_pretty(struct question *question, struct place *place)
{
	bool deep = last_component(question->target) == COMPONENT_PRETTY_FULL;
	struct pretty_reader reader;
	struct pretty_parts parts = pretty_start(question, &reader);

	if (!place_walk(&question->context, place, question->target))
		return NULL;
	pretty_append(&parts, base_text(question), place->type, deep);
	return from_text(question, pretty_finish(&parts));
}

/* ---- $$vars and its kin ------------------------------------------------------------------- */

static bool can_resolve(struct question *question, const char *name, struct place *place)
{
	struct diags scratch = { .arena = question->context.arena };
	struct diags *saved = question->probes->diags;
	struct target target = { .kind = TARGET_DOLLAR, .name = name };
	struct expr expr = { .kind = EXPR_TARGET, .range = question->expr->range };
	struct question inner;
	bool good;

	expr.target = &target;
	question->probes->diags = &scratch;
	inner = question_of(question->probes, question->probe, &expr);
	good = place_dollar(&inner, place);
	question->probes->diags = saved;
	return good;
}

/* A list of variables is there although one of them is not. */
static bool may_be_lost(const struct place *place)
{
	bool lost = place->access.may_be_lost;

	for (unsigned i = 0; i < place->pieces.n; i++)
		lost |= place->pieces.v[i].access.may_be_lost;
	return lost;
}

/* Appends "name=value" to the parts. */
static void append_variable(struct question *question, struct pretty_parts *parts,
			    const char *name, enum component_kind pretty, bool has_pretty)
{
	struct arena *arena = question->context.arena;
	const char *base = arena_printf(arena, "$%s", name);
	struct place place;
	struct ctype *type;

	parts->format = arena_printf(arena, "%s%s%s=", parts->format, *parts->format ? " " : "", name);
	if (strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") !=
		    strlen(name) || !can_resolve(question, name, &place) || may_be_lost(&place)) {
		parts->format = arena_printf(arena, "%s?", parts->format);
		return;
	}
	type = ctype_strip(arena, place.type);
	if (type->kind == CTYPE_REFERENCE)
		type = ctype_strip(arena, ctype_target(arena, type));
	if (has_pretty) {
		pretty_append(parts, base, place.type, pretty == COMPONENT_PRETTY_FULL);
	} else if (type->kind == CTYPE_STRUCT || type->kind == CTYPE_UNION) {
		parts->format = arena_printf(arena, "%s{...}", parts->format);
	} else if (type->kind == CTYPE_ARRAY) {
		parts->format = arena_printf(arena, "%s[...]", parts->format);
	} else if ((type->kind == CTYPE_INT || type->kind == CTYPE_ENUM ||
		    type->kind == CTYPE_POINTER) && type->size <= 8 && !place.pointee) {
		parts->format = arena_printf(arena, "%s0x%%x", parts->format);
		parts->args = arena_printf(arena, "%s, %s", parts->args, base);
		parts->n++;
	} else {
		parts->format = arena_printf(arena, "%s?", parts->format);
	}
}

static bool has_result(struct question *question)
{
	Dwarf_Die scope = question->site->scope;

	return question->site->has_scope && dwarf_hasattr_integrate(&scope, DW_AT_type);
}

/* Go: the names of the results. */
static void list_results(struct question *question, struct name_vec *names)
{
	struct arena *arena = question->context.arena;
	Dwarf_Die scope = question->site->scope, die;
	unsigned all = golang_count_results(&scope);
	int status = dwarf_child(&scope, &die);

	for (; !status; status = dwarf_siblingof(&die, &die)) {
		const char *name = golang_is_result(&die) ? dwarf_diename(&die) : NULL;

		if (!name)
			continue;
		if (*name == '~')
			name = all == 1 ? "return" : arena_printf(arena, "return%u", names->n);
		VEC_PUSH(arena, names, name);
	}
}

static void append_results(struct question *question, struct pretty_parts *parts)
{
	struct target *target = question->target;
	struct name_vec names = { .n = 0 };

	list_results(question, &names);
	for (unsigned i = 0; i < names.n; i++)
		append_variable(question, parts, names.v[i], last_component(target),
				target->path.n > 0);
}

static struct expr *resolve_all(struct question *question, bool parameters, bool locals)
{
	struct target *target = question->target;
	struct pretty_reader reader;
	struct pretty_parts parts = pretty_start(question, &reader);
	struct dwarf_variable_vec variables = { .n = 0 };
	bool pretty = target->path.n > 0;

	if (question->site->is_return) {
		report_at_return(question, target->name);
		return NULL;
	}
	if (!question->site->has_scope)
		return report_no_debuginfo(question);
	scope_variables(question, &variables);
	for (unsigned i = 0; i < variables.n; i++)
		if (variables.v[i].is_parameter ? parameters : locals)
			append_variable(question, &parts, variables.v[i].name,
					last_component(target), pretty);
	return from_text(question, pretty_finish(&parts));
}

static struct expr *resolve_result_text(struct question *question)
{
	struct target *target = question->target;
	struct pretty_reader reader;
	struct pretty_parts parts = pretty_start(question, &reader);

	if (!question->site->is_return) {
		diag_error(question->context.diags, question->context.range,
			   "'$$return' is only in .return probes");
		return NULL;
	}
	if (question->site->golang && question->site->has_scope)
		append_results(question, &parts);
	else if (has_result(question))
		append_variable(question, &parts, "return", last_component(target),
				target->path.n > 0);
	return from_text(question, pretty_finish(&parts));
}

static struct expr *resolve_group(struct question *question)
{
	const char *name = question->target->name;

	if (!strcmp(name, "$vars"))
		return resolve_all(question, true, true);
	if (!strcmp(name, "$parms"))
		return resolve_all(question, true, false);
	if (!strcmp(name, "$locals"))
		return resolve_all(question, false, true);
	if (!strcmp(name, "$return"))
		return resolve_result_text(question);
	if (!strcmp(name, "$name") && question->site->plt)
		return process_site_name(question->context.arena, question->probe,
					 question->site->plt, question->expr->range);
	diag_error(question->context.diags, question->context.range, "no variable '$%s' here", name);
	diag_help(question->context.diags, "there are: $$vars, $$parms, $$locals, $$return");
	return NULL;
}

/* ---- the whole ---------------------------------------------------------------------------- */

static struct expr *resolve_place(struct question *question, struct place *place)
{
	enum component_kind last = last_component(question->target);

	if (last == COMPONENT_PRETTY || last == COMPONENT_PRETTY_FULL)
		return resolve_pretty(question, place);
	return place_resolve(&question->context, place, question->expr);
}

struct expr *process_resolve_cast(struct probes *probes, struct probe *probe, struct expr *expr)
{
	struct question question = question_of(probes, probe, expr);
	struct place place;

	return place_cast(&question, &place) ? resolve_place(&question, &place) : NULL;
}

struct expr *process_resolve_var(struct probes *probes, struct probe *probe, struct expr *expr)
{
	struct question question = question_of(probes, probe, expr);
	struct place place;

	return place_var(&question, &place) ? resolve_place(&question, &place) : NULL;
}

struct expr *process_resolve_var_of(struct probes *probes, struct probe *probe, struct dso *dso,
				    struct expr *expr)
{
	struct question question = question_of(probes, probe, expr);
	const char *at = strchr(expr->target->name, '@');
	const char *name = at ? arena_strndup(probes->arena, expr->target->name,
					      (size_t)(at - expr->target->name)) : expr->target->name;
	struct place place;

	question.position = (struct dwarf_position){ .file = dwarf_file_of(dso) };
	question.unit = NULL;
	question.of_kernel = true;
	return place_global(&question, name, at ? at + 1 : NULL, &place) ?
		       resolve_place(&question, &place) : NULL;
}

struct expr *process_resolve_named(struct probes *probes, struct probe *probe, struct expr *expr)
{
	const char *module = expr->target->module ? expr->target->module : "";

	if (!strncmp(module, "kernel", 6) ||
	    (probe && probe->family == &family_kernel_code &&
	     (*module || expr->target->kind == TARGET_CAST)))
		return kernel_resolve_common(probes, probe, expr);
	return expr->target->kind == TARGET_VAR ? process_resolve_var(probes, probe, expr) :
						  process_resolve_cast(probes, probe, expr);
}

struct expr *process_resolve(struct probes *probes, struct probe *probe, struct expr *expr)
{
	const struct process_site *site = site_of(probe);
	struct question question;
	struct place place;
	bool good;

	if (site->event_family)
		return process_resolve_event(probes, probe, expr);
	question = question_of(probes, probe, expr);
	if (question.site->mark && expr->target->kind != TARGET_VAR)
		return process_resolve_mark(probes, probe, expr);
	switch (expr->target->kind) {
	case TARGET_DOLLAR:
		if (expr->target->name[0] == '$')
			return resolve_group(&question);
		good = place_dollar(&question, &place);
		break;
	case TARGET_VAR:
	case TARGET_CAST:
		return process_resolve_named(probes, probe, expr);
	default:
		diag_error(probes->diags, expr->range, "this can not be read here");
		return NULL;
	}
	return good ? resolve_place(&question, &place) : NULL;
}

static void add_results(struct question *question, struct variable_vec *out)
{
	struct arena *arena = question->context.arena;
	struct name_vec names = { .n = 0 };

	list_results(question, &names);
	for (unsigned i = 0; i < names.n; i++) {
		struct variable variable = { .name = arena_printf(arena, "$%s", names.v[i]) };
		struct place place;
		bool known;

		if (!place_named_result(question, names.v[i], &place, &known))
			continue;
		variable.type = ctype_spell(arena, place.type);
		VEC_PUSH(arena, out, variable);
	}
}

void process_variables(struct probes *probes, struct probe *probe, struct variable_vec *out)
{
	struct diags scratch = { .arena = probes->arena }, *saved = probes->diags;
	struct dwarf_variable_vec variables = { .n = 0 };
	const struct process_site *site = site_of(probe);
	struct question question;

	if (site->event_family) {
		process_event_variables(probes, probe, out);
		return;
	}
	probes->diags = &scratch;
	question = question_of(probes, probe, NULL);
	if (question.site->mark) {
		process_mark_variables(probes, probe, out);
	} else if (question.site->is_return && question.site->golang) {
		if (question.site->has_scope)
			add_results(&question, out);
	} else if (question.site->is_return && has_result(&question)) {
		Dwarf_Die scope = question.site->scope;
		struct ctype *type = dwarf_type_of(question.position.file, &scope);
		struct variable variable = { "$return", ctype_spell(probes->arena, type) };

		VEC_PUSH(probes->arena, out, variable);
	}
	if (!question.site->mark)
		scope_variables(&question, &variables);
	for (unsigned i = 0; i < variables.n; i++) {
		struct ctype *type = dwarf_type_of(question.position.file, &variables.v[i].die);
		struct variable variable = { .type = ctype_spell(probes->arena, type) };
		struct place place;

		if (!place_variable(&question, &variables.v[i], &place))
			continue;
		variable.name = arena_printf(probes->arena, "$%s", variables.v[i].name);
		VEC_PUSH(probes->arena, out, variable);
	}
	probes->diags = saved;
}

bool process_goroutine(struct probes *probes, struct probe *probe, struct access *access)
{
	const struct process_site *site = probe->family_data;

	if (!site->golang)
		return false;
	golang_goroutine(probes->arena, access);
	return true;
}

/* Call frame information calls the stack pointer behind the return the frame's address. */
static bool find_frame(struct probes *probes, struct probe *probe, struct access *access)
{
	const struct process_site *site = probe->family_data;
	struct question question;

	if (!probe->is_return && !probe->shared && !site->at_entry) {
		question = question_of(probes, probe, NULL);
		return question.position.file && question.position.file->dwarf &&
		       dwarf_frame_address(&question.position, access);
	}
	/* A return instruction has not taken the return address from the stack yet. */
	abi_frame(probes->arena, probe->is_return && !site->golang, access);
	return true;
}

bool process_frame(struct probes *probes, struct probe *probe, struct access *access)
{
	const struct process_site *site = probe->family_data;
	struct access address = { .exprs = { .n = 0 } };

	if (!site->golang)
		return find_frame(probes, probe, access);
	if (!find_frame(probes, probe, &address))
		return false;
	golang_stack_distance(probes->arena, &address, access);
	return true;
}
