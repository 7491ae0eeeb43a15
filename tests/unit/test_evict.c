// SPDX-License-Identifier: LGPL-2.1-or-later
/* Connections leave the fast path: which, how they are named and made anew, and what the kernel may
 * say to that. */
#include <errno.h>
#include <string.h>

#include <linux/netfilter/nfnetlink_conntrack.h>

#include "attributes.h"
#include "conntrack_form.h"
#include "describe.h"
#include "reply.h"
#include "setup.h"
#include "sysctl_files.h"
#include "unit.h"

#define GET CT(IPCTNL_MSG_CT_GET)
#define DELETE CT(IPCTNL_MSG_CT_DELETE)
#define NEW CT(IPCTNL_MSG_CT_NEW)
#define TOTAL CT(IPCTNL_MSG_CT_GET_STATS)
#define DELETE_CONNECTIONS NFTO_EVICT_DELETE_CONNECTIONS
#define OFFLOAD 0x4000
#define HW_OFFLOAD 0x8000

static const struct reply_flow ipv4 = {
	.family = AF_INET,
	.protocol = IPPROTO_TCP,
	.status = OFFLOAD | HW_OFFLOAD,
	.zone = 7,
	.id = 0xcafe,
	.original = { "192.168.1.10", "203.0.113.2", 40000, 443 },
	.reply = { "203.0.113.2", "198.51.100.1", 443, 61000 },
};

static const struct reply_flow ipv6 = {
	.family = AF_INET6,
	.protocol = IPPROTO_UDP,
	.status = OFFLOAD,
	.id = 0xf00d,
	.original = { "2001:db8::10", "2001:db8:1::2", 500, 4500 },
	.reply = { "2001:db8:1::2", "2001:db8::10", 4500, 500 },
};

static void answer_flows(struct fake *fake, size_t count)
{
	fake_answer(fake, GET);
	for (size_t i = 0; i < count; i++) {
		/* As they come, several in a datagram. */
		if (i % 8 < 2)
			fake_datagram(fake);
		reply_flow(fake, i % 2 ? &ipv6 : &ipv4);
	}
	reply_done(fake);
}

static void answer_room(struct fake *fake, uint32_t room)
{
	fake_answer(fake, TOTAL);
	reply_total_of(fake, 1000 - room, 1000);
}

/* The kernel answers what it refuses, and the last message. */
static void answer_batch(struct fake *fake)
{
	fake_answer(fake, DELETE);
	reply_error(fake, FAKE_ACKED, 0);
}

/* One message is refused. */
static void answer_refusal(struct fake *fake, int index, int errnum)
{
	fake_answer(fake, DELETE);
	reply_error(fake, index, errnum);
	reply_error(fake, FAKE_ACKED, 0);
}

static void begin(struct setup *setup, size_t flows)
{
	set_up(setup);
	answer_flows(setup->fake, flows);
}

static void end(struct setup *setup, uint32_t flags, uint64_t expected)
{
	uint64_t evicted = 42;

	assert_int_equal(nfto_evict(setup->ctx, NULL, flags, &evicted), 0);
	assert_int_equal(nfto_error_code(setup->error), NFTO_ERROR_NONE);
	assert_int_equal(evicted, expected);
	tear_down(setup);
}

static void assert_type(const struct fake *fake, size_t request, size_t message, uint16_t type)
{
	assert_int_equal(fake_sent(fake, request, message)->nlmsg_type, type);
}

/* ---- Deleted */

/* The original tuple of the entry, its zone and its number, and nothing else. */
static void test_form(void **state)
{
	struct form theirs_ipv4, theirs_ipv6;
	struct setup setup;

	(void)state;
	begin(&setup, 2);
	answer_batch(setup.fake);
	assert_int_equal(nfto_evict(setup.ctx, NULL, DELETE_CONNECTIONS, NULL), 0);
	assert_int_equal(fake_sent_messages(setup.fake, 1), 2);
	conntrack_form(&theirs_ipv4, &ipv4);
	assert_int_equal(fake_sent(setup.fake, 1, 0)->nlmsg_flags, NLM_F_REQUEST);
	assert_form(&theirs_ipv4, fake_sent(setup.fake, 1, 0), 0xcafe);
	conntrack_form(&theirs_ipv6, &ipv6);
	assert_int_equal(fake_sent(setup.fake, 1, 1)->nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK);
	assert_form(&theirs_ipv6, fake_sent(setup.fake, 1, 1), 0xf00d);
	tear_down(&setup);
}

/* Only those that match, and never one that is not offloaded. */
static void test_filter(void **state)
{
	struct reply_flow slow = ipv4;
	struct nfto_flow_filter *filter;
	struct setup setup;
	uint64_t evicted;

	(void)state;
	slow.status = 0;
	set_up(&setup);
	fake_answer(setup.fake, GET);
	reply_flow(setup.fake, &slow);
	reply_flow(setup.fake, &ipv4);
	reply_flow(setup.fake, &ipv6);
	reply_done(setup.fake);
	answer_batch(setup.fake);
	assert_int_equal(nfto_flow_filter_new(&filter), 0);
	nfto_flow_filter_set_protocol(filter, IPPROTO_TCP);
	assert_int_equal(nfto_evict(setup.ctx, filter, DELETE_CONNECTIONS, &evicted), 0);
	assert_int_equal(evicted, 1);
	assert_int_equal(fake_sent_messages(setup.fake, 1), 1);
	nfto_flow_filter_free(filter);
	tear_down(&setup);
}

static void test_nothing_matches(void **state)
{
	struct setup setup;

	(void)state;
	begin(&setup, 0);
	end(&setup, 0, 0);
}

/* What the kernel may have to say of so many fits into the socket. */
static void test_many(void **state)
{
	struct setup setup;
	uint64_t evicted;

	(void)state;
	begin(&setup, 150);
	for (int i = 0; i < 3; i++)
		answer_batch(setup.fake);
	assert_int_equal(nfto_evict(setup.ctx, NULL, DELETE_CONNECTIONS, &evicted), 0);
	assert_int_equal(evicted, 150);
	assert_int_equal(fake_sent_messages(setup.fake, 1), 64);
	assert_int_equal(fake_sent_messages(setup.fake, 2), 64);
	assert_int_equal(fake_sent_messages(setup.fake, 3), 22);
	tear_down(&setup);
}

/* It ended by itself, or was opened again meanwhile: not an error, and not counted. */
static void test_gone_meanwhile(void **state)
{
	struct setup setup;

	(void)state;
	begin(&setup, 3);
	answer_refusal(setup.fake, 1, ENOENT);
	end(&setup, DELETE_CONNECTIONS, 2);
}

struct refusal {
	const char *name;
	int errnum;
	int result;
	enum nfto_error_code code;
};

static const struct refusal refusals[] = {
	{ "a kernel that does not delete offloaded entries", EBUSY, -EBUSY, NFTO_ERROR_SYSTEM },
	{ "out of memory", ENOMEM, -ENOMEM, NFTO_ERROR_NO_MEMORY },
};

/* All answers are read. */
static void test_refusal(void **state)
{
	const struct refusal *refusal = *state;
	struct setup setup;
	uint64_t evicted = 42;

	begin(&setup, 3);
	fake_answer(setup.fake, DELETE);
	reply_extended(setup.fake, 1, refusal->errnum, "the kernel's words", NO_OFFSET);
	reply_error(setup.fake, FAKE_ACKED, 0);
	assert_int_equal(nfto_evict(setup.ctx, NULL, DELETE_CONNECTIONS, &evicted),
			 refusal->result);
	assert_int_equal(nfto_error_code(setup.error), refusal->code);
	assert_string_equal(nfto_error_object(setup.error), "the conntrack table");
	assert_string_equal(nfto_error_kernel_text(setup.error), "the kernel's words");
	assert_int_equal(evicted, 42);
	tear_down(&setup);
}

/* The kernel tells it once, for the first message, and nothing more. */
static void test_not_permitted(void **state)
{
	struct setup setup;

	(void)state;
	begin(&setup, 3);
	answer_room(setup.fake, 100);
	fake_answer(setup.fake, DELETE);
	reply_error(setup.fake, 0, EPERM);
	assert_int_equal(nfto_evict(setup.ctx, NULL, 0, NULL), -EPERM);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_PERMISSION);
	assert_int_equal(fake_count_sent(setup.fake, DELETE), 1);
	tear_down(&setup);
}

static void test_answer_is_missing(void **state)
{
	struct setup setup;
	uint64_t evicted = 42;

	(void)state;
	begin(&setup, 3);
	fake_answer(setup.fake, DELETE);
	reply_error(setup.fake, 1, ENOENT);
	assert_int_equal(nfto_evict(setup.ctx, NULL, DELETE_CONNECTIONS, &evicted), -ETIMEDOUT);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_PROTOCOL);
	assert_int_equal(evicted, 42);
	tear_down(&setup);
}

/* ---- Made anew */

/* By the numbers in nfnetlink_conntrack.h: 1 and 2 the tuples, 3 the status, 4 the state of TCP, 6 NAT
 * of the source and 13 of the destination, 7 the timeout, 8 the mark, 14 the master, 18 the zone, 22
 * the labels. */
#define FROM_10 "1{1=c0a8010a 2=cb007102}" /* 192.168.1.10 > 203.0.113.2 */
#define TO_10 "1{1=cb007102 2=c0a8010a}"   /* and back */
#define TCP_40000 "2{1=06 2=9c40 3=01bb}"  /* 40000 > 443 */
#define TCP_TO_40000 "2{1=06 2=01bb 3=9c40}"
#define LIVES "4{1{1=03 4=0a0a 5=0a0a}}" /* established, flags with their masks */
#define MASQUERADED "6{1=c6336401 2=c6336401 3{1=ee48 2=ee48}}" /* as 198.51.100.1:61000 */

struct anew {
	const char *name;
	struct reply_flow flow;
	const char *text;
};

static const struct anew anews[] = {
	{ "masqueraded, in a zone, with a mark and labels",
	  { .family = AF_INET,
	    .protocol = IPPROTO_TCP,
	    .status = OFFLOAD | HW_OFFLOAD | 0x19e, /* assured, replied to, source NAT */
	    .zone = 7,
	    .mark = 0x21,
	    .label = 0x80,
	    .id = 1,
	    .original = { "192.168.1.10", "203.0.113.2", 40000, 443 },
	    .reply = { "203.0.113.2", "198.51.100.1", 443, 61000 } },
	  "1{" FROM_10 " " TCP_40000 "} 2{" TO_10 " " TCP_TO_40000 "} 18=0007 8=00000021 "
	  "22=80000000000000000000000000000000 " MASQUERADED " 3=0000000e 7=00069780 " LIVES },
	{ "forwarded to a port",
	  { .family = AF_INET,
	    .protocol = IPPROTO_TCP,
	    .status = OFFLOAD | HW_OFFLOAD | 0xe,
	    .has_no_mark = true,
	    .original = { "192.168.1.10", "203.0.113.2", 40000, 443 },
	    .reply = { "10.0.0.9", "192.168.1.10", 8443, 40000 } },
	  "1{" FROM_10 " " TCP_40000 "} 2{" TO_10 " " TCP_TO_40000 "} "
	  "13{1=0a000009 2=0a000009 3{1=20fb 2=20fb}} 3=0000000e 7=00069780 " LIVES },
	{ "both, of one that may be closing",
	  { .family = AF_INET,
	    .protocol = IPPROTO_TCP,
	    .status = OFFLOAD | 0xe,
	    .has_no_mark = true,
	    .original = { "192.168.1.10", "203.0.113.2", 40000, 443 },
	    .reply = { "10.0.0.9", "198.51.100.1", 443, 61000 } },
	  "1{" FROM_10 " " TCP_40000 "} 2{" TO_10 " " TCP_TO_40000 "} " MASQUERADED
	  " 13{1=0a000009 2=0a000009 3{1=01bb 2=01bb}} 3=0000000e 7=00001d10 " LIVES },
	{ "zones of one direction each, and a master",
	  { .family = AF_INET,
	    .protocol = IPPROTO_TCP,
	    .status = OFFLOAD | HW_OFFLOAD | 0xf,
	    .has_no_mark = true,
	    .zones = { 3, 4 },
	    .has_master = true,
	    .master = { "192.168.1.10", "203.0.113.2", 40001, 21 },
	    .original = { "192.168.1.10", "203.0.113.2", 40000, 443 },
	    .reply = { "203.0.113.2", "192.168.1.10", 443, 40000 } },
	  "1{" FROM_10 " " TCP_40000 " 3=0003} 2{" TO_10 " " TCP_TO_40000 " 3=0004} "
	  "14{" FROM_10 " 2{1=06 2=9c41 3=0015}} 3=0000000e 7=00069780 " LIVES },
	{ "leaving the hardware, after its end",
	  { .family = AF_INET,
	    .protocol = IPPROTO_TCP,
	    .status = HW_OFFLOAD | 0xe,
	    .has_no_mark = true,
	    .tcp_state = 7, /* TIME_WAIT */
	    .timeout_s = 90,
	    .original = { "192.168.1.10", "203.0.113.2", 40000, 443 },
	    .reply = { "203.0.113.2", "192.168.1.10", 443, 40000 } },
	  "1{" FROM_10 " " TCP_40000 "} 2{" TO_10 " " TCP_TO_40000 "} 3=0000000e 7=0000005a "
	  "4{1{1=07 4=0a0a 5=0a0a}}" },
	{ "datagrams, one direction only, IPv6 with NAT",
	  { .family = AF_INET6,
	    .protocol = IPPROTO_UDP,
	    .status = OFFLOAD | 0x8,
	    .has_no_mark = true,
	    .original = { "2001:db8::10", "2001:db8:1::2", 500, 4500 },
	    .reply = { "2001:db8:1::2", "2001:db8:1::7", 4500, 500 } },
	  "1{1{3=20010db8000000000000000000000010 4=20010db8000100000000000000000002} "
	  "2{1=11 2=01f4 3=1194}} "
	  "2{1{3=20010db8000100000000000000000002 4=20010db8000000000000000000000010} "
	  "2{1=11 2=1194 3=01f4}} "
	  "6{4=20010db8000100000000000000000007 5=20010db8000100000000000000000007 "
	  "3{1=01f4 2=01f4}} 3=00000008 7=0000001e" },
};

static void test_anew(void **state)
{
	const struct anew *anew = *state;
	struct setup setup;
	char text[2048];

	set_up(&setup);
	fake_answer(setup.fake, GET);
	reply_flow(setup.fake, &anew->flow);
	reply_done(setup.fake);
	answer_room(setup.fake, 1);
	answer_batch(setup.fake);
	assert_int_equal(nfto_evict(setup.ctx, NULL, 0, NULL), 0);
	assert_int_equal(fake_sent_messages(setup.fake, 2), 2);
	assert_type(setup.fake, 2, 0, DELETE);
	assert_type(setup.fake, 2, 1, NEW);
	assert_int_equal(fake_sent(setup.fake, 2, 1)->nlmsg_flags,
			 NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK);
	attributes_describe(fake_sent(setup.fake, 2, 1), text, sizeof(text));
	assert_string_equal(text, anew->text);
	tear_down(&setup);
}

/* Those of the network namespace: for what has no packet any more. */
static void test_timeouts(void **state)
{
	static const char *const names[] = { "nf_conntrack_tcp_timeout_established",
					     "nf_conntrack_udp_timeout" };
	struct setup setup;
	char text[2048];

	(void)state;
	begin(&setup, 2);
	sysctl_files_use(setup.ctx);
	sysctl_files_put(names[0], "600\n");
	sysctl_files_put(names[1], "17\n");
	answer_room(setup.fake, 2);
	answer_batch(setup.fake);
	assert_int_equal(nfto_evict(setup.ctx, NULL, 0, NULL), 0);
	attributes_describe(fake_sent(setup.fake, 2, 1), text, sizeof(text));
	assert_non_null(strstr(text, " 7=00000258"));
	attributes_describe(fake_sent(setup.fake, 2, 3), text, sizeof(text));
	assert_non_null(strstr(text, " 7=00000011"));
	sysctl_files_put(names[0], NULL);
	sysctl_files_put(names[1], NULL);
	tear_down(&setup);
}

/* In one buffer: each is deleted and made anew in one moment. */
static void test_pairs(void **state)
{
	struct setup setup;

	(void)state;
	begin(&setup, 3);
	answer_room(setup.fake, 100);
	answer_batch(setup.fake);
	assert_int_equal(nfto_evict(setup.ctx, NULL, 0, NULL), 0);
	assert_int_equal(fake_sent_messages(setup.fake, 2), 6);
	for (size_t i = 0; i < 6; i++)
		assert_type(setup.fake, 2, i, i % 2 ? NEW : DELETE);
	tear_down(&setup);
}

/* One that had ended was made anew: that is taken back. */
static void test_ended(void **state)
{
	struct setup setup;

	(void)state;
	begin(&setup, 3);
	answer_room(setup.fake, 100);
	answer_refusal(setup.fake, 2, ENOENT);
	answer_room(setup.fake, 100);
	answer_batch(setup.fake);
	assert_int_equal(nfto_evict(setup.ctx, NULL, 0, NULL), 0);
	assert_int_equal(fake_sent_messages(setup.fake, 4), 1);
	assert_type(setup.fake, 4, 0, DELETE);
	tear_down(&setup);
}

/* Another connection has its place by now: it is left alone. */
static void test_replaced(void **state)
{
	struct setup setup;

	(void)state;
	begin(&setup, 3);
	answer_room(setup.fake, 100);
	fake_answer(setup.fake, DELETE);
	reply_error(setup.fake, 2, ENOENT);
	reply_error(setup.fake, 3, EEXIST);
	reply_error(setup.fake, FAKE_ACKED, 0);
	end(&setup, 0, 2);
}

/* A packet came in between, and made an entry of its own. */
static void test_packet_between(void **state)
{
	struct setup setup;
	uint64_t evicted;

	(void)state;
	begin(&setup, 2);
	answer_room(setup.fake, 100);
	answer_refusal(setup.fake, 1, EEXIST);
	answer_room(setup.fake, 100);
	answer_refusal(setup.fake, 1, ENOENT);
	assert_int_equal(nfto_evict(setup.ctx, NULL, 0, &evicted), 0);
	assert_int_equal(evicted, 2);
	assert_int_equal(fake_sent_messages(setup.fake, 4), 3);
	assert_type(setup.fake, 4, 0, DELETE);
	assert_type(setup.fake, 4, 1, DELETE);
	assert_type(setup.fake, 4, 2, NEW);
	tear_down(&setup);
}

/* Its master has ended: it lives on without. */
static void test_orphan(void **state)
{
	struct reply_flow flow = anews[3].flow;
	struct setup setup;
	char text[2048];

	(void)state;
	set_up(&setup);
	fake_answer(setup.fake, GET);
	reply_flow(setup.fake, &flow);
	reply_done(setup.fake);
	answer_room(setup.fake, 1);
	answer_refusal(setup.fake, 1, ENOENT);
	answer_room(setup.fake, 1);
	answer_batch(setup.fake);
	assert_int_equal(nfto_evict(setup.ctx, NULL, 0, NULL), 0);
	attributes_describe(fake_sent(setup.fake, 2, 1), text, sizeof(text));
	assert_non_null(strstr(text, " 14{"));
	attributes_describe(fake_sent(setup.fake, 4, 2), text, sizeof(text));
	assert_null(strstr(text, " 14{"));
	tear_down(&setup);
}

/* ---- No room */

/* The old entry has its place until the flow is gone. */
static void test_little_room(void **state)
{
	struct setup setup;
	uint64_t evicted;

	(void)state;
	begin(&setup, 3);
	answer_room(setup.fake, 2);
	answer_batch(setup.fake);
	answer_room(setup.fake, 0);
	answer_room(setup.fake, 0);
	answer_room(setup.fake, 1);
	answer_batch(setup.fake);
	assert_int_equal(nfto_evict(setup.ctx, NULL, 0, &evicted), 0);
	assert_int_equal(evicted, 3);
	assert_int_equal(fake_sent_messages(setup.fake, 2), 4);
	assert_int_equal(setup.fake->clock.now_ms, 200);
	tear_down(&setup);
}

/* A place that was there is another connection's: the entry is made as soon as there is one. */
static void test_room_is_taken(void **state)
{
	struct setup setup;

	(void)state;
	begin(&setup, 2);
	answer_room(setup.fake, 100);
	answer_refusal(setup.fake, 1, ENOMEM);
	answer_room(setup.fake, 0);
	answer_refusal(setup.fake, 0, ENOENT);
	end(&setup, 0, 2);
}

static void test_no_room(void **state)
{
	struct setup setup;
	uint64_t evicted = 42;

	(void)state;
	begin(&setup, 3);
	fake_answer_lasting(setup.fake, TOTAL);
	reply_total_of(setup.fake, 1000, 1000);
	assert_int_equal(nfto_evict(setup.ctx, NULL, 0, &evicted), -ENOSPC);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_STILL_OFFLOADED);
	assert_string_equal(nfto_error_message(setup.error),
			    "the conntrack table: it is full: 3 connections could not be made "
			    "anew, and stay offloaded");
	assert_int_equal(fake_count_sent(setup.fake, DELETE), 0);
	assert_in_range(setup.fake->clock.now_ms, 5000, 5200);
	assert_int_equal(evicted, 42);
	tear_down(&setup);
}

/* What can't be made anew ends all of it, and is told: the others keep their entries. */
static void test_lost(void **state)
{
	struct setup setup;

	(void)state;
	begin(&setup, 70);
	answer_room(setup.fake, 100);
	answer_refusal(setup.fake, 3, EOPNOTSUPP);
	assert_int_equal(nfto_evict(setup.ctx, NULL, 0, NULL), -EOPNOTSUPP);
	assert_string_equal(
		nfto_error_message(setup.error),
		"the conntrack table: a connection was deleted there, and can't be made "
		"anew: it is lost: Operation not supported");
	assert_int_equal(fake_count_sent(setup.fake, DELETE), 1);
	tear_down(&setup);
}

/* One that waits for its place is tried once more when another one ends it all. */
static void test_lost_beside_homeless(void **state)
{
	struct setup setup;

	(void)state;
	begin(&setup, 2);
	answer_room(setup.fake, 100);
	fake_answer(setup.fake, DELETE);
	reply_error(setup.fake, 1, ENOMEM);
	reply_error(setup.fake, FAKE_ACKED, EOPNOTSUPP);
	answer_batch(setup.fake);
	assert_int_equal(nfto_evict(setup.ctx, NULL, 0, NULL), -EOPNOTSUPP);
	assert_int_equal(fake_count_sent(setup.fake, DELETE), 2);
	tear_down(&setup);
}

/* ---- What is no way to ask */

static void test_unknown_flag(void **state)
{
	struct setup setup;
	uint64_t evicted = 42;

	(void)state;
	set_up(&setup);
	assert_int_equal(nfto_evict(setup.ctx, NULL, 2, &evicted), -EINVAL);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_INVALID);
	assert_int_equal(setup.fake->request_count, 0);
	assert_int_equal(evicted, 42);
	tear_down(&setup);
}

static void test_not_offloaded_is_refused(void **state)
{
	struct nfto_flow_filter *filter;
	struct setup setup;
	uint64_t evicted = 42;

	(void)state;
	set_up(&setup);
	assert_int_equal(nfto_flow_filter_new(&filter), 0);
	assert_int_equal(nfto_flow_filter_set_state(filter, NFTO_FLOW_NONE), 0);
	assert_int_equal(nfto_evict(setup.ctx, filter, 0, &evicted), -EINVAL);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_INVALID);
	assert_int_equal(setup.fake->request_count, 0);
	assert_int_equal(evicted, 42);
	nfto_flow_filter_free(filter);
	tear_down(&setup);
}

/* Without its number it could be another entry by now; and what is no tuple is not passed on. */
static void test_entry_without_number(void **state)
{
	struct nlmsghdr *message;
	struct setup setup;
	uint64_t evicted = 42;

	(void)state;
	set_up(&setup);
	fake_answer(setup.fake, GET);
	reply_flow(setup.fake, &ipv4);
	message = (struct nlmsghdr *)(void *)setup.fake->script;
	/* The last two attributes are the number and the use. */
	message->nlmsg_len -= 16;
	fake_cut(setup.fake, 16);
	fake_datagram(setup.fake);
	reply_done(setup.fake);
	assert_int_equal(nfto_evict(setup.ctx, NULL, DELETE_CONNECTIONS, &evicted), -EBADMSG);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_PROTOCOL);
	assert_int_equal(setup.fake->request_count, 1);
	tear_down(&setup);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_nothing_matches),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_gone_meanwhile),
		cmocka_unit_test(test_not_permitted),
		cmocka_unit_test(test_answer_is_missing),
		cmocka_unit_test(test_timeouts),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_ended),
		cmocka_unit_test(test_replaced),
		cmocka_unit_test(test_packet_between),
		cmocka_unit_test(test_orphan),
		cmocka_unit_test(test_little_room),
		cmocka_unit_test(test_room_is_taken),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_lost_beside_homeless),
		cmocka_unit_test(test_unknown_flag),
		cmocka_unit_test(test_not_offloaded_is_refused),
		cmocka_unit_test(test_entry_without_number),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(refusals, test_refusal);
	failures += run_table(anews, test_anew);
	return failures != 0;
}
