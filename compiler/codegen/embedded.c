// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Embedded C (guru mode): the bodies of %{ %} functions, compiled by clang for this home and
 * linked into the module. To the rest of code generation they are intrinsics of their own name.
 *
 * The C text of one function becomes
 *
 *     int64_t e3_name(struct run *spile_run, int64_t STAP_ARG_a, const char *STAP_ARG_s)
 *
 * or, with a string result, void e3_name(run, char *STAP_RETVALUE, unsigned size, args...); the
 * last argument is room for the text that it formats (embedded_text.c), when it does.
 */
#include <errno.h>
#include <fcntl.h>
#include <llvm-c/BitReader.h>
#include <llvm-c/Linker.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "compiler/codegen/gen.h"
#include "compiler/codegen/store.h"
#include "config.h"

extern char **environ;

static const char preamble[] =
	"typedef signed char int8_t; typedef unsigned char uint8_t;\n"
	"typedef short int16_t; typedef unsigned short uint16_t;\n"
	"typedef int int32_t; typedef unsigned int uint32_t;\n"
	"typedef long long int64_t; typedef unsigned long long uint64_t;\n"
	"typedef unsigned long size_t; typedef long ssize_t; typedef _Bool bool;\n"
	"enum { false, true };\n"
	"#define NULL ((void *)0)\n"
	"#define inline inline __attribute__((always_inline))\n"
	"struct run;\n"
	"void handler_raise(struct run *run, const char *message);\n"
	"void handler_next(struct run *run);\n"
	"unsigned format_long(struct run *run, char *to, unsigned size, unsigned at, int64_t value,\n"
	"		     unsigned conversion, unsigned flags, int width, int precision);\n"
	"unsigned format_string(struct run *run, char *to, unsigned size, unsigned at,\n"
	"		       const char *text, unsigned flags, int width, int precision);\n"
	"unsigned format_literal(struct run *run, char *to, unsigned size, unsigned at,\n"
	"			const char *text, unsigned length);\n"
	"void out_begin(struct run *run, unsigned kind, unsigned id, unsigned most);\n"
	"void out_string(struct run *run, const char *text, unsigned bound);\n"
	"void out_end(struct run *run);\n"
	"void str_copy(struct run *run, char *to, unsigned size, const char *from);\n"
	"int64_t str_compare(struct run *run, const char *a, const char *b, unsigned bound);\n"
	"int64_t fn_strlen(struct run *run, const char *text);\n"
	"#define min(a, b) ({ __typeof__(a) spile_a = (a); __typeof__(b) spile_b = (b);\\\n"
	"		      spile_a < spile_b ? spile_a : spile_b; })\n"
	"#define max(a, b) ({ __typeof__(a) spile_a = (a); __typeof__(b) spile_b = (b);\\\n"
	"		      spile_a > spile_b ? spile_a : spile_b; })\n"
	"#define min_t(type, a, b) min((type)(a), (type)(b))\n"
	"#define max_t(type, a, b) max((type)(a), (type)(b))\n"
	"#define STAP_NEXT do { handler_next(spile_run); goto out; } while (0)\n"
	"#define strlen(text) ((size_t)fn_strlen(spile_run, text))\n"
	"#define strcmp(a, b) ((int)str_compare(spile_run, a, b, MAXSTRINGLEN))\n"
	"#define strlcpy(to, from, size) str_copy(spile_run, to, spile_size_of(size), from)\n"
	"#define strlcat(to, from, size) \\\n"
	"	format_string(spile_run, to, spile_size_of(size), (unsigned)strlen(to), from, 0, -1, -1)\n"
	"static inline __attribute__((unused)) void spile_copy(char *to, const char *from,\n"
	"						       unsigned size)\n"
	"{\n"
	"	unsigned i;\n"
	"	for (i = 0; i + 1 < size && from[i]; i++) to[i] = from[i];\n"
	"	to[i] = 0;\n"
	"}\n";

static const char printing[] =
	"static inline __attribute__((unused)) void spile_print(struct run *run, const char *text,\n"
	"							unsigned *length)\n"
	"{\n"
	"	if (!*length) return;\n"
	"	*length = 0;\n"
	"	out_begin(run, %d, 0, 8 + MAXSTRINGLEN);\n"
	"	out_string(run, text, MAXSTRINGLEN - 1);\n"
	"	out_end(run);\n"
	"}\n"
	/* The verifier has to see that a size is no greater than a string's. */
	"static inline __attribute__((unused)) unsigned spile_size_of(unsigned size)\n"
	"{\n"
	"	__asm__ volatile(\"\" : \"+r\"(size));\n"
	"	return size > MAXSTRINGLEN ? MAXSTRINGLEN : size;\n"
	"}\n";

/* ---- the C text ---- */

static void position_line(FILE *out, struct range range)
{
	unsigned line, column;

	if (!range.source)
		return;
	source_position(range.source, range.start, &line, &column);
	fprintf(out, "#line %u \"%s\"\n", line, range.source->name);
}

static void write_function(struct gen *gen, FILE *out, const struct function *function)
{
	const char *name = embedded_name(gen, function);
	bool is_string = function->type == TYPE_STRING;

	fprintf(out, "#line 1 \"Spile's own C\"\n#undef STAP_RETURN\n"
		     "#define STAP_RETURN(...) do { __VA_OPT__(%s) goto out; } while (0)\n",
		is_string ? "spile_copy(STAP_RETVALUE, (__VA_ARGS__), spile_size);"
			  : "STAP_RETVALUE = (__VA_ARGS__);");
	fprintf(out, "__attribute__((always_inline)) %s %s(struct run *spile_run",
		function->type == TYPE_LONG ? "int64_t" : "void", name);
	if (is_string)
		fputs(", char *STAP_RETVALUE, unsigned spile_size", out);
	for (unsigned i = 0; i < function->parameters.n; i++)
		fprintf(out, ", %s STAP_ARG_%s",
			function->parameters.v[i]->type == TYPE_STRING ? "const char *" : "int64_t",
			function->parameters.v[i]->name);
	if (embedded_has_text(function))
		fputs(", char *spile_text", out);
	fputs(")\n{\n", out);
	if (is_string)
		fputs("	STAP_RETVALUE[0] = 0;\n", out);
	else
		fputs("	int64_t STAP_RETVALUE = 0;\n", out);
	fputs("{\n", out);
	position_line(out, function->decl->body->range);
	embedded_rewrite(gen, function, out);
	fprintf(out, "\n}\nout: __attribute__((unused));\n	%s;\n}\n", function->type == TYPE_LONG ? "return STAP_RETVALUE" : "(void)0");
}

static bool is_embedded(const struct function *function)
{
	return function->embedded && !function->intrinsic;
}

const char *embedded_name(struct gen *gen, const struct function *function)
{
	return arena_printf(gen->arena, "e%u_%s", function->index, function->name);
}

/* In the arena; NULL: no memory. */
static const char *source_text(struct gen *gen)
{
	const struct program *program = gen->program;
	char *text = NULL;
	const char *copy;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	fputs("#line 1 \"Spile's own C\"\n", out);
	fputs(preamble, out);
	fprintf(out, "#define MAXSTRINGLEN %lld\n", (long long)program->limits.max_string + 1);
	fprintf(out, printing, RECORD_TEXT);
	for (unsigned i = 0; i < program->embedded.n; i++)
		fprintf(out, "%s\n", program->embedded.v[i]);
	for (unsigned i = 0; i < program->functions.n; i++)
		if (is_embedded(program->functions.v[i]))
			write_function(gen, out, program->functions.v[i]);
	copy = fclose(out) ? NULL : arena_strdup(gen->arena, text);
	free(text);
	return copy;
}

static bool write_source(const char *path, const char *text)
{
	FILE *out = fopen(path, "w");

	if (!out)
		return false;
	fputs(text, out);
	return fclose(out) == 0;
}

/* ---- clang ---- */

static int run_clang(struct gen *gen, const char *source, const char *object, const char *errors)
{
	const char *target = gen->home == HOME_KERNEL ? "bpf" : "x86_64-pc-linux-gnu";
	char *argv[] = {"clang", "-target", (char *)target, "-O2", "-g", "-w", "-std=gnu11",
			"-emit-llvm", "-c", "-fno-stack-protector", "-o", (char *)object,
			(char *)source, NULL};
	posix_spawn_file_actions_t actions;
	int status = -1, error;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	error = posix_spawn(&pid, CLANG_PATH, &actions, NULL, argv, environ);
	if (error)
		error = posix_spawnp(&pid, "clang", &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (error)
		return -error;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static const struct function *first_embedded(const struct program *program)
{
	for (unsigned i = 0; i < program->functions.n; i++)
		if (is_embedded(program->functions.v[i]))
			return program->functions.v[i];
	return NULL;
}

static void report(struct gen *gen, int status, const char *errors_path)
{
	const char *error;
	struct source *errors = source_read(gen->arena, errors_path, &error);
	const char *text = errors ? errors->text : "";
	struct range range = first_embedded(gen->program)->decl->range;

	if (status < 0) {
		diag_error(gen->diags, range, "embedded C needs clang, which can't be run: %s",
			   strerror(-status));
		return;
	}
	diag_error(gen->diags, range, "embedded C does not compile:\n%s", text);
	if (strstr(text, "file not found"))
		diag_help(gen->diags,
			  "there are no kernel headers: handlers are BPF, not a kernel module");
}

static struct bytes read_object(struct gen *gen, const char *path)
{
	struct bytes object = {0};
	FILE *in = fopen(path, "re");
	struct stat st;
	char *data;

	if (in && !fstat(fileno(in), &st)) {
		data = arena_alloc(gen->arena, (size_t)st.st_size + 1);
		object = (struct bytes){data, fread(data, 1, (size_t)st.st_size, in)};
	}
	if (in)
		fclose(in);
	return object;
}

static bool link_object(struct gen *gen, struct bytes object)
{
	LLVMMemoryBufferRef buffer =
		LLVMCreateMemoryBufferWithMemoryRangeCopy(object.data, object.size, "embedded C");
	LLVMModuleRef module;
	bool failed;

	failed = LLVMParseBitcodeInContext2(gen->llvm, buffer, &module);
	LLVMDisposeMemoryBuffer(buffer);
	if (failed)
		return false;
	LLVMSetTarget(module, LLVMGetTarget(gen->module));
	LLVMSetDataLayout(module, LLVMGetDataLayoutStr(gen->module));
	return !LLVMLinkModules2(gen->module, module);
}

static void set_internal(struct gen *gen)
{
	const struct program *program = gen->program;

	for (unsigned i = 0; i < program->functions.n; i++) {
		LLVMValueRef f;

		if (!is_embedded(program->functions.v[i]))
			continue;
		f = LLVMGetNamedFunction(gen->module,
					 embedded_name(gen, program->functions.v[i]));
		if (f && !LLVMIsDeclaration(f))
			LLVMSetLinkage(f, LLVMInternalLinkage);
	}
}

/* Compiles the text in a directory of its own; .data is NULL after a diagnostic. */
static struct bytes compile(struct gen *gen, const char *text)
{
	char directory[] = "/tmp/spile-c-XXXXXX";
	const char *source, *object, *errors;
	struct bytes made = {0};
	int status;

	if (!mkdtemp(directory)) {
		diag_error(gen->diags, first_embedded(gen->program)->decl->range,
			   "embedded C: no temporary directory: %s", strerror(errno));
		return made;
	}
	source = arena_printf(gen->arena, "%s/embedded.c", directory);
	object = arena_printf(gen->arena, "%s/embedded.bc", directory);
	errors = arena_printf(gen->arena, "%s/errors", directory);
	status = write_source(source, text) ? run_clang(gen, source, object, errors) : -errno;
	if (status)
		report(gen, status, errors);
	else
		made = read_object(gen, object);
	unlink(source);
	unlink(object);
	unlink(errors);
	rmdir(directory);
	return made;
}

/*
 * What the bitcode follows from: the text, the home, and the compiler. Text that may have more
 * text put into it from files is not kept: .data is NULL.
 */
static struct bytes input_of(struct gen *gen, const char *text)
{
	struct stat st;
	const char *input;

	if (stat(CLANG_PATH, &st) || strstr(text, "include") || strstr(text, "embed"))
		return (struct bytes){0};
	input = arena_printf(gen->arena, "C %d %llu %lld.%ld %s", gen->home,
			     (unsigned long long)st.st_size, (long long)st.st_mtim.tv_sec,
			     st.st_mtim.tv_nsec, text);
	return (struct bytes){input, strlen(input)};
}

bool embedded_link(struct gen *gen)
{
	struct bytes input, object = {0};
	const char *text;

	if (!first_embedded(gen->program))
		return true;
	text = source_text(gen);
	if (!text || gen->diags->errors)
		return false;
	input = input_of(gen, text);
	if (input.data)
		object = store_get(gen->options->store, input);
	if (!object.data) {
		object = compile(gen, text);
		if (object.data && input.data)
			store_put(gen->options->store, input, object);
	}
	if (!object.data || !link_object(gen, object))
		return false;
	set_internal(gen);
	return true;
}
