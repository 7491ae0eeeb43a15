// SPDX-License-Identifier: LGPL-2.1-or-later
/* Flows, as conntrack tells of them. */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include "describe.h"
#include "reply.h"
#include "unit.h"

#define GET CT(IPCTNL_MSG_CT_GET)

/* include/uapi/linux/netfilter/nf_conntrack_common.h */
#define SEEN_REPLY 0x2
#define CONFIRMED 0x8
#define OFFLOAD 0x4000
#define HW_OFFLOAD 0x8000

struct setup {
	struct fake *fake;
	struct nfto_ctx *ctx;
	const struct nfto_error *error;
	struct nfto_flow_filter *filter;
	struct nfto_flows *flows;
};

/* Up to the point where the answer to the dump begins. */
static void set_up(struct setup *setup)
{
	setup->fake = fake_new();
	setup->ctx = fake_ctx(setup->fake);
	setup->error = nfto_ctx_error(setup->ctx);
	setup->flows = NULL;
	assert_int_equal(nfto_flow_filter_new(&setup->filter), 0);
	fake_answer(setup->fake, GET);
}

static void tear_down(struct setup *setup)
{
	nfto_flows_free(setup->flows);
	nfto_flow_filter_free(setup->filter);
	nfto_ctx_free(setup->ctx);
	fake_free(setup->fake);
}

static const struct nfto_flow *next(struct setup *setup)
{
	const struct nfto_flow *flow;

	if (!setup->flows)
		assert_int_equal(nfto_flows_open(setup->ctx, setup->filter, &setup->flows), 0);
	assert_int_equal(nfto_flows_next(setup->flows, &flow), 1);
	assert_int_equal(nfto_error_code(setup->error), NFTO_ERROR_NONE);
	return flow;
}

static void assert_end(struct setup *setup)
{
	const struct nfto_flow *flow = UNTOUCHED(const struct nfto_flow);

	if (!setup->flows)
		assert_int_equal(nfto_flows_open(setup->ctx, setup->filter, &setup->flows), 0);
	assert_int_equal(nfto_flows_next(setup->flows, &flow), 0);
	assert_int_equal(nfto_flows_next(setup->flows, &flow), 0);
	assert_ptr_equal(flow, UNTOUCHED(const struct nfto_flow));
}

/* A connection from behind a masquerading router, in hardware. */
static const struct reply_flow ipv4 = {
	.family = AF_INET,
	.protocol = IPPROTO_TCP,
	.status = CONFIRMED | SEEN_REPLY | OFFLOAD | HW_OFFLOAD,
	.zone = 7,
	.original = { "192.168.1.10", "203.0.113.2", 40000, 443 },
	.reply = { "203.0.113.2", "198.51.100.1", 443, 61000 },
	.has_counters = true,
	.packets = { 10, 20 },
	.bytes = { 0x100000000, 30000 },
};

static const struct reply_flow ipv6 = {
	.family = AF_INET6,
	.protocol = IPPROTO_UDP,
	.status = CONFIRMED | OFFLOAD,
	.original = { "2001:db8::10", "2001:db8:1::2", 500, 4500 },
	.reply = { "2001:db8:1::2", "2001:db8::10", 4500, 500 },
};

static void assert_address(int family, const void *address, const char *expected)
{
	char text[INET6_ADDRSTRLEN];

	assert_string_equal(inet_ntop(family, address, text, sizeof(text)), expected);
}

static void assert_tuple(const struct nfto_flow *flow, enum nfto_direction direction,
			 const char *source, uint16_t source_port, const char *destination,
			 uint16_t destination_port)
{
	int family = nfto_flow_family(flow);

	assert_address(family, nfto_flow_source(flow, direction), source);
	assert_address(family, nfto_flow_destination(flow, direction), destination);
	assert_int_equal(nfto_flow_source_port(flow, direction), source_port);
	assert_int_equal(nfto_flow_destination_port(flow, direction), destination_port);
}

static void test_ipv4(void **state)
{
	const struct nfto_flow *flow;
	struct setup setup;
	uint64_t value;

	(void)state;
	set_up(&setup);
	reply_flow(setup.fake, &ipv4);
	reply_done(setup.fake);
	flow = next(&setup);
	assert_int_equal(nfto_flow_family(flow), AF_INET);
	assert_int_equal(nfto_flow_protocol(flow), IPPROTO_TCP);
	assert_int_equal(nfto_flow_status(flow), 0xc00a);
	assert_int_equal(nfto_flow_zone(flow), 7);
	assert_int_equal(nfto_flow_state(flow), NFTO_FLOW_HARDWARE);
	assert_tuple(flow, NFTO_DIRECTION_ORIGINAL, "192.168.1.10", 40000, "203.0.113.2", 443);
	assert_tuple(flow, NFTO_DIRECTION_REPLY, "203.0.113.2", 443, "198.51.100.1", 61000);
	assert_int_equal(nfto_flow_packets(flow, NFTO_DIRECTION_ORIGINAL, &value), 0);
	assert_int_equal(value, 10);
	assert_int_equal(nfto_flow_packets(flow, NFTO_DIRECTION_REPLY, &value), 0);
	assert_int_equal(value, 20);
	assert_int_equal(nfto_flow_bytes(flow, NFTO_DIRECTION_ORIGINAL, &value), 0);
	assert_true(value == 0x100000000);
	assert_int_equal(nfto_flow_bytes(flow, NFTO_DIRECTION_REPLY, &value), 0);
	assert_int_equal(value, 30000);
	assert_end(&setup);
	tear_down(&setup);
}

static void test_ipv6(void **state)
{
	const struct nfto_flow *flow;
	struct setup setup;

	(void)state;
	set_up(&setup);
	reply_flow(setup.fake, &ipv6);
	reply_done(setup.fake);
	flow = next(&setup);
	assert_int_equal(nfto_flow_family(flow), AF_INET6);
	assert_int_equal(nfto_flow_protocol(flow), IPPROTO_UDP);
	assert_int_equal(nfto_flow_zone(flow), 0);
	assert_int_equal(nfto_flow_state(flow), NFTO_FLOW_SOFTWARE);
	assert_tuple(flow, NFTO_DIRECTION_ORIGINAL, "2001:db8::10", 500, "2001:db8:1::2", 4500);
	assert_tuple(flow, NFTO_DIRECTION_REPLY, "2001:db8:1::2", 4500, "2001:db8::10", 500);
	assert_end(&setup);
	tear_down(&setup);
}

/* Nothing of the one before shows in the next. */
static void test_ipv4_behind_ipv6(void **state)
{
	struct reply_flow plain = ipv4;
	const struct nfto_flow *flow;
	struct setup setup;
	uint64_t value = 42;

	(void)state;
	plain.has_counters = false;
	plain.zone = 0;
	set_up(&setup);
	reply_flow(setup.fake, &ipv6);
	reply_flow(setup.fake, &ipv4);
	fake_datagram(setup.fake);
	reply_flow(setup.fake, &plain);
	reply_done(setup.fake);
	next(&setup);
	next(&setup);
	flow = next(&setup);
	assert_int_equal(nfto_flow_family(flow), AF_INET);
	assert_int_equal(nfto_flow_zone(flow), 0);
	assert_tuple(flow, NFTO_DIRECTION_REPLY, "203.0.113.2", 443, "198.51.100.1", 61000);
	assert_int_equal(nfto_flow_packets(flow, NFTO_DIRECTION_ORIGINAL, &value), -ENODATA);
	assert_end(&setup);
	tear_down(&setup);
}

static void test_counters_that_were_not_sent(void **state)
{
	const struct nfto_flow *flow;
	struct setup setup;
	uint64_t value = 42;

	(void)state;
	set_up(&setup);
	reply_flow(setup.fake, &ipv6);
	reply_done(setup.fake);
	flow = next(&setup);
	assert_int_equal(nfto_flow_packets(flow, NFTO_DIRECTION_ORIGINAL, &value), -ENODATA);
	assert_int_equal(nfto_flow_packets(flow, NFTO_DIRECTION_REPLY, &value), -ENODATA);
	assert_int_equal(nfto_flow_bytes(flow, NFTO_DIRECTION_ORIGINAL, &value), -ENODATA);
	assert_int_equal(nfto_flow_bytes(flow, NFTO_DIRECTION_REPLY, &value), -ENODATA);
	assert_int_equal(value, 42);
	tear_down(&setup);
}

static void test_protocol_without_ports(void **state)
{
	struct reply_flow gre = ipv4;
	const struct nfto_flow *flow;
	struct setup setup;

	(void)state;
	gre.protocol = IPPROTO_GRE;
	set_up(&setup);
	reply_flow(setup.fake, &gre);
	reply_done(setup.fake);
	flow = next(&setup);
	assert_int_equal(nfto_flow_protocol(flow), IPPROTO_GRE);
	assert_tuple(flow, NFTO_DIRECTION_ORIGINAL, "192.168.1.10", 0, "203.0.113.2", 0);
	tear_down(&setup);
}

/* ---- States and filters. A kernel before 5.15 does not know the filter and sends all flows; so do
 *      these, whatever they are asked for. */

static const struct {
	int family;
	uint32_t status;
} all_flows[] = {
	{ AF_INET, CONFIRMED | SEEN_REPLY },
	{ AF_INET, CONFIRMED | OFFLOAD },
	{ AF_INET6, CONFIRMED | OFFLOAD | HW_OFFLOAD },
	{ AF_INET6, 0 },
	{ AF_INET, HW_OFFLOAD },
	{ AF_INET6, OFFLOAD },
	{ AF_INET, 0xffffffff },
	{ AF_INET, 0xffff3fff },
};

static void answer_all_flows(struct fake *fake)
{
	for (size_t i = 0; i < COUNT(all_flows); i++) {
		struct reply_flow flow = all_flows[i].family == AF_INET ? ipv4 : ipv6;

		flow.status = all_flows[i].status;
		reply_flow(fake, &flow);
	}
	reply_done(fake);
}

#define NO_STATE (-1)

struct filter {
	const char *name;
	int state; /* or NO_STATE */
	int family;
	const char *request;
	const char *states; /* of the flows that come: n, s, h, c */
};

static const struct filter filters[] = {
	{ "all that are offloaded", NO_STATE, AF_UNSPEC, "ctget any dump", "shcsh" },
	{ "software", NFTO_FLOW_SOFTWARE, AF_UNSPEC,
	  "ctget any dump status=16384 status_mask=49152", "ss" },
	{ "hardware", NFTO_FLOW_HARDWARE, AF_UNSPEC,
	  "ctget any dump status=49152 status_mask=49152", "hh" },
	{ "closing", NFTO_FLOW_CLOSING, AF_UNSPEC, "ctget any dump status=32768 status_mask=49152",
	  "c" },
	{ "not offloaded", NFTO_FLOW_NONE, AF_UNSPEC, "ctget any dump status=0 status_mask=49152",
	  "nnn" },
	{ "IPv4", NO_STATE, AF_INET, "ctget ip dump", "sch" },
	{ "IPv6", NO_STATE, AF_INET6, "ctget ip6 dump", "hs" },
	{ "IPv6 in software", NFTO_FLOW_SOFTWARE, AF_INET6,
	  "ctget ip6 dump status=16384 status_mask=49152", "s" },
};

static void test_filter(void **state)
{
	const struct filter *filter = *state;
	const char *const request[] = { filter->request, NULL };
	struct setup setup;

	set_up(&setup);
	answer_all_flows(setup.fake);
	if (filter->state != NO_STATE)
		assert_int_equal(nfto_flow_filter_set_state(setup.filter,
							    (enum nfto_flow_state)filter->state),
				 0);
	assert_int_equal(nfto_flow_filter_set_family(setup.filter, filter->family), 0);
	for (const char *expected = filter->states; *expected; expected++)
		assert_int_equal(nfto_flow_state_name(nfto_flow_state(next(&setup)))[0], *expected);
	assert_end(&setup);
	assert_sent(setup.fake, 0, request);
	tear_down(&setup);
}

static void test_no_filter_at_all(void **state)
{
	struct nfto_flow_filter *filter;
	struct setup setup;

	(void)state;
	set_up(&setup);
	answer_all_flows(setup.fake);
	filter = setup.filter;
	setup.filter = NULL;
	for (int i = 0; i < 5; i++)
		next(&setup);
	assert_end(&setup);
	nfto_flow_filter_free(filter);
	tear_down(&setup);
}

static void test_filter_refuses_what_can_not_be(void **state)
{
	struct nfto_flow_filter *filter;

	(void)state;
	assert_int_equal(nfto_flow_filter_new(&filter), 0);
	assert_int_equal(nfto_flow_filter_set_state(filter, (enum nfto_flow_state)4), -EINVAL);
	assert_int_equal(nfto_flow_filter_set_state(filter, (enum nfto_flow_state) - 1), -EINVAL);
	assert_int_equal(nfto_flow_filter_set_family(filter, 3), -EINVAL);
	assert_int_equal(nfto_flow_filter_set_family(filter, 256 + AF_INET), -EINVAL);
	nfto_flow_filter_free(filter);
	nfto_flow_filter_free(NULL);
}

static void test_names_of_states(void **state)
{
	(void)state;
	assert_string_equal(nfto_flow_state_name(NFTO_FLOW_NONE), "none");
	assert_string_equal(nfto_flow_state_name(NFTO_FLOW_SOFTWARE), "software");
	assert_string_equal(nfto_flow_state_name(NFTO_FLOW_HARDWARE), "hardware");
	assert_string_equal(nfto_flow_state_name(NFTO_FLOW_CLOSING), "closing");
	assert_string_equal(nfto_flow_state_name((enum nfto_flow_state)4), "unknown");
}

static void test_counts(void **state)
{
	struct nfto_flow_counts *counts;
	struct setup setup;

	(void)state;
	set_up(&setup);
	answer_all_flows(setup.fake);
	assert_int_equal(nfto_flow_counts_read(setup.ctx, &counts), 0);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_NONE);
	tear_down(&setup);
	assert_int_equal(nfto_flow_counts_get(counts, NFTO_FLOW_SOFTWARE), 2);
	assert_int_equal(nfto_flow_counts_get(counts, NFTO_FLOW_HARDWARE), 2);
	assert_int_equal(nfto_flow_counts_get(counts, NFTO_FLOW_CLOSING), 1);
	assert_int_equal(nfto_flow_counts_get(counts, NFTO_FLOW_NONE), 3);
	assert_int_equal(nfto_flow_counts_of(counts, NFTO_FLOW_SOFTWARE, AF_INET, IPPROTO_TCP), 1);
	assert_int_equal(nfto_flow_counts_of(counts, NFTO_FLOW_SOFTWARE, AF_INET6, IPPROTO_UDP), 1);
	assert_int_equal(nfto_flow_counts_of(counts, NFTO_FLOW_SOFTWARE, AF_INET, IPPROTO_UDP), 0);
	assert_int_equal(nfto_flow_counts_of(counts, NFTO_FLOW_SOFTWARE, AF_UNSPEC, 0), 2);
	assert_int_equal(nfto_flow_counts_of(counts, NFTO_FLOW_SOFTWARE, AF_UNIX, 0), 0);
	assert_int_equal(nfto_flow_counts_get(counts, (enum nfto_flow_state)4), 0);
	assert_int_equal(nfto_flow_counts_get(counts, (enum nfto_flow_state) - 1), 0);
	nfto_flow_counts_free(counts);
	nfto_flow_counts_free(NULL);
}

static void test_stream_leaves_the_context_free(void **state)
{
	struct nfto_txn *txn;
	struct setup setup;

	(void)state;
	set_up(&setup);
	answer_all_flows(setup.fake);
	next(&setup);
	fake_answer(setup.fake, BATCH);
	reply_ack(setup.fake);
	assert_int_equal(nfto_txn_new(setup.ctx, &txn), 0);
	assert_int_equal(nfto_txn_delete_table(txn, NFTO_FAMILY_INET, "t"), 0);
	assert_int_equal(nfto_txn_commit(txn), 0);
	nfto_txn_free(txn);
	for (int i = 1; i < 5; i++)
		next(&setup);
	assert_end(&setup);
	tear_down(&setup);
}

/* ---- Failures: told once, and then the stream is at its end */

static void not_permitted(struct fake *fake)
{
	reply_error(fake, 0, EPERM);
}

/* What nfnetlink answers for a subsystem that it does not have. */
static void no_conntrack(struct fake *fake)
{
	reply_error(fake, 0, EINVAL);
}

static void no_conntrack_either(struct fake *fake)
{
	reply_error(fake, 0, EOPNOTSUPP);
}

static void interrupted(struct fake *fake)
{
	fake_close(fake, reply_open(fake, NLMSG_NOOP, NLM_F_MULTI | NLM_F_DUMP_INTR, 0));
	reply_done(fake);
}

static void lost(struct fake *fake)
{
	fake_receive_error(fake, ENOBUFS);
	fake_datagram(fake);
	reply_flow(fake, &ipv4);
}

static void silent(struct fake *fake)
{
	(void)fake;
}

static void cut(struct fake *fake)
{
	reply_flow(fake, &ipv4);
	fake_cut(fake, 4);
}

static struct nlmsghdr *begin(struct fake *fake, uint8_t family)
{
	return reply_open(fake, CT(IPCTNL_MSG_CT_NEW), NLM_F_MULTI, family);
}

static void nothing_in_it(struct fake *fake)
{
	fake_close(fake, begin(fake, AF_INET));
	reply_flow(fake, &ipv4);
}

static void other_family(struct fake *fake)
{
	struct reply_flow flow = ipv4;

	reply_flow(fake, &flow);
	fake_datagram(fake);
	fake_close(fake, begin(fake, AF_UNIX));
	reply_flow(fake, &flow);
}

static void without_family(struct fake *fake)
{
	fake_close(fake, fake_open(fake, CT(IPCTNL_MSG_CT_NEW), NLM_F_MULTI, 0));
}

struct failure {
	const char *name;
	void (*script)(struct fake *fake);
	int flows; /* that come before it */
	int result;
	enum nfto_error_code code;
};

static const struct failure stream_failures[] = {
	{ "not permitted", not_permitted, 0, -EPERM, NFTO_ERROR_PERMISSION },
	{ "no conntrack", no_conntrack, 0, -EOPNOTSUPP, NFTO_ERROR_NOT_SUPPORTED },
	{ "no conntrack, other kernel", no_conntrack_either, 0, -EOPNOTSUPP,
	  NFTO_ERROR_NOT_SUPPORTED },
	{ "interrupted", interrupted, 0, -EINTR, NFTO_ERROR_INTERRUPTED },
	{ "lost", lost, 0, -ENOBUFS, NFTO_ERROR_LOST },
	{ "silent", silent, 0, -ETIMEDOUT, NFTO_ERROR_PROTOCOL },
	{ "cut", cut, 0, -EBADMSG, NFTO_ERROR_PROTOCOL },
	{ "nothing in it", nothing_in_it, 0, -EBADMSG, NFTO_ERROR_PROTOCOL },
	{ "other family", other_family, 1, -EBADMSG, NFTO_ERROR_PROTOCOL },
	{ "without a family", without_family, 0, -EBADMSG, NFTO_ERROR_PROTOCOL },
};

static void test_stream_failure(void **state)
{
	const struct failure *failure = *state;
	const struct nfto_flow *flow = UNTOUCHED(const struct nfto_flow);
	struct setup setup;

	set_up(&setup);
	failure->script(setup.fake);
	for (int i = 0; i < failure->flows; i++)
		next(&setup);
	if (!setup.flows)
		assert_int_equal(nfto_flows_open(setup.ctx, setup.filter, &setup.flows), 0);
	assert_int_equal(nfto_flows_next(setup.flows, &flow), failure->result);
	assert_int_equal(nfto_error_code(setup.error), failure->code);
	assert_int_equal(nfto_error_errno(setup.error), -failure->result);
	assert_string_equal(nfto_error_object(setup.error), "the conntrack table");
	assert_ptr_equal(flow, UNTOUCHED(const struct nfto_flow));
	assert_end(&setup);
	tear_down(&setup);
}

static void test_counts_failure(void **state)
{
	const struct failure *failure = *state;
	struct nfto_flow_counts *counts = UNTOUCHED(struct nfto_flow_counts);
	struct setup setup;

	set_up(&setup);
	failure->script(setup.fake);
	/* What was interrupted is read again, three times. */
	for (int i = 1; i < 4 && failure->result == -EINTR; i++) {
		fake_answer(setup.fake, GET);
		failure->script(setup.fake);
	}
	assert_int_equal(nfto_flow_counts_read(setup.ctx, &counts), failure->result);
	assert_int_equal(nfto_error_code(setup.error), failure->code);
	assert_ptr_equal(counts, UNTOUCHED(struct nfto_flow_counts));
	tear_down(&setup);
}

static void test_socket_that_can_not_be_opened(void **state)
{
	struct fake *fake = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake);
	struct nfto_flows *flows = UNTOUCHED(struct nfto_flows);

	(void)state;
	fake->open.nth = fake->open.calls + 1;
	fake->open.errnum = EMFILE;
	assert_int_equal(nfto_flows_open(ctx, NULL, &flows), -EMFILE);
	assert_int_equal(nfto_error_code(nfto_ctx_error(ctx)), NFTO_ERROR_SYSTEM);
	assert_int_equal(nfto_error_errno(nfto_ctx_error(ctx)), EMFILE);
	assert_ptr_equal(flows, UNTOUCHED(struct nfto_flows));
	nfto_flows_free(NULL);
	nfto_ctx_free(ctx);
	fake_free(fake);
}

/* ---- Entries that are spoilt in one place */

static void put_ip(struct nlmsghdr *message, uint16_t length)
{
	static const uint8_t address[16];
	struct nlattr *nest = mnl_attr_nest_start(message, CTA_TUPLE_IP);

	mnl_attr_put(message, CTA_IP_V4_SRC, length, address);
	mnl_attr_put(message, CTA_IP_V4_DST, length, address);
	mnl_attr_nest_end(message, nest);
}

static void put_protocol(struct nlmsghdr *message, uint16_t port_length)
{
	struct nlattr *nest = mnl_attr_nest_start(message, CTA_TUPLE_PROTO);

	mnl_attr_put_u8(message, CTA_PROTO_NUM, IPPROTO_TCP);
	mnl_attr_put(message, CTA_PROTO_SRC_PORT, port_length, "\0\1\2");
	mnl_attr_put(message, CTA_PROTO_DST_PORT, port_length, "\0\1\2");
	mnl_attr_nest_end(message, nest);
}

/* The lengths of the parts of an entry; 0: left out. */
struct entry {
	const char *name;
	bool is_good;
	uint16_t original_address;
	uint16_t reply_address;
	uint16_t port;
	uint16_t status;
	uint16_t zone;
	uint16_t original_counter;
	uint16_t reply_counter;
};

static const struct entry entries[] = {
	{ "all of it", true, 4, 4, 2, 4, 2, 8, 8 },
	{ "least of it", true, 4, 4, 2, 4, 0, 0, 0 },
	{ "counters of one direction", true, 4, 4, 2, 4, 0, 8, 0 },
	{ "no original tuple", false, 0, 4, 2, 4, 0, 0, 0 },
	{ "no reply tuple", false, 4, 0, 2, 4, 0, 0, 0 },
	{ "no status", false, 4, 4, 2, 0, 0, 0, 0 },
	{ "short address", false, 3, 4, 2, 4, 0, 0, 0 },
	{ "IPv6 address in IPv4", false, 4, 16, 2, 4, 0, 0, 0 },
	{ "short port", false, 4, 4, 1, 4, 0, 0, 0 },
	{ "long port", false, 4, 4, 3, 4, 0, 0, 0 },
	{ "short status", false, 4, 4, 2, 2, 0, 0, 0 },
	{ "long status", false, 4, 4, 2, 8, 0, 0, 0 },
	{ "long zone", false, 4, 4, 2, 4, 4, 0, 0 },
	{ "short counter", false, 4, 4, 2, 4, 0, 4, 8 },
	{ "long counter", false, 4, 4, 2, 4, 0, 8, 16 },
};

static void put_tuple(struct nlmsghdr *message, uint16_t type, uint16_t address, uint16_t port)
{
	struct nlattr *nest;

	if (!address)
		return;
	nest = mnl_attr_nest_start(message, type);
	put_ip(message, address);
	put_protocol(message, port);
	mnl_attr_nest_end(message, nest);
}

static void put_counters(struct nlmsghdr *message, uint16_t type, uint16_t length)
{
	static const uint8_t counter[16];
	struct nlattr *nest;

	if (!length)
		return;
	nest = mnl_attr_nest_start(message, type);
	mnl_attr_put(message, CTA_COUNTERS_PACKETS, length, counter);
	mnl_attr_put(message, CTA_COUNTERS_BYTES, length, counter);
	mnl_attr_nest_end(message, nest);
}

static void put_zeroes(struct nlmsghdr *message, uint16_t type, uint16_t length)
{
	static const uint8_t zeroes[16];

	if (length)
		mnl_attr_put(message, type, length, zeroes);
}

static void test_entry(void **state)
{
	const struct entry *entry = *state;
	const struct nfto_flow *flow;
	struct nlmsghdr *message;
	struct setup setup;

	set_up(&setup);
	message = begin(setup.fake, AF_INET);
	put_tuple(message, CTA_TUPLE_ORIG, entry->original_address, entry->port);
	put_tuple(message, CTA_TUPLE_REPLY, entry->reply_address, entry->port);
	put_zeroes(message, CTA_STATUS, entry->status);
	put_zeroes(message, CTA_ZONE, entry->zone);
	put_counters(message, CTA_COUNTERS_ORIG, entry->original_counter);
	put_counters(message, CTA_COUNTERS_REPLY, entry->reply_counter);
	mnl_attr_put_strz(message, CTA_MAX + 1, "new");
	fake_close(setup.fake, message);
	reply_done(setup.fake);
	assert_int_equal(nfto_flow_filter_set_state(setup.filter, NFTO_FLOW_NONE), 0);
	assert_int_equal(nfto_flows_open(setup.ctx, setup.filter, &setup.flows), 0);
	assert_int_equal(nfto_flows_next(setup.flows, &flow), entry->is_good ? 1 : -EBADMSG);
	tear_down(&setup);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ipv4),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_ipv4_behind_ipv6),
		cmocka_unit_test(test_counters_that_were_not_sent),
		cmocka_unit_test(test_protocol_without_ports),
		cmocka_unit_test(test_no_filter_at_all),
		cmocka_unit_test(test_filter_refuses_what_can_not_be),
		cmocka_unit_test(test_names_of_states),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_stream_leaves_the_context_free),
		cmocka_unit_test(test_socket_that_can_not_be_opened),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(filters, test_filter);
	failures += run_table(stream_failures, test_stream_failure);
	failures += run_table(stream_failures, test_counts_failure);
	failures += run_table(entries, test_entry);
	return failures != 0;
}
