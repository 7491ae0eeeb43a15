// SPDX-License-Identifier: LGPL-2.1-or-later
#include <endian.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>

#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/udata.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>

#include "netlink/attr.h"
#include "protocol_set.h"
#include "rule.h"

/* The 32-bit registers: the parts of a concatenated key stand side by side in them. */
#define REGISTER(number) (NFT_REG32_00 + (number))

/* A rule that is being put together. Out of memory is remembered, and told at the end. */
struct rule_builder {
	struct nftnl_rule *rule;
	bool failed;
};

static void set_string(struct rule_builder *builder, uint16_t attribute, const char *value)
{
	if (nftnl_rule_set_str(builder->rule, attribute, value) < 0)
		builder->failed = true;
}

static void begin(struct rule_builder *builder, uint8_t family, const char *table,
		  const char *chain)
{
	builder->failed = false;
	builder->rule = nftnl_rule_alloc();
	if (!builder->rule) {
		builder->failed = true;
		return;
	}
	nftnl_rule_set_u32(builder->rule, NFTNL_RULE_FAMILY, family);
	set_string(builder, NFTNL_RULE_TABLE, table);
	set_string(builder, NFTNL_RULE_CHAIN, chain);
}

static void put_comment(struct rule_builder *builder, const char *comment)
{
	struct nftnl_udata_buf *buffer;

	if (builder->failed || !comment)
		return;
	buffer = userdata_new(comment);
	if (!buffer ||
	    nftnl_rule_set_data(builder->rule, NFTNL_RULE_USERDATA, nftnl_udata_buf_data(buffer),
				nftnl_udata_buf_len(buffer)) < 0)
		builder->failed = true;
	if (buffer)
		nftnl_udata_buf_free(buffer);
}

static struct nftnl_expr *put_expression(struct rule_builder *builder, const char *name)
{
	struct nftnl_expr *expression = builder->failed ? NULL : nftnl_expr_alloc(name);

	if (expression)
		nftnl_rule_add_expr(builder->rule, expression);
	else
		builder->failed = true;
	return expression;
}

static void set_expression_string(struct rule_builder *builder, struct nftnl_expr *expression,
				  uint16_t attribute, const char *value)
{
	if (nftnl_expr_set_str(expression, attribute, value) < 0)
		builder->failed = true;
}

static void put_meta(struct rule_builder *builder, uint32_t key, uint32_t reg)
{
	struct nftnl_expr *expression = put_expression(builder, "meta");

	if (!expression)
		return;
	nftnl_expr_set_u32(expression, NFTNL_EXPR_META_KEY, key);
	nftnl_expr_set_u32(expression, NFTNL_EXPR_META_DREG, reg);
}

static void put_ct(struct rule_builder *builder, uint32_t key, uint32_t reg)
{
	struct nftnl_expr *expression = put_expression(builder, "ct");

	if (!expression)
		return;
	nftnl_expr_set_u32(expression, NFTNL_EXPR_CT_KEY, key);
	nftnl_expr_set_u32(expression, NFTNL_EXPR_CT_DREG, reg);
}

static void put_payload(struct rule_builder *builder, uint32_t base, uint32_t offset,
			uint32_t length, uint32_t reg)
{
	struct nftnl_expr *expression = put_expression(builder, "payload");

	if (!expression)
		return;
	nftnl_expr_set_u32(expression, NFTNL_EXPR_PAYLOAD_BASE, base);
	nftnl_expr_set_u32(expression, NFTNL_EXPR_PAYLOAD_OFFSET, offset);
	nftnl_expr_set_u32(expression, NFTNL_EXPR_PAYLOAD_LEN, length);
	nftnl_expr_set_u32(expression, NFTNL_EXPR_PAYLOAD_DREG, reg);
}

static void put_mask(struct rule_builder *builder, uint32_t reg, uint32_t mask)
{
	struct nftnl_expr *expression = put_expression(builder, "bitwise");
	uint32_t zero = 0;

	if (!expression)
		return;
	nftnl_expr_set_u32(expression, NFTNL_EXPR_BITWISE_SREG, reg);
	nftnl_expr_set_u32(expression, NFTNL_EXPR_BITWISE_DREG, reg);
	nftnl_expr_set_u32(expression, NFTNL_EXPR_BITWISE_LEN, sizeof(mask));
	if (nftnl_expr_set(expression, NFTNL_EXPR_BITWISE_MASK, &mask, sizeof(mask)) < 0 ||
	    nftnl_expr_set(expression, NFTNL_EXPR_BITWISE_XOR, &zero, sizeof(zero)) < 0)
		builder->failed = true;
}

static void put_network_order(struct rule_builder *builder, uint32_t reg, uint32_t size)
{
	struct nftnl_expr *expression = put_expression(builder, "byteorder");

	if (!expression)
		return;
	nftnl_expr_set_u32(expression, NFTNL_EXPR_BYTEORDER_SREG, reg);
	nftnl_expr_set_u32(expression, NFTNL_EXPR_BYTEORDER_DREG, reg);
	nftnl_expr_set_u32(expression, NFTNL_EXPR_BYTEORDER_OP, NFT_BYTEORDER_HTON);
	nftnl_expr_set_u32(expression, NFTNL_EXPR_BYTEORDER_LEN, size);
	nftnl_expr_set_u32(expression, NFTNL_EXPR_BYTEORDER_SIZE, size);
}

static void put_compare(struct rule_builder *builder, uint32_t reg, uint32_t op, const void *value,
			uint32_t length)
{
	struct nftnl_expr *expression = put_expression(builder, "cmp");

	if (!expression)
		return;
	nftnl_expr_set_u32(expression, NFTNL_EXPR_CMP_SREG, reg);
	nftnl_expr_set_u32(expression, NFTNL_EXPR_CMP_OP, op);
	if (nftnl_expr_set(expression, NFTNL_EXPR_CMP_DATA, value, length) < 0)
		builder->failed = true;
}

static void put_lookup(struct rule_builder *builder, uint32_t reg, const char *set, uint32_t set_id)
{
	struct nftnl_expr *expression = put_expression(builder, "lookup");

	if (!expression)
		return;
	nftnl_expr_set_u32(expression, NFTNL_EXPR_LOOKUP_SREG, reg);
	nftnl_expr_set_u32(expression, NFTNL_EXPR_LOOKUP_SET_ID, set_id);
	set_expression_string(builder, expression, NFTNL_EXPR_LOOKUP_SET, set);
}

static void put_flow_add(struct rule_builder *builder, const char *flowtable)
{
	struct nftnl_expr *expression = put_expression(builder, "flow_offload");

	if (expression)
		set_expression_string(builder, expression, NFTNL_EXPR_FLOW_TABLE_NAME, flowtable);
}

static void put_counter(struct rule_builder *builder)
{
	put_expression(builder, "counter");
}

static void put_jump(struct rule_builder *builder, const char *chain)
{
	struct nftnl_expr *expression = put_expression(builder, "immediate");

	if (!expression)
		return;
	nftnl_expr_set_u32(expression, NFTNL_EXPR_IMM_DREG, NFT_REG_VERDICT);
	nftnl_expr_set_u32(expression, NFTNL_EXPR_IMM_VERDICT, (uint32_t)NFT_JUMP);
	set_expression_string(builder, expression, NFTNL_EXPR_IMM_CHAIN, chain);
}

static void put_set_update(struct rule_builder *builder, uint32_t reg, const char *set)
{
	struct nftnl_expr *expression = put_expression(builder, "dynset");

	if (!expression)
		return;
	nftnl_expr_set_u32(expression, NFTNL_EXPR_DYNSET_OP, NFT_DYNSET_OP_UPDATE);
	nftnl_expr_set_u32(expression, NFTNL_EXPR_DYNSET_SREG_KEY, reg);
	set_expression_string(builder, expression, NFTNL_EXPR_DYNSET_SET_NAME, set);
}

/* Appends the finished rule to the messages and frees it. */
static int end(struct rule_builder *builder, struct messages *messages)
{
	struct nlmsghdr *message = NULL;

	if (!builder->failed)
		message = nft_open(messages, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND,
				   (uint8_t)nftnl_rule_get_u32(builder->rule, NFTNL_RULE_FAMILY));
	if (message) {
		nftnl_rule_nlmsg_build_payload(message, builder->rule);
		messages_close(messages, message);
	}
	if (builder->rule)
		nftnl_rule_free(builder->rule);
	return message ? 0 : -ENOMEM;
}

/* Numbers are compared byte by byte, so in network order. */
static void put_min_packets(struct rule_builder *builder, uint64_t min_packets)
{
	uint64_t value = htobe64(min_packets);

	put_ct(builder, NFT_CT_PKTS, REGISTER(0));
	put_network_order(builder, REGISTER(0), sizeof(value));
	put_compare(builder, REGISTER(0), NFT_CMP_GTE, &value, sizeof(value));
}

int rule_build_offload(struct messages *messages, uint8_t family, const char *table,
		       const char *chain, const char *flowtable, uint64_t min_packets,
		       const char *comment)
{
	struct rule_builder builder;
	uint32_t set_id;

	if (protocol_set_build(messages, family, table, &set_id) < 0)
		return -ENOMEM;
	begin(&builder, family, table, chain);
	put_meta(&builder, NFT_META_L4PROTO, REGISTER(0));
	put_lookup(&builder, REGISTER(0), PROTOCOL_SET_NAME, set_id);
	if (min_packets > 0)
		put_min_packets(&builder, min_packets);
	put_flow_add(&builder, flowtable);
	/* The flow expression breaks off on every skip: what comes behind it counts insertions. */
	put_counter(&builder);
	put_comment(&builder, comment);
	return end(&builder, messages);
}

int rule_build_leak_counter(struct messages *messages, const char *table, const char *chain,
			    const char *leaks_chain, const char *comment)
{
	struct rule_builder builder;
	uint32_t zero = 0;

	begin(&builder, NFPROTO_INET, table, chain);
	put_ct(&builder, NFT_CT_STATUS, REGISTER(0));
	put_mask(&builder, REGISTER(0), IPS_OFFLOAD);
	put_compare(&builder, REGISTER(0), NFT_CMP_NEQ, &zero, sizeof(zero));
	put_counter(&builder);
	put_jump(&builder, leaks_chain);
	put_comment(&builder, comment);
	return end(&builder, messages);
}

/* Loads the tuple of a packet, as leak_set.h lays it out, and returns nothing in between
 * registers. */
static void put_tuple(struct rule_builder *builder, const struct leak_set *set)
{
	uint32_t address = set->address_length, source = set->nfproto == NFPROTO_IPV4 ? 12 : 8;
	uint32_t words = address / 4;

	put_payload(builder, NFT_PAYLOAD_NETWORK_HEADER, source, address, REGISTER(0));
	put_payload(builder, NFT_PAYLOAD_TRANSPORT_HEADER, 0, 2, REGISTER(words));
	put_payload(builder, NFT_PAYLOAD_NETWORK_HEADER, source + address, address,
		    REGISTER(words + 1));
	put_payload(builder, NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2, REGISTER(2 * words + 1));
	put_meta(builder, NFT_META_L4PROTO, REGISTER(2 * words + 2));
}

int rule_build_leak_namer(struct messages *messages, const char *table, const char *chain,
			  const struct leak_set *set)
{
	struct rule_builder builder;

	begin(&builder, NFPROTO_INET, table, chain);
	put_ct(&builder, NFT_CT_DIRECTION, REGISTER(0));
	put_compare(&builder, REGISTER(0), NFT_CMP_EQ, &set->direction, sizeof(set->direction));
	put_meta(&builder, NFT_META_NFPROTO, REGISTER(0));
	put_compare(&builder, REGISTER(0), NFT_CMP_EQ, &set->nfproto, sizeof(set->nfproto));
	put_tuple(&builder, set);
	put_set_update(&builder, REGISTER(0), set->name);
	return end(&builder, messages);
}

int rule_build_note(struct messages *messages, uint8_t family, const char *table, const char *chain,
		    const char *comment)
{
	struct rule_builder builder;

	begin(&builder, family, table, chain);
	put_counter(&builder);
	put_comment(&builder, comment);
	return end(&builder, messages);
}

int rule_build_flush(struct messages *messages, uint8_t family, const char *table,
		     const char *chain)
{
	struct nlmsghdr *message = nft_open(messages, NFT_MSG_DELRULE, 0, family);

	if (!message)
		return -ENOMEM;
	mnl_attr_put_strz(message, NFTA_RULE_TABLE, table);
	mnl_attr_put_strz(message, NFTA_RULE_CHAIN, chain);
	messages_close(messages, message);
	return 0;
}

int rule_build_dump(struct messages *messages, uint8_t family, const char *table)
{
	struct nlmsghdr *message = nft_open(messages, NFT_MSG_GETRULE, NLM_F_DUMP, family);

	if (!message)
		return -ENOMEM;
	mnl_attr_put_strz(message, NFTA_RULE_TABLE, table);
	messages_close(messages, message);
	return 0;
}

static int parse_counter(const struct nlattr *expressions, struct rule_info *info)
{
	const struct nlattr *expression;
	struct attr_walk walk;
	int ret;

	attr_walk_nest(&walk, expressions);
	while ((ret = attr_walk_next(&walk, &expression)) > 0) {
		ret = counter_parse(expression, &info->counter);
		if (ret < 0)
			return ret;
		if (ret > 0)
			info->has_counter = true;
	}
	return ret;
}

int rule_parse(const struct nlmsghdr *message, struct rule_info *info)
{
	const struct nlattr *attrs[NFTA_RULE_MAX + 1];

	*info = (struct rule_info){ .has_counter = false };
	if (attr_parse(message, sizeof(struct nfgenmsg), attrs, NFTA_RULE_MAX) < 0 ||
	    attr_string(attrs[NFTA_RULE_CHAIN], info->chain, sizeof(info->chain)) < 0 ||
	    attr_be64(attrs[NFTA_RULE_HANDLE], &info->handle) == -EBADMSG)
		return -EBADMSG;
	userdata_comment(attrs[NFTA_RULE_USERDATA], info->comment, sizeof(info->comment));
	if (!attrs[NFTA_RULE_EXPRESSIONS])
		return 0;
	return parse_counter(attrs[NFTA_RULE_EXPRESSIONS], info);
}
