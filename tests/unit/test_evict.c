// SPDX-License-Identifier: LGPL-2.1-or-later
/* Deletions: which entries, how they are named, and what the kernel may say. */
#include <errno.h>
#include <string.h>

#include <linux/netfilter/nfnetlink_conntrack.h>

#include "conntrack_form.h"
#include "describe.h"
#include "reply.h"
#include "setup.h"
#include "unit.h"

#define GET CT(IPCTNL_MSG_CT_GET)
#define DELETE CT(IPCTNL_MSG_CT_DELETE)
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
		fake_datagram(fake);
		reply_flow(fake, i % 2 ? &ipv6 : &ipv4);
	}
	reply_done(fake);
}

static void answer_deletions(struct fake *fake, int count, int errnum)
{
	fake_answer(fake, DELETE);
	for (int i = 0; i < count; i++)
		reply_error(fake, i, errnum);
}

/* The original tuple of the entry, its zone and its number, and nothing else. */
static void test_form(void **state)
{
	struct form theirs_ipv4, theirs_ipv6;
	const struct nlmsghdr *ours;
	struct setup setup;
	uint64_t evicted;

	(void)state;
	set_up(&setup);
	answer_flows(setup.fake, 2);
	answer_deletions(setup.fake, 2, 0);
	assert_int_equal(nfto_evict(setup.ctx, NULL, &evicted), 0);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_NONE);
	assert_int_equal(evicted, 2);
	assert_int_equal(fake_sent_messages(setup.fake, 1), 2);

	conntrack_form(&theirs_ipv4, &ipv4);
	ours = fake_sent(setup.fake, 1, 0);
	assert_int_equal(ours->nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK);
	assert_form(&theirs_ipv4, ours, 0xcafe);
	conntrack_form(&theirs_ipv6, &ipv6);
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
	answer_deletions(setup.fake, 1, 0);
	assert_int_equal(nfto_flow_filter_new(&filter), 0);
	nfto_flow_filter_set_protocol(filter, IPPROTO_TCP);
	assert_int_equal(nfto_evict(setup.ctx, filter, &evicted), 0);
	assert_int_equal(evicted, 1);
	assert_int_equal(fake_sent_messages(setup.fake, 1), 1);
	nfto_flow_filter_free(filter);
	tear_down(&setup);
}

static void test_nothing_matches(void **state)
{
	struct setup setup;
	uint64_t evicted;

	(void)state;
	set_up(&setup);
	answer_flows(setup.fake, 0);
	assert_int_equal(nfto_evict(setup.ctx, NULL, &evicted), 0);
	assert_int_equal(evicted, 0);
	assert_int_equal(setup.fake->request_count, 1);
	tear_down(&setup);
}

/* The acknowledgements of so many fit into the socket. */
static void test_many(void **state)
{
	struct setup setup;
	uint64_t evicted;

	(void)state;
	set_up(&setup);
	fake_answer(setup.fake, GET);
	for (int i = 0; i < 150; i++)
		reply_flow(setup.fake, &ipv4);
	reply_done(setup.fake);
	answer_deletions(setup.fake, 64, 0);
	answer_deletions(setup.fake, 64, 0);
	answer_deletions(setup.fake, 22, 0);
	assert_int_equal(nfto_evict(setup.ctx, NULL, &evicted), 0);
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
	uint64_t evicted;

	(void)state;
	set_up(&setup);
	answer_flows(setup.fake, 3);
	fake_answer(setup.fake, DELETE);
	reply_error(setup.fake, 0, 0);
	reply_error(setup.fake, 1, ENOENT);
	reply_error(setup.fake, 2, 0);
	assert_int_equal(nfto_evict(setup.ctx, NULL, &evicted), 0);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_NONE);
	assert_int_equal(evicted, 2);
	tear_down(&setup);
}

struct refusal {
	const char *name;
	int errnum;
	int result;
	enum nfto_error_code code;
};

static const struct refusal refusals[] = {
	{ "a kernel that does not delete offloaded entries", EBUSY, -EBUSY, NFTO_ERROR_SYSTEM },
	{ "not permitted", EPERM, -EPERM, NFTO_ERROR_PERMISSION },
	{ "out of memory", ENOMEM, -ENOMEM, NFTO_ERROR_NO_MEMORY },
};

/* The first failure is told, and all answers are read. */
static void test_refusal(void **state)
{
	const struct refusal *refusal = *state;
	struct setup setup;
	uint64_t evicted = 42;

	set_up(&setup);
	answer_flows(setup.fake, 3);
	fake_answer(setup.fake, DELETE);
	reply_error(setup.fake, 0, 0);
	reply_extended(setup.fake, 1, refusal->errnum, "the kernel's words", NO_OFFSET);
	reply_error(setup.fake, 2, EIO);
	assert_int_equal(nfto_evict(setup.ctx, NULL, &evicted), refusal->result);
	assert_int_equal(nfto_error_code(setup.error), refusal->code);
	assert_string_equal(nfto_error_object(setup.error), "the conntrack table");
	assert_string_equal(nfto_error_kernel_text(setup.error), "the kernel's words");
	assert_int_equal(evicted, 42);
	tear_down(&setup);
}

static void test_answer_is_missing(void **state)
{
	struct setup setup;
	uint64_t evicted = 42;

	(void)state;
	set_up(&setup);
	answer_flows(setup.fake, 3);
	answer_deletions(setup.fake, 2, 0);
	assert_int_equal(nfto_evict(setup.ctx, NULL, &evicted), -ETIMEDOUT);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_PROTOCOL);
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
	assert_int_equal(nfto_evict(setup.ctx, filter, &evicted), -EINVAL);
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
	assert_int_equal(nfto_evict(setup.ctx, NULL, &evicted), -EBADMSG);
	assert_int_equal(nfto_error_code(setup.error), NFTO_ERROR_PROTOCOL);
	assert_int_equal(setup.fake->request_count, 1);
	tear_down(&setup);
}

static void test_number_is_not_asked_for(void **state)
{
	struct setup setup;

	(void)state;
	set_up(&setup);
	answer_flows(setup.fake, 1);
	answer_deletions(setup.fake, 1, 0);
	assert_int_equal(nfto_evict(setup.ctx, NULL, NULL), 0);
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
		cmocka_unit_test(test_answer_is_missing),
		cmocka_unit_test(test_not_offloaded_is_refused),
		cmocka_unit_test(test_entry_without_number),
		cmocka_unit_test(test_number_is_not_asked_for),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(refusals, test_refusal);
	return failures != 0;
}
