/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libFuzzer's target for the syntax stage: no input may crash it, and what it accepts must print
 * at a fixed point, copied or not. tests/fuzz/bounded.c drives the same function in `make check`.
 */
#include <stdlib.h>
#include <string.h>

#include "compiler/syntax/syntax.h"
#include "tests/fuzz/fuzz.h"

static const char *const arguments[] = {"begin", "5+5", "a\"b", "$1 %( @2"};

static const struct syntax_options options = {
	.args = arguments,
	.n_args = 4,
	.kernel_version = "6.1.0",
	.kernel_release = "6.1.0-18-amd64",
	.arch = "x86_64",
	.runtime = "bpf",
	.language_version = "5.0",
};

static char *print_file(const struct script_file *file)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	ast_print_file(out, file);
	fclose(out);
	return text;
}

static void show_messages(const struct diags *diags)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	diags_print(diags, out, true);
	fclose(out);
	free(text);
}

static void copy_bodies(struct arena *arena, struct script_file *file)
{
	unsigned i;

	for (i = 0; i < file->probes.n; i++)
		file->probes.v[i]->body = stmt_copy(arena, file->probes.v[i]->body);
	for (i = 0; i < file->functions.n; i++)
		file->functions.v[i]->body = stmt_copy(arena, file->functions.v[i]->body);
}

static void complain(const char *what, const char *first, const char *second)
{
	fprintf(stderr, "%s:\n---- first\n%s\n---- second\n%s\n", what, first, second);
	abort();
}

static void check_fixed_point(struct syntax *syntax, struct script_file *file)
{
	char *first = print_file(file), *second;
	struct source *again = source_from_text(syntax->arena, "again", first);

	copy_bodies(syntax->arena, file);
	second = print_file(file);
	if (strcmp(first, second))
		complain("a copy differs", first, second);
	free(second);
	file = syntax_parse(syntax, again);
	if (syntax->diags->errors) {
		diags_print(syntax->diags, stderr, false);
		complain("what was printed does not parse", first, "");
	}
	second = print_file(file);
	if (strcmp(first, second))
		complain("printing is no fixed point", first, second);
	free(first);
	free(second);
}

static void parse_as_script(const struct source *source)
{
	struct arena *arena = arena_new();
	struct diags diags = {.arena = arena};
	struct syntax syntax = {.arena = arena, .diags = &diags, .options = &options};
	struct script_file *file = syntax_parse(&syntax, source);

	if (diags.errors)
		show_messages(&diags);
	else
		check_fixed_point(&syntax, file);
	arena_free(arena);
}

static void parse_as_input(const struct source *source)
{
	struct arena *arena = arena_new();
	struct diags diags = {.arena = arena};
	struct syntax syntax = {.arena = arena, .diags = &diags, .options = &options};
	struct script_file *file;
	struct stmt *body;

	if (syntax_parse_input(&syntax, source, &file, &body) != INPUT_ERROR && diags.errors)
		complain("an input without an error has messages", source->text, "");
	arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source source = {.name = "fuzz", .length = size};
	char *text = malloc(size + 1);

	memcpy(text, data, size);
	text[size] = 0;
	source.text = text;
	parse_as_script(&source);
	parse_as_input(&source);
	free(text);
	return 0;
}
