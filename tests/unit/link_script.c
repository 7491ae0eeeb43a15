// SPDX-License-Identifier: LGPL-2.1-or-later
#include <arpa/inet.h>
#include <string.h>

#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "link_script.h"

/* IFLA_IPTUN_REMOTE and, of an ip6tnl, IFLA_IPTUN_FLAGS and IFLA_IPTUN_PROTO. */
static void put_tunnel(struct nlmsghdr *message, const struct reply_link *link)
{
	bool is_ipv6 = strcmp(link->kind, "ip6tnl") == 0;
	struct nlattr *data = mnl_attr_nest_start(message, IFLA_INFO_DATA);

	mnl_attr_put(message, 3, is_ipv6 ? 16 : 4, link->tunnel_remote);
	if (is_ipv6) {
		mnl_attr_put_u32(message, 8, link->tunnel_flags);
		mnl_attr_put_u8(message, 9, link->tunnel_protocol);
	}
	mnl_attr_nest_end(message, data);
}

static void put_kind(struct nlmsghdr *message, const struct reply_link *link)
{
	struct nlattr *info = mnl_attr_nest_start(message, IFLA_LINKINFO), *data;

	if (link->kind)
		mnl_attr_put_strz(message, IFLA_INFO_KIND, link->kind);
	if (link->vlan_protocol) {
		data = mnl_attr_nest_start(message, IFLA_INFO_DATA);
		mnl_attr_put_u16(message, IFLA_VLAN_PROTOCOL, htons(link->vlan_protocol));
		mnl_attr_put_u16(message, IFLA_VLAN_ID, link->vlan_id);
		mnl_attr_nest_end(message, data);
	}
	if (link->vlan_filtering) {
		data = mnl_attr_nest_start(message, IFLA_INFO_DATA);
		mnl_attr_put_u8(message, IFLA_BR_VLAN_FILTERING, 1);
		mnl_attr_nest_end(message, data);
	}
	if (link->tunnel_remote)
		put_tunnel(message, link);
	if (link->port_kind)
		mnl_attr_put_strz(message, IFLA_INFO_SLAVE_KIND, link->port_kind);
	mnl_attr_nest_end(message, info);
}

struct nlmsghdr *reply_link(struct fake *fake, const struct reply_link *link)
{
	struct nlmsghdr *message = fake_open(fake, RTM_NEWLINK, NLM_F_MULTI, 0);
	struct ifinfomsg *header = mnl_nlmsg_put_extra_header(message, sizeof(*header));

	header->ifi_type = link->type;
	header->ifi_index = link->index;
	header->ifi_flags = link->flags;
	mnl_attr_put_strz(message, IFLA_IFNAME, link->name);
	mnl_attr_put_u32(message, IFLA_MTU, 1500);
	if (link->lower)
		mnl_attr_put_u32(message, IFLA_LINK, link->lower);
	if (link->master)
		mnl_attr_put_u32(message, IFLA_MASTER, link->master);
	if (link->switch_id)
		mnl_attr_put(message, IFLA_PHYS_SWITCH_ID, strlen(link->switch_id),
			     link->switch_id);
	if (link->port_name)
		mnl_attr_put_str(message, IFLA_PHYS_PORT_NAME, link->port_name);
	if (link->kind || link->port_kind)
		put_kind(message, link);
	if (link->is_elsewhere)
		mnl_attr_put_u32(message, IFLA_LINK_NETNSID, 0);
	fake_close(fake, message);
	return message;
}
