/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_EVICT_H
#define NFTO_EVICT_H

#include "rehome.h"

/* Offloaded connections that match, on their way out of the fast path. */
struct eviction {
	struct nfto_flows *flows; /* NULL when all have been read */
	struct rehoming rehoming;
};

/* Those that match, all of them if the filter is NULL; to be closed also after a failure. Deletes: they
 * are not made anew. 0, or a negative errno that is told in the context. */
int eviction_open(struct eviction *eviction, struct nfto_ctx *ctx,
		  const struct nfto_flow_filter *filter, bool deletes);
void eviction_close(struct eviction *eviction);

/* Some of them: 1 when all are done, 0 if it is to be called again after *wait_ms (0: at once), or a
 * negative errno that is told in the context. What was done is in its rehoming. */
int eviction_next(struct eviction *eviction, unsigned int *wait_ms);

#endif
