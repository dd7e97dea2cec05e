/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unpacking debug sections. Users of libelf may let a section's data point to memory of their own:
 * libdw, which would unpack it, then finds it unpacked.
 */
#include <gelf.h>
#include <libdeflate.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <zstd.h>

#include "compiler/debuginfo/unpack.h"

enum {
	MAX_PACKED = 32,
	ALIGNMENT = 64,
	HUGE_PAGE = 2 << 20,
	WORTH_A_THREAD = 1 << 20,
	ZSTD = 2,          /* ELFCOMPRESS_ZSTD, which older headers lack */
	MOST_ZLIB = 1032,  /* times smaller than what was packed: no stream of deflate is better */
};

struct packed {
	Elf_Scn *scn;
	Elf64_Chdr chdr;
	const char *from;
	size_t from_size;
	char *to;
	bool done;
};

struct work {
	struct packed v[MAX_PACKED]; /* largest first */
	unsigned n;
	unsigned next; /* atomic */
};

/* ---- which sections ----------------------------------------------------------------------- */

static bool is_possible(const struct packed *packed)
{
	uint64_t size = packed->chdr.ch_size;

	if (!size || !packed->from_size)
		return false;
	if (packed->chdr.ch_type == ELFCOMPRESS_ZLIB)
		return size / MOST_ZLIB <= packed->from_size;
	return packed->chdr.ch_type == ZSTD &&
	       ZSTD_getFrameContentSize(packed->from, packed->from_size) == size;
}

static bool is_packed(Elf *elf, Elf_Scn *scn, size_t names, struct packed *packed)
{
	GElf_Shdr shdr;
	Elf_Data *data;
	const char *name;

	if (!gelf_getshdr(scn, &shdr) || !(shdr.sh_flags & SHF_COMPRESSED) ||
	    shdr.sh_type == SHT_NOBITS)
		return false;
	name = elf_strptr(elf, names, shdr.sh_name);
	data = name && !strncmp(name, ".debug_", 7) ? elf_rawdata(scn, NULL) : NULL;
	if (!data || !data->d_buf || data->d_size < sizeof(packed->chdr))
		return false;
	*packed = (struct packed){ .scn = scn };
	memcpy(&packed->chdr, data->d_buf, sizeof(packed->chdr));
	packed->from = (const char *)data->d_buf + sizeof(packed->chdr);
	packed->from_size = data->d_size - sizeof(packed->chdr);
	return is_possible(packed);
}

static int compare_sizes(const void *left, const void *right)
{
	const struct packed *a = left, *b = right;

	return a->chdr.ch_size > b->chdr.ch_size ? -1 : a->chdr.ch_size < b->chdr.ch_size;
}

static bool is_ours(Elf *elf)
{
	const char *ident = elf_getident(elf, NULL);

	return ident && ident[EI_CLASS] == ELFCLASS64 && ident[EI_DATA] == ELFDATA2LSB;
}

static void find_packed(Elf *elf, struct work *work)
{
	Elf_Scn *scn = NULL;
	size_t names;

	if (!is_ours(elf) || elf_getshdrstrndx(elf, &names))
		return;
	while (work->n < MAX_PACKED && (scn = elf_nextscn(elf, scn)))
		work->n += is_packed(elf, scn, names, &work->v[work->n]);
	qsort(work->v, work->n, sizeof(*work->v), compare_sizes);
}

/* ---- unpacking ---------------------------------------------------------------------------- */

/* Memory for all of them; in huge pages, where the kernel has them to give. */
static bool make_room(struct work *work, struct unpacked *unpacked)
{
	uint64_t size = 0;

	for (unsigned i = 0; i < work->n; i++) {
		if (work->v[i].chdr.ch_size > SIZE_MAX / 4 - size)
			return false;
		size += (work->v[i].chdr.ch_size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	}
	if (!size)
		return false;
	unpacked->memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
				0);
	if (unpacked->memory == MAP_FAILED) {
		unpacked->memory = NULL;
		return false;
	}
	unpacked->size = size;
	if (size >= HUGE_PAGE)
		madvise(unpacked->memory, size, MADV_HUGEPAGE);
	size = 0;
	for (unsigned i = 0; i < work->n; i++) {
		work->v[i].to = (char *)unpacked->memory + size;
		size += (work->v[i].chdr.ch_size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	}
	return true;
}

static bool unpack(struct libdeflate_decompressor *deflate, const struct packed *packed)
{
	size_t size = packed->chdr.ch_size;

	if (packed->chdr.ch_type == ZSTD)
		return ZSTD_decompress(packed->to, size, packed->from, packed->from_size) == size;
	return deflate && libdeflate_zlib_decompress(deflate, packed->from, packed->from_size,
						     packed->to, size, NULL) == LIBDEFLATE_SUCCESS;
}

static void *unpack_some(void *data)
{
	struct libdeflate_decompressor *deflate = libdeflate_alloc_decompressor();
	struct work *work = data;
	unsigned i;

	while ((i = __atomic_fetch_add(&work->next, 1, __ATOMIC_RELAXED)) < work->n)
		work->v[i].done = unpack(deflate, &work->v[i]);
	if (deflate)
		libdeflate_free_decompressor(deflate);
	return NULL;
}

static void unpack_all(struct work *work, size_t size)
{
	pthread_t thread;
	bool helped = work->n > 1 && size >= WORTH_A_THREAD &&
		      !pthread_create(&thread, NULL, unpack_some, work);

	unpack_some(work);
	if (helped)
		pthread_join(thread, NULL);
}

/* ---- the interface ------------------------------------------------------------------------ */

/* libelf makes a section's data of the raw data, which has to be the packed one until then. */
static void replace(struct packed *packed)
{
	Elf_Data *raw = elf_rawdata(packed->scn, NULL), *data;
	GElf_Shdr shdr;

	if (!gelf_getshdr(packed->scn, &shdr))
		return;
	shdr.sh_flags &= ~(GElf_Xword)SHF_COMPRESSED;
	shdr.sh_size = packed->chdr.ch_size;
	shdr.sh_addralign = packed->chdr.ch_addralign;
	if (!gelf_update_shdr(packed->scn, &shdr))
		return;
	data = elf_getdata(packed->scn, NULL);
	raw->d_buf = packed->to;
	raw->d_size = packed->chdr.ch_size;
	raw->d_align = packed->chdr.ch_addralign;
	if (data)
		*data = *raw;
}

void elf_unpack(Elf *elf, struct unpacked *unpacked)
{
	struct work work = { .n = 0 };

	find_packed(elf, &work);
	if (!work.n || !make_room(&work, unpacked))
		return;
	unpack_all(&work, unpacked->size);
	for (unsigned i = 0; i < work.n; i++)
		if (work.v[i].done)
			replace(&work.v[i]);
}

void elf_unpack_free(struct unpacked *unpacked)
{
	if (unpacked->memory)
		munmap(unpacked->memory, unpacked->size);
	unpacked->memory = NULL;
}
