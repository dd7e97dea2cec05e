/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The declarations of a session are kept as text: every unit parses them anew, so that nothing
 * of one compilation lives on in another. Which depend on which is answered from the words that
 * they mention: too often yes, never wrongly no.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/repl/live.h"

/* ---- text ------------------------------------------------------------------------------------- */

char *text_slice(const struct source *source, unsigned start, unsigned end)
{
	char *text = malloc(end + 2);

	if (!text)
		abort();
	for (unsigned i = 0; i < start; i++)
		text[i] = source->text[i] == '\n' ? '\n' : ' ';
	memcpy(text + start, source->text + start, end - start);
	text[end] = '\n';
	text[end + 1] = 0;
	return text;
}

char *text_trimmed(const char *text)
{
	size_t length;

	text += strspn(text, " \t\n");
	length = strlen(text);
	while (length && isspace((unsigned char)text[length - 1]))
		length--;
	return strndup(text, length);
}

/* Where the comment begins that ends right before `at`; `at` when there is none. */
unsigned text_start(const struct source *source, unsigned start)
{
	unsigned at = start;

	while (at && isspace((unsigned char)source->text[at - 1]))
		at--;
	if (at < 4 || strncmp(source->text + at - 2, "*/", 2))
		return start;
	for (unsigned i = at - 3; i > 0; i--)
		if (!strncmp(source->text + i - 1, "/*", 2))
			return i - 1;
	return start;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

bool text_mentions(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = text; (at = strstr(at, word)); at++)
		if ((at == text || !is_word(at[-1])) && !is_word(at[length]))
			return true;
	return false;
}

/* ---- items -------------------------------------------------------------------------------------- */

static struct item *item_new(enum item_kind kind, const char *name, char *text, const char *origin)
{
	struct item *item = calloc(1, sizeof(*item));

	if (!item || !text)
		abort();
	item->kind = kind;
	item->name = strdup(name);
	item->text = text;
	item->origin = strdup(origin);
	return item;
}

void item_free(struct item *item)
{
	free(item->name);
	free(item->text);
	free(item->origin);
	free(item);
}

void item_list_add(struct item_list *list, struct item *item)
{
	if (list->n == list->capacity) {
		list->capacity = list->capacity ? 2 * list->capacity : 8;
		list->v = realloc(list->v, list->capacity * sizeof(*list->v));
		if (!list->v)
			abort();
	}
	list->v[list->n++] = item;
}

void item_list_release(struct item_list *list)
{
	free(list->v);
	*list = (struct item_list){0};
}

/* Overloads of a function stand side by side. */
bool item_same(const struct item *a, const struct item *b)
{
	return a->kind == b->kind && a->arity == b->arity && !strcmp(a->name, b->name);
}

const struct item *items_find(const struct live *live, enum item_kind kind, const char *name)
{
	for (unsigned i = 0; i < live->items.n; i++)
		if (live->items.v[i]->kind == kind && !strcmp(live->items.v[i]->name, name))
			return live->items.v[i];
	return NULL;
}

/* ---- from a tree ----------------------------------------------------------------------------------- */

/* A declaration that does not stand in the input as it is (a macro made it) is printed. */
static char *printed(const struct script_file *file, struct declaration_ref ref)
{
	struct script_file one = *file;
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		abort();
	one.order.v = &ref;
	one.order.n = 1;
	ast_print_file(out, &one);
	fclose(out);
	return text;
}

static char *declaration_text(const struct script_file *file, const struct source *source,
			      struct range range, struct declaration_ref ref)
{
	if (range.source != source)
		return printed(file, ref);
	return text_slice(source, text_start(source, range.start), range.end);
}

static struct item *item_of(const struct script_file *file, const struct source *source,
			    struct declaration_ref ref)
{
	const struct function_decl *function;
	const struct alias_decl *alias;
	struct arena *arena;
	struct item *item;

	switch (ref.kind) {
	case 'g':
		return item_new(ITEM_GLOBAL, file->globals.v[ref.index]->name, printed(file, ref),
				source->name);
	case 'f':
		function = file->functions.v[ref.index];
		item = item_new(ITEM_FUNCTION, function->name,
				declaration_text(file, source, function->range, ref), source->name);
		item->arity = function->parameters.n;
		return item;
	case 'a':
		alias = file->aliases.v[ref.index];
		arena = arena_new();
		item = item_new(ITEM_ALIAS, point_to_string(arena, alias->names.v[0]),
				declaration_text(file, source, alias->range, ref), source->name);
		arena_free(arena);
		return item;
	case 'e':
		return item_new(ITEM_EMBEDDED, file->embedded.v[ref.index], printed(file, ref),
				source->name);
	default:
		return NULL;
	}
}

void items_of_file(struct item_list *list, const struct script_file *file,
		   const struct source *source)
{
	for (unsigned i = 0; i < file->order.n; i++) {
		struct item *item = item_of(file, source, file->order.v[i]);

		if (item)
			item_list_add(list, item);
	}
}

/* The end of a macro's definition: after the %) that its first %( belongs to. */
static const char *macro_end(const char *at)
{
	int depth = 0;

	for (; *at; at++) {
		if (*at == '"') {
			for (at++; *at && *at != '"'; at++)
				at += *at == '\\' && at[1];
			if (!*at)
				return NULL;
		} else if (at[0] == '%' && at[1] == '(') {
			depth++;
		} else if (at[0] == '%' && at[1] == ')' && --depth == 0) {
			return at + 2;
		}
	}
	return NULL;
}

void items_of_macros(struct item_list *list, const struct source *source)
{
	static const char define[] = "@define";
	const char *at = source->text, *end, *name;

	while ((at = strstr(at, define))) {
		name = at + strlen(define);
		name += strspn(name, " \t\n");
		end = macro_end(at);
		if (end) {
			char *word = strndup(name, strspn(name, "abcdefghijklmnopqrstuvwxyz"
								"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
								"0123456789_"));

			item_list_add(list, item_new(ITEM_MACRO, word,
						     text_slice(source,
								(unsigned)(at - source->text),
								(unsigned)(end - source->text)),
						     source->name));
			free(word);
		}
		at = name;
	}
}

/* ---- what depends on what ---------------------------------------------------------------------------- */

/* The word by which others speak of the item; of an alias, its first component. */
static bool mentions_item(const char *text, const struct item *item)
{
	char *word = strndup(item->name, strcspn(item->name, ".("));
	bool found = text_mentions(text, word);

	/* probe tcp*, probe *.sendmsg */
	if (!found && item->kind == ITEM_ALIAS)
		found = strstr(text, "*.") || strstr(text, "* {") || strstr(text, "*{") ||
			strstr(text, "*,");
	free(word);
	return found;
}

static bool mentions_any(const char *text, const struct item_list *on)
{
	for (unsigned i = 0; i < on->n; i++)
		if (on->v[i]->kind == ITEM_EMBEDDED || mentions_item(text, on->v[i]))
			return true;
	return false;
}

bool list_has(const struct item_list *list, const struct item *item)
{
	for (unsigned i = 0; i < list->n; i++)
		if (list->v[i] == item)
			return true;
	return false;
}

bool text_depends(const struct live *live, const char *text, const struct item_list *on)
{
	struct item_list changed = {0};
	bool found, more = true;

	for (unsigned i = 0; i < on->n; i++)
		item_list_add(&changed, on->v[i]);
	while (more) {
		more = false;
		for (unsigned i = 0; i < live->items.n; i++) {
			struct item *item = live->items.v[i];

			if (list_has(&changed, item) || item->kind == ITEM_GLOBAL ||
			    !mentions_any(item->text, &changed))
				continue;
			item_list_add(&changed, item);
			more = true;
		}
	}
	found = mentions_any(text, &changed);
	item_list_release(&changed);
	return found;
}
