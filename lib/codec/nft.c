// SPDX-License-Identifier: LGPL-2.1-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>

#include "netlink/attr.h"
#include "nft.h"

int nft_build_batch_begin(struct messages *messages, uint32_t generation)
{
	struct nlmsghdr *message =
		messages_open(messages, NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);

	if (!message)
		return -ENOMEM;
	if (generation)
		mnl_attr_put_u32(message, NFNL_BATCH_GENID, htonl(generation));
	messages_close(messages, message);
	return 0;
}

int nft_build_generation_get(struct messages *messages)
{
	struct nlmsghdr *message = nft_open(messages, NFT_MSG_GETGEN, 0, AF_UNSPEC);

	if (!message)
		return -ENOMEM;
	messages_close(messages, message);
	return 0;
}

int nft_parse_generation(const struct nlmsghdr *message, uint32_t *generation)
{
	const struct nlattr *attrs[NFTA_GEN_MAX + 1];

	if (attr_parse(message, sizeof(struct nfgenmsg), attrs, NFTA_GEN_MAX) < 0 ||
	    attr_be32(attrs[NFTA_GEN_ID], generation) < 0)
		return -EBADMSG;
	return 0;
}
