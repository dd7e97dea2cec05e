/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A result is one file, named by a hash of its input:
 *
 *     +------------+----------+------------+-------------+------------+---------+----------+
 *     | "spile-1\n"| u32 crc  | u32 build  | u64 size    | u64 size   | input   | result   |
 *     | 8 bytes    | of what  | ID's size  | of input    | of result  |         |          |
 *     |            | follows  |            |             |            |         |          |
 *     +------------+----------+------------+-------------+------------+---------+----------+
 *
 * The input that is kept begins with the build ID of this program, so that another build of Spile
 * (another handler library, another LLVM) finds nothing. Files are written under another name and
 * renamed: a reader never sees half of one.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "compiler/codegen/store.h"

static const char magic[8] = "spile-1\n";

struct header {
	char magic[8];
	uint32_t crc, build_id_size;
	uint64_t input_size, result_size;
};

enum { LIMIT = 64 << 20, LARGEST = 16 << 20 };

/* ---- this build --------------------------------------------------------------------------- */

static int find_build_id(struct dl_phdr_info *info, size_t size, void *data)
{
	struct bytes *id = data;

	(void)size;
	for (unsigned i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *phdr = &info->dlpi_phdr[i];
		const char *at = (const char *)info->dlpi_addr + phdr->p_vaddr;
		const char *end = at + phdr->p_memsz;

		while (phdr->p_type == PT_NOTE && at + sizeof(ElfW(Nhdr)) < end) {
			const ElfW(Nhdr) *note = (const void *)at;
			const char *name = (const char *)(note + 1);
			const char *content = name + (note->n_namesz + 3) / 4 * 4;

			if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 &&
			    !memcmp(name, "GNU", 4))
				*id = (struct bytes){content, note->n_descsz};
			at = content + (note->n_descsz + 3) / 4 * 4;
		}
	}
	return 1; /* only the program itself, which comes first */
}

/* Without a build ID nothing is kept: builds could not be told apart. */
static struct bytes build_id(void)
{
	struct bytes id = {0};

	dl_iterate_phdr(find_build_id, &id);
	return id;
}

/* ---- files -------------------------------------------------------------------------------- */

/* FNV-1a: only the name of the file depends on it. */
static const char *name_of(const struct store *store, struct bytes id, struct bytes input)
{
	const struct bytes parts[] = {id, input};
	uint64_t hash = 0xcbf29ce484222325;

	for (unsigned i = 0; i < 2; i++)
		for (size_t at = 0; at < parts[i].size; at++)
			hash = (hash ^ ((const unsigned char *)parts[i].data)[at]) * 0x100000001b3;
	return arena_printf(store->arena, "%016llx", (unsigned long long)hash);
}

static uint32_t checksum(const void *data, size_t size)
{
	return (uint32_t)crc32(crc32(0, NULL, 0), data, (uInt)size);
}

static bool is_ours(int fd, mode_t kind)
{
	struct stat st;

	return !fstat(fd, &st) && (st.st_mode & S_IFMT) == kind && st.st_uid == geteuid() &&
	       !(st.st_mode & (S_IWGRP | S_IWOTH));
}

/* Makes the directory and those above it that are missing. */
static bool make_directory(const char *path, struct arena *arena)
{
	const char *slash = strrchr(path, '/');

	if (!mkdir(path, 0700) || errno == EEXIST)
		return true;
	if (errno != ENOENT || !slash || slash == path)
		return false;
	return make_directory(arena_strndup(arena, path, (size_t)(slash - path)), arena) &&
	       !mkdir(path, 0700);
}

/* -1: there is none that can be trusted. */
static int open_directory(const struct store *store)
{
	int fd = open(store->directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0 && !is_ours(fd, S_IFDIR)) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool read_all(int fd, char *to, size_t size)
{
	while (size) {
		ssize_t n = read(fd, to, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		to += n;
		size -= (size_t)n;
	}
	return true;
}

static bool write_all(int fd, const char *from, size_t size)
{
	while (size) {
		ssize_t n = write(fd, from, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		from += n;
		size -= (size_t)n;
	}
	return true;
}

/* ---- the least recently used ones --------------------------------------------------------- */

struct kept {
	char name[40];
	uint64_t size;
	struct timespec used;
};

static int compare_use(const void *left, const void *right)
{
	const struct kept *a = left, *b = right;

	if (a->used.tv_sec != b->used.tv_sec)
		return a->used.tv_sec < b->used.tv_sec ? -1 : 1;
	return a->used.tv_nsec < b->used.tv_nsec ? -1 : a->used.tv_nsec > b->used.tv_nsec;
}

struct kept_vec {
	VEC(struct kept);
};

static uint64_t read_kept(const struct store *store, int directory, struct kept_vec *files)
{
	int again = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = again < 0 ? NULL : fdopendir(again);
	struct dirent *entry;
	uint64_t all = 0;

	while (stream && (entry = readdir(stream))) {
		struct kept file;
		struct stat st;

		if (strlen(entry->d_name) >= sizeof(file.name) ||
		    fstatat(directory, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) ||
		    !S_ISREG(st.st_mode))
			continue;
		strcpy(file.name, entry->d_name);
		file.size = (uint64_t)st.st_size;
		file.used = st.st_mtim;
		all += file.size;
		VEC_PUSH(store->arena, files, file);
	}
	if (stream)
		closedir(stream);
	else if (again >= 0)
		close(again);
	return all;
}

/* Brings the store down to three quarters of its limit when it has grown beyond it. */
static void evict(const struct store *store, int directory)
{
	struct kept_vec files = {0};
	uint64_t all = read_kept(store, directory, &files);

	if (all <= store->limit)
		return;
	qsort(files.v, files.n, sizeof(*files.v), compare_use);
	for (unsigned i = 0; i < files.n && all > store->limit / 4 * 3; i++)
		if (!unlinkat(directory, files.v[i].name, 0))
			all -= files.v[i].size;
}

/* ---- the interface ------------------------------------------------------------------------ */

struct store *store_open(struct arena *arena, const char *directory)
{
	struct store *store;

	if (!directory || !*directory || !build_id().size)
		return NULL;
	store = ARENA_NEW(arena, struct store);
	*store = (struct store){arena, directory, LIMIT, false};
	return store;
}

/* What is behind the header, when all of it is as it was written. */
static const char *read_body(const struct store *store, int fd, const struct header *wanted,
			     struct header *header)
{
	struct stat st;
	char *body;
	size_t size;

	if (fstat(fd, &st) || st.st_size < (off_t)sizeof(*header) || st.st_size > LARGEST ||
	    !read_all(fd, (char *)header, sizeof(*header)))
		return NULL;
	size = (size_t)st.st_size - sizeof(*header);
	if (memcmp(header->magic, magic, sizeof(magic)) ||
	    header->build_id_size != wanted->build_id_size ||
	    header->input_size != wanted->input_size || header->result_size > LARGEST ||
	    size != header->build_id_size + header->input_size + header->result_size)
		return NULL;
	body = arena_alloc(store->arena, size + 1);
	return read_all(fd, body, size) && checksum(body, size) == header->crc ? body : NULL;
}

struct bytes store_get(const struct store *store, struct bytes input)
{
	struct bytes id = build_id(), result = {0};
	struct header wanted = {.build_id_size = (uint32_t)id.size, .input_size = input.size};
	struct header header;
	const char *body = NULL;
	int directory, fd;

	directory = store && !store->poisoned ? open_directory(store) : -1;
	if (directory < 0)
		return result;
	fd = openat(directory, name_of(store, id, input), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0 && is_ours(fd, S_IFREG))
		body = read_body(store, fd, &wanted, &header);
	if (body && !memcmp(body, id.data, id.size) &&
	    !memcmp(body + id.size, input.data, input.size)) {
		result = (struct bytes){body + id.size + input.size, header.result_size};
		futimens(fd, NULL); /* it is in use */
	}
	if (fd >= 0)
		close(fd);
	close(directory);
	return result;
}

static bool write_file(int directory, const char *name, const char *content, size_t size)
{
	int fd = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool good;

	if (fd < 0)
		return false;
	good = write_all(fd, content, size);
	return !close(fd) && good;
}

void store_put(const struct store *store, struct bytes input, struct bytes result)
{
	struct bytes id = build_id();
	struct header header = {.build_id_size = (uint32_t)id.size, .input_size = input.size,
				.result_size = result.size};
	size_t size = sizeof(header) + id.size + input.size + result.size;
	const char *name, *draft;
	char *content, *at;
	int directory;

	if (!store || size > LARGEST || !make_directory(store->directory, store->arena))
		return;
	directory = open_directory(store);
	if (directory < 0)
		return;
	content = arena_alloc(store->arena, size);
	at = mempcpy(content + sizeof(header), id.data, id.size);
	at = mempcpy(at, input.data, input.size);
	memcpy(at, result.data, result.size);
	memcpy(header.magic, magic, sizeof(magic));
	header.crc = checksum(content + sizeof(header), size - sizeof(header));
	memcpy(content, &header, sizeof(header));
	name = name_of(store, id, input);
	draft = arena_printf(store->arena, "%s.%d", name, getpid());
	if (!write_file(directory, draft, content, size) ||
	    renameat(directory, draft, directory, name))
		unlinkat(directory, draft, 0);
	evict(store, directory);
	close(directory);
}

unsigned store_clean(const struct store *store)
{
	struct kept_vec files = {0};
	int directory = store ? open_directory(store) : -1;
	unsigned n = 0;

	if (directory < 0)
		return 0;
	read_kept(store, directory, &files);
	for (unsigned i = 0; i < files.n; i++)
		n += !unlinkat(directory, files.v[i].name, 0);
	close(directory);
	return n;
}
