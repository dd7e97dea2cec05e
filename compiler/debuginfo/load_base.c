/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a file is loaded, asked when a handler runs.
 */
#include <sys/stat.h>

#include "compiler/debuginfo/load_base.h"

struct expr *load_base_call(const struct dso *dso, struct range range)
{
	struct arena *arena = dso->debuginfo->arena;
	struct expr *call = expr_new(arena, EXPR_CALL, range);
	struct dso_identity identity;
	struct stat st = { .st_ino = 0 };

	if (!dso_identify(dso, &identity))
		return NULL;
	fstat(dso->fd, &st);
	call->call.name = "__load_base";
	call->call.name_range = range;
	VEC_PUSH(arena, &call->call.args, expr_string(arena, dso->path, range));
	for (unsigned i = 0; i < 6; i++) {
		const int64_t numbers[] = {
			(int64_t)identity.address, (int64_t)identity.first,
			(int64_t)identity.second, (int64_t)identity.headers,
			(int64_t)st.st_ino, (int64_t)st.st_size,
		};

		VEC_PUSH(arena, &call->call.args, expr_number(arena, numbers[i], range));
	}
	return call;
}
