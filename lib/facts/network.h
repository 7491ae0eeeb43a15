/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_FACTS_NETWORK_H
#define NFTO_FACTS_NETWORK_H

#include "codec/link.h"
#include "codec/neighbour.h"
#include "codec/route.h"
#include "internal.h"

/* Questions to rtnetlink, each about one object: no list is read. */
struct network {
	struct nfto_ctx *ctx;
	struct channel channel;
};

/* 0, or a negative errno that is told in the context. Close it also if it failed, or was never
 * opened and is all zero. */
int network_open(struct nfto_ctx *ctx, struct network *network);
void network_close(struct network *network);

/* Each: 1 with the answer; 0 if there is no such object, or the kernel does not know such a
 * question; or a negative errno that is told in the context. */
int network_route(struct network *network, const struct route_question *question,
		  struct route_info *info);
int network_link(struct network *network, uint32_t index, struct link_info *info);
int network_neighbour(struct network *network, uint8_t family, uint32_t interface,
		      const void *address, struct neighbour_info *info);
int network_bridge_entry(struct network *network, uint32_t bridge, const uint8_t *address,
			 uint16_t vlan, struct neighbour_info *info);
int network_interface(struct network *network, const char *name, uint32_t *index);
int network_forwarding(struct network *network, uint8_t family, uint32_t interface, bool *is_on);

#endif
