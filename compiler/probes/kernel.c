/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions of the kernel and its modules: kernel.function("f"), module("m").function("f"), and
 * kprobe.function("f"), each with .call, .return and .maxactive(n).
 *
 * A single function is attached with fentry or fexit where the kernel lets us: they cost less
 * and give the arguments at the return too. The functions of a pattern share one kprobe.multi
 * link where there is one, but for the returns of a few: the kernel misses returns when more calls
 * are under way than it has made room for, which a fexit need not. kprobe.* always is a kprobe, as
 * are functions by address.
 */
#include <fnmatch.h>
#include <string.h>

#include "compiler/debuginfo/kernel_callers.h"
#include "compiler/probes/kernel.h"

enum part { PART_CALL, PART_RETURN, PART_INLINE };
enum base { BASE_KERNEL, BASE_MODULE, BASE_KPROBE, BASE_KPROBE_MODULE };

#define PATTERNS(base)                                                                             \
	base ".function(string)", base ".function(string).call", base ".function(string).return",  \
		base ".function(string).return.maxactive(number)", base ".function(string).inline"

/* PATTERNS_EACH a base, in the order of enum base; then those by address. */
enum { PATTERNS_EACH = 5, FIRST_BY_ADDRESS = 4 * PATTERNS_EACH };
static const char *const patterns[] = {
	PATTERNS("kernel"),
	PATTERNS("module(string)"),
	PATTERNS("kprobe"),
	PATTERNS("kprobe.module(string)"),
	"kernel.function(number)",
	"kernel.function(number).absolute",
	"kernel.statement(number)",
	"kernel.statement(number).absolute",
	"kernel.statement(string)",
	NULL,
};
static const enum part parts[PATTERNS_EACH] = {PART_CALL, PART_CALL, PART_RETURN, PART_RETURN,
					       PART_INLINE};

/* What a probe point asks for. */
struct wanted {
	const char *function; /* pattern of the name, without "@file" */
	const char *module;   /* NULL: vmlinux */
	enum part part;
	bool kprobe;          /* and nothing else */
	bool may_trampoline, must_trampoline; /* fentry, fexit */
};

/* family_data */
struct kernel_data {
	struct kernel_function function; /* ->id is 0 when BTF does not know it */
	bool trampoline;                 /* fentry, fexit */
};

static bool is_pattern(const char *name)
{
	return strpbrk(name, "*?[") != NULL;
}

/* ---- names -------------------------------------------------------------------------------------- */

enum {
	MOST_HANDLERS = 2000, /* of one point */
	FEW_RETURNS = 16,     /* of one point: by fexit, which has room for any number of calls */
};

struct match {
	const char *name;
	const char *module;
};
struct match_vec {
	VEC(struct match);
};

/* Names that BTF has functions for; those are the ones that can be probed and are typed. */
static void match_btf(struct probes *probes, const struct wanted *wanted, struct match_vec *out)
{
	const struct btf_file *btf = kernel_module_btf(probes, wanted->module);
	struct match match = {wanted->function, wanted->module};

	if (!btf)
		return;
	if (!is_pattern(wanted->function)) {
		if (btf_file_find(btf, wanted->function, BTF_KIND_FUNC))
			VEC_PUSH(probes->arena, out, match);
		return;
	}
	for (uint32_t id = btf_file_first(btf); id < btf_file_end(btf); id++) {
		const struct btf_type *type = btf_file_type(btf, id);

		if (BTF_INFO_KIND(type->info) != BTF_KIND_FUNC)
			continue;
		match.name = btf_file_name(btf, type->name_off);
		if (!fnmatch(wanted->function, match.name, 0))
			VEC_PUSH(probes->arena, out, match);
	}
}

static bool module_matches(const struct wanted *wanted, const struct kernel_symbol *symbol)
{
	if (!wanted->module)
		return !symbol->module;
	return symbol->module && !fnmatch(wanted->module, symbol->module, 0);
}

/* Also f.isra.0 and f.constprop.0, which BTF leaves out; but f.cold is no function's beginning. */
static void match_symbols(struct probes *probes, const struct wanted *wanted, struct match_vec *out)
{
	unsigned n;
	const struct kernel_symbol *symbols = kernel_symbols(probes, &n);

	for (unsigned i = 0; i < n; i++) {
		struct match match = {symbols[i].name, symbols[i].module};

		if (kernel_symbol_is_code(&symbols[i]) && module_matches(wanted, &symbols[i]) &&
		    !fnmatch(wanted->function, symbols[i].name, 0) &&
		    !strstr(symbols[i].name, ".cold"))
			VEC_PUSH(probes->arena, out, match);
	}
}

static bool module_is_loaded(struct probes *probes, const char *module)
{
	unsigned n;
	const struct kernel_symbol *symbols = kernel_symbols(probes, &n);

	for (unsigned i = 0; i < n; i++)
		if (symbols[i].module && !fnmatch(module, symbols[i].module, 0))
			return true;
	return false;
}

static void offer_modules(struct probes *probes, struct suggest *suggest)
{
	unsigned n;
	const struct kernel_symbol *symbols = kernel_symbols(probes, &n);
	const char *last = NULL;

	for (unsigned i = 0; i < n; i++) {
		if (symbols[i].module && (!last || strcmp(last, symbols[i].module)))
			suggest_offer(suggest, symbols[i].module);
		last = symbols[i].module;
	}
}

static void offer_functions(struct probes *probes, const struct wanted *wanted,
			    struct suggest *suggest)
{
	unsigned n;
	const struct kernel_symbol *symbols = kernel_symbols(probes, &n);

	for (unsigned i = 0; i < n; i++)
		if (kernel_symbol_is_code(&symbols[i]) && module_matches(wanted, &symbols[i]))
			suggest_offer(suggest, symbols[i].name);
}

static void report_unknown(struct probes *probes, const struct wanted *wanted, struct range range)
{
	struct suggest suggest;

	if (wanted->module && !module_is_loaded(probes, wanted->module)) {
		diag_error(probes->diags, range, "no module '%s' is loaded", wanted->module);
		suggest_start(&suggest, wanted->module);
		offer_modules(probes, &suggest);
		suggest_help(&suggest, probes->diags);
		return;
	}
	diag_error(probes->diags, range,
		   is_pattern(wanted->function)
			   ? "no function of %s matches '%s'"
			   : "%s has no function '%s', or it is inlined wherever it is called",
		   wanted->module ? arena_printf(probes->arena, "module '%s'", wanted->module)
				  : "the kernel",
		   wanted->function);
	suggest_start(&suggest, wanted->function);
	offer_functions(probes, wanted, &suggest);
	suggest_help(&suggest, probes->diags);
}

/* What a pattern matches and can not be probed is no match; a name is told why. */
static bool leave_out_troubled(struct probes *probes, const struct wanted *wanted,
			       struct match_vec *matches, bool multi)
{
	unsigned n = matches->n, kept = 0;

	for (unsigned i = 0; i < n; i++)
		if (!kernel_function_trouble(probes, matches->v[i].name, multi))
			matches->v[kept++] = matches->v[i];
	matches->n = kept;
	if (probes->verbose && kept < n && kept)
		diag_note(probes->diags, (struct range){0},
			  "of %u functions that match '%s' %u can not be probed", n,
			  wanted->function, n - kept);
	return kept;
}

/* ---- probes ------------------------------------------------------------------------------------- */

static struct site function_site(const struct match *match, enum part part, bool multi,
				 const char *pp)
{
	static const enum attach_kind kinds[2][2] = {
		{ATTACH_KPROBE, ATTACH_KRETPROBE},
		{ATTACH_KPROBE_MULTI, ATTACH_KRETPROBE_MULTI},
	};

	return (struct site){
		.kind = kinds[multi][part == PART_RETURN],
		.symbol = match->name,
		.module = match->module,
		.function = match->name,
		.pp = pp,
	};
}

static const struct probe_point *concrete_point(struct probes *probes,
						const struct probe_point *point,
						const struct match *match)
{
	struct probe_point *copy = ARENA_NEW(probes->arena, struct probe_point);

	*copy = *point;
	memset(&copy->components, 0, sizeof(copy->components));
	for (unsigned i = 0; i < point->components.n; i++) {
		struct point_component component = point->components.v[i];

		if (!strcmp(component.name, "function"))
			component.argument =
				expr_string(probes->arena, match->name, component.range);
		else if (!strcmp(component.name, "module") && match->module)
			component.argument =
				expr_string(probes->arena, match->module, component.range);
		VEC_PUSH(probes->arena, &copy->components, component);
	}
	copy->optional = copy->sufficient = false;
	return copy;
}

static struct probe *function_probe(struct probes *probes, const struct probe_point *point,
				    enum part part)
{
	struct probe *probe = probe_new(probes, &family_kernel, point);

	probe->home = HOME_KERNEL;
	probe->context = CONTEXT_PT_REGS;
	probe->is_return = part == PART_RETURN;
	return probe;
}

/* Many functions, one handler that has no variables. */
static void add_shared(struct probes *probes, const struct probe_point *point,
		       const struct wanted *wanted, const struct match_vec *matches, bool multi,
		       struct probe_vec *out)
{
	struct probe *probe = function_probe(probes, point, wanted->part);

	for (unsigned i = 0; i < matches->n; i++) {
		const char *pp = point_to_string(probes->arena,
						 concrete_point(probes, point, &matches->v[i]));
		struct site site = function_site(&matches->v[i], wanted->part, multi, pp);

		VEC_PUSH(probes->arena, &probe->sites, site);
	}
	VEC_PUSH(probes->arena, out, probe);
}

/* Trampolines are found by the function's name alone, which several modules may have. */
static bool is_only_one(struct probes *probes, const struct match *match)
{
	unsigned n, found = 0;
	const struct kernel_symbol *symbols;

	if (!match->module)
		return true;
	symbols = kernel_symbols(probes, &n);
	for (unsigned i = 0; i < n; i++)
		found += !strcmp(symbols[i].name, match->name);
	return found == 1;
}

static bool use_trampoline(struct probes *probes, const struct wanted *wanted,
			   const struct match *match, const struct kernel_function *function)
{
	return function->id && is_only_one(probes, match) &&
	       kernel_can_trampoline(probes, function, match->module, wanted->part == PART_RETURN);
}

static struct probe *add_single(struct probes *probes, const struct probe_point *point,
				const struct wanted *wanted, const struct match *match, bool multi,
				struct probe_vec *out)
{
	struct probe *probe =
		function_probe(probes, concrete_point(probes, point, match), wanted->part);
	struct kernel_data *data = ARENA_NEW(probes->arena, struct kernel_data);
	struct site site = function_site(match, wanted->part, multi, probe->name);

	kernel_find_function(probes, match->name, match->module, &data->function);
	probe->family_data = data;
	if (wanted->may_trampoline && use_trampoline(probes, wanted, match, &data->function)) {
		data->trampoline = true;
		probe->context = CONTEXT_ARGS;
		site.kind = wanted->part == PART_RETURN ? ATTACH_FEXIT : ATTACH_FENTRY;
		site.btf_id = data->function.id;
		site.argument_words = kernel_argument_word(&data->function, data->function.n);
	}
	VEC_PUSH(probes->arena, &probe->sites, site);
	VEC_PUSH(probes->arena, out, probe);
	return probe;
}

/*
 * One function: the trampoline is tried first. What it does not take is only told when it is
 * attached, too late for a point that may be left out: that has the kernel's list read.
 */
static bool expand_single(struct probes *probes, const struct probe_point *point,
			  const struct wanted *wanted, const struct match *match, bool multi,
			  bool optional, struct probe_vec *out)
{
	unsigned before = out->n;
	struct probe *probe;
	const char *trouble = NULL;

	if (optional && kernel_function_trouble(probes, match->name, true))
		return true;
	probe = add_single(probes, point, wanted, match, multi, out);
	if (probe->context == CONTEXT_ARGS)
		return true;
	if (wanted->must_trampoline)
		trouble = "this kernel attaches no fentry or fexit there, which --attach asks for";
	else
		trouble = kernel_function_trouble(probes, match->name, multi);
	if (!trouble)
		return true;
	out->n = before;
	if (optional)
		return true;
	diag_error(probes->diags, point->range, "'%s' can not be probed: %s", match->name, trouble);
	diag_help(probes->diags, "%s", wanted->must_trampoline
					       ? "leave out --attach=fentry"
					       : kernel_callers_help(probes->arena, match->name));
	return false;
}

static bool expand_address(struct probes *probes, const struct probe_point *point,
			   struct probe_vec *out)
{
	struct probe *probe = function_probe(probes, point, PART_CALL);
	struct kernel_data *data = ARENA_NEW(probes->arena, struct kernel_data);
	struct site site = {.kind = ATTACH_KPROBE, .pp = probe->name};
	const struct kernel_symbol *symbol;
	int64_t address = 0;

	point_number(point, 1, &address);
	site.address = (uint64_t)address;
	symbol = kernel_symbol_at(probes, site.address);
	if (symbol)
		site.function = symbol->name;
	if (symbol && symbol->address == site.address)
		kernel_find_function(probes, symbol->name, symbol->module, &data->function);
	probe->family_data = data;
	VEC_PUSH(probes->arena, &probe->sites, site);
	VEC_PUSH(probes->arena, out, probe);
	return true;
}

static bool refuse(struct probes *probes, const struct probe_point *point, bool optional,
		   const char *what, const char *help)
{
	if (optional)
		return true;
	diag_error(probes->diags, point->range, "%s", what);
	diag_help(probes->diags, "%s", help);
	return false;
}

/* False: the file is all that would choose among the functions. */
static bool read_wanted(struct probes *probes, const struct probe_point *point, unsigned pattern,
			struct wanted *wanted, struct range *range)
{
	enum base base = pattern / PATTERNS_EACH;
	unsigned at = base == BASE_KPROBE_MODULE ? 2 : 1;
	const char *file;

	memset(wanted, 0, sizeof(*wanted));
	wanted->part = parts[pattern % PATTERNS_EACH];
	wanted->kprobe = base == BASE_KPROBE || base == BASE_KPROBE_MODULE;
	if (base == BASE_MODULE || base == BASE_KPROBE_MODULE)
		wanted->module = point_string(point, at - 1);
	wanted->function = point_string(point, at);
	*range = point->components.v[at].range;
	file = strchr(wanted->function, '@');
	if (!file)
		return true;
	wanted->function = arena_strndup(probes->arena, wanted->function,
					 (size_t)(file - wanted->function));
	if (!strcmp(wanted->function, "*"))
		return false;
	diag_warning(probes->diags, *range,
		     "the source file '%s' is not looked at: only debuginfo tells where a function of "
		     "the kernel was written", file + 1);
	return true;
}

/* As --attach says; modules are left to kprobes, whose event names them. */
static bool wants_multi(const struct probes *probes, const struct wanted *wanted, bool many)
{
	if (wanted->module || probes->kernel_way == KERNEL_WAY_KPROBE)
		return false;
	if (probes->kernel_way == KERNEL_WAY_MULTI)
		return true;
	return many && !wanted->kprobe && probes->kernel_way == KERNEL_WAY_AUTO &&
	       kernel_has_kprobe_multi();
}

static bool expand_matches(struct probes *probes, const struct probe_point *point,
			   struct wanted *wanted, struct match_vec *matches, bool uses_targets,
			   bool optional, struct probe_vec *out)
{
	bool few_returns = wanted->part == PART_RETURN && matches->n <= FEW_RETURNS &&
			   probes->kernel_way == KERNEL_WAY_AUTO && !wanted->kprobe;
	bool multi = wants_multi(probes, wanted, matches->n > 1 && !uses_targets && !few_returns);
	unsigned before = out->n;

	wanted->must_trampoline = probes->kernel_way == KERNEL_WAY_FENTRY && !wanted->kprobe;
	wanted->may_trampoline = wanted->must_trampoline ||
				 (probes->kernel_way == KERNEL_WAY_AUTO && !wanted->kprobe &&
				  (matches->n == 1 || few_returns));
	if (matches->n == 1)
		return expand_single(probes, point, wanted, &matches->v[0], multi, optional, out);
	if (!leave_out_troubled(probes, wanted, matches, multi))
		return refuse(probes, point, optional,
			      "the kernel lets none of the functions that match be probed",
			      "probe the functions that call them");
	if (!uses_targets && !wanted->must_trampoline && !few_returns) {
		add_shared(probes, point, wanted, matches, multi, out);
		return true;
	}
	if (matches->n > MOST_HANDLERS)
		return refuse(probes, point, optional,
			      arena_printf(probes->arena,
					   "%u functions match, and each needs a handler of its own "
					   "for its variables", matches->n),
			      "use a narrower pattern, or no variables");
	for (unsigned i = 0; i < matches->n; i++)
		expand_single(probes, point, wanted, &matches->v[i], multi, true, out);
	return out->n > before ||
	       refuse(probes, point, optional, "none of the functions that match has a trampoline",
		      "leave out --attach=fentry");
}

static bool kernel_expand(struct probes *probes, const struct probe_point *point, unsigned pattern,
			  bool uses_targets, bool optional, struct probe_vec *out)
{
	struct match_vec matches = {0};
	struct wanted wanted;
	struct range range;

	if (pattern >= FIRST_BY_ADDRESS && point_string(point, 1))
		return refuse(probes, point, optional,
			      "statements of the kernel need its debuginfo, which is not read",
			      "use kernel.function(\"name\") or kernel.statement(ADDRESS).absolute");
	if (pattern >= FIRST_BY_ADDRESS)
		return expand_address(probes, point, out);
	if (!read_wanted(probes, point, pattern, &wanted, &range))
		return refuse(probes, point, optional,
			      "which functions of the kernel are in a file only its debuginfo "
			      "tells, which is not read",
			      "use a pattern of names, like kernel.function(\"proc_*\")");
	if (optional && !probes->looks_only && !kernel_can_probe_functions(probes))
		return true;
	if (wanted.part == PART_INLINE)
		return refuse(probes, point, optional,
			      "inlined functions of the kernel need its debuginfo, which is not read",
			      "probe the function that calls it");
	match_btf(probes, &wanted, &matches);
	if (!matches.n)
		match_symbols(probes, &wanted, &matches);
	if (!matches.n) {
		if (!optional)
			report_unknown(probes, &wanted, range);
		return optional;
	}
	return expand_matches(probes, point, &wanted, &matches, uses_targets, optional, out);
}

/* ---- $variables ----------------------------------------------------------------------------------- */

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
		diag_help(probes->diags, "%s; local variables need debuginfo",
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
		access_push(probes->arena, access, ACCESS_CONTEXT,
			    kernel_argument_word(function, function->n) * 8, 8, false);
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

static struct expr *kernel_resolve(struct probes *probes, struct probe *probe, struct expr *expr)
{
	struct kernel_data *data = probe->family_data;
	const char *name = expr->target->name;
	int index;

	if (expr->target->kind != TARGET_DOLLAR)
		return kernel_resolve_common(probes, probe, expr);
	if (!strcmp(name, "$name") && probe->sites.v[0].function)
		return expr_string(probes->arena, probe->sites.v[0].function, expr->range);
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

static void kernel_variables(struct probes *probes, struct probe *probe, struct variable_vec *out)
{
	struct kernel_data *data = probe->family_data;
	uint32_t type = data ? data->function.result : 0;

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

const struct probe_family family_kernel = {
	.name = "kernel",
	.slot = SLOT_KERNEL,
	.patterns = patterns,
	.expand = kernel_expand,
	.resolve = kernel_resolve,
	.variables = kernel_variables,
	.release = kernel_release,
};
