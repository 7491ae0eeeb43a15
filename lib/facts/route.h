/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_FACTS_ROUTE_H
#define NFTO_FACTS_ROUTE_H

#include "internal.h"

/* Which addresses are behind an interface, by the kernel's routes. */
struct routes {
	struct channel channel;
	uint32_t interface;
};

/* 0, or a negative errno that is told in the context: -ENODEV if there is no such interface.
 * Close it with routes_close(), also if it failed, or was never opened and is all zero. */
int routes_open(struct nfto_ctx *ctx, const char *interface, struct routes *routes);
void routes_close(struct routes *routes);

/* Does the route to this address leave by the interface? 1, 0 or a negative errno. */
int routes_lead_to(struct routes *routes, uint8_t family, const void *address);

#endif
