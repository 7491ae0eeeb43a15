// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <sys/socket.h>

#include <linux/rtnetlink.h>

#include "netlink/attr.h"
#include "route.h"

int route_build_get(struct messages *messages, uint8_t family, const void *address)
{
	struct nlmsghdr *message = messages_open_plain(messages, RTM_GETROUTE, 0);
	uint8_t length = family == AF_INET ? 4 : 16;
	struct rtmsg *route;

	if (!message)
		return -ENOMEM;
	route = mnl_nlmsg_put_extra_header(message, sizeof(*route));
	route->rtm_family = family;
	route->rtm_dst_len = (unsigned char)(8 * length);
	mnl_attr_put(message, RTA_DST, length, address);
	messages_close(messages, message);
	return 0;
}

int route_parse(const struct nlmsghdr *message, uint32_t *interface)
{
	const struct nlattr *attrs[RTA_MAX + 1];

	*interface = 0;
	if (message->nlmsg_type != RTM_NEWROUTE ||
	    attr_parse(message, sizeof(struct rtmsg), attrs, RTA_MAX) < 0 ||
	    attr_u32(attrs[RTA_OIF], interface) == -EBADMSG)
		return -EBADMSG;
	return 0;
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
