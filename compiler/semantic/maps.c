/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The name table of the passes: open addressing, grown at three quarters full, never shrunk.
 */
#include <string.h>

#include "compiler/semantic/passes.h"

struct name_slot {
	const char *name;
	void *value;
};

static unsigned hash(const char *name)
{
	unsigned h = 2166136261u;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 16777619u;
	return h;
}

static struct name_slot *find(const struct name_map *map, const char *name)
{
	unsigned i = hash(name) & (map->size - 1);

	while (map->slots[i].name && strcmp(map->slots[i].name, name))
		i = (i + 1) & (map->size - 1);
	return &map->slots[i];
}

static void grow(struct arena *arena, struct name_map *map)
{
	struct name_map bigger = { .n = map->n, .size = map->size ? map->size * 2 : 64 };

	bigger.slots = ARENA_ARRAY(arena, struct name_slot, bigger.size);
	for (unsigned i = 0; i < map->size; i++)
		if (map->slots[i].name)
			*find(&bigger, map->slots[i].name) = map->slots[i];
	*map = bigger;
}

void **name_map_at(struct arena *arena, struct name_map *map, const char *name)
{
	struct name_slot *slot;

	if (4 * (map->n + 1) > 3 * map->size)
		grow(arena, map);
	slot = find(map, name);
	if (!slot->name) {
		slot->name = name;
		map->n++;
	}
	return &slot->value;
}

void *name_map_get(const struct name_map *map, const char *name)
{
	return map->size ? find(map, name)->value : NULL;
}

void name_map_each(const struct name_map *map,
		   void (*each)(const char *name, void *value, void *data), void *data)
{
	for (unsigned i = 0; i < map->size; i++)
		if (map->slots[i].name && map->slots[i].value)
			each(map->slots[i].name, map->slots[i].value, data);
}
