// SPDX-License-Identifier: LGPL-2.1-or-later
/* The request engine against a scripted kernel: what it makes of right, late, lost and wrong answers. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "reply.h"
#include "unit.h"

#define GET NFT(NFT_MSG_GETTABLE)
#define ITEM NFT(NFT_MSG_NEWTABLE)

/* A channel to a fake, and a request to send over it. */
struct setup {
	struct fake *fake;
	struct channel channel;
	struct messages request;
};

static void add_message(struct messages *messages, uint16_t type)
{
	struct nlmsghdr *message = messages_open(messages, type, 0, NFPROTO_INET, 0);

	assert_non_null(message);
	messages_close(messages, message);
}

static struct setup *set_up(void)
{
	struct setup *setup = calloc(1, sizeof(*setup));

	assert_non_null(setup);
	setup->fake = fake_new();
	assert_int_equal(channel_init(&setup->channel, fake_transport(setup->fake)), 0);
	add_message(&setup->request, GET);
	return setup;
}

static void tear_down(struct setup *setup)
{
	messages_free(&setup->request);
	channel_close(&setup->channel);
	fake_free(setup->fake);
	free(setup);
}

/* ---- What the kernel answers: items with a number in them */

static void put_item(struct fake *fake, uint16_t flags, int index, uint32_t value)
{
	struct nlmsghdr *message = fake_open(fake, ITEM, flags, index);

	mnl_nlmsg_put_extra_header(message, sizeof(struct nfgenmsg));
	mnl_attr_put_u32(message, 1, value);
	fake_close(fake, message);
}

/* One of a dump. */
static void item(struct fake *fake, uint32_t value)
{
	put_item(fake, NLM_F_MULTI, 0, value);
}

static struct nlmsghdr *bare(struct fake *fake, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *message = fake_open(fake, type, flags, 0);

	fake_close(fake, message);
	return message;
}

/* ---- What the engine makes of it */

/* Sends the request, and fails the test unless these are the items that come before the result. */
static void assert_answer(struct setup *setup, const uint32_t *items, size_t count, int result)
{
	const struct nlmsghdr *message;

	assert_int_equal(channel_send(&setup->channel, &setup->request), 0);
	for (size_t i = 0; i < count; i++) {
		const struct nlattr *attr;

		assert_int_equal(channel_next(&setup->channel, &message), 1);
		assert_int_equal(message->nlmsg_type, ITEM);
		attr = mnl_nlmsg_get_payload_offset(message, sizeof(struct nfgenmsg));
		assert_int_equal(mnl_attr_get_u32(attr), items[i]);
	}
	assert_int_equal(channel_next(&setup->channel, &message), result);
	/* What has ended stays so. */
	assert_int_equal(channel_next(&setup->channel, &message), 0);
}

#define assert_items(setup, result, ...)                                                           \
	assert_answer(setup, (const uint32_t[]){ __VA_ARGS__ },                                    \
		      sizeof((uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t), result)
#define assert_nothing(setup, result) assert_answer(setup, NULL, 0, result)

static void test_single_answer(void **state)
{
	struct setup *setup = set_up();

	(void)state;
	fake_answer(setup->fake, GET);
	put_item(setup->fake, 0, 0, 5);
	assert_items(setup, 0, 5);
	tear_down(setup);
}

static void test_dump_of_several_datagrams(void **state)
{
	struct setup *setup = set_up();

	(void)state;
	fake_answer(setup->fake, GET);
	item(setup->fake, 1);
	item(setup->fake, 2);
	fake_datagram(setup->fake);
	item(setup->fake, 3);
	fake_datagram(setup->fake);
	reply_done(setup->fake);
	assert_items(setup, 0, 1, 2, 3);
	tear_down(setup);
}

static void test_empty_dump(void **state)
{
	struct setup *setup = set_up();

	(void)state;
	fake_answer(setup->fake, GET);
	reply_done(setup->fake);
	assert_nothing(setup, 0);
	tear_down(setup);
}

static void test_empty_datagram_is_no_end(void **state)
{
	struct setup *setup = set_up();

	(void)state;
	fake_answer(setup->fake, GET);
	item(setup->fake, 1);
	fake_raw(setup->fake, "", 0);
	fake_datagram(setup->fake);
	item(setup->fake, 2);
	reply_done(setup->fake);
	assert_items(setup, 0, 1, 2);
	tear_down(setup);
}

static void test_last_message_without_its_padding(void **state)
{
	struct setup *setup = set_up();
	struct nlmsghdr *message;

	(void)state;
	fake_answer(setup->fake, GET);
	message = fake_open(setup->fake, ITEM, 0, 0);
	mnl_nlmsg_put_extra_header(message, sizeof(struct nfgenmsg));
	mnl_attr_put_u32(message, 1, 5);
	mnl_attr_put_u8(message, 2, 1);
	message->nlmsg_len -= 3;
	fake_close(setup->fake, message);
	fake_cut(setup->fake, 3);
	assert_items(setup, 0, 5);
	tear_down(setup);
}

static void test_late_answer_is_waited_for(void **state)
{
	struct setup *setup = set_up();

	(void)state;
	fake_answer(setup->fake, GET);
	fake_late_datagram(setup->fake);
	item(setup->fake, 1);
	fake_late_datagram(setup->fake);
	reply_done(setup->fake);
	assert_items(setup, 0, 1);
	tear_down(setup);
}

static void test_silence_ends_in_a_timeout(void **state)
{
	struct setup *setup = set_up();

	(void)state;
	assert_nothing(setup, -ETIMEDOUT);
	assert_in_range(setup->fake->waited_ms, 1000, 60000);
	tear_down(setup);
}

static void test_dump_that_stops_short_is_a_timeout(void **state)
{
	struct setup *setup = set_up();

	(void)state;
	fake_answer(setup->fake, GET);
	item(setup->fake, 1);
	assert_items(setup, -ETIMEDOUT, 1);
	tear_down(setup);
}

static void test_failure_to_send(void **state)
{
	struct setup *setup = set_up();

	(void)state;
	setup->fake->send.nth = 1;
	setup->fake->send.errnum = EIO;
	assert_int_equal(channel_send(&setup->channel, &setup->request), -EIO);
	tear_down(setup);
}

/* ---- Whose answer is it? */

static void test_messages_for_others_are_skipped(void **state)
{
	struct setup *setup = set_up();

	(void)state;
	fake_answer(setup->fake, GET);
	put_item(setup->fake, NLM_F_MULTI, -1, 98);
	item(setup->fake, 1);
	put_item(setup->fake, NLM_F_MULTI, 1, 99);
	reply_error(setup->fake, -1, EPERM);
	reply_error(setup->fake, 1, EPERM);
	reply_done(setup->fake);
	assert_items(setup, 0, 1);
	assert_int_equal(setup->channel.error.errnum, 0);
	tear_down(setup);
}

/* A notification has the number 0. */
static void test_notifications_are_skipped(void **state)
{
	struct setup *setup = set_up();

	(void)state;
	setup->channel.seq = 99;
	fake_answer(setup->fake, GET);
	put_item(setup->fake, 0, -100, 98);
	put_item(setup->fake, 0, 0, 1);
	assert_items(setup, 0, 1);
	tear_down(setup);
}

static void test_leftovers_of_a_former_request_are_dropped(void **state)
{
	struct setup *setup = set_up();
	const struct nlmsghdr *message;

	(void)state;
	fake_answer(setup->fake, GET);
	item(setup->fake, 1);
	item(setup->fake, 2);
	fake_datagram(setup->fake);
	item(setup->fake, 3);
	fake_receive_error(setup->fake, ENOBUFS);
	fake_receive_error(setup->fake, EMSGSIZE);
	fake_datagram(setup->fake);
	reply_done(setup->fake);
	assert_int_equal(channel_send(&setup->channel, &setup->request), 0);
	assert_int_equal(channel_next(&setup->channel, &message), 1);

	fake_answer(setup->fake, GET);
	item(setup->fake, 7);
	reply_done(setup->fake);
	assert_items(setup, 0, 7);
	tear_down(setup);
}

static void test_numbers_wrap_around(void **state)
{
	struct setup *setup = set_up();

	(void)state;
	setup->channel.seq = UINT32_MAX - 1;
	for (uint32_t i = 0; i < 3; i++) {
		fake_answer(setup->fake, GET);
		put_item(setup->fake, 0, 0, i);
		assert_items(setup, 0, i);
		assert_int_equal(fake_sent(setup->fake, i, 0)->nlmsg_seq, UINT32_MAX + i);
	}
	tear_down(setup);
}

/* ---- Wrong answers: each ends the answer with this result, behind one item that is right. */

struct wrong {
	const char *name;
	void (*script)(struct fake *fake);
	int result;
};

static void cut_header(struct fake *fake)
{
	bare(fake, ITEM, NLM_F_MULTI);
	fake_cut(fake, 1);
}

static void one_byte(struct fake *fake)
{
	fake_raw(fake, "x", 1);
}

static void cut_message(struct fake *fake)
{
	item(fake, 2);
	fake_cut(fake, 4);
}

static void short_length(struct fake *fake)
{
	bare(fake, ITEM, NLM_F_MULTI)->nlmsg_len = 15;
}

static void zero_length(struct fake *fake)
{
	bare(fake, ITEM, NLM_F_MULTI)->nlmsg_len = 0;
}

static void negative_length(struct fake *fake)
{
	bare(fake, ITEM, NLM_F_MULTI)->nlmsg_len = 0x80000010;
}

static void greatest_length(struct fake *fake)
{
	bare(fake, ITEM, NLM_F_MULTI)->nlmsg_len = UINT32_MAX;
}

static void noise(struct fake *fake)
{
	static const uint8_t bytes[] = {
		0xde, 0xad, 0xbe, 0xef, 0xde, 0xad, 0xbe, 0xef, 0xde, 0xad,
		0xbe, 0xef, 0xde, 0xad, 0xbe, 0xef, 0xde, 0xad, 0xbe, 0xef
	};

	fake_raw(fake, bytes, sizeof(bytes));
}

static void error_without_body(struct fake *fake)
{
	bare(fake, NLMSG_ERROR, 0);
}

static void error_without_request(struct fake *fake)
{
	struct nlmsghdr *message = fake_open(fake, NLMSG_ERROR, 0, 0);
	int *result = mnl_nlmsg_put_extra_header(message, sizeof(*result));

	*result = -EPERM;
	fake_close(fake, message);
}

static void done_without_body(struct fake *fake)
{
	bare(fake, NLMSG_DONE, NLM_F_MULTI);
}

static void positive_result(struct fake *fake)
{
	reply_error(fake, 0, -1);
}

static void result_that_is_no_errno(struct fake *fake)
{
	reply_error(fake, 0, 4096);
}

static void lost(struct fake *fake)
{
	fake_receive_error(fake, ENOBUFS);
}

static void overrun(struct fake *fake)
{
	bare(fake, NLMSG_OVERRUN, 0);
}

static void too_long(struct fake *fake)
{
	fake_receive_error(fake, EMSGSIZE);
}

static void longer_than_the_buffer(struct fake *fake)
{
	static const char bytes[65 * 1024];

	fake_raw(fake, bytes, sizeof(bytes));
}

static void other_failure(struct fake *fake)
{
	fake_receive_error(fake, EIO);
}

static void kernel_error(struct fake *fake)
{
	reply_error(fake, 0, EPERM);
}

static void greatest_kernel_error(struct fake *fake)
{
	reply_error(fake, 0, 4095);
}

static void kernel_error_in_done(struct fake *fake)
{
	struct nlmsghdr *message = fake_open(fake, NLMSG_DONE, NLM_F_MULTI, 0);
	int *result = mnl_nlmsg_put_extra_header(message, sizeof(*result));

	*result = -ENOENT;
	fake_close(fake, message);
}

static void interrupted(struct fake *fake)
{
	put_item(fake, NLM_F_MULTI | NLM_F_DUMP_INTR, -1, 3); /* of somebody else */
	bare(fake, NLMSG_NOOP, NLM_F_MULTI | NLM_F_DUMP_INTR);
	reply_done(fake);
}

static void interrupted_at_the_end(struct fake *fake)
{
	struct nlmsghdr *message = fake_open(fake, NLMSG_DONE, NLM_F_MULTI | NLM_F_DUMP_INTR, 0);

	mnl_nlmsg_put_extra_header(message, sizeof(int));
	fake_close(fake, message);
}

static void interrupted_and_failed(struct fake *fake)
{
	bare(fake, NLMSG_NOOP, NLM_F_MULTI | NLM_F_DUMP_INTR);
	reply_error(fake, 0, ENOMEM);
}

static const struct wrong wrong_answers[] = {
	{ "header cut", cut_header, -EBADMSG },
	{ "one byte", one_byte, -EBADMSG },
	{ "message cut", cut_message, -EBADMSG },
	{ "length shorter than a header", short_length, -EBADMSG },
	{ "length 0", zero_length, -EBADMSG },
	{ "length over 2 GiB", negative_length, -EBADMSG },
	{ "greatest length", greatest_length, -EBADMSG },
	{ "noise", noise, -EBADMSG },
	{ "error without body", error_without_body, -EBADMSG },
	{ "error without request", error_without_request, -EBADMSG },
	{ "done without body", done_without_body, -EBADMSG },
	{ "positive result", positive_result, -EBADMSG },
	{ "result that is no errno", result_that_is_no_errno, -EBADMSG },
	{ "lost", lost, -ENOBUFS },
	{ "overrun", overrun, -ENOBUFS },
	{ "too long for the socket", too_long, -EMSGSIZE },
	{ "too long for the buffer", longer_than_the_buffer, -EMSGSIZE },
	{ "other failure", other_failure, -EIO },
	{ "kernel error", kernel_error, -EPERM },
	{ "greatest kernel error", greatest_kernel_error, -4095 },
	{ "kernel error in done", kernel_error_in_done, -ENOENT },
	{ "interrupted", interrupted, -EINTR },
	{ "interrupted at the end", interrupted_at_the_end, -EINTR },
	{ "interrupted, and failed", interrupted_and_failed, -ENOMEM },
};

static void test_wrong_answer(void **state)
{
	const struct wrong *wrong = *state;
	struct setup *setup = set_up();

	fake_answer(setup->fake, GET);
	item(setup->fake, 1);
	wrong->script(setup->fake);
	assert_items(setup, wrong->result, 1);

	/* It does no harm to the next request. */
	fake_answer(setup->fake, GET);
	put_item(setup->fake, 0, 0, 2);
	assert_items(setup, 0, 2);
	assert_int_equal(setup->channel.error.errnum, 0);
	tear_down(setup);
}

static void test_interruption_is_forgotten_by_the_next_request(void **state)
{
	struct setup *setup = set_up();

	(void)state;
	fake_answer(setup->fake, GET);
	put_item(setup->fake, NLM_F_MULTI | NLM_F_DUMP_INTR, 0, 1);
	reply_done(setup->fake);
	assert_items(setup, -EINTR, 1);

	fake_answer(setup->fake, GET);
	item(setup->fake, 1);
	reply_done(setup->fake);
	assert_items(setup, 0, 1);
	tear_down(setup);
}

/* ---- The kernel's words */

struct words {
	const char *name;
	void (*script)(struct fake *fake);
	const char *text;
	bool has_offset;
	uint32_t offset;
};

static void text_and_offset(struct fake *fake)
{
	reply_extended(fake, 0, EPERM, "not today", 20);
}

static void text_alone(struct fake *fake)
{
	reply_extended(fake, 0, EPERM, "not today", NO_OFFSET);
}

static void offset_alone(struct fake *fake)
{
	reply_extended(fake, 0, EPERM, NULL, 20);
}

static void no_words(struct fake *fake)
{
	reply_extended(fake, 0, EPERM, NULL, NO_OFFSET);
}

/* A socket without NETLINK_CAP_ACK gets its whole request back, in front of the words. */
static void words_behind_the_request(struct fake *fake)
{
	static const char rest_of_request[24];
	struct nlmsghdr *message = fake_open(fake, NLMSG_ERROR, NLM_F_ACK_TLVS, 0);
	struct nlmsgerr *error = mnl_nlmsg_put_extra_header(message, sizeof(*error));

	error->error = -EPERM;
	error->msg.nlmsg_len = NLMSG_HDRLEN + sizeof(rest_of_request);
	memcpy(mnl_nlmsg_put_extra_header(message, sizeof(rest_of_request)), rest_of_request,
	       sizeof(rest_of_request));
	mnl_attr_put_strz(message, NLMSGERR_ATTR_MSG, "not today");
	fake_close(fake, message);
}

static struct nlmsghdr *open_error(struct fake *fake, uint16_t flags, uint32_t request_length)
{
	struct nlmsghdr *message = fake_open(fake, NLMSG_ERROR, flags, 0);
	struct nlmsgerr *error = mnl_nlmsg_put_extra_header(message, sizeof(*error));

	error->error = -EPERM;
	error->msg.nlmsg_len = request_length;
	return message;
}

static void request_longer_than_the_error(struct fake *fake)
{
	fake_close(fake, open_error(fake, NLM_F_ACK_TLVS, 1000));
}

static void request_of_length_0(struct fake *fake)
{
	fake_close(fake, open_error(fake, NLM_F_ACK_TLVS, 0));
}

static void request_of_the_greatest_length(struct fake *fake)
{
	fake_close(fake, open_error(fake, NLM_F_ACK_TLVS, UINT32_MAX));
}

static void words_that_were_not_announced(struct fake *fake)
{
	struct nlmsghdr *message = open_error(fake, NLM_F_CAPPED, 100);

	mnl_attr_put_strz(message, NLMSGERR_ATTR_MSG, "not today");
	fake_close(fake, message);
}

static void words_without_nul(struct fake *fake)
{
	struct nlmsghdr *message = open_error(fake, NLM_F_CAPPED | NLM_F_ACK_TLVS, 100);

	mnl_attr_put(message, NLMSGERR_ATTR_MSG, 9, "not today");
	fake_close(fake, message);
}

static void endless_words(struct fake *fake)
{
	struct nlmsghdr *message = open_error(fake, NLM_F_CAPPED | NLM_F_ACK_TLVS, 100);
	char words[1000];

	memset(words, 'x', sizeof(words));
	mnl_attr_put(message, NLMSGERR_ATTR_MSG, sizeof(words), words);
	mnl_attr_put_u32(message, NLMSGERR_ATTR_OFFS, 20);
	fake_close(fake, message);
}

static void offset_of_wrong_length(struct fake *fake)
{
	struct nlmsghdr *message = open_error(fake, NLM_F_CAPPED | NLM_F_ACK_TLVS, 100);

	mnl_attr_put_u16(message, NLMSGERR_ATTR_OFFS, 20);
	mnl_attr_put_strz(message, NLMSGERR_ATTR_MSG, "not today");
	fake_close(fake, message);
}

static void spoilt_words(struct fake *fake)
{
	struct nlmsghdr *message = open_error(fake, NLM_F_CAPPED | NLM_F_ACK_TLVS, 100);
	struct nlattr *attr = mnl_nlmsg_get_payload_tail(message);

	mnl_attr_put_strz(message, NLMSGERR_ATTR_MSG, "not today");
	attr->nla_len = 200;
	fake_close(fake, message);
}

static void words_in_done(struct fake *fake)
{
	struct nlmsghdr *message = fake_open(fake, NLMSG_DONE, NLM_F_MULTI | NLM_F_ACK_TLVS, 0);
	int *result = mnl_nlmsg_put_extra_header(message, sizeof(*result));

	*result = -EPERM;
	mnl_attr_put_strz(message, NLMSGERR_ATTR_MSG, "not today");
	fake_close(fake, message);
}

static const struct words words_of_kernel[] = {
	{ "text and offset", text_and_offset, "not today", true, 20 },
	{ "text alone", text_alone, "not today", false, 0 },
	{ "offset alone", offset_alone, "", true, 20 },
	{ "neither", no_words, "", false, 0 },
	{ "behind the request", words_behind_the_request, "not today", false, 0 },
	{ "request longer than the error", request_longer_than_the_error, "", false, 0 },
	{ "request of length 0", request_of_length_0, "", false, 0 },
	{ "request of the greatest length", request_of_the_greatest_length, "", false, 0 },
	{ "not announced", words_that_were_not_announced, "", false, 0 },
	{ "without NUL", words_without_nul, "not today", false, 0 },
	{ "endless", endless_words, "", true, 20 },
	{ "offset of wrong length", offset_of_wrong_length, "not today", false, 0 },
	{ "spoilt", spoilt_words, "", false, 0 },
	{ "in done", words_in_done, "not today", false, 0 },
};

static void test_words_of_kernel(void **state)
{
	const struct words *words = *state;
	struct setup *setup = set_up();
	const struct reply_error *error = &setup->channel.error;

	fake_answer(setup->fake, GET);
	words->script(setup->fake);
	assert_nothing(setup, -EPERM);
	assert_int_equal(error->errnum, EPERM);
	assert_string_equal(error->text, words->text);
	assert_int_equal(error->has_offset, words->has_offset);
	if (words->has_offset)
		assert_int_equal(error->offset, words->offset);
	tear_down(setup);
}

static void test_words_are_forgotten_by_the_next_request(void **state)
{
	struct setup *setup = set_up();

	(void)state;
	fake_answer(setup->fake, GET);
	text_and_offset(setup->fake);
	assert_nothing(setup, -EPERM);
	fake_answer(setup->fake, GET);
	reply_error(setup->fake, 0, EIO);
	assert_nothing(setup, -EIO);
	assert_string_equal(setup->channel.error.text, "");
	assert_false(setup->channel.error.has_offset);
	tear_down(setup);
}

/* ---- Batches: a begin, three operations (numbers 1 to 3), and an end if it is to be done */

#define OPERATION NFT(NFT_MSG_NEWTABLE)
#define LAST 3

/* What *failed is if nothing was found. */
#define NOBODY 99

static struct setup *set_up_batch(void)
{
	struct setup *setup = set_up();

	messages_free(&setup->request);
	add_message(&setup->request, BATCH);
	for (int i = 0; i < LAST; i++)
		add_message(&setup->request, OPERATION);
	fake_answer(setup->fake, BATCH);
	return setup;
}

static void assert_batch(struct setup *setup, int result, size_t expected_failed)
{
	size_t failed = NOBODY;

	assert_int_equal(channel_batch(&setup->channel, &setup->request, true, &failed), result);
	assert_int_equal(failed, expected_failed);
}

static void test_batch_is_sent_as_the_kernel_wants_it(void **state)
{
	struct setup *setup = set_up_batch();
	const struct nlmsghdr *end;

	(void)state;
	setup->channel.seq = 40;
	reply_error(setup->fake, LAST, 0);
	assert_batch(setup, 0, NOBODY);
	assert_int_equal(fake_sent_messages(setup->fake, 0), 5);
	for (size_t i = 0; i < 5; i++) {
		const struct nlmsghdr *message = fake_sent(setup->fake, 0, i);
		uint16_t ack = message->nlmsg_flags & NLM_F_ACK;

		assert_int_equal(message->nlmsg_seq, 41 + i);
		assert_int_equal(ack, i == LAST ? NLM_F_ACK : 0);
	}
	end = fake_sent(setup->fake, 0, 4);
	assert_int_equal(end->nlmsg_type, NFNL_MSG_BATCH_END);
	/* nfnetlink wants to know the subsystem: NFNL_SUBSYS_NFTABLES, in network order. */
	assert_memory_equal((const char *)end + 16, "\0\0\0\x0a", 4);
	tear_down(setup);
}

static void test_check_is_sent_without_its_end(void **state)
{
	struct setup *setup = set_up_batch();
	size_t failed = NOBODY;

	(void)state;
	reply_error(setup->fake, LAST, 0);
	assert_int_equal(channel_batch(&setup->channel, &setup->request, false, &failed), 0);
	assert_int_equal(fake_sent_messages(setup->fake, 0), 4);
	assert_int_equal(fake_sent(setup->fake, 0, LAST)->nlmsg_flags & NLM_F_ACK, NLM_F_ACK);
	tear_down(setup);
}

static void test_batch_can_be_sent_again(void **state)
{
	struct setup *setup = set_up_batch();

	(void)state;
	reply_error(setup->fake, 2, EBUSY);
	reply_error(setup->fake, LAST, 0);
	assert_batch(setup, -EBUSY, 2);
	fake_answer(setup->fake, BATCH);
	reply_error(setup->fake, LAST, 0);
	assert_batch(setup, 0, NOBODY);

	assert_int_equal(fake_sent_messages(setup->fake, 1), 5);
	for (size_t i = 0; i < 5; i++) {
		const struct nlmsghdr *first = fake_sent(setup->fake, 0, i);
		const struct nlmsghdr *second = fake_sent(setup->fake, 1, i);

		assert_int_equal(first->nlmsg_type, second->nlmsg_type);
		assert_int_equal(first->nlmsg_flags, second->nlmsg_flags);
		assert_int_equal(first->nlmsg_seq + 5, second->nlmsg_seq);
	}
	tear_down(setup);
}

static void test_batch_keeps_the_words_of_its_first_error(void **state)
{
	struct setup *setup = set_up_batch();

	(void)state;
	reply_extended(setup->fake, 2, EBUSY, "first", 20);
	reply_extended(setup->fake, LAST, ENOENT, "second", 24);
	assert_batch(setup, -EBUSY, 2);
	assert_int_equal(setup->channel.error.errnum, EBUSY);
	assert_string_equal(setup->channel.error.text, "first");
	assert_int_equal(setup->channel.error.offset, 20);
	tear_down(setup);
}

struct batch {
	const char *name;
	void (*script)(struct fake *fake);
	int result;
	size_t failed;
};

static void last_fails(struct fake *fake)
{
	reply_error(fake, LAST, ENOENT);
}

static void all_fail(struct fake *fake)
{
	reply_error(fake, 1, ENOENT);
	reply_error(fake, 2, EBUSY);
	reply_error(fake, LAST, EEXIST);
}

static void errors_in_many_datagrams(struct fake *fake)
{
	fake_late_datagram(fake);
	reply_error(fake, 2, EBUSY);
	fake_late_datagram(fake);
	reply_error(fake, LAST, 0);
}

static void acknowledged_before_the_error(struct fake *fake)
{
	reply_error(fake, LAST, 0);
	fake_datagram(fake);
	reply_error(fake, 2, EBUSY);
}

static void acknowledged_in_front_of_the_error(struct fake *fake)
{
	reply_error(fake, LAST, 0);
	reply_error(fake, 2, EBUSY);
}

static void errors_in_reverse_order(struct fake *fake)
{
	reply_error(fake, LAST, ENOENT);
	fake_datagram(fake);
	reply_error(fake, 1, EBUSY);
}

static void whole_batch_refused(struct fake *fake)
{
	reply_error(fake, 0, EPERM);
}

static void out_of_memory_behind_an_error(struct fake *fake)
{
	reply_error(fake, 1, EBUSY);
	reply_error(fake, 0, ENOMEM);
}

static void batch_of_others(struct fake *fake)
{
	reply_error(fake, -1, EPERM);
	reply_error(fake, LAST + 2, EPERM);
	reply_error(fake, LAST, 0);
}

static void other_messages(struct fake *fake)
{
	item(fake, 1);
	bare(fake, NLMSG_NOOP, 0);
	reply_done(fake);
	reply_error(fake, LAST, 0);
}

static void acknowledgement_that_nobody_wanted(struct fake *fake)
{
	reply_error(fake, 1, 0);
	reply_error(fake, 2, EBUSY);
	reply_error(fake, LAST, 0);
}

static void error_then_lost(struct fake *fake)
{
	reply_error(fake, 2, EBUSY);
	fake_receive_error(fake, ENOBUFS);
}

static void acknowledged_then_lost(struct fake *fake)
{
	reply_error(fake, LAST, 0);
	fake_receive_error(fake, ENOBUFS);
}

static void no_answer(struct fake *fake)
{
	(void)fake;
}

static void bad_message_as_errno(struct fake *fake)
{
	reply_error(fake, LAST, EBADMSG);
}

static void noise_in_batch(struct fake *fake)
{
	reply_error(fake, 1, 0);
	noise(fake);
}

static const struct batch batches[] = {
	{ "last operation fails", last_fails, -ENOENT, LAST },
	{ "all operations fail", all_fail, -ENOENT, 1 },
	{ "late, in two datagrams", errors_in_many_datagrams, -EBUSY, 2 },
	{ "acknowledged before the error", acknowledged_before_the_error, -EBUSY, 2 },
	{ "acknowledged in front of the error", acknowledged_in_front_of_the_error, -EBUSY, 2 },
	{ "errors in reverse order", errors_in_reverse_order, -EBUSY, 1 },
	{ "whole batch refused", whole_batch_refused, -EPERM, 0 },
	{ "kernel out of memory behind an error", out_of_memory_behind_an_error, -ENOMEM, 0 },
	{ "answers to others", batch_of_others, 0, NOBODY },
	{ "other messages", other_messages, 0, NOBODY },
	{ "acknowledgement that nobody wanted", acknowledgement_that_nobody_wanted, -EBUSY, 2 },
	{ "lost", lost, -ENOBUFS, NOBODY },
	{ "lost behind the acknowledgement", acknowledged_then_lost, -ENOBUFS, NOBODY },
	{ "no answer", no_answer, -ETIMEDOUT, NOBODY },
	{ "EBADMSG as the kernel's errno", bad_message_as_errno, -EBADMSG, LAST },
	{ "noise", noise_in_batch, -EBADMSG, NOBODY },
	{ "cut", cut_message, -EBADMSG, NOBODY },
	{ "length over 2 GiB", negative_length, -EBADMSG, NOBODY },
	{ "positive result", positive_result, -EBADMSG, NOBODY },
	{ "error without body", error_without_body, -EBADMSG, NOBODY },
};

static void test_batch(void **state)
{
	const struct batch *batch = *state;
	struct setup *setup = set_up_batch();

	batch->script(setup->fake);
	assert_batch(setup, batch->result, batch->failed);
	tear_down(setup);
}

/* What is known of a failure is told, though the rest of the answers got lost: the batch is off. */
static void test_batch_with_an_error_and_a_loss(void **state)
{
	struct setup *setup = set_up_batch();
	size_t failed = NOBODY;

	(void)state;
	error_then_lost(setup->fake);
	assert_int_equal(channel_batch(&setup->channel, &setup->request, true, &failed), -ENOBUFS);
	assert_int_equal(failed, 2);
	assert_int_equal(setup->channel.error.errnum, EBUSY);
	tear_down(setup);
}

static void test_batch_that_can_not_be_sent(void **state)
{
	struct setup *setup = set_up_batch();

	(void)state;
	setup->fake->send.nth = 1;
	setup->fake->send.errnum = EMSGSIZE;
	assert_batch(setup, -EMSGSIZE, NOBODY);
	assert_int_equal(setup->channel.error.errnum, 0);

	/* And then it can. */
	reply_error(setup->fake, LAST, 0);
	assert_batch(setup, 0, NOBODY);
	tear_down(setup);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_single_answer),
		cmocka_unit_test(test_dump_of_several_datagrams),
		cmocka_unit_test(test_empty_dump),
		cmocka_unit_test(test_empty_datagram_is_no_end),
		cmocka_unit_test(test_last_message_without_its_padding),
		cmocka_unit_test(test_late_answer_is_waited_for),
		cmocka_unit_test(test_silence_ends_in_a_timeout),
		cmocka_unit_test(test_dump_that_stops_short_is_a_timeout),
		cmocka_unit_test(test_failure_to_send),
		cmocka_unit_test(test_messages_for_others_are_skipped),
		cmocka_unit_test(test_notifications_are_skipped),
		cmocka_unit_test(test_leftovers_of_a_former_request_are_dropped),
		cmocka_unit_test(test_numbers_wrap_around),
		cmocka_unit_test(test_interruption_is_forgotten_by_the_next_request),
		cmocka_unit_test(test_words_are_forgotten_by_the_next_request),
		cmocka_unit_test(test_batch_is_sent_as_the_kernel_wants_it),
		cmocka_unit_test(test_check_is_sent_without_its_end),
		cmocka_unit_test(test_batch_can_be_sent_again),
		cmocka_unit_test(test_batch_keeps_the_words_of_its_first_error),
		cmocka_unit_test(test_batch_with_an_error_and_a_loss),
		cmocka_unit_test(test_batch_that_can_not_be_sent),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);

	failures += run_table(wrong_answers, test_wrong_answer);
	failures += run_table(words_of_kernel, test_words_of_kernel);
	failures += run_table(batches, test_batch);
	return failures != 0;
}
