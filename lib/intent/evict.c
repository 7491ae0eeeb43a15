// SPDX-License-Identifier: LGPL-2.1-or-later
/* Deletes connections from conntrack, with which their flows leave the fast path. */
#include <errno.h>

#include <linux/netlink.h>

#include "codec/conntrack.h"
#include "evict.h"
#include "facts/flow_filter.h"
#include "facts/flows.h"

/* So many deletions are sent at once. The acknowledgements of all of them must fit into the
 * socket, which takes some hundreds where its buffer could not be made larger. */
#define MOST_AT_ONCE 64

struct eviction {
	struct nfto_ctx *ctx;
	struct channel channel; /* the other one is busy with the dump */
	struct messages deletions;
	uint64_t evicted;
};

static int fail(struct eviction *eviction, int result)
{
	return error_set_conntrack(&eviction->ctx->error, &eviction->channel.error, result);
}

static int delete_all(struct eviction *eviction)
{
	size_t done = 0;
	int ret;

	if (eviction->deletions.count == 0)
		return 0;
	/* One that is not there any more has ended by itself. */
	ret = channel_each(&eviction->channel, &eviction->deletions, ENOENT, &done);
	eviction->evicted += done;
	eviction->deletions.length = 0;
	eviction->deletions.count = 0;
	return ret < 0 ? fail(eviction, ret) : 0;
}

static int delete_flow(struct eviction *eviction, const struct nfto_flows *flows)
{
	int ret = conntrack_build_delete(&eviction->deletions, flows_message(flows));

	if (ret < 0)
		return fail(eviction, ret);
	return eviction->deletions.count == MOST_AT_ONCE ? delete_all(eviction) : 0;
}

static int delete_flows(struct eviction *eviction, struct nfto_flows *flows)
{
	const struct nfto_flow *flow;
	int ret;

	while ((ret = nfto_flows_next(flows, &flow)) > 0) {
		ret = delete_flow(eviction, flows);
		if (ret < 0)
			return ret;
	}
	return ret < 0 ? ret : delete_all(eviction);
}

static int open_and_delete(struct eviction *eviction, const struct nfto_flow_filter *filter)
{
	struct nfto_flows *flows;
	int ret = nfto_flows_open(eviction->ctx, filter, &flows);

	if (ret < 0)
		return ret;
	ret = ctx_open_channel(eviction->ctx, NETLINK_NETFILTER, &eviction->channel);
	ret = ret < 0 ? fail(eviction, ret) : delete_flows(eviction, flows);
	nfto_flows_free(flows);
	return ret;
}

int evict(struct nfto_ctx *ctx, const struct nfto_flow_filter *filter, uint64_t *evicted)
{
	struct eviction eviction = { .ctx = ctx };
	int ret = open_and_delete(&eviction, filter);

	channel_close(&eviction.channel);
	messages_free(&eviction.deletions);
	*evicted += eviction.evicted;
	return ret;
}

NFTO_API int nfto_evict(struct nfto_ctx *ctx, const struct nfto_flow_filter *filter,
			uint64_t *evicted)
{
	struct error_details details = {
		.sentence = "only connections that are offloaded can be evicted",
	};
	uint64_t count = 0;
	int ret;

	if (filter && filter->has_state && filter->state == NFTO_FLOW_NONE)
		return error_set(&ctx->error, NFTO_ERROR_INVALID, EINVAL, &details);
	ret = evict(ctx, filter, &count);
	if (ret == 0 && evicted)
		*evicted = count;
	return ret;
}
