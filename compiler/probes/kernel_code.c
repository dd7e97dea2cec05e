/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Places in the kernel's code that only its debug information tells: inlined functions, statements,
 * labels, calls, and which functions are in a source file. How they are found and what their
 * variables are is the process family's; here is which file that is, and what the kernel lets be
 * probed.
 */
#include <dirent.h>
#include <fnmatch.h>
#include <string.h>
#include <unistd.h>

#include "compiler/debuginfo/kernel_file.h"
#include "compiler/probes/kernel.h"
#include "compiler/probes/process.h"

#define IN_KERNEL(place) "kernel." place, "module(string)." place

static const char *const patterns[] = {
	IN_KERNEL("function(string).inline"),
	IN_KERNEL("function(string).label(string)"),
	IN_KERNEL("function(string).callee(string)"),
	IN_KERNEL("function(string).callee(string).call"),
	IN_KERNEL("function(string).callees(number?)"),
	IN_KERNEL("statement(string)"),
	IN_KERNEL("statement(string).nearest"),
	NULL,
};

/* ---- files ---------------------------------------------------------------------------------- */

struct dso *kernel_code_file(struct probes *probes, const char *module,
			     struct kernel_file_problem *problem)
{
	struct kernel_state *state = kernel_state(probes);
	struct kernel_code_file file = { .module = module };

	for (unsigned i = 0; i < state->files.n; i++) {
		const struct kernel_code_file *known = &state->files.v[i];

		/* A path may be that of what was not found by name. */
		if (!known->module == !module && (known->dso || !module || !strchr(module, '/')) &&
		    (!module || !strcmp(kernel_file_module(probes->arena, known->module),
					kernel_file_module(probes->arena, module)))) {
			*problem = known->problem;
			return known->dso;
		}
	}
	file.dso = kernel_file_open(probes_debuginfo(probes), module, &file.problem);
	*problem = file.problem;
	VEC_PUSH(probes->arena, &state->files, file);
	return file.dso;
}

bool kernel_module_is_loaded(struct probes *probes, const char *module)
{
	return !strpbrk(module, "*?[") &&
	       !access(arena_printf(probes->arena, "/sys/module/%s/sections",
				    kernel_file_module(probes->arena, module)), F_OK);
}

void kernel_code_explain(struct probes *probes, const struct kernel_file_problem *problem)
{
	struct diags *diags = probes->diags;
	const char *before = diags->n ? diags->v[diags->n - 1].help : NULL;

	diag_help(diags, "%s%s%s%s%s%s", before ? before : "", before ? "; " : "",
		  problem->looked ? "looked for in " : "", problem->looked ? problem->looked : "",
		  problem->looked && problem->help ? "; " : "", problem->help ? problem->help : "");
}

static bool report_no_file(struct process_point *process, const char *module,
			   const struct kernel_file_problem *problem)
{
	struct probes *probes = process->probes;

	if (process->optional)
		return false;
	diag_error(probes->diags, process->point->components.v[process->first].range,
		   "this needs the debug information of %s%s%s: %s",
		   module ? "module '" : "the kernel", module ? module : "", module ? "'" : "",
		   problem->what);
	kernel_code_explain(probes, problem);
	return false;
}

static bool add_file(struct process_point *process, const char *module)
{
	struct kernel_file_problem problem;
	struct dso *dso = kernel_code_file(process->probes, module, &problem);

	if (!dso)
		return report_no_file(process, module, &problem);
	VEC_PUSH(process->probes->arena, &process->files, dso);
	return true;
}

/* Of the modules that a pattern means, those whose debug information is there. */
static bool add_matching(struct process_point *process, const char *pattern)
{
	struct probes *probes = process->probes;
	struct kernel_file_problem problem = { .what = "no such module is loaded" };
	DIR *directory = opendir("/sys/module");
	struct dirent *entry;

	while (directory && (entry = readdir(directory))) {
		const char *name = arena_strdup(probes->arena, entry->d_name);
		struct dso *dso;

		if (*name == '.' || fnmatch(pattern, name, 0) || !kernel_module_is_loaded(probes, name))
			continue;
		dso = kernel_code_file(probes, name, &problem);
		if (dso)
			VEC_PUSH(probes->arena, &process->files, dso);
	}
	if (directory)
		closedir(directory);
	return process->files.n || report_no_file(process, pattern, &problem);
}

static bool find_files(struct process_point *process)
{
	const char *module = point_string(process->point, 0);

	if (!module)
		return add_file(process, NULL);
	if (strpbrk(module, "*?["))
		return add_matching(process, module);
	if (kernel_module_is_loaded(process->probes, module))
		return add_file(process, module);
	if (!process->optional)
		kernel_report_module(process->probes, module, process->point->components.v[0].range);
	return false;
}

bool kernel_code_start(struct process_point *process)
{
	process->kernel = true;
	process->first = 1;
	process->debuginfo = probes_debuginfo(process->probes);
	return find_files(process);
}

/* ---- sites ---------------------------------------------------------------------------------------- */

/* "f" of "f.cold", "f.part.0": what the kernel asks about a piece of a function. */
static const char *whole_name(struct arena *arena, const char *symbol)
{
	const char *dot = strchr(symbol, '.');

	return dot && dot != symbol ? arena_strndup(arena, symbol, (size_t)(dot - symbol)) : symbol;
}

const char *kernel_code_trouble(struct probes *probes, const struct process_site *site,
				uint64_t *loaded)
{
	const struct kernel_symbol *symbol;
	const char *trouble, *whole;
	uint64_t offset;
	bool per_cpu;

	if (!dso_code_offset(site->dso, site->address, &offset) ||
	    !kernel_file_loaded(site->dso, site->address, loaded, &per_cpu))
		return "that code is only there while the kernel, or the module, starts";
	symbol = kernel_symbol_at(probes, *loaded);
	if (!symbol)
		return "/proc/kallsyms tells no function there";
	trouble = kernel_function_trouble(probes, symbol->name, false);
	whole = whole_name(probes->arena, symbol->name);
	return trouble && whole != symbol->name ? kernel_function_trouble(probes, whole, false) :
						  trouble;
}

bool kernel_code_function(struct probes *probes, const char *module, uint64_t loaded,
			  struct process_site *site)
{
	struct kernel_file_problem problem;
	struct dso *dso = kernel_code_file(probes, module, &problem);
	struct dwarf_function *function;
	uint64_t address;

	if (!dso || !kernel_file_address(dso, loaded, &address) || !dwarf_file_of(dso)->dwarf)
		return false;
	function = dwarf_function_at(dwarf_file_of(dso), address, false);
	if (!function || function->entry != address)
		return false;
	*site = process_site_of(probes->arena, dso, function);
	return true;
}

static bool expand(struct probes *probes, const struct probe_point *point, unsigned pattern,
		   bool uses_targets, bool optional, struct probe_vec *out)
{
	struct process_point process = { .probes = probes, .point = point, .optional = optional,
					 .uses_targets = uses_targets, .out = out };

	(void)pattern;
	if (!kernel_code_start(&process))
		return optional;
	return process_expand_function(&process);
}

const struct probe_family family_kernel_code = {
	.name = "kernel code",
	.slot = SLOT_KERNEL_CODE,
	.patterns = patterns,
	.expand = expand,
	.resolve = process_resolve,
	.variables = process_variables,
};
