// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include "conntrack_question.h"

int conntrack_build_wrong_filter(struct messages *messages)
{
	struct nlmsghdr *message =
		messages_open(messages, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET, NLM_F_DUMP,
			      NFPROTO_ARP, 0);

	if (!message)
		return -ENOMEM;
	mnl_attr_put_u32(message, CTA_STATUS, 0);
	mnl_attr_put_u32(message, CTA_STATUS_MASK, 0);
	messages_close(messages, message);
	return 0;
}
