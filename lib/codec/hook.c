// SPDX-License-Identifier: LGPL-2.1-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_hook.h>

#include "hook.h"
#include "netlink/attr.h"

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

/* nf_flow_offload_inet_hook, nf_flow_offload_ip_hook, nf_flow_offload_ipv6_hook */
#define FUNCTIONS "nf_flow_offload_"

int hook_parse(const struct nlmsghdr *message, struct hook_info *info)
{
	const struct nlattr *attrs[NFNLA_HOOK_MAX + 1];
	char function[512]; /* the kernel's limit is KSYM_NAME_LEN */
	int ret;

	if (attr_parse(message, sizeof(struct nfgenmsg), attrs, NFNLA_HOOK_MAX) < 0)
		return -EBADMSG;
	ret = attr_string(attrs[NFNLA_HOOK_FUNCTION_NAME], function, sizeof(function));
	if (ret == -EBADMSG)
		return ret;
	info->is_nameless = ret == -ENODATA;
	info->is_flowtable = ret == 0 && strncmp(function, FUNCTIONS, strlen(FUNCTIONS)) == 0;
	return 0;
}
