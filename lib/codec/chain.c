// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <string.h>

#include <libnftnl/chain.h>
#include <linux/netfilter.h>

#include "chain.h"
#include "netlink/attr.h"

static int set_forward_hook(struct nftnl_chain *chain, int32_t priority)
{
	nftnl_chain_set_u32(chain, NFTNL_CHAIN_HOOKNUM, NF_INET_FORWARD);
	nftnl_chain_set_s32(chain, NFTNL_CHAIN_PRIO, priority);
	nftnl_chain_set_u32(chain, NFTNL_CHAIN_POLICY, NF_ACCEPT);
	return nftnl_chain_set_str(chain, NFTNL_CHAIN_TYPE, "filter");
}

static int build(struct messages *messages, uint8_t family, const char *table, const char *name,
		 const int32_t *forward_priority)
{
	struct nftnl_chain *chain = nftnl_chain_alloc();
	struct nlmsghdr *message;
	int ret = -ENOMEM;

	if (!chain)
		return -ENOMEM;
	if (nftnl_chain_set_str(chain, NFTNL_CHAIN_TABLE, table) < 0 ||
	    nftnl_chain_set_str(chain, NFTNL_CHAIN_NAME, name) < 0)
		goto out;
	if (forward_priority && set_forward_hook(chain, *forward_priority) < 0)
		goto out;

	message = nft_open(messages, NFT_MSG_NEWCHAIN, NLM_F_CREATE, family);
	if (!message)
		goto out;
	nftnl_chain_nlmsg_build_payload(message, chain);
	messages_close(messages, message);
	ret = 0;
out:
	nftnl_chain_free(chain);
	return ret;
}

int chain_build_new(struct messages *messages, uint8_t family, const char *table, const char *name)
{
	return build(messages, family, table, name, NULL);
}

int chain_build_new_forward(struct messages *messages, uint8_t family, const char *table,
			    const char *name, int32_t priority)
{
	return build(messages, family, table, name, &priority);
}

static int build_named(struct messages *messages, uint16_t type, uint8_t family, const char *table,
		       const char *name)
{
	struct nlmsghdr *message = nft_open(messages, type, 0, family);

	if (!message)
		return -ENOMEM;
	mnl_attr_put_strz(message, NFTA_CHAIN_TABLE, table);
	mnl_attr_put_strz(message, NFTA_CHAIN_NAME, name);
	messages_close(messages, message);
	return 0;
}

int chain_build_delete(struct messages *messages, uint8_t family, const char *table,
		       const char *name)
{
	return build_named(messages, NFT_MSG_DELCHAIN, family, table, name);
}

int chain_build_get(struct messages *messages, uint8_t family, const char *table, const char *name)
{
	return build_named(messages, NFT_MSG_GETCHAIN, family, table, name);
}

int chain_parse(const struct nlmsghdr *message, struct chain_info *info)
{
	const struct nlattr *attrs[NFTA_CHAIN_MAX + 1], *hook[NFTA_HOOK_MAX + 1];
	uint32_t priority;

	memset(info, 0, sizeof(*info));
	if (attr_parse(message, sizeof(struct nfgenmsg), attrs, NFTA_CHAIN_MAX) < 0)
		return -EBADMSG;
	if (!attrs[NFTA_CHAIN_HOOK])
		return 0;
	if (attr_parse_nest(attrs[NFTA_CHAIN_HOOK], hook, NFTA_HOOK_MAX) < 0 ||
	    attr_be32(hook[NFTA_HOOK_HOOKNUM], &info->hook) < 0 ||
	    attr_be32(hook[NFTA_HOOK_PRIORITY], &priority) < 0)
		return -EBADMSG;
	info->priority = (int32_t)priority;
	info->is_base = true;
	return 0;
}
