// SPDX-License-Identifier: LGPL-2.1-or-later
/* Flows, streamed from conntrack: one at a time, in constant memory. */
#include <errno.h>
#include <stdlib.h>

#include <linux/netfilter/nf_conntrack_tuple_common.h>
#include <linux/netlink.h>

#include "codec/conntrack.h"
#include "flow_filter.h"
#include "flow_state.h"
#include "flows.h"
#include "network.h"

struct nfto_flow {
	struct flow_info info;
};

struct nfto_flows {
	struct nfto_ctx *ctx;
	struct channel channel;
	struct nfto_flow_filter filter;
	uint32_t interface; /* the index of the one that the filter names, if it does */
	const struct nlmsghdr *message;
	struct nfto_flow flow;
};

static int send_request(struct nfto_flows *flows)
{
	struct conntrack_filter filter = flow_filter_for_kernel(&flows->filter);
	struct messages request = { 0 };
	int ret = conntrack_build_dump(&request, &filter);

	if (ret == 0)
		ret = channel_send(&flows->channel, &request);
	messages_free(&request);
	return ret;
}

static int fail(struct nfto_flows *flows, int result)
{
	return error_set_conntrack(&flows->ctx->error, &flows->channel.error, result);
}

static int find_interface(struct nfto_flows *flows)
{
	const char *name = flows->filter.interface;
	struct error_details missing = { .device = name };
	int ret = name[0] ? network_interface(flows->ctx, name, &flows->interface) : 1;

	if (ret == 0)
		return error_set(&flows->ctx->error, NFTO_ERROR_NO_DEVICE, ENODEV, &missing);
	return ret < 0 ? ret : 0;
}

static int open_flows(struct nfto_flows *flows)
{
	int ret = find_interface(flows);

	if (ret < 0)
		return ret;
	ret = ctx_open_channel(flows->ctx, NETLINK_NETFILTER, &flows->channel);
	if (ret == 0)
		ret = send_request(flows);
	return ret < 0 ? fail(flows, ret) : 0;
}

NFTO_API int nfto_flows_open(struct nfto_ctx *ctx, const struct nfto_flow_filter *filter,
			     struct nfto_flows **out)
{
	struct nfto_flows *flows;
	int ret;

	error_clear(&ctx->error);
	flows = calloc(1, sizeof(*flows));
	if (!flows)
		return error_set_object(&ctx->error, NFTO_ERROR_NO_MEMORY, ENOMEM, NULL);
	flows->ctx = ctx;
	if (filter)
		flows->filter = *filter;
	ret = open_flows(flows);
	if (ret < 0) {
		nfto_flows_free(flows);
		return ret;
	}
	*out = flows;
	return 0;
}

NFTO_API void nfto_flows_free(struct nfto_flows *flows)
{
	if (!flows)
		return;
	channel_close(&flows->channel);
	free(flows);
}

static int is_behind_interface(struct nfto_flows *flows, const void *address)
{
	const struct route_question question = {
		.family = flows->flow.info.family,
		.destination = address,
	};
	struct route_info route;
	int ret = network_route(flows->ctx, &question, &route);

	return ret > 0 ? route.interface == flows->interface : ret;
}

/* A flow goes through an interface if one of its two ends is behind it: who has opened the
 * connection, or who answers, which after DNAT is another one than was asked. */
static int goes_through_interface(struct nfto_flows *flows)
{
	const struct flow_info *info = &flows->flow.info;
	int ret = 0;

	if (!flows->filter.interface[0])
		return 1;
	for (int direction = 0; direction < 2 && ret == 0; direction++)
		ret = is_behind_interface(flows, info->sides[direction].source);
	return ret;
}

/* 1 if the message is a flow that is wanted, 0 if not, or a negative errno that has been told.
 * Most connections of a busy table may be in another state: they cost a look at the status. */
static int take_message(struct nfto_flows *flows, const struct nlmsghdr *message)
{
	uint32_t status;
	int ret = conntrack_parse_status(message, &status);

	if (ret == 0 && !flow_filter_wants_status(&flows->filter, status))
		return 0;
	if (ret == 0)
		ret = conntrack_parse(message, &flows->flow.info);
	flows->message = message;
	if (ret < 0)
		return fail(flows, ret);
	if (!flow_filter_matches(&flows->filter, &flows->flow.info))
		return 0;
	return goes_through_interface(flows);
}

NFTO_API int nfto_flows_next(struct nfto_flows *flows, const struct nfto_flow **flow)
{
	const struct nlmsghdr *message;
	int ret;

	error_clear(&flows->ctx->error);
	while ((ret = channel_next(&flows->channel, &message)) > 0) {
		ret = take_message(flows, message);
		if (ret < 0) {
			flows->channel.finished = true;
			return ret;
		}
		if (ret > 0) {
			*flow = &flows->flow;
			return 1;
		}
	}
	return ret < 0 ? fail(flows, ret) : 0;
}

const struct nlmsghdr *flows_message(const struct nfto_flows *flows)
{
	return flows->message;
}

const struct flow_info *flow_info_of(const struct nfto_flow *flow)
{
	return &flow->info;
}

NFTO_API enum nfto_flow_state nfto_flow_state(const struct nfto_flow *flow)
{
	return flow_state_of(flow->info.status);
}

NFTO_API int nfto_flow_family(const struct nfto_flow *flow)
{
	return flow->info.family;
}

NFTO_API uint8_t nfto_flow_protocol(const struct nfto_flow *flow)
{
	return flow->info.protocol;
}

static const struct flow_side *side(const struct nfto_flow *flow, enum nfto_direction direction)
{
	return &flow->info.sides[direction == NFTO_DIRECTION_REPLY];
}

NFTO_API const void *nfto_flow_source(const struct nfto_flow *flow, enum nfto_direction direction)
{
	return side(flow, direction)->source;
}

NFTO_API const void *nfto_flow_destination(const struct nfto_flow *flow,
					   enum nfto_direction direction)
{
	return side(flow, direction)->destination;
}

NFTO_API uint16_t nfto_flow_source_port(const struct nfto_flow *flow, enum nfto_direction direction)
{
	return side(flow, direction)->source_port;
}

NFTO_API uint16_t nfto_flow_destination_port(const struct nfto_flow *flow,
					     enum nfto_direction direction)
{
	return side(flow, direction)->destination_port;
}

NFTO_API uint32_t nfto_flow_status(const struct nfto_flow *flow)
{
	return flow->info.status;
}

NFTO_API uint16_t nfto_flow_zone(const struct nfto_flow *flow)
{
	return flow->info.zone;
}

NFTO_API int nfto_flow_mark(const struct nfto_flow *flow, uint32_t *mark)
{
	if (!flow->info.has_mark)
		return -ENODATA;
	*mark = flow->info.mark;
	return 0;
}

NFTO_API int nfto_flow_packets(const struct nfto_flow *flow, enum nfto_direction direction,
			       uint64_t *packets)
{
	if (!side(flow, direction)->has_counter)
		return -ENODATA;
	*packets = side(flow, direction)->counter.packets;
	return 0;
}

NFTO_API int nfto_flow_bytes(const struct nfto_flow *flow, enum nfto_direction direction,
			     uint64_t *bytes)
{
	if (!side(flow, direction)->has_counter)
		return -ENODATA;
	*bytes = side(flow, direction)->counter.bytes;
	return 0;
}
