/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading static marks. A note's descriptor:
 *
 *     +------------+-------------------+----------------+------------+--------+--------+
 *     | u64 address| u64 link-time     | u64 semaphore  | provider\0 | name\0 | args\0 |
 *     | of the mark| .stapsdt.base     | address or 0   |            |        |        |
 *     +------------+-------------------+----------------+------------+--------+--------+
 *
 * Prelinking moves .stapsdt.base; addresses are moved by as much.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/debuginfo/usdt.h"

static bool next_text(const char **at, const char *end, const char **text)
{
	const char *nul = *at < end ? memchr(*at, 0, (size_t)(end - *at)) : NULL;

	if (!nul)
		return false;
	*text = *at;
	*at = nul + 1;
	return true;
}

static bool read_note(struct dso *dso, const char *desc, size_t size, uint64_t base,
		      struct usdt_note *note)
{
	const char *at = desc + 24, *end = desc + size;
	uint64_t address[3];

	if (size < 27)
		return false;
	memcpy(address, desc, sizeof(address));
	if (!next_text(&at, end, &note->provider) || !next_text(&at, end, &note->name))
		return false;
	if (!next_text(&at, end, &note->args))
		note->args = "";
	note->address = address[0] + (base ? base - address[1] : 0);
	note->semaphore_offset = 0;
	return !address[2] ||
	       dso_data_offset(dso, address[2] + (base ? base - address[1] : 0),
			       &note->semaphore_offset);
}

void usdt_read(struct dso *dso, struct usdt_vec *out)
{
	GElf_Shdr shdr;
	uint64_t base = elf_section_data(dso->elf, ".stapsdt.base", &shdr) ? shdr.sh_addr : 0;
	Elf_Data *data = elf_section_data(dso->elf, ".note.stapsdt", &shdr);
	size_t offset = 0, name, desc;
	GElf_Nhdr nhdr;

	while (data && (offset = gelf_getnote(data, offset, &nhdr, &name, &desc)) > 0) {
		const char *bytes = data->d_buf;
		struct usdt_note note;

		if (nhdr.n_type != 3 || nhdr.n_namesz != 8 || memcmp(bytes + name, "stapsdt", 8))
			continue;
		if (read_note(dso, bytes + desc, nhdr.n_descsz, base, &note))
			VEC_PUSH(dso->debuginfo->arena, out, note);
	}
}

/* ---- arguments ---------------------------------------------------------------------------- */

struct named_register {
	int number; /* DWARF */
	unsigned size, shift;
};

/* "rax", "eax", "ax", "al", "ah", "r8d" ...: false when it is none of the general registers. */
static bool find_register(const char *name, size_t length, struct named_register *found)
{
	static const char *const legacy[] = { "ax", "dx", "cx", "bx", "si", "di", "bp", "sp" };
	char text[8];

	if (length < 2 || length >= sizeof(text))
		return false;
	memcpy(text, name, length);
	text[length] = 0;
	*found = (struct named_register){ .size = 8 };
	for (int i = 0; i < 8; i++) {
		const char *two = legacy[i];

		found->number = i;
		if ((text[0] == 'r' || text[0] == 'e') && !strcmp(text + 1, two)) {
			found->size = text[0] == 'r' ? 8 : 4;
			return true;
		}
		found->size = 2;
		if (!strcmp(text, two))
			return true;
		found->size = 1;
		if (i < 4 && text[0] == two[0] && (text[1] == 'l' || text[1] == 'h') && !text[2]) {
			found->shift = text[1] == 'h' ? 8 : 0;
			return true;
		}
		if (i >= 4 && !strncmp(text, two, 2) && text[2] == 'l' && !text[3])
			return true;
	}
	if (text[0] == 'r' && isdigit((unsigned char)text[1])) {
		char *end;
		long number = strtol(text + 1, &end, 10);

		found->number = (int)number;
		found->size = !*end ? 8 : !strcmp(end, "d") ? 4 : !strcmp(end, "w") ? 2 :
			      !strcmp(end, "b") ? 1 : 0;
		return found->size && number >= 8 && number <= 15;
	}
	return false;
}

static size_t name_length(const char *at)
{
	size_t n = 0;

	while (isalnum((unsigned char)at[n]) || strchr("_.$@", at[n] ? at[n] : ' '))
		n++;
	return n;
}

/* %reg: moves *at behind it. */
static bool read_register(const char **at, struct named_register *found)
{
	size_t length;

	if (**at != '%')
		return false;
	length = name_length(*at + 1);
	if (!find_register(*at + 1, length, found))
		return false;
	*at += 1 + length;
	return true;
}

static bool read_scale(const char **at, struct usdt_argument *arg)
{
	char *end;

	if (**at != ',')
		return true;
	arg->scale = (unsigned)strtoul(*at + 1, &end, 10);
	*at = end;
	return arg->scale == 1 || arg->scale == 2 || arg->scale == 4 || arg->scale == 8;
}

/* "(base)", "(base,index)", "(base,index,scale)", "(,index,scale)". */
static bool read_base(const char **at, struct usdt_argument *arg)
{
	struct named_register reg;

	(*at)++;
	if (!strncmp(*at, "%rip)", 5)) {
		arg->base_is_ip = true;
		*at += 5;
		return true;
	}
	if (**at != ',') {
		if (!read_register(at, &reg) || reg.size != 8)
			return false;
		arg->base = reg.number;
	}
	if (**at == ',') {
		(*at)++;
		if (!read_register(at, &reg) || reg.size != 8)
			return false;
		arg->index = reg.number;
		if (!read_scale(at, arg))
			return false;
	}
	return *(*at)++ == ')';
}

/* Terms of a displacement: numbers and one symbol with + and - between. */
static bool read_displacement(struct arena *arena, const char **at, struct usdt_argument *arg)
{
	while (**at && **at != '(') {
		bool negative = **at == '-';
		char *end;

		if (**at == '+' || **at == '-')
			(*at)++;
		if (isdigit((unsigned char)**at)) {
			uint64_t value = strtoull(*at, &end, 0);

			arg->offset += negative ? -(int64_t)value : (int64_t)value;
			*at = end;
		} else {
			size_t length = name_length(*at);

			if (!length || negative || arg->symbol)
				return false;
			arg->symbol = arena_strndup(arena, *at, length);
			*at += length;
		}
	}
	return true;
}

static bool read_operand(struct arena *arena, const char *at, struct usdt_argument *arg)
{
	struct named_register reg;

	if (*at == '$') {
		char *end;

		arg->kind = USDT_CONST;
		arg->offset = at[1] == '-' ? strtoll(at + 1, &end, 0) :
					     (int64_t)strtoull(at + 1, &end, 0);
		return end != at + 1 && !*end;
	}
	if (*at == '%' && read_register(&at, &reg)) {
		arg->kind = USDT_REGISTER;
		arg->base = reg.number;
		arg->shift = reg.shift;
		if (!arg->size)
			arg->size = reg.size;
		return !*at;
	}
	arg->kind = USDT_MEMORY;
	if (!read_displacement(arena, &at, arg) || (*at == '(' && !read_base(&at, arg)))
		return false;
	return !*at;
}

/* "-4@%edi", "8f@...", or an operand without a size. */
static bool read_argument(struct arena *arena, const char *text, struct usdt_argument *arg)
{
	const char *at = strchr(text, '@');
	long size;
	char *end;

	*arg = (struct usdt_argument){ .base = -1, .index = -1, .scale = 1 };
	if (!at || !(isdigit((unsigned char)text[0]) || text[0] == '-')) {
		arg->size = text[0] == '%' ? 0 : 8;
		arg->is_signed = true;
		return read_operand(arena, text, arg);
	}
	size = strtol(text, &end, 10);
	arg->is_signed = size < 0;
	arg->size = (unsigned)labs(size);
	if (*end == 'f') {
		arg->is_float = true;
		end++;
	}
	if (end != at || (arg->size != 1 && arg->size != 2 && arg->size != 4 && arg->size != 8))
		return false;
	return read_operand(arena, at + 1, arg);
}

unsigned usdt_parse(struct arena *arena, const char *args, struct usdt_argument *out, unsigned max)
{
	unsigned n = 0;

	while (*args) {
		size_t length;

		args += strspn(args, " ");
		length = strcspn(args, " ");
		if (!length)
			break;
		if (n < max && !read_argument(arena, arena_strndup(arena, args, length), &out[n]))
			out[n].size = 0;
		n++;
		args += length;
	}
	return n < max ? n : max;
}
