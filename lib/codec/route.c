// SPDX-License-Identifier: LGPL-2.1-or-later
#include <endian.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/rtnetlink.h>

#include "netlink/attr.h"
#include "route.h"

static uint8_t address_length(uint8_t family)
{
	return family == AF_INET ? 4 : 16;
}

static void put_number(struct nlmsghdr *message, uint16_t type, uint32_t number)
{
	if (number != 0)
		mnl_attr_put_u32(message, type, number);
}

/* Kernels before 4.19 do not know the ports: they pass over what they don't know. */
static void put_ports(struct nlmsghdr *message, const struct route_question *question)
{
	if (question->protocol == 0)
		return;
	mnl_attr_put_u8(message, RTA_IP_PROTO, question->protocol);
	if (question->source_port)
		mnl_attr_put_u16(message, RTA_SPORT, htobe16(question->source_port));
	if (question->destination_port)
		mnl_attr_put_u16(message, RTA_DPORT, htobe16(question->destination_port));
}

int route_build_get(struct messages *messages, const struct route_question *question)
{
	struct nlmsghdr *message = messages_open_plain(messages, RTM_GETROUTE, 0);
	uint8_t length = address_length(question->family);
	struct rtmsg *route;

	if (!message)
		return -ENOMEM;
	route = mnl_nlmsg_put_extra_header(message, sizeof(*route));
	route->rtm_family = question->family;
	route->rtm_dst_len = (unsigned char)(8 * length);
	mnl_attr_put(message, RTA_DST, length, question->destination);
	if (question->source) {
		route->rtm_src_len = (unsigned char)(8 * length);
		mnl_attr_put(message, RTA_SRC, length, question->source);
	}
	put_number(message, RTA_IIF, question->input);
	put_number(message, RTA_OIF, question->output);
	put_number(message, RTA_MARK, question->mark);
	put_ports(message, question);
	messages_close(messages, message);
	return 0;
}

/* A next hop of another family than the destination stands in an attribute of its own. */
static int parse_next_hop(const struct nlattr *gateway, const struct nlattr *via, uint8_t family,
			  struct route_info *info)
{
	uint8_t raw[sizeof(uint16_t) + 16];

	if (gateway) {
		info->next_family = family;
		return attr_bytes(gateway, info->next_hop, address_length(family));
	}
	if (!via || attr_bytes(via, raw, sizeof(raw)) < 0)
		return 0;
	info->next_family = AF_INET6;
	memcpy(info->next_hop, raw + sizeof(uint16_t), sizeof(info->next_hop));
	return 0;
}

int route_parse(const struct nlmsghdr *message, struct route_info *info)
{
	const struct rtmsg *route = mnl_nlmsg_get_payload(message);
	const struct nlattr *attrs[RTA_MAX + 1];

	memset(info, 0, sizeof(*info));
	if (message->nlmsg_type != RTM_NEWROUTE ||
	    attr_parse(message, sizeof(*route), attrs, RTA_MAX) < 0 ||
	    attr_u32(attrs[RTA_OIF], &info->interface) == -EBADMSG)
		return -EBADMSG;
	info->type = route->rtm_type;
	return parse_next_hop(attrs[RTA_GATEWAY], attrs[RTA_VIA], route->rtm_family, info);
}

int route_build_interface_get(struct messages *messages, const char *name)
{
	struct nlmsghdr *message = messages_open_plain(messages, RTM_GETLINK, 0);

	if (!message)
		return -ENOMEM;
	mnl_nlmsg_put_extra_header(message, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(message, IFLA_IFNAME, name);
	mnl_attr_put_u32(message, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	messages_close(messages, message);
	return 0;
}

int route_parse_interface(const struct nlmsghdr *message, uint32_t *interface)
{
	const struct ifinfomsg *link = mnl_nlmsg_get_payload(message);

	if (message->nlmsg_type != RTM_NEWLINK ||
	    mnl_nlmsg_get_payload_len(message) < sizeof(*link) || link->ifi_index <= 0)
		return -EBADMSG;
	*interface = (uint32_t)link->ifi_index;
	return 0;
}
