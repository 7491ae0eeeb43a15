// SPDX-License-Identifier: LGPL-2.1-or-later
/* Flows, streamed from conntrack: one at a time, in constant memory. */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netlink.h>

#include "codec/conntrack.h"
#include "internal.h"

#define OBJECT "the conntrack table"

struct nfto_flow_filter {
	bool has_state; /* else every offloaded flow */
	enum nfto_flow_state state;
	int family;
};

struct nfto_flow {
	struct flow_info info;
};

struct nfto_flows {
	struct nfto_ctx *ctx;
	struct channel channel;
	struct nfto_flow_filter filter;
	struct nfto_flow flow;
};

struct nfto_flow_counts {
	uint64_t counts[NFTO_FLOW_CLOSING + 1];
};

static const uint32_t status_of_state[] = {
	[NFTO_FLOW_NONE] = 0,
	[NFTO_FLOW_SOFTWARE] = IPS_OFFLOAD,
	[NFTO_FLOW_HARDWARE] = IPS_OFFLOAD | IPS_HW_OFFLOAD,
	[NFTO_FLOW_CLOSING] = IPS_HW_OFFLOAD,
};

NFTO_API const char *nfto_flow_state_name(enum nfto_flow_state state)
{
	switch (state) {
	case NFTO_FLOW_NONE:
		return "none";
	case NFTO_FLOW_SOFTWARE:
		return "software";
	case NFTO_FLOW_HARDWARE:
		return "hardware";
	case NFTO_FLOW_CLOSING:
		return "closing";
	}
	return "unknown";
}

NFTO_API int nfto_flow_filter_new(struct nfto_flow_filter **out)
{
	struct nfto_flow_filter *filter = calloc(1, sizeof(*filter));

	if (!filter)
		return -ENOMEM;
	*out = filter;
	return 0;
}

NFTO_API void nfto_flow_filter_free(struct nfto_flow_filter *filter)
{
	free(filter);
}

static bool is_state(enum nfto_flow_state state)
{
	return (unsigned int)state <= NFTO_FLOW_CLOSING;
}

NFTO_API int nfto_flow_filter_set_state(struct nfto_flow_filter *filter, enum nfto_flow_state state)
{
	if (!is_state(state))
		return -EINVAL;
	filter->has_state = true;
	filter->state = state;
	return 0;
}

NFTO_API int nfto_flow_filter_set_family(struct nfto_flow_filter *filter, int family)
{
	if (family != AF_UNSPEC && family != AF_INET && family != AF_INET6)
		return -EINVAL;
	filter->family = family;
	return 0;
}

/* One mask can't say "either bit", so a filter for all offloaded flows is applied here alone. */
static int send_request(struct nfto_flows *flows)
{
	const struct nfto_flow_filter *filter = &flows->filter;
	uint32_t mask = filter->has_state ? IPS_OFFLOAD | IPS_HW_OFFLOAD : 0;
	struct messages request = { 0 };
	int ret;

	ret = conntrack_build_dump(&request, (uint8_t)filter->family,
				   status_of_state[filter->state], mask);
	if (ret == 0)
		ret = channel_send(&flows->channel, &request);
	messages_free(&request);
	return ret;
}

static int fail(struct nfto_flows *flows, int result)
{
	struct nfto_error *error = &flows->ctx->error;

	/* What nfnetlink answers for a subsystem that it does not have. */
	if (result == -EINVAL || result == -EOPNOTSUPP)
		return error_set_object(error, NFTO_ERROR_NOT_SUPPORTED, EOPNOTSUPP, OBJECT);
	return error_set_request(error, &flows->channel.error, result, OBJECT);
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
	ret = ctx_open_channel(ctx, NETLINK_NETFILTER, &flows->channel);
	if (ret == 0)
		ret = send_request(flows);
	if (ret < 0) {
		ret = fail(flows, ret);
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

static bool is_wanted(const struct nfto_flow_filter *filter, const struct nfto_flow *flow)
{
	enum nfto_flow_state state = nfto_flow_state(flow);

	if (filter->family != AF_UNSPEC && flow->info.family != filter->family)
		return false;
	return filter->has_state ? state == filter->state : state != NFTO_FLOW_NONE;
}

/* The filter is applied again, as a kernel that does not know one sends everything. */
NFTO_API int nfto_flows_next(struct nfto_flows *flows, const struct nfto_flow **flow)
{
	const struct nlmsghdr *message;
	int ret;

	error_clear(&flows->ctx->error);
	while ((ret = channel_next(&flows->channel, &message)) > 0) {
		ret = conntrack_parse(message, &flows->flow.info);
		if (ret < 0) {
			flows->channel.finished = true;
			break;
		}
		if (is_wanted(&flows->filter, &flows->flow)) {
			*flow = &flows->flow;
			return 1;
		}
	}
	return ret < 0 ? fail(flows, ret) : 0;
}

NFTO_API enum nfto_flow_state nfto_flow_state(const struct nfto_flow *flow)
{
	uint32_t status = flow->info.status & (IPS_OFFLOAD | IPS_HW_OFFLOAD);
	enum nfto_flow_state state = NFTO_FLOW_NONE;

	while (status_of_state[state] != status)
		state++;
	return state;
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

static int count_flows(struct nfto_flows *flows, struct nfto_flow_counts *counts)
{
	const struct nfto_flow *flow;
	int ret;

	while ((ret = nfto_flows_next(flows, &flow)) > 0)
		counts->counts[nfto_flow_state(flow)]++;
	return ret;
}

NFTO_API int nfto_flow_counts_read(struct nfto_ctx *ctx, struct nfto_flow_counts **out)
{
	struct nfto_flow_counts *counts;
	struct nfto_flows *flows;
	int ret = nfto_flows_open(ctx, NULL, &flows);

	if (ret < 0)
		return ret;
	counts = calloc(1, sizeof(*counts));
	if (counts)
		ret = count_flows(flows, counts);
	else
		ret = error_set_object(&ctx->error, NFTO_ERROR_NO_MEMORY, ENOMEM, NULL);
	nfto_flows_free(flows);
	if (ret < 0) {
		free(counts);
		return ret;
	}
	*out = counts;
	return 0;
}

NFTO_API void nfto_flow_counts_free(struct nfto_flow_counts *counts)
{
	free(counts);
}

NFTO_API uint64_t nfto_flow_counts_get(const struct nfto_flow_counts *counts,
				       enum nfto_flow_state state)
{
	return is_state(state) ? counts->counts[state] : 0;
}
