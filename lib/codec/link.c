// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "link.h"
#include "netlink/attr.h"

/* Of linux/if_tunnel.h and linux/ip6_tunnel.h, which redefine what is in musl's net/if.h. */
#define IFLA_IPTUN_REMOTE 3
#define IFLA_IPTUN_FLAGS 8
#define IFLA_IPTUN_PROTO 9
#define IFLA_IPTUN_MAX IFLA_IPTUN_PROTO
#define IP6_TNL_F_IGN_ENCAP_LIMIT 0x1

static int build(struct messages *messages, uint16_t flags, uint32_t index)
{
	struct nlmsghdr *message = messages_open_plain(messages, RTM_GETLINK, flags);
	struct ifinfomsg *header;

	if (!message)
		return -ENOMEM;
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	header->ifi_family = AF_UNSPEC;
	header->ifi_index = (int)index;
	mnl_attr_put_u32(message, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	messages_close(messages, message);
	return 0;
}

int link_build_dump(struct messages *messages)
{
	return build(messages, NLM_F_DUMP, 0);
}

int link_build_get(struct messages *messages, uint32_t index)
{
	return build(messages, 0, index);
}

static int parse_vlan(const struct nlattr *nest, struct link_info *info)
{
	const struct nlattr *attrs[IFLA_VLAN_MAX + 1];

	info->vlan_protocol = ETH_P_8021Q;
	if (attr_parse_nest(nest, attrs, IFLA_VLAN_MAX) < 0 ||
	    attr_u16(attrs[IFLA_VLAN_ID], &info->vlan_id) < 0 ||
	    attr_be16(attrs[IFLA_VLAN_PROTOCOL], &info->vlan_protocol) == -EBADMSG)
		return -EBADMSG;
	return 0;
}

static int parse_bridge(const struct nlattr *nest, struct link_info *info)
{
	const struct nlattr *attrs[IFLA_BR_MAX + 1];
	uint8_t vlan_filtering = 0;

	if (attr_parse_nest(nest, attrs, IFLA_BR_MAX) < 0 ||
	    attr_u8(attrs[IFLA_BR_VLAN_FILTERING], &vlan_filtering) == -EBADMSG ||
	    attr_u16(attrs[IFLA_BR_VLAN_DEFAULT_PVID], &info->default_pvid) == -EBADMSG)
		return -EBADMSG;
	info->vlan_filtering = vlan_filtering != 0;
	return 0;
}

/* Without a remote address, which is all 0 then, each packet has its own. */
static int parse_remote(const struct nlattr *attr, uint8_t family, struct link_info *info)
{
	static const uint8_t none[sizeof(info->tunnel_remote)];
	int ret = attr_bytes(attr, info->tunnel_remote, family == AF_INET ? 4 : 16);

	if (ret == 0 && memcmp(info->tunnel_remote, none, sizeof(none)) != 0)
		info->tunnel_family = family;
	return ret == -EBADMSG ? ret : 0;
}

static int parse_tunnel(const struct nlattr *nest, uint8_t family, struct link_info *info)
{
	const struct nlattr *attrs[IFLA_IPTUN_MAX + 1];
	uint8_t protocol = IPPROTO_IPV6;
	uint32_t flags = 0;

	if (attr_parse_nest(nest, attrs, IFLA_IPTUN_MAX) < 0 ||
	    parse_remote(attrs[IFLA_IPTUN_REMOTE], family, info) < 0)
		return -EBADMSG;
	if (family == AF_INET)
		return 0;
	if (attr_u32(attrs[IFLA_IPTUN_FLAGS], &flags) == -EBADMSG ||
	    attr_u8(attrs[IFLA_IPTUN_PROTO], &protocol) == -EBADMSG)
		return -EBADMSG;
	info->carries_ipv4 = protocol != IPPROTO_IPV6;
	info->has_encap_limit = !(flags & IP6_TNL_F_IGN_ENCAP_LIMIT);
	return 0;
}

static int parse_kind(const struct nlattr *nest, struct link_info *info)
{
	const struct nlattr *attrs[IFLA_INFO_MAX + 1];
	const struct nlattr *data;

	if (attr_parse_nest(nest, attrs, IFLA_INFO_MAX) < 0 ||
	    attr_string(attrs[IFLA_INFO_KIND], info->kind, sizeof(info->kind)) == -EBADMSG ||
	    attr_string(attrs[IFLA_INFO_SLAVE_KIND], info->port_kind, sizeof(info->port_kind)) ==
		    -EBADMSG)
		return -EBADMSG;
	data = attrs[IFLA_INFO_DATA];
	if (data && strcmp(info->kind, "vlan") == 0)
		return parse_vlan(data, info);
	if (data && strcmp(info->kind, "bridge") == 0)
		return parse_bridge(data, info);
	if (data && strcmp(info->kind, "ipip") == 0)
		return parse_tunnel(data, AF_INET, info);
	if (data && strcmp(info->kind, "ip6tnl") == 0)
		return parse_tunnel(data, AF_INET6, info);
	return 0;
}

static int parse_switch(const struct nlattr *attr, struct link_info *info)
{
	if (!attr)
		return 0;
	info->switch_id_length = mnl_attr_get_payload_len(attr);
	if (info->switch_id_length > sizeof(info->switch_id))
		return -EBADMSG;
	memcpy(info->switch_id, mnl_attr_get_payload(attr), info->switch_id_length);
	return 0;
}

int link_parse(const struct nlmsghdr *message, struct link_info *info)
{
	const struct nlattr *attrs[IFLA_MAX + 1];
	const struct ifinfomsg *header = mnl_nlmsg_get_payload(message);

	memset(info, 0, sizeof(*info));
	if (attr_parse(message, sizeof(*header), attrs, IFLA_MAX) < 0 || header->ifi_index <= 0 ||
	    attr_string(attrs[IFLA_IFNAME], info->name, sizeof(info->name)) < 0 ||
	    attr_u32(attrs[IFLA_MASTER], &info->master) == -EBADMSG ||
	    attr_u32(attrs[IFLA_LINK], &info->lower) == -EBADMSG ||
	    attr_u32(attrs[IFLA_MTU], &info->mtu) == -EBADMSG ||
	    attr_string(attrs[IFLA_PHYS_PORT_NAME], info->port_name, sizeof(info->port_name)) ==
		    -EBADMSG ||
	    parse_switch(attrs[IFLA_PHYS_SWITCH_ID], info) < 0)
		return -EBADMSG;
	info->index = (uint32_t)header->ifi_index;
	info->type = header->ifi_type;
	info->is_up = header->ifi_flags & IFF_UP;
	info->lower_is_elsewhere = attrs[IFLA_LINK_NETNSID] != NULL;
	return attrs[IFLA_LINKINFO] ? parse_kind(attrs[IFLA_LINKINFO], info) : 0;
}
