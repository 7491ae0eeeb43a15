// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <libnftnl/expr.h>
#include <libnftnl/set.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_tuple_common.h>

#include "leak_set.h"

const struct leak_set leak_sets[LEAK_SET_COUNT] = {
	{ "leaks4_original", NFPROTO_IPV4, IP_CT_DIR_ORIGINAL, 4 },
	{ "leaks4_reply", NFPROTO_IPV4, IP_CT_DIR_REPLY, 4 },
	{ "leaks6_original", NFPROTO_IPV6, IP_CT_DIR_ORIGINAL, 16 },
	{ "leaks6_reply", NFPROTO_IPV6, IP_CT_DIR_REPLY, 16 },
};

/* A router that leaks more flows than this has one cause for all of them. */
#define MAX_ELEMENTS 4096
#define TIMEOUT_MS (5 * 60 * 1000)

/* nft(8)'s numbers for types, and its way to write a concatenation: six bits for each part. */
enum nft_type {
	TYPE_IP_ADDR = 7,
	TYPE_IP6_ADDR = 8,
	TYPE_INET_PROTO = 12,
	TYPE_INET_SERVICE = 13,
};
#define TYPE_BITS 6

static uint32_t key_type(const struct leak_set *set)
{
	uint32_t address = set->nfproto == NFPROTO_IPV4 ? TYPE_IP_ADDR : TYPE_IP6_ADDR;
	uint32_t type = address;

	type = type << TYPE_BITS | TYPE_INET_SERVICE;
	type = type << TYPE_BITS | address;
	type = type << TYPE_BITS | TYPE_INET_SERVICE;
	return type << TYPE_BITS | TYPE_INET_PROTO;
}

/* Two addresses, and a word for each of the two ports and the protocol. */
static uint32_t key_length(const struct leak_set *set)
{
	return 2u * set->address_length + 3 * sizeof(uint32_t);
}

static int put_counter(struct nftnl_set *nftnl)
{
	struct nftnl_expr *counter = nftnl_expr_alloc("counter");

	if (!counter)
		return -ENOMEM;
	nftnl_set_add_expr(nftnl, counter);
	return 0;
}

int leak_set_build_new(struct messages *messages, const char *table, const struct leak_set *set)
{
	struct nftnl_set *nftnl = nftnl_set_alloc();
	struct nlmsghdr *message;
	int ret = -ENOMEM;

	if (!nftnl)
		return -ENOMEM;
	nftnl_set_set_u32(nftnl, NFTNL_SET_ID, (uint32_t)messages->count);
	nftnl_set_set_u32(nftnl, NFTNL_SET_FLAGS, NFT_SET_EVAL | NFT_SET_TIMEOUT);
	nftnl_set_set_u32(nftnl, NFTNL_SET_KEY_TYPE, key_type(set));
	nftnl_set_set_u32(nftnl, NFTNL_SET_KEY_LEN, key_length(set));
	nftnl_set_set_u32(nftnl, NFTNL_SET_DESC_SIZE, MAX_ELEMENTS);
	nftnl_set_set_u64(nftnl, NFTNL_SET_TIMEOUT, TIMEOUT_MS);
	if (nftnl_set_set_str(nftnl, NFTNL_SET_TABLE, table) < 0 ||
	    nftnl_set_set_str(nftnl, NFTNL_SET_NAME, set->name) < 0 || put_counter(nftnl) < 0)
		goto out;

	message = nft_open(messages, NFT_MSG_NEWSET, NLM_F_CREATE, NFPROTO_INET);
	if (!message)
		goto out;
	nftnl_set_nlmsg_build_payload(message, nftnl);
	messages_close(messages, message);
	ret = 0;
out:
	nftnl_set_free(nftnl);
	return ret;
}

static uint16_t port_at(const uint8_t *key)
{
	return (uint16_t)(key[0] << 8 | key[1]);
}

static int parse_key(const struct nlattr *attr, const struct leak_set *set, struct leak_info *info)
{
	const struct nlattr *attrs[NFTA_DATA_MAX + 1];
	size_t address = set->address_length;
	uint8_t key[2 * sizeof(info->source) + 3 * sizeof(uint32_t)];

	if (!attr || attr_parse_nest(attr, attrs, NFTA_DATA_MAX) < 0 ||
	    attr_bytes(attrs[NFTA_DATA_VALUE], key, key_length(set)) < 0)
		return -EBADMSG;
	memcpy(info->source, key, address);
	info->source_port = port_at(key + address);
	memcpy(info->destination, key + address + 4, address);
	info->destination_port = port_at(key + 2 * address + 4);
	info->protocol = key[2 * address + 8];
	return 0;
}

/* The kernel tells a timeout only if it is another one than that of the set. */
static int parse_idle(const struct nlattr *const *attrs, struct leak_info *info)
{
	uint64_t timeout = TIMEOUT_MS, expiration;
	int ret = attr_be64(attrs[NFTA_SET_ELEM_EXPIRATION], &expiration);

	if (ret == -EBADMSG || attr_be64(attrs[NFTA_SET_ELEM_TIMEOUT], &timeout) == -EBADMSG)
		return -EBADMSG;
	if (ret < 0)
		return 0;
	info->has_idle = true;
	info->idle_ms = timeout > expiration ? timeout - expiration : 0;
	return 0;
}

static int parse_element(const struct nlattr *element, const struct leak_set *set,
			 struct leak_info *info)
{
	const struct nlattr *attrs[NFTA_SET_ELEM_MAX + 1];

	memset(info, 0, sizeof(*info));
	info->nfproto = set->nfproto;
	info->direction = set->direction;
	if (attr_parse_nest(element, attrs, NFTA_SET_ELEM_MAX) < 0 ||
	    parse_key(attrs[NFTA_SET_ELEM_KEY], set, info) < 0)
		return -EBADMSG;
	if (parse_idle(attrs, info) < 0)
		return -EBADMSG;
	if (!attrs[NFTA_SET_ELEM_EXPR])
		return 0;
	return counter_parse(attrs[NFTA_SET_ELEM_EXPR], &info->counter) < 0 ? -EBADMSG : 0;
}

int leak_set_next(struct attr_walk *walk, const struct leak_set *set, struct leak_info *info)
{
	const struct nlattr *element;
	int ret = attr_walk_next(walk, &element);

	if (ret <= 0)
		return ret;
	return parse_element(element, set, info) < 0 ? -EBADMSG : 1;
}

const struct leak_set *leak_set_find(uint8_t nfproto, uint8_t direction)
{
	for (size_t i = 0; i < LEAK_SET_COUNT; i++) {
		if (leak_sets[i].nfproto == nfproto && leak_sets[i].direction == direction)
			return &leak_sets[i];
	}
	return NULL;
}

static void write_key(uint8_t *key, const struct leak_set *set, const struct leak_info *leak)
{
	size_t address = set->address_length;

	memcpy(key, leak->source, address);
	key[address] = (uint8_t)(leak->source_port >> 8);
	key[address + 1] = (uint8_t)leak->source_port;
	memcpy(key + address + 4, leak->destination, address);
	key[2 * address + 4] = (uint8_t)(leak->destination_port >> 8);
	key[2 * address + 5] = (uint8_t)leak->destination_port;
	key[2 * address + 8] = leak->protocol;
}

int leak_set_build_get(struct messages *messages, const char *table, const struct leak_set *set,
		       const struct leak_info *leak)
{
	struct nlmsghdr *message = nft_open(messages, NFT_MSG_GETSETELEM, 0, NFPROTO_INET);
	uint8_t key[2 * sizeof(leak->source) + 3 * sizeof(uint32_t)] = { 0 };
	struct nlattr *list, *element, *nest;

	if (!message)
		return -ENOMEM;
	write_key(key, set, leak);
	mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_TABLE, table);
	mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_SET, set->name);
	list = mnl_attr_nest_start(message, NFTA_SET_ELEM_LIST_ELEMENTS);
	element = mnl_attr_nest_start(message, NFTA_LIST_ELEM);
	nest = mnl_attr_nest_start(message, NFTA_SET_ELEM_KEY);
	mnl_attr_put(message, NFTA_DATA_VALUE, key_length(set), key);
	mnl_attr_nest_end(message, nest);
	mnl_attr_nest_end(message, element);
	mnl_attr_nest_end(message, list);
	messages_close(messages, message);
	return 0;
}
