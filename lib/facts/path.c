// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>
#include <sys/socket.h>

#include <linux/neighbour.h>
#include <net/if_arp.h>

#include "path.h"
#include "pppoe.h"
#include "tunnel.h"

/* NF_FLOW_TABLE_ENCAP_MAX: so many VLAN tags and PPPoE sessions fit into a flow. */
#define MOST_TAGS 2

/* NET_DEVICE_PATH_STACK_MAX: so many devices are followed. */
#define MOST_DEVICES 5

/* What was passed on the way down. */
struct descent {
	struct nfto_ctx *ctx;
	struct path *path;
	bool follows_tunnels;
	unsigned int devices;
	unsigned int tags; /* of VLANs and sessions */
	uint16_t vlan;	   /* the last one */
	bool has_neighbour;
	bool is_in_tunnel; /* whose packets have none */
};

#define NEIGHBOUR_VALID                                                                            \
	(NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE | NUD_PROBE | NUD_STALE | NUD_DELAY)

static bool is_kind(const struct link_info *link, const char *kind)
{
	return strcmp(link->kind, kind) == 0;
}

/* 1 if the way ends here, 0 if it goes on, or a negative errno. */
static int end_at(struct path *path, enum path_end end)
{
	path->end = end;
	return 1;
}

static int end_without_way(struct path *path, const char *why)
{
	path->why = why;
	return end_at(path, PATH_NO_WAY);
}

/* Devices without Ethernet need no neighbour. 1 if there is one, or none is needed; 0, or a negative
 * errno. */
static int find_neighbour(struct nfto_ctx *ctx, struct path *path)
{
	struct neighbour_info neighbour;
	int ret;

	if (path->top.type != ARPHRD_ETHER)
		return 1;
	ret = network_neighbour(ctx, path->next_family, path->top.index, path->next_hop,
				&neighbour);
	if (ret < 0)
		return ret;
	path->is_asked_for = ret > 0;
	if (ret == 0 || !(neighbour.state & NEIGHBOUR_VALID))
		return 0;
	memcpy(path->address, neighbour.address, sizeof(path->address));
	return 1;
}

static int step_to(struct nfto_ctx *ctx, struct path *path, uint32_t index)
{
	int ret = network_link(ctx, index, &path->bottom);

	if (ret < 0)
		return ret;
	return ret == 0 ? end_at(path, PATH_UNKNOWN) : 0;
}

static int add_tag(struct descent *descent)
{
	return ++descent->tags > MOST_TAGS ? end_at(descent->path, PATH_TOO_DEEP) : 0;
}

static int step_below_vlan(struct descent *descent)
{
	const struct link_info *link = &descent->path->bottom;

	if (link->lower_is_elsewhere)
		return end_without_way(descent->path, "over a device of another network namespace");
	descent->vlan = link->vlan_id;
	return add_tag(descent) ? 1 : step_to(descent->ctx, descent->path, link->lower);
}

/* A VLAN over the bridge has said which one; else it is the bridge's own. */
static uint16_t vlan_in(const struct link_info *bridge, uint16_t vlan)
{
	if (!bridge->vlan_filtering)
		return 0;
	return vlan ? vlan : bridge->default_pvid;
}

static int step_through_bridge(struct descent *descent)
{
	struct path *path = descent->path;
	const struct link_info *bridge = &path->bottom;
	struct neighbour_info entry;
	int ret;

	if (!descent->has_neighbour)
		return end_at(path, PATH_NO_NEIGHBOUR);
	if (descent->is_in_tunnel)
		return end_without_way(path, "a bridge below a tunnel");
	ret = network_bridge_entry(descent->ctx, bridge->index, path->address,
				   vlan_in(bridge, descent->vlan), &entry);
	if (ret < 0)
		return ret;
	if (ret > 0)
		return step_to(descent->ctx, path, entry.interface);
	/* Which VLAN is the bridge's own can be set anew, and no single question tells it. */
	return end_at(path, bridge->vlan_filtering ? PATH_UNKNOWN : PATH_NO_BRIDGE_ENTRY);
}

/* The kernel alone knows which session is this device's. Below it are no neighbours: packets go to
 * the other end of the session. */
static int step_below_session(struct descent *descent)
{
	struct path *path = descent->path;
	struct pppoe_session session;
	uint32_t index;
	int ret = pppoe_find_only(descent->ctx, &session);

	if (ret < 0)
		return end_at(path, PATH_UNKNOWN);
	if (ret == 0)
		return end_without_way(path, "PPP, but not over Ethernet");
	if (add_tag(descent))
		return 1;
	ret = network_interface(descent->ctx, session.device, &index);
	if (ret <= 0)
		return ret < 0 ? ret : end_at(path, PATH_UNKNOWN);
	path->is_guessed = true;
	descent->is_in_tunnel = false;
	memcpy(path->address, session.address, sizeof(path->address));
	return step_to(descent->ctx, path, index);
}

static int step_below_tunnel(struct descent *descent)
{
	struct path *path = descent->path;
	uint32_t index;
	int ret;

	if (descent->is_in_tunnel)
		return end_without_way(path, "a tunnel inside of another");
	if (path->bottom.has_encap_limit)
		return end_without_way(path, "a tunnel with an encapsulation limit");
	ret = tunnel_egress(descent->ctx, &path->bottom, &index);
	if (ret < 0)
		return ret;
	if (ret == 0)
		return end_without_way(path, "a tunnel without a route to its other end");
	descent->is_in_tunnel = true;
	return step_to(descent->ctx, path, index);
}

static int step(struct descent *descent)
{
	struct path *path = descent->path;

	if (++descent->devices > MOST_DEVICES)
		return end_at(path, PATH_TOO_DEEP);
	if (is_kind(&path->bottom, "vlan"))
		return step_below_vlan(descent);
	if (is_kind(&path->bottom, "bridge"))
		return step_through_bridge(descent);
	if (path->bottom.type == ARPHRD_PPP)
		return step_below_session(descent);
	if (descent->follows_tunnels && tunnel_is_followed(&path->bottom))
		return step_below_tunnel(descent);
	return end_at(path, PATH_FOUND);
}

static int descend(struct descent *descent)
{
	int ret;

	do {
		ret = step(descent);
	} while (ret == 0);
	return ret < 0 ? ret : 0;
}

/* Without a neighbour the kernel goes no way at all; but where it will end can be seen, as long as no
 * bridge is on it. */
static int follow(struct nfto_ctx *ctx, bool follows_tunnels, struct path *path)
{
	struct descent descent = { .ctx = ctx, .path = path, .follows_tunnels = follows_tunnels };
	int ret = find_neighbour(ctx, path);

	if (ret < 0)
		return ret;
	descent.has_neighbour = ret > 0;
	ret = descend(&descent);
	if (ret < 0)
		return ret;
	if (!descent.has_neighbour && (path->end == PATH_FOUND || path->end == PATH_UNKNOWN)) {
		path->has_bottom = path->end == PATH_FOUND;
		path->end = PATH_NO_NEIGHBOUR;
	}
	return 1;
}

int path_follow(struct nfto_ctx *ctx, const struct path_begin *begin, struct path *path)
{
	const struct route_info *route = &begin->route;
	size_t length = begin->family == AF_INET ? 4 : 16;
	int ret;

	memset(path, 0, sizeof(*path));
	ret = network_link(ctx, route->interface, &path->top);
	if (ret <= 0)
		return ret;
	path->bottom = path->top;
	path->next_family = route->next_family ? route->next_family : begin->family;
	if (route->next_family)
		memcpy(path->next_hop, route->next_hop, sizeof(path->next_hop));
	else
		memcpy(path->next_hop, begin->destination, length);
	return follow(ctx, begin->needs_whole_path, path);
}
