// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <netinet/in.h>

#include "connection.h"

bool connection_is_looked_up(uint8_t protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		return true;
	}
	return false;
}

static int parse(const struct nlmsghdr *message, struct connection *connection)
{
	int ret = conntrack_parse(message, &connection->info);

	return ret < 0 ? ret : conntrack_parse_details(message, &connection->details);
}

int connection_find(struct nfto_ctx *ctx, const struct conntrack_tuple *tuple,
		    struct connection *connection)
{
	struct messages request = { 0 };
	const struct nlmsghdr *message;
	int ret = conntrack_build_get(&request, tuple);

	ret = channel_get(&ctx->nft, &request, ret, &message);
	if (ret == -ENOENT)
		return 0;
	if (ret > 0)
		ret = parse(message, connection);
	else if (ret == 0)
		ret = -EBADMSG;
	return ret < 0 ? error_set_conntrack(&ctx->error, &ctx->nft.error, ret) : 1;
}
