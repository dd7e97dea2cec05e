/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Symbol tables: .symtab, .dynsym, the MiniDebugInfo's, and names demangled.
 */
#include <fnmatch.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/debuginfo/demangle.h"
#include "compiler/debuginfo/dwarf.h"
#include "compiler/debuginfo/elf.h"
#include "compiler/debuginfo/golang.h"

/* ---- names -------------------------------------------------------------------------------- */

static bool clone_suffix(const char *dot, bool *fragment)
{
	static const char *const clones[] = { ".constprop.", ".isra.", ".lto_priv.", ".llvm.", NULL };
	static const char *const fragments[] = { ".cold", ".part.", NULL };

	for (unsigned i = 0; clones[i]; i++)
		if (!strncmp(dot, clones[i], strlen(clones[i])))
			return true;
	for (unsigned i = 0; fragments[i]; i++) {
		if (!strncmp(dot, fragments[i], strlen(fragments[i]))) {
			*fragment = true;
			return true;
		}
	}
	return false;
}

size_t symbol_base_length(const char *name, bool *fragment)
{
	size_t length = 0;

	*fragment = false;
	for (const char *dot = strchr(name, '.'); dot; dot = strchr(dot + 1, '.'))
		if (dot != name && clone_suffix(dot, fragment) && !length)
			length = (size_t)(dot - name);
	return length ? length : strlen(name);
}

const char *symbol_demangle(struct arena *arena, const char *name)
{
	char *text;
	const char *copy;

	if (strncmp(name, "_Z", 2) && strncmp(name, "_R", 2))
		return NULL;
	if (strlen(name) > 4096)
		return NULL;
	text = demangle_name(name);
	if (!text)
		return NULL;
	copy = arena_strdup(arena, text);
	free(text);
	return copy;
}

/* Copies `from` without what stands between < and >; "operator<" and its kin are kept. */
static void drop_templates(const char *from, char *to, size_t size)
{
	unsigned depth = 0;
	size_t n = 0;

	for (const char *at = from; *at && n + 10 < size; at++) {
		if (!depth && !strncmp(at, "operator", 8) && strspn(at + 8, "<>=-")) {
			size_t length = 8 + strspn(at + 8, "<>=-");

			if (length > 11)
				length = 11;
			memcpy(to + n, at, length);
			n += length;
			at += length - 1;
		} else if (*at == '<') {
			depth++;
		} else if (*at == '>' && depth) {
			depth--;
		} else if (!depth) {
			to[n++] = *at;
		}
	}
	to[n] = 0;
}

/* The next component of a qualified name, behind "::" that no brackets enclose; NULL: none. */
static const char *next_component(const char *name)
{
	unsigned depth = 0;

	for (const char *at = name; *at; at++) {
		if (*at == '<' || *at == '(')
			depth++;
		else if ((*at == '>' || *at == ')') && depth)
			depth--;
		else if (!depth && at[0] == ':' && at[1] == ':')
			return at + 2;
	}
	return NULL;
}

static const char *last_component(const char *name)
{
	for (const char *next; (next = next_component(name)); name = next)
		;
	return name;
}

static bool glob_or_equal(const char *name, const char *pattern)
{
	if (!strcmp(name, pattern))
		return true;
	return strpbrk(pattern, "*?[") && !fnmatch(pattern, name, 0);
}

/* "ns::C::f" is also a "C::f" and an "f". */
static bool any_tail_matches(const char *name, const char *pattern)
{
	for (; name; name = next_component(name))
		if (glob_or_equal(name, pattern))
			return true;
	return false;
}

bool name_matches(const char *qualified, const char *pattern)
{
	char bare[1024];

	if (any_tail_matches(qualified, pattern))
		return true;
	if (!strchr(qualified, '<'))
		return false;
	drop_templates(qualified, bare, sizeof(bare));
	return any_tail_matches(bare, pattern);
}

const char *symbol_plain(struct dso *dso, struct dso_symbol *symbol)
{
	if (!symbol->plain) {
		symbol->plain = symbol_demangle(dso->debuginfo->arena, symbol->name);
		if (!symbol->plain)
			symbol->plain = symbol->name;
	}
	return symbol->plain;
}

/* A mangled name spells the identifiers of the last component out; this spares demangling. */
static bool may_match(const char *mangled, const char *pattern)
{
	const char *last = last_component(pattern);
	size_t length = strspn(last, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	if (!length || strstr(pattern, "operator") || last[length] == '?' || last[length] == '[')
		return true;
	return memmem(mangled, strlen(mangled), last, length) != NULL;
}

static bool clone_matches(const char *symbol, const char *pattern)
{
	bool fragment;
	size_t base = symbol_base_length(symbol, &fragment);
	char name[256];

	if (!symbol[base] || base >= sizeof(name))
		return false;
	memcpy(name, symbol, base);
	name[base] = 0;
	return glob_or_equal(name, pattern);
}

/* "f.cold" is jumped to, not called: it is meant only by those who write that. */
static bool is_cold(const struct dso_symbol *symbol, const char *pattern)
{
	return symbol->fragment && strstr(symbol->name, ".cold") && !strstr(pattern, ".cold");
}

bool symbol_matches(struct dso *dso, struct dso_symbol *symbol, const char *pattern)
{
	bool mangled = symbol->name[0] == '_' && (symbol->name[1] == 'Z' || symbol->name[1] == 'R');

	if (is_cold(symbol, pattern))
		return false;
	if (glob_or_equal(symbol->name, pattern))
		return true;
	if (symbol->fragment)
		return false;
	if (!mangled)
		return clone_matches(symbol->name, pattern);
	return may_match(symbol->name, pattern) && name_matches(symbol_plain(dso, symbol), pattern);
}

/* ---- tables ------------------------------------------------------------------------------- */

struct table {
	struct dso *dso;
	Elf *elf;
	Elf_Data *data, *versions, *version_names;
	size_t count, strings, version_strings, version_count;
	bool dynamic;
};

static const char *version_name(const struct table *table, size_t index, bool *old)
{
	GElf_Versym wanted;
	size_t offset = 0;

	if (!table->versions || !table->version_names ||
	    !gelf_getversym(table->versions, (int)index, &wanted))
		return NULL;
	*old = wanted & 0x8000;
	for (size_t i = 0; i < table->version_count; i++) {
		GElf_Verdef def;
		GElf_Verdaux aux;

		if (!gelf_getverdef(table->version_names, (int)offset, &def))
			return NULL;
		if (def.vd_ndx == (wanted & 0x7fff) && !(def.vd_flags & VER_FLG_BASE) &&
		    gelf_getverdaux(table->version_names, (int)(offset + def.vd_aux), &aux))
			return elf_strptr(table->elf, table->version_strings, aux.vda_name);
		if (!def.vd_next)
			return NULL;
		offset += def.vd_next;
	}
	return NULL;
}

static bool symbol_kind(const struct dso *dso, const GElf_Sym *sym, enum dso_symbol_kind *kind)
{
	uint64_t offset;

	switch (GELF_ST_TYPE(sym->st_info)) {
	case STT_FUNC:
		*kind = DSO_FUNCTION;
		return dso_code_offset(dso, sym->st_value, &offset);
	case STT_GNU_IFUNC:
		*kind = DSO_IFUNC;
		return dso_code_offset(dso, sym->st_value, &offset);
	case STT_NOTYPE:
		*kind = DSO_FUNCTION;
		return GELF_ST_BIND(sym->st_info) == STB_GLOBAL &&
		       dso_code_offset(dso, sym->st_value, &offset);
	case STT_OBJECT:
		*kind = DSO_OBJECT;
		return true;
	case STT_TLS:
		*kind = DSO_TLS;
		return true;
	default:
		return false;
	}
}

static void add_symbol(const struct table *table, size_t index)
{
	struct arena *arena = table->dso->debuginfo->arena;
	struct dso_symbol symbol = { .exported = table->dynamic };
	const char *text, *version;
	GElf_Sym sym;

	if (!gelf_getsym(table->data, (int)index, &sym) || sym.st_shndx == SHN_UNDEF ||
	    sym.st_shndx == SHN_ABS || !symbol_kind(table->dso, &sym, &symbol.kind))
		return;
	text = elf_strptr(table->elf, table->strings, sym.st_name);
	if (!text || !*text)
		return;
	version = strchr(text, '@');
	symbol.name = version && version != text ?
			      arena_strndup(arena, text, (size_t)(version - text)) : text;
	symbol.version = table->dynamic ? version_name(table, index, &symbol.old) : NULL;
	symbol.address = sym.st_value;
	symbol.size = sym.st_size;
	symbol.global = GELF_ST_BIND(sym.st_info) != STB_LOCAL;
	if (symbol.kind == DSO_FUNCTION || symbol.kind == DSO_IFUNC)
		symbol_base_length(symbol.name, &symbol.fragment);
	VEC_PUSH(arena, &table->dso->symbols, symbol);
}

static void find_versions(struct table *table)
{
	GElf_Shdr shdr;

	table->versions = elf_section_data(table->elf, ".gnu.version", &shdr);
	table->version_names = elf_section_data(table->elf, ".gnu.version_d", &shdr);
	if (!table->version_names)
		return;
	table->version_strings = shdr.sh_link;
	table->version_count = shdr.sh_info < 100000 ? shdr.sh_info : 0;
}

/* The names stay where libelf has them: `elf` must stay open as long as the dso. */
static void read_table(struct dso *dso, Elf *elf, const char *name)
{
	struct table table = { .dso = dso, .elf = elf };
	GElf_Shdr shdr;

	table.data = elf_section_data(elf, name, &shdr);
	if (!table.data || (shdr.sh_type != SHT_SYMTAB && shdr.sh_type != SHT_DYNSYM))
		return;
	table.dynamic = shdr.sh_type == SHT_DYNSYM;
	table.strings = shdr.sh_link;
	table.count = table.data->d_size / sizeof(Elf64_Sym);
	if (table.dynamic)
		find_versions(&table);
	for (size_t i = 1; i < table.count && i < INT32_MAX; i++)
		add_symbol(&table, i);
}

bool symbol_has_version(const struct dso_symbol *symbol, const char *version)
{
	bool current = *version == '@';

	return symbol->version && !(current && symbol->old) &&
	       !strcmp(symbol->version, version + current);
}

/* ---- MiniDebugInfo ------------------------------------------------------------------------ */

enum { MINI_LIMIT = 256 << 20 };

/* The xz stream decompressed into the arena; NULL when it is broken or very large. */
static char *unpack(struct arena *arena, const Elf_Data *packed, size_t *size)
{
	lzma_stream stream = LZMA_STREAM_INIT;
	size_t capacity = packed->d_size * 8 + 65536;
	char *out = NULL;
	lzma_ret ret = LZMA_OK;

	if (lzma_stream_decoder(&stream, MINI_LIMIT, 0) != LZMA_OK)
		return NULL;
	stream.next_in = packed->d_buf;
	stream.avail_in = packed->d_size;
	while (ret == LZMA_OK && capacity < MINI_LIMIT) {
		char *grown = realloc(out, capacity);

		if (!grown)
			break;
		out = grown;
		stream.next_out = (uint8_t *)out + stream.total_out;
		stream.avail_out = capacity - stream.total_out;
		ret = lzma_code(&stream, LZMA_FINISH);
		capacity *= 2;
	}
	*size = stream.total_out;
	lzma_end(&stream);
	if (ret == LZMA_STREAM_END) {
		char *copy = arena_alloc(arena, *size + 1);

		memcpy(copy, out, *size);
		free(out);
		return copy;
	}
	free(out);
	return NULL;
}

static void read_mini(struct dso *dso)
{
	GElf_Shdr shdr;
	Elf_Data *packed = elf_section_data(dso->elf, ".gnu_debugdata", &shdr);
	size_t size;
	char *image;

	if (!packed || !packed->d_buf)
		return;
	image = unpack(dso->debuginfo->arena, packed, &size);
	if (!image)
		return;
	dso->mini = elf_memory(image, size);
	if (dso->mini)
		read_table(dso, dso->mini, ".symtab");
}

/* ---- Go ----------------------------------------------------------------------------------- */

static bool has_symbol_at(const struct dso *dso, unsigned n, uint64_t address)
{
	unsigned low = 0, high = n;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;

		if (dso->symbols.v[middle].address < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && dso->symbols.v[low].address == address;
}

/* What `strip` and `go build -ldflags -s` have left: the table that the program itself uses. */
static void read_golang(struct dso *dso)
{
	unsigned n = dso->symbols.n, all = golang_count(dso);

	for (unsigned i = 0; i < all; i++) {
		struct golang_function function;
		struct dso_symbol symbol = {.kind = DSO_FUNCTION, .global = true};
		uint64_t offset;

		if (!golang_function_number(dso, i, &function) ||
		    has_symbol_at(dso, n, function.entry) ||
		    !dso_code_offset(dso, function.entry, &offset))
			continue;
		symbol.name = function.name;
		symbol.address = function.entry;
		symbol.size = function.end - function.entry;
		VEC_PUSH(dso->debuginfo->arena, &dso->symbols, symbol);
	}
}

/* ---- the whole ---------------------------------------------------------------------------- */

/* The name that people call it by: "free", not "cfree" or "__libc_free". */
static int compare_names(const char *a, const char *b)
{
	size_t a_bars = strspn(a, "_"), b_bars = strspn(b, "_");
	size_t a_length = strlen(a), b_length = strlen(b);

	if (a_bars != b_bars)
		return a_bars < b_bars ? -1 : 1;
	if (a_length != b_length)
		return a_length < b_length ? -1 : 1;
	return strcmp(a, b);
}

static int compare_symbols(const void *left, const void *right)
{
	const struct dso_symbol *a = left, *b = right;

	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	if (a->exported != b->exported)
		return a->exported ? -1 : 1;
	if (a->global != b->global)
		return a->global ? -1 : 1;
	return compare_names(a->name, b->name);
}

/* Drops what both tables have. The exported one is first. */
static void drop_doubles(struct dso *dso)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < dso->symbols.n; i++) {
		const struct dso_symbol *symbol = &dso->symbols.v[i];
		bool seen = false;

		for (unsigned k = kept; k-- > 0 && dso->symbols.v[k].address == symbol->address;)
			seen |= !strcmp(dso->symbols.v[k].name, symbol->name) &&
				dso->symbols.v[k].kind == symbol->kind;
		if (!seen)
			dso->symbols.v[kept++] = *symbol;
	}
	dso->symbols.n = kept;
}

static void sort_symbols(struct dso *dso)
{
	if (dso->symbols.n)
		qsort(dso->symbols.v, dso->symbols.n, sizeof(*dso->symbols.v), compare_symbols);
}

void dso_read_symbols(struct dso *dso)
{
	Elf *debug;

	if (dso->symbols_read)
		return;
	dso->symbols_read = true;
	read_table(dso, dso->elf, ".dynsym");
	read_table(dso, dso->elf, ".symtab");
	debug = dwarf_file_symbols(dso);
	if (debug && debug != dso->elf)
		read_table(dso, debug, ".symtab");
	read_mini(dso);
	sort_symbols(dso);
	if (golang_is(dso)) {
		read_golang(dso);
		sort_symbols(dso);
	}
	drop_doubles(dso);
}

const struct dso_symbol *dso_symbol_at(struct dso *dso, uint64_t address)
{
	const struct dso_symbol *best = NULL;
	unsigned low = 0, high;

	dso_read_symbols(dso);
	for (high = dso->symbols.n; low < high;) {
		unsigned middle = low + (high - low) / 2;

		if (dso->symbols.v[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	for (unsigned i = low, tries = 0; i-- > 0 && tries < 64; tries++) {
		const struct dso_symbol *symbol = &dso->symbols.v[i];

		if (symbol->kind != DSO_FUNCTION && symbol->kind != DSO_IFUNC)
			continue;
		if (best && symbol->address != best->address)
			break;
		if (address == symbol->address || address - symbol->address < symbol->size)
			best = symbol;
	}
	return best;
}

const struct dso_symbol *dso_find_symbol(struct dso *dso, const char *name)
{
	const struct dso_symbol *found = NULL;

	dso_read_symbols(dso);
	for (unsigned i = 0; i < dso->symbols.n; i++) {
		const struct dso_symbol *symbol = &dso->symbols.v[i];

		if (strcmp(symbol->name, name))
			continue;
		if (!found || (symbol->exported && !found->exported) ||
		    (symbol->global && !found->global))
			found = symbol;
	}
	return found;
}
