// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdio.h>

#include "objects.h"

NFTO_API const char *nfto_family_name(enum nfto_family family)
{
	switch (family) {
	case NFTO_FAMILY_INET:
		return "inet";
	case NFTO_FAMILY_IPV4:
		return "ip";
	case NFTO_FAMILY_IPV6:
		return "ip6";
	}
	return "unknown";
}

static int request_table(struct nfto_ctx *ctx, uint8_t family, const char *name,
			 struct table_info *info)
{
	struct messages request = { 0 };
	const struct nlmsghdr *message;
	int ret =
		channel_get(&ctx->nft, &request, table_build_get(&request, family, name), &message);

	return ret == 1 && table_parse(message, info) < 0 ? -EBADMSG : ret;
}

int table_read(struct nfto_ctx *ctx, uint8_t family, const char *name, struct table_info *info)
{
	char object[OBJECT_SIZE];
	int ret = request_table(ctx, family, name, info);

	if (ret == -ENOENT)
		return 0;
	if (ret >= 0)
		return ret;
	/* What nfnetlink answers for a subsystem that it does not have. */
	if (ret == -EINVAL || ret == -EOPNOTSUPP)
		return error_set_object(&ctx->error, NFTO_ERROR_NOT_SUPPORTED, EOPNOTSUPP,
					"nf_tables");
	snprintf(object, sizeof(object), "table %s %s", nfto_family_name(family), name);
	return error_set_request(&ctx->error, &ctx->nft.error, ret, object);
}
