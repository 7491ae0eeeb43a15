// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <sys/socket.h>

#include "nft.h"

int nft_build_batch_begin(struct messages *messages)
{
	struct nlmsghdr *message =
		messages_open(messages, NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);

	if (!message)
		return -ENOMEM;
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
