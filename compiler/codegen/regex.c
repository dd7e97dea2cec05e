// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tables of regular expressions in the module's read-only data.
 */
#include "compiler/codegen/gen.h"
#include "compiler/semantic/regex.h"

static LLVMValueRef image_create(struct gen *gen, const struct regex_image *image)
{
	LLVMValueRef bytes = LLVMConstStringInContext2(gen->llvm, (const char *)image,
						       image->size, true);
	LLVMValueRef global = LLVMAddGlobal(gen->module, LLVMTypeOf(bytes), "regex");

	LLVMSetInitializer(global, bytes);
	LLVMSetGlobalConstant(global, true);
	LLVMSetLinkage(global, LLVMInternalLinkage);
	LLVMSetAlignment(global, 8);
	return global;
}

void dfas_create(struct gen *gen)
{
	for (unsigned i = 0; i < gen->program->dfas.n; i++)
		VEC_PUSH(gen->arena, &gen->dfas,
			 image_create(gen, gen->program->dfas.v[i]->image));
}
