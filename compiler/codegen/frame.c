// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Constants, blocks, temporaries and locals: the small change of code generation, and the
 * rule of what may live in an LLVM value and what must stand in the frame.
 */
#include <stddef.h>

#include "compiler/codegen/gen.h"

LLVMValueRef long_constant(struct gen *gen, int64_t number)
{
	return LLVMConstInt(gen->i64, (uint64_t)number, true);
}

LLVMValueRef int_constant(struct gen *gen, uint32_t number)
{
	return LLVMConstInt(gen->i32, number, false);
}

/* ---- blocks ---- */

LLVMBasicBlockRef block_new(struct fn *fn, const char *name)
{
	return LLVMAppendBasicBlockInContext(fn->gen->llvm, fn->function, name);
}

void block_enter(struct fn *fn, LLVMBasicBlockRef block)
{
	LLVMPositionBuilderAtEnd(fn->gen->builder, block);
}

bool block_open(struct fn *fn)
{
	return !LLVMGetBasicBlockTerminator(LLVMGetInsertBlock(fn->gen->builder));
}

void branch_to(struct fn *fn, LLVMBasicBlockRef block)
{
	if (block_open(fn))
		LLVMBuildBr(fn->gen->builder, block);
}

LLVMValueRef truth(struct fn *fn, LLVMValueRef v)
{
	return LLVMBuildICmp(fn->gen->builder, LLVMIntNE, v, LLVMConstNull(LLVMTypeOf(v)), "");
}

LLVMValueRef widen(struct fn *fn, LLVMValueRef v)
{
	return LLVMBuildZExt(fn->gen->builder, v, fn->gen->i64, "");
}

/* An alloca at the start of the function, zeroed there. */
LLVMValueRef entry_alloca(struct fn *fn, LLVMTypeRef type, const char *name)
{
	struct gen *gen = fn->gen;
	LLVMBasicBlockRef here = LLVMGetInsertBlock(gen->builder);
	LLVMValueRef first = LLVMGetFirstInstruction(fn->entry), alloca;

	if (first)
		LLVMPositionBuilderBefore(gen->builder, first);
	else
		block_enter(fn, fn->entry);
	alloca = LLVMBuildAlloca(gen->builder, type, name);
	LLVMSetAlignment(alloca, 8);
	if (LLVMGetTypeKind(type) == LLVMIntegerTypeKind)
		LLVMBuildStore(gen->builder, LLVMConstNull(type), alloca);
	block_enter(fn, here);
	return alloca;
}

/* ---- the frame ---- */

unsigned frame_reserve(struct fn *fn, unsigned size)
{
	unsigned offset = fn->top;

	fn->uses_frame = true;
	fn->top += ALIGN8(size);
	if (fn->top > fn->most)
		fn->most = fn->top;
	return offset;
}

LLVMValueRef frame_load(struct fn *fn, LLVMTypeRef type, LLVMValueRef pointer)
{
	LLVMValueRef load = LLVMBuildLoad2(fn->gen->builder, type, pointer, "");

	LLVMSetVolatile(load, fn->gen->frugal); /* the optimiser would keep what was stored */
	return load;
}

LLVMValueRef frame_address(struct fn *fn)
{
	if (fn->frame && !fn->gen->frugal)
		return fn->frame;
	return frame_load(fn, fn->gen->ptr, run_field(fn, RUN_FRAME));
}

LLVMValueRef frame_data(struct fn *fn)
{
	LLVMValueRef offset =
		long_constant(fn->gen, (int64_t)(offsetof(struct frame, data) + fn->base));

	return LLVMBuildInBoundsGEP2(fn->gen->builder, fn->gen->i8, frame_address(fn), &offset, 1,
				     "data");
}

LLVMValueRef frame_pointer(struct fn *fn, unsigned offset)
{
	LLVMValueRef index = long_constant(fn->gen, offset);

	LLVMValueRef data = fn->data;

	fn->uses_frame = true;
	if (fn->gen->frugal)
		data = fn->resumable ? resumable_data(fn) : frame_data(fn);
	return LLVMBuildInBoundsGEP2(fn->gen->builder, fn->gen->i8, data, &index, 1, "");
}

LLVMValueRef static_frame_pointer(struct fn *fn, unsigned offset)
{
	LLVMValueRef index = long_constant(fn->gen, (int64_t)(offsetof(struct frame, data) + offset));

	fn->uses_frame = true;
	return LLVMBuildInBoundsGEP2(fn->gen->builder, fn->gen->i8, frame_address(fn), &index, 1,
				     "");
}

/* ---- values ---- */

struct value value_long(LLVMValueRef v)
{
	return (struct value){.v = v};
}

struct value value_string(LLVMValueRef v, unsigned bound)
{
	return (struct value){.v = v, .is_string = true, .bound = bound};
}

struct value value_frame_string(struct fn *fn, unsigned offset, unsigned bound)
{
	return (struct value){.v = frame_pointer(fn, offset),
			      .offset = offset,
			      .is_string = true,
			      .in_frame = true,
			      .bound = bound};
}

struct value string_temporary(struct fn *fn, LLVMValueRef text, unsigned bound)
{
	unsigned offset = frame_reserve(fn, bound + 1);
	struct value copy = value_frame_string(fn, offset, bound);

	LIBRARY(fn->gen, "str_copy", fn->run, copy.v, int_constant(fn->gen, bound + 1), text);
	return copy;
}

struct value value_pin(struct fn *fn, struct value value, bool changes)
{
	if (!value.is_string || !value.variable || !changes)
		return value;
	return string_temporary(fn, value_get(fn, value), value.bound);
}

struct value value_keep(struct fn *fn, struct value value, bool cut)
{
	if (!fn->resumable || !(cut || fn->gen->frugal) || (value.v && LLVMIsConstant(value.v)))
		return value;
	if (value.is_string) {
		if (!value.in_frame)
			value = string_temporary(fn, value.v, value.bound);
	} else {
		value.offset = frame_reserve(fn, 8);
		LLVMBuildStore(fn->gen->builder, value.v, frame_pointer(fn, value.offset));
	}
	value.v = NULL;
	return value;
}

LLVMValueRef value_get(struct fn *fn, struct value value)
{
	if (value.v)
		return value.v;
	if (value.is_string)
		return frame_pointer(fn, value.offset);
	return frame_load(fn, fn->gen->i64, frame_pointer(fn, value.offset));
}

/* ---- locals ---- */

static struct local *local_of(struct fn *fn, const struct symbol *symbol)
{
	return symbol->scope == SYMBOL_PARAMETER ? &fn->parameters[symbol->index]
						 : &fn->locals[symbol->index];
}

LLVMValueRef local_pointer(struct fn *fn, const struct symbol *symbol)
{
	struct local *local = local_of(fn, symbol);

	return local->alloca ? local->alloca : frame_pointer(fn, local->offset);
}

LLVMValueRef local_load(struct fn *fn, const struct symbol *symbol)
{
	return frame_load(fn, fn->gen->i64, local_pointer(fn, symbol));
}
