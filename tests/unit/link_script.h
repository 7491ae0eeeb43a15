/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef LINK_SCRIPT_H
#define LINK_SCRIPT_H

#include "reply.h"

/* A network device as rtnl_fill_ifinfo() of net/core/rtnetlink.c tells it. What is 0 or NULL is not
 * sent. */
struct reply_link {
	int index;
	const char *name;
	uint16_t type;
	unsigned int flags;
	const char *kind;
	const char *port_kind;
	uint32_t master;
	uint32_t lower;
	bool is_elsewhere;
	uint16_t vlan_id;
	uint16_t vlan_protocol;
	bool vlan_filtering;
	const uint8_t
		*tunnel_remote; /* of an ip6tnl, which is sent with the flags; else of an ipip */
	uint32_t tunnel_flags;
	uint8_t tunnel_protocol; /* 0: any */
	const char *switch_id;
	const char *port_name;
};
struct nlmsghdr *reply_link(struct fake *fake, const struct reply_link *link);

#endif
