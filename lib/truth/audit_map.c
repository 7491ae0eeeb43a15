// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>

#include "audit_map.h"

#define LEAST_CAPACITY 64

/* The slot of a key, or the free one where it would be. There is always a free one. */
static struct direction *find_slot(const struct direction *slots, size_t capacity, uint64_t key)
{
	size_t i = (size_t)key & (capacity - 1);

	while (slots[i].key != 0 && slots[i].key != key)
		i = (i + 1) & (capacity - 1);
	return (struct direction *)&slots[i];
}

/* 0 stands for a free slot. */
static uint64_t usable(uint64_t key)
{
	return key ? key : 1;
}

struct direction *audit_map_get(const struct audit_map *map, uint64_t key)
{
	struct direction *slot;

	if (map->count == 0)
		return NULL;
	slot = find_slot(map->slots, map->capacity, usable(key));
	return slot->key ? slot : NULL;
}

static int grow(struct audit_map *map)
{
	size_t capacity = map->capacity ? 2 * map->capacity : LEAST_CAPACITY;
	struct direction *slots = calloc(capacity, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	for (size_t i = 0; i < map->capacity; i++) {
		if (map->slots[i].key)
			*find_slot(slots, capacity, map->slots[i].key) = map->slots[i];
	}
	free(map->slots);
	map->slots = slots;
	map->capacity = capacity;
	return 0;
}

int audit_map_add(struct audit_map *map, uint64_t key, struct direction **direction)
{
	*direction = audit_map_get(map, key);
	if (*direction || map->count == AUDIT_MOST_DIRECTIONS)
		return 0;
	/* A fifth stays free, so that a search is short. */
	if (map->count + 1 > map->capacity / 5 * 4 && grow(map) < 0)
		return -ENOMEM;
	*direction = find_slot(map->slots, map->capacity, usable(key));
	(*direction)->key = usable(key);
	map->count++;
	return 0;
}

void audit_map_clear(struct audit_map *map)
{
	free(map->slots);
	*map = (struct audit_map){ .slots = NULL };
}
