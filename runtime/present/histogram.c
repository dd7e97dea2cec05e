/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bar charts of histograms. */
#include "runtime/present/histogram.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { BAR_WIDTH = 50, BAR_LEAST = 10 };

struct chart {
	const struct unit_hist *hist;
	const uint64_t *buckets;
	unsigned first, last; /* buckets shown */
	uint64_t most, scale; /* the greatest count; what one '@' stands for */
	int value_width, count_width, bar_width;
};

static bool is_log(const struct unit_hist *hist)
{
	return hist->op == STAT_HIST_LOG;
}

unsigned histogram_buckets(const struct unit_hist *hist)
{
	return is_log(hist) ? HIST_LOG_BUCKETS
			    : hist_linear_buckets(hist->low, hist->high, hist->width);
}

int64_t histogram_bound(const struct unit_hist *hist, unsigned i)
{
	if (!is_log(hist)) {
		if (i == 0)
			return hist->low;
		if (i + 1 == histogram_buckets(hist))
			return hist->high;
		return hist->low + (int64_t)(i - 1) * hist->width;
	}
	if (i == HIST_LOG_ZERO)
		return 0;
	if (i > HIST_LOG_ZERO)
		return (int64_t)(UINT64_C(1) << (i - HIST_LOG_ZERO - 1));
	return (int64_t)-(UINT64_C(1) << (HIST_LOG_ZERO - i - 1));
}

/* "<0", "100" or ">1000" */
static void bucket_label(const struct unit_hist *hist, unsigned i, char label[24])
{
	const char *beyond = "";

	if (!is_log(hist) && i == 0)
		beyond = "<";
	else if (!is_log(hist) && i + 1 == histogram_buckets(hist))
		beyond = ">";
	snprintf(label, 24, "%s%" PRId64, beyond, histogram_bound(hist, i));
}

/* A lone under- or overflow bucket is no margin: it is shown only with data in it. */
static unsigned margin_below(const struct unit_hist *hist, unsigned first, int elision)
{
	unsigned least = is_log(hist) ? (first >= HIST_LOG_ZERO ? HIST_LOG_ZERO : 0) : 1;

	for (int i = 0; i < elision && first > least; i++)
		first--;
	return first;
}

static unsigned margin_above(const struct unit_hist *hist, unsigned last, int elision)
{
	unsigned greatest = histogram_buckets(hist) - (is_log(hist) ? 1 : 2);

	for (int i = 0; i < elision && last < greatest; i++)
		last++;
	return last;
}

/* False: no data at all. */
static bool find_range(struct chart *chart, int elision)
{
	unsigned n = histogram_buckets(chart->hist), first = n, last = 0;

	for (unsigned i = 0; i < n; i++) {
		if (!chart->buckets[i])
			continue;
		first = first == n ? i : first;
		last = i;
		if (chart->buckets[i] > chart->most)
			chart->most = chart->buckets[i];
	}
	if (first == n)
		return false;
	chart->first = margin_below(chart->hist, first, elision < 0 ? OUTPUT_ELISION : elision);
	chart->last = margin_above(chart->hist, last, elision < 0 ? OUTPUT_ELISION : elision);
	return true;
}

static void measure(struct chart *chart, unsigned columns)
{
	char label[24], count[24];
	int room;

	chart->value_width = (int)strlen("value");
	for (unsigned i = chart->first; i <= chart->last; i++) {
		bucket_label(chart->hist, i, label);
		if ((int)strlen(label) > chart->value_width)
			chart->value_width = (int)strlen(label);
	}
	chart->count_width = snprintf(count, sizeof(count), "%" PRIu64, chart->most);
	room = (int)columns - chart->value_width - 3;
	room -= chart->count_width > (int)strlen("count") ? chart->count_width
							  : (int)strlen("count");
	chart->bar_width = room < BAR_LEAST ? BAR_LEAST : room < BAR_WIDTH ? room : BAR_WIDTH;
	chart->scale = (chart->most - 1) / (unsigned)chart->bar_width + 1;
}

static void print_row(struct output *out, const struct chart *chart, unsigned i)
{
	unsigned bar = (unsigned)(chart->buckets[i] / chart->scale);
	char label[24];

	bucket_label(chart->hist, i, label);
	output_printf(out, "%*s |", chart->value_width, label);
	output_pad(out, '@', bar);
	output_pad(out, ' ', (unsigned)chart->bar_width - bar);
	output_printf(out, " %*" PRIu64 "\n", chart->count_width, chart->buckets[i]);
}

/* Number of empty buckets from i on. */
static unsigned empty_run(const struct chart *chart, unsigned i)
{
	unsigned n = 0;

	while (i + n <= chart->last && !chart->buckets[i + n])
		n++;
	return n;
}

static void print_rows(struct output *out, const struct chart *chart, int elision)
{
	for (unsigned i = chart->first; i <= chart->last;) {
		unsigned run = empty_run(chart, i), keep = elision < 0 ? run : (unsigned)elision;

		if (run <= 2 * keep) {
			print_row(out, chart, i++);
			continue;
		}
		for (unsigned k = 0; k < keep; k++)
			print_row(out, chart, i + k);
		output_printf(out, "%*s ~\n", chart->value_width, "");
		for (unsigned k = run - keep; k < run; k++)
			print_row(out, chart, i + k);
		i += run;
	}
}

void histogram_print(struct output *out, const struct unit_hist *hist, const uint64_t *buckets,
		     int elision)
{
	struct chart chart = {.hist = hist, .buckets = buckets};

	if (!find_range(&chart, elision))
		return;
	measure(&chart, out->columns);
	output_printf(out, "%*s |", chart.value_width, "value");
	output_pad(out, '-', (size_t)chart.bar_width);
	output_text(out, " count\n");
	print_rows(out, &chart, elision);
	output_text(out, "\n");
}
