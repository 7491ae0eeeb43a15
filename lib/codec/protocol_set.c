// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <netinet/in.h>

#include <libnftnl/set.h>

#include "protocol_set.h"

/* nft(8)'s number for the type inet_proto, so that it shows names and not numbers. */
#define TYPE_INET_PROTO 12

static int add_protocol(struct nftnl_set *set, uint8_t protocol)
{
	struct nftnl_set_elem *element = nftnl_set_elem_alloc();

	if (!element)
		return -ENOMEM;
	if (nftnl_set_elem_set(element, NFTNL_SET_ELEM_KEY, &protocol, sizeof(protocol)) < 0) {
		nftnl_set_elem_free(element);
		return -ENOMEM;
	}
	nftnl_set_elem_add(set, element);
	return 0;
}

static struct nftnl_set *new_set(const char *table, uint32_t id)
{
	struct nftnl_set *set = nftnl_set_alloc();

	if (!set)
		return NULL;
	nftnl_set_set_u32(set, NFTNL_SET_ID, id);
	nftnl_set_set_u32(set, NFTNL_SET_FLAGS, NFT_SET_ANONYMOUS | NFT_SET_CONSTANT);
	nftnl_set_set_u32(set, NFTNL_SET_KEY_TYPE, TYPE_INET_PROTO);
	nftnl_set_set_u32(set, NFTNL_SET_KEY_LEN, sizeof(uint8_t));
	nftnl_set_set_u32(set, NFTNL_SET_DESC_SIZE, 2);
	if (nftnl_set_set_str(set, NFTNL_SET_TABLE, table) < 0 ||
	    nftnl_set_set_str(set, NFTNL_SET_NAME, PROTOCOL_SET_NAME) < 0 ||
	    add_protocol(set, IPPROTO_TCP) < 0 || add_protocol(set, IPPROTO_UDP) < 0) {
		nftnl_set_free(set);
		return NULL;
	}
	return set;
}

int protocol_set_build(struct messages *messages, uint8_t family, const char *table, uint32_t *id)
{
	struct nlmsghdr *message;
	struct nftnl_set *set;
	int ret = -ENOMEM;

	/* Unique in the batch, which is all that the kernel wants. */
	*id = (uint32_t)messages->count;
	set = new_set(table, *id);
	if (!set)
		return -ENOMEM;

	message = nft_open(messages, NFT_MSG_NEWSET, NLM_F_CREATE, family);
	if (!message)
		goto out;
	nftnl_set_nlmsg_build_payload(message, set);
	messages_close(messages, message);

	message = nft_open(messages, NFT_MSG_NEWSETELEM, NLM_F_CREATE, family);
	if (!message)
		goto out;
	nftnl_set_elems_nlmsg_build_payload(message, set);
	messages_close(messages, message);
	ret = 0;
out:
	nftnl_set_free(set);
	return ret;
}
