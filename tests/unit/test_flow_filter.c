// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which flows match a filter, what the kernel is asked to leave out, and what the routes are
 * asked. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <string.h>

#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/rtnetlink.h>

#include "describe.h"
#include "reply.h"
#include "unit.h"

#define GET CT(IPCTNL_MSG_CT_GET)
#define OFFLOAD 0x4000

/* From the LAN to a server behind DNAT, by a masquerading router. */
static const struct reply_flow ipv4 = {
	.family = AF_INET,
	.protocol = IPPROTO_TCP,
	.status = OFFLOAD,
	.zone = 7,
	.mark = 0x21,
	.original = { "192.168.1.10", "203.0.113.2", 40000, 443 },
	.reply = { "10.9.8.7", "198.51.100.1", 8443, 61000 },
};

static const struct reply_flow ipv6 = {
	.family = AF_INET6,
	.protocol = IPPROTO_UDP,
	.status = OFFLOAD,
	.original = { "2001:db8::10", "2001:db8:1::2", 500, 4500 },
	.reply = { "2001:db8:1::2", "2001:db8::10", 4500, 500 },
};

typedef int set_network(struct nfto_flow_filter *filter, int family, const void *address,
			unsigned int prefix_length);

static void network(struct nfto_flow_filter *filter, set_network *set, const char *text,
		    unsigned int length)
{
	int family = strchr(text, ':') ? AF_INET6 : AF_INET;
	uint8_t address[16];

	assert_int_equal(inet_pton(family, text, address), 1);
	assert_int_equal(set(filter, family, address, length), 0);
}

/* Everything that a filter can be set to, by a letter; a row of the table names one. */
static void set(struct nfto_flow_filter *filter, const char *what, const char *value,
		unsigned int number)
{
	if (strcmp(what, "protocol") == 0)
		nfto_flow_filter_set_protocol(filter, (uint8_t)number);
	else if (strcmp(what, "source") == 0)
		network(filter, nfto_flow_filter_set_source, value, number);
	else if (strcmp(what, "destination") == 0)
		network(filter, nfto_flow_filter_set_destination, value, number);
	else if (strcmp(what, "address") == 0)
		network(filter, nfto_flow_filter_set_address, value, number);
	else if (strcmp(what, "source port") == 0)
		nfto_flow_filter_set_source_port(filter, (uint16_t)number);
	else if (strcmp(what, "destination port") == 0)
		nfto_flow_filter_set_destination_port(filter, (uint16_t)number);
	else if (strcmp(what, "port") == 0)
		nfto_flow_filter_set_port(filter, (uint16_t)number);
	else if (strcmp(what, "zone") == 0)
		nfto_flow_filter_set_zone(filter, (uint16_t)number);
	else
		fail_msg("no such property: %s", what);
}

struct match {
	const char *name;
	const char *what;
	const char *value;
	unsigned int number;
	const char *request;
	bool matches_ipv4;
	bool matches_ipv6;
};

#define ALL "ctget any dump"

static const struct match matches[] = {
	{ "TCP", "protocol", NULL, 6, ALL, true, false },
	{ "UDP", "protocol", NULL, 17, ALL, false, true },
	{ "protocol 0", "protocol", NULL, 0, ALL, false, false },
	{ "source host", "source", "192.168.1.10", 32, ALL, true, false },
	{ "another host", "source", "192.168.1.11", 32, ALL, false, false },
	{ "its neighbour, under /31", "source", "192.168.1.11", 31, ALL, true, false },
	{ "source /24", "source", "192.168.1.0", 24, ALL, true, false },
	{ "source /25, other half", "source", "192.168.1.128", 25, ALL, false, false },
	{ "source /0", "source", "0.0.0.0", 0, ALL, true, false },
	{ "source /0 of IPv6", "source", "::", 0, ALL, false, true },
	{ "destination as source", "source", "203.0.113.2", 32, ALL, false, false },
	{ "source of the replies", "source", "10.9.8.7", 32, ALL, false, false },
	{ "destination", "destination", "203.0.113.0", 29, ALL, true, false },
	{ "destination after DNAT", "destination", "10.9.8.7", 32, ALL, false, false },
	{ "IPv6 source", "source", "2001:db8::10", 128, ALL, false, true },
	{ "IPv6 source, last bit", "source", "2001:db8::11", 128, ALL, false, false },
	{ "IPv6 source, last bit not asked for", "source", "2001:db8::11", 127, ALL, false, true },
	{ "IPv6 destination /48", "destination", "2001:db8:1::", 48, ALL, false, true },
	{ "IPv6 destination /47", "destination", "2001:db8::", 47, ALL, false, true },
	{ "IPv6 destination, other /48", "destination", "2001:db8::", 48, ALL, false, false },
	{ "either end: source", "address", "192.168.1.10", 32, ALL, true, false },
	{ "either end: destination", "address", "203.0.113.2", 32, ALL, true, false },
	{ "either end: after DNAT", "address", "10.0.0.0", 8, ALL, true, false },
	{ "either end: masqueraded", "address", "198.51.100.1", 32, ALL, true, false },
	{ "either end: none of them", "address", "198.51.100.2", 32, ALL, false, false },
	{ "source port", "source port", NULL, 40000, ALL, true, false },
	{ "source port of the replies", "source port", NULL, 8443, ALL, false, false },
	{ "destination port", "destination port", NULL, 443, ALL, true, false },
	{ "destination port, IPv6", "destination port", NULL, 4500, ALL, false, true },
	{ "port 0", "destination port", NULL, 0, ALL, false, false },
	{ "either port: source", "port", NULL, 40000, ALL, true, false },
	{ "either port: after DNAT", "port", NULL, 8443, ALL, true, false },
	{ "either port: masqueraded", "port", NULL, 61000, ALL, true, false },
	{ "either port: none of them", "port", NULL, 80, ALL, false, false },
	{ "zone", "zone", NULL, 7, ALL " zone=0007", true, false },
	{ "default zone", "zone", NULL, 0, ALL " zone=0000", false, true },
	{ "another zone", "zone", NULL, 1792, ALL " zone=0700", false, false },
};

static void answer(struct fake *fake)
{
	fake_answer(fake, GET);
	reply_flow(fake, &ipv4);
	reply_flow(fake, &ipv6);
	reply_done(fake);
}

/* The families of the flows that come. */
static void assert_flows(struct fake *fake, const struct nfto_flow_filter *filter,
			 bool matches_ipv4, bool matches_ipv6)
{
	struct nfto_ctx *ctx = fake_ctx(fake);
	const struct nfto_flow *flow;
	struct nfto_flows *flows;

	assert_int_equal(nfto_flows_open(ctx, filter, &flows), 0);
	if (matches_ipv4) {
		assert_int_equal(nfto_flows_next(flows, &flow), 1);
		assert_int_equal(nfto_flow_family(flow), AF_INET);
	}
	if (matches_ipv6) {
		assert_int_equal(nfto_flows_next(flows, &flow), 1);
		assert_int_equal(nfto_flow_family(flow), AF_INET6);
	}
	assert_int_equal(nfto_flows_next(flows, &flow), 0);
	assert_int_equal(nfto_error_code(nfto_ctx_error(ctx)), NFTO_ERROR_NONE);
	nfto_flows_free(flows);
	nfto_ctx_free(ctx);
}

static void test_match(void **state)
{
	const struct match *match = *state;
	const char *const request[] = { match->request, NULL };
	struct nfto_flow_filter *filter;
	struct fake *fake = fake_new();

	assert_int_equal(nfto_flow_filter_new(&filter), 0);
	set(filter, match->what, match->value, match->number);
	answer(fake);
	assert_flows(fake, filter, match->matches_ipv4, match->matches_ipv6);
	assert_sent(fake, 0, request);
	nfto_flow_filter_free(filter);
	fake_free(fake);
}

struct mark {
	const char *name;
	uint32_t value;
	uint32_t mask;
	const char *request;
	bool matches_ipv4; /* whose mark is 0x21 */
	bool matches_ipv6; /* whose mark is 0 */
};

static const struct mark marks[] = {
	{ "the mark", 0x21, UINT32_MAX, ALL " mark=33 mark_mask=4294967295", true, false },
	{ "another one", 0x20, UINT32_MAX, ALL " mark=32 mark_mask=4294967295", false, false },
	{ "a bit", 0x20, 0x20, ALL " mark=32 mark_mask=32", true, false },
	{ "not a bit", 0, 0x20, ALL " mark=0 mark_mask=32", false, true },
	{ "not another bit", 0, 0x40, ALL " mark=0 mark_mask=64", true, true },
	{ "any", 0, 0, ALL, true, true },
};

static void test_mark(void **state)
{
	const struct mark *mark = *state;
	const char *const request[] = { mark->request, NULL };
	struct nfto_flow_filter *filter;
	struct fake *fake = fake_new();

	assert_int_equal(nfto_flow_filter_new(&filter), 0);
	assert_int_equal(nfto_flow_filter_set_mark(filter, mark->value, mark->mask), 0);
	answer(fake);
	assert_flows(fake, filter, mark->matches_ipv4, mark->matches_ipv6);
	assert_sent(fake, 0, request);
	nfto_flow_filter_free(filter);
	fake_free(fake);
}

static void test_mark_that_the_kernel_has_not(void **state)
{
	struct reply_flow markless = ipv4;
	struct nfto_flow_filter *filter;
	struct fake *fake = fake_new();
	const struct nfto_flow *flow;
	struct nfto_flows *flows;
	struct nfto_ctx *ctx = fake_ctx(fake);
	uint32_t mark = 42;

	(void)state;
	markless.has_no_mark = true;
	assert_int_equal(nfto_flow_filter_new(&filter), 0);
	fake_answer(fake, GET);
	reply_flow(fake, &markless);
	reply_flow(fake, &ipv4);
	reply_done(fake);
	assert_int_equal(nfto_flows_open(ctx, filter, &flows), 0);
	assert_int_equal(nfto_flows_next(flows, &flow), 1);
	assert_int_equal(nfto_flow_mark(flow, &mark), -ENODATA);
	assert_int_equal(mark, 42);
	assert_int_equal(nfto_flows_next(flows, &flow), 1);
	assert_int_equal(nfto_flow_mark(flow, &mark), 0);
	assert_int_equal(mark, 0x21);
	nfto_flows_free(flows);
	fake_answer(fake, GET);
	reply_flow(fake, &markless);
	reply_done(fake);
	assert_int_equal(nfto_flow_filter_set_mark(filter, 0, 1), 0);
	assert_flows(fake, filter, false, false);
	nfto_flow_filter_free(filter);
	nfto_ctx_free(ctx);
	fake_free(fake);
}

/* All of them have to be so. */
static void test_several(void **state)
{
	struct nfto_flow_filter *filter;
	struct fake *fake = fake_new();

	(void)state;
	assert_int_equal(nfto_flow_filter_new(&filter), 0);
	set(filter, "protocol", NULL, 6);
	set(filter, "source", "192.168.0.0", 16);
	set(filter, "destination port", NULL, 443);
	set(filter, "zone", NULL, 7);
	answer(fake);
	assert_flows(fake, filter, true, false);
	set(filter, "destination port", NULL, 444);
	answer(fake);
	assert_flows(fake, filter, false, false);
	nfto_flow_filter_free(filter);
	fake_free(fake);
}

/* Both in the same direction, as in one packet. */
static void test_address_and_port(void **state)
{
	struct nfto_flow_filter *filter;
	struct fake *fake = fake_new();

	(void)state;
	assert_int_equal(nfto_flow_filter_new(&filter), 0);
	set(filter, "address", "10.9.8.7", 32);
	set(filter, "port", NULL, 8443);
	answer(fake);
	assert_flows(fake, filter, true, false);
	set(filter, "port", NULL, 443);
	answer(fake);
	assert_flows(fake, filter, false, false);
	nfto_flow_filter_free(filter);
	fake_free(fake);
}

static void test_what_can_not_be(void **state)
{
	static const uint8_t address[16];
	static set_network *const setters[] = { nfto_flow_filter_set_source,
						nfto_flow_filter_set_destination,
						nfto_flow_filter_set_address };
	struct nfto_flow_filter *filter;

	(void)state;
	assert_int_equal(nfto_flow_filter_new(&filter), 0);
	for (size_t i = 0; i < COUNT(setters); i++) {
		assert_int_equal(setters[i](filter, AF_INET, address, 33), -EINVAL);
		assert_int_equal(setters[i](filter, AF_INET6, address, 129), -EINVAL);
		assert_int_equal(setters[i](filter, AF_UNSPEC, address, 0), -EINVAL);
		assert_int_equal(setters[i](filter, AF_UNIX, address, 0), -EINVAL);
	}
	assert_int_equal(nfto_flow_filter_set_mark(filter, 2, 1), -EINVAL);
	assert_int_equal(nfto_flow_filter_set_interface(filter, ""), -EINVAL);
	assert_int_equal(nfto_flow_filter_set_interface(filter, "a/b"), -EINVAL);
	assert_int_equal(nfto_flow_filter_set_interface(filter, "sixteencharacter"), -EINVAL);
	nfto_flow_filter_free(filter);
}

/* ---- The interface */

static void answer_interface(struct fake *fake, int32_t index)
{
	struct nlmsghdr *message;
	struct ifinfomsg *link;

	fake_answer(fake, RTM_GETLINK);
	message = fake_open(fake, RTM_NEWLINK, 0, 0);
	link = mnl_nlmsg_put_extra_header(message, sizeof(*link));
	link->ifi_index = index;
	fake_close(fake, message);
}

static void answer_route(struct fake *fake, uint32_t interface)
{
	struct nlmsghdr *message;

	fake_answer(fake, RTM_GETROUTE);
	message = fake_open(fake, RTM_NEWROUTE, 0, 0);
	mnl_nlmsg_put_extra_header(message, sizeof(struct rtmsg));
	if (interface)
		mnl_attr_put_u32(message, RTA_OIF, interface);
	fake_close(fake, message);
}

static void answer_no_route(struct fake *fake, int errnum)
{
	fake_answer(fake, RTM_GETROUTE);
	reply_error(fake, 0, errnum);
}

static void assert_asked(const struct fake *fake, size_t request, const char *text)
{
	const struct nlmsghdr *message = fake_sent(fake, request, 0);
	const struct rtmsg *route = mnl_nlmsg_get_payload(message);
	const struct nlattr *attr = mnl_nlmsg_get_payload_offset(message, sizeof(*route));
	int family = strchr(text, ':') ? AF_INET6 : AF_INET;
	uint8_t address[16];

	assert_int_equal(inet_pton(family, text, address), 1);
	assert_int_equal(message->nlmsg_type, RTM_GETROUTE);
	assert_int_equal(message->nlmsg_flags, NLM_F_REQUEST);
	assert_int_equal(route->rtm_family, family);
	assert_int_equal(route->rtm_dst_len, family == AF_INET ? 32 : 128);
	assert_int_equal(mnl_attr_get_type(attr), RTA_DST);
	assert_memory_equal(mnl_attr_get_payload(attr), address, family == AF_INET ? 4 : 16);
}

static void test_interface(void **state)
{
	struct nfto_flow_filter *filter;
	struct fake *fake = fake_new();

	(void)state;
	assert_int_equal(nfto_flow_filter_new(&filter), 0);
	assert_int_equal(nfto_flow_filter_set_interface(filter, "wan0"), 0);
	answer_interface(fake, 4);
	answer(fake);
	answer_route(fake, 3); /* ipv4: to who has opened it */
	answer_route(fake, 4); /* to who answers */
	answer_no_route(fake, ENETUNREACH);
	answer_route(fake, 0);
	assert_flows(fake, filter, true, false);
	assert_int_equal(fake->request_count, 6);
	assert_string_equal(mnl_attr_get_str(mnl_nlmsg_get_payload_offset(
				    fake_sent(fake, 0, 0), sizeof(struct ifinfomsg))),
			    "wan0");
	assert_asked(fake, 2, "192.168.1.10");
	assert_asked(fake, 3, "10.9.8.7");
	assert_asked(fake, 4, "2001:db8::10");
	assert_asked(fake, 5, "2001:db8:1::2");
	nfto_flow_filter_free(filter);
	fake_free(fake);
}

/* Routes cost a request each: only flows that match in all else are asked for. */
static void test_interface_comes_last(void **state)
{
	struct nfto_flow_filter *filter;
	struct fake *fake = fake_new();

	(void)state;
	assert_int_equal(nfto_flow_filter_new(&filter), 0);
	assert_int_equal(nfto_flow_filter_set_interface(filter, "lan0"), 0);
	set(filter, "protocol", NULL, 6);
	answer_interface(fake, 3);
	answer(fake);
	answer_route(fake, 3);
	assert_flows(fake, filter, true, false);
	assert_int_equal(fake->request_count, 3);
	nfto_flow_filter_free(filter);
	fake_free(fake);
}

static void assert_open_fails(struct fake *fake, int result, enum nfto_error_code code)
{
	struct nfto_flows *flows = UNTOUCHED(struct nfto_flows);
	struct nfto_ctx *ctx = fake_ctx(fake);
	const struct nfto_error *error = nfto_ctx_error(ctx);
	struct nfto_flow_filter *filter;

	assert_int_equal(nfto_flow_filter_new(&filter), 0);
	assert_int_equal(nfto_flow_filter_set_interface(filter, "nosuch0"), 0);
	assert_int_equal(nfto_flows_open(ctx, filter, &flows), result);
	assert_int_equal(nfto_error_code(error), code);
	assert_ptr_equal(flows, UNTOUCHED(struct nfto_flows));
	if (code == NFTO_ERROR_NO_DEVICE)
		assert_string_equal(nfto_error_device(error), "nosuch0");
	nfto_flow_filter_free(filter);
	nfto_ctx_free(ctx);
	fake_free(fake);
}

static void test_no_such_interface(void **state)
{
	struct fake *fake = fake_new();

	(void)state;
	fake_answer(fake, RTM_GETLINK);
	reply_error(fake, 0, ENODEV);
	assert_open_fails(fake, -ENODEV, NFTO_ERROR_NO_DEVICE);
}

static void test_interface_without_number(void **state)
{
	struct fake *fake = fake_new();

	(void)state;
	answer_interface(fake, 0);
	assert_open_fails(fake, -EBADMSG, NFTO_ERROR_PROTOCOL);
}

static void test_interface_of_another_kind(void **state)
{
	struct fake *fake = fake_new();

	(void)state;
	fake_answer(fake, RTM_GETLINK);
	fake_close(fake, fake_open(fake, RTM_NEWLINK, 0, 0));
	assert_open_fails(fake, -EBADMSG, NFTO_ERROR_PROTOCOL);
}

static void test_route_that_fails(void **state)
{
	const struct nfto_flow *flow = UNTOUCHED(const struct nfto_flow);
	struct fake *fake = fake_new();
	struct nfto_ctx *ctx = fake_ctx(fake);
	struct nfto_flow_filter *filter;
	struct nfto_flows *flows;

	(void)state;
	assert_int_equal(nfto_flow_filter_new(&filter), 0);
	assert_int_equal(nfto_flow_filter_set_interface(filter, "lan0"), 0);
	answer_interface(fake, 3);
	answer(fake);
	fake_answer(fake, RTM_GETROUTE);
	fake_receive_error(fake, ENOBUFS);
	assert_int_equal(nfto_flows_open(ctx, filter, &flows), 0);
	assert_int_equal(nfto_flows_next(flows, &flow), -ENOBUFS);
	assert_int_equal(nfto_error_code(nfto_ctx_error(ctx)), NFTO_ERROR_LOST);
	assert_string_equal(nfto_error_object(nfto_ctx_error(ctx)), "rtnetlink");
	assert_int_equal(nfto_flows_next(flows, &flow), 0);
	assert_ptr_equal(flow, UNTOUCHED(const struct nfto_flow));
	nfto_flows_free(flows);
	nfto_flow_filter_free(filter);
	nfto_ctx_free(ctx);
	fake_free(fake);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mark_that_the_kernel_has_not),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_address_and_port),
		cmocka_unit_test(test_what_can_not_be),
		cmocka_unit_test(test_interface),
		cmocka_unit_test(test_interface_comes_last),
		cmocka_unit_test(test_no_such_interface),
		cmocka_unit_test(test_interface_without_number),
		cmocka_unit_test(test_interface_of_another_kind),
		cmocka_unit_test(test_route_that_fails),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(matches, test_match);
	failures += run_table(marks, test_mark);
	return failures != 0;
}
