/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef NFTO_DRAIN_H
#define NFTO_DRAIN_H

#include "instance.h"

struct nfto_drained {
	uint64_t connections;
	uint64_t elapsed_ms;
	bool seen;
};

/*
 * Takes the flows of an instance out of the hardware, as it must be before its flowtable is deleted
 * or replaced. The offload rule is gone then, also after a failure. A flowtable in software is left
 * as it is: the kernel takes its flows down by itself when it is deleted. Flags and time limit as
 * those of nfto_drain(); *drained gets what was done. 0, or a negative errno that is told in the
 * context.
 */
int drain(struct nfto_ctx *ctx, const char *name, const struct instance *instance, uint32_t flags,
	  unsigned int timeout_s, struct nfto_drained *drained);

/* Puts the timeouts back that a drain had set which was killed: to be called before anything
 * else is done to an instance that is_draining. 0, or a negative errno that is told in the
 * context. */
int drain_restore(struct nfto_ctx *ctx, const struct instance *instance);

#endif
