/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * @cast_module_sizeof("kernel", "struct task_struct"): the size of a type, known when compiling.
 */
#include <string.h>

#include "compiler/debuginfo/btf_ctype.h"
#include "compiler/debuginfo/ctype.h"
#include "compiler/probes/kernel.h"
#include "compiler/semantic/passes.h"

static bool is_kernel(const char *module)
{
	return !module || !*module || !strcmp(module, "kernel") || !strcmp(module, "vmlinux");
}

void sizeof_resolve(struct resolver *resolver, struct expr **place)
{
	struct expr *expr = *place;
	const struct btf_file *btf;
	const char *error;
	struct ctype *type;

	if (!is_kernel(expr->size_of.module)) {
		diag_error(resolver->diags, expr->range,
			   "only sizes of the kernel's types are known, not those of '%s'",
			   expr->size_of.module);
		return;
	}
	btf = kernel_btf(resolver->probes, &error);
	if (!btf) {
		diag_error(resolver->diags, expr->range, "the kernel's types are not known: %s",
			   error);
		return;
	}
	type = btf_ctype_find(resolver->arena, btf, expr->size_of.type_name);
	if (!type)
		diag_error(resolver->diags, expr->range, "the kernel has no type '%s'",
			   expr->size_of.type_name);
	else
		*place = expr_number(resolver->arena, (int64_t)ctype_size(resolver->arena, type),
				     expr->range);
}
