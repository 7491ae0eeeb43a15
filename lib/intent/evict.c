// SPDX-License-Identifier: LGPL-2.1-or-later
/* Offloaded connections leave the fast path. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "evict.h"
#include "facts/flow_filter.h"
#include "facts/flows.h"

#define KNOWN_FLAGS (uint32_t) NFTO_EVICT_DELETE_CONNECTIONS

int eviction_open(struct eviction *eviction, struct nfto_ctx *ctx,
		  const struct nfto_flow_filter *filter, bool deletes)
{
	int ret;

	memset(eviction, 0, sizeof(*eviction));
	ret = nfto_flows_open(ctx, filter, &eviction->flows);
	if (ret < 0)
		return ret;
	return rehoming_open(&eviction->rehoming, ctx, deletes);
}

static void close_flows(struct eviction *eviction)
{
	nfto_flows_free(eviction->flows);
	eviction->flows = NULL;
}

void eviction_close(struct eviction *eviction)
{
	close_flows(eviction);
	if (eviction->rehoming.ctx)
		rehoming_close(&eviction->rehoming);
}

static int add_flows(struct eviction *eviction)
{
	const struct nfto_flow *flow;
	int ret;

	while (eviction->flows && !rehoming_is_full(&eviction->rehoming)) {
		ret = nfto_flows_next(eviction->flows, &flow);
		if (ret > 0)
			ret = rehoming_add(&eviction->rehoming, flows_message(eviction->flows));
		else if (ret == 0)
			close_flows(eviction);
		if (ret < 0)
			return ret;
	}
	return 0;
}

int eviction_next(struct eviction *eviction, unsigned int *wait_ms)
{
	int ret = add_flows(eviction);

	if (ret == 0)
		ret = rehoming_next(&eviction->rehoming, wait_ms);
	return ret == 1 && eviction->flows ? 0 : ret;
}

static int evict_all(struct eviction *eviction)
{
	int ret;

	do {
		ret = add_flows(eviction);
		if (ret == 0)
			ret = rehoming_finish(&eviction->rehoming);
	} while (ret == 0 && eviction->flows);
	return ret;
}

static int tell_no_room(struct nfto_ctx *ctx, const struct rehoming *rehoming)
{
	struct error_details details = { .object = "the conntrack table" };
	char sentence[160];

	snprintf(sentence, sizeof(sentence),
		 "it is full: %" PRIu64
		 " connection%s could not be made anew, and stay%s offloaded",
		 rehoming->no_room, rehoming->no_room == 1 ? "" : "s",
		 rehoming->no_room == 1 ? "s" : "");
	details.sentence = sentence;
	return error_set(&ctx->error, NFTO_ERROR_STILL_OFFLOADED, ENOSPC, &details);
}

static int refuse(struct nfto_ctx *ctx, const char *sentence)
{
	const struct error_details details = { .sentence = sentence };

	return error_set(&ctx->error, NFTO_ERROR_INVALID, EINVAL, &details);
}

NFTO_API int nfto_evict(struct nfto_ctx *ctx, const struct nfto_flow_filter *filter, uint32_t flags,
			uint64_t *evicted)
{
	struct eviction eviction;
	int ret;

	error_clear(&ctx->error);
	if (flags & ~KNOWN_FLAGS)
		return refuse(ctx, "a flag is set that does not exist");
	if (filter && filter->has_state && filter->state == NFTO_FLOW_NONE)
		return refuse(ctx, "only connections that are offloaded can be evicted");
	ret = eviction_open(&eviction, ctx, filter, flags & NFTO_EVICT_DELETE_CONNECTIONS);
	if (ret == 0)
		ret = evict_all(&eviction);
	if (ret == 0 && eviction.rehoming.no_room > 0)
		ret = tell_no_room(ctx, &eviction.rehoming);
	if (ret == 0 && evicted)
		*evicted = eviction.rehoming.moved;
	eviction_close(&eviction);
	return ret;
}
