/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names from tapsets and the kernel. */
#include "runtime/repl/words.h"

#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/repl/live.h"

enum { CHUNK = 128 << 10 };

struct words *words_new(void)
{
	struct words *words = calloc(1, sizeof(*words));

	if (!words)
		abort();
	words->arena = arena_new();
	words->diags.arena = words->arena;
	words->kallsyms = -1;
	return words;
}

void words_free(struct words *words)
{
	if (!words)
		return;
	if (words->kallsyms >= 0)
		close(words->kallsyms);
	free(words->text);
	free(words->kernel);
	arena_free(words->arena);
	free(words);
}

/* ---- tapsets ------------------------------------------------------------------------------------- */

static const char *typed(struct arena *arena, const char *name, enum value_type type)
{
	return type == TYPE_UNKNOWN || type == TYPE_VOID
		       ? name
		       : arena_printf(arena, "%s:%s", name, value_type_name(type));
}

static const char *usage_of(struct arena *arena, const struct function_decl *decl)
{
	const char *text = arena_printf(arena, "%s(", decl->name);

	for (unsigned i = 0; i < decl->parameters.n; i++)
		text = arena_printf(arena, "%s%s%s", text, i ? ", " : "",
				    typed(arena, decl->parameters.v[i].name,
					  decl->parameters.v[i].type));
	return typed(arena, arena_printf(arena, "%s)", text), decl->type);
}

static void add(struct words *words, struct word word)
{
	if (strncmp(word.name, "__", 2))
		VEC_PUSH(words->arena, &words->v, word);
}

static void add_file(struct words *words, const struct script_file *file)
{
	for (unsigned i = 0; i < file->functions.n; i++) {
		const struct function_decl *decl = file->functions.v[i];

		if (!decl->private)
			add(words, (struct word){WORD_FUNCTION, decl->name,
						 usage_of(words->arena, decl), decl->comment,
						 file->source->name, NULL});
	}
	for (unsigned i = 0; i < file->aliases.n; i++) {
		const struct alias_decl *decl = file->aliases.v[i];

		for (unsigned k = 0; k < decl->names.n; k++) {
			const char *name = point_to_string(words->arena, decl->names.v[k]);

			add(words, (struct word){WORD_ALIAS, name, name, decl->comment,
						 file->source->name, decl});
		}
	}
	for (unsigned i = 0; i < file->globals.n; i++)
		if (!file->globals.v[i]->private)
			add(words, (struct word){WORD_GLOBAL, file->globals.v[i]->name,
						 file->globals.v[i]->name,
						 file->globals.v[i]->comment, file->source->name,
						 NULL});
}

static void read_directory(struct words *words, struct syntax *syntax, const char *directory)
{
	char *const roots[] = {(char *)directory, NULL};
	FTS *tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, NULL);
	const char *error;
	FTSENT *entry;

	while (tree && (entry = fts_read(tree))) {
		struct source *source;

		if (entry->fts_info != FTS_F || entry->fts_namelen < 4 ||
		    strcmp(entry->fts_name + entry->fts_namelen - 4, ".stp"))
			continue;
		source = source_read(words->arena, entry->fts_path, &error);
		if (!source)
			continue;
		source->tapset = source->guru = true;
		add_file(words, syntax_parse(syntax, source));
	}
	if (tree)
		fts_close(tree);
}

static int compare_words(const void *a, const void *b)
{
	return strcmp(((const struct word *)a)->name, ((const struct word *)b)->name);
}

const struct words *words_of_tapsets(struct live *live)
{
	struct words *words = live->words;
	struct compile compile;

	if (words->read)
		return words;
	words->read = true;
	compile_start(&compile, words->arena, &words->diags, live->options, live->target);
	semantic_load_macros(&compile.syntax, compile.tapset_dirs);
	for (const char *const *dir = compile.tapset_dirs; *dir; dir++)
		read_directory(words, &compile.syntax, *dir);
	if (words->v.n)
		qsort(words->v.v, words->v.n, sizeof(*words->v.v), compare_words);
	return words;
}

/* ---- the kernel ------------------------------------------------------------------------------------- */

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "ffffffff81000000 T name\t[module]" */
static const char *code_name(char *line)
{
	char *space = strchr(line, ' ');

	if (!space || !space[1] || !strchr("tTwW", space[1]) || space[2] != ' ')
		return NULL;
	space[3 + strcspn(space + 3, "\t")] = 0;
	return space + 3;
}

static void cut_lines(struct words *words)
{
	unsigned capacity = 0;
	char *save, *line = words->length ? strtok_r(words->text, "\n", &save) : NULL;

	for (; line; line = strtok_r(NULL, "\n", &save)) {
		const char *name = code_name(line);

		if (!name)
			continue;
		if (words->n_kernel == capacity) {
			capacity = capacity ? 2 * capacity : 65536;
			words->kernel = realloc(words->kernel, capacity * sizeof(*words->kernel));
			if (!words->kernel)
				abort();
		}
		words->kernel[words->n_kernel++] = name;
	}
	if (words->n_kernel)
		qsort(words->kernel, words->n_kernel, sizeof(*words->kernel), compare_names);
}

bool words_read_kernel(struct words *words)
{
	ssize_t n;

	if (words->kernel_read)
		return false;
	if (words->kallsyms < 0)
		words->kallsyms = open("/proc/kallsyms", O_RDONLY | O_CLOEXEC);
	if (words->capacity - words->length < CHUNK + 1) {
		words->capacity = words->capacity ? 2 * words->capacity : 16 << 20;
		words->text = realloc(words->text, words->capacity);
		if (!words->text)
			abort();
	}
	n = words->kallsyms < 0 ? 0 : read(words->kallsyms, words->text + words->length, CHUNK);
	if (n > 0) {
		words->length += (size_t)n;
		return true;
	}
	words->text[words->length] = 0;
	words->kernel_read = true;
	cut_lines(words);
	return false;
}

const char **words_of_kernel(struct words *words, unsigned *n)
{
	while (words_read_kernel(words))
		;
	*n = words->n_kernel;
	return words->kernel;
}
