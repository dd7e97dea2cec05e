/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Collecting messages, and showing them with the source line and a caret. */
#include <string.h>

#include "compiler/syntax/diag.h"

enum { DEFAULT_MAX = 20, SHOWN = 120 /* columns of a source line */, TAB = 8 };

static bool may_record(const struct diags *diags, enum diag_level level)
{
	unsigned max = diags->max ? diags->max : DEFAULT_MAX;

	if (level == DIAG_WARNING)
		return !diags->no_warnings;
	if (level == DIAG_ERROR)
		return diags->errors <= max;
	/* a note belongs to the message before it */
	return diags->errors <= max && diags->n;
}

static void record(struct diags *diags, enum diag_level level, struct range range,
		   const char *format, va_list args)
{
	struct diag diag = {.level = level, .range = range};

	if (level == DIAG_WARNING && diags->warnings_are_errors)
		level = diag.level = DIAG_ERROR;
	if (level == DIAG_ERROR)
		diags->errors++;
	if (!may_record(diags, level))
		return;
	diag.message = arena_vprintf(diags->arena, format, args);
	VEC_PUSH(diags->arena, diags, diag);
}

void diag_error(struct diags *diags, struct range range, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	record(diags, DIAG_ERROR, range, format, args);
	va_end(args);
}

void diag_warning(struct diags *diags, struct range range, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	record(diags, DIAG_WARNING, range, format, args);
	va_end(args);
}

void diag_note(struct diags *diags, struct range range, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	record(diags, DIAG_NOTE, range, format, args);
	va_end(args);
}

void diag_help(struct diags *diags, const char *format, ...)
{
	va_list args;

	if (!diags->n || !may_record(diags, DIAG_NOTE))
		return;
	va_start(args, format);
	diags->v[diags->n - 1].help = arena_vprintf(diags->arena, format, args);
	va_end(args);
}

/* ---- showing ---------------------------------------------------------------------------- */

struct style {
	FILE *out;
	bool color;
};

static void paint(const struct style *style, const char *code)
{
	if (style->color)
		fprintf(style->out, "\033[%sm", code);
}

/* Text that may hold anything: no byte of it may disturb the terminal. */
static void show_text(FILE *out, const char *text)
{
	for (; *text; text++)
		fputc(((unsigned char)*text < ' ' && *text != '\n') || *text == 127 ? '?' : *text,
		      out);
}

static const struct {
	const char *name, *color;
} levels[] = {
	[DIAG_ERROR] = {"error", "1;31"},
	[DIAG_WARNING] = {"warning", "1;35"},
	[DIAG_NOTE] = {"note", "1;36"},
};

/* The part of a line that is shown: [start, end) of the source, the line itself cut. */
struct excerpt {
	const char *start, *end;
	bool cut_before, cut_after;
	const char *mark, *mark_end; /* what the caret points at, inside */
};

static bool is_continuation(const char *at)
{
	return ((unsigned char)*at & 0xc0) == 0x80;
}

static void cut_line(struct excerpt *excerpt)
{
	if (excerpt->end - excerpt->start <= SHOWN)
		return;
	if (excerpt->mark - excerpt->start > SHOWN / 2) {
		excerpt->start = excerpt->mark - SHOWN / 2;
		excerpt->cut_before = true;
		while (excerpt->start < excerpt->mark && is_continuation(excerpt->start))
			excerpt->start++;
	}
	if (excerpt->end - excerpt->start > SHOWN) {
		excerpt->end = excerpt->start + SHOWN;
		excerpt->cut_after = true;
	}
}

static struct excerpt excerpt_of(const struct source *source, struct range range)
{
	const char *text = source->text, *limit = text + source->length;
	const char *mark = text + (range.start < source->length ? range.start : source->length);
	struct excerpt excerpt = {.start = mark, .end = mark, .mark = mark};

	while (excerpt.start > text && excerpt.start[-1] != '\n')
		excerpt.start--;
	excerpt.end = memchr(mark, '\n', (size_t)(limit - mark));
	if (!excerpt.end)
		excerpt.end = limit;
	if (excerpt.end > mark && excerpt.end[-1] == '\r')
		excerpt.end--;
	cut_line(&excerpt);
	excerpt.mark_end = text + (range.end < source->length ? range.end : source->length);
	if (excerpt.mark_end > excerpt.end)
		excerpt.mark_end = excerpt.end;
	return excerpt;
}

/* Prints [from, to) or, with `fill`, as many columns of it as it takes; tabs expanded. */
static unsigned show_span(FILE *out, const char *from, const char *to, unsigned column, char fill)
{
	unsigned width;

	for (; from < to; from++) {
		width = *from == '\t' ? TAB - column % TAB : fill && is_continuation(from) ? 0 : 1;
		column += width;
		if (fill || *from == '\t')
			while (width--)
				fputc(fill ? fill : ' ', out);
		else if ((unsigned char)*from < ' ' || *from == 127)
			fputc('?', out);
		else
			fputc(*from, out);
	}
	return column;
}

static void show_source(const struct style *style, enum diag_level level,
			const struct excerpt *excerpt, unsigned line)
{
	FILE *out = style->out;
	unsigned column;

	paint(style, "1;34");
	fprintf(out, "%5u |", line);
	paint(style, "0");
	fputs(excerpt->cut_before ? " ..." : " ", out);
	show_span(out, excerpt->start, excerpt->end, 0, 0);
	fputs(excerpt->cut_after ? "...\n" : "\n", out);
	paint(style, "1;34");
	fputs("      |", out);
	paint(style, "0");
	fputs(excerpt->cut_before ? "    " : " ", out);
	column = show_span(out, excerpt->start, excerpt->mark, 0, ' ');
	paint(style, levels[level].color);
	fputc('^', out);
	if (excerpt->mark < excerpt->mark_end) {
		column = *excerpt->mark == '\t' ? (column / TAB + 1) * TAB : column + 1;
		show_span(out, excerpt->mark + 1, excerpt->mark_end, column, '~');
	}
	paint(style, "0");
	fputc('\n', out);
}

static unsigned clamp(unsigned offset, size_t low, size_t high)
{
	return (unsigned)((offset < low ? low : offset > high ? high : offset) - low);
}

/* The range in what the user wrote; `own` becomes a source with only that. */
static struct range own_range(struct range range, struct source *own)
{
	*own = *range.source;
	if (own->own_end) {
		own->text += own->own_start;
		own->length = own->own_end - own->own_start;
		range.start = clamp(range.start, own->own_start, own->own_end);
		range.end = clamp(range.end, own->own_start, own->own_end);
	}
	range.source = own;
	return range;
}

static void show_place(const struct style *style, const struct diag *diag)
{
	struct source own;
	struct range range = own_range(diag->range, &own);
	const struct source *source = range.source;
	struct excerpt excerpt;
	unsigned line, column;

	source_position(source, range.start, &line, &column);
	paint(style, "1;34");
	fputs("  --> ", style->out);
	paint(style, "0");
	show_text(style->out, source->name);
	fprintf(style->out, ":%u:%u\n", line, column);
	excerpt = excerpt_of(source, range);
	show_source(style, diag->level, &excerpt, line);
}

static void show_diag(const struct style *style, const struct diag *diag)
{
	paint(style, levels[diag->level].color);
	fprintf(style->out, "%s:", levels[diag->level].name);
	paint(style, "0");
	paint(style, "1");
	fputc(' ', style->out);
	show_text(style->out, diag->message);
	paint(style, "0");
	fputc('\n', style->out);
	if (diag->range.source)
		show_place(style, diag);
	if (!diag->help)
		return;
	paint(style, "1;32");
	fputs("help:", style->out);
	paint(style, "0");
	fputc(' ', style->out);
	show_text(style->out, diag->help);
	fputc('\n', style->out);
}

/* The same of many sites of one probe is said once. */
static bool is_repeated(const struct diags *diags, unsigned at)
{
	const struct diag *diag = &diags->v[at];

	for (unsigned i = 0; i < at; i++) {
		const struct diag *other = &diags->v[i];

		if (diag->range.source && diag->level == other->level &&
		    diag->range.source == other->range.source &&
		    diag->range.start == other->range.start &&
		    diag->range.end == other->range.end && !strcmp(diag->message, other->message))
			return true;
	}
	return false;
}

void diags_print(const struct diags *diags, FILE *out, bool color)
{
	struct style style = {.out = out, .color = color};
	unsigned i, shown = 0;
	bool repeated = false;

	for (i = 0; i < diags->n; i++) {
		if (diags->v[i].level != DIAG_NOTE) /* notes belong to what they follow */
			repeated = is_repeated(diags, i);
		if (!repeated)
			show_diag(&style, &diags->v[i]);
		shown += diags->v[i].level == DIAG_ERROR;
	}
	if (shown < diags->errors)
		fprintf(out, "and %u more error%s\n", diags->errors - shown,
			diags->errors - shown == 1 ? "" : "s");
}
