// SPDX-License-Identifier: LGPL-2.1-or-later
/* ipip_fill_forward_path() in net/ipv4/ipip.c, and ip6_tnl_fill_forward_path() in
 * net/ipv6/ip6_tunnel.c, of Linux 7.2. */
#include <string.h>
#include <sys/socket.h>

#include <linux/rtnetlink.h>

#include "network.h"
#include "tunnel.h"

bool tunnel_is_followed(const struct link_info *link)
{
	return strcmp(link->kind, "ipip") == 0 || strcmp(link->kind, "ip6tnl") == 0;
}

/* The fast path does not write the option with the limit. */
int tunnel_egress(struct nfto_ctx *ctx, const struct link_info *link, uint32_t *interface)
{
	const struct route_question question = {
		.family = link->tunnel_family,
		.destination = link->tunnel_remote,
	};
	struct route_info route;
	int ret;

	if (link->tunnel_family == 0 || link->has_encap_limit)
		return 0;
	ret = network_route(ctx, &question, &route);
	if (ret <= 0 || route.type != RTN_UNICAST)
		return ret < 0 ? ret : 0;
	*interface = route.interface;
	return 1;
}
