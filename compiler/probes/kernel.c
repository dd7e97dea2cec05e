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
#include <unistd.h>

#include "compiler/debuginfo/kernel_callers.h"
#include "compiler/probes/kernel.h"
#include "compiler/probes/process.h"

enum part { PART_CALL, PART_RETURN };
enum base { BASE_KERNEL, BASE_MODULE, BASE_KPROBE, BASE_KPROBE_MODULE };

#define PATTERNS(base)                                                                             \
	base ".function(string)", base ".function(string).call", base ".function(string).return",  \
		base ".function(string).return.maxactive(number)"

/* PATTERNS_EACH a base, in the order of enum base; then those by address. */
enum { PATTERNS_EACH = 4, FIRST_BY_ADDRESS = 4 * PATTERNS_EACH };
static const char *const patterns[] = {
	PATTERNS("kernel"),
	PATTERNS("module(string)"),
	PATTERNS("kprobe"),
	PATTERNS("kprobe.module(string)"),
	"kernel.function(number)",
	"kernel.function(number).absolute",
	"kernel.statement(number)",
	"kernel.statement(number).absolute",
	NULL,
};
static const enum part parts[PATTERNS_EACH] = {PART_CALL, PART_CALL, PART_RETURN, PART_RETURN};

/* What a probe point asks for. */
struct wanted {
	const char *function; /* pattern of the name, without "@file" */
	bool by_file;         /* there is one */
	const char *module;   /* NULL: vmlinux */
	enum part part;
	bool kprobe;          /* and nothing else */
	bool may_trampoline, must_trampoline; /* fentry, fexit */
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
	uint64_t address; /* when the name alone would not tell which is meant; else 0 */
	const struct process_site *site; /* by debug information, or NULL */
};
struct match_vec {
	VEC(struct match);
};

/* Names that BTF has functions for; those are the ones that can be probed and are typed. */
static void match_btf(struct probes *probes, const struct wanted *wanted, struct match_vec *out)
{
	const struct btf_file *btf = kernel_module_btf(probes, wanted->module);
	struct match match = {.name = wanted->function, .module = wanted->module};

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
		struct match match = {.name = symbols[i].name, .module = symbols[i].module};

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

void kernel_report_module(struct probes *probes, const char *module, struct range range)
{
	struct suggest suggest;

	diag_error(probes->diags, range, "no module '%s' is loaded", module);
	suggest_start(&suggest, module);
	offer_modules(probes, &suggest);
	if (access("/proc/modules", F_OK))
		diag_help(probes->diags, "this kernel has no modules (CONFIG_MODULES)");
	else if (suggest_best(&suggest) || strpbrk(module, "*?[/"))
		suggest_help(&suggest, probes->diags);
	else
		diag_help(probes->diags, "'modprobe %s' loads it, if there is one", module);
}

static void report_unknown(struct probes *probes, const struct wanted *wanted, struct range range)
{
	struct suggest suggest;

	if (wanted->module && !module_is_loaded(probes, wanted->module)) {
		kernel_report_module(probes, wanted->module, range);
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
		.symbol = match->address ? NULL : match->name,
		.address = match->address,
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
static void add_group(struct probes *probes, const struct probe_point *point,
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
	if (probe->sites.n)
		VEC_PUSH(probes->arena, out, probe);
}

/* A link of many functions takes names; those that need an address are kprobes beside it. */
static void add_shared(struct probes *probes, const struct probe_point *point,
		       const struct wanted *wanted, const struct match_vec *matches, bool multi,
		       struct probe_vec *out)
{
	struct match_vec named = {0}, others = {0};

	for (unsigned i = 0; i < matches->n; i++)
		VEC_PUSH(probes->arena, multi && matches->v[i].address ? &others : &named,
			 matches->v[i]);
	add_group(probes, point, wanted, &named, multi, out);
	add_group(probes, point, wanted, &others, false, out);
}

/* Trampolines are found by the function's name alone, which several modules may have. */
static bool is_only_one(struct probes *probes, const struct match *match)
{
	return !match->module || kernel_symbols_named(probes, match->name) == 1;
}

static bool use_trampoline(struct probes *probes, const struct wanted *wanted,
			   const struct match *match, const struct kernel_function *function)
{
	return function->id && !match->address && is_only_one(probes, match) &&
	       kernel_can_trampoline(probes, function, match->module, wanted->part == PART_RETURN);
}

static struct probe *add_single(struct probes *probes, const struct probe_point *point,
				const struct wanted *wanted, const struct match *match, bool multi,
				struct probe_vec *out)
{
	struct probe *probe =
		function_probe(probes, concrete_point(probes, point, match), wanted->part);
	struct kernel_data *data = ARENA_NEW(probes->arena, struct kernel_data);
	struct site site = function_site(match, wanted->part, multi && !match->address, probe->name);

	data->module = match->module;
	if (match->site) {
		data->site = ARENA_NEW(probes->arena, struct process_site);
		*data->site = *match->site;
		data->site->is_return = wanted->part == PART_RETURN;
		data->site_tried = true;
	}
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

static void read_wanted(struct probes *probes, const struct probe_point *point, unsigned pattern,
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
	/* The path of a module names it, too; and its name has '_' for '-'. */
	if (wanted->module && !is_pattern(wanted->module))
		wanted->module = kernel_file_module(probes->arena, wanted->module);
	*range = point->components.v[at].range;
	file = strchr(wanted->function, '@');
	wanted->by_file = file != NULL;
	if (file)
		wanted->function = arena_strndup(probes->arena, wanted->function,
						 (size_t)(file - wanted->function));
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

/* ---- by debug information ----------------------------------------------------------------------- */

/* The functions of the debug information as the kernel's symbols have them. */
static void match_sites(struct probes *probes, const struct process_site_vec *sites,
			struct match_vec *matches, bool *inlined)
{
	for (unsigned i = 0; i < sites->n; i++) {
		const struct process_site *site = &sites->v[i];
		struct match match = {site->function, site->dso->module, 0, site};
		const struct kernel_symbol *symbol;
		uint64_t loaded;
		bool per_cpu;

		*inlined |= site->inlined;
		if (site->inlined ||
		    !kernel_file_loaded(site->dso, site->address, &loaded, &per_cpu))
			continue;
		symbol = kernel_symbol_at(probes, loaded);
		if (symbol && symbol->address == loaded)
			match.name = symbol->name;
		if (kernel_symbols_named(probes, match.name) != 1)
			match.address = loaded;
		VEC_PUSH(probes->arena, matches, match);
	}
}

static bool expand_inlined(struct process_point *process, const struct probe_point *point)
{
	struct probe_point *inlined = ARENA_NEW(process->probes->arena, struct probe_point);
	struct point_component component = point->components.v[point->components.n - 1];

	*inlined = *point;
	memset(&inlined->components, 0, sizeof(inlined->components));
	for (unsigned i = 0; i < point->components.n; i++)
		VEC_PUSH(process->probes->arena, &inlined->components, point->components.v[i]);
	component.name = "inline";
	component.argument = NULL;
	VEC_PUSH(process->probes->arena, &inlined->components, component);
	process->point = inlined;
	return process_expand_function(process);
}

/* What a name without more stands for: also copies of the function in others. */
static bool means_inlined(const struct probe_point *point, const struct wanted *wanted)
{
	return wanted->part == PART_CALL && point->components.n == 2 && !is_pattern(wanted->function);
}

/* The functions that a place of the debug information means. */
static bool expand_place(struct process_point *process, struct wanted *wanted,
			 const struct source_place *place)
{
	const struct probe_point *point = process->point;
	struct match_vec matches = {0};
	struct process_site_vec sites = {.n = 0};
	bool inlined = false;

	process_find_functions(process, place, process->uses_targets, &sites);
	match_sites(process->probes, &sites, &matches, &inlined);
	inlined &= means_inlined(point, wanted);
	if (!matches.n && !inlined)
		return process_report_missing(process, place);
	return (!matches.n || expand_matches(process->probes, point, wanted, &matches,
					     process->uses_targets, process->optional, process->out)) &&
	       (!inlined || expand_inlined(process, point));
}

static bool expand_by_file(struct process_point *process, struct wanted *wanted)
{
	struct probes *probes = process->probes;
	const struct probe_point *point = process->point;
	struct source_place place;

	if (!kernel_code_start(process))
		return process->optional;
	if (!source_place_parse(probes->arena, probes->diags, point->components.v[1].range,
				point_string(point, 1), &place))
		return false;
	if (place.kind != LINE_NONE && point->components.n == 2)
		return process_expand_function(process);
	return expand_place(process, wanted, &place);
}

/*
 * A function that BTF and symbols do not have under that name: its copies in others, or a clone of it,
 * if the debug information is there. False: that has none, either.
 */
static bool expand_unknown(struct process_point *process, struct wanted *wanted)
{
	struct source_place place = {.function = wanted->function};
	unsigned before = process->out->n;
	bool optional = process->optional;

	if (wanted->kprobe || is_pattern(wanted->function))
		return false;
	process->optional = true;
	if (kernel_code_start(process))
		expand_place(process, wanted, &place);
	process->optional = optional;
	return process->out->n > before;
}

/* Where it would be told that the function is inlined. */
static void explain_unknown(struct probes *probes, const struct wanted *wanted)
{
	struct kernel_file_problem problem;

	if (wanted->kprobe || is_pattern(wanted->function) ||
	    (wanted->module && !kernel_module_is_loaded(probes, wanted->module)) ||
	    kernel_code_file(probes, wanted->module, &problem))
		return;
	kernel_code_explain(probes, &problem);
}

/* Where nothing tells the files, but there is only one function of the name. */
static bool can_do_without_file(struct probes *probes, const struct wanted *wanted,
				const struct probe_point *point)
{
	const char *file = strchr(point_string(point, 1), '@');
	struct kernel_file_problem problem;

	return !is_pattern(wanted->function) && !strchr(file, ':') &&
	       (!wanted->module || kernel_module_is_loaded(probes, wanted->module)) &&
	       kernel_symbols_named(probes, wanted->function) == 1 &&
	       !kernel_code_file(probes, point_string(point, 0), &problem);
}

static bool kernel_expand(struct probes *probes, const struct probe_point *point, unsigned pattern,
			  bool uses_targets, bool optional, struct probe_vec *out)
{
	struct process_point process = {.probes = probes, .point = point, .optional = optional,
					.uses_targets = uses_targets, .out = out};
	struct match_vec matches = {0};
	struct wanted wanted;
	struct range range;

	if (pattern >= FIRST_BY_ADDRESS)
		return expand_address(probes, point, out);
	read_wanted(probes, point, pattern, &wanted, &range);
	if (optional && !probes->looks_only && !kernel_can_probe_functions(probes))
		return true;
	if (wanted.by_file && wanted.kprobe)
		return refuse(probes, point, optional, "kprobe probes take names without a file",
			      "use kernel.function(\"NAME@FILE\"), which looks at debug information");
	if (wanted.by_file) {
		if (!can_do_without_file(probes, &wanted, point))
			return expand_by_file(&process, &wanted);
		diag_warning(probes->diags, range,
			     "the source file '%s' is not looked at: there is no debug information of %s; "
			     "it has one function '%s'", strchr(point_string(point, 1), '@') + 1,
			     wanted.module ? "the module" : "the kernel", wanted.function);
	}
	match_btf(probes, &wanted, &matches);
	if (!matches.n)
		match_symbols(probes, &wanted, &matches);
	if (!matches.n) {
		if (expand_unknown(&process, &wanted) || optional)
			return true;
		report_unknown(probes, &wanted, range);
		if (probes->diags->n && !probes->diags->v[probes->diags->n - 1].help)
			explain_unknown(probes, &wanted);
		return false;
	}
	return expand_matches(probes, point, &wanted, &matches, uses_targets, optional, out);
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
