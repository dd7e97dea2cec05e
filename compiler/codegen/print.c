// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * print, printf and their kin: a record for the tracer to format, or, for sprintf, a string
 * built here.
 */
#include "compiler/codegen/gen.h"

enum { MOST_MEMORY = MAX_STRING }; /* bytes that one %m or %M shows at most */

static void values_generate(struct fn *fn, const struct print_expr *print, struct value *values)
{
	for (unsigned i = 0; i < print->args.n; i++) {
		bool cut = false, changes = false;

		for (unsigned k = i + 1; k < print->args.n; k++) {
			const struct expr *later = print->args.v[k];

			cut |= expr_cuts(fn->gen, later);
			changes |= expr_changes(later);
		}
		values[i] = value_pin(fn, expr_generate(fn, print->args.v[i]), changes);
		values[i] = value_keep(fn, values[i], cut);
	}
}

/* Cut to what there can be of text; anything more would be lost again. */
static LLVMValueRef cut(struct fn *fn, LLVMValueRef number, int64_t low)
{
	struct gen *gen = fn->gen;
	LLVMValueRef least = long_constant(gen, low), most = long_constant(gen, MAX_STRING);

	number = LLVMBuildSelect(gen->builder,
				 LLVMBuildICmp(gen->builder, LLVMIntSLT, number, least, ""),
				 least, number, "");
	number = LLVMBuildSelect(gen->builder,
				 LLVMBuildICmp(gen->builder, LLVMIntSGT, number, most, ""),
				 most, number, "");
	return LLVMBuildTrunc(gen->builder, number, gen->i32, "");
}

static bool is_memory(const struct directive *directive)
{
	return directive->kind == DIRECTIVE_MEMORY || directive->kind == DIRECTIVE_MEMORY_HEX;
}

static bool print_reads_memory(const struct print_expr *print)
{
	for (unsigned i = 0; i < print->directives.n; i++)
		if (is_memory(&print->directives.v[i]))
			return true;
	return false;
}

/* ---- to the output ---- */

static unsigned format_add(struct gen *gen, const struct print_expr *print)
{
	struct unit_format format = {print->directives.n, print->directives.v, NULL, 0};
	unsigned next = 0;

	format.arg_types = ARENA_ARRAY(gen->arena, enum value_type, print->args.n + 1);
	for (unsigned i = 0; i < print->directives.n; i++) {
		const struct directive *directive = &print->directives.v[i];
		unsigned n = directive->kind != DIRECTIVE_LITERAL;

		n += (directive->width == WIDTH_ARGUMENT) + (directive->precision == WIDTH_ARGUMENT);
		while (n--) {
			enum value_type type = print->args.v[next++]->type;

			format.arg_types[format.n_args++] =
				!n && is_memory(directive) ? TYPE_STRING : type;
		}
	}
	VEC_PUSH(gen->arena, &gen->unit->formats, format);
	return gen->unit->formats.n - 1;
}

static unsigned most_bytes(const struct print_expr *print, const struct value *values)
{
	unsigned most = 0;

	for (unsigned i = 0; i < print->args.n; i++)
		most += values[i].is_string ? ALIGN8(4 + values[i].bound) : 8;
	for (unsigned i = 0; i < print->directives.n; i++)
		if (is_memory(&print->directives.v[i]))
			most += ALIGN8(4 + MOST_MEMORY);
	return most;
}

/* A negative precision is none: one byte. */
static LLVMValueRef memory_length(struct fn *fn, LLVMValueRef precision)
{
	struct gen *gen = fn->gen;
	LLVMValueRef length = cut(fn, precision, -1);
	LLVMValueRef none = LLVMBuildICmp(gen->builder, LLVMIntSLT, length, int_constant(gen, 0), "");

	return LLVMBuildSelect(gen->builder, none, int_constant(gen, 1), length, "");
}

/*
 * # asks for memory of the process, whatever the probe is of. A function that probes of both kinds may
 * call tells by the address: the kernel's are negative.
 */
static LLVMValueRef reads_user(struct fn *fn, const struct directive *directive, LLVMValueRef address)
{
	LLVMBuilderRef builder = fn->gen->builder;
	LLVMTypeRef type = LLVMTypeOf(int_constant(fn->gen, 0));

	if (directive->flags & DIRECTIVE_ALTERNATE || (fn->probe && fn->probe->user))
		return int_constant(fn->gen, 1);
	if (fn->probe)
		return int_constant(fn->gen, 0);
	return LLVMBuildZExt(builder, LLVMBuildICmp(builder, LLVMIntSGE, address,
						    LLVMConstNull(LLVMTypeOf(address)), ""),
			     type, "");
}

static void memory_out(struct fn *fn, const struct directive *directive, LLVMValueRef address,
		       LLVMValueRef precision)
{
	struct gen *gen = fn->gen;
	LLVMValueRef length = int_constant(gen, 1);

	if (precision)
		length = memory_length(fn, precision);
	else if (directive->precision >= 0)
		length = int_constant(gen, (uint32_t)directive->precision);
	LIBRARY(gen, "out_memory", fn->run, address, length, int_constant(gen, MOST_MEMORY),
		reads_user(fn, directive, address));
}

static void arguments_out(struct fn *fn, const struct print_expr *print, struct value *values)
{
	unsigned next = 0;

	for (unsigned i = 0; i < print->directives.n; i++) {
		const struct directive *directive = &print->directives.v[i];
		LLVMValueRef precision = NULL, v;

		if (directive->kind == DIRECTIVE_LITERAL)
			continue;
		if (directive->width == WIDTH_ARGUMENT)
			LIBRARY(fn->gen, "out_long", fn->run, value_get(fn, values[next++]));
		if (directive->precision == WIDTH_ARGUMENT) {
			precision = value_get(fn, values[next++]);
			LIBRARY(fn->gen, "out_long", fn->run, precision);
		}
		v = value_get(fn, values[next]);
		if (is_memory(directive))
			memory_out(fn, directive, v, precision);
		else if (values[next].is_string)
			LIBRARY(fn->gen, "out_string", fn->run, v,
				int_constant(fn->gen, values[next].bound));
		else
			LIBRARY(fn->gen, "out_long", fn->run, v);
		next++;
	}
}

static void record_generate(struct fn *fn, const struct print_expr *print, struct range range,
			    struct value *values)
{
	struct gen *gen = fn->gen;

	fn->uses_frame = true;
	LIBRARY(gen, "out_begin", fn->run, int_constant(gen, RECORD_PRINT),
		int_constant(gen, format_add(gen, print)),
		int_constant(gen, most_bytes(print, values)));
	arguments_out(fn, print, values);
	if (!print_reads_memory(print)) {
		LIBRARY(gen, "out_end", fn->run);
		return;
	}
	LIBRARY(gen, "out_end_or_drop", fn->run);
	check_error(fn, range);
}

static void histogram_generate(struct fn *fn, const struct expr *operand)
{
	struct gen *gen = fn->gen;
	const struct stat_expr *stat = operand->stat;
	const struct symbol *symbol = expr_symbol(stat->operand);
	const struct stat_shape *shape = &gen->places[symbol->index].shape;
	struct unit_hist hist = {stat->op, shape->low, shape->high, shape->width};
	LLVMValueRef cell = stat_cell(fn, stat->operand);

	fn->uses_frame = true;
	check_not_empty(fn, cell, operand);
	VEC_PUSH(gen->arena, &gen->unit->hists, hist);
	LIBRARY(gen, "out_begin", fn->run, int_constant(gen, RECORD_HIST),
		int_constant(gen, gen->unit->hists.n - 1),
		int_constant(gen, stat_cell_size(symbol)));
	LIBRARY(gen, "out_stat", fn->run, cell, int_constant(gen, shape->buckets));
	LIBRARY(gen, "out_end", fn->run);
}

/* println of a histogram: a record with no more than the end of a line. */
static void line_end_generate(struct fn *fn, struct range range)
{
	struct directive end = {DIRECTIVE_LITERAL, 0, WIDTH_NONE, WIDTH_NONE, "\n", 1};
	struct print_expr print = {.kind = PRINT_PRINT};

	VEC_PUSH(fn->gen->arena, &print.directives, end);
	record_generate(fn, &print, range, NULL);
}

/* ---- to a string ---- */

struct building {
	LLVMValueRef dst, size, at;
};

static uint32_t conversion_letter(enum directive_kind kind)
{
	static const char letters[] = {
		[DIRECTIVE_SIGNED] = 'd', [DIRECTIVE_UNSIGNED] = 'u',  [DIRECTIVE_OCTAL] = 'o',
		[DIRECTIVE_HEX] = 'x',    [DIRECTIVE_HEX_UPPER] = 'X', [DIRECTIVE_POINTER] = 'p',
		[DIRECTIVE_CHAR] = 'c',   [DIRECTIVE_BINARY] = 'b',
		[DIRECTIVE_MEMORY] = 'm', [DIRECTIVE_MEMORY_HEX] = 'M',
	};

	return (uint32_t)letters[kind];
}

static LLVMValueRef precision_of(struct fn *fn, int written, struct value *values, unsigned *next)
{
	if (written != WIDTH_ARGUMENT)
		return int_constant(fn->gen, (uint32_t)written);
	return cut(fn, value_get(fn, values[(*next)++]), -1);
}

/* A width that is given as an argument and negative: to the left, as wide. */
static LLVMValueRef width_of(struct fn *fn, int written, struct value *values, unsigned *next,
			     LLVMValueRef *flags)
{
	LLVMBuilderRef builder = fn->gen->builder;
	LLVMValueRef width, negative, left;

	if (written != WIDTH_ARGUMENT)
		return int_constant(fn->gen, (uint32_t)written);
	width = cut(fn, value_get(fn, values[(*next)++]), -MAX_STRING);
	negative = LLVMBuildICmp(builder, LLVMIntSLT, width, int_constant(fn->gen, 0), "");
	left = LLVMBuildOr(builder, *flags, int_constant(fn->gen, DIRECTIVE_LEFT), "");
	*flags = LLVMBuildSelect(builder, negative, left, *flags, "");
	return LLVMBuildSelect(builder, negative, LLVMBuildNeg(builder, width, ""), width, "");
}

static void directive_append(struct fn *fn, struct building *to, const struct directive *directive,
			     struct value *values, unsigned *next)
{
	struct gen *gen = fn->gen;
	LLVMValueRef flags = int_constant(gen, directive->flags), width, precision, v;

	width = width_of(fn, directive->width, values, next, &flags);
	precision = precision_of(fn, directive->precision, values, next);
	v = value_get(fn, values[*next]);
	if (is_memory(directive))
		to->at = LIBRARY(gen, "format_memory", fn->run, to->dst, to->size, to->at, v,
				 LLVMBuildOr(gen->builder,
					     int_constant(gen, conversion_letter(directive->kind)),
					     LLVMBuildShl(gen->builder, flags,
							  int_constant(gen, 8), ""), ""),
				 reads_user(fn, directive, v), width, precision);
	else if (values[*next].is_string)
		to->at = LIBRARY(gen, "format_string", fn->run, to->dst, to->size, to->at, v, flags,
				 width, precision);
	else
		to->at = LIBRARY(gen, "format_long", fn->run, to->dst, to->size, to->at, v,
				 int_constant(gen, conversion_letter(directive->kind)), flags,
				 width, precision);
	(*next)++;
}

static struct value string_generate(struct fn *fn, const struct expr *expr, struct value *values)
{
	struct gen *gen = fn->gen;
	const struct print_expr *print = expr->print;
	unsigned offset = frame_reserve(fn, expr->bound + 1), next = 0;
	struct building to = {frame_pointer(fn, offset), int_constant(gen, expr->bound + 1),
			      int_constant(gen, 0)};

	LLVMBuildStore(gen->builder, LLVMConstNull(gen->i8), to.dst);
	for (unsigned i = 0; i < print->directives.n; i++) {
		const struct directive *directive = &print->directives.v[i];

		if (directive->kind == DIRECTIVE_LITERAL)
			to.at = LIBRARY(gen, "format_literal", fn->run, to.dst, to.size, to.at,
					module_literal(gen, directive->text, directive->length),
					int_constant(gen, directive->length));
		else
			directive_append(fn, &to, directive, values, &next);
	}
	if (print_reads_memory(print))
		check_error(fn, expr->range);
	return value_frame_string(fn, offset, expr->bound);
}

struct value print_generate(struct fn *fn, const struct expr *expr)
{
	const struct print_expr *print = expr->print;
	struct value values[64];

	if (print->args.n == 1 && print->args.v[0]->kind == EXPR_STAT && !print->directives.n) {
		histogram_generate(fn, print->args.v[0]);
		if (print->newline)
			line_end_generate(fn, expr->range);
		return value_long(long_constant(fn->gen, 0));
	}
	if (print->args.n > sizeof(values) / sizeof(*values)) {
		diag_error(fn->gen->diags, expr->range, "more than %zu values",
			   sizeof(values) / sizeof(*values));
		return value_long(long_constant(fn->gen, 0));
	}
	values_generate(fn, print, values);
	if (print->to_string)
		return string_generate(fn, expr, values);
	record_generate(fn, print, expr->range, values);
	return value_long(long_constant(fn->gen, 0));
}
