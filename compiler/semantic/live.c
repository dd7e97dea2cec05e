/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Globals of a live session: they outlive the program at hand, which is one of many that are
 * compiled one after another. What the others have learnt about a global is known from the
 * start, and its data gets a form that a later program is not likely to outgrow.
 */
#include <string.h>

#include "compiler/semantic/passes.h"

static const struct known_global *find(const struct live_globals *live, const char *name)
{
	for (unsigned i = 0; i < live->n; i++)
		if (!strcmp(live->v[i].name, name))
			return &live->v[i];
	return NULL;
}

void live_seed(struct resolver *resolver, struct symbol *symbol)
{
	const struct live_globals *live = resolver->options->live;
	const struct known_global *known = live ? find(live, symbol->name) : NULL;

	if (!known || (symbol->init && symbol->type != known->type))
		return;
	symbol->type = known->type;
	symbol->is_array |= known->is_array;
	symbol->n_keys = known->n_keys;
	memcpy(symbol->key_type, known->key_type, sizeof(symbol->key_type));
	symbol->type_range = symbol->key_range = symbol->range;
	symbol->locked = known->locked;
}

static void keep_histogram(const struct live_globals *live, struct symbol *symbol)
{
	const struct known_global *known = find(live, symbol->name);

	symbol->stat_ops |= 1u << STAT_VARIANCE;
	if (symbol->stat_ops & 1u << STAT_HIST_LINEAR)
		return;
	if (known && known->stat_ops & 1u << STAT_HIST_LINEAR &&
	    !(symbol->stat_ops & 1u << STAT_HIST_LOG)) {
		symbol->stat_ops |= 1u << STAT_HIST_LINEAR;
		symbol->hist_low = known->hist_low;
		symbol->hist_high = known->hist_high;
		symbol->hist_width = known->hist_width;
		return;
	}
	symbol->stat_ops |= 1u << STAT_HIST_LOG;
}

void live_settle(struct resolver *resolver)
{
	const struct live_globals *live = resolver->options->live;
	unsigned most = (unsigned)resolver->program->limits.max_string;

	for (unsigned i = 0; live && i < resolver->program->globals.n; i++) {
		struct symbol *symbol = resolver->program->globals.v[i];

		if (!symbol->decl)
			continue;
		symbol->deleted = true;
		if (symbol->type == TYPE_STRING)
			symbol->bound = most;
		if (symbol->type == TYPE_STATS)
			keep_histogram(live, symbol);
		for (unsigned k = 0; k < symbol->n_keys && k < MAX_KEYS; k++)
			if (symbol->key_type[k] == TYPE_STRING)
				symbol->key_bound[k] = most;
	}
}
