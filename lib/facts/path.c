// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>
#include <sys/socket.h>

#include <linux/neighbour.h>
#include <net/if_arp.h>

#include "path.h"
#include "pppoe.h"

/* NF_FLOW_TABLE_ENCAP_MAX: so many VLAN tags and PPPoE sessions fit into a flow. */
#define MOST_TAGS 2

/* NET_DEVICE_PATH_STACK_MAX: so many devices are followed. */
#define MOST_DEVICES 5

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

/* Devices without Ethernet need no neighbour. */
static int find_neighbour(struct nfto_ctx *ctx, struct path *path)
{
	struct neighbour_info neighbour;
	int ret;

	if (path->top.type != ARPHRD_ETHER)
		return 0;
	ret = network_neighbour(ctx, path->next_family, path->top.index, path->next_hop,
				&neighbour);
	if (ret < 0)
		return ret;
	path->is_asked_for = ret > 0;
	if (ret == 0 || !(neighbour.state & NEIGHBOUR_VALID))
		return end_at(path, PATH_NO_NEIGHBOUR);
	memcpy(path->address, neighbour.address, sizeof(path->address));
	return 0;
}

static int step_to(struct nfto_ctx *ctx, struct path *path, uint32_t index)
{
	int ret = network_link(ctx, index, &path->bottom);

	if (ret < 0)
		return ret;
	return ret == 0 ? end_at(path, PATH_UNKNOWN) : 0;
}

/* A VLAN over the bridge has said which one; else it is the bridge's own. */
static int step_through_bridge(struct nfto_ctx *ctx, struct path *path, uint16_t vlan)
{
	const struct link_info *bridge = &path->bottom;
	struct neighbour_info entry;
	int ret;

	if (!bridge->vlan_filtering)
		vlan = 0;
	else if (vlan == 0)
		vlan = bridge->default_pvid;
	ret = network_bridge_entry(ctx, bridge->index, path->address, vlan, &entry);
	if (ret < 0)
		return ret;
	if (ret > 0)
		return step_to(ctx, path, entry.interface);
	/* Which VLAN is the bridge's own can be set anew, and no single question tells it. */
	return end_at(path, bridge->vlan_filtering ? PATH_UNKNOWN : PATH_NO_BRIDGE_ENTRY);
}

/* The kernel alone knows which session is this device's. Below it are no neighbours: packets go to
 * the other end of the session. */
static int step_below_session(struct nfto_ctx *ctx, struct path *path)
{
	struct pppoe_session session;
	uint32_t index;
	int ret;

	if (!pppoe_find_only(ctx, &session))
		return end_at(path, PATH_UNKNOWN);
	ret = network_interface(ctx, session.device, &index);
	if (ret <= 0)
		return ret < 0 ? ret : end_at(path, PATH_UNKNOWN);
	path->is_guessed = true;
	memcpy(path->address, session.address, sizeof(path->address));
	return step_to(ctx, path, index);
}

static int follow(struct nfto_ctx *ctx, struct path *path)
{
	unsigned int tags = 0, devices = 0;
	uint16_t vlan = 0;
	int ret = find_neighbour(ctx, path);

	while (ret == 0) {
		const struct link_info *link = &path->bottom;

		if (++devices > MOST_DEVICES)
			return end_at(path, PATH_TOO_DEEP);
		if (is_kind(link, "vlan") && !link->lower_is_elsewhere) {
			if (++tags > MOST_TAGS)
				return end_at(path, PATH_TOO_DEEP);
			vlan = link->vlan_id;
			ret = step_to(ctx, path, link->lower);
		} else if (is_kind(link, "bridge")) {
			ret = step_through_bridge(ctx, path, vlan);
		} else if (link->type == ARPHRD_PPP) {
			if (++tags > MOST_TAGS)
				return end_at(path, PATH_TOO_DEEP);
			ret = step_below_session(ctx, path);
		} else {
			ret = end_at(path, PATH_FOUND);
		}
	}
	return ret;
}

int path_follow(struct nfto_ctx *ctx, const struct route_info *route, uint8_t family,
		const void *destination, struct path *path)
{
	size_t length = family == AF_INET ? 4 : 16;
	int ret;

	memset(path, 0, sizeof(*path));
	ret = network_link(ctx, route->interface, &path->top);
	if (ret <= 0)
		return ret;
	path->bottom = path->top;
	path->next_family = route->next_family ? route->next_family : family;
	if (route->next_family)
		memcpy(path->next_hop, route->next_hop, sizeof(path->next_hop));
	else
		memcpy(path->next_hop, destination, length);
	return follow(ctx, path);
}
