/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which entry of a location list holds at a position.
 *
 * Statements of optimised code may have no instruction of their own: several places of the source
 * are then at one address, and a variable that one of them assigns to has an old value before and
 * a new one behind it. GCC counts such places ("views": the rows of the line table that share an
 * address) and says in DW_AT_GNU_locviews at which of them each entry of a list begins and ends.
 * Without that, a probe at a function's entry would see what the function does first.
 */
#include "compiler/debuginfo/dwarf.h"

enum { AT_LOCVIEWS = 0x2137, AT_ENTRY_VIEW = 0x2138 };

bool dwarf_location_attr(Dwarf_Die *die, unsigned name, Dwarf_Attribute *attr)
{
	enum { SAME_LENGTH = 0x80 }; /* below that, both forms begin with the same byte */

	if (!dwarf_attr_integrate(die, name, attr))
		return false;
	if (attr->form == DW_FORM_block1 && *attr->valp < SAME_LENGTH)
		attr->form = DW_FORM_exprloc;
	return true;
}

/* The pairs of a list, read one by one. */
struct views {
	const unsigned char *at, *end;
};

static bool next_number(struct views *views, uint64_t *number)
{
	*number = 0;
	for (unsigned shift = 0; views->at < views->end && shift < 64; shift += 7) {
		unsigned char byte = *views->at++;

		*number |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return true;
	}
	return false;
}

static bool views_of(struct dwarf_file *file, Dwarf_Die *die, struct views *views)
{
	Dwarf_Attribute attr;
	Dwarf_Half version;
	Dwarf_Word offset;
	GElf_Shdr shdr;
	Elf_Data *data;

	if (!die || !dwarf_attr(die, AT_LOCVIEWS, &attr) || dwarf_formudata(&attr, &offset) ||
	    dwarf_cu_getdwarf(die->cu) != file->dwarf ||
	    dwarf_cu_info(die->cu, &version, NULL, NULL, NULL, NULL, NULL, NULL))
		return false;
	data = elf_section_data(file->elf, version >= 5 ? ".debug_loclists" : ".debug_loc", &shdr);
	if (!data || !data->d_buf || offset >= data->d_size)
		return false;
	views->at = (const unsigned char *)data->d_buf + offset;
	views->end = (const unsigned char *)data->d_buf + data->d_size;
	return true;
}

bool dwarf_has_views(Dwarf_Die *die)
{
	return dwarf_hasattr(die, AT_LOCVIEWS);
}

bool dwarf_entry_view(Dwarf_Die *inlined, unsigned *view)
{
	Dwarf_Attribute attr;
	Dwarf_Word number;

	if (!dwarf_hasattr(inlined, DW_AT_entry_pc) || !dwarf_attr(inlined, AT_ENTRY_VIEW, &attr) ||
	    dwarf_formudata(&attr, &number))
		return false;
	*view = (unsigned)number;
	return true;
}

unsigned dwarf_row_view(Dwarf_Lines *table, size_t row)
{
	Dwarf_Addr address, before;
	unsigned view = 0;
	bool end;

	if (dwarf_lineaddr(dwarf_onesrcline(table, row), &address))
		return 0;
	for (; row > 0; row--, view++) {
		Dwarf_Line *line = dwarf_onesrcline(table, row - 1);

		if (dwarf_lineaddr(line, &before) || before != address ||
		    dwarf_lineendsequence(line, &end) || end)
			break;
	}
	return view;
}

/* (low, from) <= (pc, view) < (high, to) */
static bool holds_at_view(const struct dwarf_position *position, Dwarf_Addr low, uint64_t from,
			  Dwarf_Addr high, uint64_t to)
{
	if (position->pc < low || position->pc > high)
		return false;
	if (position->pc == low && position->view < from)
		return false;
	return position->pc < high || position->view < to;
}

int dwarf_location_at(struct dwarf_position *position, Dwarf_Die *die, Dwarf_Attribute *attr,
		      Dwarf_Op **ops, size_t *n)
{
	Dwarf_Addr base, low, high;
	struct views views;
	ptrdiff_t at = 0;

	if (!position->has_view || !views_of(position->file, die, &views))
		return dwarf_getlocation_addr(attr, position->pc, ops, n, 1);
	while ((at = dwarf_getlocations(attr, at, &base, &low, &high, ops, n)) > 0) {
		uint64_t from, to;

		if (!next_number(&views, &from) || !next_number(&views, &to))
			return -1;
		if (holds_at_view(position, low, from, high, to))
			return 1;
	}
	return (int)at;
}
