// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From a module to an object: the store, the handler library, the optimiser, the emission. What
 * the script does not use of the library is dropped before the optimiser runs.
 *
 * The library is read into a context of LLVM's, which takes as long as a short script needs for all
 * the rest: in a session that is done ahead of time, in another thread, and the module goes there.
 */
#include <llvm-c/Analysis.h>
#include <llvm-c/BitReader.h>
#include <llvm-c/BitWriter.h>
#include <llvm-c/Linker.h>
#include <llvm-c/Target.h>
#include <llvm-c/Transforms/PassBuilder.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/codegen/gen.h"
#include "compiler/codegen/depth.h"
#include "compiler/codegen/store.h"
#include "runtime/handler/bitcode.h"

/* A context with the library, and a machine, for one unit. */
struct codegen_ready {
	LLVMContextRef llvm;
	LLVMModuleRef library;
	LLVMTargetMachineRef machine;
};

static bool fail(struct gen *gen, const char *what, char *message)
{
	struct range nowhere = {0};

	diag_error(gen->diags, nowhere, "internal error: %s: %s", what, message ? message : "");
	if (message)
		LLVMDisposeMessage(message);
	return false;
}

/* ---- targets ---------------------------------------------------------------------------------- */

static void targets_initialise(void)
{
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

static LLVMTargetMachineRef machine_of(enum home home, char **message)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	const char *triple = home == HOME_KERNEL ? "bpf" : "x86_64-pc-linux-gnu";
	const char *cpu = home == HOME_KERNEL ? "v3" : "x86-64";
	LLVMTargetRef target;

	pthread_once(&once, targets_initialise);
	if (LLVMGetTargetFromTriple(triple, &target, message))
		return NULL;
	return LLVMCreateTargetMachine(target, triple, cpu, "", LLVMCodeGenLevelLess, LLVMRelocPIC,
				       LLVMCodeModelSmall);
}

bool module_set_machine(struct gen *gen)
{
	char *message = NULL;

	gen->machine = machine_of(gen->home, &message);
	return gen->machine || fail(gen, "no LLVM target", message);
}

/* ---- the library ------------------------------------------------------------------------------ */

/* Reads no more than the names: bodies follow when they are linked. */
static LLVMModuleRef library_read(LLVMContextRef llvm)
{
	LLVMMemoryBufferRef buffer = LLVMCreateMemoryBufferWithMemoryRange(
		handler_bitcode, (size_t)(handler_bitcode_end - handler_bitcode), "handler", 0);
	LLVMModuleRef library;

	if (!LLVMGetBitcodeModuleInContext2(llvm, buffer, &library))
		return library;
	LLVMDisposeMemoryBuffer(buffer);
	return NULL;
}

void codegen_ready_free(struct codegen_ready *ready)
{
	if (!ready)
		return;
	if (ready->library)
		LLVMDisposeModule(ready->library);
	if (ready->machine)
		LLVMDisposeTargetMachine(ready->machine);
	LLVMContextDispose(ready->llvm);
	free(ready);
}

struct codegen_ready *codegen_ready_new(void)
{
	struct codegen_ready *ready = calloc(1, sizeof(*ready));
	char *message = NULL;

	if (!ready)
		abort();
	ready->llvm = LLVMContextCreate();
	LLVMContextSetDiscardValueNames(ready->llvm, true);
	ready->machine = machine_of(HOME_KERNEL, &message);
	ready->library = library_read(ready->llvm);
	if (ready->library && ready->machine)
		return ready;
	LLVMDisposeMessage(message);
	codegen_ready_free(ready);
	return NULL;
}

/* The module leaves its context for the one that is ready; what was generated is in its text. */
static bool module_move(struct gen *gen, struct bytes text, struct codegen_ready *ready)
{
	LLVMMemoryBufferRef buffer = LLVMCreateMemoryBufferWithMemoryRange(
		(const char *)text.data + 1, text.size - 1, "script", 0);
	bool failed;

	module_dispose(gen);
	gen->di = NULL;
	gen->builder = NULL;
	gen->llvm = ready->llvm;
	gen->machine = ready->machine;
	gen->library = ready->library;
	free(ready);
	failed = LLVMParseBitcodeInContext2(gen->llvm, buffer, &gen->module);
	LLVMDisposeMemoryBuffer(buffer);
	if (failed)
		gen->module = NULL;
	return !failed || fail(gen, "the module can't be read", NULL);
}

/* Brings the module and the library together in one context. */
static bool library_reach(struct gen *gen, struct bytes text)
{
	struct codegen_ready **ready = gen->options->ready, *taken;

	if (ready && *ready) {
		taken = *ready;
		*ready = NULL;
		return module_move(gen, text, taken);
	}
	gen->library = library_read(gen->llvm);
	return gen->library || fail(gen, "the handler library can't be read", NULL);
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

/* ---- the object ------------------------------------------------------------------------------- */

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

/*
 * Handlers are short and spend their time in the trap and in helpers: what pays is inlining the
 * library and folding its constants. default<O2> takes five times as long. Once it is clear that a
 * handler cannot fail or prints nothing, what would have been called for it goes: the emission
 * takes longer than everything else, by the instruction.
 */
static const char passes[] =
	"always-inline,globaldce,function(sroa,early-cse,simplifycfg),globaldce,"
	"function(instcombine<no-verify-fixpoint>,simplifycfg),globaldce";

/* text: of the module, as module_text() made it. */
static bool compile(struct gen *gen, struct bytes text, struct bytes *object)
{
	char *message = NULL;

	if (gen->home == HOME_KERNEL && (!library_reach(gen, text) || !library_link(gen)))
		return false;
	if (gen->options->verify &&
	    LLVMVerifyModule(gen->module, LLVMReturnStatusAction, &message))
		return fail(gen, "LLVM's verifier", message);
	if (message)
		LLVMDisposeMessage(message);
	set_no_unwind(gen);
	if (!run_passes(gen, passes))
		return false;
	publish(gen);
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
	if (store || gen->options->ready)
		input = module_text(gen);
	if (store) {
		made = store_get(store, input);
		if (made.data)
			made.data = memcpy(arena_alloc(gen->arena, made.size), made.data, made.size);
	}
	if (!made.data) {
		gen->unit->from_store = false;
		if (!compile(gen, input, &made))
			return false;
		if (store)
			store_put(store, input, made);
	}
	gen->stack_exceeded = !made.size;
	*object = made.data;
	*size = made.size;
	return true;
}
