/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_FACTS_CONNECTION_H
#define NFTO_FACTS_CONNECTION_H

#include "codec/conntrack.h"
#include "internal.h"

/* What conntrack knows of one connection. */
struct connection {
	struct flow_info info;
	struct conntrack_details details;
};

/* Can it be looked up? Some protocols name a connection by more than addresses and ports. */
bool connection_is_looked_up(uint8_t protocol);

/* Looks it up, by the tuple of either direction: however many there are, it takes one request. 1
 * if it is there, 0 if not, or a negative errno that is told in the context. */
int connection_find(struct nfto_ctx *ctx, const struct conntrack_tuple *tuple,
		    struct connection *connection);

#endif
