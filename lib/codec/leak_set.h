/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CODEC_LEAK_SET_H
#define NFTO_CODEC_LEAK_SET_H

#include "counter.h"
#include "netlink/attr.h"
#include "nft.h"

/*
 * The sets that name the flows which leak. A key is the tuple of a packet as the forward chain sees
 *   it: source . source port . destination . destination port . protocol
 * each part in 32-bit words of its own. One set for each family, as a key has one length; and one
 * for each direction, as nft(8) knows at most five parts.
 */
struct leak_set {
	const char *name;
	uint8_t nfproto;
	uint8_t direction; /* IP_CT_DIR_* */
	uint8_t address_length;
};

#define LEAK_SET_COUNT 4
extern const struct leak_set leak_sets[LEAK_SET_COUNT];

/* An element, as it is seen by users. */
struct leak_info {
	uint8_t nfproto;
	uint8_t direction;
	uint8_t protocol;
	uint8_t source[16];
	uint8_t destination[16];
	uint16_t source_port;
	uint16_t destination_port;
	struct counter_info counter;
	bool has_idle;
	uint64_t idle_ms; /* since the last packet: each one renews the timeout */
};

/* The set for a family and direction. */
const struct leak_set *leak_set_find(uint8_t nfproto, uint8_t direction);

/* A question for one element, that of the tuple and protocol of a leak. 0 or -ENOMEM. */
int leak_set_build_get(struct messages *messages, const char *table, const struct leak_set *set,
		       const struct leak_info *leak);

/* 0 or -ENOMEM. */
int leak_set_build_new(struct messages *messages, const char *table, const struct leak_set *set);

/* The next element of a walk through the elements (set_elements.h): 1 with one, 0 at the end,
 * -EBADMSG. */
int leak_set_next(struct attr_walk *walk, const struct leak_set *set, struct leak_info *info);

#endif
