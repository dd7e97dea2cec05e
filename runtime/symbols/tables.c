/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runtime/symbols/tables.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The whole of a file whose size is not known before, NUL-terminated; NULL: it can't be read. */
static char *read_all(const char *path)
{
	size_t capacity = 1 << 20, length = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	char *text = fd < 0 ? NULL : malloc(capacity);
	ssize_t n;

	while (text && (n = read(fd, text + length, capacity - length - 1)) > 0) {
		char *grown = text;

		length += (size_t)n;
		if (capacity - length < 4096)
			grown = realloc(text, capacity *= 2);
		if (!grown)
			free(text);
		text = grown;
	}
	if (fd >= 0)
		close(fd);
	if (text)
		text[length] = 0;
	return text;
}

static bool add(struct text_table *table, size_t *capacity, const struct text_symbol *symbol)
{
	if (table->n == *capacity) {
		size_t more = *capacity ? 2 * *capacity : 1024;
		struct text_symbol *grown = realloc(table->symbols, more * sizeof(*grown));

		if (!grown)
			return false;
		table->symbols = grown;
		*capacity = more;
	}
	table->symbols[table->n++] = *symbol;
	return true;
}

/* Names of functions before those of marks in them. */
static int compare(const void *left, const void *right)
{
	const struct text_symbol *a = left, *b = right;

	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	if ((*a->name == '_') != (*b->name == '_'))
		return *a->name == '_' ? 1 : -1;
	return a->name < b->name ? -1 : a->name > b->name;
}

static void sort(struct text_table *table)
{
	if (table->n)
		qsort(table->symbols, table->n, sizeof(*table->symbols), compare);
}

/* "ffffffff81000000 T name\t[module]": cut in place. */
static bool kernel_line(char *line, struct text_symbol *symbol)
{
	char *at, *tab, type;

	*symbol = (struct text_symbol){.address = strtoull(line, &at, 16)};
	if (*at != ' ' || !at[1] || at[2] != ' ')
		return false;
	type = at[1];
	symbol->name = at + 3;
	tab = strchr(at + 3, '\t');
	if (tab) {
		*tab = 0;
		if (tab[1] == '[') {
			symbol->module = tab + 2;
			tab[1 + strcspn(tab + 1, "]")] = 0;
		}
	}
	return symbol->address && strchr("tTwW", type);
}

/* A function ends where the next one begins. */
static void fill_sizes(struct text_table *table)
{
	uint64_t end = 0, begin = 0;

	for (size_t i = table->n; i-- > 0;) {
		struct text_symbol *symbol = &table->symbols[i];

		if (symbol->address != begin)
			end = begin ? begin : symbol->address + 4096;
		begin = symbol->address;
		symbol->size = end - begin;
	}
}

void table_read_kernel(struct text_table *table)
{
	size_t capacity = 0;
	char *next;

	table->text = read_all("/proc/kallsyms");
	for (char *line = table->text; line && *line; line = next) {
		struct text_symbol symbol;

		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = 0;
		if (kernel_line(line, &symbol) && !add(table, &capacity, &symbol))
			break;
	}
	sort(table);
	fill_sizes(table);
}

/* "start size name": cut in place. */
static bool map_line(char *line, struct text_symbol *symbol)
{
	char *at;

	*symbol = (struct text_symbol){.address = strtoull(line, &at, 16)};
	if (*at != ' ')
		return false;
	symbol->size = strtoull(at + 1, &at, 16);
	if (*at != ' ' || !at[1])
		return false;
	symbol->name = at + 1;
	return true;
}

void table_read_perf_map(struct text_table *table, const char *path)
{
	size_t capacity = 0;
	char *next;

	table->text = read_all(path);
	for (char *line = table->text; line && *line; line = next) {
		struct text_symbol symbol;

		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = 0;
		if (map_line(line, &symbol) && !add(table, &capacity, &symbol))
			break;
	}
	sort(table);
}

void table_free(struct text_table *table)
{
	free(table->text);
	free(table->symbols);
	*table = (struct text_table){0};
}

const struct text_symbol *table_find(const struct text_table *table, uint64_t address)
{
	size_t low = 0, high = table->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table->symbols[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return NULL;
	high = low - 1;
	while (high && table->symbols[high - 1].address == table->symbols[low - 1].address)
		high--;
	for (; high < low; high++)
		if (address - table->symbols[high].address < table->symbols[high].size)
			return &table->symbols[high];
	return NULL;
}

uint64_t table_address(const struct text_table *table, const char *name)
{
	for (size_t i = 0; i < table->n; i++)
		if (!table->symbols[i].module && !strcmp(table->symbols[i].name, name))
			return table->symbols[i].address;
	return 0;
}
