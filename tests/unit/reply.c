// SPDX-License-Identifier: LGPL-2.1-or-later
#include <arpa/inet.h>
#include <endian.h>
#include <string.h>

#include <linux/netfilter/nfnetlink_conntrack.h>

#include "reply.h"
#include "unit.h"

static void put_be16(struct nlmsghdr *message, uint16_t type, uint16_t value)
{
	mnl_attr_put_u16(message, type, htons(value));
}

static void put_be32(struct nlmsghdr *message, uint16_t type, uint32_t value)
{
	mnl_attr_put_u32(message, type, htonl(value));
}

static void put_be64(struct nlmsghdr *message, uint16_t type, uint64_t value)
{
	mnl_attr_put_u64(message, type, htobe64(value));
}

struct nlmsghdr *reply_open(struct fake *fake, uint16_t type, uint16_t flags, uint8_t family)
{
	struct nlmsghdr *message = fake_open(fake, type, flags, 0);
	struct nfgenmsg *generic = mnl_nlmsg_put_extra_header(message, sizeof(*generic));

	generic->nfgen_family = family;
	generic->version = NFNETLINK_V0;
	return message;
}

void reply_done(struct fake *fake)
{
	struct nlmsghdr *message = fake_open(fake, NLMSG_DONE, NLM_F_MULTI, 0);
	int *result = mnl_nlmsg_put_extra_header(message, sizeof(*result));

	*result = 0;
	fake_close(fake, message);
}

static struct nlmsghdr *open_error(struct fake *fake, int index, int errnum)
{
	struct nlmsghdr *message = fake_open(fake, NLMSG_ERROR, NLM_F_CAPPED, index);
	struct nlmsgerr *error = mnl_nlmsg_put_extra_header(message, sizeof(*error));

	error->error = -errnum;
	error->msg.nlmsg_len = 100; /* of the request, which is not copied */
	return message;
}

void reply_error(struct fake *fake, int index, int errnum)
{
	fake_close(fake, open_error(fake, index, errnum));
}

void reply_ack(struct fake *fake)
{
	reply_error(fake, FAKE_ACKED, 0);
}

void reply_extended(struct fake *fake, int index, int errnum, const char *text, uint32_t offset)
{
	struct nlmsghdr *message = open_error(fake, index, errnum);

	message->nlmsg_flags |= NLM_F_ACK_TLVS;
	if (text)
		mnl_attr_put_strz(message, NLMSGERR_ATTR_MSG, text);
	if (offset != NO_OFFSET)
		mnl_attr_put_u32(message, NLMSGERR_ATTR_OFFS, offset);
	fake_close(fake, message);
}

void reply_generation(struct fake *fake)
{
	reply_generation_of(fake, 7);
}

void reply_generation_of(struct fake *fake, uint32_t generation)
{
	struct nlmsghdr *message = reply_open(fake, NFT(NFT_MSG_NEWGEN), 0, AF_UNSPEC);

	put_be32(message, NFTA_GEN_ID, generation);
	put_be32(message, NFTA_GEN_PROC_PID, 1);
	mnl_attr_put_strz(message, NFTA_GEN_PROC_NAME, "test");
	fake_close(fake, message);
}

/* As nft(8) writes it: type 0, a length, and the text with its NUL. */
static void put_comment(struct nlmsghdr *message, uint16_t type, const char *comment)
{
	uint8_t userdata[258] = { 0 };
	size_t length = strlen(comment) + 1;

	assert_in_range(length, 1, 255);
	userdata[1] = (uint8_t)length;
	memcpy(userdata + 2, comment, length);
	mnl_attr_put(message, type, 2 + length, userdata);
}

void reply_table_with_flags(struct fake *fake, uint8_t family, const char *name,
			    const char *comment, uint32_t flags)
{
	struct nlmsghdr *message = reply_open(fake, NFT(NFT_MSG_NEWTABLE), 0, family);

	mnl_attr_put_strz(message, NFTA_TABLE_NAME, name);
	put_be32(message, NFTA_TABLE_USE, 2);
	put_be64(message, NFTA_TABLE_HANDLE, 5);
	put_be32(message, NFTA_TABLE_FLAGS, flags);
	if (comment)
		put_comment(message, NFTA_TABLE_USERDATA, comment);
	fake_close(fake, message);
}

void reply_table(struct fake *fake, const char *name, const char *comment)
{
	reply_table_with_flags(fake, NFPROTO_INET, name, comment, 0);
}

static void put_device(struct nlmsghdr *message, const char *device)
{
	size_t length = strlen(device);
	char prefix[IFNAMSIZ] = "";

	if (device[length - 1] != '*') {
		mnl_attr_put_strz(message, NFTA_DEVICE_NAME, device);
		return;
	}
	memcpy(prefix, device, length - 1);
	mnl_attr_put_strz(message, NFTA_DEVICE_PREFIX, prefix);
}

void reply_flowtable(struct fake *fake, const struct reply_flowtable *flowtable)
{
	struct nlmsghdr *message =
		reply_open(fake, NFT(NFT_MSG_NEWFLOWTABLE), NLM_F_MULTI, flowtable->family);
	struct nlattr *hook, *devices;

	mnl_attr_put_strz(message, NFTA_FLOWTABLE_TABLE, flowtable->table);
	mnl_attr_put_strz(message, NFTA_FLOWTABLE_NAME, flowtable->name);
	put_be64(message, NFTA_FLOWTABLE_HANDLE, flowtable->handle);
	put_be32(message, NFTA_FLOWTABLE_USE, flowtable->use);
	put_be32(message, NFTA_FLOWTABLE_FLAGS, flowtable->flags);
	hook = mnl_attr_nest_start(message, NFTA_FLOWTABLE_HOOK);
	put_be32(message, NFTA_FLOWTABLE_HOOK_NUM, NF_NETDEV_INGRESS);
	put_be32(message, NFTA_FLOWTABLE_HOOK_PRIORITY, (uint32_t)flowtable->priority);
	devices = mnl_attr_nest_start(message, NFTA_FLOWTABLE_HOOK_DEVS);
	for (const char *const *device = flowtable->devices; *device; device++)
		put_device(message, *device);
	mnl_attr_nest_end(message, devices);
	mnl_attr_nest_end(message, hook);
	fake_close(fake, message);
}

void reply_forward_chain(struct fake *fake, const char *table, const char *name, int32_t priority)
{
	struct nlmsghdr *message = reply_open(fake, NFT(NFT_MSG_NEWCHAIN), 0, NFPROTO_INET);
	struct nlattr *hook;

	mnl_attr_put_strz(message, NFTA_CHAIN_TABLE, table);
	mnl_attr_put_strz(message, NFTA_CHAIN_NAME, name);
	put_be64(message, NFTA_CHAIN_HANDLE, 6);
	hook = mnl_attr_nest_start(message, NFTA_CHAIN_HOOK);
	put_be32(message, NFTA_HOOK_HOOKNUM, NF_INET_FORWARD);
	put_be32(message, NFTA_HOOK_PRIORITY, (uint32_t)priority);
	mnl_attr_nest_end(message, hook);
	put_be32(message, NFTA_CHAIN_POLICY, NF_ACCEPT);
	mnl_attr_put_strz(message, NFTA_CHAIN_TYPE, "filter");
	fake_close(fake, message);
}

static struct nlattr *open_expression(struct nlmsghdr *message, uint16_t type, const char *name,
				      struct nlattr **data)
{
	struct nlattr *expression = mnl_attr_nest_start(message, type);

	mnl_attr_put_strz(message, NFTA_EXPR_NAME, name);
	*data = mnl_attr_nest_start(message, NFTA_EXPR_DATA);
	return expression;
}

static void close_expression(struct nlmsghdr *message, struct nlattr *expression,
			     struct nlattr *data)
{
	mnl_attr_nest_end(message, data);
	mnl_attr_nest_end(message, expression);
}

static void put_counter(struct nlmsghdr *message, uint16_t type, uint64_t packets, uint64_t bytes)
{
	struct nlattr *data, *expression = open_expression(message, type, "counter", &data);

	put_be64(message, NFTA_COUNTER_BYTES, bytes);
	put_be64(message, NFTA_COUNTER_PACKETS, packets);
	close_expression(message, expression, data);
}

static void put_meta(struct nlmsghdr *message)
{
	struct nlattr *data, *expression = open_expression(message, NFTA_LIST_ELEM, "meta", &data);

	put_be32(message, NFTA_META_KEY, NFT_META_L4PROTO);
	put_be32(message, NFTA_META_DREG, NFT_REG_1);
	close_expression(message, expression, data);
}

void reply_rule(struct fake *fake, const struct reply_rule *rule)
{
	struct nlmsghdr *message =
		reply_open(fake, NFT(NFT_MSG_NEWRULE), NLM_F_MULTI, NFPROTO_INET);
	struct nlattr *expressions;

	mnl_attr_put_strz(message, NFTA_RULE_TABLE, rule->table);
	mnl_attr_put_strz(message, NFTA_RULE_CHAIN, rule->chain);
	put_be64(message, NFTA_RULE_HANDLE, rule->handle ? rule->handle : 9);
	expressions = mnl_attr_nest_start(message, NFTA_RULE_EXPRESSIONS);
	put_meta(message);
	if (rule->has_counter)
		put_counter(message, NFTA_LIST_ELEM, rule->packets, rule->bytes);
	put_meta(message);
	mnl_attr_nest_end(message, expressions);
	if (rule->comment)
		put_comment(message, NFTA_RULE_USERDATA, rule->comment);
	fake_close(fake, message);
}

struct reply_elements reply_open_elements(struct fake *fake, const char *set)
{
	struct reply_elements elements;

	elements.message = reply_open(fake, NFT(NFT_MSG_NEWSETELEM), NLM_F_MULTI, NFPROTO_INET);
	mnl_attr_put_strz(elements.message, NFTA_SET_ELEM_LIST_TABLE, "nftoffload");
	mnl_attr_put_strz(elements.message, NFTA_SET_ELEM_LIST_SET, set);
	elements.list = mnl_attr_nest_start(elements.message, NFTA_SET_ELEM_LIST_ELEMENTS);
	return elements;
}

void reply_idle_element(struct reply_elements *elements, const void *key, uint16_t key_length,
			uint64_t packets, uint64_t bytes, uint64_t idle_ms)
{
	struct nlmsghdr *message = elements->message;
	struct nlattr *element = mnl_attr_nest_start(message, NFTA_LIST_ELEM);
	struct nlattr *nest = mnl_attr_nest_start(message, NFTA_SET_ELEM_KEY);

	mnl_attr_put(message, NFTA_DATA_VALUE, key_length, key);
	mnl_attr_nest_end(message, nest);
	put_counter(message, NFTA_SET_ELEM_EXPR, packets, bytes);
	if (idle_ms != NO_IDLE) {
		put_be64(message, NFTA_SET_ELEM_TIMEOUT, 300000);
		put_be64(message, NFTA_SET_ELEM_EXPIRATION, 300000 - idle_ms);
	}
	mnl_attr_nest_end(message, element);
}

void reply_element(struct reply_elements *elements, const void *key, uint16_t key_length,
		   uint64_t packets, uint64_t bytes)
{
	reply_idle_element(elements, key, key_length, packets, bytes, 1000);
}

void reply_named_element(struct reply_elements *elements, const char *name, const char *comment)
{
	struct nlmsghdr *message = elements->message;
	struct nlattr *element = mnl_attr_nest_start(message, NFTA_LIST_ELEM);
	struct nlattr *nest = mnl_attr_nest_start(message, NFTA_SET_ELEM_KEY);
	char key[16] = "";

	strncpy(key, name, sizeof(key) - 1);
	mnl_attr_put(message, NFTA_DATA_VALUE, sizeof(key), key);
	mnl_attr_nest_end(message, nest);
	if (comment)
		put_comment(message, NFTA_SET_ELEM_USERDATA, comment);
	mnl_attr_nest_end(message, element);
}

void reply_close_elements(struct fake *fake, struct reply_elements *elements)
{
	mnl_attr_nest_end(elements->message, elements->list);
	fake_close(fake, elements->message);
}

static void put_address(struct nlmsghdr *message, int family, uint16_t type, const char *text)
{
	uint8_t address[16];

	assert_int_equal(inet_pton(family, text, address), 1);
	mnl_attr_put(message, type, family == AF_INET ? 4 : 16, address);
}

static void put_tuple(struct nlmsghdr *message, uint16_t type, const struct reply_flow *flow,
		      const struct reply_tuple *tuple, uint16_t zone)
{
	bool is_ipv4 = flow->family == AF_INET;
	struct nlattr *nest = mnl_attr_nest_start(message, type), *part;

	part = mnl_attr_nest_start(message, CTA_TUPLE_IP);
	put_address(message, flow->family, is_ipv4 ? CTA_IP_V4_SRC : CTA_IP_V6_SRC, tuple->source);
	put_address(message, flow->family, is_ipv4 ? CTA_IP_V4_DST : CTA_IP_V6_DST,
		    tuple->destination);
	mnl_attr_nest_end(message, part);
	part = mnl_attr_nest_start(message, CTA_TUPLE_PROTO);
	mnl_attr_put_u8(message, CTA_PROTO_NUM, flow->protocol);
	if (flow->protocol == IPPROTO_TCP || flow->protocol == IPPROTO_UDP) {
		put_be16(message, CTA_PROTO_SRC_PORT, tuple->source_port);
		put_be16(message, CTA_PROTO_DST_PORT, tuple->destination_port);
	}
	mnl_attr_nest_end(message, part);
	if (zone)
		put_be16(message, CTA_TUPLE_ZONE, zone);
	mnl_attr_nest_end(message, nest);
}

static void put_labels(struct nlmsghdr *message, uint8_t label)
{
	uint8_t labels[16] = { label };

	mnl_attr_put(message, CTA_LABELS, sizeof(labels), labels);
}

static void put_counters(struct nlmsghdr *message, uint16_t type, uint64_t packets, uint64_t bytes)
{
	struct nlattr *nest = mnl_attr_nest_start(message, type);

	put_be64(message, CTA_COUNTERS_PACKETS, packets);
	put_be64(message, CTA_COUNTERS_BYTES, bytes);
	mnl_attr_nest_end(message, nest);
}

static void put_tcp_state(struct nlmsghdr *message, uint8_t state)
{
	struct nlattr *nest = mnl_attr_nest_start(message, CTA_PROTOINFO);
	struct nlattr *tcp = mnl_attr_nest_start(message, CTA_PROTOINFO_TCP);

	mnl_attr_put_u8(message, CTA_PROTOINFO_TCP_STATE, state);
	mnl_attr_nest_end(message, tcp);
	mnl_attr_nest_end(message, nest);
}

static void put_helper(struct nlmsghdr *message, const char *name)
{
	struct nlattr *nest = mnl_attr_nest_start(message, CTA_HELP);

	mnl_attr_put_strz(message, CTA_HELP_NAME, name);
	mnl_attr_nest_end(message, nest);
}

void reply_flow(struct fake *fake, const struct reply_flow *flow)
{
	struct nlmsghdr *message =
		reply_open(fake, CT(IPCTNL_MSG_CT_NEW), NLM_F_MULTI, (uint8_t)flow->family);

	put_tuple(message, CTA_TUPLE_ORIG, flow, &flow->original, flow->zones[0]);
	put_tuple(message, CTA_TUPLE_REPLY, flow, &flow->reply, flow->zones[1]);
	if (flow->zone)
		put_be16(message, CTA_ZONE, flow->zone);
	put_be32(message, CTA_STATUS, flow->status);
	if (flow->has_counters) {
		put_counters(message, CTA_COUNTERS_ORIG, flow->packets[0], flow->bytes[0]);
		put_counters(message, CTA_COUNTERS_REPLY, flow->packets[1], flow->bytes[1]);
	}
	if (flow->timeout_s)
		put_be32(message, CTA_TIMEOUT, flow->timeout_s);
	if (flow->tcp_state)
		put_tcp_state(message, flow->tcp_state);
	if (flow->helper)
		put_helper(message, flow->helper);
	if (!flow->has_no_mark)
		put_be32(message, CTA_MARK, flow->mark);
	if (flow->label)
		put_labels(message, flow->label);
	put_be32(message, CTA_ID, flow->id ? flow->id : 0x12345678);
	put_be32(message, CTA_USE, flow->use ? flow->use : 1);
	if (flow->has_master)
		put_tuple(message, CTA_TUPLE_MASTER, flow, &flow->master, 0);
	fake_close(fake, message);
}

void reply_total(struct fake *fake, uint32_t total)
{
	reply_total_of(fake, total, 262144);
}

/* It says that more will come, and nothing does. */
void reply_total_of(struct fake *fake, uint32_t total, uint32_t most)
{
	struct nlmsghdr *message =
		reply_open(fake, CT(IPCTNL_MSG_CT_GET_STATS), NLM_F_MULTI, AF_UNSPEC);

	put_be32(message, CTA_STATS_GLOBAL_ENTRIES, total);
	put_be32(message, CTA_STATS_GLOBAL_MAX_ENTRIES, most);
	fake_close(fake, message);
}
