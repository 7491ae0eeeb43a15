// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include <linux/netlink.h>

#include "codec/forwarding.h"
#include "network.h"

static int fail(struct nfto_ctx *ctx, int result)
{
	return error_set_request(&ctx->error, &ctx->route.error, result, "rtnetlink");
}

/* What the kernel itself says is an answer: there is no such thing. */
static bool is_answer(const struct nfto_ctx *ctx, int result)
{
	return ctx->route.error.errnum == -result && result != -EPERM && result != -ENOMEM &&
	       result != -ENOBUFS && result != -EINTR;
}

static int ask(struct nfto_ctx *ctx, struct messages *request, int built,
	       const struct nlmsghdr **message)
{
	struct channel *channel;
	int ret = ctx_route(ctx, &channel);

	if (ret < 0) {
		messages_free(request);
		return fail(ctx, ret);
	}
	ret = channel_get(channel, request, built, message);
	if (ret > 0)
		return ret;
	if (ret == 0)
		return fail(ctx, -EBADMSG);
	return built == 0 && is_answer(ctx, ret) ? 0 : fail(ctx, ret);
}

static int parsed(struct nfto_ctx *ctx, int result)
{
	return result < 0 ? fail(ctx, result) : 1;
}

int network_route(struct nfto_ctx *ctx, const struct route_question *question,
		  struct route_info *info)
{
	struct messages request = { 0 };
	const struct nlmsghdr *message;
	int ret = ask(ctx, &request, route_build_get(&request, question), &message);

	return ret <= 0 ? ret : parsed(ctx, route_parse(message, info));
}

int network_link(struct nfto_ctx *ctx, uint32_t index, struct link_info *info)
{
	struct messages request = { 0 };
	const struct nlmsghdr *message;
	int ret = ask(ctx, &request, link_build_get(&request, index), &message);

	return ret <= 0 ? ret : parsed(ctx, link_parse(message, info));
}

int network_neighbour(struct nfto_ctx *ctx, uint8_t family, uint32_t interface, const void *address,
		      struct neighbour_info *info)
{
	struct messages request = { 0 };
	const struct nlmsghdr *message;
	int ret = neighbour_build_get(&request, family, interface, address);

	ret = ask(ctx, &request, ret, &message);
	return ret <= 0 ? ret : parsed(ctx, neighbour_parse(message, info));
}

int network_bridge_entry(struct nfto_ctx *ctx, uint32_t bridge, const uint8_t *address,
			 uint16_t vlan, struct neighbour_info *info)
{
	struct messages request = { 0 };
	const struct nlmsghdr *message;
	int ret = neighbour_build_bridge_get(&request, bridge, address, vlan);

	ret = ask(ctx, &request, ret, &message);
	return ret <= 0 ? ret : parsed(ctx, neighbour_parse(message, info));
}

int network_interface(struct nfto_ctx *ctx, const char *name, uint32_t *index)
{
	struct messages request = { 0 };
	const struct nlmsghdr *message;
	int ret = ask(ctx, &request, route_build_interface_get(&request, name), &message);

	return ret <= 0 ? ret : parsed(ctx, route_parse_interface(message, index));
}

int network_forwarding(struct nfto_ctx *ctx, uint8_t family, uint32_t interface, bool *is_on)
{
	struct messages request = { 0 };
	const struct nlmsghdr *message;
	int ret = forwarding_build_get(&request, family, interface);

	ret = ask(ctx, &request, ret, &message);
	return ret <= 0 ? ret : parsed(ctx, forwarding_parse(message, is_on));
}
