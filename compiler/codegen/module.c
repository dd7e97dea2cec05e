// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The LLVM side of a module: target, library bitcode, debug information, optimiser, object.
 * The kernel module starts as the handler library itself, and what a script does not use is
 * dropped before the optimiser runs. Knows nothing of the language.
 */
#include <llvm-c/Analysis.h>
#include <llvm-c/BitReader.h>
#include <llvm-c/BitWriter.h>
#include <llvm-c/Linker.h>
#include <llvm-c/Target.h>
#include <llvm-c/Transforms/PassBuilder.h>
#include <string.h>

#include "compiler/codegen/gen.h"
#include "compiler/codegen/depth.h"
#include "compiler/codegen/store.h"
#include "runtime/handler/bitcode.h"

static void targets_initialise(void)
{
	static bool done;

	if (done)
		return;
	done = true;
	LLVMInitializeBPFTargetInfo();
	LLVMInitializeBPFTarget();
	LLVMInitializeBPFTargetMC();
	LLVMInitializeBPFAsmPrinter();
	LLVMInitializeBPFAsmParser();
	LLVMInitializeX86TargetInfo();
	LLVMInitializeX86Target();
	LLVMInitializeX86TargetMC();
	LLVMInitializeX86AsmPrinter();
}

static bool fail(struct gen *gen, const char *what, char *message)
{
	struct range nowhere = {0};

	diag_error(gen->diags, nowhere, "internal error: %s: %s", what, message ? message : "");
	if (message)
		LLVMDisposeMessage(message);
	return false;
}

static bool machine_create(struct gen *gen)
{
	const char *triple = gen->home == HOME_KERNEL ? "bpf" : "x86_64-pc-linux-gnu";
	const char *cpu = gen->home == HOME_KERNEL ? "v3" : "x86-64";
	char *message = NULL;
	LLVMTargetRef target;

	if (LLVMGetTargetFromTriple(triple, &target, &message))
		return fail(gen, "no LLVM target", message);
	gen->machine = LLVMCreateTargetMachine(target, triple, cpu, "",
					       LLVMCodeGenLevelLess, LLVMRelocPIC, LLVMCodeModelSmall);
	return gen->machine || fail(gen, "no target machine", NULL);
}

/* Reads no more than the names: bodies follow when they are linked. */
static bool library_open(struct gen *gen)
{
	LLVMMemoryBufferRef buffer = LLVMCreateMemoryBufferWithMemoryRange(
		handler_bitcode, (size_t)(handler_bitcode_end - handler_bitcode), "handler", 0);

	if (!LLVMGetBitcodeModuleInContext2(gen->llvm, buffer, &gen->library))
		return true;
	LLVMDisposeMemoryBuffer(buffer);
	return fail(gen, "the handler library can't be read", NULL);
}

/* Everything in the library is linkonce, so that only what the script uses is linked. */
static bool library_link(struct gen *gen)
{
	LLVMModuleRef library = gen->library;

	gen->library = NULL;
	if (LLVMLinkModules2(gen->module, library))
		return fail(gen, "the handler library can't be linked", NULL);
	for (LLVMValueRef f = LLVMGetFirstFunction(gen->module); f; f = LLVMGetNextFunction(f))
		if (LLVMGetLinkage(f) == LLVMLinkOnceODRLinkage)
			LLVMSetLinkage(f, LLVMInternalLinkage);
	for (LLVMValueRef g = LLVMGetFirstGlobal(gen->module); g; g = LLVMGetNextGlobal(g))
		if (LLVMGetLinkage(g) == LLVMLinkOnceODRLinkage)
			LLVMSetLinkage(g, LLVMInternalLinkage);
	return true;
}

/*
 * For libbpf: maps are external, and so are the functions that the verifier is to check once on
 * their own.
 */
static void publish(struct gen *gen)
{
	for (LLVMValueRef f = LLVMGetFirstFunction(gen->module); f; f = LLVMGetNextFunction(f))
		if (!strncmp(LLVMGetValueName(f), HANDLER_GLOBAL, strlen(HANDLER_GLOBAL)))
			LLVMSetLinkage(f, LLVMExternalLinkage);
	for (LLVMValueRef g = LLVMGetFirstGlobal(gen->module); g; g = LLVMGetNextGlobal(g)) {
		const char *section = LLVMGetSection(g);

		if (section && !strcmp(section, ".maps"))
			LLVMSetLinkage(g, LLVMExternalLinkage);
	}
}

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
	LLVMMetadataRef signature[2];

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
	targets_initialise();
	gen->llvm = LLVMContextCreate();
	if (!machine_create(gen))
		return false;
	gen->module = LLVMModuleCreateWithNameInContext("script", gen->llvm);
	if (gen->home == HOME_KERNEL && !library_open(gen))
		return false;
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

static bool run_passes(struct gen *gen, const char *passes)
{
	LLVMPassBuilderOptionsRef options = LLVMCreatePassBuilderOptions();
	LLVMErrorRef error;
	char *message;

	LLVMPassBuilderOptionsSetLoopUnrolling(options, false);
	LLVMPassBuilderOptionsSetLoopVectorization(options, false);
	LLVMPassBuilderOptionsSetSLPVectorization(options, false);
	error = LLVMRunPasses(gen->module, passes, gen->machine, options);
	LLVMDisposePassBuilderOptions(options);
	if (!error)
		return true;
	message = LLVMGetErrorMessage(error);
	fail(gen, message, NULL);
	LLVMDisposeErrorMessage(message);
	return false;
}

/* BPF has no exceptions: without the attribute LLVM would emit tables for them. */
static void set_no_unwind(struct gen *gen)
{
	unsigned kind = LLVMGetEnumAttributeKindForName("nounwind", 8);

	for (LLVMValueRef f = LLVMGetFirstFunction(gen->module); f; f = LLVMGetNextFunction(f))
		LLVMAddAttributeAtIndex(f, LLVMAttributeFunctionIndex,
					LLVMCreateEnumAttribute(gen->llvm, kind, 0));
}

static void keep_text(struct gen *gen)
{
	char *text = LLVMPrintModuleToString(gen->module);

	gen->unit->ir = arena_printf(gen->arena, "%s; ---- the %s home ----\n%s",
				     gen->unit->ir ? gen->unit->ir : "",
				     gen->home == HOME_KERNEL ? "kernel" : "tracer", text);
	LLVMDisposeMessage(text);
}

/* LLVM's word, kept until it is known whether there is another way. */
struct complaint {
	struct arena *arena;
	const char *text;
};

static void complaint_take(LLVMDiagnosticInfoRef info, void *context)
{
	struct complaint *complaint = context;
	char *text;

	if (LLVMGetDiagInfoSeverity(info) != LLVMDSError || complaint->text)
		return;
	text = LLVMGetDiagInfoDescription(info);
	complaint->text = arena_strdup(complaint->arena, text);
	LLVMDisposeMessage(text);
}

/* Code that takes more stack than there is has no object: one with nothing in it. */
static bool settle_stack(struct gen *gen, const struct complaint *complaint, struct bytes *object)
{
	bool fits = !complaint->text;

	if (fits && gen->home == HOME_KERNEL)
		fits = depth_allowed(depth_measure(gen->arena, *object));
	if (fits || !gen->frugal) {
		object->size = fits ? object->size : 0;
		return true;
	}
	if (!complaint->text)
		return true; /* the verifier says which handler it is */
	return fail(gen, complaint->text, NULL);
}

static bool emit(struct gen *gen, struct bytes *object)
{
	struct complaint complaint = {gen->arena, NULL};
	LLVMMemoryBufferRef buffer;
	char *message = NULL;
	void *copy;

	LLVMContextSetDiagnosticHandler(gen->llvm, complaint_take, &complaint);
	if (LLVMTargetMachineEmitToMemoryBuffer(gen->machine, gen->module, LLVMObjectFile, &message,
						&buffer))
		return fail(gen, "code can't be emitted", message);
	object->size = LLVMGetBufferSize(buffer);
	copy = arena_alloc(gen->arena, object->size);
	memcpy(copy, LLVMGetBufferStart(buffer), object->size);
	object->data = copy;
	LLVMDisposeMemoryBuffer(buffer);
	LLVMContextSetDiagnosticHandler(gen->llvm, NULL, NULL);
	return settle_stack(gen, &complaint, object);
}

static bool compile(struct gen *gen, struct bytes *object)
{
	char *message = NULL;

	if (gen->home == HOME_KERNEL && !library_link(gen))
		return false;
	if (gen->options->verify &&
	    LLVMVerifyModule(gen->module, LLVMReturnStatusAction, &message))
		return fail(gen, "LLVM's verifier", message);
	if (message)
		LLVMDisposeMessage(message);
	set_no_unwind(gen);
	if (!run_passes(gen, "always-inline,globaldce"))
		return false;
	publish(gen);
	/*
	 * Handlers are short and spend their time in the trap and in helpers: what pays is
	 * inlining the library and folding its constants. default<O2> takes five times as long.
	 */
	if (!run_passes(gen, "function(sroa,early-cse,simplifycfg,instcombine<no-verify-fixpoint>,simplifycfg)"))
		return false;
	if (gen->options->keep_ir)
		keep_text(gen);
	return emit(gen, object);
}

/*
 * The object follows from the module as it is now, the home, and this build of Spile, which has
 * the library and LLVM in it: that is what it is kept under.
 */
static struct bytes module_text(struct gen *gen)
{
	LLVMMemoryBufferRef buffer = LLVMWriteBitcodeToMemoryBuffer(gen->module);
	struct bytes text = {.size = LLVMGetBufferSize(buffer) + 1};
	char *copy = arena_alloc(gen->arena, text.size);

	copy[0] = gen->home == HOME_KERNEL ? 'k' : 't';
	memcpy(copy + 1, LLVMGetBufferStart(buffer), text.size - 1);
	text.data = copy;
	LLVMDisposeMemoryBuffer(buffer);
	return text;
}

bool module_finish(struct gen *gen, const void **object, size_t *size)
{
	const struct store *store = gen->options->keep_ir ? NULL : gen->options->store;
	struct bytes input = {0}, made = {0};

	if (gen->di)
		LLVMDIBuilderFinalize(gen->di);
	if (store) {
		input = module_text(gen);
		made = store_get(store, input);
		if (made.data)
			made.data = memcpy(arena_alloc(gen->arena, made.size), made.data, made.size);
	}
	if (!made.data) {
		gen->unit->from_store = false;
		if (!compile(gen, &made))
			return false;
		if (store)
			store_put(store, input, made);
	}
	gen->stack_exceeded = !made.size;
	*object = made.data;
	*size = made.size;
	return true;
}
