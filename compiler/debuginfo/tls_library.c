/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Thread-local blocks of libraries, as glibc and musl keep them.
 *
 * glibc allocates a block when its thread first needs it, and only then a thread learns that a
 * library was unloaded and another has got its number. So what the thread's vector says is compared
 * with the loader's list of modules. Where that is, glibc says in symbols for thread debuggers.
 * musl makes all blocks when it loads a library, and never unloads one.
 */
#include <string.h>
#include <unistd.h>

#include "compiler/debuginfo/load_base.h"
#include "compiler/debuginfo/tls_library.h"

/* ---- which library --------------------------------------------------------------------------- */

static const struct {
	const char *name;
	bool is_musl;
} libraries[] = {
	{"libc.so.6", false},
	{"ld-linux-x86-64.so.2", false},
	{"libc.so", true},
	{"libc.musl-x86_64.so.1", true},
};

/* False: another, or not told. */
static bool find_library(const struct dso *dso, bool *is_musl)
{
	GElf_Shdr shdr;
	Elf_Data *data = elf_section_data(dso->elf, ".dynamic", &shdr);
	GElf_Dyn dyn;

	for (int i = 0; data && i < 1024 && gelf_getdyn(data, i, &dyn); i++) {
		const char *name = dyn.d_tag == DT_NEEDED ?
					   elf_strptr(dso->elf, shdr.sh_link, dyn.d_un.d_val) : NULL;

		for (unsigned k = 0; name && k < sizeof(libraries) / sizeof(*libraries); k++) {
			*is_musl = libraries[k].is_musl;
			if (!strcmp(name, libraries[k].name))
				return true;
		}
	}
	return false;
}

/* ---- calls ----------------------------------------------------------------------------------- */

static void add_argument(struct dwarf_position *position, struct expr *call, struct expr *argument)
{
	VEC_PUSH(position->file->dso->debuginfo->arena, &call->call.args, argument);
}

static struct expr *call_for_block(struct dwarf_position *position, const char *name,
				   const struct access *module)
{
	struct arena *arena = position->file->dso->debuginfo->arena;
	struct expr *call = expr_new(arena, EXPR_CALL, position->range);
	struct access thread = { .exprs = { .n = 0 } };

	call->call.name = name;
	call->call.name_range = position->range;
	access_push(arena, &thread, ACCESS_THREAD_POINTER, 0, 8, false);
	add_argument(position, call, access_expr(arena, module, position->range));
	add_argument(position, call, access_expr(arena, &thread, position->range));
	return call;
}

/* ---- glibc ----------------------------------------------------------------------------------- */

static struct dso *open_beside(struct debuginfo *debuginfo, const char *root, size_t length,
			       const char *path)
{
	const char *error, *whole = arena_printf(debuginfo->arena, "%.*s%s", (int)length, root, path);

	return access(whole, R_OK) ? NULL : debuginfo_open(debuginfo, whole, &error);
}

/* Of the root directory that the library is in: the nearest above it that has such files. */
static bool open_glibc(const struct dso *dso, struct dso **loader, struct dso **library)
{
	static const char *const directories[] = {"/lib/x86_64-linux-gnu", "/lib64"};
	struct debuginfo *debuginfo = dso->debuginfo;
	size_t length = strlen(dso->path);

	while (length--) {
		if (dso->path[length] != '/')
			continue;
		for (unsigned i = 0; i < sizeof(directories) / sizeof(*directories); i++) {
			const char *in = directories[i];

			*loader = open_beside(debuginfo, dso->path, length,
					      arena_printf(debuginfo->arena, "%s/ld-linux-x86-64.so.2", in));
			*library = open_beside(debuginfo, dso->path, length,
					       arena_printf(debuginfo->arena, "%s/libc.so.6", in));
			if (*loader && *library)
				return true;
		}
	}
	return false;
}

/* Where the loader has the address of its list of modules. */
static bool find_list(struct dso *loader, struct dso *library, uint64_t *address)
{
	const struct dso_symbol *global = dso_find_symbol(loader, "_rtld_global");
	const struct dso_symbol *member =
		dso_find_symbol(library, "_thread_db_rtld_global__dl_tls_dtv_slotinfo_list");
	uint32_t description[3]; /* bits, elements, offset: <thread_db.h>'s way */

	if (!global || !member ||
	    dso_read(library, member->address, description, sizeof(description)) !=
		    sizeof(description) || description[0] != 64)
		return false;
	*address = global->address + description[2];
	return true;
}

static const char *glibc_block(struct dwarf_position *position, const struct access *module,
			       struct expr **block)
{
	struct dso *loader, *library;
	struct expr *base;
	uint64_t list;

	if (!open_glibc(position->file->dso, &loader, &library) || !find_list(loader, library, &list))
		return "it is thread-local in a library whose C library is not there to ask";
	base = load_base_call(loader, position->range);
	if (!base)
		return "it is thread-local, and where the loader is can not be told";
	*block = call_for_block(position, "__thread_block_glibc", module);
	add_argument(position, *block, base);
	add_argument(position, *block, expr_number(position->file->dso->debuginfo->arena,
						   (int64_t)list, position->range));
	return NULL;
}

const char *tls_library_block(struct dwarf_position *position, const struct access *module,
			      struct expr **block)
{
	bool is_musl;

	if (!find_library(position->file->dso, &is_musl))
		return "it is thread-local in a library that does not say for which C library it is";
	if (!is_musl)
		return glibc_block(position, module, block);
	*block = call_for_block(position, "__thread_block_musl", module);
	return NULL;
}
