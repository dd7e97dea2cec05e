/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "Did you mean": the nearest name by restricted Damerau-Levenshtein distance. */
#include <string.h>

#include "compiler/syntax/diag.h"

enum { MAX_NAME = 64 }; /* longer names get no suggestion */

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned ab = a < b ? a : b;

	return ab < c ? ab : c;
}

static unsigned distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned rows[3][MAX_NAME + 1], *before = rows[0], *last = rows[1], *row = rows[2], *spare;
	size_t i, j;

	for (j = 0; j <= b_len; j++)
		last[j] = (unsigned)j;
	for (i = 1; i <= a_len; i++) {
		row[0] = (unsigned)i;
		for (j = 1; j <= b_len; j++) {
			row[j] = min3(last[j] + 1, row[j - 1] + 1,
				      last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
		spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return last[b_len];
}

void suggest_start(struct suggest *suggest, const char *wanted)
{
	size_t length = strlen(wanted);

	suggest->wanted = wanted;
	suggest->best = NULL;
	/* one more than the greatest distance allowed */
	suggest->distance = length > MAX_NAME ? 0 : (unsigned)(length + 2) / 3 + 1;
}

void suggest_offer(struct suggest *suggest, const char *name)
{
	size_t wanted_len = strlen(suggest->wanted), len = strlen(name);
	size_t difference = len > wanted_len ? len - wanted_len : wanted_len - len;
	unsigned d;

	if (len > MAX_NAME || difference >= suggest->distance)
		return;
	d = distance(suggest->wanted, wanted_len, name, len);
	if (d && d < suggest->distance && d < wanted_len) {
		suggest->distance = d;
		suggest->best = name;
	}
}

const char *suggest_best(const struct suggest *suggest)
{
	return suggest->best;
}

void suggest_help(struct suggest *suggest, struct diags *diags)
{
	if (suggest->best)
		diag_help(diags, "did you mean '%s'?", suggest->best);
}
