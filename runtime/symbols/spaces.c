/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runtime/symbols/spaces.h"

#include <ctype.h>
#include <dirent.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BUCKETS = 4096,
	MOST_DEAD = 16384, /* processes that are gone and remembered */
};

struct path {
	struct path *next;
	size_t length;
	char text[];
};

struct spaces {
	struct space *buckets[BUCKETS];
	struct path *paths[BUCKETS];
	struct space dead; /* the list's head */
	unsigned n_dead;
};

struct spaces *spaces_new(void)
{
	struct spaces *spaces = calloc(1, sizeof(*spaces));

	if (spaces)
		spaces->dead.left = spaces->dead.right = &spaces->dead;
	return spaces;
}

static void space_free(struct space *space)
{
	while (space) {
		struct space *older = space->older;

		free(space->mappings);
		free(space);
		space = older;
	}
}

void spaces_free(struct spaces *spaces)
{
	for (unsigned i = 0; spaces && i < BUCKETS; i++) {
		for (struct space *it = spaces->buckets[i], *next; it; it = next) {
			next = it->next;
			space_free(it);
		}
		for (struct path *it = spaces->paths[i], *next; it; it = next) {
			next = it->next;
			free(it);
		}
	}
	free(spaces);
}

const char *spaces_path(struct spaces *spaces, const char *text, size_t length)
{
	unsigned hash = 5381;
	struct path *path;

	for (size_t i = 0; i < length; i++)
		hash = hash * 33 + (unsigned char)text[i];
	for (path = spaces->paths[hash % BUCKETS]; path; path = path->next)
		if (path->length == length && !memcmp(path->text, text, length))
			return path->text;
	path = malloc(sizeof(*path) + length + 1);
	if (!path)
		return "";
	memcpy(path->text, text, length);
	path->text[length] = 0;
	path->length = length;
	path->next = spaces->paths[hash % BUCKETS];
	spaces->paths[hash % BUCKETS] = path;
	return path->text;
}

/* ---- processes ------------------------------------------------------------------------------- */

static struct space **bucket_of(struct spaces *spaces, int pid)
{
	return &spaces->buckets[(unsigned)pid % BUCKETS];
}

static struct space *find_space(struct spaces *spaces, int pid)
{
	struct space *space = *bucket_of(spaces, pid);

	while (space && space->pid != pid)
		space = space->next;
	return space;
}

static struct space *make_space(struct spaces *spaces, int pid)
{
	struct space *space = calloc(1, sizeof(*space)), **bucket = bucket_of(spaces, pid);

	if (!space)
		return NULL;
	space->pid = pid;
	space->next = *bucket;
	*bucket = space;
	return space;
}

static struct space *space_of(struct spaces *spaces, int pid)
{
	struct space *space = find_space(spaces, pid);

	return space ? space : make_space(spaces, pid);
}

static void unlink_space(struct spaces *spaces, struct space *space)
{
	struct space **at = bucket_of(spaces, space->pid);

	while (*at != space)
		at = &(*at)->next;
	*at = space->next;
}

static void leave_dead(struct spaces *spaces, struct space *space)
{
	space->left->right = space->right;
	space->right->left = space->left;
	space->dead = false;
	spaces->n_dead--;
}

/* Forgets who died first when there are too many. */
void spaces_exit(struct spaces *spaces, int pid)
{
	struct space *space = find_space(spaces, pid);

	if (!space || space->dead)
		return;
	space->dead = true;
	space->left = spaces->dead.left;
	space->right = &spaces->dead;
	space->left->right = space->right->left = space;
	if (++spaces->n_dead <= MOST_DEAD)
		return;
	space = spaces->dead.right;
	leave_dead(spaces, space);
	unlink_space(spaces, space);
	space_free(space);
}

/* The old space stays behind the new one, which takes its place. */
static struct space *renew(struct spaces *spaces, int pid)
{
	struct space *old = find_space(spaces, pid), *made;

	if (old && old->dead)
		leave_dead(spaces, old);
	if (old)
		unlink_space(spaces, old);
	made = make_space(spaces, pid);
	if (made)
		made->older = old;
	else
		space_free(old);
	return made;
}

void spaces_exec(struct spaces *spaces, int pid)
{
	renew(spaces, pid);
}

void spaces_fork(struct spaces *spaces, int parent, int child)
{
	struct space *from = find_space(spaces, parent), *to;

	if (parent == child)
		return;
	to = renew(spaces, child);
	if (!from || !to || !from->n)
		return;
	to->mappings = malloc(from->n * sizeof(*to->mappings));
	if (!to->mappings)
		return;
	memcpy(to->mappings, from->mappings, from->n * sizeof(*to->mappings));
	to->n = to->capacity = from->n;
}

/* ---- mappings -------------------------------------------------------------------------------- */

static void append(struct space *space, const struct mapping *mapping)
{
	if (space->n == space->capacity) {
		unsigned capacity = space->capacity ? 2 * space->capacity : 8;
		struct mapping *grown = realloc(space->mappings, capacity * sizeof(*grown));

		if (!grown)
			return;
		space->mappings = grown;
		space->capacity = capacity;
	}
	space->mappings[space->n++] = *mapping;
}

/* What is newly mapped takes the place of what was there. */
static void cut_out(struct space *space, uint64_t start, uint64_t end)
{
	unsigned n = space->n, kept = 0;
	struct mapping tail = {0};

	for (unsigned i = 0; i < n; i++) {
		struct mapping it = space->mappings[i];

		if (it.end <= start || it.start >= end) {
			space->mappings[kept++] = it;
			continue;
		}
		if (it.end > end) {
			tail = it;
			tail.offset += end - it.start;
			tail.start = end;
		}
		if (it.start < start) {
			it.end = start;
			space->mappings[kept++] = it;
		} else if (tail.end) {
			space->mappings[kept++] = tail;
			tail.end = 0;
		}
	}
	space->n = kept;
	if (tail.end)
		append(space, &tail);
}

void spaces_map(struct spaces *spaces, int pid, const struct mapping *mapping)
{
	struct space *space = space_of(spaces, pid);

	if (!space || mapping->end <= mapping->start)
		return;
	cut_out(space, mapping->start, mapping->end);
	append(space, mapping);
}

/* ---- /proc ----------------------------------------------------------------------------------- */

/* "start-end perms offset dev inode   path" */
static void read_line(struct spaces *spaces, int pid, char *line)
{
	struct mapping mapping = {0};
	char perms[5];
	int at = 0;

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %*s %" SCNu64 " %n",
		   &mapping.start, &mapping.end, perms, &mapping.offset, &mapping.inode, &at) < 5 ||
	    perms[2] != 'x')
		return;
	mapping.path = spaces_path(spaces, line + at, strcspn(line + at, "\n"));
	spaces_map(spaces, pid, &mapping);
}

void spaces_read(struct spaces *spaces, int pid)
{
	char path[64], *line = NULL;
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	file = fopen(path, "re");
	if (!file)
		return;
	while (getline(&line, &size, file) > 0)
		read_line(spaces, pid, line);
	free(line);
	fclose(file);
}

void spaces_read_all(struct spaces *spaces)
{
	DIR *proc = opendir("/proc");

	for (struct dirent *entry; proc && (entry = readdir(proc));)
		if (isdigit((unsigned char)*entry->d_name))
			spaces_read(spaces, atoi(entry->d_name));
	if (proc)
		closedir(proc);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static const struct mapping *find_in(const struct space *space, uint64_t address)
{
	for (unsigned i = space->n; i-- > 0;)
		if (address >= space->mappings[i].start && address < space->mappings[i].end)
			return &space->mappings[i];
	return NULL;
}

static struct space *program_of(struct spaces *spaces, int pid, uint64_t code)
{
	struct space *newest = find_space(spaces, pid), *it = newest;

	while (it && code && !find_in(it, code))
		it = it->older;
	return it ? it : newest;
}

const struct mapping *spaces_find(struct spaces *spaces, int pid, uint64_t code,
				  uint64_t address)
{
	struct space *space = program_of(spaces, pid, code);
	const struct mapping *found = space ? find_in(space, address) : NULL;

	if (found || (space && (space->reread || space->dead || space != find_space(spaces, pid))))
		return found;
	spaces_read(spaces, pid);
	space = find_space(spaces, pid);
	if (!space)
		return NULL;
	space->reread = true;
	return find_in(space, address);
}

bool spaces_knows(struct spaces *spaces, int pid)
{
	const struct space *space = find_space(spaces, pid);

	return space && space->n;
}

static bool same_place(const struct mapping *a, const struct mapping *b)
{
	return a->inode == b->inode && a->path == b->path &&
	       a->start - a->offset == b->start - b->offset;
}

const struct mapping *spaces_find_any(struct spaces *spaces, uint64_t address, int *pid)
{
	const struct mapping *found = NULL;

	for (unsigned i = 0; i < BUCKETS; i++)
		for (struct space *it = spaces->buckets[i]; it; it = it->next)
			for (struct space *space = it; space; space = space->older) {
				const struct mapping *mapping = find_in(space, address);

				if (mapping && found && !same_place(mapping, found))
					return NULL;
				if (mapping)
					*pid = space->pid;
				found = mapping ? mapping : found;
			}
	return found;
}
