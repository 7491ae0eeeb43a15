// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include "conntrack_id.h"
#include "netlink/attr.h"

int conntrack_parse_id(const struct nlmsghdr *message, uint32_t *id)
{
	const struct nlattr *attrs[CTA_MAX + 1];

	if (attr_parse(message, sizeof(struct nfgenmsg), attrs, CTA_MAX) < 0 ||
	    attr_be32(attrs[CTA_ID], id) < 0)
		return -EBADMSG;
	return 0;
}
