// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <string.h>

#include "counter.h"
#include "netlink/attr.h"
#include "nft.h"

int counter_parse(const struct nlattr *expression, struct counter_info *info)
{
	const struct nlattr *attrs[NFTA_EXPR_MAX + 1], *values[NFTA_COUNTER_MAX + 1];
	char name[32];

	if (attr_parse_nest(expression, attrs, NFTA_EXPR_MAX) < 0)
		return -EBADMSG;
	if (attr_string(attrs[NFTA_EXPR_NAME], name, sizeof(name)) < 0 ||
	    strcmp(name, "counter") != 0)
		return 0;
	if (!attrs[NFTA_EXPR_DATA] ||
	    attr_parse_nest(attrs[NFTA_EXPR_DATA], values, NFTA_COUNTER_MAX) < 0 ||
	    attr_be64(values[NFTA_COUNTER_PACKETS], &info->packets) < 0 ||
	    attr_be64(values[NFTA_COUNTER_BYTES], &info->bytes) < 0)
		return -EBADMSG;
	return 1;
}
