/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_LEAKS_H
#define NFTO_LEAKS_H

#include "codec/leak_set.h"
#include "facts/connection.h"
#include "internal.h"

struct nfto_leak {
	struct leak_info info;
	bool is_one;	 /* as far as the last look shows */
	bool is_certain; /* conntrack has its connection */
};

/*
 * Does what the detector has counted make a leak, beside what conntrack knows of the connection (NULL:
 * nothing)? Packets with the mark are none by themselves: some are under way when a flow is made; and
 * the kernel sets the mark before it looks whether it can offload a connection, and takes it back if
 * not, with each packet anew (nft_flow_offload_eval()). Packets of other processors meet it then.
 */
bool leak_is_one(const struct leak_info *counted, const struct connection *connection);

/* Looks for the connection of a leak. 1 if it is there, 0 if not or not by these addresses, or a
 * negative errno that is told in the context. */
int leak_find_connection(struct nfto_ctx *ctx, const struct leak_info *counted,
			 struct connection *connection);

/* Looks up one leak of an instance, by the family, direction, tuple and protocol of the key. 1 if
 * the detector has it, 0 if not, or a negative errno that is told in the context. */
int leak_find(struct nfto_ctx *ctx, const char *name, const struct leak_info *key,
	      struct leak_info *found);

#endif
