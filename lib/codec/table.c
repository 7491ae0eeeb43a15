// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include <libnftnl/table.h>
#include <libnftnl/udata.h>

#include "netlink/attr.h"
#include "table.h"

static int set_comment(struct nftnl_table *table, const char *comment)
{
	struct nftnl_udata_buf *buffer = userdata_new(comment);
	int ret;

	if (!buffer)
		return -ENOMEM;
	ret = nftnl_table_set_data(table, NFTNL_TABLE_USERDATA, nftnl_udata_buf_data(buffer),
				   nftnl_udata_buf_len(buffer));
	nftnl_udata_buf_free(buffer);
	return ret < 0 ? -ENOMEM : 0;
}

int table_build_new(struct messages *messages, uint8_t family, const char *name,
		    const char *comment)
{
	struct nftnl_table *table = nftnl_table_alloc();
	struct nlmsghdr *message;
	int ret = -ENOMEM;

	if (!table)
		return -ENOMEM;
	if (nftnl_table_set_str(table, NFTNL_TABLE_NAME, name) < 0)
		goto out;
	if (comment && set_comment(table, comment) < 0)
		goto out;

	message = nft_open(messages, NFT_MSG_NEWTABLE, NLM_F_CREATE, family);
	if (!message)
		goto out;
	nftnl_table_nlmsg_build_payload(message, table);
	messages_close(messages, message);
	ret = 0;
out:
	nftnl_table_free(table);
	return ret;
}

static int build_named(struct messages *messages, uint16_t type, uint8_t family, const char *name)
{
	struct nlmsghdr *message = nft_open(messages, type, 0, family);

	if (!message)
		return -ENOMEM;
	mnl_attr_put_strz(message, NFTA_TABLE_NAME, name);
	messages_close(messages, message);
	return 0;
}

int table_build_delete(struct messages *messages, uint8_t family, const char *name)
{
	return build_named(messages, NFT_MSG_DELTABLE, family, name);
}

int table_build_get(struct messages *messages, uint8_t family, const char *name)
{
	return build_named(messages, NFT_MSG_GETTABLE, family, name);
}

int table_parse(const struct nlmsghdr *message, struct table_info *info)
{
	const struct nlattr *attrs[NFTA_TABLE_MAX + 1];
	const struct nfgenmsg *generic = mnl_nlmsg_get_payload(message);
	uint32_t flags = 0;

	info->handle = 0;
	if (attr_parse(message, sizeof(*generic), attrs, NFTA_TABLE_MAX) < 0 ||
	    attr_string(attrs[NFTA_TABLE_NAME], info->name, sizeof(info->name)) < 0 ||
	    attr_be64(attrs[NFTA_TABLE_HANDLE], &info->handle) == -EBADMSG ||
	    attr_be32(attrs[NFTA_TABLE_FLAGS], &flags) == -EBADMSG)
		return -EBADMSG;
	info->family = generic->nfgen_family;
	info->is_dormant = flags & NFT_TABLE_F_DORMANT;
	userdata_comment(attrs[NFTA_TABLE_USERDATA], info->comment, sizeof(info->comment));
	return 0;
}
