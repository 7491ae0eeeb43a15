/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_AUDIT_MAP_H
#define NFTO_AUDIT_MAP_H

#include <stddef.h>
#include <stdint.h>

/* What one look has seen of one direction of a connection. */
struct direction {
	uint64_t key;	     /* audit_key.h */
	uint64_t packets;    /* by conntrack */
	uint64_t hw_packets; /* by the hardware's table */
	uint32_t id;	     /* of the conntrack entry */
	uint16_t seen;
	/* Of a whole connection, kept with the original direction of it. */
	uint8_t falls;	   /* how often it left the hardware under traffic */
	uint8_t returns;   /* and came back */
	uint64_t alive_ms; /* a packet has passed since then */
};

/* Of struct direction.seen. */
enum seen {
	SEEN_ENTRY = 1u << 0,	  /* an entry of conntrack ... */
	SEEN_OFFLOADED = 1u << 1, /* ... with one of the two bits ... */
	SEEN_MARKED = 1u << 2,	  /* ... with both, so it is said to be in hardware ... */
	SEEN_COUNTED = 1u << 3,	  /* ... with a counter */
	SEEN_TWICE = 1u << 4,	  /* in two zones: which of them is meant, nobody can tell */
	SEEN_HARDWARE = 1u << 5,  /* an entry of the hardware ... */
	SEEN_HW_COUNTED = 1u << 6,
	SEEN_REPORTED = 1u << 7,   /* there is a finding about the hardware's entry */
	SEEN_UNCOUNTED = 1u << 12, /* what the hardware has counted is not in conntrack */
	/* At any look up to this one. */
	SEEN_EVER_MARKED = 1u << 8,
	SEEN_EVER_HARDWARE = 1u << 9,
	SEEN_ALIVE = 1u << 10,	  /* alive_ms is known */
	SEEN_REPLACED = 1u << 11, /* by this entry, another one was under traffic */
};

/* Directions by their keys. All zero is an empty one. */
struct audit_map {
	struct direction *slots; /* key 0: free */
	size_t count;
	size_t capacity; /* a power of two */
};

/* Of 262144 flows, which is more than hardware holds: further ones are not kept. */
#define AUDIT_MOST_DIRECTIONS (1u << 19)

/* NULL if there is none. */
struct direction *audit_map_get(const struct audit_map *map, uint64_t key);

/* Finds or makes one, all zero: 0, or -ENOMEM; with NULL if there are too many already. What was
 * found before may have moved. */
int audit_map_add(struct audit_map *map, uint64_t key, struct direction **direction);

void audit_map_clear(struct audit_map *map);

#endif
