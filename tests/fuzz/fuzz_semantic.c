/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libFuzzer's target for semantic analysis, with Spile's own tapsets: no script may crash it, and
 * one without errors has a type for every symbol. tests/fuzz/bounded.c drives the same function
 * in `make check`.
 */
#include <stdlib.h>
#include <string.h>

#include "compiler/semantic/program.h"
#include "tests/fuzz/fuzz.h"

static const char *const tapset_dirs[] = { SPILE_SRCDIR "/tapsets", NULL };

static const struct syntax_options syntax_options = {
	.kernel_version = "6.1.0",
	.kernel_release = "6.1.0-18-amd64",
	.arch = "x86_64",
	.runtime = "bpf",
	.language_version = "5.0",
};

static void check_symbol(const struct symbol *symbol)
{
	if (symbol->type == TYPE_UNKNOWN || symbol->type == TYPE_VOID) {
		fprintf(stderr, "'%s' has no type\n", symbol->name);
		abort();
	}
	if (symbol->type == TYPE_STRING && symbol->bound > 512) {
		fprintf(stderr, "'%s' has bound %u\n", symbol->name, symbol->bound);
		abort();
	}
}

static void check_program(const struct program *program)
{
	for (unsigned i = 0; i < program->globals.n; i++)
		check_symbol(program->globals.v[i]);
	for (unsigned i = 0; i < program->probes.n; i++)
		for (unsigned k = 0; k < program->probes.v[i]->locals.n; k++)
			check_symbol(program->probes.v[i]->locals.v[k]);
	for (unsigned i = 0; i < program->functions.n; i++)
		for (unsigned k = 0; k < program->functions.v[i]->locals.n; k++)
			check_symbol(program->functions.v[i]->locals.v[k]);
}

static void print_all(const struct program *program, const struct diags *diags)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	diags_print(diags, out, false);
	program_print(out, program);
	fclose(out);
	free(text);
}

static void resolve(const struct source *source, bool keep_unused)
{
	struct arena *arena = arena_new();
	struct diags diags = { .arena = arena };
	struct syntax syntax = { .arena = arena, .diags = &diags, .options = &syntax_options };
	struct semantic_options options = { .tapset_dirs = tapset_dirs,
					    .syntax = &syntax,
					    .keep_unused = keep_unused };
	struct script_file *file = syntax_parse(&syntax, source);
	struct program *program;

	limits_default(&options.limits);
	program = semantic_resolve(arena, &diags, &options, &file, 1);
	print_all(program, &diags);
	if (!diags.errors)
		check_program(program);
	program_release(program);
	arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source source = { .name = "fuzz", .length = size };
	char *text = malloc(size + 1);

	memcpy(text, data, size);
	text[size] = 0;
	source.text = text;
	resolve(&source, size & 1);
	free(text);
	return 0;
}
