// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tables of regular expressions in the module's read-only data.
 */
#include "compiler/codegen/gen.h"
#include "compiler/semantic/regex.h"

static LLVMValueRef image_create(struct gen *gen, const struct regex_image *image)
{
	return module_constant(gen,
			       LLVMConstStringInContext2(gen->llvm, (const char *)image,
							 image->size, true),
			       "regex");
}

void dfas_create(struct gen *gen)
{
	for (unsigned i = 0; i < gen->program->dfas.n; i++)
		VEC_PUSH(gen->arena, &gen->dfas,
			 image_create(gen, gen->program->dfas.v[i]->image));
}
