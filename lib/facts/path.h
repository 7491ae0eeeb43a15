/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_FACTS_PATH_H
#define NFTO_FACTS_PATH_H

#include "network.h"

/* How the way down from a route's device ends. */
enum path_end {
	PATH_UNKNOWN = 0,     /* user space can't tell */
	PATH_FOUND,	      /* at the device that packets leave, and the answers come in, by */
	PATH_NO_NEIGHBOUR,    /* the kernel does not know the next hop's Ethernet address ... */
	PATH_NO_BRIDGE_ENTRY, /* ... or not at which port of a bridge that is */
	PATH_TOO_DEEP,	      /* more tags than a flow can have */
	PATH_NO_WAY,	      /* the kernel can't look below a device */
};

/*
 * The way of packets from the device of a route down to the one that they leave by. The kernel
 * follows it when it makes a flow; where it does not find the way, it keeps the flow for the route's
 * device (nft_dev_forward_path() in net/netfilter/nft_flow_offload.c), or from 7.2 on makes none
 * (see whole_path.h).
 */
struct path {
	enum path_end end;
	const char *why;	 /* for PATH_NO_WAY: what the device is */
	bool is_asked_for;	 /* for PATH_NO_NEIGHBOUR: the kernel tries to find it out, ... */
	bool has_bottom;	 /* ... and the way ends at the bottom whatever it is */
	bool is_guessed;	 /* it goes through the only PPPoE session there is */
	struct link_info top;	 /* the route's device */
	struct link_info bottom; /* where the way ends, or the last one that was found */
	uint8_t next_family;
	uint8_t next_hop[16];
	uint8_t address[ETHERNET_ADDRESS_SIZE];
};

/* Where a path begins. */
struct path_begin {
	struct route_info route;
	uint8_t family;
	const void *destination;
	bool needs_whole_path; /* a kernel which does also follows tunnels */
};

/* Follows a route to an address: 1; 0 if there is no such device; or a negative errno that is told
 * in the context. */
int path_follow(struct nfto_ctx *ctx, const struct path_begin *begin, struct path *path);

#endif
