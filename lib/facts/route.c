// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include <linux/netlink.h>

#include "codec/route.h"
#include "route.h"

/* 1 with the one message of the answer, or a negative errno. */
static int ask(struct channel *channel, struct messages *request, int built,
	       const struct nlmsghdr **message)
{
	int ret = channel_get(channel, request, built, message);

	return ret == 0 ? -EBADMSG : ret;
}

static int find_interface(struct routes *routes, const char *name)
{
	struct messages request = { 0 };
	const struct nlmsghdr *message;
	int ret = route_build_interface_get(&request, name);

	ret = ask(&routes->channel, &request, ret, &message);
	return ret < 0 ? ret : route_parse_interface(message, &routes->interface);
}

int routes_open(struct nfto_ctx *ctx, const char *interface, struct routes *routes)
{
	struct error_details missing = { .device = interface };
	int ret = ctx_open_channel(ctx, NETLINK_ROUTE, &routes->channel);

	if (ret == 0)
		ret = find_interface(routes, interface);
	if (ret == -ENODEV)
		return error_set(&ctx->error, NFTO_ERROR_NO_DEVICE, ENODEV, &missing);
	if (ret < 0)
		return error_set_request(&ctx->error, &routes->channel.error, ret, "the routes");
	return 0;
}

void routes_close(struct routes *routes)
{
	channel_close(&routes->channel);
}

int routes_lead_to(struct routes *routes, uint8_t family, const void *address)
{
	struct route_question question = { .family = family, .destination = address };
	struct messages request = { 0 };
	const struct nlmsghdr *message;
	struct route_info info;
	int ret = route_build_get(&request, &question);

	ret = ask(&routes->channel, &request, ret, &message);
	/* No route leads there, or one that says so. */
	if (ret == -ENETUNREACH || ret == -EHOSTUNREACH || ret == -EACCES || ret == -EINVAL)
		return 0;
	if (ret > 0)
		ret = route_parse(message, &info);
	return ret < 0 ? ret : info.interface == routes->interface;
}
