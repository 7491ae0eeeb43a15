/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_FACTS_IPSEC_H
#define NFTO_FACTS_IPSEC_H

#include "codec/ipsec_policy.h"
#include "internal.h"

/* Is a forwarded packet under IPsec: does it come out of it, or must it go into it? 1, 0 (also
 * where the kernel has no IPsec), or a negative errno that is told in the context. Policies are
 * listed only where there are any. */
int ipsec_covers(struct nfto_ctx *ctx, const struct ipsec_packet *packet);

#endif
