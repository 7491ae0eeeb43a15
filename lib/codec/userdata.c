// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include <libmnl/libmnl.h>
#include <libnftnl/udata.h>
#include <linux/netfilter/nf_tables.h>

#include "userdata.h"

/* nft(8) gives the comment the same number in tables and in rules. */
#define COMMENT_TYPE NFTNL_UDATA_RULE_COMMENT

struct nftnl_udata_buf *userdata_new(const char *comment)
{
	struct nftnl_udata_buf *buffer = nftnl_udata_buf_alloc(NFT_USERDATA_MAXLEN);

	if (buffer && !nftnl_udata_put_strz(buffer, COMMENT_TYPE, comment)) {
		nftnl_udata_buf_free(buffer);
		return NULL;
	}
	return buffer;
}

/* User data is a row of: type, length, so many bytes. A comment comes with its NUL. */
void userdata_comment(const struct nlattr *userdata, char *comment, size_t size)
{
	const uint8_t *data = userdata ? mnl_attr_get_payload(userdata) : NULL;
	size_t left = userdata ? mnl_attr_get_payload_len(userdata) : 0;

	comment[0] = '\0';
	while (left >= 2 && left - 2 >= data[1]) {
		size_t room = data[1], length = strnlen((const char *)data + 2, room);

		if (data[0] == COMMENT_TYPE && length < size) {
			memcpy(comment, data + 2, length);
			comment[length] = '\0';
			return;
		}
		data += 2 + room;
		left -= 2 + room;
	}
}
