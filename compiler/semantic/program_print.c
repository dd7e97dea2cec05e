/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -p2: the resolved program for people.
 */
#include <inttypes.h>

#include "compiler/semantic/program.h"

static void print_type(FILE *out, enum value_type type, unsigned bound)
{
	if (type == TYPE_STRING)
		fprintf(out, "string(%u)", bound);
	else
		fputs(value_type_name(type), out);
}

static void print_keys(FILE *out, const struct symbol *symbol)
{
	if (!symbol->is_array)
		return;
	fputc('[', out);
	for (unsigned i = 0; i < symbol->n_keys && i < MAX_KEYS; i++) {
		if (i)
			fputs(", ", out);
		print_type(out, symbol->key_type[i], symbol->key_bound[i]);
	}
	fputc(']', out);
}

static void print_stats(FILE *out, const struct symbol *symbol)
{
	static const char *const names[] = { "@count", "@sum", "@min", "@max", "@avg", "@variance",
					     "@hist_linear", "@hist_log" };

	for (unsigned op = STAT_COUNT; op <= STAT_HIST_LOG; op++)
		if (symbol->stat_ops & 1u << op)
			fprintf(out, " %s", names[op]);
	if (symbol->stat_ops & 1u << STAT_HIST_LINEAR)
		fprintf(out, "(%" PRId64 ", %" PRId64 ", %" PRId64 ")", symbol->hist_low,
			symbol->hist_high, symbol->hist_width);
}

static void print_global(FILE *out, const struct symbol *symbol)
{
	fprintf(out, "  %s", symbol->name);
	print_keys(out, symbol);
	fputs(": ", out);
	print_type(out, symbol->type, symbol->bound);
	if (symbol->is_array)
		fprintf(out, " max %u%s", symbol->max_entries, symbol->wrap || symbol->recent ? " wrapping" : "");
	if (symbol->init) {
		fputs(" = ", out);
		ast_print_expr(out, symbol->init);
	}
	print_stats(out, symbol);
	if (!symbol->read)
		fputs(" never read", out);
	if (symbol->locked)
		fputs(" locked", out);
	fputc('\n', out);
}

static void print_symbols(FILE *out, const char *what, struct symbol *const *symbols, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		fprintf(out, "%s %s: ", what, symbols[i]->name);
		print_type(out, symbols[i]->type, symbols[i]->bound);
		fputc('\n', out);
	}
}

static void print_body(FILE *out, const struct stmt *body)
{
	fputc('\t', out);
	ast_print_stmt(out, body, 1);
	fputc('\n', out);
}

static void print_function(FILE *out, const struct function *function)
{
	fprintf(out, "  %s(", function->name);
	for (unsigned i = 0; i < function->parameters.n; i++) {
		const struct symbol *parameter = function->parameters.v[i];

		fprintf(out, "%s%s: ", i ? ", " : "", parameter->name);
		print_type(out, parameter->type, parameter->bound);
	}
	fputc(')', out);
	if (function->type != TYPE_VOID) {
		fputs(": ", out);
		print_type(out, function->type, function->bound);
	}
	if (function->intrinsic)
		fprintf(out, " intrinsic %s", function->intrinsic);
	if (function->embedded)
		fputs(" embedded", out);
	if (function->pure)
		fputs(" pure", out);
	if (function->recursive)
		fputs(" recursive", out);
	fputc('\n', out);
	print_symbols(out, "    local", function->locals.v, function->locals.n);
	if (function->body) {
		print_body(out, function->body);
	}
}

/* Where a site is, in the words of its kind. */
static void print_site(FILE *out, const struct site *site)
{
	static const char *const kinds[ATTACH_KINDS] = {
		[ATTACH_BEGIN] = "begin",	[ATTACH_END] = "end",
		[ATTACH_ERROR] = "error",	[ATTACH_NEVER] = "never",
		[ATTACH_RUNNING] = "running",
		[ATTACH_TIMER] = "timer",	[ATTACH_UPROBE] = "uprobe",
		[ATTACH_URETPROBE] = "uretprobe", [ATTACH_KPROBE] = "kprobe",
		[ATTACH_KRETPROBE] = "kretprobe", [ATTACH_FENTRY] = "fentry",
		[ATTACH_KPROBE_MULTI] = "kprobe.multi",
		[ATTACH_KRETPROBE_MULTI] = "kretprobe.multi",
		[ATTACH_FEXIT] = "fexit",	[ATTACH_TRACEPOINT] = "tracepoint",
		[ATTACH_RAW_TRACEPOINT] = "raw_tracepoint", [ATTACH_TP_BTF] = "tp_btf",
		[ATTACH_PERF] = "perf",		[ATTACH_BREAKPOINT] = "breakpoint",
		[ATTACH_COUNTER] = "counter",
	};

	fprintf(out, "    site %s", kinds[site->kind] ? kinds[site->kind] : "?");
	if (site->path)
		fprintf(out, " %s", site->path);
	if (site->symbol)
		fprintf(out, " %s", site->symbol);
	if (site->offset)
		fprintf(out, "+0x%" PRIx64, site->offset);
	if (site->address)
		fprintf(out, " at 0x%" PRIx64, site->address);
	if (site->source)
		fprintf(out, " (%s)", site->source);
	if (site->period)
		fprintf(out, " every %" PRIu64 "%s", site->period,
			site->kind == ATTACH_TIMER ? " ns" : "");
	if (site->frequency)
		fprintf(out, " at %" PRIu64 " Hz", site->frequency);
	if (site->pid)
		fprintf(out, " pid %d", site->pid);
	fputc('\n', out);
}

static void print_probe(FILE *out, const struct probe *probe)
{
	fputs("  ", out);
	ast_print_point(out, probe->point);
	if (probe->name)
		fprintf(out, " /* %s */", probe->name);
	fprintf(out, " %s%s\n", probe->home == HOME_KERNEL ? "kernel" : "tracer",
		probe->sleepable ? " sleepable" : "");
	for (unsigned i = 0; i < probe->sites.n; i++)
		print_site(out, &probe->sites.v[i]);
	for (unsigned i = 0; i < probe->locks.n; i++)
		fprintf(out, "    locks %s\n", probe->locks.v[i]->name);
	print_symbols(out, "    local", probe->locals.v, probe->locals.n);
	if (probe->condition) {
		fputs("    if ", out);
		ast_print_expr(out, probe->condition);
		fputc('\n', out);
	}
	print_body(out, probe->body);
}

void program_print(FILE *out, const struct program *program)
{
	if (program->globals.n)
		fputs("# globals\n", out);
	for (unsigned i = 0; i < program->globals.n; i++)
		print_global(out, program->globals.v[i]);
	if (program->functions.n)
		fputs("# functions\n", out);
	for (unsigned i = 0; i < program->functions.n; i++)
		print_function(out, program->functions.v[i]);
	if (program->probes.n)
		fputs("# probes\n", out);
	for (unsigned i = 0; i < program->probes.n; i++)
		print_probe(out, program->probes.v[i]);
}
