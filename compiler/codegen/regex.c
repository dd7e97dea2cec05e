// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tables of regular expressions in the module's read-only data.
 */
#include "compiler/codegen/gen.h"

void dfas_create(struct gen *gen)
{
	for (unsigned i = 0; i < gen->program->dfas.n; i++) {
		struct range nowhere = {0};

		diag_error(gen->diags, nowhere, "regular expressions are not supported yet");
	}
}
