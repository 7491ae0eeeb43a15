// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * IPv4 over IPv6, as of DS-Lite: from 7.2 on the kernel follows the path of these tunnels, too, but
 * then puts a header of IPv4 in front of the packets, to nowhere (nf_flow_offload_ip_hook() and
 * nft_flow_tunnel_update_route() of Linux 7.2). Whoever has such a tunnel would lose all of its
 * connections, so nothing is offloaded at the device where its path ends.
 */
#include "plan_lost.h"
#include "plan_rules.h"

struct marking {
	const struct nfto_topology *topology;
	const struct link_info **lost_of;
	const struct link_info *tunnel;
};

static void mark(const struct marking *marking, const struct link_info *link, bool is_below_session,
		 unsigned int level);

static void mark_lower(const struct marking *marking, uint32_t index, bool is_below_session,
		       unsigned int level)
{
	mark(marking, topology_find_index(marking->topology, index), is_below_session, level + 1);
}

/* Each device with sessions may be the one. */
static void mark_sessions(const struct marking *marking, unsigned int level)
{
	const struct nfto_topology *topology = marking->topology;

	for (size_t i = 0; i < topology->pppoe_lower_count; i++)
		mark_lower(marking, topology->pppoe_lowers[i], true, level);
}

static void mark_ports(const struct marking *marking, const struct link_info *bridge,
		       unsigned int level)
{
	const struct link_info *const *ports;
	size_t count;

	ports = topology_ports(marking->topology, bridge, &count);
	for (size_t i = 0; i < count; i++)
		mark(marking, ports[i], true, level + 1);
}

/* A record may stack devices on each other that no kernel would. */
static void mark(const struct marking *marking, const struct link_info *link, bool is_below_session,
		 unsigned int level)
{
	const struct link_info **lost;

	if (!link || level > MOST_LEVELS)
		return;
	lost = &marking->lost_of[link - marking->topology->links];
	if (*lost)
		return;
	*lost = marking->tunnel;
	switch (role_of(link)) {
	case ROLE_VLAN:
		mark_lower(marking, link->lower, is_below_session, level);
		return;
	case ROLE_PPP:
		mark_sessions(marking, level);
		return;
	case ROLE_BRIDGE:
		/* The kernel does not follow a path from a tunnel through a bridge. */
		if (is_below_session)
			mark_ports(marking, link, level);
		return;
	default:
		return;
	}
}

void plan_find_lost(const struct nfto_topology *topology, const struct link_info **lost_of)
{
	struct marking marking = { .topology = topology, .lost_of = lost_of };

	if (topology->kernel.needs_whole_path != NFTO_YES)
		return;
	for (size_t i = 0; i < topology->link_count; i++) {
		const struct link_info *link = topology->by_index[i];

		marking.tunnel = link;
		if (link->carries_ipv4 && link->is_up)
			mark_lower(&marking, link->egress, false, 0);
	}
}
