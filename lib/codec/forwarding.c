// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include <linux/netconf.h>
#include <linux/rtnetlink.h>

#include "forwarding.h"
#include "netlink/attr.h"

int forwarding_build_get(struct messages *messages, uint8_t family, uint32_t interface)
{
	struct nlmsghdr *message = messages_open_plain(messages, RTM_GETNETCONF, 0);
	struct netconfmsg *header;

	if (!message)
		return -ENOMEM;
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	header->ncm_family = family;
	mnl_attr_put_u32(message, NETCONFA_IFINDEX, interface);
	messages_close(messages, message);
	return 0;
}

int forwarding_parse(const struct nlmsghdr *message, bool *is_on)
{
	const struct nlattr *attrs[NETCONFA_MAX + 1];
	uint32_t value;

	if (message->nlmsg_type != RTM_NEWNETCONF ||
	    attr_parse(message, sizeof(struct netconfmsg), attrs, NETCONFA_MAX) < 0 ||
	    attr_u32(attrs[NETCONFA_FORWARDING], &value) < 0)
		return -EBADMSG;
	*is_on = value != 0;
	return 0;
}
