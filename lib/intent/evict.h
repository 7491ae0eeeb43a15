/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_EVICT_H
#define NFTO_EVICT_H

#include "internal.h"

/* Deletes the offloaded connections that match, all of them if the filter is NULL, and adds
 * their number to *evicted, also if it fails on the way. 0, or a negative errno that is told in
 * the context. */
int evict(struct nfto_ctx *ctx, const struct nfto_flow_filter *filter, uint64_t *evicted);

#endif
