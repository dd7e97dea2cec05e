/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runtime/symbols/own_code.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "runtime/symbols/tables.h"

static void set(struct shared *shared, unsigned which, uint64_t begin, uint64_t end)
{
	if (which >= OWN_CODE || end <= begin)
		return;
	shared->own_code[2 * which] = begin;
	shared->own_code[2 * which + 1] = end - begin;
}

static bool begins_with(const char *name, const char *const *prefixes)
{
	for (; *prefixes; prefixes++)
		if (!strncmp(name, *prefixes, strlen(*prefixes)))
			return true;
	return false;
}

/* From the first to the last function of the kernel itself that begins so; NULL: any. */
static void set_all(struct shared *shared, unsigned which, const struct text_table *table,
		    const char *prefix)
{
	uint64_t begin = UINT64_MAX, end = 0;

	for (size_t i = 0; i < table->n; i++) {
		const struct text_symbol *symbol = &table->symbols[i];

		if (symbol->module || (int64_t)symbol->address >= 0 ||
		    (prefix && strncmp(symbol->name, prefix, strlen(prefix))))
			continue;
		if (symbol->address < begin)
			begin = symbol->address;
		if (symbol->address + symbol->size > end)
			end = symbol->address + symbol->size;
	}
	set(shared, which, begin, end);
}

/* What the kernel makes for events stands together in its code, with nothing else in between. */
static bool is_of_events(const struct text_symbol *symbol)
{
	static const char *const prefixes[] = {
		"__traceiter_",	     "__bpf_trace_", "trace_event_raw_event_", "trace_event_get_offsets_",
		"trace_raw_output_", "perf_trace_",  "__probestub_",	       "__pfx_",
		NULL,
	};

	return begins_with(symbol->name, prefixes);
}

/* Whether it is in a range that is there already. */
static bool is_known(const struct shared *shared, unsigned n, uint64_t address)
{
	for (unsigned i = OWN_CODE_OTHERS; i < n; i++)
		if (address - shared->own_code[2 * i] < shared->own_code[2 * i + 1])
			return true;
	return false;
}

static void add_event(struct shared *shared, unsigned *n, const struct text_table *table,
		      const char *event)
{
	char name[128];
	size_t first, last;
	uint64_t address;

	snprintf(name, sizeof(name), "__traceiter_%s", event);
	address = table_address(table, name);
	if (!address || is_known(shared, *n, address))
		return;
	for (first = 0; table->symbols[first].address < address; first++)
		;
	for (last = first; last + 1 < table->n && is_of_events(&table->symbols[last + 1]); last++)
		;
	while (first && is_of_events(&table->symbols[first - 1]))
		first--;
	set(shared, (*n)++, table->symbols[first].address,
	    table->symbols[last].address + table->symbols[last].size);
}

static void add_events(struct shared *shared, unsigned *n, const struct text_table *table,
		       const struct unit *unit)
{
	for (unsigned i = 0; i < unit->handlers.n; i++) {
		const struct unit_handler *handler = &unit->handlers.v[i];

		for (unsigned j = 0; j < handler->n_sites; j++)
			if (handler->sites[j].kind == ATTACH_RAW_TRACEPOINT ||
			    handler->sites[j].kind == ATTACH_TP_BTF)
				add_event(shared, n, table, handler->sites[j].symbol);
	}
}

static bool has_arguments(const struct unit *unit)
{
	for (unsigned i = 0; i < unit->handlers.n; i++)
		if (unit->handlers.v[i].context == CONTEXT_ARGS)
			return true;
	return false;
}

void own_code_find(struct shared *shared, const struct unit *unit)
{
	static const char *const loops[] = {"bpf_loop", "bpf_for_each_"};
	struct text_table table = {0};
	unsigned n = OWN_CODE_OTHERS;

	if (!shared || !unit->walks_kernel || !has_arguments(unit))
		return;
	table_read_kernel(&table);
	if (table.n && !shared->own_code[1]) {
		set_all(shared, OWN_CODE_KERNEL, &table, NULL);
		set_all(shared, OWN_CODE_RUN, &table, "bpf_trace_run");
		for (unsigned i = 0; i < sizeof(loops) / sizeof(*loops); i++)
			set_all(shared, n++, &table, loops[i]);
	}
	while (n < OWN_CODE && shared->own_code[2 * n + 1]) /* of earlier units of a live session */
		n++;
	if (table.n)
		add_events(shared, &n, &table, unit);
	table_free(&table);
}
