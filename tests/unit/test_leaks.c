// SPDX-License-Identifier: LGPL-2.1-or-later
/* The elements of the leak detector's sets, and which of them are leaks. */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include "describe.h"
#include "instance_script.h"
#include "setup.h"
#include "unit.h"

#define NAME "nftoffload"
#define GET NFT(NFT_MSG_GETSETELEM)
#define SEEN (IPS_CONFIRMED | IPS_SEEN_REPLY | IPS_ASSURED)

/* Keys as nf_tables has them: parts in words of 32 bits, ports and protocol in front of their
 * padding. */
static const uint8_t key4[] = {
	192, 0, 2, 1, 0x9c, 0x40, 0, 0, 203, 0, 113, 5, 0x01, 0xbb, 0, 0, IPPROTO_TCP, 0, 0, 0,
};
static const uint8_t key6[] = {
	0x20,	     0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, /* source */
	0x01,	     0xf4, 0,	 0,					   /* 500 */
	0x20,	     0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, /* destination */
	0x11,	     0x94, 0,	 0,					   /* 4500 */
	IPPROTO_UDP, 0,	   0,	 0,
};

static const char *const set_names[] = { "leaks4_original", "leaks4_reply", "leaks6_original",
					 "leaks6_reply" };

static void set_up_instance(struct setup *setup)
{
	set_up(setup);
	instance_answer_table(setup->fake, "managed by nftoffload");
	instance_answer_generation(setup->fake);
}

static void answer_empty(struct fake *fake, int count)
{
	for (int i = 0; i < count; i++) {
		fake_answer(fake, GET);
		reply_done(fake);
	}
}

static void answer_one(struct fake *fake, const char *set, const void *key, uint16_t length,
		       uint64_t packets)
{
	struct reply_elements elements;

	fake_answer(fake, GET);
	elements = reply_open_elements(fake, set);
	reply_element(&elements, key, length, packets, 100 * packets);
	reply_close_elements(fake, &elements);
	reply_done(fake);
}

/* ---- Conntrack, which has the connection of key4 or none */

static struct reply_flow flow_with(uint32_t bits)
{
	struct reply_flow flow = {
		.family = AF_INET,
		.protocol = IPPROTO_TCP,
		.status = SEEN | bits,
		.original = { "192.0.2.1", "203.0.113.5", 40000, 443 },
		.reply = { "203.0.113.5", "198.51.100.1", 443, 40000 },
	};

	return flow;
}

static void answer_flow(struct fake *fake, uint32_t bits)
{
	const struct reply_flow flow = flow_with(bits);

	fake_answer(fake, CT(IPCTNL_MSG_CT_GET));
	reply_flow(fake, &flow);
}

static void answer_no_flow(struct fake *fake)
{
	fake_answer(fake, CT(IPCTNL_MSG_CT_GET));
	reply_error(fake, 0, ENOENT);
}

static void answer_no_flows(struct fake *fake)
{
	fake_answer_lasting(fake, CT(IPCTNL_MSG_CT_GET));
	reply_error(fake, 0, ENOENT);
}

/* ---- Reading them */

static void assert_leak(const struct nfto_leak *leak, int family, enum nfto_direction direction,
			uint8_t protocol, const char *source, uint16_t source_port,
			const char *destination, uint16_t destination_port)
{
	char text[INET6_ADDRSTRLEN];

	assert_int_equal(nfto_leak_family(leak), family);
	assert_int_equal(nfto_leak_direction(leak), direction);
	assert_int_equal(nfto_leak_protocol(leak), protocol);
	assert_string_equal(inet_ntop(family, nfto_leak_source(leak), text, sizeof(text)), source);
	assert_int_equal(nfto_leak_source_port(leak), source_port);
	assert_string_equal(inet_ntop(family, nfto_leak_destination(leak), text, sizeof(text)),
			    destination);
	assert_int_equal(nfto_leak_destination_port(leak), destination_port);
}

static void test_one_leak_in_each_set(void **state)
{
	struct nfto_leaks *leaks;
	struct setup setup;

	(void)state;
	set_up_instance(&setup);
	answer_one(setup.fake, set_names[0], key4, sizeof(key4), 11);
	answer_one(setup.fake, set_names[1], key4, sizeof(key4), 12);
	answer_one(setup.fake, set_names[2], key6, sizeof(key6), 13);
	answer_one(setup.fake, set_names[3], key6, sizeof(key6), 14);
	answer_no_flows(setup.fake);
	assert_int_equal(nfto_leaks_read(setup.ctx, NAME, &leaks), 0);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_NONE);
	tear_down(&setup);

	assert_int_equal(nfto_leaks_count(leaks), 4);
	assert_leak(nfto_leaks_get(leaks, 0), AF_INET, NFTO_DIRECTION_ORIGINAL, IPPROTO_TCP,
		    "192.0.2.1", 40000, "203.0.113.5", 443);
	assert_leak(nfto_leaks_get(leaks, 1), AF_INET, NFTO_DIRECTION_REPLY, IPPROTO_TCP,
		    "192.0.2.1", 40000, "203.0.113.5", 443);
	assert_leak(nfto_leaks_get(leaks, 2), AF_INET6, NFTO_DIRECTION_ORIGINAL, IPPROTO_UDP,
		    "2001:db8::1", 500, "2001:db8::2", 4500);
	assert_leak(nfto_leaks_get(leaks, 3), AF_INET6, NFTO_DIRECTION_REPLY, IPPROTO_UDP,
		    "2001:db8::1", 500, "2001:db8::2", 4500);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(nfto_leak_packets(nfto_leaks_get(leaks, i)), i + 11);
		assert_int_equal(nfto_leak_bytes(nfto_leaks_get(leaks, i)), 100 * (i + 11));
	}
	assert_null(nfto_leaks_get(leaks, 4));
	nfto_leaks_free(leaks);
	nfto_leaks_free(NULL);
}

static void test_requests(void **state)
{
	static const char *const requests[][2] = {
		{ "gettable inet name=" NAME },
		{ "getgen any" },
		{ "getsetelem inet dump table=" NAME " set=leaks4_original" },
		{ "getsetelem inet dump table=" NAME " set=leaks4_reply" },
		{ "getsetelem inet dump table=" NAME " set=leaks6_original" },
		{ "getsetelem inet dump table=" NAME " set=leaks6_reply" },
	};
	struct nfto_leaks *leaks;
	struct setup setup;

	(void)state;
	set_up_instance(&setup);
	answer_empty(setup.fake, 4);
	assert_int_equal(nfto_leaks_read(setup.ctx, NAME, &leaks), 0);
	assert_int_equal(nfto_leaks_count(leaks), 0);
	assert_null(nfto_leaks_get(leaks, 0));
	assert_int_equal(setup.fake->request_count, COUNT(requests));
	for (size_t i = 0; i < COUNT(requests); i++)
		assert_sent(setup.fake, i, requests[i]);
	nfto_leaks_free(leaks);
	tear_down(&setup);
}

static void test_many_leaks_in_many_messages(void **state)
{
	struct reply_elements elements;
	struct nfto_leaks *leaks;
	struct setup setup;

	(void)state;
	set_up_instance(&setup);
	fake_answer(setup.fake, GET);
	for (int i = 0; i < 30; i++) {
		if (i % 10 == 0)
			fake_datagram(setup.fake);
		elements = reply_open_elements(setup.fake, set_names[0]);
		for (uint64_t packets = 1; packets <= 20; packets++)
			reply_element(&elements, key4, sizeof(key4), packets, 0);
		reply_close_elements(setup.fake, &elements);
	}
	reply_done(setup.fake);
	answer_empty(setup.fake, 3);
	answer_no_flows(setup.fake);
	assert_int_equal(nfto_leaks_read(setup.ctx, NAME, &leaks), 0);
	assert_int_equal(nfto_leaks_count(leaks), 300);
	for (size_t i = 0; i < 300; i++)
		assert_int_equal(nfto_leak_packets(nfto_leaks_get(leaks, i)), i % 10 + 11);
	nfto_leaks_free(leaks);
	tear_down(&setup);
}

static void test_instance_that_does_not_exist(void **state)
{
	struct fake *fake = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake);
	struct nfto_leaks *leaks;

	(void)state;
	instance_answer_missing(fake);
	assert_int_equal(nfto_leaks_read(ctx, NAME, &leaks), 0);
	assert_int_equal(nfto_leaks_count(leaks), 0);
	nfto_leaks_free(leaks);
	nfto_ctx_free(ctx);
	fake_free(fake);
}

/* Somebody has taken it away between two requests. */
static void test_set_that_is_gone(void **state)
{
	struct nfto_leaks *leaks;
	struct setup setup;

	(void)state;
	set_up_instance(&setup);
	answer_one(setup.fake, set_names[0], key4, sizeof(key4), 11);
	for (int i = 1; i < 4; i++) {
		fake_answer(setup.fake, GET);
		reply_extended(setup.fake, 0, ENOENT, NULL, 20);
	}
	answer_no_flows(setup.fake);
	assert_int_equal(nfto_leaks_read(setup.ctx, NAME, &leaks), 0);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_NONE);
	assert_int_equal(nfto_leaks_count(leaks), 1);
	nfto_leaks_free(leaks);
	tear_down(&setup);
}

/* What was read of a set in vain is forgotten, what was read of those before it is not. */
static void test_interrupted_dump(void **state)
{
	struct reply_elements elements;
	struct nfto_leaks *leaks;
	struct setup setup;

	(void)state;
	set_up_instance(&setup);
	answer_one(setup.fake, set_names[0], key4, sizeof(key4), 11);
	fake_answer(setup.fake, GET);
	elements = reply_open_elements(setup.fake, set_names[1]);
	elements.message->nlmsg_flags |= NLM_F_DUMP_INTR;
	reply_element(&elements, key4, sizeof(key4), 12, 0);
	reply_close_elements(setup.fake, &elements);
	reply_done(setup.fake);
	answer_one(setup.fake, set_names[1], key4, sizeof(key4), 13);
	answer_empty(setup.fake, 2);
	answer_no_flows(setup.fake);
	assert_int_equal(nfto_leaks_read(setup.ctx, NAME, &leaks), 0);
	assert_int_equal(nfto_leaks_count(leaks), 2);
	assert_int_equal(nfto_leak_packets(nfto_leaks_get(leaks, 0)), 11);
	assert_int_equal(nfto_leak_packets(nfto_leaks_get(leaks, 1)), 13);
	nfto_leaks_free(leaks);
	tear_down(&setup);
}

/* ---- One message of the first set, right or wrong */

static void short_key(struct fake *fake)
{
	struct reply_elements elements = reply_open_elements(fake, set_names[0]);

	reply_element(&elements, key4, sizeof(key4) - 4, 1, 1);
	reply_close_elements(fake, &elements);
}

static void long_key(struct fake *fake)
{
	struct reply_elements elements = reply_open_elements(fake, set_names[0]);

	reply_element(&elements, key6, sizeof(key6), 1, 1);
	reply_close_elements(fake, &elements);
}

static void empty_element(struct fake *fake)
{
	struct reply_elements elements = reply_open_elements(fake, set_names[0]);

	mnl_attr_nest_end(elements.message, mnl_attr_nest_start(elements.message, NFTA_LIST_ELEM));
	reply_close_elements(fake, &elements);
}

static struct nlattr *open_element_with_key(struct nlmsghdr *message)
{
	struct nlattr *element = mnl_attr_nest_start(message, NFTA_LIST_ELEM);
	struct nlattr *key = mnl_attr_nest_start(message, NFTA_SET_ELEM_KEY);

	mnl_attr_put(message, NFTA_DATA_VALUE, sizeof(key4), key4);
	mnl_attr_nest_end(message, key);
	return element;
}

static void without_counter(struct fake *fake)
{
	struct reply_elements elements = reply_open_elements(fake, set_names[0]);

	mnl_attr_nest_end(elements.message, open_element_with_key(elements.message));
	reply_close_elements(fake, &elements);
}

static void other_expression(struct fake *fake)
{
	struct reply_elements elements = reply_open_elements(fake, set_names[0]);
	struct nlattr *element = open_element_with_key(elements.message);
	struct nlattr *expression = mnl_attr_nest_start(elements.message, NFTA_SET_ELEM_EXPR);

	mnl_attr_put_strz(elements.message, NFTA_EXPR_NAME, "quota");
	mnl_attr_nest_end(elements.message, expression);
	mnl_attr_nest_end(elements.message, element);
	reply_close_elements(fake, &elements);
}

static void counter_without_data(struct fake *fake)
{
	struct reply_elements elements = reply_open_elements(fake, set_names[0]);
	struct nlattr *element = open_element_with_key(elements.message);
	struct nlattr *expression = mnl_attr_nest_start(elements.message, NFTA_SET_ELEM_EXPR);

	mnl_attr_put_strz(elements.message, NFTA_EXPR_NAME, "counter");
	mnl_attr_nest_end(elements.message, expression);
	mnl_attr_nest_end(elements.message, element);
	reply_close_elements(fake, &elements);
}

static void without_idle_time(struct fake *fake)
{
	struct reply_elements elements = reply_open_elements(fake, set_names[0]);

	reply_idle_element(&elements, key4, sizeof(key4), 11, 1100, NO_IDLE);
	reply_close_elements(fake, &elements);
}

static void no_elements(struct fake *fake)
{
	fake_close(fake, reply_open(fake, NFT(NFT_MSG_NEWSETELEM), NLM_F_MULTI, NFPROTO_INET));
}

static void elements_cut(struct fake *fake)
{
	struct reply_elements elements = reply_open_elements(fake, set_names[0]);

	reply_element(&elements, key4, sizeof(key4), 1, 1);
	reply_close_elements(fake, &elements);
	elements.list->nla_len -= 4;
}

struct variant {
	const char *name;
	void (*script)(struct fake *fake);
	bool is_good;
	size_t count;
};

static const struct variant variants[] = {
	{ "short key", short_key, false, 0 },
	{ "long key", long_key, false, 0 },
	{ "empty element", empty_element, false, 0 },
	{ "without counter", without_counter, true, 0 },
	{ "other expression", other_expression, true, 0 },
	{ "without idle time", without_idle_time, true, 1 },
	{ "counter without data", counter_without_data, false, 0 },
	{ "no elements", no_elements, true, 0 },
	{ "elements cut", elements_cut, false, 0 },
};

static void assert_no_idle_time(const struct nfto_leak *leak)
{
	uint64_t idle_ms;

	assert_int_equal(nfto_leak_idle_ms(leak, &idle_ms), -ENODATA);
}

static void test_variant(void **state)
{
	const struct variant *variant = *state;
	struct nfto_leaks *leaks = UNTOUCHED(struct nfto_leaks);
	struct setup setup;

	set_up_instance(&setup);
	fake_answer(setup.fake, GET);
	variant->script(setup.fake);
	reply_done(setup.fake);
	if (variant->is_good) {
		answer_empty(setup.fake, 3);
		if (variant->count)
			answer_no_flows(setup.fake);
		assert_int_equal(nfto_leaks_read(setup.ctx, NAME, &leaks), 0);
		assert_int_equal(nfto_leaks_count(leaks), variant->count);
		if (variant->count)
			assert_no_idle_time(nfto_leaks_get(leaks, 0));
		nfto_leaks_free(leaks);
	} else {
		assert_int_equal(nfto_leaks_read(setup.ctx, NAME, &leaks), -EBADMSG);
		assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_PROTOCOL);
		assert_string_equal(nfto_error_object(setup.error),
				    "set inet nftoffload leaks4_original");
		assert_ptr_equal(leaks, UNTOUCHED(struct nfto_leaks));
	}
	tear_down(&setup);
}

static void test_lost_answer(void **state)
{
	struct nfto_leaks *leaks = UNTOUCHED(struct nfto_leaks);
	struct setup setup;

	(void)state;
	set_up_instance(&setup);
	answer_one(setup.fake, set_names[0], key4, sizeof(key4), 1);
	fake_answer(setup.fake, GET);
	fake_receive_error(setup.fake, ENOBUFS);
	assert_int_equal(nfto_leaks_read(setup.ctx, NAME, &leaks), -ENOBUFS);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_LOST);
	assert_string_equal(nfto_error_object(setup.error), "set inet nftoffload leaks4_reply");
	assert_ptr_equal(leaks, UNTOUCHED(struct nfto_leaks));
	tear_down(&setup);
}

static void test_foreign_table(void **state)
{
	struct fake *fake = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake);
	struct nfto_leaks *leaks = UNTOUCHED(struct nfto_leaks);

	(void)state;
	instance_answer_table(fake, "somebody's");
	assert_int_equal(nfto_leaks_read(ctx, NAME, &leaks), -EEXIST);
	assert_int_equal(nfto_error_code(nfto_ctx_error(ctx)), NFTO_ERROR_FOREIGN_TABLE);
	assert_int_equal(nfto_leaks_read(ctx, "", &leaks), -EINVAL);
	assert_int_equal(nfto_error_code(nfto_ctx_error(ctx)), NFTO_ERROR_INVALID);
	assert_ptr_equal(leaks, UNTOUCHED(struct nfto_leaks));
	assert_int_equal(fake->request_count, 1);
	nfto_ctx_free(ctx);
	fake_free(fake);
}

/* ---- Which of them are leaks */

struct counted {
	const char *name;
	uint64_t packets;
	uint64_t idle_ms;
	enum { NOT_ASKED_FOR, ABSENT, THERE, COUNTED } connection;
	uint32_t bits;
	uint64_t all; /* that conntrack has counted in this direction */
	bool is_leak;
};

#define BOTH (IPS_OFFLOAD | IPS_HW_OFFLOAD)

static const struct counted all_counted[] = {
	{ "few packets", 10, 1000, NOT_ASKED_FOR, 0, 0, false },
	{ "more than a few", 11, 1000, THERE, IPS_OFFLOAD, 0, true },
	{ "in hardware", 1000, 1000, THERE, BOTH, 0, true },
	{ "some time ago", 1000, 29999, THERE, IPS_OFFLOAD, 0, true },
	{ "too long ago", 1000, 30000, THERE, IPS_OFFLOAD, 0, false },
	{ "the mark of a moment", 1000, 0, THERE, 0, 0, false },
	{ "leaving hardware", 1000, 0, THERE, IPS_HW_OFFLOAD, 0, false },
	{ "some of many", 1000, 0, COUNTED, IPS_OFFLOAD, 1000000, true },
	{ "half of them, and no mark", 1000, 0, COUNTED, 0, 2000, false },
	{ "most of them, and no mark", 1000, 0, COUNTED, 0, 1999, true },
	{ "each of them, long ago", 1000, 200000, COUNTED, 0, 1000, true },
	{ "more than conntrack has counted", 1000, 0, COUNTED, 0, 999, false },
	{ "not in conntrack", 1000, 4999, ABSENT, 0, 0, true },
	{ "not in conntrack any more", 1000, 5000, ABSENT, 0, 0, false },
};

static void answer_counted(struct fake *fake, const struct counted *counted)
{
	struct reply_elements elements;

	answer_empty(fake, 1);
	fake_answer(fake, GET);
	elements = reply_open_elements(fake, set_names[1]);
	reply_idle_element(&elements, key4, sizeof(key4), counted->packets, 100 * counted->packets,
			   counted->idle_ms);
	reply_close_elements(fake, &elements);
	reply_done(fake);
	answer_empty(fake, 2);
}

/* In the other direction conntrack has counted so little that it would be a leak, or so much that it
 * would be none. */
static void answer_connection(struct fake *fake, const struct counted *counted)
{
	struct reply_flow flow = flow_with(counted->bits);

	if (counted->connection == ABSENT)
		answer_no_flows(fake);
	if (counted->connection < THERE)
		return;
	flow.has_counters = counted->connection == COUNTED;
	flow.packets[0] = counted->is_leak ? UINT64_MAX : counted->packets;
	flow.packets[1] = counted->all;
	fake_answer(fake, CT(IPCTNL_MSG_CT_GET));
	reply_flow(fake, &flow);
}

static void test_counted(void **state)
{
	const struct counted *counted = *state;
	struct nfto_leaks *leaks;
	struct setup setup;

	set_up_instance(&setup);
	answer_counted(setup.fake, counted);
	answer_connection(setup.fake, counted);
	assert_int_equal(nfto_leaks_read(setup.ctx, NAME, &leaks), 0);
	assert_int_equal(nfto_leaks_count(leaks), counted->is_leak);
	if (counted->is_leak)
		assert_int_equal(nfto_leak_is_certain(nfto_leaks_get(leaks, 0)),
				 counted->connection != ABSENT);
	nfto_leaks_free(leaks);
	tear_down(&setup);
}

/* Conntrack is asked for none of these. ICMP errors about a connection have its mark, and are no
 * leak. */
static void test_other_protocols(void **state)
{
	static const struct {
		uint8_t protocol;
		bool is_leak;
	} others[] = { { IPPROTO_ICMP, false }, { IPPROTO_ICMPV6, false }, { IPPROTO_GRE, true } };

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		uint8_t key[sizeof(key4)];
		struct nfto_leaks *leaks;
		struct setup setup;

		memcpy(key, key4, sizeof(key));
		key[16] = others[i].protocol;
		set_up_instance(&setup);
		answer_one(setup.fake, set_names[0], key, sizeof(key), 1000);
		answer_empty(setup.fake, 3);
		assert_int_equal(nfto_leaks_read(setup.ctx, NAME, &leaks), 0);
		assert_int_equal(nfto_leaks_count(leaks), others[i].is_leak);
		if (others[i].is_leak)
			assert_false(nfto_leak_is_certain(nfto_leaks_get(leaks, 0)));
		nfto_leaks_free(leaks);
		tear_down(&setup);
	}
}

static const struct nlattr *inside(const struct nlattr *nest, uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) == type)
			return attr;
	}
	fail_msg("attribute %u is missing", type);
	return NULL;
}

/* The first attribute of the message is the original tuple. */
static void assert_asked_for(const struct fake *fake, size_t request, const uint8_t *source,
			     uint16_t port)
{
	const struct nlattr *tuple =
		mnl_nlmsg_get_payload_offset(fake_sent(fake, request, 0), sizeof(struct nfgenmsg));
	const struct nlattr *ip = inside(tuple, CTA_TUPLE_IP);
	const struct nlattr *protocol = inside(tuple, CTA_TUPLE_PROTO);

	assert_int_equal(mnl_attr_get_type(tuple), CTA_TUPLE_ORIG);
	assert_memory_equal(mnl_attr_get_payload(inside(ip, CTA_IP_V4_SRC)), source, 4);
	assert_int_equal(ntohs(mnl_attr_get_u16(inside(protocol, CTA_PROTO_SRC_PORT))), port);
	assert_int_equal(mnl_attr_get_u8(inside(protocol, CTA_PROTO_NUM)), IPPROTO_TCP);
}

/* By the opener's tuple first, which is right unless there is DNAT. Who is counted in the reply
 * direction is not the opener. */
static void test_connection_is_looked_up(void **state)
{
	const uint8_t *sender = key4, *receiver = key4 + 8;
	struct nfto_leaks *leaks;
	struct setup setup;

	(void)state;
	set_up_instance(&setup);
	answer_empty(setup.fake, 1);
	answer_one(setup.fake, set_names[1], key4, sizeof(key4), 11);
	answer_empty(setup.fake, 2);
	answer_no_flow(setup.fake);
	answer_flow(setup.fake, IPS_OFFLOAD);
	assert_int_equal(nfto_leaks_read(setup.ctx, NAME, &leaks), 0);
	assert_int_equal(nfto_leaks_count(leaks), 1);
	assert_true(nfto_leak_is_certain(nfto_leaks_get(leaks, 0)));
	assert_asked_for(setup.fake, 6, receiver, 443);
	assert_asked_for(setup.fake, 7, sender, 40000);
	nfto_leaks_free(leaks);
	tear_down(&setup);
}

/* Two flows, which are marked at the first look. */
static struct nfto_leaks *read_two(struct setup *setup)
{
	struct nfto_leaks *leaks;

	set_up_instance(setup);
	answer_one(setup->fake, set_names[0], key4, sizeof(key4), 11);
	answer_one(setup->fake, set_names[1], key4, sizeof(key4), 12);
	answer_empty(setup->fake, 2);
	answer_flow(setup->fake, IPS_OFFLOAD);
	answer_flow(setup->fake, IPS_OFFLOAD);
	assert_int_equal(nfto_leaks_read(setup->ctx, NAME, &leaks), 0);
	assert_int_equal(nfto_leaks_count(leaks), 2);
	return leaks;
}

static void test_another_look(void **state)
{
	struct setup setup;
	struct nfto_leaks *leaks = read_two(&setup);

	(void)state;
	answer_flow(setup.fake, 0);
	answer_flow(setup.fake, IPS_OFFLOAD);
	assert_int_equal(nfto_leaks_look(setup.ctx, leaks), 0);
	assert_int_equal(nfto_leaks_count(leaks), 1);
	assert_int_equal(nfto_leak_packets(nfto_leaks_get(leaks, 0)), 12);
	answer_flow(setup.fake, 0);
	assert_int_equal(nfto_leaks_look(setup.ctx, leaks), 0);
	assert_int_equal(nfto_leaks_count(leaks), 0);
	/* There is nothing left to ask for. */
	assert_int_equal(nfto_leaks_look(setup.ctx, leaks), 0);
	nfto_leaks_free(leaks);
	tear_down(&setup);
}

static void test_look_that_fails(void **state)
{
	struct setup setup;
	struct nfto_leaks *leaks = read_two(&setup);

	(void)state;
	answer_flow(setup.fake, 0);
	fake_answer(setup.fake, CT(IPCTNL_MSG_CT_GET));
	fake_receive_error(setup.fake, ENOBUFS);
	assert_int_equal(nfto_leaks_look(setup.ctx, leaks), -ENOBUFS);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_LOST);
	assert_int_equal(nfto_leaks_count(leaks), 2);
	assert_int_equal(nfto_leak_packets(nfto_leaks_get(leaks, 0)), 11);
	assert_int_equal(nfto_leak_packets(nfto_leaks_get(leaks, 1)), 12);
	nfto_leaks_free(leaks);
	tear_down(&setup);
}

static void test_names_of_directions(void **state)
{
	(void)state;
	assert_string_equal(nfto_direction_name(NFTO_DIRECTION_ORIGINAL), "original");
	assert_string_equal(nfto_direction_name(NFTO_DIRECTION_REPLY), "reply");
	assert_string_equal(nfto_direction_name((enum nfto_direction)2), "unknown");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_leak_in_each_set),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_many_leaks_in_many_messages),
		cmocka_unit_test(test_instance_that_does_not_exist),
		cmocka_unit_test(test_set_that_is_gone),
		cmocka_unit_test(test_interrupted_dump),
		cmocka_unit_test(test_lost_answer),
		cmocka_unit_test(test_foreign_table),
		cmocka_unit_test(test_other_protocols),
		cmocka_unit_test(test_connection_is_looked_up),
		cmocka_unit_test(test_another_look),
		cmocka_unit_test(test_look_that_fails),
		cmocka_unit_test(test_names_of_directions),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(variants, test_variant);
	failures += run_table(all_counted, test_counted);
	return failures != 0;
}
