// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where globals are: offsets in spile_globals for scalars, BPF maps for arrays, and the tables
 * of both in the unit. The layouts are drawn in runtime/handler/abi.h.
 */
#include <linux/bpf.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "compiler/codegen/gen.h"

static unsigned string_size(unsigned bound)
{
	return ALIGN8(bound + 1);
}

static void shape_fill(struct stat_shape *shape, const struct symbol *symbol)
{
	if (symbol->stat_ops & (1u << STAT_HIST_LOG)) {
		shape->log = 1;
		shape->buckets = HIST_LOG_BUCKETS;
	} else if (symbol->stat_ops & (1u << STAT_HIST_LINEAR)) {
		shape->low = symbol->hist_low;
		shape->high = symbol->hist_high;
		shape->width = symbol->hist_width;
		shape->buckets = hist_linear_buckets(shape->low, shape->high, shape->width);
	}
	shape->squares = !!(symbol->stat_ops & (1u << STAT_VARIANCE));
}

unsigned stat_cell_size(const struct symbol *symbol)
{
	struct stat_shape shape = {0};

	shape_fill(&shape, symbol);
	return (unsigned)sizeof(struct stat_cell) + 8 * shape.buckets;
}

static unsigned value_size(const struct symbol *symbol)
{
	switch (symbol->type) {
	case TYPE_STRING:
		return string_size(symbol->bound);
	case TYPE_STATS:
		return stat_cell_size(symbol);
	default:
		return 8;
	}
}

static void key_layout(const struct symbol *symbol, unsigned *offset, unsigned *size,
		       unsigned *bytes)
{
	*bytes = 0;
	for (unsigned i = 0; i < symbol->n_keys; i++) {
		offset[i] = *bytes;
		size[i] = symbol->key_type[i] == TYPE_STRING ? string_size(symbol->key_bound[i])
							     : 8;
		*bytes += size[i];
	}
}

/* ---- the unit's table, made once for both homes ---- */

static void describe_global(struct unit *unit, const struct symbol *symbol, struct unit_global *out)
{
	struct stat_shape shape = {0};

	shape_fill(&shape, symbol);
	out->name = symbol->name;
	out->type = symbol->type;
	out->bound = symbol->bound;
	out->is_array = symbol->is_array;
	out->n_keys = symbol->n_keys;
	memcpy(out->key_type, symbol->key_type, sizeof(out->key_type));
	out->max_entries = symbol->max_entries;
	out->wrap = symbol->wrap;
	out->recent = symbol->recent;
	out->cells = symbol->spread ? 2 : 1; /* place_spread() knows how many */
	out->is_private_to_compiler = !symbol->decl;
	out->stat_ops = symbol->stat_ops;
	out->hist_low = symbol->hist_low;
	out->hist_high = symbol->hist_high;
	out->hist_width = symbol->hist_width;
	out->buckets = shape.buckets;
	out->read_in_script = symbol->read;
	out->written_in_script = symbol->written;
	out->assigned = symbol->assigned;
	out->kernel_written = symbol->kernel_written;
	/* Where names are deferred, runtime/symbols/fold.c deletes elements, too. */
	out->reused = !symbol->deleted && symbol->type != TYPE_STRING && !unit->defers_names;
	out->init = symbol->init;
	if (!symbol->is_array) {
		out->size = value_size(symbol);
		return;
	}
	out->size = symbol->wrap ? 8 : 0;
	key_layout(symbol, out->key_offset, out->key_size, &out->key_bytes);
	out->value_bytes = 8 + value_size(symbol);
	out->map = arena_printf(unit->arena, "m%u_%s", symbol->index, symbol->name);
}

static void initialise_cell(struct unit *unit, uint64_t offset)
{
	struct stat_cell cell = {.min = INT64_MAX, .max = INT64_MIN};

	memcpy((char *)unit->globals_init + offset, &cell, sizeof(cell));
}

static void initialise_global(struct unit *unit, const struct symbol *symbol, uint64_t offset)
{
	char *at = (char *)unit->globals_init + offset;

	if (symbol->type == TYPE_STATS)
		initialise_cell(unit, offset);
	else if (symbol->init && symbol->init->kind == EXPR_NUMBER)
		memcpy(at, &symbol->init->number, 8);
	else if (symbol->init && symbol->init->kind == EXPR_STRING)
		memcpy(at, symbol->init->string.text, symbol->init->string.length);
}

/* Everything that the data's form depends on. */
static const char *shape_text(struct arena *arena, const struct unit_global *global)
{
	const char *keys = "";

	for (unsigned i = 0; i < global->n_keys; i++)
		keys = arena_printf(arena, "%s %u:%u", keys, global->key_type[i],
				    global->key_size[i]);
	return arena_printf(arena, "%u %u %u %u %u %lld %lld %lld%s", global->is_array,
			    global->type, global->is_array ? global->value_bytes : global->size,
			    global->max_entries, global->wrap, (long long)global->hist_low,
			    (long long)global->hist_high, (long long)global->hist_width, keys);
}

static struct layout_entry *layout_find(struct globals_layout *layout, const char *name)
{
	for (unsigned i = 0; i < layout->entries.n; i++)
		if (!strcmp(layout->entries.v[i].name, name))
			return &layout->entries.v[i];
	return NULL;
}

static struct layout_entry *layout_add(struct globals_layout *layout, const char *name)
{
	struct layout_entry entry = {.name = arena_strdup(layout->arena, name)};

	VEC_PUSH(layout->arena, &layout->entries, entry);
	return &layout->entries.v[layout->entries.n - 1];
}

/* A tapset's globals are its own affair, whatever the user calls his. */
static const char *layout_name(struct arena *arena, const struct symbol *symbol)
{
	const struct source *source = symbol->decl->range.source;

	if (!source || !source->tapset)
		return symbol->name;
	return arena_printf(arena, "%s:%s", source->name, symbol->name);
}

/* The first place where so many bytes are free. */
static uint64_t layout_take(struct globals_layout *layout, uint64_t bytes)
{
	struct extent place = {layout->first, layout->first + bytes};

	for (unsigned i = 0; i < layout->taken.n; i++) {
		const struct extent *taken = &layout->taken.v[i];

		if (place.start >= taken->end || taken->start >= place.end)
			continue;
		place = (struct extent){taken->end, taken->end + bytes};
		i = UINT_MAX; /* from the start */
	}
	layout->full |= place.end > layout->end;
	VEC_PUSH(layout->arena, &layout->taken, place);
	return place.start;
}

static void layout_give(struct globals_layout *layout, struct layout_entry *entry,
			const struct unit_global *global)
{
	entry->lock_offset = layout_take(layout, 8 + global->size);
	entry->offset = entry->lock_offset + 8;
	entry->size = global->size;
	entry->map = arena_printf(layout->arena, "m%u_%s", layout->serial++, global->name);
}

/* What the compiler made for itself is the unit's alone. */
static void layout_place(struct unit *unit, struct globals_layout *layout,
			 const struct symbol *symbol, struct unit_global *global)
{
	const char *shape = shape_text(unit->arena, global), *name;
	struct layout_entry own = {.shape = ""}, *entry = &own;

	if (symbol->decl) {
		name = layout_name(unit->arena, symbol);
		entry = layout_find(layout, name);
		if (!entry)
			entry = layout_add(layout, name);
	}
	global->fresh = !entry->shape || strcmp(entry->shape, shape);
	if (global->fresh) {
		entry->shape = arena_strdup(layout->arena, shape);
		layout_give(layout, entry, global);
	}
	/* Nobody else knows it, so its name need not be a new one: the module stays the same. */
	if (!symbol->decl)
		entry->map = arena_printf(layout->arena, "own_%s", global->name);
	global->offset = entry->offset;
	global->lock_offset = entry->lock_offset;
	if (global->is_array)
		global->map = arena_strdup(unit->arena, entry->map);
}

static void unit_place(struct unit *unit, const struct symbol *symbol, struct unit_global *global)
{
	global->fresh = true;
	if (global->cells > 1)
		return;
	if (symbol->locked) {
		global->lock_offset = unit->globals_size;
		unit->globals_size += 8;
	}
	global->offset = unit->globals_size;
	unit->globals_size += global->size;
}

/* ---- spread globals ---- */

enum {
	CACHE_LINE = 64,
	MOST_SPREAD = 1 << 20, /* bytes, for all processors */
};

static unsigned align_line(uint64_t bytes)
{
	return (unsigned)((bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE);
}

/* How many cells a spread global has: a power of 2, so that a processor's number can be masked. */
static unsigned cells_of_spread(void)
{
	long processors = sysconf(_SC_NPROCESSORS_CONF);
	unsigned cells = 1;

	while (cells < processors && cells < 1024)
		cells *= 2;
	return cells;
}

/* One block a processor, with a cell of each spread global. */
static void place_spread(struct unit *unit)
{
	unsigned cells = cells_of_spread(), stride = 0;
	uint64_t first = align_line(unit->globals_size);

	for (unsigned i = 0; i < unit->globals.n; i++) {
		struct unit_global *global = &unit->globals.v[i];

		if (global->cells == 1)
			continue;
		global->offset = first + stride;
		stride += global->size;
	}
	stride = align_line(stride);
	if ((uint64_t)stride * cells > MOST_SPREAD)
		cells = 1;
	for (unsigned i = 0; i < unit->globals.n; i++) {
		if (unit->globals.v[i].cells > 1)
			unit->globals.v[i].cells = cells;
		unit->globals.v[i].stride = stride;
	}
	if (stride)
		unit->globals_size = first + (uint64_t)stride * cells;
}

static void place_timings(struct unit *unit)
{
	for (unsigned i = 0; i < unit->handlers.n; i++) {
		unit->handlers.v[i].timing_offset = unit->globals_size;
		unit->globals_size += sizeof(struct stat_cell);
	}
}

/* globals_init goes as far as the globals do. */
static uint64_t init_size(const struct unit *unit, const struct globals_layout *layout)
{
	uint64_t size = 0;

	if (!layout)
		return unit->globals_size;
	for (unsigned i = 0; i < unit->globals.n; i++)
		if (unit->globals.v[i].offset + unit->globals.v[i].size > size)
			size = unit->globals.v[i].offset + unit->globals.v[i].size;
	return layout->full ? 0 : size;
}

void places_describe(struct unit *unit, const struct program *program,
		     const struct codegen_options *options)
{
	struct globals_layout *layout = options->layout;
	uint64_t size;

	unit->globals_size = SHARED_SIZE;
	for (unsigned i = 0; i < program->globals.n; i++) {
		struct unit_global global = {0};

		describe_global(unit, program->globals.v[i], &global);
		if (layout)
			layout_place(unit, layout, program->globals.v[i], &global);
		else
			unit_place(unit, program->globals.v[i], &global);
		VEC_PUSH(unit->arena, &unit->globals, global);
	}
	if (!layout)
		place_spread(unit);
	if (options->timing && !layout)
		place_timings(unit);
	if (layout)
		unit->globals_size = layout->capacity;
	size = init_size(unit, layout);
	unit->globals_init = arena_alloc(unit->arena, size);
	for (unsigned i = 0; i < program->globals.n; i++) {
		const struct unit_global *global = &unit->globals.v[i];

		if (!global->is_array && global->offset + global->size <= size)
			initialise_global(unit, program->globals.v[i], global->offset);
		for (unsigned cell = 1; cell < global->cells && global->type == TYPE_STATS; cell++)
			initialise_cell(unit, global->offset + (uint64_t)cell * global->stride);
	}
	for (unsigned i = 0; i < unit->handlers.n; i++)
		if (unit->handlers.v[i].timing_offset)
			initialise_cell(unit, unit->handlers.v[i].timing_offset);
}

/* ---- one home's module ---- */

static LLVMMetadataRef int_array_pointer(struct gen *gen, unsigned n)
{
	LLVMMetadataRef range = LLVMDIBuilderGetOrCreateSubrange(gen->di, 0, n);
	LLVMMetadataRef array = LLVMDIBuilderCreateArrayType(gen->di, 32 * (uint64_t)n, 32,
							     gen->di_int, &range, 1);

	return LLVMDIBuilderCreatePointerType(gen->di, array, 64, 64, 0, "", 0);
}

/* libbpf's way to declare a map: int (*type)[BPF_MAP_TYPE_HASH]; and so on. */
static void describe_map(struct gen *gen, LLVMValueRef map, const char *name, unsigned type,
			 unsigned key, unsigned value, unsigned entries, unsigned flags)
{
	static const char *const names[] = {"type", "key_size", "value_size", "max_entries",
					    "map_flags"};
	unsigned numbers[] = {type, key, value, entries, flags};
	LLVMMetadataRef members[5], structure;
	unsigned n = flags ? 5 : 4;

	for (unsigned i = 0; i < n; i++)
		members[i] = LLVMDIBuilderCreateMemberType(
			gen->di, gen->di_file, names[i], strlen(names[i]), gen->di_file, 1, 64, 64,
			64 * (uint64_t)i, 0, int_array_pointer(gen, numbers[i]));
	structure = LLVMDIBuilderCreateStructType(gen->di, gen->di_file, "", 0, gen->di_file, 1,
						  64 * (uint64_t)n, 64, 0, NULL, members, n, 0,
						  NULL, "", 0);
	LLVMGlobalSetMetadata(
		map, LLVMGetMDKindIDInContext(gen->llvm, "dbg", 3),
		LLVMDIBuilderCreateGlobalVariableExpression(
			gen->di, gen->di_unit, name, strlen(name), name, strlen(name),
			gen->di_file, 1, structure, false,
			LLVMDIBuilderCreateExpression(gen->di, NULL, 0), NULL, 64));
}

static LLVMValueRef create_map(struct gen *gen, const struct unit_global *global)
{
	LLVMTypeRef pointers[5] = {gen->ptr, gen->ptr, gen->ptr, gen->ptr, gen->ptr};
	unsigned flags = global->reused || global->recent ? 0 : BPF_F_NO_PREALLOC;
	LLVMTypeRef type = LLVMStructTypeInContext(gen->llvm, pointers, flags ? 5 : 4, false);
	LLVMValueRef map;

	if (gen->home == HOME_TRACER)
		return LLVMAddGlobal(gen->module, gen->i8, global->map);
	map = LLVMAddGlobal(gen->module, type, global->map);
	LLVMSetInitializer(map, LLVMConstNull(type));
	LLVMSetSection(map, ".maps");
	LLVMSetAlignment(map, 8);
	describe_map(gen, map, global->map,
		     global->recent ? BPF_MAP_TYPE_LRU_HASH : BPF_MAP_TYPE_HASH, global->key_bytes,
		     global->value_bytes, global->max_entries, flags);
	return map;
}

LLVMValueRef shape_constant(struct gen *gen, const struct stat_shape *shape)
{
	LLVMValueRef fields[] = {
		LLVMConstInt(gen->i64, (uint64_t)shape->low, true),
		LLVMConstInt(gen->i64, (uint64_t)shape->high, true),
		LLVMConstInt(gen->i64, (uint64_t)shape->width, true),
		LLVMConstInt(gen->i32, shape->buckets, false),
		LLVMConstInt(gen->i32, shape->log, false),
		LLVMConstInt(gen->i32, shape->squares, false),
		LLVMConstInt(gen->i32, 0, false),
	};

	return module_constant(gen, LLVMConstStructInContext(gen->llvm, fields, 7, false), "shape");
}

static void create_section(struct gen *gen)
{
	const struct unit *unit = gen->unit;
	LLVMTypeRef type = LLVMArrayType2(gen->i8, unit->globals_size);

	if (gen->home == HOME_TRACER) {
		gen->globals = LLVMAddGlobal(gen->module, gen->i8, "spile_globals");
		return;
	}
	gen->globals = LLVMAddGlobal(gen->module, type, "spile_globals");
	/* In a live session the section is there already: what it has stays. */
	LLVMSetInitializer(gen->globals,
			   gen->options->layout
				   ? LLVMConstNull(type)
				   : LLVMConstStringInContext2(gen->llvm, unit->globals_init,
							       unit->globals_size, true));
	LLVMSetSection(gen->globals, ".data.spile");
	LLVMSetAlignment(gen->globals, 64);
}

static void create_licence(struct gen *gen)
{
	LLVMValueRef text = LLVMConstStringInContext2(gen->llvm, "GPL", 3, false);
	LLVMValueRef global = LLVMAddGlobal(gen->module, LLVMTypeOf(text), "licence");

	LLVMSetInitializer(global, text);
	LLVMSetSection(global, "license");
}

void places_create(struct gen *gen)
{
	const struct program *program = gen->program;

	gen->places = ARENA_ARRAY(gen->arena, struct place, program->globals.n + 1);
	create_section(gen);
	if (gen->home == HOME_KERNEL)
		create_licence(gen);
	for (unsigned i = 0; i < program->globals.n; i++) {
		const struct symbol *symbol = program->globals.v[i];
		const struct unit_global *global = &gen->unit->globals.v[i];
		struct place *place = &gen->places[i];

		place->offset = global->offset;
		place->lock_offset = global->lock_offset;
		place->cells = global->cells;
		place->stride = global->stride;
		place->key_bytes = global->key_bytes;
		place->value_bytes = global->value_bytes;
		memcpy(place->key_offset, global->key_offset, sizeof(place->key_offset));
		memcpy(place->key_size, global->key_size, sizeof(place->key_size));
		if (symbol->is_array)
			place->map = create_map(gen, global);
		if (symbol->type != TYPE_STATS)
			continue;
		shape_fill(&place->shape, symbol);
		place->shape_constant = shape_constant(gen, &place->shape);
	}
}

LLVMValueRef place_pointer_to_add(struct fn *fn, const struct place *place)
{
	struct gen *gen = fn->gen;
	LLVMValueRef first = place_pointer(gen, place->offset), offset;

	if (place->cells == 1 || gen->home == HOME_TRACER)
		return first;
	offset = LLVMBuildAnd(gen->builder, LIBRARY(gen, "fn_cpu", fn->run),
			      long_constant(gen, place->cells - 1), "");
	offset = LLVMBuildMul(gen->builder, offset, long_constant(gen, place->stride), "");
	return LLVMBuildInBoundsGEP2(gen->builder, gen->i8, first, &offset, 1, "");
}

LLVMValueRef place_pointer(struct gen *gen, uint64_t offset)
{
	LLVMValueRef index = LLVMConstInt(gen->i64, offset, false);

	return LLVMBuildInBoundsGEP2(gen->builder, gen->i8, gen->globals, &index, 1, "");
}
