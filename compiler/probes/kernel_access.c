/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How values of the kernel are computed: from a CONTEXT_ARGS program's arguments, by BTF types.
 */
#include "compiler/probes/kernel.h"

/* Bytes and sign of a scalar type; false for what is not a scalar. */
static bool scalar_layout(const struct btf_file *btf, uint32_t id, unsigned *size, bool *is_signed)
{
	const struct btf_type *type = btf_file_skip(btf, &id);

	*size = 8;
	*is_signed = false;
	if (!type)
		return false;
	switch (BTF_INFO_KIND(type->info)) {
	case BTF_KIND_PTR:
		return true;
	case BTF_KIND_INT:
		*is_signed = BTF_INT_ENCODING(*(const uint32_t *)(type + 1)) & BTF_INT_SIGNED;
		*size = type->size;
		return *size <= 8;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		*is_signed = BTF_INFO_KFLAG(type->info);
		*size = type->size;
		return *size <= 8;
	default:
		return false;
	}
}

bool kernel_resolve_argument(struct probes *probes, const struct kernel_function *function,
			     unsigned index, struct expr *expr)
{
	struct access *access = ARENA_NEW(probes->arena, struct access);
	uint32_t type = function->v[index].type;
	bool is_signed;
	unsigned size;

	access->type_name = btf_file_spell(function->btf, probes->arena, type);
	if (expr->target->path.n || expr->target->address_of ||
	    !scalar_layout(function->btf, type, &size, &is_signed)) {
		diag_error(probes->diags, expr->range,
			   "members of '$%s' (%s) are not supported yet", expr->target->name,
			   access->type_name);
		return false;
	}
	access_push(probes->arena, access, ACCESS_CONTEXT, index * 8, 8, false);
	if (size < 8)
		access_push(probes->arena, access,
			    is_signed ? ACCESS_SIGN_EXTEND : ACCESS_ZERO_EXTEND, 0, size, is_signed);
	expr->target->access = access;
	expr->type = TYPE_LONG;
	return true;
}

struct expr *kernel_resolve_common(struct probes *probes, struct probe *probe, struct expr *expr)
{
	(void)probe;
	diag_error(probes->diags, expr->range, "@cast, @var and their kin are not supported yet here");
	return NULL;
}
