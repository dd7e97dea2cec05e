// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The module that a script's code is generated into: types, debug information, literals. Knows
 * nothing of the language, and nothing of what becomes of the module (object.c).
 */
#include <llvm-c/Target.h>
#include <string.h>

#include "compiler/codegen/gen.h"

static void module_set_target(struct gen *gen)
{
	LLVMTargetDataRef layout = LLVMCreateTargetDataLayout(gen->machine);
	char *triple = LLVMGetTargetMachineTriple(gen->machine);

	LLVMSetModuleDataLayout(gen->module, layout);
	LLVMSetTarget(gen->module, triple);
	LLVMDisposeMessage(triple);
	LLVMDisposeTargetData(layout);
}

static void debug_start(struct gen *gen)
{
	LLVMMetadataRef signature[2], version;

	version = LLVMValueAsMetadata(LLVMConstInt(gen->i32, LLVMDebugMetadataVersion(), false));
	LLVMAddModuleFlag(gen->module, LLVMModuleFlagBehaviorWarning, "Debug Info Version", 18,
			  version);
	gen->di = LLVMCreateDIBuilder(gen->module);
	gen->di_file = LLVMDIBuilderCreateFile(gen->di, "script", 6, ".", 1);
	gen->di_unit = LLVMDIBuilderCreateCompileUnit(
		gen->di, LLVMDWARFSourceLanguageC11, gen->di_file, "spile", 5, true, "", 0, 0, "", 0,
		LLVMDWARFEmissionFull, 0, false, false, "", 0, "", 0);
	gen->di_int = LLVMDIBuilderCreateBasicType(gen->di, "int", 3, 32, 5 /* signed */, 0);
	signature[0] = gen->di_int;
	gen->di_pointer = LLVMDIBuilderCreatePointerType(gen->di, NULL, 64, 64, 0, "", 0);
	signature[1] = gen->di_pointer;
	gen->di_handler_type =
		LLVMDIBuilderCreateSubroutineType(gen->di, gen->di_file, signature, 2, 0);
}

/* Debug information is only of use in the kernel: BTF is made from it. */
static bool has_debug(const struct gen *gen)
{
	return gen->home == HOME_KERNEL;
}

bool module_create(struct gen *gen)
{
	gen->llvm = LLVMContextCreate();
	LLVMContextSetDiscardValueNames(gen->llvm, !gen->options->keep_ir);
	if (!module_set_machine(gen))
		return false;
	gen->module = LLVMModuleCreateWithNameInContext("script", gen->llvm);
	module_set_target(gen);
	gen->builder = LLVMCreateBuilderInContext(gen->llvm);
	gen->i1 = LLVMInt1TypeInContext(gen->llvm);
	gen->i8 = LLVMInt8TypeInContext(gen->llvm);
	gen->i32 = LLVMInt32TypeInContext(gen->llvm);
	gen->i64 = LLVMInt64TypeInContext(gen->llvm);
	gen->ptr = LLVMPointerTypeInContext(gen->llvm, 0);
	gen->void_type = LLVMVoidTypeInContext(gen->llvm);
	gen->run_type = LLVMStructTypeInContext(
		gen->llvm, (LLVMTypeRef[]){gen->ptr, gen->ptr, gen->i32, gen->i32, gen->i64}, 5, 0);
	if (has_debug(gen))
		debug_start(gen);
	return true;
}

void module_dispose(struct gen *gen)
{
	if (gen->di)
		LLVMDisposeDIBuilder(gen->di);
	if (gen->builder)
		LLVMDisposeBuilder(gen->builder);
	if (gen->library)
		LLVMDisposeModule(gen->library);
	if (gen->module)
		LLVMDisposeModule(gen->module);
	if (gen->machine)
		LLVMDisposeTargetMachine(gen->machine);
	LLVMContextDispose(gen->llvm);
}

const char *position_text(struct arena *arena, struct range range)
{
	unsigned line, column;

	if (!range.source)
		return "<unknown>";
	source_position(range.source, range.start, &line, &column);
	return arena_printf(arena, "%s:%u:%u", range.source->name, line, column);
}

static LLVMMetadataRef source_file(struct gen *gen, const struct source *source)
{
	if (!source || (gen->options->layout && source->name[0] == '<'))
		return gen->di_file; /* <3>: a number that must not make a difference */
	return LLVMDIBuilderCreateFile(gen->di, source->name, strlen(source->name), ".", 1);
}

LLVMMetadataRef module_describe_function(struct gen *gen, LLVMValueRef function, const char *name,
					 struct range range, bool local)
{
	unsigned line = 1, column;
	LLVMMetadataRef scope;

	if (!has_debug(gen))
		return NULL;
	if (range.source)
		source_position(range.source, range.start, &line, &column);
	scope = LLVMDIBuilderCreateFunction(gen->di, gen->di_unit, name, strlen(name), name,
					    strlen(name), source_file(gen, range.source), line,
					    gen->di_handler_type, local, true, line, 0, true);
	/* The kernel refuses functions whose parameters have no names. */
	LLVMDIBuilderCreateParameterVariable(gen->di, scope, "ctx", 3, 1, gen->di_file, line,
					     gen->di_pointer, true, 0);
	LLVMSetSubprogram(function, scope);
	return scope;
}

/* Every instruction gets a position: libraries' functions could not be inlined else. */
void module_set_position(struct fn *fn, struct range range)
{
	struct gen *gen = fn->gen;
	unsigned line = 1, column = 1;
	LLVMMetadataRef scope = fn->di_scope;

	if (!has_debug(gen))
		return;
	if (range.source) {
		source_position(range.source, range.start, &line, &column);
		scope = LLVMDIBuilderCreateLexicalBlockFile(gen->di, scope,
							    source_file(gen, range.source), 0);
	}
	LLVMSetCurrentDebugLocation2(gen->builder, LLVMDIBuilderCreateDebugLocation(
							   gen->llvm, line, column, scope, NULL));
}

LLVMValueRef module_literal(struct gen *gen, const char *text, unsigned length)
{
	LLVMValueRef global;

	for (unsigned i = 0; i < gen->literals.n; i++)
		if (!strcmp(gen->literals.v[i].text, text))
			return gen->literals.v[i].value;
	global = LLVMAddGlobal(gen->module, LLVMArrayType2(gen->i8, length + 1), "text");
	LLVMSetInitializer(global, LLVMConstStringInContext2(gen->llvm, text, length, false));
	LLVMSetGlobalConstant(global, true);
	LLVMSetLinkage(global, LLVMInternalLinkage);
	LLVMSetSection(global, gen->home == HOME_KERNEL ? ".rodata" : "");
	VEC_PUSH(gen->arena, &gen->literals, ((__typeof__(*gen->literals.v)){text, global}));
	return global;
}

LLVMValueRef module_constant(struct gen *gen, LLVMValueRef constant, const char *name)
{
	LLVMValueRef global = LLVMAddGlobal(gen->module, LLVMTypeOf(constant), name);

	LLVMSetInitializer(global, constant);
	LLVMSetGlobalConstant(global, true);
	LLVMSetLinkage(global, LLVMInternalLinkage);
	LLVMSetAlignment(global, 8);
	return global;
}

LLVMValueRef module_table(struct gen *gen, LLVMValueRef *numbers, unsigned n, LLVMValueRef index)
{
	LLVMValueRef table = module_constant(gen, LLVMConstArray2(gen->i64, numbers, n), "numbers");
	LLVMValueRef last = long_constant(gen, n - 1), inside;

	inside = LLVMBuildICmp(gen->builder, LLVMIntULE, index, last, "");
	index = LLVMBuildSelect(gen->builder, inside, index, last, "");
	return LLVMBuildLoad2(gen->builder, gen->i64,
			      LLVMBuildInBoundsGEP2(gen->builder, gen->i64, table, &index, 1, ""), "");
}
