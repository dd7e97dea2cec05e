/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Links a module of test cases with the handler library as the code generator does, for
 * test_handler.c.
 */
#include "tests/unit/handler_link.h"

#include <string.h>

#include <llvm-c/BitReader.h>
#include <llvm-c/Core.h>
#include <llvm-c/Linker.h>
#include <llvm-c/Target.h>
#include <llvm-c/TargetMachine.h>
#include <llvm-c/Transforms/PassBuilder.h>

#include "runtime/handler/bitcode.h"

static LLVMModuleRef read_module(const char *start, const char *end)
{
	LLVMMemoryBufferRef buffer = LLVMCreateMemoryBufferWithMemoryRange(
		start, (size_t)(end - start), "module", 0);
	LLVMModuleRef module = NULL;

	LLVMParseBitcode2(buffer, &module);
	LLVMDisposeMemoryBuffer(buffer);
	return module;
}

static int is_kept(LLVMValueRef function, const char *prefix)
{
	size_t length;

	return strncmp(LLVMGetValueName2(function, &length), prefix, strlen(prefix)) == 0;
}

static void set_linkage(LLVMModuleRef module, const char *prefix, LLVMLinkage linkage)
{
	for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
		if (LLVMIsDeclaration(f))
			continue;
		LLVMAddAttributeAtIndex(f, LLVMAttributeFunctionIndex,
					LLVMCreateEnumAttribute(
						LLVMGetModuleContext(module),
						LLVMGetEnumAttributeKindForName("nounwind", 8), 0));
		if (is_kept(f, prefix) == (linkage == LLVMExternalLinkage) && !is_kept(f, "case_"))
			LLVMSetLinkage(f, linkage);
	}
}

/* Maps that nothing uses go; libbpf wants the others external. */
static void set_map_linkage(LLVMModuleRef module, LLVMLinkage linkage)
{
	for (LLVMValueRef v = LLVMGetFirstGlobal(module); v; v = LLVMGetNextGlobal(v))
		if (LLVMGetSection(v) && strcmp(LLVMGetSection(v), ".maps") == 0)
			LLVMSetLinkage(v, linkage);
}

static int run_passes(LLVMModuleRef module, LLVMTargetMachineRef machine, const char *passes)
{
	LLVMPassBuilderOptionsRef options = LLVMCreatePassBuilderOptions();
	LLVMErrorRef error = LLVMRunPasses(module, passes, machine, options);

	LLVMDisposePassBuilderOptions(options);
	return error ? -1 : 0;
}

LLVMMemoryBufferRef handler_link(const char *start, const char *end)
{
	LLVMModuleRef module = read_module(start, end);
	LLVMMemoryBufferRef object = NULL;
	LLVMTargetMachineRef machine;
	LLVMTargetRef target;
	char *message = NULL;

	LLVMInitializeBPFTargetInfo();
	LLVMInitializeBPFTarget();
	LLVMInitializeBPFTargetMC();
	LLVMInitializeBPFAsmPrinter();
	if (LLVMGetTargetFromTriple("bpf", &target, &message))
		return NULL;
	machine = LLVMCreateTargetMachine(target, "bpf", "v3", "", LLVMCodeGenLevelDefault,
					  LLVMRelocDefault, LLVMCodeModelDefault);
	if (LLVMLinkModules2(module, read_module(handler_bitcode, handler_bitcode_end)))
		return NULL;
	set_linkage(module, "case_", LLVMInternalLinkage);
	set_map_linkage(module, LLVMInternalLinkage);
	run_passes(module, machine, "globaldce");
	set_linkage(module, HANDLER_GLOBAL, LLVMExternalLinkage);
	set_map_linkage(module, LLVMExternalLinkage);
	run_passes(module, machine, "default<O2>");
	LLVMTargetMachineEmitToMemoryBuffer(machine, module, LLVMObjectFile, &message, &object);
	LLVMDisposeTargetMachine(machine);
	LLVMDisposeModule(module);
	return object;
}
