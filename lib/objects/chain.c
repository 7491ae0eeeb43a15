// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdio.h>

#include "objects.h"

static int request_chain(struct nfto_ctx *ctx, const char *table, const char *name,
			 struct chain_info *info)
{
	struct messages request = { 0 };
	const struct nlmsghdr *message;
	int ret = chain_build_get(&request, NFTO_FAMILY_INET, table, name);

	ret = channel_get(&ctx->nft, &request, ret, &message);
	return ret == 1 && chain_parse(message, info) < 0 ? -EBADMSG : ret;
}

int chain_read(struct nfto_ctx *ctx, const char *table, const char *name, struct chain_info *info)
{
	char object[OBJECT_SIZE];
	int ret = request_chain(ctx, table, name, info);

	if (ret == -ENOENT)
		return 0;
	if (ret >= 0)
		return ret;
	snprintf(object, sizeof(object), "chain inet %s %s", table, name);
	return error_set_request(&ctx->error, &ctx->nft.error, ret, object);
}
