/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * $variables of functions of the kernel: parameters and results, by BTF; by debug information where BTF
 * does not know the function.
 */
#include <string.h>

#include "compiler/probes/kernel.h"
#include "compiler/probes/process.h"

static const char *list_parameters(struct arena *arena, const struct kernel_data *data)
{
	const char *list = "it has no parameters";

	for (unsigned i = 0; i < data->function.n; i++)
		list = arena_printf(arena, "%s $%s", i ? list : "its parameters are:",
				    data->function.v[i].name);
	return list;
}

static void report_variable(struct probes *probes, const struct kernel_data *data,
			    const struct probe *probe, const struct expr *expr)
{
	struct suggest suggest;

	if (!data || !data->function.id) {
		diag_error(probes->diags, expr->range,
			   "BTF does not describe '%s', so that its parameters are not known",
			   probe->sites.v[0].function ? probe->sites.v[0].function : probe->name);
		diag_help(probes->diags, "pointer_arg(1), long_arg(2), ... tell them by number");
		return;
	}
	diag_error(probes->diags, expr->range, "'%s' has no parameter '$%s'",
		   probe->sites.v[0].function, expr->target->name);
	suggest_start(&suggest, expr->target->name);
	for (unsigned i = 0; i < data->function.n; i++)
		suggest_offer(&suggest, data->function.v[i].name);
	if (suggest_best(&suggest))
		diag_help(probes->diags, "did you mean '$%s'?", suggest_best(&suggest));
	else if (!strncmp(probe->name, "netfilter.", 10) && !strcmp(expr->target->name, "verdict"))
		diag_help(probes->diags, "packets can only be looked at: the verdict is the kernel's");
	else
		diag_help(probes->diags, "%s; local variables are known at .statement(\"f@file:line\")",
			  list_parameters(probes->arena, data));
}

static struct expr *resolve_parameter(struct probes *probes, struct probe *probe, unsigned index,
				      struct expr *expr)
{
	struct kernel_data *data = probe->family_data;
	struct access *access = ARENA_NEW(probes->arena, struct access);

	if (data->trampoline)
		return kernel_resolve_argument(probes, probe, &data->function, index, expr);
	if (probe->is_return) {
		diag_error(probes->diags, expr->range,
			   "'$%s' is only known at the function's entry", expr->target->name);
		return NULL;
	}
	access_push(probes->arena, access, ACCESS_ARGUMENT,
		    kernel_argument_word(&data->function, index), 8, false);
	return kernel_resolve_value(probes, probe, data->function.btf,
				    data->function.v[index].type, access, expr);
}

static struct expr *resolve_result(struct probes *probes, struct probe *probe, struct expr *expr)
{
	struct kernel_data *data = probe->family_data;
	struct access *access = ARENA_NEW(probes->arena, struct access);
	const struct kernel_function *function = &data->function;
	uint32_t type = function->result;

	if (function->id && !btf_file_skip(function->btf, &type)) {
		diag_error(probes->diags, expr->range, "'%s' returns nothing",
			   probe->sites.v[0].function);
		return NULL;
	}
	if (data->trampoline)
		kernel_access_word(probes->arena, function->btf, function->result,
				   kernel_argument_word(function, function->n), access);
	else
		access_push(probes->arena, access, ACCESS_RESULT, 0, 8, false);
	if (function->id)
		return kernel_resolve_value(probes, probe, function->btf, function->result, access,
					    expr);
	access->type_name = "long";
	expr->target->access = access;
	expr->type = TYPE_LONG;
	return expr;
}

const struct process_site *kernel_probe_site(const struct probe *probe)
{
	const struct kernel_data *data = probe->family_data;

	return data ? data->site : NULL;
}

/* What BTF does not describe the debug information may: clones, modules without BTF. */
static bool find_site(struct probes *probes, const struct probe *probe, struct kernel_data *data)
{
	const struct site *at = &probe->sites.v[0];
	const struct kernel_symbol *symbol;
	struct process_site *site = ARENA_NEW(probes->arena, struct process_site);
	uint64_t loaded = at->address;

	if (data->site_tried || data->function.id || data->trampoline)
		return data->site != NULL;
	data->site_tried = true;
	symbol = loaded || !at->symbol ? NULL : kernel_symbol_find(probes, at->symbol, data->module);
	if (symbol)
		loaded = symbol->address;
	if (loaded && kernel_code_function(probes, data->module, loaded, site)) {
		site->is_return = probe->is_return;
		data->site = site;
	}
	return data->site != NULL;
}

static bool by_debuginfo(struct probes *probes, const struct probe *probe, struct kernel_data *data)
{
	return data && !data->function.id && !data->trampoline && find_site(probes, probe, data) &&
	       data->site->has_scope;
}

struct expr *kernel_resolve(struct probes *probes, struct probe *probe, struct expr *expr)
{
	struct kernel_data *data = probe->family_data;
	const char *name = expr->target->name;
	int index;

	if (expr->target->kind == TARGET_VAR && data && data->module && !*expr->target->module)
		expr->target->module = data->module;
	if (expr->target->kind != TARGET_DOLLAR)
		return kernel_resolve_common(probes, probe, expr);
	if (!strcmp(name, "$name") && probe->sites.v[0].function)
		return expr_string(probes->arena, probe->sites.v[0].function, expr->range);
	if (by_debuginfo(probes, probe, data))
		return process_resolve(probes, probe, expr);
	if (!strcmp(name, "$locals"))
		return expr_string(probes->arena, "", expr->range);
	if (data && !strcmp(name, "return") && probe->is_return)
		return resolve_result(probes, probe, expr);
	if (data && !strcmp(name, "$return") && probe->is_return)
		return text_parse_expr(probes, "sprintf(\"return=0x%x\", returnval())", expr->range);
	if (data && data->function.id && (!strcmp(name, "$vars") || !strcmp(name, "$parms"))) {
		if (probe->is_return && !data->trampoline) {
			diag_error(probes->diags, expr->range, "known only at the function's entry");
			return NULL;
		}
		return kernel_resolve_parms(probes, probe, &data->function, expr);
	}
	index = data ? kernel_function_parameter(&data->function, name) : -1;
	if (index < 0) {
		report_variable(probes, data, probe, expr);
		return NULL;
	}
	return resolve_parameter(probes, probe, (unsigned)index, expr);
}

void kernel_variables(struct probes *probes, struct probe *probe, struct variable_vec *out)
{
	struct kernel_data *data = probe->family_data;
	uint32_t type = data ? data->function.result : 0;

	if (data && !data->function.id && data->site && data->site->has_scope) {
		process_variables(probes, probe, out);
		return;
	}
	if (!data || !data->function.id)
		return;
	if (probe->is_return && btf_file_skip(data->function.btf, &type)) {
		struct variable result = {"$return", kernel_type_spelling(probes, &data->function,
									  data->function.result)};

		VEC_PUSH(probes->arena, out, result);
	}
	for (unsigned i = 0; i < data->function.n; i++) {
		struct variable variable = {
			arena_printf(probes->arena, "$%s", data->function.v[i].name),
			kernel_type_spelling(probes, &data->function, data->function.v[i].type),
		};

		VEC_PUSH(probes->arena, out, variable);
	}
}
