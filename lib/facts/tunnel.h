/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_FACTS_TUNNEL_H
#define NFTO_FACTS_TUNNEL_H

#include "codec/link.h"
#include "internal.h"

/* Is it one whose path the kernel follows, from 7.2 on, to the device that the packets around it
 * leave by: IP in IP? Through all other tunnels there is none: they are the end of a path. */
bool tunnel_is_followed(const struct link_info *link);

/* That device: 1; 0 if the kernel finds none; or a negative errno that is told in the context. */
int tunnel_egress(struct nfto_ctx *ctx, const struct link_info *link, uint32_t *interface);

#endif
