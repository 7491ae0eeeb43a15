// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include "conntrack_question.h"

static struct nlmsghdr *open_for(struct messages *messages, uint16_t type, uint16_t flags,
				 uint8_t family)
{
	return messages_open(messages, NFNL_SUBSYS_CTNETLINK << 8 | type, flags, family, 0);
}

/* The answer is marked as a part of a dump, of which no end comes: the acknowledgement stands for
 * it. */
int conntrack_build_stats_get(struct messages *messages)
{
	struct nlmsghdr *message =
		open_for(messages, IPCTNL_MSG_CT_GET_STATS, NLM_F_ACK, NFPROTO_UNSPEC);

	if (!message)
		return -ENOMEM;
	messages_close(messages, message);
	return 0;
}

int conntrack_build_wrong_filter(struct messages *messages)
{
	struct nlmsghdr *message = open_for(messages, IPCTNL_MSG_CT_GET, NLM_F_DUMP, NFPROTO_ARP);

	if (!message)
		return -ENOMEM;
	mnl_attr_put_u32(message, CTA_STATUS, 0);
	mnl_attr_put_u32(message, CTA_STATUS_MASK, 0);
	messages_close(messages, message);
	return 0;
}
