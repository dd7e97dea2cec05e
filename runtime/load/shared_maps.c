/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Maps by name, across units. */
#include "runtime/load/shared_maps.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runtime/handler/abi.h"

#define GLOBALS_MAP ".data.spile"
#define RING_MAP "spile_events"
#define SCRATCH_MAP "spile_scratch"

static const struct range nowhere;

static bool map_section(struct shared_maps *maps, struct diags *diags)
{
	int flags = maps->globals_fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
	void *at = mmap(NULL, maps->shared_bytes, PROT_READ | PROT_WRITE, flags, maps->globals_fd,
			0);

	if (at == MAP_FAILED) {
		diag_error(diags, nowhere, "the session's globals cannot be mapped: %m");
		return false;
	}
	maps->shared = at;
	return true;
}

bool shared_maps_open(struct shared_maps *maps, size_t globals_bytes, uint64_t ring_bytes,
		      struct diags *diags)
{
	LIBBPF_OPTS(bpf_map_create_opts, mmapable, .map_flags = BPF_F_MMAPABLE);

	*maps = (struct shared_maps){.globals_fd = -1, .ring_fd = -1,
				     .shared_bytes = globals_bytes, .ring_bytes = ring_bytes};
	maps->globals_fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "spile_globals", 4,
					  (uint32_t)globals_bytes, 1, &mmapable);
	if (maps->globals_fd >= 0)
		maps->ring_fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "spile_events", 0, 0,
					       (uint32_t)ring_bytes, NULL);
	if (maps->globals_fd >= 0 && maps->ring_fd < 0) {
		diag_error(diags, nowhere, "the session's ring buffer cannot be made: %s",
			   strerror(-maps->ring_fd));
		return false;
	}
	if (!map_section(maps, diags))
		return false;
	return maps->globals_fd < 0 || (shared_maps_keep(maps, GLOBALS_MAP, maps->globals_fd) &&
					shared_maps_keep(maps, RING_MAP, maps->ring_fd));
}

static void drop_map(struct shared_map *map)
{
	close(map->fd);
	free(map->name);
}

void shared_maps_close(struct shared_maps *maps)
{
	for (unsigned i = 0; i < maps->n; i++)
		drop_map(&maps->maps[i]);
	free(maps->maps);
	if (maps->shared)
		munmap(maps->shared, maps->shared_bytes);
	if (maps->globals_fd >= 0)
		close(maps->globals_fd);
	if (maps->ring_fd >= 0)
		close(maps->ring_fd);
	*maps = (struct shared_maps){.globals_fd = -1, .ring_fd = -1};
}

int shared_maps_find(const struct shared_maps *maps, const char *name)
{
	for (unsigned i = 0; i < maps->n; i++)
		if (!strcmp(maps->maps[i].name, name))
			return maps->maps[i].fd;
	return -1;
}

static bool make_room(struct shared_maps *maps)
{
	unsigned capacity = maps->capacity ? 2 * maps->capacity : 16;
	struct shared_map *grown;

	if (maps->n < maps->capacity)
		return true;
	grown = realloc(maps->maps, capacity * sizeof(*grown));
	if (!grown)
		return false;
	maps->maps = grown;
	maps->capacity = capacity;
	return true;
}

bool shared_maps_keep(struct shared_maps *maps, const char *name, int fd)
{
	struct shared_map map = {.fd = fcntl(fd, F_DUPFD_CLOEXEC, 3), .name = strdup(name)};

	if (map.fd < 0 || !map.name || !make_room(maps)) {
		if (map.fd >= 0)
			close(map.fd);
		free(map.name);
		return false;
	}
	maps->maps[maps->n++] = map;
	return true;
}

void shared_maps_prune(struct shared_maps *maps, bool (*keep)(void *data, const char *name),
		       void *data)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < maps->n; i++) {
		if (keep(data, maps->maps[i].name))
			maps->maps[kept++] = maps->maps[i];
		else
			drop_map(&maps->maps[i]);
	}
	maps->n = kept;
}

int shared_maps_lend(struct shared_maps *maps, struct bpf_object *object)
{
	struct bpf_map *map;
	int error = 0;

	bpf_object__for_each_map(map, object) {
		int fd = shared_maps_find(maps, bpf_map__name(map));

		if (fd >= 0 && !error)
			error = bpf_map__reuse_fd(map, fd);
	}
	return error;
}

bool shared_maps_is_array(const char *name)
{
	return name[0] == 'm' && isdigit((unsigned char)name[1]);
}

static bool is_shared(const char *name)
{
	return !strcmp(name, SCRATCH_MAP) || shared_maps_is_array(name);
}

int shared_maps_adopt(struct shared_maps *maps, struct bpf_object *object)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, object) {
		const char *name = bpf_map__name(map);

		if (is_shared(name) && shared_maps_find(maps, name) < 0 &&
		    !shared_maps_keep(maps, name, bpf_map__fd(map)))
			return -ENOMEM;
	}
	return 0;
}
