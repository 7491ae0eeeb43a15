// SPDX-License-Identifier: LGPL-2.1-or-later
#include <arpa/inet.h>
#include <errno.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_hook.h>

#include "hook.h"

/* The header of the build machine may be older than it. */
#define SUBSYSTEM 12 /* NFNL_SUBSYS_HOOK */

int hook_build_dump(struct messages *messages, const char *device)
{
	struct nlmsghdr *message = messages_open(messages, SUBSYSTEM << 8 | NFNL_MSG_HOOK_GET,
						 NLM_F_DUMP, NFPROTO_NETDEV, 0);

	if (!message)
		return -ENOMEM;
	mnl_attr_put_u32(message, NFNLA_HOOK_HOOKNUM, htonl(NF_NETDEV_INGRESS));
	mnl_attr_put_strz(message, NFNLA_HOOK_DEV, device);
	messages_close(messages, message);
	return 0;
}
