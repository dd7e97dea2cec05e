/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * @cast_module_sizeof("libc.so.6", "struct tm"): the size of a type, known when compiling.
 */
#include <string.h>

#include "compiler/debuginfo/btf_ctype.h"
#include "compiler/probes/kernel.h"
#include "compiler/probes/process.h"
#include "compiler/semantic/passes.h"

/* Also what is meant without a module, where there is no file that the probe is in. */
static bool is_kernel(const struct probe *probe, const char *module)
{
	const struct process_site *site =
		probe && probe->family == &family_process ? probe->family_data : NULL;

	if (!*module)
		return !site || !site->dso;
	return !strcmp(module, "kernel") || !strcmp(module, "vmlinux") ||
	       !strncmp(module, "kernel<", 7); /* a header's types are the kernel's own */
}

const struct btf_file *types_of_kernel(struct resolver *resolver, const struct probe *probe,
				       const char *module, struct range range, bool *is_meant)
{
	const struct btf_file *btf;
	const char *error;

	*is_meant = is_kernel(probe, module);
	if (!*is_meant)
		return NULL;
	btf = kernel_btf(resolver->probes, &error);
	if (!btf)
		diag_error(resolver->diags, range, "the kernel's types are not known: %s", error);
	return btf;
}

struct ctype *types_find(struct resolver *resolver, struct probe *probe, const char *module,
			 const char *name, struct range range)
{
	bool in_kernel;
	const struct btf_file *btf = types_of_kernel(resolver, probe, module, range, &in_kernel);
	struct ctype *type = NULL;

	if (in_kernel && !btf)
		return NULL;
	if (in_kernel)
		type = btf_ctype_find(resolver->arena, btf, name);
	else
		type = process_find_type(resolver->probes, probe, module, name);
	if (!type)
		types_report_missing(resolver, probe, module, "type", name, range);
	return type;
}

void types_report_missing(struct resolver *resolver, struct probe *probe, const char *module,
			  const char *what, const char *name, struct range range)
{
	struct dso *own = probe && probe->family == &family_process && probe->family_data ?
				  ((struct process_site *)probe->family_data)->dso : NULL;
	struct dso *dso;

	if (is_kernel(probe, module)) {
		diag_error(resolver->diags, range, "the kernel has no %s '%s'", what, name);
		return;
	}
	if (strchr(module, ':')) {
		diag_error(resolver->diags, range, "no %s '%s' in the debug information of %s", what,
			   name, module);
		return;
	}
	dso = process_open_module(resolver->probes, own, module);
	if (!dso) {
		process_report_module(resolver->diags, range, module);
		return;
	}
	diag_error(resolver->diags, range, "no %s '%s' in the debug information of %s", what, name,
		   dso->path);
	if (!dwarf_file_of(dso)->dwarf)
		diag_help(resolver->diags, "there is none; it was looked for in %s",
			  dwarf_file_of(dso)->looked);
}

void sizeof_resolve(struct resolver *resolver, struct probe *probe, struct expr **place)
{
	struct expr *expr = *place;
	struct ctype *type = types_find(resolver, probe, expr->size_of.module,
					expr->size_of.type_name, expr->range);
	uint64_t size = type ? ctype_size(resolver->arena, type) : 0;

	if (type && !size)
		diag_error(resolver->diags, expr->range, "the size of '%s' is not known",
			   expr->size_of.type_name);
	*place = expr_number(resolver->arena, (int64_t)size, expr->range);
}
