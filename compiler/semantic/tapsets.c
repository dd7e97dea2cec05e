/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tapset libraries: which file of the tapset directories declares a name. The first name that
 * the scripts do not declare themselves makes an index of all files by a quick look at their
 * text; a file is parsed when something in it is needed. Where several directories declare the
 * same name, the first directory's file is meant.
 */
#include <ctype.h>
#include <dirent.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "compiler/semantic/passes.h"

struct tapset_file {
	const char *path;
	struct source *source;
	unsigned directory; /* number of the tapset directory */
	bool loaded;
};

/* One file that declares a name; chained in the order of the directories. */
struct tapset_entry {
	struct tapset_file *file;
	struct tapset_entry *next;
};

struct tapset_alias {
	const char *name; /* "a.b.c", white space removed */
	struct tapset_file *file;
};

struct tapset_index {
	struct name_map functions, globals; /* struct tapset_entry */
	struct {
		VEC(struct tapset_alias);
	} aliases;
};

/* ---- finding files --------------------------------------------------------------------------- */

struct search {
	struct arena *arena;
	const char *suffix; /* ".stp" or ".stpm" */
	const char *arch;
	unsigned directory;
	void (*found)(struct search *search, const char *path);
	void *data;
};

static int not_hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static bool other_arch(const struct search *search, const char *name)
{
	static const char *const archs[] = { "x86_64", "i386", "i686", "arm", "arm64", "aarch64",
					     "powerpc", "s390", "s390x", "ia64", "mips",
					     "riscv", "riscv64", NULL };

	for (unsigned i = 0; archs[i]; i++)
		if (!strcmp(archs[i], name))
			return !search->arch || strcmp(search->arch, name);
	return false;
}

static bool has_suffix(const char *name, const char *suffix)
{
	size_t length = strlen(name), tail = strlen(suffix);

	return length > tail && !strcmp(name + length - tail, suffix);
}

static void search_directory(struct search *search, const char *path, unsigned depth)
{
	struct dirent **entries = NULL;
	int n = depth < 16 ? scandir(path, &entries, not_hidden, alphasort) : 0;

	for (int i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;
		const char *whole = arena_printf(search->arena, "%s/%s", path, name);
		struct stat status;

		if (has_suffix(name, search->suffix))
			search->found(search, whole);
		else if (!strchr(name, '.') && !other_arch(search, name) &&
			 !stat(whole, &status) && S_ISDIR(status.st_mode))
			search_directory(search, whole, depth + 1);
		free(entries[i]);
	}
	free(entries);
}

static void search_all(struct search *search, const char *const *directories)
{
	for (unsigned i = 0; directories && directories[i]; i++) {
		search->directory = i;
		search_directory(search, directories[i], 0);
	}
}

/* ---- the quick look ---------------------------------------------------------------------------- */

struct look {
	struct arena *arena;
	struct tapset_index *index;
	struct tapset_file *file;
	const char *at, *end;
	unsigned depth; /* of braces */
	size_t length;  /* of the word that next_word() found */
};

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static void skip_to(struct look *look, const char *mark)
{
	const char *found = memmem(look->at, (size_t)(look->end - look->at), mark, strlen(mark));

	look->at = found ? found + strlen(mark) : look->end;
}

static void skip_string(struct look *look)
{
	for (look->at++; look->at < look->end && *look->at != '"'; look->at++)
		look->at += *look->at == '\\';
	look->at = look->at < look->end ? look->at + 1 : look->end;
}

static bool at_text(const struct look *look, const char *text)
{
	size_t length = strlen(text);

	return (size_t)(look->end - look->at) >= length && !memcmp(look->at, text, length);
}

/* Skips what is not a token of its own: white space, comments, strings, embedded C. */
static bool skip_filler(struct look *look)
{
	char c = *look->at;

	if (isspace((unsigned char)c))
		look->at++;
	else if (c == '#' || at_text(look, "//"))
		skip_to(look, "\n");
	else if (at_text(look, "/*"))
		skip_to(look, "*/");
	else if (at_text(look, "%{"))
		skip_to(look, "%}");
	else if (c == '"')
		skip_string(look);
	else
		return false;
	return true;
}

/* The next word, look->length long, or NULL with *punctuation set; (NULL, 0) at the end. */
static const char *next_word(struct look *look, char *punctuation)
{
	const char *start;

	while (look->at < look->end && skip_filler(look))
		;
	*punctuation = 0;
	if (look->at >= look->end)
		return NULL;
	start = look->at;
	if (!is_word(*start)) {
		*punctuation = *look->at++;
		return NULL;
	}
	while (look->at < look->end && is_word(*look->at))
		look->at++;
	look->length = (size_t)(look->at - start);
	return start;
}

static bool word_is(const struct look *look, const char *word, const char *wanted)
{
	return strlen(wanted) == look->length && !memcmp(word, wanted, look->length);
}

static void add_entry(struct look *look, struct name_map *map, const char *word)
{
	const char *name = arena_strndup(look->arena, word, look->length);
	struct tapset_entry **tail = (struct tapset_entry **)name_map_at(look->arena, map, name);

	for (; *tail; tail = &(*tail)->next)
		if ((*tail)->file == look->file)
			return;
	*tail = ARENA_NEW(look->arena, struct tapset_entry);
	(*tail)->file = look->file;
}

static void look_at_function(struct look *look)
{
	char punctuation;
	const char *name = next_word(look, &punctuation);

	if (name)
		add_entry(look, &look->index->functions, name);
}

static bool is_declaration_word(const struct look *look, const char *word)
{
	return word_is(look, word, "function") || word_is(look, word, "probe") ||
	       word_is(look, word, "global") || word_is(look, word, "private");
}

/* global a, b[10], c = "x": every word that is not a number up to the next declaration. */
static void look_at_global(struct look *look)
{
	for (;;) {
		const char *before;
		char punctuation;
		const char *name;

		while (look->at < look->end && skip_filler(look))
			;
		before = look->at;
		name = next_word(look, &punctuation);
		if ((!name && !punctuation) || punctuation == '@')
			return;
		if (name && is_declaration_word(look, name)) {
			look->at = before;
			return;
		}
		if (name && !isdigit((unsigned char)*name))
			add_entry(look, &look->index->globals, name);
	}
}

static void add_alias(struct look *look, const char *name, size_t length)
{
	struct tapset_alias alias = { .file = look->file };

	alias.name = arena_strndup(look->arena, name, length);
	VEC_PUSH(look->arena, &look->index->aliases, alias);
}

/* probe a.b, a.{c,d} = ...: the names, unless a body or an argument comes before the "=". */
static void look_at_probe(struct look *look)
{
	char text[1024];
	size_t n = 0, start = 0;
	unsigned braces = 0;

	while (look->at < look->end && n < sizeof(text) - 1) {
		char c = *look->at;

		if (skip_filler(look))
			continue;
		if (c == '(' || (c == '{' && (!n || text[n - 1] != '.')))
			return;
		look->at++;
		if (c == '=' || c == '+')
			break;
		braces += c == '{';
		braces -= c == '}';
		text[n++] = c;
	}
	text[n] = 0;
	for (size_t i = 0; i <= n; i++) {
		braces += text[i] == '{';
		braces -= text[i] == '}';
		if ((text[i] == ',' && !braces) || i == n) {
			add_alias(look, text + start, i - start);
			start = i + 1;
		}
	}
}

static void look_at_file(struct look *look)
{
	bool private = false;

	while (look->at < look->end) {
		char punctuation;
		const char *word = next_word(look, &punctuation);

		look->depth += punctuation == '{';
		look->depth -= punctuation == '}' && look->depth;
		if (!word || look->depth)
			continue;
		if (word_is(look, word, "private")) {
			private = true;
			continue;
		}
		if (word_is(look, word, "function") && !private)
			look_at_function(look);
		else if (word_is(look, word, "global") && !private)
			look_at_global(look);
		else if (word_is(look, word, "probe"))
			look_at_probe(look);
		private = false;
	}
}

/* ---- the index ------------------------------------------------------------------------------------ */

static void index_file(struct search *search, const char *path)
{
	struct resolver *resolver = search->data;
	struct tapset_file *file = ARENA_NEW(search->arena, struct tapset_file);
	struct look look = { .arena = search->arena, .index = resolver->tapsets, .file = file };
	const char *error;

	file->path = path;
	file->directory = search->directory;
	file->source = source_read(search->arena, path, &error);
	if (!file->source) {
		diag_warning(resolver->diags, (struct range){ NULL, 0, 0 },
			     "tapset file '%s' can not be read: %s", path, error);
		return;
	}
	file->source->tapset = file->source->guru = true;
	look.at = file->source->text;
	look.end = look.at + file->source->length;
	look_at_file(&look);
}

static struct tapset_index *index_of(struct resolver *resolver)
{
	struct search search = { .arena = resolver->arena,
				 .suffix = ".stp",
				 .found = index_file,
				 .data = resolver };

	if (resolver->tapsets)
		return resolver->tapsets;
	resolver->tapsets = ARENA_NEW(resolver->arena, struct tapset_index);
	if (resolver->options->syntax && resolver->options->syntax->options)
		search.arch = resolver->options->syntax->options->arch;
	search_all(&search, resolver->options->tapset_dirs);
	return resolver->tapsets;
}

/* ---- loading ---------------------------------------------------------------------------------------- */

static bool load_file(struct resolver *resolver, struct tapset_file *file)
{
	struct script_file *tree;

	if (file->loaded)
		return false;
	file->loaded = true;
	tree = syntax_parse(resolver->options->syntax, file->source);
	VEC_PUSH(resolver->arena, &resolver->files, tree);
	names_declare(resolver, tree);
	return true;
}

static bool load_entries(struct resolver *resolver, const struct name_map *map, const char *name)
{
	struct tapset_entry *first = name_map_get(map, name);
	bool loaded = false;

	for (struct tapset_entry *at = first; at; at = at->next)
		if (at->file->directory == first->file->directory)
			loaded |= load_file(resolver, at->file);
	return loaded;
}

bool tapsets_load_function(struct resolver *resolver, const char *name)
{
	return load_entries(resolver, &index_of(resolver)->functions, name);
}

bool tapsets_know_function(struct resolver *resolver, const char *name)
{
	return name_map_get(&index_of(resolver)->functions, name) != NULL;
}

bool tapsets_load_global(struct resolver *resolver, const char *name)
{
	return load_entries(resolver, &index_of(resolver)->globals, name);
}

/* Whether an alias may be meant: each of its components by the point's, from the left. */
static bool may_match(const char *alias, const struct probe_point *point)
{
	for (unsigned i = 0; *alias; i++) {
		size_t length = strcspn(alias, ".");
		char component[256];

		if (alias[0] == '{')
			return true;
		if (i == point->components.n || length >= sizeof(component))
			return false;
		memcpy(component, alias, length);
		component[length] = 0;
		if (fnmatch(point->components.v[i].name, component, 0))
			return false;
		alias += length + (alias[length] == '.');
	}
	return true;
}

bool tapsets_load_aliases(struct resolver *resolver, const struct probe_point *point)
{
	struct tapset_index *index = index_of(resolver);
	bool loaded = false;

	for (unsigned i = 0; i < index->aliases.n; i++)
		if (!index->aliases.v[i].file->loaded && may_match(index->aliases.v[i].name, point))
			loaded |= load_file(resolver, index->aliases.v[i].file);
	return loaded;
}

static void offer_name(const char *name, void *value, void *data)
{
	(void)value;
	suggest_offer(data, name);
}

void tapsets_offer_functions(struct resolver *resolver, struct suggest *suggest)
{
	name_map_each(&index_of(resolver)->functions, offer_name, suggest);
}

void tapsets_offer_aliases(struct resolver *resolver, struct suggest *suggest)
{
	struct tapset_index *index = index_of(resolver);

	for (unsigned i = 0; i < index->aliases.n; i++)
		suggest_offer(suggest, index->aliases.v[i].name);
}

/* ---- macro libraries --------------------------------------------------------------------------------- */

static void parse_macros(struct search *search, const char *path)
{
	struct syntax *syntax = search->data;
	const char *error;
	struct source *source = source_read(search->arena, path, &error);

	if (!source)
		return;
	source->tapset = source->guru = true;
	syntax_parse_macros(syntax, source);
}

void semantic_load_macros(struct syntax *syntax, const char *const *tapset_dirs)
{
	struct search search = { .arena = syntax->arena,
				 .suffix = ".stpm",
				 .arch = syntax->options ? syntax->options->arch : NULL,
				 .found = parse_macros,
				 .data = syntax };

	search_all(&search, tapset_dirs);
}
