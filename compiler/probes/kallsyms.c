/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /proc/kallsyms: the addresses of the kernel's symbols. The kernel makes the text anew for each
 * reader, which takes a while, so that it is read only by scripts that need it.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compiler/probes/kernel.h"

/*
 * A few symbols are looked for one by one. Who looks for more gets the functions sorted, which takes as
 * long as some tens of those looks.
 */
enum { FEW_LOOKS = 16 };

struct symbols {
	VEC(struct kernel_symbol);
	unsigned looks;
	const struct kernel_symbol **by_address, **by_name; /* of code; NULL: not sorted yet */
	unsigned n_code;
};

static char *read_all(const char *path, size_t *length)
{
	size_t capacity = 1 << 24, done = 0;
	char *text = malloc(capacity);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;

	while (text && fd >= 0 && (n = read(fd, text + done, capacity - done - 1)) > 0) {
		done += (size_t)n;
		if (capacity - done < 4096) {
			char *more = realloc(text, capacity *= 2);

			if (!more)
				break;
			text = more;
		}
	}
	if (fd >= 0)
		close(fd);
	if (!text || fd < 0 || n < 0) {
		free(text);
		return NULL;
	}
	text[done] = '\0';
	*length = done;
	return text;
}

/* "ffffffff81000000 T name\t[module]": cut in place. */
static bool parse_line(struct arena *arena, char *line, struct kernel_symbol *symbol)
{
	char *at, *tab;

	symbol->address = strtoull(line, &at, 16);
	if (*at != ' ' || !at[1] || at[2] != ' ')
		return false;
	symbol->type = at[1];
	at += 3;
	tab = strchr(at, '\t');
	symbol->module = NULL;
	if (tab) {
		char *end = strchr(tab, ']');

		*tab = '\0';
		if (end && tab[1] == '[')
			symbol->module = arena_strndup(arena, tab + 2, (size_t)(end - tab - 2));
	}
	symbol->name = at;
	return *at != '\0';
}

static struct symbols *read_symbols(struct arena *arena)
{
	struct symbols *symbols = ARENA_NEW(arena, struct symbols);
	size_t length = 0;
	char *text = read_all("/proc/kallsyms", &length), *kept, *next;

	if (!text)
		return symbols;
	kept = arena_alloc(arena, length + 1);
	memcpy(kept, text, length + 1);
	free(text);
	for (char *line = kept; line && *line; line = next) {
		struct kernel_symbol symbol;

		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (parse_line(arena, line, &symbol))
			VEC_PUSH(arena, symbols, symbol);
	}
	return symbols;
}

const struct kernel_symbol *kernel_symbols(struct probes *probes, unsigned *n)
{
	struct kernel_state *state = kernel_state(probes);

	if (!state->symbols)
		state->symbols = read_symbols(probes->arena);
	*n = state->symbols->n;
	return state->symbols->v;
}

const struct kernel_symbol *kernel_symbol_find(struct probes *probes, const char *name,
					       const char *module)
{
	unsigned n;
	const struct kernel_symbol *symbols = kernel_symbols(probes, &n);

	for (unsigned i = 0; i < n; i++) {
		if (strcmp(symbols[i].name, name))
			continue;
		if (!module || (symbols[i].module && !strcmp(symbols[i].module, module)))
			return &symbols[i];
	}
	return NULL;
}

static int compare_addresses(const void *left, const void *right)
{
	const struct kernel_symbol *a = *(const struct kernel_symbol *const *)left;
	const struct kernel_symbol *b = *(const struct kernel_symbol *const *)right;

	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	return a < b ? 1 : a > b ? -1 : 0; /* what is first in the list is found */
}

static int compare_names(const void *left, const void *right)
{
	return strcmp((*(const struct kernel_symbol *const *)left)->name,
		      (*(const struct kernel_symbol *const *)right)->name);
}

static const struct kernel_symbol **sorted(struct arena *arena, const struct symbols *symbols,
					   int (*compare)(const void *, const void *))
{
	const struct kernel_symbol **list =
		ARENA_ARRAY(arena, const struct kernel_symbol *, symbols->n + 1);
	unsigned n = 0;

	for (unsigned i = 0; i < symbols->n; i++)
		if (kernel_symbol_is_code(&symbols->v[i]))
			list[n++] = &symbols->v[i];
	qsort(list, n, sizeof(*list), compare);
	return list;
}

/* The symbols, sorted if this is not one of a few looks. */
static struct symbols *look(struct probes *probes)
{
	struct symbols *symbols;
	unsigned n;

	kernel_symbols(probes, &n);
	symbols = kernel_state(probes)->symbols;
	if (symbols->looks++ < FEW_LOOKS || symbols->by_name)
		return symbols;
	symbols->by_address = sorted(probes->arena, symbols, compare_addresses);
	symbols->by_name = sorted(probes->arena, symbols, compare_names);
	for (unsigned i = 0; i < symbols->n; i++)
		symbols->n_code += kernel_symbol_is_code(&symbols->v[i]);
	return symbols;
}

const struct kernel_symbol *kernel_symbol_at(struct probes *probes, uint64_t address)
{
	const struct symbols *symbols = look(probes);
	const struct kernel_symbol *found = NULL;
	unsigned low = 0, high = symbols->n_code;

	for (unsigned i = 0; !symbols->by_address && i < symbols->n; i++)
		if (kernel_symbol_is_code(&symbols->v[i]) && symbols->v[i].address <= address &&
		    (!found || symbols->v[i].address > found->address))
			found = &symbols->v[i];
	while (symbols->by_address && low < high) {
		unsigned middle = low + (high - low) / 2;

		if (symbols->by_address[middle]->address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return symbols->by_address && low ? symbols->by_address[low - 1] : found;
}

unsigned kernel_symbols_named(struct probes *probes, const char *name)
{
	const struct symbols *symbols = look(probes);
	unsigned low = 0, high = symbols->n_code, n = 0;

	for (unsigned i = 0; !symbols->by_name && i < symbols->n; i++)
		n += kernel_symbol_is_code(&symbols->v[i]) && !strcmp(symbols->v[i].name, name);
	while (symbols->by_name && low < high) {
		unsigned middle = low + (high - low) / 2;

		if (strcmp(symbols->by_name[middle]->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; symbols->by_name && low < symbols->n_code; low++, n++)
		if (strcmp(symbols->by_name[low]->name, name))
			break;
	return n;
}

bool kernel_symbols_have_variables(struct probes *probes)
{
	if (kernel_symbol_find(probes, "jiffies", NULL) ||
	    kernel_symbol_find(probes, "jiffies_64", NULL))
		return true;
	diag_help(probes->diags, "this kernel tells the addresses of functions only: variables need "
				 "CONFIG_KALLSYMS_ALL");
	return false;
}
