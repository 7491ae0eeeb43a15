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

static int parse_function(const struct nlattr *attr, struct hook_info *info)
{
	char function[512]; /* the kernel's limit is KSYM_NAME_LEN */
	int ret = attr_string(attr, function, sizeof(function));

	if (ret == -EBADMSG)
		return ret;
	info->is_nameless = ret == -ENODATA;
	info->is_flowtable = ret == 0 && strncmp(function, FUNCTIONS, strlen(FUNCTIONS)) == 0;
	return 0;
}

static int parse_flowtable(const struct nlattr *attr, struct hook_info *info)
{
	const struct nlattr *attrs[NFNLA_CHAIN_MAX + 1];

	if (!attr || attr_parse_nest(attr, attrs, NFNLA_CHAIN_MAX) < 0 ||
	    attr_string(attrs[NFNLA_CHAIN_TABLE], info->table, sizeof(info->table)) < 0 ||
	    attr_string(attrs[NFNLA_CHAIN_NAME], info->flowtable, sizeof(info->flowtable)) < 0 ||
	    attr_u8(attrs[NFNLA_CHAIN_FAMILY], &info->family) < 0)
		return -EBADMSG;
	info->is_flowtable = info->is_named = true;
	return 0;
}

/* Of a flowtable that is just being made, or deleted, there is none. */
static int parse_owner(const struct nlattr *attr, struct hook_info *info)
{
	const struct nlattr *attrs[NFNLA_HOOK_INFO_MAX + 1];
	uint32_t type = 0;

	if (!attr)
		return 0;
	if (attr_parse_nest(attr, attrs, NFNLA_HOOK_INFO_MAX) < 0 ||
	    attr_be32(attrs[NFNLA_HOOK_INFO_TYPE], &type) == -EBADMSG)
		return -EBADMSG;
	if (type != NFNL_HOOK_TYPE_NFT_FLOWTABLE)
		return 0;
	return parse_flowtable(attrs[NFNLA_HOOK_INFO_DESC], info);
}

int hook_parse(const struct nlmsghdr *message, struct hook_info *info)
{
	const struct nlattr *attrs[NFNLA_HOOK_MAX + 1];
	int ret;

	memset(info, 0, sizeof(*info));
	if (attr_parse(message, sizeof(struct nfgenmsg), attrs, NFNLA_HOOK_MAX) < 0)
		return -EBADMSG;
	ret = parse_function(attrs[NFNLA_HOOK_FUNCTION_NAME], info);
	return ret < 0 ? ret : parse_owner(attrs[NFNLA_HOOK_CHAIN_INFO], info);
}
