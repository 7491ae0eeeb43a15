// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "neighbour.h"
#include "netlink/attr.h"

static struct nlmsghdr *open_get(struct messages *messages, uint8_t family, uint32_t interface)
{
	struct nlmsghdr *message = messages_open_plain(messages, RTM_GETNEIGH, 0);
	struct ndmsg *header;

	if (!message)
		return NULL;
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	header->ndm_family = family;
	header->ndm_ifindex = (int)interface;
	return message;
}

int neighbour_build_get(struct messages *messages, uint8_t family, uint32_t interface,
			const void *address)
{
	struct nlmsghdr *message = open_get(messages, family, interface);

	if (!message)
		return -ENOMEM;
	mnl_attr_put(message, NDA_DST, family == AF_INET ? 4 : 16, address);
	messages_close(messages, message);
	return 0;
}

int neighbour_build_bridge_get(struct messages *messages, uint32_t bridge, const uint8_t *address,
			       uint16_t vlan)
{
	struct nlmsghdr *message = open_get(messages, AF_BRIDGE, 0);

	if (!message)
		return -ENOMEM;
	mnl_attr_put_u32(message, NDA_MASTER, bridge);
	mnl_attr_put(message, NDA_LLADDR, ETHERNET_ADDRESS_SIZE, address);
	if (vlan != 0)
		mnl_attr_put_u16(message, NDA_VLAN, vlan);
	messages_close(messages, message);
	return 0;
}

int neighbour_parse(const struct nlmsghdr *message, struct neighbour_info *info)
{
	const struct ndmsg *header = mnl_nlmsg_get_payload(message);
	const struct nlattr *attrs[NDA_MAX + 1], *address;

	memset(info, 0, sizeof(*info));
	if (message->nlmsg_type != RTM_NEWNEIGH ||
	    attr_parse(message, sizeof(*header), attrs, NDA_MAX) < 0 || header->ndm_ifindex < 0)
		return -EBADMSG;
	info->state = header->ndm_state;
	info->interface = (uint32_t)header->ndm_ifindex;
	/* Not each kind of device has addresses of Ethernet's length. */
	address = attrs[NDA_LLADDR];
	info->has_address = attr_bytes(address, info->address, sizeof(info->address)) == 0;
	return 0;
}
