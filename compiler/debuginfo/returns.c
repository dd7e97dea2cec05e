/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "compiler/debuginfo/returns.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/debuginfo/dwarf.h"

enum { STACK_POINTER = 7, INSTRUCTION_POINTER = 16, RETURN_ADDRESS_BYTES = 8 };

/* They keep their return address for somebody who comes back to it, or have none. */
static bool switches_stacks(struct dso *dso, uint64_t address)
{
	static const char *const names[] = {"setjmp", "_setjmp", "sigsetjmp", "__sigsetjmp",
					    "savecontext", "getcontext", "__getcontext",
					    "swapcontext", "__swapcontext",
					    "__start_context"};
	const struct dso_symbol *symbol = dso_symbol_at(dso, address);

	for (unsigned i = 0; symbol && i < sizeof(names) / sizeof(*names); i++)
		if (symbol->address == address && !strcmp(symbol->name, names[i]))
			return true;
	return false;
}

/* What call frame information says of every function at its entry: the return address on top. */
static bool is_ordinary(Dwarf_Frame *frame)
{
	Dwarf_Op memory[3], *ops;
	bool undefined;
	size_t n = 0;

	undefined = !dwarf_frame_register(frame, INSTRUCTION_POINTER, memory, &ops, &n) && !n &&
		    ops == memory;
	if (undefined)
		return false;
	if (dwarf_frame_cfa(frame, &ops, &n) || n != 1)
		return false;
	if (ops->atom == DW_OP_bregx)
		return ops->number == STACK_POINTER && ops->number2 == RETURN_ADDRESS_BYTES;
	return ops->atom == DW_OP_breg0 + STACK_POINTER && ops->number == RETURN_ADDRESS_BYTES;
}

const char *returns_unsafe(struct dso *dso, uint64_t address)
{
	struct dwarf_file *file = dwarf_file_find(dso);
	Dwarf_Frame *frame;
	bool ordinary;

	if (switches_stacks(dso, address))
		return "it returns more than once, or elsewhere";
	if (!file->eh_frame_read) {
		file->eh_frame_read = true;
		file->eh_frame = dwarf_getcfi_elf(dso->elf);
	}
	if (!file->eh_frame || dwarf_cfi_addrframe(file->eh_frame, address, &frame))
		return NULL;
	ordinary = is_ordinary(frame);
	free(frame);
	return ordinary ? NULL : "it is not entered by a call, and has no return address";
}
