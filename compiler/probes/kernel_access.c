/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How values of the kernel are reached: arguments, casts, variables, by BTF types.
 */
#include <string.h>

#include "compiler/debuginfo/btf_ctype.h"
#include "compiler/debuginfo/place.h"
#include "compiler/debuginfo/pretty.h"
#include "compiler/probes/kernel.h"
#include "compiler/probes/process.h"

/* ---- from a base along the path --------------------------------------------------------------- */

static bool is_pretty(const struct target *target, bool *deep)
{
	enum component_kind last;

	if (!target->path.n)
		return false;
	last = target->path.v[target->path.n - 1].kind;
	*deep = last == COMPONENT_PRETTY_FULL;
	return last == COMPONENT_PRETTY || last == COMPONENT_PRETTY_FULL;
}

static struct expr *resolve_text(struct probes *probes, struct probe *probe, const char *text,
				 struct range range)
{
	struct expr *result = text_parse_expr(probes, text, range);

	if (!result || !text_resolve_targets(probes, probe, &result))
		return NULL;
	return result;
}

static struct expr *resolve_place(struct probes *probes, struct probe *probe, struct place *place,
				  struct expr *expr)
{
	struct place_context context = {probes->arena, probes->diags, expr->range};
	bool deep;

	if (!is_pretty(expr->target, &deep))
		return place_resolve(&context, place, expr);
	if (!place_walk(&context, place, expr->target))
		return NULL;
	return resolve_text(probes, probe,
			    pretty_value(probes->arena, text_of_target(probes->arena, expr, 1),
					 place->type, deep, place->user),
			    expr->range);
}

struct expr *kernel_resolve_value(struct probes *probes, struct probe *probe,
				  const struct btf_file *btf, uint32_t type,
				  const struct access *access, struct expr *expr)
{
	struct place place = place_value(btf_ctype(probes->arena, btf, type), access, false);

	return resolve_place(probes, probe, &place, expr);
}

/* ---- arguments ---------------------------------------------------------------------------------- */

/* A structure of up to 16 bytes is passed in two words. */
static unsigned words_of(const struct btf_file *btf, uint32_t id)
{
	const struct btf_type *type = btf_file_skip(btf, &id);
	unsigned kind = type ? BTF_INFO_KIND(type->info) : BTF_KIND_UNKN;

	if (kind != BTF_KIND_STRUCT && kind != BTF_KIND_UNION && kind != BTF_KIND_INT)
		return 1;
	return type->size > 8 ? (type->size + 7) / 8 : 1;
}

unsigned kernel_argument_word(const struct kernel_function *function, unsigned index)
{
	unsigned word = 0;

	for (unsigned i = 0; i < index && i < function->n; i++)
		word += words_of(function->btf, function->v[i].type);
	return word;
}

/*
 * Whether the verifier lets an argument be loaded: it takes pointers to structures, numbers and
 * nothing, but none to pointers, enumerations and functions (up to Linux 6.12 at least).
 */
static bool is_loadable(const struct btf_file *btf, uint32_t id)
{
	const struct btf_type *type = btf_file_skip(btf, &id);
	unsigned kind;

	if (!type || BTF_INFO_KIND(type->info) != BTF_KIND_PTR)
		return true;
	id = type->type;
	type = btf_file_skip(btf, &id);
	kind = type ? BTF_INFO_KIND(type->info) : BTF_KIND_INT;
	return kind == BTF_KIND_INT || kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION;
}

void kernel_access_word(struct arena *arena, const struct btf_file *btf, uint32_t type, unsigned word,
			struct access *access)
{
	if (is_loadable(btf, type)) {
		access_push(arena, access, ACCESS_CONTEXT, word * 8, 8, false);
		return;
	}
	access_push(arena, access, ACCESS_CONTEXT_ADDRESS, word * 8, 8, false);
	access_push(arena, access, ACCESS_READ_KERNEL, 0, 8, false);
}

struct expr *kernel_resolve_argument(struct probes *probes, struct probe *probe,
				     const struct kernel_function *function, unsigned index,
				     struct expr *expr)
{
	struct access *access = ARENA_NEW(probes->arena, struct access);

	kernel_access_word(probes->arena, function->btf, function->v[index].type,
			   kernel_argument_word(function, index), access);
	return kernel_resolve_value(probes, probe, function->btf, function->v[index].type, access,
				    expr);
}

struct expr *kernel_resolve_parms(struct probes *probes, struct probe *probe,
				  const struct kernel_function *function, struct expr *expr)
{
	const char *format = "", *values = "";

	for (unsigned i = 0; i < function->n; i++) {
		struct ctype *type = btf_ctype(probes->arena, function->btf, function->v[i].type);
		bool whole = ctype_is_aggregate(ctype_strip(probes->arena, type));

		format = arena_printf(probes->arena, "%s%s%s=%s", format, i ? " " : "",
				      function->v[i].name, whole ? "{...}" : "0x%x");
		if (whole)
			continue;
		values = arena_printf(probes->arena, "%s, $%s", values, function->v[i].name);
	}
	return resolve_text(probes, probe,
			    arena_printf(probes->arena, "sprintf(\"%s\"%s)", format, values),
			    expr->range);
}

/* ---- @cast and @var ------------------------------------------------------------------------------ */

static bool is_kernel_module(const char *module)
{
	return !*module || !strcmp(module, "kernel") || !strncmp(module, "kernel<", 7) ||
	       !strcmp(module, "vmlinux");
}

static void offer_types(struct probes *probes, const struct btf_file *btf, const char *name)
{
	struct suggest suggest;

	if (!strncmp(name, "struct ", 7))
		name += 7;
	suggest_start(&suggest, name);
	for (uint32_t id = btf_file_first(btf); id < btf_file_end(btf); id++) {
		const struct btf_type *type = btf_file_type(btf, id);
		unsigned kind = BTF_INFO_KIND(type->info);

		if (kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION || kind == BTF_KIND_TYPEDEF)
			suggest_offer(&suggest, btf_file_name(btf, type->name_off));
	}
	suggest_help(&suggest, probes->diags);
}

/* A type that BTF has not, in the debug information, if that is there. */
static struct ctype *find_type(struct probes *probes, const char *name, const char *module)
{
	struct kernel_file_problem problem;
	struct dso *dso = kernel_code_file(probes, module, &problem);

	return dso ? dwarf_find_type(dwarf_file_of(dso), NULL, name) : NULL;
}

static struct expr *resolve_cast(struct probes *probes, struct probe *probe,
				 const struct btf_file *btf, const char *module, struct expr *expr)
{
	struct target *target = expr->target;
	struct arena *arena = probes->arena;
	struct ctype *type = btf ? btf_ctype_find(arena, btf, target->type_name) : NULL, *pointer;
	struct access access = {.type_name = NULL};
	struct place place;

	if (!type)
		type = find_type(probes, target->type_name, module);
	if (!type) {
		diag_error(probes->diags, target->name_range.source ? target->name_range : expr->range,
			   "the kernel has no type '%s'", target->type_name);
		if (btf)
			offer_types(probes, btf, target->type_name);
		return NULL;
	}
	VEC_PUSH(arena, &access.exprs, target->operand);
	access_push(arena, &access, ACCESS_EXPR, 0, 8, false);
	pointer = ctype_new(arena, CTYPE_POINTER, NULL, sizeof(uint64_t));
	pointer->target = type;
	place = place_value(type->kind == CTYPE_POINTER ? type : pointer, &access, false);
	return resolve_place(probes, probe, &place, expr);
}

static void report_no_variable(struct probes *probes, struct expr *expr, const char *name)
{
	struct suggest suggest;
	unsigned n;
	const struct kernel_symbol *symbols = kernel_symbols(probes, &n);

	diag_error(probes->diags, expr->range, "the kernel has no variable '%s'", name);
	if (!kernel_symbols_have_variables(probes))
		return;
	suggest_start(&suggest, name);
	for (unsigned i = 0; i < n; i++)
		if (!kernel_symbol_is_code(&symbols[i]))
			suggest_offer(&suggest, symbols[i].name);
	suggest_help(&suggest, probes->diags);
}

/* The address of a variable, by kallsyms alone. */
static struct expr *resolve_address(struct probes *probes, struct probe *probe,
				    const struct kernel_symbol *symbol, struct expr *expr)
{
	struct access access = {.type_name = NULL};
	struct place place;

	access_push(probes->arena, &access, ACCESS_CONST, (int64_t)symbol->address, 0, false);
	place = place_memory(ctype_new(probes->arena, CTYPE_VOID, "void", 0), &access, false);
	return resolve_place(probes, probe, &place, expr);
}

/* BTF has the variables of the per-CPU section. */
static struct expr *resolve_per_cpu(struct probes *probes, struct probe *probe,
				    const struct btf_file *btf, const struct kernel_symbol *symbol,
				    uint32_t id, struct expr *expr)
{
	struct access access = {.type_name = NULL};
	struct place place;

	access_push(probes->arena, &access, ACCESS_CONST, (int64_t)symbol->address, 0, false);
	access_push(probes->arena, &access, ACCESS_PER_CPU, 0, 0, false);
	place = place_memory(btf_ctype(probes->arena, btf, btf_file_type(btf, id)->type), &access,
			     false);
	return resolve_place(probes, probe, &place, expr);
}

static struct expr *report_no_type(struct probes *probes, struct expr *expr, const char *name,
				   const struct kernel_file_problem *problem)
{
	diag_error(probes->diags, expr->range,
		   "the type of the kernel's variable '%s' is not known: BTF tells it for per-CPU "
		   "variables only, and there is no debug information: %s", name, problem->what);
	diag_help(probes->diags, "@cast(&@var(\"%s\"), \"TYPE\") or @kderef(SIZE, &@var(\"%s\"))", name,
		  name);
	kernel_code_explain(probes, problem);
	return NULL;
}

static struct expr *resolve_var(struct probes *probes, struct probe *probe,
				const struct btf_file *btf, struct expr *expr)
{
	const struct target *target = expr->target;
	const char *at = strchr(target->name, '@');
	const char *name = at ? arena_strndup(probes->arena, target->name,
					      (size_t)(at - target->name)) : target->name;
	const struct kernel_symbol *symbol = kernel_symbol_find(probes, name, NULL);
	uint32_t id = btf && !at ? btf_file_find(btf, name, BTF_KIND_VAR) : 0;
	struct kernel_file_problem problem;
	struct dso *dso;

	if (symbol && id)
		return resolve_per_cpu(probes, probe, btf, symbol, id, expr);
	if (symbol && !at && target->address_of && !target->path.n)
		return resolve_address(probes, probe, symbol, expr);
	dso = kernel_code_file(probes, NULL, &problem);
	if (dso)
		return process_resolve_var_of(probes, probe, dso, expr);
	if (symbol)
		return report_no_type(probes, expr, name, &problem);
	report_no_variable(probes, expr, name);
	return NULL;
}

static struct expr *resolve_var_of_module(struct probes *probes, struct probe *probe,
					  const char *module, struct expr *expr)
{
	struct kernel_file_problem problem;
	struct dso *dso = kernel_code_file(probes, module, &problem);

	if (dso)
		return process_resolve_var_of(probes, probe, dso, expr);
	diag_error(probes->diags, expr->range,
		   "variables of module '%s' need its debug information: %s", module, problem.what);
	kernel_code_explain(probes, &problem);
	return NULL;
}

/* Types and variables of a module that is loaded. */
static struct expr *resolve_of_module(struct probes *probes, struct probe *probe, const char *module,
				      struct expr *expr)
{
	const struct btf_file *btf;

	if (expr->target->kind == TARGET_VAR)
		return resolve_var_of_module(probes, probe, module, expr);
	btf = kernel_module_btf(probes, module);
	return resolve_cast(probes, probe, btf ? btf : kernel_btf(probes, NULL), module, expr);
}

struct expr *kernel_resolve_common(struct probes *probes, struct probe *probe, struct expr *expr)
{
	struct target *target = expr->target;
	const struct btf_file *btf;
	const char *error;

	if (target->kind != TARGET_CAST && target->kind != TARGET_VAR) {
		diag_error(probes->diags, expr->range, "'$%s' can not be used here", target->name);
		return NULL;
	}
	if (!is_kernel_module(target->module)) {
		if (kernel_module_is_loaded(probes, target->module))
			return resolve_of_module(probes, probe, target->module, expr);
		return target->kind == TARGET_CAST ? process_resolve_cast(probes, probe, expr) :
						     process_resolve_var(probes, probe, expr);
	}
	btf = kernel_btf(probes, &error);
	if (!btf) {
		diag_error(probes->diags, expr->range,
			   "the kernel's types are not known: %s: %s (CONFIG_DEBUG_INFO_BTF)",
			   BTF_VMLINUX, error);
		return NULL;
	}
	return target->kind == TARGET_CAST ? resolve_cast(probes, probe, btf, NULL, expr) :
					     resolve_var(probes, probe, btf, expr);
}
