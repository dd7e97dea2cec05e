/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading BTF. Sizes of records are checked once, in the pass that indexes the types; everything
 * after relies on it.
 */
#include "compiler/debuginfo/btf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct btf_file {
	const struct btf_file *base;
	void *data;
	size_t size;
	bool mapped;
	const char *types;
	uint32_t types_length;
	const char *strings;
	uint32_t strings_length;
	uint32_t first_id;     /* of the first type here */
	uint32_t n_types;
	uint32_t first_string; /* offset of the first name here */
	uint32_t *offsets;     /* of each type in types[] */
};

/* ---- the file ----------------------------------------------------------------------------- */

/* sysfs tells the size, and newer kernels can map the file; older ones are read. */
static bool read_whole(struct btf_file *file, int fd)
{
	struct stat st;
	size_t done = 0;

	if (fstat(fd, &st) || st.st_size <= 0)
		return false;
	file->size = (size_t)st.st_size;
	file->data = mmap(NULL, file->size, PROT_READ, MAP_PRIVATE, fd, 0);
	file->mapped = file->data != MAP_FAILED;
	if (file->mapped)
		return true;
	file->data = malloc(file->size);
	while (file->data && done < file->size) {
		ssize_t n = read(fd, (char *)file->data + done, file->size - done);

		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return file->data != NULL;
}

static bool read_header(struct btf_file *file)
{
	const struct btf_header *header = file->data;
	uint64_t start;

	if (file->size < sizeof(*header) || header->magic != BTF_MAGIC ||
	    header->hdr_len < sizeof(*header))
		return false;
	start = header->hdr_len;
	if (start + header->type_off + header->type_len > file->size ||
	    start + header->str_off + header->str_len > file->size || !header->str_len ||
	    header->type_off % 4 || start % 4)
		return false;
	file->types = (const char *)file->data + start + header->type_off;
	file->types_length = header->type_len;
	file->strings = (const char *)file->data + start + header->str_off;
	file->strings_length = header->str_len;
	return file->strings[file->strings_length - 1] == '\0';
}

/* Bytes of a type's record, 0 for a kind that is not known. */
static size_t record_size(const struct btf_type *type)
{
	unsigned vlen = BTF_INFO_VLEN(type->info);

	switch (BTF_INFO_KIND(type->info)) {
	case BTF_KIND_INT:
		return sizeof(*type) + sizeof(uint32_t);
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_FLOAT:
	case BTF_KIND_TYPE_TAG:
		return sizeof(*type);
	case BTF_KIND_ARRAY:
		return sizeof(*type) + sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return sizeof(*type) + vlen * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return sizeof(*type) + vlen * sizeof(struct btf_enum);
	case BTF_KIND_ENUM64:
		return sizeof(*type) + vlen * 3 * sizeof(uint32_t);
	case BTF_KIND_FUNC_PROTO:
		return sizeof(*type) + vlen * sizeof(struct btf_param);
	case BTF_KIND_VAR:
		return sizeof(*type) + sizeof(struct btf_var);
	case BTF_KIND_DATASEC:
		return sizeof(*type) + vlen * sizeof(struct btf_var_secinfo);
	case BTF_KIND_DECL_TAG:
		return sizeof(*type) + sizeof(struct btf_decl_tag);
	default:
		return 0;
	}
}

static bool index_types(struct btf_file *file)
{
	uint32_t at = 0, capacity = file->types_length / 24 + 64;

	file->offsets = malloc(capacity * sizeof(*file->offsets));
	while (file->offsets && at + sizeof(struct btf_type) <= file->types_length) {
		size_t size = record_size((const struct btf_type *)(file->types + at));

		if (!size || size > file->types_length - at)
			return false;
		if (file->n_types == capacity) {
			uint32_t *more;

			capacity *= 2;
			more = realloc(file->offsets, capacity * sizeof(*file->offsets));
			if (!more)
				return false;
			file->offsets = more;
		}
		file->offsets[file->n_types++] = at;
		at += (uint32_t)size;
	}
	return file->offsets && at == file->types_length;
}

struct btf_file *btf_file_open(const char *path, const struct btf_file *base, const char **error)
{
	struct btf_file *file = calloc(1, sizeof(*file));
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	*error = NULL;
	if (fd < 0 || !file) {
		*error = strerror(errno);
		goto out;
	}
	file->base = base;
	file->first_id = base ? base->first_id + base->n_types : 1;
	file->first_string = base ? base->first_string + base->strings_length : 0;
	if (!read_whole(file, fd))
		*error = "it can not be read";
	else if (!read_header(file) || !index_types(file))
		*error = "it is not valid BTF";
out:
	if (fd >= 0)
		close(fd);
	if (*error) {
		btf_file_close(file);
		file = NULL;
	}
	return file;
}

void btf_file_close(struct btf_file *file)
{
	if (!file)
		return;
	if (file->mapped)
		munmap(file->data, file->size);
	else
		free(file->data);
	free(file->offsets);
	free(file);
}

/* ---- types and names ------------------------------------------------------------------------ */

uint32_t btf_file_first(const struct btf_file *file)
{
	return file->first_id;
}

uint32_t btf_file_end(const struct btf_file *file)
{
	return file->first_id + file->n_types;
}

const struct btf_type *btf_file_type(const struct btf_file *file, uint32_t id)
{
	while (file && id < file->first_id)
		file = file->base;
	if (!file || id - file->first_id >= file->n_types)
		return NULL;
	return (const struct btf_type *)(file->types + file->offsets[id - file->first_id]);
}

const char *btf_file_name(const struct btf_file *file, uint32_t offset)
{
	while (file && offset < file->first_string)
		file = file->base;
	if (!file || offset - file->first_string >= file->strings_length)
		return "";
	return file->strings + (offset - file->first_string);
}

/* Offset of a whole name in the string table, which holds each name once; 0: not there. */
static uint32_t string_offset(const struct btf_file *file, const char *name)
{
	size_t length = strlen(name) + 1;
	const char *at = file->strings, *end = file->strings + file->strings_length;

	while ((at = memmem(at, (size_t)(end - at), name, length))) {
		if (at > file->strings && !at[-1])
			return file->first_string + (uint32_t)(at - file->strings);
		at++;
	}
	return 0;
}

uint32_t btf_file_find(const struct btf_file *file, const char *name, unsigned kind)
{
	uint32_t own = string_offset(file, name);
	uint32_t inherited = file->base ? string_offset(file->base, name) : 0;

	if (!*name || (!own && !inherited))
		return 0;
	for (uint32_t i = 0; i < file->n_types; i++) {
		const struct btf_type *type =
			(const struct btf_type *)(file->types + file->offsets[i]);

		if ((type->name_off == own || type->name_off == inherited) && type->name_off &&
		    BTF_INFO_KIND(type->info) == kind)
			return file->first_id + i;
	}
	return 0;
}

uint32_t btf_file_find_any(const struct btf_file *file, const char *name, unsigned kind)
{
	uint32_t id = btf_file_find(file, name, kind);

	return id || !file->base ? id : btf_file_find_any(file->base, name, kind);
}

const struct btf_type *btf_file_skip(const struct btf_file *file, uint32_t *id)
{
	for (unsigned depth = 0; depth < 64; depth++) {
		const struct btf_type *type = btf_file_type(file, *id);

		if (!type)
			return NULL;
		switch (BTF_INFO_KIND(type->info)) {
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_CONST:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_RESTRICT:
		case BTF_KIND_TYPE_TAG:
			*id = type->type;
			break;
		default:
			return type;
		}
	}
	return NULL;
}

/* ---- spelling -------------------------------------------------------------------------------- */

static const char *spell(const struct btf_file *file, struct arena *arena, uint32_t id,
			 unsigned depth)
{
	const struct btf_type *type = btf_file_type(file, id);
	const char *name, *inner;
	const struct btf_array *array;

	if (!type || depth > 16)
		return "void";
	name = btf_file_name(file, type->name_off);
	switch (BTF_INFO_KIND(type->info)) {
	case BTF_KIND_STRUCT:
		return arena_printf(arena, "struct %s", *name ? name : "{...}");
	case BTF_KIND_UNION:
		return arena_printf(arena, "union %s", *name ? name : "{...}");
	case BTF_KIND_FWD:
		return arena_printf(arena, "%s %s", BTF_INFO_KFLAG(type->info) ? "union" : "struct",
				    name);
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return arena_printf(arena, "enum %s", *name ? name : "{...}");
	case BTF_KIND_PTR:
		inner = spell(file, arena, type->type, depth + 1);
		return arena_printf(arena, inner[strlen(inner) - 1] == '*' ? "%s*" : "%s *", inner);
	case BTF_KIND_CONST:
		inner = spell(file, arena, type->type, depth + 1);
		return arena_printf(arena, inner[strlen(inner) - 1] == '*' ? "%s const" : "const %s",
				    inner);
	case BTF_KIND_VOLATILE:
		return arena_printf(arena, "volatile %s", spell(file, arena, type->type, depth + 1));
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
		return spell(file, arena, type->type, depth + 1);
	case BTF_KIND_ARRAY:
		array = (const struct btf_array *)(type + 1);
		return arena_printf(arena, "%s[%u]", spell(file, arena, array->type, depth + 1),
				    array->nelems);
	case BTF_KIND_FUNC_PROTO:
		return arena_printf(arena, "%s ()", spell(file, arena, type->type, depth + 1));
	default:
		return *name ? name : "void";
	}
}

const char *btf_file_spell(const struct btf_file *file, struct arena *arena, uint32_t id)
{
	return spell(file, arena, id, 0);
}
