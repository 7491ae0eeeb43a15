// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <string.h>

#include <linux/netfilter.h>

#include "set_elements.h"

int set_elements_build_dump(struct messages *messages, const char *table, const char *set)
{
	struct nlmsghdr *message = nft_open(messages, NFT_MSG_GETSETELEM, NLM_F_DUMP, NFPROTO_INET);

	if (!message)
		return -ENOMEM;
	mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_TABLE, table);
	mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_SET, set);
	messages_close(messages, message);
	return 0;
}

int set_elements_walk(const struct nlmsghdr *message, struct attr_walk *walk)
{
	const struct nlattr *attrs[NFTA_SET_ELEM_LIST_MAX + 1];

	memset(walk, 0, sizeof(*walk));
	if (attr_parse(message, sizeof(struct nfgenmsg), attrs, NFTA_SET_ELEM_LIST_MAX) < 0)
		return -EBADMSG;
	if (attrs[NFTA_SET_ELEM_LIST_ELEMENTS])
		attr_walk_nest(walk, attrs[NFTA_SET_ELEM_LIST_ELEMENTS]);
	return 0;
}
