// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What each kind of device is to flows, by Linux 6.1, 6.12 and 7.2.
 *
 * The kernel keeps a flow for the device that its packets come in by, and looks for it on the
 * ingress hook of devices that are in the flowtable. It begins with the route's device and follows
 * ndo_fill_forward_path(): of VLANs, bridges (by their forwarding database, to one port), PPPoE,
 * DSA ports and some wifi drivers. If that ends at a device in the flowtable, the flow is kept for
 * that one; if it fails or ends elsewhere, for the route's device (nft_dev_forward_path() in
 * net/netfilter/nft_flow_offload.c), or from 7.2 on no flow is made (nf_flow_table_path.c there).
 * All other devices are the end of the way.
 *
 * Hardware takes a device whose driver answers ndo_setup_tc(TC_SETUP_FT). Only kinds that have no
 * ndo_setup_tc() at all are ruled out here; any other may be some driver's.
 */
#include <string.h>

#include <net/if_arp.h>

#include "plan_rules.h"

static const struct {
	const char *kind;
	enum role role;
} kinds[] = {
	{ "bridge", ROLE_BRIDGE },
	{ "vlan", ROLE_VLAN },
	{ "ppp", ROLE_PPP },
	{ "dsa", ROLE_DSA },
	{ "vrf", ROLE_VRF },
	{ "bond", ROLE_BOND },
	{ "team", ROLE_BOND },
	{ "batadv", ROLE_BOND },
	{ "hsr", ROLE_BOND },
	{ "macvlan", ROLE_OVER },
	{ "macvtap", ROLE_OVER },
	{ "ipvlan", ROLE_OVER },
	{ "ipvtap", ROLE_OVER },
	{ "macsec", ROLE_OVER },
	{ "veth", ROLE_VIRTUAL },
	{ "netkit", ROLE_VIRTUAL },
	{ "dummy", ROLE_VIRTUAL },
	{ "ifb", ROLE_VIRTUAL },
	{ "openvswitch", ROLE_VIRTUAL },
	{ "nlmon", ROLE_VIRTUAL },
	{ "vsockmon", ROLE_VIRTUAL },
	{ "wireguard", ROLE_TUNNEL },
	{ "gre", ROLE_TUNNEL },
	{ "gretap", ROLE_TUNNEL },
	{ "erspan", ROLE_TUNNEL },
	{ "ip6gre", ROLE_TUNNEL },
	{ "ip6gretap", ROLE_TUNNEL },
	{ "ip6erspan", ROLE_TUNNEL },
	{ "ipip", ROLE_IP_TUNNEL },
	{ "ip6tnl", ROLE_IP_TUNNEL },
	{ "sit", ROLE_TUNNEL },
	{ "vxlan", ROLE_TUNNEL },
	{ "geneve", ROLE_TUNNEL },
	{ "bareudp", ROLE_TUNNEL },
	{ "gtp", ROLE_TUNNEL },
	{ "amt", ROLE_TUNNEL },
	{ "l2tp", ROLE_TUNNEL },
	{ "ovpn", ROLE_TUNNEL },
	{ "ovpn-dco", ROLE_TUNNEL },
	{ "xfrm", ROLE_IPSEC },
	{ "vti", ROLE_IPSEC },
	{ "vti6", ROLE_IPSEC },
};

/* Devices of a kind that is not in the list: a driver's own, or a newer kernel's. */
static enum role role_of_type(const struct link_info *link)
{
	switch (link->type) {
	case ARPHRD_LOOPBACK:
		return ROLE_LOOPBACK;
	case ARPHRD_PPP:
		return ROLE_PPP;
	default:
		return ROLE_DEVICE;
	}
}

/*
 * Before 6.1, ports of DSA have no kind. The number of their switch is that of its tree, an unsigned
 * int (net/dsa/devlink.c). Ports of other drivers have longer ones; and netdevsim's show the device at
 * the other end of the wire, by its index in another network namespace, as if it was below.
 */
static bool is_old_dsa(const struct link_info *link)
{
	return !link->kind[0] && link->type == ARPHRD_ETHER && link->lower != 0 &&
	       link->switch_id_length <= sizeof(uint32_t);
}

enum role role_of(const struct link_info *link)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(link->kind, kinds[i].kind) == 0)
			return kinds[i].role;
	}
	/* A virtual machine's end of a tap, or a VPN's of a tun. */
	if (strcmp(link->kind, "tun") == 0)
		return link->type == ARPHRD_ETHER ? ROLE_VIRTUAL : ROLE_TUNNEL;
	return is_old_dsa(link) ? ROLE_DSA : role_of_type(link);
}

/* By its receive handler. That of a bridge asks for the forwarding database, as path discovery
 * does; a VRF has none. */
bool takes_packets_of_ports(const struct link_info *master)
{
	enum role role = role_of(master);

	return role != ROLE_BRIDGE && role != ROLE_VRF;
}
