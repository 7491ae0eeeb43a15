// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include <linux/netlink.h>

#include "codec/forwarding.h"
#include "network.h"

int network_open(struct nfto_ctx *ctx, struct network *network)
{
	static const struct reply_error nothing_said;
	int ret = ctx_open_channel(ctx, NETLINK_ROUTE, &network->channel);

	network->ctx = ctx;
	return ret < 0 ? error_set_request(&ctx->error, &nothing_said, ret, "rtnetlink") : 0;
}

void network_close(struct network *network)
{
	channel_close(&network->channel);
}

static int fail(struct network *network, int result)
{
	return error_set_request(&network->ctx->error, &network->channel.error, result,
				 "rtnetlink");
}

/* What the kernel itself says is an answer: there is no such thing. */
static bool is_answer(const struct network *network, int result)
{
	return network->channel.error.errnum == -result && result != -EPERM && result != -ENOMEM &&
	       result != -ENOBUFS && result != -EINTR;
}

static int ask(struct network *network, struct messages *request, int built,
	       const struct nlmsghdr **message)
{
	int ret = channel_get(&network->channel, request, built, message);

	if (ret > 0)
		return ret;
	if (ret == 0)
		return fail(network, -EBADMSG);
	return built == 0 && is_answer(network, ret) ? 0 : fail(network, ret);
}

static int parsed(struct network *network, int result)
{
	return result < 0 ? fail(network, result) : 1;
}

int network_route(struct network *network, const struct route_question *question,
		  struct route_info *info)
{
	struct messages request = { 0 };
	const struct nlmsghdr *message;
	int ret = ask(network, &request, route_build_get(&request, question), &message);

	return ret <= 0 ? ret : parsed(network, route_parse(message, info));
}

int network_link(struct network *network, uint32_t index, struct link_info *info)
{
	struct messages request = { 0 };
	const struct nlmsghdr *message;
	int ret = ask(network, &request, link_build_get(&request, index), &message);

	return ret <= 0 ? ret : parsed(network, link_parse(message, info));
}

int network_neighbour(struct network *network, uint8_t family, uint32_t interface,
		      const void *address, struct neighbour_info *info)
{
	struct messages request = { 0 };
	const struct nlmsghdr *message;
	int ret = neighbour_build_get(&request, family, interface, address);

	ret = ask(network, &request, ret, &message);
	return ret <= 0 ? ret : parsed(network, neighbour_parse(message, info));
}

int network_bridge_entry(struct network *network, uint32_t bridge, const uint8_t *address,
			 uint16_t vlan, struct neighbour_info *info)
{
	struct messages request = { 0 };
	const struct nlmsghdr *message;
	int ret = neighbour_build_bridge_get(&request, bridge, address, vlan);

	ret = ask(network, &request, ret, &message);
	return ret <= 0 ? ret : parsed(network, neighbour_parse(message, info));
}

int network_interface(struct network *network, const char *name, uint32_t *index)
{
	struct messages request = { 0 };
	const struct nlmsghdr *message;
	int ret = ask(network, &request, route_build_interface_get(&request, name), &message);

	return ret <= 0 ? ret : parsed(network, route_parse_interface(message, index));
}

int network_forwarding(struct network *network, uint8_t family, uint32_t interface, bool *is_on)
{
	struct messages request = { 0 };
	const struct nlmsghdr *message;
	int ret = forwarding_build_get(&request, family, interface);

	ret = ask(network, &request, ret, &message);
	return ret <= 0 ? ret : parsed(network, forwarding_parse(message, is_on));
}
