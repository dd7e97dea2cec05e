/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scan over a unit. Its abbreviations become *shapes*: how long the DIE is when that is the
 * same for all of them, and where in it are the few attributes that matter.
 */
#include <string.h>

#include "compiler/debuginfo/scan.h"

enum { MAX_DEPTH = 256, MAX_FIELDS = 1 << 22 };

/* What an attribute's value is, as far as it matters. */
enum shape_use {
	USE_NONE,
	USE_SIBLING,
	USE_ORIGIN,
	USE_LOW,
	USE_HIGH,
	USE_ENTRY,
	USE_RANGES,
	N_USES,
};

struct field {
	uint16_t form;
	uint8_t use;
	uint8_t size; /* of the value, or VARIES */
};

enum { VARIES = 0xff };

struct shape {
	uint32_t first, n; /* fields */
	uint32_t size;     /* of all values, when `fixed` */
	bool known;
	bool children, fixed;
	bool is_function, is_inlined, is_scope; /* a scope may hold functions */
	bool has_code, has_sibling;
};

struct scan_shapes {
	const unsigned char *abbrev; /* where the abbreviations are */
	unsigned version, offset_size;
	struct shape *shapes; /* by code, n of them; none is known from `top` on */
	size_t n, top;
	struct {
		VEC(struct field);
	} fields;
};

/* Bytes that are read one after the other; `bad` once there are none left. */
struct reader {
	const unsigned char *at, *end;
	bool bad;
};

static uint64_t read_uleb(struct reader *reader)
{
	uint64_t value = 0;

	for (unsigned shift = 0; reader->at < reader->end && shift < 64; shift += 7) {
		unsigned char byte = *reader->at++;

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return value;
	}
	reader->bad = true;
	return 0;
}

static uint64_t read_fixed(struct reader *reader, unsigned size)
{
	uint64_t value = 0;

	if ((size_t)(reader->end - reader->at) < size) {
		reader->bad = true;
		return 0;
	}
	memcpy(&value, reader->at, size);
	reader->at += size;
	return value;
}

static void skip(struct reader *reader, uint64_t size)
{
	if ((size_t)(reader->end - reader->at) < size)
		reader->bad = true;
	else
		reader->at += size;
}

/* ---- abbreviations ------------------------------------------------------------------------ */

/* The size of a form's values; VARIES: the value says it; -1: not known. */
static int form_size(const struct scan_shapes *shapes, uint64_t form)
{
	switch (form) {
	case DW_FORM_flag_present:
	case DW_FORM_implicit_const:
		return 0;
	case DW_FORM_data1:
	case DW_FORM_ref1:
	case DW_FORM_flag:
	case DW_FORM_strx1:
	case DW_FORM_addrx1:
		return 1;
	case DW_FORM_data2:
	case DW_FORM_ref2:
	case DW_FORM_strx2:
	case DW_FORM_addrx2:
		return 2;
	case DW_FORM_strx3:
	case DW_FORM_addrx3:
		return 3;
	case DW_FORM_data4:
	case DW_FORM_ref4:
	case DW_FORM_strx4:
	case DW_FORM_addrx4:
	case DW_FORM_ref_sup4:
		return 4;
	case DW_FORM_data8:
	case DW_FORM_ref8:
	case DW_FORM_ref_sig8:
	case DW_FORM_ref_sup8:
	case DW_FORM_addr:
		return 8;
	case DW_FORM_data16:
		return 16;
	case DW_FORM_ref_addr:
		return shapes->version < 3 ? 8 : (int)shapes->offset_size;
	case DW_FORM_strp:
	case DW_FORM_line_strp:
	case DW_FORM_strp_sup:
	case DW_FORM_sec_offset:
	case DW_FORM_GNU_ref_alt:
	case DW_FORM_GNU_strp_alt:
		return (int)shapes->offset_size;
	case DW_FORM_string:
	case DW_FORM_block1:
	case DW_FORM_block2:
	case DW_FORM_block4:
	case DW_FORM_block:
	case DW_FORM_exprloc:
	case DW_FORM_sdata:
	case DW_FORM_udata:
	case DW_FORM_ref_udata:
	case DW_FORM_strx:
	case DW_FORM_addrx:
	case DW_FORM_loclistx:
	case DW_FORM_rnglistx:
	case DW_FORM_GNU_addr_index:
	case DW_FORM_GNU_str_index:
		return VARIES;
	}
	return -1;
}

static enum shape_use use_of(uint64_t attribute)
{
	switch (attribute) {
	case DW_AT_sibling:
		return USE_SIBLING;
	case DW_AT_abstract_origin:
		return USE_ORIGIN;
	case DW_AT_low_pc:
		return USE_LOW;
	case DW_AT_high_pc:
		return USE_HIGH;
	case DW_AT_entry_pc:
		return USE_ENTRY;
	case DW_AT_ranges:
		return USE_RANGES;
	}
	return USE_NONE;
}

static void set_tag(struct shape *shape, uint64_t tag)
{
	shape->is_inlined = tag == DW_TAG_inlined_subroutine;
	shape->is_function = tag == DW_TAG_subprogram || shape->is_inlined;
	shape->is_scope = shape->is_function || tag == DW_TAG_lexical_block ||
			  tag == DW_TAG_namespace || tag == DW_TAG_module ||
			  tag == DW_TAG_structure_type || tag == DW_TAG_class_type ||
			  tag == DW_TAG_union_type;
}

static bool read_fields(struct arena *arena, struct scan_shapes *shapes, struct shape *shape,
			struct reader *reader)
{
	shape->first = shapes->fields.n;
	shape->fixed = true;
	for (;;) {
		uint64_t attribute = read_uleb(reader), form = read_uleb(reader);
		int size = form_size(shapes, form);
		struct field field = { (uint16_t)form, use_of(attribute), (uint8_t)size };

		if (reader->bad)
			return false;
		if (!attribute && !form)
			return true;
		if (size < 0 || shapes->fields.n >= MAX_FIELDS)
			return false;
		if (form == DW_FORM_implicit_const)
			read_uleb(reader);
		if (size == VARIES)
			shape->fixed = false;
		else
			shape->size += (unsigned)size;
		shape->has_sibling |= field.use == USE_SIBLING;
		shape->has_code |= field.use == USE_LOW || field.use == USE_ENTRY ||
				   field.use == USE_RANGES;
		shape->n++;
		VEC_PUSH(arena, &shapes->fields, field);
	}
}

/* Codes ascend from 1: `most` is more than any can be that does. */
static struct shape *shape_slot(struct arena *arena, struct scan_shapes *shapes, uint64_t code,
				size_t most)
{
	size_t n = shapes->n ? shapes->n : 128;
	struct shape *grown;

	if (code > most)
		return NULL;
	while (n <= code)
		n *= 2;
	if (n > shapes->n) {
		grown = ARENA_ARRAY(arena, struct shape, n);
		if (shapes->n)
			memcpy(grown, shapes->shapes, shapes->n * sizeof(*grown));
		shapes->shapes = grown;
		shapes->n = n;
	}
	if (code >= shapes->top)
		shapes->top = code + 1;
	return shapes->shapes[code].known ? NULL : &shapes->shapes[code];
}

static bool read_shapes(struct arena *arena, struct scan_shapes *shapes, struct reader reader)
{
	const unsigned char *start = reader.at;
	uint64_t code, tag;

	while ((code = read_uleb(&reader))) {
		struct shape *shape = shape_slot(arena, shapes, code,
						 (size_t)(reader.at - start));

		tag = read_uleb(&reader);
		if (!shape || reader.bad)
			return false;
		set_tag(shape, tag);
		shape->known = true;
		shape->children = read_fixed(&reader, 1) == DW_CHILDREN_yes;
		if (!read_fields(arena, shapes, shape, &reader))
			return false;
	}
	return !reader.bad;
}

/* ---- DIEs --------------------------------------------------------------------------------- */

/* A unit, and how far it has been read. */
struct passage {
	struct scan *scan;
	const unsigned char *info, *unit; /* where the section and the unit begin */
	struct reader reader;             /* ends where the unit does */
	const unsigned char *info_end;
	unsigned version, offset_size;
	unsigned depth; /* of what is read next; the unit's own DIE is at 0 */
	unsigned idle; /* the depth from which on nothing is of interest, or 0 */
	const unsigned char *ends[MAX_DEPTH]; /* where what is open has to end, or NULL */
};

/* The few values of a DIE that matter. */
struct values {
	const unsigned char *sibling, *origin;
	uint64_t low, entry;
	bool has_low, has_high, has_entry;
	bool unsure; /* addresses are told in other ways, too */
};

static void skip_value(struct passage *passage, const struct field *field)
{
	struct reader *reader = &passage->reader;
	const unsigned char *end;

	if (field->size != VARIES) {
		skip(reader, field->size);
		return;
	}
	switch (field->form) {
	case DW_FORM_string:
		end = memchr(reader->at, 0, (size_t)(reader->end - reader->at));
		if (end)
			reader->at = end + 1;
		else
			reader->bad = true;
		break;
	case DW_FORM_block1:
		skip(reader, read_fixed(reader, 1));
		break;
	case DW_FORM_block2:
		skip(reader, read_fixed(reader, 2));
		break;
	case DW_FORM_block4:
		skip(reader, read_fixed(reader, 4));
		break;
	case DW_FORM_block:
	case DW_FORM_exprloc:
		skip(reader, read_uleb(reader));
		break;
	default: /* numbers that say themselves how long they are */
		while (reader->at < reader->end && *reader->at & 0x80)
			reader->at++;
		skip(reader, 1);
	}
}

/* What a reference refers to; NULL: nothing that this finds. */
static const unsigned char *read_reference(struct passage *passage, const struct field *field)
{
	const unsigned char *base = passage->unit, *end = passage->reader.end;
	uint64_t offset;

	switch (field->form) {
	case DW_FORM_ref_addr:
		base = passage->info;
		end = passage->info_end;
		/* fall through */
	case DW_FORM_ref1:
	case DW_FORM_ref2:
	case DW_FORM_ref4:
	case DW_FORM_ref8:
		offset = read_fixed(&passage->reader, field->size);
		break;
	case DW_FORM_ref_udata:
		offset = read_uleb(&passage->reader);
		break;
	default:
		skip_value(passage, field);
		return NULL;
	}
	return offset < (uint64_t)(end - base) ? base + offset : NULL;
}

/* Whether it is an address; any other form is left to libdw. */
static bool read_address(struct passage *passage, const struct field *field, uint64_t *address,
			 struct values *values)
{
	if (field->form != DW_FORM_addr) {
		skip_value(passage, field);
		values->unsure = true;
		return false;
	}
	*address = read_fixed(&passage->reader, 8);
	return true;
}

static bool is_number(const struct field *field)
{
	switch (field->form) {
	case DW_FORM_addr:
	case DW_FORM_data1:
	case DW_FORM_data2:
	case DW_FORM_data4:
	case DW_FORM_data8:
	case DW_FORM_udata:
		return true;
	}
	return false;
}

static void read_value(struct passage *passage, const struct field *field, struct values *values)
{
	switch (field->use) {
	case USE_SIBLING:
		values->sibling = read_reference(passage, field);
		return;
	case USE_ORIGIN:
		values->origin = read_reference(passage, field);
		return;
	case USE_LOW:
		values->has_low = read_address(passage, field, &values->low, values);
		return;
	case USE_ENTRY:
		values->has_entry = read_address(passage, field, &values->entry, values);
		return;
	case USE_HIGH:
		values->has_high = is_number(field);
		break;
	case USE_RANGES:
		values->unsure = true;
		break;
	}
	skip_value(passage, field);
}

/* Reads on to behind the DIE's values. */
static void read_values(struct passage *passage, const struct shape *shape, struct values *values)
{
	const struct field *field = passage->scan->shapes->fields.v + shape->first;
	bool matters = shape->has_sibling || (shape->has_code && shape->is_function);

	*values = (struct values){ .sibling = NULL };
	if (shape->fixed && !matters) {
		skip(&passage->reader, shape->size);
		return;
	}
	for (const struct field *end = field + shape->n; field < end; field++)
		if (field->use && matters)
			read_value(passage, field, values);
		else
			skip_value(passage, field);
}

/* Code at an address of 0 was dropped by the linker. */
static void report(struct passage *passage, const struct shape *shape, const unsigned char *die,
		   const struct values *values)
{
	struct scanned scanned = { .die = die, .origin = values->origin,
				   .inlined = shape->is_inlined };

	if (!values->unsure && values->has_low && values->has_high) {
		scanned.entry = values->has_entry ? values->entry : values->low;
		if (!scanned.entry)
			return;
	}
	VEC_PUSH(passage->scan->arena, &passage->scan->found, scanned);
}

/* Behind a DIE: to its children, or past them. */
static bool go_on(struct passage *passage, const struct shape *shape, const struct values *values)
{
	struct reader *reader = &passage->reader;

	if (shape->has_sibling && (!values->sibling || values->sibling < reader->at))
		return false;
	if (!shape->children)
		return !shape->has_sibling || values->sibling == reader->at;
	if (passage->idle || !shape->is_scope) {
		if (shape->has_sibling) {
			reader->at = values->sibling;
			return true;
		}
		if (!passage->idle)
			passage->idle = passage->depth + 1;
	}
	if (passage->depth + 1 >= MAX_DEPTH)
		return false;
	passage->ends[++passage->depth] = values->sibling;
	return true;
}

static bool end_children(struct passage *passage)
{
	const unsigned char *end = passage->ends[passage->depth];

	if (passage->idle == passage->depth)
		passage->idle = 0;
	passage->depth--;
	return !end || end == passage->reader.at;
}

static bool read_die(struct passage *passage)
{
	const unsigned char *die = passage->reader.at;
	uint64_t code = read_uleb(&passage->reader);
	const struct scan_shapes *shapes = passage->scan->shapes;
	const struct shape *shape;
	struct values values;

	if (!code)
		return !passage->reader.bad && end_children(passage);
	if (code >= shapes->n || !shapes->shapes[code].known)
		return false;
	shape = &shapes->shapes[code];
	read_values(passage, shape, &values);
	if (passage->reader.bad)
		return false;
	if (!passage->idle && shape->is_function && shape->has_code)
		report(passage, shape, die, &values);
	return go_on(passage, shape, &values);
}

/* ---- units -------------------------------------------------------------------------------- */

/* The header of the unit, whose first DIE is at `die`. */
static bool read_header(struct passage *passage, const unsigned char *die, uint64_t *abbrev)
{
	struct reader *reader = &passage->reader;
	uint64_t length = read_fixed(reader, 4), address_size;

	passage->offset_size = length == 0xffffffff ? 8 : 4;
	if (passage->offset_size == 8)
		length = read_fixed(reader, 8);
	if (reader->bad || length > (uint64_t)(reader->end - reader->at))
		return false;
	reader->end = reader->at + length;
	passage->version = (unsigned)read_fixed(reader, 2);
	if (passage->version == 5) {
		read_fixed(reader, 1);
		address_size = read_fixed(reader, 1);
		*abbrev = read_fixed(reader, passage->offset_size);
	} else {
		*abbrev = read_fixed(reader, passage->offset_size);
		address_size = read_fixed(reader, 1);
	}
	if (reader->bad || passage->version < 2 || passage->version > 5 || address_size != 8 ||
	    die < reader->at || die >= reader->end)
		return false;
	reader->at = die;
	return true;
}

static bool take_shapes(struct passage *passage, const Elf_Data *data, uint64_t offset)
{
	struct scan *scan = passage->scan;
	struct scan_shapes *shapes = scan->shapes;
	struct reader reader;

	if (!data || !data->d_buf || offset >= data->d_size)
		return false;
	reader = (struct reader){ .at = (const unsigned char *)data->d_buf + offset };
	reader.end = (const unsigned char *)data->d_buf + data->d_size;
	if (shapes && shapes->abbrev == reader.at && shapes->version == passage->version &&
	    shapes->offset_size == passage->offset_size)
		return true;
	if (!shapes)
		shapes = scan->shapes = ARENA_NEW(scan->arena, struct scan_shapes);
	if (shapes->top)
		memset(shapes->shapes, 0, shapes->top * sizeof(*shapes->shapes));
	shapes->top = 0;
	shapes->fields.n = 0;
	shapes->abbrev = NULL;
	shapes->version = passage->version;
	shapes->offset_size = passage->offset_size;
	if (!read_shapes(scan->arena, shapes, reader))
		return false;
	shapes->abbrev = reader.at;
	return true;
}

static bool start(struct passage *passage, const struct dwarf_unit *unit)
{
	const Elf_Data *info = passage->scan->info;
	Dwarf_Die die = unit->die;
	const unsigned char *at = die.addr;
	uint64_t abbrev;

	if (!info || die.addr != unit->skeleton.addr ||
	    at != (unsigned char *)info->d_buf + dwarf_dieoffset(&die))
		return false;
	passage->info = info->d_buf;
	passage->info_end = passage->info + info->d_size;
	passage->unit = at - dwarf_cuoffset(&die);
	passage->reader = (struct reader){ .at = passage->unit, .end = passage->info_end };
	return passage->unit >= passage->info && read_header(passage, at, &abbrev) &&
	       take_shapes(passage, passage->scan->abbrev, abbrev);
}

/* The unit's own DIE: its children are looked at whatever it is. */
static bool open_unit(struct passage *passage, bool *children)
{
	const struct scan_shapes *shapes = passage->scan->shapes;
	uint64_t code = read_uleb(&passage->reader);
	struct values values;

	if (!code || code >= shapes->n || !shapes->shapes[code].known ||
	    shapes->shapes[code].has_sibling)
		return false;
	read_values(passage, &shapes->shapes[code], &values);
	*children = shapes->shapes[code].children;
	passage->depth = 1;
	return !passage->reader.bad;
}

bool dwarf_scan_functions(struct scan *scan, const struct dwarf_unit *unit)
{
	struct passage passage = { .scan = scan };
	bool children;

	scan->found.n = 0;
	if (!start(&passage, unit) || !open_unit(&passage, &children))
		return false;
	while (children && passage.depth)
		if (!read_die(&passage))
			return false;
	return true;
}

struct scan *dwarf_scan_new(struct arena *arena, struct dwarf_file *file)
{
	struct scan *scan = ARENA_NEW(arena, struct scan);
	const char *ident = elf_getident(file->elf, NULL);
	GElf_Shdr shdr;

	scan->arena = arena;
	if (ident && ident[EI_DATA] == ELFDATA2LSB) {
		scan->info = elf_section_data(file->elf, ".debug_info", &shdr);
		scan->abbrev = elf_section_data(file->elf, ".debug_abbrev", &shdr);
	}
	if (scan->info && !scan->info->d_buf)
		scan->info = NULL;
	return scan;
}
