/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_FACTS_NETWORK_H
#define NFTO_FACTS_NETWORK_H

#include "codec/link.h"
#include "codec/neighbour.h"
#include "codec/route.h"
#include "internal.h"

/*
 * Questions to rtnetlink, each about one object: no list is read.
 *
 * Each: 1 with the answer; 0 if there is no such object, or the kernel does not know such a
 * question; or a negative errno that is told in the context.
 */
int network_route(struct nfto_ctx *ctx, const struct route_question *question,
		  struct route_info *info);
int network_link(struct nfto_ctx *ctx, uint32_t index, struct link_info *info);
int network_neighbour(struct nfto_ctx *ctx, uint8_t family, uint32_t interface, const void *address,
		      struct neighbour_info *info);
int network_bridge_entry(struct nfto_ctx *ctx, uint32_t bridge, const uint8_t *address,
			 uint16_t vlan, struct neighbour_info *info);
int network_interface(struct nfto_ctx *ctx, const char *name, uint32_t *index);
int network_forwarding(struct nfto_ctx *ctx, uint8_t family, uint32_t interface, bool *is_on);

#endif
