/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_CODEC_NEIGHBOUR_H
#define NFTO_CODEC_NEIGHBOUR_H

#include <stdbool.h>
#include <stdint.h>

#include "netlink/messages.h"

#define ETHERNET_ADDRESS_SIZE 6

struct neighbour_info {
	uint16_t state;	    /* NUD_* */
	uint32_t interface; /* in a bridge, the port */
	bool has_address;
	uint8_t address[ETHERNET_ADDRESS_SIZE];
};

/* One neighbour of an interface: 0 or -ENOMEM. */
int neighbour_build_get(struct messages *messages, uint8_t family, uint32_t interface,
			const void *address);

/* Where a bridge has an Ethernet address, in a VLAN (0: it does not tell them apart). From 5.0 on.
 * 0 or -ENOMEM. */
int neighbour_build_bridge_get(struct messages *messages, uint32_t bridge, const uint8_t *address,
			       uint16_t vlan);

/* 0 or -EBADMSG. */
int neighbour_parse(const struct nlmsghdr *message, struct neighbour_info *info);

#endif
